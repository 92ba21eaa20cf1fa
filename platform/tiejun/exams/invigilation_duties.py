"""What an invigilator finds on the first page: sittings to watch, late answers to judge."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tiejun.access import Permission, Persona
from tiejun.clock import beijing
from tiejun.duties import Duty
from tiejun.exams.invigilation_queries import INVIGILATOR, within_reach
from tiejun.exams.models import (
    Attempt,
    LateDecision,
    Registration,
    ResponseEvent,
    Sitting,
    SittingStaff,
    Standing,
)
from tiejun.people.models import Unit

AHEAD = timedelta(days=14)


def duties(db: Session, who: Persona, now: datetime) -> list[Duty]:
    """Return what somebody must watch or judge."""
    found = []
    if who.may(Permission.SITTING_INVIGILATE):
        found += _to_watch(db, who, now)
    if who.may(Permission.LATE_REVIEW):
        found += _to_judge(db, who)
    return found


def _to_watch(db: Session, who: Persona, now: datetime) -> list[Duty]:
    rows = db.execute(
        select(Sitting, func.count(Registration.id))
        .join(SittingStaff, SittingStaff.sitting_id == Sitting.id)
        .outerjoin(Registration, Registration.sitting_id == Sitting.id)
        .where(
            SittingStaff.account_id == who.account_id,
            SittingStaff.duty == INVIGILATOR,
            Sitting.closed_at.is_(None),
            Sitting.ends_at > now,
            Sitting.starts_at <= now + AHEAD,
        )
        .group_by(Sitting.id)
    )
    return [_watch(sitting, candidates) for sitting, candidates in rows]


def _watch(sitting: Sitting, candidates: int) -> Duty:
    starts, ends = beijing(sitting.starts_at), beijing(sitting.ends_at)
    why = _(
        "%(venue)s，%(start)s–%(end)s，%(n)s人",
        venue=sitting.venue or _("线上"),
        start=f"{starts:%H:%M}",
        end=f"{ends:%H:%M}",
        n=candidates,
    )
    address = f"/sittings/{sitting.public_id}/board"
    return Duty(starts.date(), _("监考%(title)s", title=sitting.title), why, _("打开监考台"), address)


def _to_judge(db: Session, who: Persona) -> list[Duty]:
    mine = select(LateDecision.id).where(
        LateDecision.attempt_id == Attempt.id,
        LateDecision.account_id == who.account_id,
        LateDecision.last_event_id >= ResponseEvent.id,
    )
    rows = db.execute(
        select(Sitting, func.count(func.distinct(Attempt.id)))
        .join(Unit, Unit.id == Sitting.unit_id)
        .join(Attempt, Attempt.sitting_id == Sitting.id)
        .join(ResponseEvent, ResponseEvent.attempt_id == Attempt.id)
        .where(
            ResponseEvent.standing == Standing.LATE,
            Sitting.declared_at.is_(None),
            within_reach(who, Permission.LATE_REVIEW),
            ~mine.exists(),
        )
        .group_by(Sitting.id)
    )
    return [_judge(sitting, waiting) for sitting, waiting in rows]


def _judge(sitting: Sitting, waiting: int) -> Duty:
    why = _("%(n)s人有作答在结束后才送到，两人都同意才计入；宣布成绩之后不能再计入", n=waiting)
    title = _("核查%(title)s迟到的作答", title=sitting.title)
    address = f"/sittings/{sitting.public_id}/late"
    return Duty(beijing(sitting.ends_at).date(), title, why, _("去核查"), address)
