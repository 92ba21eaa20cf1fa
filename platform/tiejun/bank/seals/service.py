"""Steps on a sealed form: seal it, ask to open it, approve. Each is written to the audit trail."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank.models import ExamForm
from tiejun.bank.seals.models import FormOpening
from tiejun.bank.seals.rules import State, may_approve, state_of
from tiejun.errors import Conflict, Forbidden, NotFound, Problem, Rejected

REASON_MAX = 300


def seal(db: Session, form: ExamForm, actor: Actor, now: datetime) -> None:
    """Seal a form that was frozen open; there is no way back."""
    if not form.is_sealed:
        form.is_sealed = True
        record(db, actor, "form.sealed", ("exam_form", form.public_id), now, label=form.label)


def ask(
    db: Session, form: ExamForm, reason: str, actor: Actor, now: datetime, wait: timedelta
) -> FormOpening:
    """Ask to open a sealed form.

    Args:
        wait: how long somebody else may approve.

    Raises:
        Rejected: if no reason is given.
        Conflict: if the form is not sealed, or a request of this person is open or waits already.
    """
    if not reason:
        problem = Problem(said("启封"), "reason", said("请写明启封的理由。"))
        raise Rejected(said("没有提交申请，请改正下面的内容。"), [problem])
    if not form.is_sealed:
        raise Conflict(said("这份试卷没有密封。"))
    asker = _account(actor)
    mine = select(FormOpening).where(FormOpening.form_id == form.id, FormOpening.asked_by_id == asker)
    if any(state_of(one, now) in (State.ASKED, State.OPEN) for one in db.scalars(mine)):
        raise Conflict(said("您已申请启封这份试卷。"))
    opening = FormOpening(
        public_id=uuid4(),
        form_id=form.id,
        reason=reason[:REASON_MAX],
        asked_by_id=asker,
        asked_by=actor.name,
        asked_at=now,
        approve_by=now + wait,
    )
    db.add(opening)
    _note(db, "form.opening_asked", form, actor, now, reason=opening.reason)
    return opening


def approve(
    db: Session, form: ExamForm, public_id: UUID, actor: Actor, now: datetime, length: timedelta
) -> FormOpening:
    """Approve somebody else's request: from now on both see the form for `length`.

    Raises:
        NotFound: if this form has no such request.
        Forbidden: if the request is one's own.
        Conflict: if its time is over, or somebody approved it before.
    """
    wanted = select(FormOpening).where(FormOpening.public_id == public_id, FormOpening.form_id == form.id)
    opening = db.scalar(wanted.with_for_update())
    if opening is None:
        raise NotFound(said("没有这条启封申请。"))
    if opening.asked_by_id == _account(actor):
        raise Forbidden(said("启封要由两个人完成：自己的申请须由另一人批准。"))
    if not may_approve(opening, _account(actor), now):
        raise Conflict(said("这条启封申请已过时限，或已由别人批准；需要时请重新申请。"))
    opening.approved_by_id, opening.approved_by = _account(actor), actor.name
    opening.approved_at, opening.open_until = now, now + length
    _note(
        db, "form.opened", form, actor, now, asked_by=opening.asked_by, until=f"{opening.open_until:%FT%TZ}"
    )
    db.flush()
    return opening


def note_view(db: Session, form: ExamForm, what: str, actor: Actor, now: datetime) -> None:
    """Note that somebody was shown an opened form, on its page or as a file."""
    _note(db, "form.viewed", form, actor, now, what=what)


def _note(db: Session, action: str, form: ExamForm, actor: Actor, now: datetime, **details: str) -> None:
    record(db, actor, action, ("exam_form", form.public_id), now, label=form.label, **details)


def _account(actor: Actor) -> int:
    if actor.account_id is None:
        raise Forbidden(said("启封须由登录的人员办理。"))
    return actor.account_id
