"""The candidate's pages: my sittings, and the page on which one of them is sat."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from question_bank.words import said
from tiejun.access import Permission, persona, public, require
from tiejun.clock import beijing
from tiejun.errors import Forbidden
from tiejun.exams.delivery_queries import Desk, desk
from tiejun.exams.delivery_words import words
from tiejun.exams.queries import my_sittings, place
from tiejun.files.store import MB
from tiejun.people.levels import LEVEL_WORDS, TIER_WORDS
from tiejun.web import joined, now, reading, settings

bp = Blueprint("delivery", __name__)


@bp.get("/my/exams")
@require(Permission.EXAM_SIT)
def mine() -> ResponseReturnValue:
    """Show my sittings, what to do next and what to expect."""
    with reading() as db:
        sittings = my_sittings(db, persona().person_id, now())
    ahead = sorted((one for one in sittings if one.state != "closed"), key=lambda one: one.starts_at)
    past = [one for one in sittings if one.state == "closed"]
    return render_template("delivery/mine.html", ahead=ahead, past=past, beijing=beijing)


@bp.get("/sit/<uuid:sitting>")
@public
def sit(sitting: UUID) -> ResponseReturnValue:
    """Show the page of a sitting to its candidate: waiting room, exam, or what became of it.

    Open to nobody else, yet not behind `require`: whose sign-in ended in the middle of an exam and who
    reloads has to read that nothing is lost before he signs in again.
    """
    if not current_user.is_authenticated:
        return render_template("delivery/sign_in.html", following=request.path), 401
    if not persona().may(Permission.EXAM_SIT):
        raise Forbidden(said("您没有进行这项操作的权限。"))
    with reading() as db:
        found = desk(db, sitting, persona().person_id)
    page = found.page(now())
    return render_template("delivery/sit.html", desk=found, page=page, **_context(found, page, now()))


def _context(found: Desk, page: str, now: datetime) -> dict[str, Any]:
    return {
        "sitting": found.place.sitting,
        "kind": _kind(found),
        "config": _config(found, page, now),
        "words": words(),
    }


def _config(found: Desk, page: str, now: datetime) -> dict[str, str | int]:
    sitting = found.place.sitting
    return {
        "sitting": str(sitting.public_id),
        "owner": f"{found.person.public_id}:{sitting.public_id}",
        "state": page,
        "starts_at": _iso(sitting.starts_at),
        "server_now": _iso(now),
        "api_root": url_for("api.documentation").rstrip("/"),
        "state_url": url_for("delivery.state", sitting=sitting.public_id),
        "mine_url": url_for("delivery.mine"),
        "sign_in_url": url_for("sign_in.sign_in", next=url_for("delivery.sit", sitting=sitting.public_id)),
        "csrf": generate_csrf(),
        "file_bytes": settings().max_answer_file_mb * MB,
    }


def _kind(found: Desk) -> str:
    spoken = [LEVEL_WORDS.get(found.exam.level), TIER_WORDS.get(found.exam.tier), _("闭卷")]
    if found.place.sitting.is_make_up:
        spoken.append(_("补考"))
    return joined((word for word in spoken if word), "·")


def _iso(instant: datetime) -> str:
    """Return an instant as scripts read it, with milliseconds."""
    return instant.isoformat(timespec="milliseconds")


@bp.get("/sit/<uuid:sitting>/state")
@require(Permission.EXAM_SIT)
def state(sitting: UUID) -> ResponseReturnValue:
    """Tell the waiting room the server's time and when the paper opens."""
    with reading() as db:
        found = place(db, sitting, persona().person_id)
    return jsonify(
        server_now=_iso(now()),
        starts_at=_iso(found.sitting.starts_at),
        state=found.state(now()).value,
    )
