"""Scoring by machine: every objective slot, and essays left empty. Essays with a text are for people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from question_bank.scoring import ValueShapeError, score_response
from question_bank.words import said
from tiejun import audit
from tiejun.audit import SYSTEM
from tiejun.bank.form_service import SlotKey, slot_keys
from tiejun.errors import Conflict, DomainError
from tiejun.exams.models import Attempt, EndKind, LateDecision, ResponseEvent, Sitting, Standing
from tiejun.exams.queries import current_responses, state_of
from tiejun.exams.result_models import Result, SlotScore
from tiejun.exams.rules import AttemptState

MACHINE = 0
AT_ONCE = 20


def score_attempt(
    db: Session, attempt: Attempt, now: datetime, keys: Sequence[SlotKey] | None = None
) -> Decimal:
    """Score what a machine can score of a closed attempt, and return those points.

    Scoring again changes only what differs: late answers may have been accepted in between, and marks given
    to an essay before its text changed are then withdrawn. `keys` spares looking up those of the form.

    Raises:
        Conflict: `attempt_open` while answers are taken, `declared` once there is a result.
        DomainError: `unscorable`, naming the slot whose stored value has the wrong shape.
    """
    locked = db.get_one(Attempt, attempt.id, populate_existing=True, with_for_update=True)
    if state_of(locked, now) is AttemptState.OPEN:
        raise Conflict(said("考生还在作答，不能评分。"), code="attempt_open")
    if db.scalar(select(Result.id).where(Result.attempt_id == locked.id).limit(1)) is not None:
        raise Conflict(said("成绩已经宣布，不能重新评分。"), code="declared")
    scored = _scores(keys or slot_keys(db, locked.form_id), current_responses(db, locked.id))
    rows = select(SlotScore).where(SlotScore.attempt_id == locked.id, SlotScore.round == MACHINE)
    known = {row.slot: row for row in db.scalars(rows)}
    before = sum((Decimal(str(row.points)) for row in known.values()), Decimal(0))
    for slot in known.keys() - scored.keys():
        db.delete(known[slot])
    for slot, (points, maximum) in scored.items():
        row = known.get(slot) or SlotScore(attempt_id=locked.id, slot=slot, round=MACHINE)
        db.add(_write(row, float(points), float(maximum), now))
    total = sum((points for points, _maximum in scored.values()), Decimal(0))
    if known and total != before:
        told = {"before": str(before), "after": str(total)}
        audit.record(db, SYSTEM, "attempt.rescored", ("attempt", locked.public_id), now, **told)
    _withdraw_outdated(db, locked, now)
    db.flush()
    return total


def _scores(keys: Sequence[SlotKey], responses: dict[int, Any]) -> dict[int, tuple[Decimal, Decimal]]:
    """Return points and maximum by slot, without the essays that people must mark."""
    found = {}
    for key in keys:
        try:
            value = key.canonical(responses.get(key.slot))
            score = score_response(key.part, value, maximum=key.points)
        except ValueShapeError as error:
            message = said("已存的作答与题型不符，没有评分，请联系技术人员。")
            raise DomainError(message, code="unscorable", slot=key.slot) from error
        if not score.needs_marking:
            found[key.slot] = (score.points, score.maximum)
    return found


def _write(row: SlotScore, points: float, maximum: float, now: datetime) -> SlotScore:
    if (row.points, row.maximum) != (points, maximum):
        row.points, row.maximum, row.scored_at = points, maximum, now
    return row


def _withdraw_outdated(db: Session, attempt: Attempt, now: datetime) -> None:
    """Take back marks that were given before two people accepted a late text for the same slot."""
    accepted = db.scalar(
        select(func.max(LateDecision.decided_at)).where(
            LateDecision.attempt_id == attempt.id, LateDecision.accepts
        )
    )
    if accepted is None:
        return
    changed = select(ResponseEvent.slot).where(
        ResponseEvent.attempt_id == attempt.id, ResponseEvent.standing == Standing.ACCEPTED
    )
    outdated = select(SlotScore).where(
        SlotScore.attempt_id == attempt.id,
        SlotScore.round > MACHINE,
        SlotScore.scored_at < accepted,
        SlotScore.slot.in_(changed),
    )
    for row in db.scalars(outdated):
        told = {"slot": row.slot, "round": row.round, "points": row.points, "marker": row.marker_id}
        audit.record(db, SYSTEM, "marking.withdrawn", ("attempt", attempt.public_id), now, **told)
        db.delete(row)


def score_due(db: Session, now: datetime, grace: timedelta, limit: int = AT_ONCE) -> int:
    """Score closed attempts that nobody has scored yet, at most `limit` at once; return how many.

    Waits until nothing that counts by itself can still arrive, and until late answers are decided.
    """
    undecided = exists().where(
        ResponseEvent.attempt_id == Attempt.id, ResponseEvent.standing == Standing.LATE
    )
    is_scored = exists().where(SlotScore.attempt_id == Attempt.id, SlotScore.round == MACHINE)
    due = db.scalars(
        select(Attempt)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(
            Sitting.declared_at.is_(None),
            or_(Attempt.end_kind == EndKind.SUBMITTED, Attempt.ended_at <= now - grace),
            ~is_scored,
            ~undecided,
        )
        .order_by(Attempt.id)
        .limit(limit)
    ).all()
    _score_each(db, due, now)
    return len(due)


def score_outdated(db: Session, sitting_id: int, now: datetime) -> int:
    """Score the attempts of a sitting that are not scored, or hold an answer that came to count since.

    Returns how many; see `score_attempt` for what is refused.
    """
    scored = (
        select(SlotScore.attempt_id, func.min(SlotScore.scored_at).label("first"))
        .where(SlotScore.round == MACHINE)
        .group_by(SlotScore.attempt_id)
        .subquery()
    )
    counts_since = and_(
        ResponseEvent.standing == Standing.COUNTED, ResponseEvent.received_at >= scored.c.first
    )
    is_outdated = exists().where(
        ResponseEvent.attempt_id == Attempt.id,
        or_(ResponseEvent.standing == Standing.ACCEPTED, counts_since),
    )
    outdated = db.scalars(
        select(Attempt)
        .outerjoin(scored, scored.c.attempt_id == Attempt.id)
        .where(Attempt.sitting_id == sitting_id, or_(scored.c.first.is_(None), is_outdated))
    ).all()
    _score_each(db, outdated, now)
    return len(outdated)


def _score_each(db: Session, attempts: Sequence[Attempt], now: datetime) -> None:
    keys: dict[int, list[SlotKey]] = {}
    for attempt in attempts:
        if attempt.form_id not in keys:
            keys[attempt.form_id] = slot_keys(db, attempt.form_id)
        score_attempt(db, attempt, now, keys[attempt.form_id])
