"""The exam record sheet (考场记录单): who sat where, came and went when, and what time was added."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.assembly.form import sha256_hex
from tiejun.access import Permission, Persona
from tiejun.clock import beijing
from tiejun.errors import Forbidden
from tiejun.exams import admin_queries
from tiejun.exams.admin_queries import Candidate, SittingRow
from tiejun.exams.admin_service import INVIGILATOR
from tiejun.exams.models import Attempt, EndKind, Extension, Registration
from tiejun.exams.queries import answered
from tiejun.pages import WEEKDAYS
from tiejun.prints.shapes import ExtensionData, RecordData, SeatData, StateData, TotalData

STATES: dict[str, StateData] = {
    "done": {"mark": "●", "label": "已交卷", "tone": "ok"},
    "auto": {"mark": "◆", "label": "自动收卷", "tone": "warn"},
    "closed": {"mark": "▲", "label": "监考收卷", "tone": "warn"},
    "open": {"mark": "◇", "label": "作答中", "tone": "warn"},
    "absent": {"mark": "○", "label": "未参加", "tone": "warn"},
}
OF_KIND = {EndKind.SUBMITTED: "done", EndKind.EXPIRED: "auto", EndKind.CLOSED: "closed"}


def record_sheet(db: Session, who: Persona, row: SittingRow, now: datetime) -> RecordData:
    """Return the data of the record sheet as things stand now.

    Raises:
        Forbidden: to somebody who neither manages nor serves in the sitting.
    """
    staff = admin_queries.staff(db, row.sitting.id)
    serves = any(account.id == who.account_id for _duty, account, _unit in staff)
    if not serves and not who.covers(Permission.SITTING_VIEW, row.unit.path):
        raise Forbidden("考场记录单只供本场次的工作人员和主办单位打印。")
    seats = _seats(db, row, admin_queries.candidates(db, who, row))
    extensions = _extensions(db, row)
    data: RecordData = {
        "title": "考场记录单",
        "organiser": row.unit.name,
        "session": {"code": str(row.sitting.public_id)[:8].upper()},
        "fields": _fields(
            db, row, [account.display_name for duty, account, _u in staff if duty == INVIGILATOR]
        ),
        "totals": _totals(seats),
        "states": STATES,
        "seats": seats,
        "seat_note": "时间为服务器北京时间",
        "incidents": [],
        "incident_note": "如有，请手写补记并签名",
        "extensions": extensions,
        "extension_note": f"共 {len(extensions)} 次",
        "declaration": "本场考试按规定程序组织，以上座位状态、异常情况和延时与现场一致。"
        "核对无误后签名；如有不符，请在异常情况栏补记并签名。",
        "signatures": [f"{who}　签名 / 时间" for who in ("监考员（一）", "监考员（二）", "考点负责人")],
        "printed": f"打印：{who.name}　{beijing(now):%Y-%m-%d %H:%M}",
        "digest": "",
    }
    data["digest"] = sha256_hex(data)[:32].upper()
    return data


def _fields(db: Session, row: SittingRow, invigilators: Sequence[str]) -> list[list[str]]:
    sitting = row.sitting
    start = beijing(sitting.starts_at)
    labels = [form.label for form in admin_queries.forms_of(db, sitting.id)]
    return [
        ["考试", row.exam.title],
        ["场次", sitting.title],
        ["考点", sitting.venue or "线上"],
        ["日期", f"{start.year}年{start.month}月{start.day}日（星期{WEEKDAYS[start.weekday()]}）"],
        [
            "规定时间",
            f"{start:%H:%M}—{beijing(sitting.ends_at):%H:%M}（作答{sitting.duration_seconds // 60}分钟）",
        ],
        ["收场时间", f"{beijing(sitting.closed_at or sitting.ends_at):%H:%M}"],
        ["试卷", "、".join(labels)],
        ["监考员", "、".join(invigilators) or "—"],
    ]


def _seats(db: Session, row: SittingRow, candidates: Sequence[Candidate]) -> list[SeatData]:
    done = answered(db, row.sitting.id)
    slots = {form.id: form.slot_count for form in admin_queries.forms_of(db, row.sitting.id)}
    return [_seat(c, done, slots) for c in candidates]


def _seat(candidate: Candidate, done: dict[int, int], slots: dict[int, int]) -> SeatData:
    attempt = candidate.attempt
    seat: SeatData = {
        "seat": f"{candidate.registration.seat:02d}",
        "name": candidate.person.name,
        "id": candidate.person.id_number_masked,
        "state": _state(attempt),
        "note": _note(candidate.registration),
    }
    if attempt is not None:
        seat["in"] = f"{beijing(attempt.started_at):%H:%M}"
        seat["out"] = f"{beijing(attempt.ended_at):%H:%M}" if attempt.ended_at else "—"
        seat["done"] = f"{done.get(attempt.id, 0)}/{slots.get(attempt.form_id, 0)}"
    return seat


def _state(attempt: Attempt | None) -> str:
    if attempt is None:
        return "absent"
    return OF_KIND[EndKind(attempt.end_kind)] if attempt.end_kind else "open"


def _note(registration: Registration) -> str:
    minutes = registration.extra_seconds // 60
    return f"合理便利，加时{minutes}分钟" if minutes else ""


def _totals(seats: Sequence[SeatData]) -> list[TotalData]:
    by_state = {key: sum(seat["state"] == key for seat in seats) for key in STATES}
    figures = [("应考", len(seats)), ("实考", len(seats) - by_state["absent"])]
    figures += [(state["label"], by_state[key]) for key, state in STATES.items()]
    return [{"label": label, "value": value, "alert": False} for label, value in figures]


def _extensions(db: Session, row: SittingRow) -> list[ExtensionData]:
    rows = db.execute(
        select(Extension, Registration.seat)
        .outerjoin(Attempt, Attempt.id == Extension.attempt_id)
        .outerjoin(Registration, Registration.id == Attempt.registration_id)
        .where(Extension.sitting_id == row.sitting.id)
        .order_by(Extension.given_at)
    )
    return [
        {
            "time": f"{beijing(more.given_at):%H:%M}",
            "seats": "全场" if seat is None else f"{seat:02d}",
            "minutes": more.minutes,
            "reason": more.reason,
            "by": more.given_by,
        }
        for more, seat in rows
    ]
