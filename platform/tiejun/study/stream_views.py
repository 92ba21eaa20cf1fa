"""The calls of a page that counts minutes: JSON with the CSRF header, a few cheap queries each."""

from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from question_bank.words import said
from tiejun.access import Permission, persona, require
from tiejun.errors import NotFound
from tiejun.study import rules, streams
from tiejun.study.sources import source_in
from tiejun.web import now, settings, transaction

bp = Blueprint("streams", __name__)
MOST_SECONDS = 1_000_000
WORDS = {
    rules.Counting.COUNTING: _l("正在计时"),
    rules.Counting.HIDDEN: _l("页面不在最前面，暂停计时"),
    rules.Counting.IDLE: _l("较长时间没有操作，暂停计时；动一下鼠标或滑动页面即继续"),
    rules.Counting.PAUSED: _l("没有播放新的内容，不计时"),
    rules.Counting.AHEAD: _l("首次观看不能跳过，已回到上次计到的位置"),
    rules.Counting.FULL: _l("本年度这一课的学时已计满"),
}


@bp.post("/study/streams")
@require(Permission.STUDY_USE)
def open_stream() -> ResponseReturnValue:
    """Open a stream of the source that the signed token names."""
    source = source_in(_text("source"), _person(), settings())
    with transaction() as db:
        reply = streams.open_stream(db, _person(), source, now())
    return _answer(reply)


@bp.post("/study/streams/<uuid:stream>/beats")
@require(Permission.STUDY_USE)
def beat(stream: UUID) -> ResponseReturnValue:
    """Credit one beat."""
    seen = rules.Beat(_sent().get("visible") is True, _number("idle") or 0.0, _number("position"))
    with transaction() as db:
        reply = streams.beat(db, (_person(), stream, _text("nonce")), seen, settings(), now())
    return _answer(reply)


@bp.post("/study/streams/<uuid:stream>/end")
@require(Permission.STUDY_USE)
def end(stream: UUID) -> ResponseReturnValue:
    """End a stream because its page is left (sent as a form: `sendBeacon` has no headers)."""
    with transaction() as db:
        streams.end_by_page(db, _person(), stream, now())
    return jsonify({"ended": True})


def _person() -> int:
    person_id = persona().person_id
    if person_id is None:
        raise NotFound(said("这个账号没有对应的人员，可以阅读，但不计学时。"), code="no_person")
    return person_id


def _sent() -> dict[str, Any]:
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}


def _text(name: str) -> str:
    value = _sent().get(name)
    return value if isinstance(value, str) else ""


def _number(name: str) -> float | None:
    value = _sent().get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < MOST_SECONDS else None


def _answer(reply: streams.Reply) -> ResponseReturnValue:
    return jsonify(
        {
            "stream": str(reply.stream),
            "nonce": reply.nonce,
            "state": reply.state,
            "words": str(WORDS[reply.state]),
            "progress": _(
                "已计 %(done)s / %(all)s 分钟", done=reply.credited // 60, all=-(-reply.length_seconds // 60)
            ),
            "credited": reply.credited,
            "length": reply.length_seconds,
            "position": reply.position,
            "complete": reply.is_complete,
            "beat_seconds": settings().study_beat_seconds,
        }
    )
