"""What an invigilator does: more time, a takeover code, closing. Each act is recorded with who and why."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun import audit, crypto
from tiejun.audit import Actor
from tiejun.errors import Conflict, DomainError
from tiejun.exams.models import Attempt, EndKind, Extension, Sitting, TakeoverCode
from tiejun.exams.queries import state_of, window_of
from tiejun.exams.rules import CODE_DIGITS, CODE_LIFETIME, MAX_EXTENSION_MINUTES, AttemptState, Gate

Row = TypeVar("Row", Attempt, Sitting)


@dataclass(frozen=True)
class MoreTime:
    """Minutes and the reason for them."""

    minutes: int
    reason: str

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= MAX_EXTENSION_MINUTES:
            raise DomainError(said("延长的分钟数应在1到180之间。"), code="bad_minutes", field="minutes")
        if not self.reason.strip():
            raise DomainError(said("请写明延长的原因。"), code="reason_missing", field="reason")


def extend_sitting(db: Session, sitting: Sitting, more: MoreTime, actor: Actor, now: datetime) -> int:
    """Move the end of a sitting and the deadline of every open attempt; return how many attempts.

    Who opens later has the full duration, cut at the new end. Expired attempts stay expired, whether or not
    the sweep has noticed them yet.

    Raises:
        Conflict: `closed`, when the sitting is over.
    """
    sitting = _locked(db, Sitting, sitting.id)
    if window_of(sitting).gate(now) is Gate.OVER:
        raise Conflict(said("这个场次已经结束，不能再延长。"), code="closed")
    by = timedelta(minutes=more.minutes)
    sitting.ends_at += by
    attempts = db.scalars(_open_attempts(now).where(Attempt.sitting_id == sitting.id)).all()
    for attempt in attempts:
        attempt.deadline += by
    _note(db, sitting.id, None, more, actor, now)
    subject = ("sitting", sitting.public_id)
    audit.record(db, actor, "sitting.extended", subject, now, minutes=more.minutes, reason=more.reason)
    return len(attempts)


def extend_attempt(db: Session, attempt: Attempt, more: MoreTime, actor: Actor, now: datetime) -> None:
    """Move the deadline of one open attempt; the sitting's own end stays.

    Raises:
        Conflict: `closed`, when the attempt has ended.
    """
    locked = _locked_open(db, attempt, now)
    locked.deadline += timedelta(minutes=more.minutes)
    _note(db, locked.sitting_id, locked.id, more, actor, now)
    subject = ("attempt", locked.public_id)
    audit.record(db, actor, "attempt.extended", subject, now, minutes=more.minutes, reason=more.reason)


def _note(
    db: Session, sitting_id: int, attempt_id: int | None, more: MoreTime, actor: Actor, now: datetime
) -> None:
    db.add(
        Extension(
            sitting_id=sitting_id,
            attempt_id=attempt_id,
            minutes=more.minutes,
            reason=more.reason.strip(),
            given_by=actor.name,
            given_at=now,
        )
    )


def issue_takeover_code(db: Session, attempt: Attempt, actor: Actor, now: datetime) -> str:
    """Return a new code by which another device may take over, once, within ten minutes.

    It is shown once and stored as a hash; earlier codes of the attempt end with it.

    Raises:
        Conflict: `closed`, when the attempt has ended.
    """
    locked = _locked_open(db, attempt, now)
    db.execute(
        update(TakeoverCode)
        .where(TakeoverCode.attempt_id == locked.id, TakeoverCode.expires_at > now)
        .values(expires_at=now)
    )
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    db.add(
        TakeoverCode(
            attempt_id=locked.id,
            code_hash=crypto.digest(f"{locked.public_id}:{code}"),
            issued_by=actor.name,
            issued_at=now,
            expires_at=now + CODE_LIFETIME,
        )
    )
    audit.record(db, actor, "attempt.takeover_code_issued", ("attempt", locked.public_id), now)
    return code


def close_attempt(db: Session, attempt: Attempt, reason: str, actor: Actor, now: datetime) -> None:
    """End one attempt now; what is saved counts, what is still on its way is kept as late.

    Raises:
        Conflict: `closed`, when it has already ended.
    """
    locked = _locked_open(db, attempt, now)
    locked.ended_at, locked.end_kind = now, EndKind.CLOSED
    audit.record(db, actor, "attempt.closed", ("attempt", locked.public_id), now, reason=reason.strip())


def close_sitting(db: Session, sitting: Sitting, reason: str, actor: Actor, now: datetime) -> int:
    """End a sitting for everybody: nobody opens it any more, open attempts end now; return how many.

    Closing a closed sitting changes nothing.
    """
    sitting = _locked(db, Sitting, sitting.id)
    if sitting.closed_at is not None:
        return 0
    sitting.closed_at = now
    attempts = db.scalars(_open_attempts(now).where(Attempt.sitting_id == sitting.id)).all()
    for attempt in attempts:
        attempt.ended_at, attempt.end_kind = now, EndKind.CLOSED
    subject = ("sitting", sitting.public_id)
    audit.record(db, actor, "sitting.closed", subject, now, reason=reason.strip(), attempts=len(attempts))
    return len(attempts)


def _open_attempts(now: datetime) -> Select[Attempt]:
    found = select(Attempt).where(Attempt.ended_at.is_(None), Attempt.deadline > now)
    return found.with_for_update().execution_options(populate_existing=True)


def _locked_open(db: Session, attempt: Attempt, now: datetime) -> Attempt:
    locked = _locked(db, Attempt, attempt.id)
    if state_of(locked, now) is not AttemptState.OPEN:
        raise Conflict(said("这次应试已经结束，不能再这样操作。"), code="closed")
    return locked


def _locked(db: Session, kind: type[Row], row_id: int) -> Row:
    return db.get_one(kind, row_id, populate_existing=True, with_for_update=True)
