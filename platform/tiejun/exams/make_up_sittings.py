"""Making a make-up sitting: a copy of the exam's last sitting with a new form."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.audit import Actor
from tiejun.bank.form_service import freeze_form
from tiejun.clock import beijing
from tiejun.crypto import random_code
from tiejun.errors import NotFound, Problem, Rejected
from tiejun.exams.admin_service import SittingSpec, create_sitting
from tiejun.exams.models import Exam, Sitting, SittingForm, SittingStaff
from tiejun.people.models import Account


@dataclass(frozen=True)
class NewSitting:
    """When and where the copy is held; an empty venue means that of the copied sitting."""

    starts_at: datetime
    venue: str = ""


def last_sitting(db: Session, exam_id: int, now: datetime) -> Sitting | None:
    """Return the sitting of an exam to copy: the last that has begun, or else the first to come."""
    query = select(Sitting).where(Sitting.exam_id == exam_id)
    begun = query.where(Sitting.starts_at <= now).order_by(Sitting.starts_at.desc())
    ahead = query.where(Sitting.starts_at > now).order_by(Sitting.starts_at)
    return db.scalars(begun.limit(1)).one_or_none() or db.scalars(ahead.limit(1)).one_or_none()


def copy_for_make_up(db: Session, exam_id: int, wanted: NewSitting, actor: Actor, now: datetime) -> Sitting:
    """Add a make-up sitting with length and staff of the exam's last one and a newly frozen form.

    The form has at most 10 % of its items in common with the forms of the exam's other sittings: those are
    the papers that its candidates may have met.

    Raises:
        NotFound: if the exam has no sitting to copy.
        Rejected: if the window is over.
        DomainError: of `freeze_form`, when the bank has too few items left; nothing is kept then.
    """
    exam = db.get(Exam, exam_id)
    model = last_sitting(db, exam_id, now)
    if exam is None or model is None:
        raise NotFound(said("没有可以复制的场次。"))
    if wanted.starts_at <= now:
        # Said before a form is frozen for nothing.
        raise Rejected(
            said("场次没有保存。"),
            [Problem(said("场次"), said("开始时间"), said("开始时间已过，应晚于现在。"))],
        )
    used = db.scalars(
        select(SittingForm.form_id)
        .join(Sitting, Sitting.id == SittingForm.sitting_id)
        .where(Sitting.exam_id == exam.id)
    ).all()
    form = freeze_form(db, exam.blueprint_id, random_code(8), actor, now, avoid_form_ids=tuple(used))
    spec = SittingSpec(
        exam_id=exam.id,
        starts_at=wanted.starts_at,
        ends_at=_end(wanted.starts_at, model),
        duration_seconds=model.duration_seconds,
        venue=wanted.venue.strip() or model.venue,
        form_ids=(form.id,),
        staff=_staff(db, model.id),
        allows_api=model.allows_api,
        is_make_up=True,
    )
    return create_sitting(db, spec, actor, now)


def _end(starts_at: datetime, model: Sitting) -> datetime:
    """Return when the copy's window ends: as long as the model's, but on the day it begins.

    A make-up is due by a day. A window of weeks, copied, would reach past the due days of its candidates.
    """
    local = beijing(starts_at)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    window = model.ends_at - model.starts_at
    shortest = starts_at + timedelta(seconds=model.duration_seconds)
    return max(min(starts_at + window, midnight), shortest)


def _staff(db: Session, sitting_id: int) -> tuple[tuple[int, str], ...]:
    rows = db.execute(
        select(SittingStaff.account_id, SittingStaff.duty)
        .join(Account, Account.id == SittingStaff.account_id)
        .where(SittingStaff.sitting_id == sitting_id, Account.is_active)
    )
    return tuple((account_id, duty) for account_id, duty in rows)
