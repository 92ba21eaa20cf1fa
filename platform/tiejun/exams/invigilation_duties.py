"""What an invigilator finds on the first page: sittings to watch, late answers to judge."""

from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tiejun.access import Permission, Persona
from tiejun.clock import beijing
from tiejun.duties import Duty
from tiejun.exams.invigilation_queries import INVIGILATOR, within_reach
from tiejun.exams.models import (
    Attempt,
    Exam,
    LateDecision,
    Registration,
    ResponseEvent,
    Sitting,
    SittingStaff,
    Standing,
)
from tiejun.pages import cn_window
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
        select(Sitting, Exam, func.count(Registration.id))
        .join(Exam, Exam.id == Sitting.exam_id)
        .join(SittingStaff, SittingStaff.sitting_id == Sitting.id)
        .outerjoin(Registration, Registration.sitting_id == Sitting.id)
        .where(
            SittingStaff.account_id == who.account_id,
            SittingStaff.duty == INVIGILATOR,
            Sitting.closed_at.is_(None),
            Sitting.ends_at > now,
            Sitting.starts_at <= now + AHEAD,
        )
        .group_by(Sitting.id, Exam.id)
    )
    today = beijing(now).date()
    return [_watch(sitting, exam, candidates, today) for sitting, exam, candidates in rows]


def _watch(sitting: Sitting, exam: Exam, candidates: int, today: date) -> Duty:
    why = _(
        "%(venue)s，%(window)s，%(n)s 人",
        venue=sitting.venue or _("线上"),
        window=cn_window(sitting.starts_at, sitting.ends_at),
        n=candidates,
    )
    address = f"/sittings/{sitting.public_id}/board"
    day = beijing(sitting.starts_at).date()
    if day < today:
        day = min(today, beijing(sitting.ends_at).date())
    return Duty(day, _("监考：%(title)s", title=exam.title), why, _("打开监考台"), address)


def _to_judge(db: Session, who: Persona) -> list[Duty]:
    mine = select(LateDecision.id).where(
        LateDecision.attempt_id == Attempt.id,
        LateDecision.account_id == who.account_id,
        LateDecision.last_event_id >= ResponseEvent.id,
    )
    rows = db.execute(
        select(Sitting, Exam, func.count(func.distinct(Attempt.id)))
        .join(Exam, Exam.id == Sitting.exam_id)
        .join(Unit, Unit.id == Sitting.unit_id)
        .join(Attempt, Attempt.sitting_id == Sitting.id)
        .join(ResponseEvent, ResponseEvent.attempt_id == Attempt.id)
        .where(
            ResponseEvent.standing == Standing.LATE,
            Sitting.declared_at.is_(None),
            within_reach(who, Permission.LATE_REVIEW),
            ~mine.exists(),
        )
        .group_by(Sitting.id, Exam.id)
    )
    return [_judge(sitting, exam, waiting) for sitting, exam, waiting in rows]


def _judge(sitting: Sitting, exam: Exam, waiting: int) -> Duty:
    why = _("%(n)s人有作答在结束后才送到，两人都同意才计入；宣布成绩之后不能再计入", n=waiting)
    title = _("核查迟到的作答：%(title)s", title=exam.title)
    address = f"/sittings/{sitting.public_id}/late"
    return Duty(beijing(sitting.over_at).date(), title, why, _("去核查"), address)
