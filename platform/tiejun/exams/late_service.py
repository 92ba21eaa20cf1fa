"""Deciding about late answers: two different people, each with a reason; they count only if both say so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun import audit
from tiejun.audit import Actor
from tiejun.errors import Conflict, DomainError, Forbidden
from tiejun.exams.models import Attempt, LateDecision, ResponseEvent, Sitting, Standing
from tiejun.exams.rules import verdict_on_late


@dataclass(frozen=True)
class Opinion:
    """What one person says about the late answers up to `last_event_id`, which is what he saw."""

    account_id: int
    person_id: int | None
    accepts: bool
    reason: str
    last_event_id: int


def decide(db: Session, attempt: Attempt, opinion: Opinion, actor: Actor, now: datetime) -> bool | None:
    """Record one decision; with the second one the answers are accepted or refused.

    Returns what became of the answers that were decided by it: None while one more person is needed.

    Raises:
        Forbidden: `own_attempt`.
        Conflict: `decided_already`, `nothing_waiting`; `closed` once results are declared, because a score
            then changes by a revision only.
        DomainError: `reason_missing`.
    """
    locked = db.get_one(Attempt, attempt.id, populate_existing=True, with_for_update=True)
    _refuse(db, locked, opinion)
    db.add(
        LateDecision(
            attempt_id=locked.id,
            account_id=opinion.account_id,
            last_event_id=opinion.last_event_id,
            accepts=opinion.accepts,
            reason=opinion.reason.strip(),
            decided_by=actor.name,
            decided_at=now,
        )
    )
    db.flush()
    verdict = _settle(db, locked)
    subject = ("attempt", locked.public_id)
    said = {"accepts": opinion.accepts, "reason": opinion.reason.strip(), "verdict": verdict}
    audit.record(db, actor, "attempt.late_decided", subject, now, **said)
    return verdict


def _refuse(db: Session, attempt: Attempt, opinion: Opinion) -> None:
    if opinion.person_id == attempt.person_id:
        raise Forbidden(said("不能核查自己的作答。"), code="own_attempt")
    if not opinion.reason.strip():
        raise DomainError(said("请写明理由。"), code="reason_missing", field="reason")
    if db.scalars(select(Sitting.declared_at).where(Sitting.id == attempt.sitting_id)).one() is not None:
        raise Conflict(said("成绩已经宣布，迟到的作答不能再计入；如有异议请走成绩复核。"), code="closed")
    waiting = [event.id for event in _waiting(db, attempt) if event.id <= opinion.last_event_id]
    if not waiting:
        raise Conflict(said("没有等待核查的作答，可能别人刚刚作出了决定。"), code="nothing_waiting")
    already = db.scalars(
        select(LateDecision.id).where(
            LateDecision.attempt_id == attempt.id,
            LateDecision.account_id == opinion.account_id,
            LateDecision.last_event_id >= max(waiting),
        )
    ).first()
    if already is not None:
        raise Conflict(said("您已经作出决定，还需要另一名工作人员核查。"), code="decided_already")


def _waiting(db: Session, attempt: Attempt) -> list[ResponseEvent]:
    found = select(ResponseEvent).where(
        ResponseEvent.attempt_id == attempt.id, ResponseEvent.standing == Standing.LATE
    )
    return list(db.scalars(found.order_by(ResponseEvent.id)))


def _settle(db: Session, attempt: Attempt) -> bool | None:
    """Decide each waiting answer by the first two people who saw it."""
    decisions = db.scalars(
        select(LateDecision).where(LateDecision.attempt_id == attempt.id).order_by(LateDecision.id)
    ).all()
    outcome: bool | None = None
    for event in _waiting(db, attempt):
        said: dict[int, bool] = {}
        for decision in decisions:
            if decision.last_event_id >= event.id:
                said.setdefault(decision.account_id, decision.accepts)
        verdict = verdict_on_late(said.values())
        if verdict is not None:
            event.standing = Standing.ACCEPTED if verdict else Standing.REFUSED
            outcome = verdict
    return outcome
