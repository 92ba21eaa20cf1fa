"""Whoever writes to an attempt shows its token: which lease, attempt and form that is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.audit import Actor
from tiejun.bank.models import ExamForm
from tiejun.errors import Conflict, Forbidden, NotFound
from tiejun.exams.models import Attempt, Lease, Sitting
from tiejun.exams.tokens import Claims

BY_TOKEN = Actor(None, "应试凭证")
"""Who acts where the attempt's token is all that was shown."""


@dataclass(frozen=True)
class Seat:
    """What a token opens: the lease (locked) with its attempt."""

    lease: Lease
    attempt: Attempt
    form: tuple[int, str]
    declared_at: datetime | None

    @property
    def end(self) -> datetime:
        """The deadline, or the earlier instant at which the attempt ended."""
        return self.attempt.ended_at or self.attempt.deadline


def take_seat(db: Session, claims: Claims, lease: UUID, *, lock: bool = True) -> Seat:
    """Return what a token opens; with the lease locked, unless it is only looked at.

    Raises:
        NotFound: the token's attempt is gone.
        Forbidden: `wrong_lease`.
        Conflict: `lease_revoked`.
    """
    wanted = (
        select(Lease, Attempt, ExamForm.id, ExamForm.paper_hash, Sitting.declared_at)
        .join(Attempt, Attempt.id == Lease.attempt_id)
        .join(ExamForm, ExamForm.id == Attempt.form_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Lease.public_id == claims.lease, Attempt.public_id == claims.attempt)
    )
    found = db.execute(wanted.with_for_update(of=Lease) if lock else wanted).one_or_none()
    if found is None:
        raise NotFound(said("没有找到这次应试。"))
    if lease != claims.lease:
        raise Forbidden(said("应试凭证与设备不符，请重新进入考试。"), code="wrong_lease")
    held, attempt, form_id, paper_hash, declared_at = found
    if held.revoked_at is not None:
        raise Conflict(said("这次应试已在另一台设备上继续，本设备不能再保存。"), code="lease_revoked")
    return Seat(held, attempt, (form_id, paper_hash), declared_at)
