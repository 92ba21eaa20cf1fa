"""The exam engine: opening and resuming attempts, expiry. What other rooms call is listed in `__all__`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun import audit, crypto
from tiejun.audit import Actor
from tiejun.bank.models import ExamForm
from tiejun.db import Database
from tiejun.errors import Conflict, Forbidden
from tiejun.exams import papers
from tiejun.exams.events import Acked, Batch, Receipt, Sent, record_events, submit
from tiejun.exams.invigilation_service import (
    close_attempt,
    close_sitting,
    extend_attempt,
    extend_sitting,
    issue_takeover_code,
)
from tiejun.exams.models import Attempt, EndKind, Lease, Registration, Sitting, TakeoverCode
from tiejun.exams.queries import (
    Place,
    SittingView,
    current_responses,
    live_lease,
    my_sittings,
    place,
    state_of,
)
from tiejun.exams.rules import CODE_TRIES, AttemptState, Gate
from tiejun.exams.tokens import Claims

__all__ = [
    "Acked",
    "Batch",
    "Claims",
    "Entry",
    "Opened",
    "Receipt",
    "Sent",
    "SittingView",
    "close_attempt",
    "close_expired",
    "close_sitting",
    "current_responses",
    "extend_attempt",
    "extend_sitting",
    "issue_takeover_code",
    "my_sittings",
    "open_attempt",
    "record_events",
    "submit",
]


@dataclass(frozen=True)
class Entry:
    """Somebody who wants to open or resume his attempt on a device.

    `device` is an id that the client made and keeps; `by_token` says that it is an API client, which a live
    sitting does not admit.
    """

    person_id: int | None
    device: str
    actor: Actor
    takeover_code: str | None = None
    agent: str | None = None
    by_token: bool = False


@dataclass(frozen=True)
class Opened:
    """An attempt that is open on this device, with everything needed to go on where it stood."""

    claims: Claims
    paper: papers.Paper
    deadline: datetime
    responses: dict[int, Any]
    last_seq: int
    is_new: bool


def open_attempt(database: Database, sitting: UUID, entry: Entry, now: datetime) -> Opened:
    """Open an attempt, or resume it: on the same device with the same lease, elsewhere with a takeover code.

    A try of a code is counted in a transaction of its own before the code is compared, so that neither a
    refusal nor tries side by side give a sixth guess.

    Raises:
        NotFound: `not_registered`.
        Forbidden: `browser_only`.
        Conflict: `not_open_yet`, `closed`, `lease_held`, `bad_takeover_code`.
    """
    if entry.takeover_code is not None:
        with database.transaction() as db:
            _count_try(db, sitting, entry.person_id, now)
    with database.transaction() as db:
        found = _locked_place(db, sitting, entry.person_id)
        if entry.by_token and not found.sitting.allows_api:
            raise Forbidden(said("这个场次只能在浏览器中作答。"), code="browser_only")
        if found.attempt is None:
            return _begin(db, found, entry, now)
        return _resume(db, found, found.attempt, entry, now)


def _locked_place(db: Session, sitting: UUID, person_id: int | None) -> Place:
    """Return the place with its registration row locked: two devices can't open side by side."""
    db.execute(
        select(Registration.id)
        .join(Sitting, Sitting.id == Registration.sitting_id)
        .where(Sitting.public_id == sitting, Registration.person_id == person_id)
        .with_for_update(of=Registration)
    )
    return place(db, sitting, person_id)


def _begin(db: Session, found: Place, entry: Entry, now: datetime) -> Opened:
    # A shared lock: whoever closes or extends the sitting waits for us, or we for him.
    held = select(Sitting).where(Sitting.id == found.sitting.id).with_for_update(read=True)
    db.execute(held.execution_options(populate_existing=True))
    gate = found.window.gate(now)
    if gate is Gate.TOO_EARLY:
        raise Conflict(
            said("还没有到开考时间。"), code=gate.value, starts_at=found.sitting.starts_at.isoformat()
        )
    if gate is Gate.OVER:
        raise Conflict(said("这个场次已经结束。"), code=gate.value, state=AttemptState.CLOSED.value)
    registration = found.registration
    attempt = Attempt(
        registration_id=registration.id,
        sitting_id=found.sitting.id,
        person_id=registration.person_id,
        form_id=registration.form_id,
        started_at=now,
        deadline=found.window.deadline(now, timedelta(seconds=registration.extra_seconds)),
    )
    db.add(attempt)
    db.flush()
    lease = _new_lease(db, attempt, entry, now)
    audit.record(
        db, entry.actor, "attempt.opened", ("attempt", attempt.public_id), now, seat=registration.seat
    )
    return _opened(db, attempt, lease, is_new=True)


def _resume(db: Session, found: Place, attempt: Attempt, entry: Entry, now: datetime) -> Opened:
    state = state_of(attempt, now)
    if state is not AttemptState.OPEN:
        raise Conflict(said("这次应试已经结束，不能再进入。"), code="closed", state=state.value)
    lease = live_lease(db, attempt.id)
    if lease is not None and lease.device != entry.device:
        if entry.takeover_code is None:
            raise Conflict(said("这次应试正在另一台设备上进行；换机请向监考索取接管码。"), code="lease_held")
        _use_code(db, attempt, entry, now)
        lease.revoked_at = now
        lease = None
        seat = found.registration.seat
        audit.record(db, entry.actor, "attempt.taken_over", ("attempt", attempt.public_id), now, seat=seat)
    if lease is None:
        lease = _new_lease(db, attempt, entry, now)
    lease.last_seen_at, lease.told_deadline = now, attempt.deadline
    return _opened(db, attempt, lease, is_new=False)


def _new_lease(db: Session, attempt: Attempt, entry: Entry, now: datetime) -> Lease:
    lease = Lease(
        attempt_id=attempt.id,
        device=entry.device,
        agent=(entry.agent or "")[:300],
        created_at=now,
        last_seen_at=now,
        told_deadline=attempt.deadline,
        last_seq=0,
    )
    db.add(lease)
    db.flush()
    return lease


def _opened(db: Session, attempt: Attempt, lease: Lease, *, is_new: bool) -> Opened:
    paper_hash = db.scalars(select(ExamForm.paper_hash).where(ExamForm.id == attempt.form_id)).one()
    return Opened(
        claims=Claims(attempt.public_id, lease.public_id),
        paper=papers.load(db, attempt.form_id, paper_hash),
        deadline=attempt.deadline,
        responses={} if is_new else current_responses(db, attempt.id),
        last_seq=lease.last_seq,
        is_new=is_new,
    )


def _count_try(db: Session, sitting: UUID, person_id: int | None, now: datetime) -> None:
    attempt = place(db, sitting, person_id).attempt
    if attempt is None:
        return
    code_id = db.scalar(
        select(TakeoverCode.id)
        .where(TakeoverCode.attempt_id == attempt.id, *_is_valid(now), TakeoverCode.tries < CODE_TRIES)
        .order_by(TakeoverCode.id.desc())
        .limit(1)
        .with_for_update()
    )
    if code_id is None:
        raise _bad_code()
    db.execute(update(TakeoverCode).where(TakeoverCode.id == code_id).values(tries=TakeoverCode.tries + 1))


def _use_code(db: Session, attempt: Attempt, entry: Entry, now: datetime) -> None:
    code = db.scalars(
        select(TakeoverCode)
        .where(TakeoverCode.attempt_id == attempt.id, *_is_valid(now), TakeoverCode.tries <= CODE_TRIES)
        .order_by(TakeoverCode.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
    typed = crypto.digest(f"{attempt.public_id}:{entry.takeover_code}")
    if code is None or not crypto.same(code.code_hash, typed):
        raise _bad_code()
    code.used_at = now


def _is_valid(now: datetime) -> tuple[Any, ...]:
    return (TakeoverCode.used_at.is_(None), TakeoverCode.expires_at > now)


def _bad_code() -> Conflict:
    return Conflict(said("接管码不正确、已用过或已过期，请向监考重新索取。"), code="bad_takeover_code")


def close_expired(db: Session, now: datetime) -> int:
    """End the attempts that ran out of time, each dated at its deadline; return how many.

    One conditional UPDATE: run it as often and from as many processes as you like.
    """
    done = db.execute(
        update(Attempt)
        .where(Attempt.ended_at.is_(None), Attempt.deadline <= now)
        .values(ended_at=Attempt.deadline, end_kind=EndKind.EXPIRED)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
