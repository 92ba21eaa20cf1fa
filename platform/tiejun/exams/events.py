"""Taking in answers: the hot path. Nothing is acknowledged that is not in the transaction.

A batch is all or nothing: one number used for something else, one unknown slot, one value of the wrong
shape, and none of it is written. (With the next issue, chaining and a group-commit writer join here.)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun import audit
from tiejun.errors import Conflict
from tiejun.exams import papers
from tiejun.exams.answer_files import check_named
from tiejun.exams.models import Attempt, EndKind, Extension, Lease, ResponseEvent, Standing
from tiejun.exams.queries import answered_by, state_of
from tiejun.exams.rules import (
    Arrival,
    AttemptState,
    canonical,
    gapless,
    grace_in,
    is_blank,
    missing_ranges,
    takes_unannounced,
)
from tiejun.exams.seats import BY_TOKEN, Seat, take_seat
from tiejun.exams.tokens import Claims


@dataclass(frozen=True)
class Sent:
    """One answer as the client sent it; `given_at` is its time, mapped to the server's clock."""

    seq: int
    slot: int
    value: Any
    given_at: datetime


@dataclass(frozen=True)
class Batch:
    """Some answers under one lease; `queued` is the highest number the client has given out so far."""

    lease: UUID
    queued: int
    events: Sequence[Sent] = ()


@dataclass(frozen=True)
class Notice:
    """Something the candidate must be told, in words; `params` fill the sentence."""

    code: str
    message: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Acked:
    """What the client may believe: `stored` is on disk, `late` of it does not count as it stands."""

    acked_seq: int
    stored: list[int]
    late: list[int]
    deadline: datetime
    state: AttemptState
    notices: list[Notice]


@dataclass(frozen=True)
class Receipt:
    """The receipt of a hand-in; hash and signature come with the sealing issue."""

    submitted_at: datetime
    answered: int
    total: int
    last_seq: int
    chain_hash: str | None
    signature: str | None


@dataclass(frozen=True)
class _Known:
    """An event that is stored already."""

    slot: int
    value: str
    standing: Standing


def record_events(db: Session, claims: Claims, batch: Batch, now: datetime, grace: timedelta) -> Acked:
    """Store a batch; an empty one is the heartbeat. Replays are harmless.

    After the end, answers are still kept (as late), so that nothing typed while cut off is lost, with two
    exceptions: a number the server never heard of after the candidate himself handed in, and anything new
    once results are declared.

    Raises:
        NotFound: the token's attempt is gone.
        Forbidden: `wrong_lease`.
        Conflict: `lease_revoked`, `seq_conflict`, `closed`.
        DomainError: `unknown_slot`, `bad_value`.
    """
    seat = take_seat(db, claims, batch.lease)
    paper = papers.load(db, *seat.form)
    for event in batch.events:
        paper.check(event.slot, event.value)
    known = _known(db, seat.lease, batch)
    fresh = _fresh(batch, known)
    check_named(db, seat, paper, fresh.values())
    state = state_of(seat.attempt, now)
    _refuse_what_is_over(seat, fresh, state)
    rows = [_row(seat, event, now, grace_in(state, grace)) for event in fresh.values()]
    if rows:
        db.execute(insert(ResponseEvent), rows)
    standings = {seq: row.standing for seq, row in known.items()} | {
        row["seq"]: row["standing"] for row in rows
    }
    _note_on_lease(seat, batch, standings, bool(rows), now)
    sent = sorted({event.seq for event in batch.events})
    late = [seq for seq in sent if standings[seq] == Standing.LATE]
    notices = _notices(db, seat, late)
    return Acked(seat.lease.acked_seq, sent, late, seat.attempt.deadline, state, notices)


def _known(db: Session, lease: Lease, batch: Batch) -> dict[int, _Known]:
    """Return what is stored of this lease from the lowest number that matters on."""
    if not batch.events:
        return {}
    lowest = min(lease.acked_seq + 1, *(event.seq for event in batch.events))
    rows = db.execute(
        select(ResponseEvent.seq, ResponseEvent.slot, ResponseEvent.value, ResponseEvent.standing).where(
            ResponseEvent.lease_id == lease.id, ResponseEvent.seq >= lowest
        )
    )
    return {seq: _Known(slot, value, standing) for seq, slot, value, standing in rows}


def _fresh(batch: Batch, known: Mapping[int, _Known]) -> dict[int, Sent]:
    """Return the events not stored yet, by number.

    The payload is slot and value: a client that measured its clock anew may send a replay with another
    time, and the first time stands.
    """
    used = {seq: (row.slot, row.value) for seq, row in known.items()}
    fresh = {}
    for event in batch.events:
        payload = (event.slot, canonical(event.value))
        if used.setdefault(event.seq, payload) != payload:
            raise Conflict(
                said("同一编号已存有不同的作答，整批没有保存。"), code="seq_conflict", seq=event.seq
            )
        if event.seq not in known:
            fresh[event.seq] = event
    return fresh


def _refuse_what_is_over(seat: Seat, fresh: Mapping[int, Sent], state: AttemptState) -> None:
    unheard = any(seq > seat.lease.announced_seq for seq in fresh)
    over = fresh and seat.declared_at is not None
    if over or (unheard and not takes_unannounced(state)):
        raise Conflict(said("这次应试已经结束，新的作答没有保存。"), code="closed", state=state.value)


def _row(seat: Seat, event: Sent, now: datetime, grace: timedelta) -> dict[str, Any]:
    arrival = Arrival(now, event.given_at, event.seq <= seat.lease.announced_seq)
    counts = arrival.counts(seat.end, grace)
    return {
        "attempt_id": seat.attempt.id,
        "lease_id": seat.lease.id,
        "seq": event.seq,
        "slot": event.slot,
        "value": canonical(event.value),
        "is_blank": is_blank(event.value),
        "client_at": event.given_at,
        "received_at": now,
        "standing": Standing.COUNTED if counts else Standing.LATE,
        "silent_since": None if counts else seat.lease.last_seen_at,
    }


def _note_on_lease(
    seat: Seat, batch: Batch, stored: Mapping[int, Standing], saved: bool, now: datetime
) -> None:
    lease = seat.lease
    lease.acked_seq = gapless(lease.acked_seq, stored)
    lease.last_seq = max(lease.last_seq, *stored, 0)
    # After the end a number can't be announced any more: that is what the announcement is for.
    if now < seat.end:
        lease.announced_seq = max(lease.announced_seq, batch.queued, lease.last_seq)
    lease.waiting = max(0, batch.queued - lease.acked_seq)
    lease.last_seen_at = now
    if saved:
        lease.last_saved_at = now


def _notices(db: Session, seat: Seat, late: Sequence[int]) -> list[Notice]:
    notices = []
    if seat.lease.told_deadline != seat.attempt.deadline:
        seat.lease.told_deadline = seat.attempt.deadline
        notices.append(_extension_notice(db, seat.attempt))
    if late:
        words = said("有%(n)s次作答在考试结束后才送到，已经保存；是否计入由两名工作人员核查后决定。")
        notices.append(Notice("late", words, {"n": len(late)}))
    return notices


def _extension_notice(db: Session, attempt: Attempt) -> Notice:
    last = db.scalars(
        select(Extension)
        .where(
            Extension.sitting_id == attempt.sitting_id,
            Extension.attempt_id.is_(None) | (Extension.attempt_id == attempt.id),
        )
        .order_by(Extension.id.desc())
        .limit(1)
    ).one()
    words = said("监考延长了考试时间%(minutes)s分钟，原因：%(reason)s")
    return Notice("extended", words, {"minutes": last.minutes, "reason": last.reason})


def submit(db: Session, claims: Claims, lease: UUID, last_seq: int, now: datetime) -> Receipt:
    """Hand in; once handed in, the same receipt comes back however often it is asked for.

    `last_seq` is the highest number the client gave out.

    Raises:
        Conflict: `missing_events` with the ranges the client must send first; `closed`; `lease_revoked`.
    """
    seat = take_seat(db, claims, lease)
    locked = select(Attempt).where(Attempt.id == seat.attempt.id).with_for_update()
    attempt = db.scalars(locked.execution_options(populate_existing=True)).one()
    state = state_of(attempt, now)
    if state is AttemptState.OPEN:
        _refuse_gaps(db, seat.lease, last_seq)
        attempt.ended_at = attempt.submitted_at = now
        attempt.end_kind = EndKind.SUBMITTED
        seat.lease.last_seen_at, seat.lease.waiting = now, 0
        audit.record(db, BY_TOKEN, "attempt.submitted", ("attempt", attempt.public_id), now)
    if attempt.submitted_at is None:
        raise Conflict(said("考试时间已到，已保存的作答照常计分。"), code="closed", state=state.value)
    return Receipt(
        submitted_at=attempt.submitted_at,
        answered=answered_by(db, attempt.id),
        total=len(papers.load(db, *seat.form).shapes),
        last_seq=seat.lease.last_seq,
        chain_hash=attempt.chain_hash,
        signature=attempt.signature,
    )


def _refuse_gaps(db: Session, lease: Lease, last_seq: int) -> None:
    if lease.acked_seq >= last_seq:
        return
    stored = db.scalars(select(ResponseEvent.seq).where(ResponseEvent.lease_id == lease.id)).all()
    raise Conflict(
        said("还有作答没有送到服务器，请等全部保存后再交卷。"),
        code="missing_events",
        missing=[list(gap) for gap in missing_ranges(last_seq, stored)],
    )
