"""Declaring and releasing results.

Declared results are confirmed but provisional: scores can no longer change by marking, and nobody outside
the administration sees them. The release publishes them: statements leave through the outbox, and who failed
or was absent owes the make-up from that day on.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from question_bank.words import clauses, said
from tiejun import audit
from tiejun.audit import SYSTEM, Actor
from tiejun.bank.models import Blueprint
from tiejun.calendar_cn import WorkCalendar
from tiejun.errors import Conflict
from tiejun.exams import result_statements as statements
from tiejun.exams.item_usage import observe_sitting
from tiejun.exams.make_up_service import open_case, settle
from tiejun.exams.marking_queries import Sheet, sheets
from tiejun.exams.marking_rules import Policy, is_settled
from tiejun.exams.models import Attempt, Exam, Registration, ResponseEvent, Sitting, Standing
from tiejun.exams.result_models import Result, Verdict
from tiejun.exams.result_rules import DECLARED, TRAINING_RECORDED, Readiness, verdict
from tiejun.exams.scoring_service import score_outdated
from tiejun.exams.service import close_expired
from tiejun.outbox import Message
from tiejun.people.models import TrainingCompletion
from tiejun.people.queries import completion as completion_of


def readiness(
    db: Session, sitting: Sitting, now: datetime, policy: Policy, marked: list[Sheet] | None = None
) -> Readiness:
    """Return what still stands between a sitting and its results, with counts."""
    attempts = db.scalars(select(Attempt).where(Attempt.sitting_id == sitting.id)).all()
    open_ids = {a.id for a in attempts if not _is_settled(a, now, policy)}
    late = set(
        db.scalars(
            select(ResponseEvent.attempt_id)
            .join(Attempt, Attempt.id == ResponseEvent.attempt_id)
            .where(Attempt.sitting_id == sitting.id, ResponseEvent.standing == Standing.LATE)
        )
    )
    found = sheets(db, sitting, now, policy) if marked is None else marked
    rounds = [number for sheet in found for number in sheet.marks.waiting().values()]
    seats = select(func.count()).select_from(Registration).where(Registration.sitting_id == sitting.id)
    return Readiness(
        is_over=sitting.closed_at is not None or now >= sitting.ends_at,
        candidates=db.scalar(seats) or 0,
        open_attempts=len(open_ids),
        late=len(late),
        unscored=len(attempts) - len(open_ids | late) - len(found),
        first=rounds.count(1),
        second=rounds.count(2),
        third=rounds.count(3),
    )


def _is_settled(attempt: Attempt, now: datetime, policy: Policy) -> bool:
    """Return whether an attempt is over for good; one that ran out of time ended at its deadline."""
    if attempt.end_kind is not None and attempt.ended_at is not None:
        return is_settled(attempt.end_kind, attempt.ended_at, now, policy.grace)
    return now >= attempt.deadline + policy.grace


def declare_sitting(
    db: Session, sitting: Sitting, actor: Actor, now: datetime, policy: Policy | None = None
) -> list[Result]:
    """Write the first revision of the result of everybody registered; nobody outside sees it yet.

    Attempts are scored before where that is missing, or where late answers were accepted since.

    Raises:
        Conflict: `already_declared`; `not_ready`, saying what is missing and how much of it.
    """
    policy = policy or Policy()
    sitting = _locked(db, sitting.id)
    if sitting.declared_at is not None:
        raise Conflict(said("这个场次的成绩已经宣布。"), code="already_declared")
    close_expired(db, now)
    # Marking can be judged after the scoring only; what is plain before spares the work.
    _refuse(replace(readiness(db, sitting, now, policy, marked=[]), unscored=0))
    score_outdated(db, sitting.id, now)
    marked = sheets(db, sitting, now, policy)
    _refuse(readiness(db, sitting, now, policy, marked))
    cut = db.scalars(
        select(Blueprint.cut_score)
        .join(Exam, Exam.blueprint_id == Blueprint.id)
        .where(Exam.id == sitting.exam_id)
    ).one()
    results = _declare_all(db, sitting, {s.attempt.registration_id: s for s in marked}, cut, actor, now)
    observe_sitting(db, sitting, marked)
    sitting.declared_at = now
    db.flush()
    counts = {str(v): sum(result.verdict == v for result in results) for v in Verdict}
    audit.record(db, actor, "sitting.declared", ("sitting", sitting.public_id), now, **counts)
    return results


def _refuse(found: Readiness) -> None:
    reasons = found.reasons()
    if reasons:
        raise Conflict(
            said("还不能宣布成绩：%(names)s。", names=clauses(reasons)), code="not_ready", reasons=reasons
        )


def _declare_all(
    db: Session, sitting: Sitting, marked: dict[int, Sheet], cut: float, actor: Actor, now: datetime
) -> list[Result]:
    rows = db.scalars(
        select(Registration).where(Registration.sitting_id == sitting.id).order_by(Registration.seat)
    )
    return [declare_result(db, row, marked.get(row.id), cut, actor, now) for row in rows]


def declare_result(
    db: Session, registration: Registration, sheet: Sheet | None, cut: float, actor: Actor, now: datetime
) -> Result:
    """Write the first revision of one result; without a marked attempt it says absent."""
    total = sheet.marks.total if sheet else None
    said = Verdict.ABSENT if total is None else verdict(total, Decimal(str(cut)))
    result = Result(
        public_id=uuid4(),
        registration_id=registration.id,
        sitting_id=registration.sitting_id,
        person_id=registration.person_id,
        attempt_id=sheet.attempt.id if sheet else None,
        revision=1,
        reason=DECLARED,
        raw_score=float(total or 0),
        cut_score=cut,
        verdict=said,
        is_current=True,
        declared_by=actor.name,
        declared_at=now,
    )
    db.add(result)
    audit.record(db, actor, "result.declared", ("result", result.public_id), now, verdict=str(said))
    return result


def release_sitting(
    db: Session, sitting: Sitting, actor: Actor, now: datetime, calendar: WorkCalendar | None = None
) -> list[Result]:
    """Publish declared results: statements go out, make-up cases open or are settled, all in one transaction.

    `calendar` reckons the make-ups' and the talks' due dates; None: that of the shipped tables.

    Raises:
        Conflict: `not_declared`, `already_released`.
    """
    sitting = _locked(db, sitting.id)
    if sitting.declared_at is None:
        raise Conflict(said("成绩还没有宣布，不能发布。"), code="not_declared")
    if sitting.released_at is not None:
        raise Conflict(said("这个场次的成绩已经发布。"), code="already_released")
    results = current_results(db, sitting.id)
    about = statements.facts(db, results)
    trained = completions(db, db.get_one(Exam, sitting.exam_id), [r.person_id for r in results])
    sitting.released_at = now
    for result in results:
        _release(db, result, about[result.registration_id], trained.get(result.person_id), now)
        if sitting.is_make_up:
            settle(db, result, now, calendar)
        else:
            open_case(db, result, now, calendar)
    subject = ("sitting", sitting.public_id)
    audit.record(db, actor, "sitting.released", subject, now, results=len(results))
    return results


def _release(
    db: Session,
    result: Result,
    about: statements.Facts,
    completion: TrainingCompletion | None,
    now: datetime,
) -> None:
    result.released_at = now
    result.completion_id = completion.id if completion else None
    statements.emit(db, result, about, completion, now)


def current_results(db: Session, sitting_id: int) -> list[Result]:
    """Return the current results of a sitting by seat."""
    query = (
        select(Result)
        .join(Registration, Registration.id == Result.registration_id)
        .where(Result.sitting_id == sitting_id, Result.is_current)
        .order_by(Registration.seat)
    )
    return list(db.scalars(query))


def completions(db: Session, exam: Exam, people: Iterable[int]) -> dict[int, TrainingCompletion]:
    """Return the latest completion of the exam's level and tier by person id, of those who have one."""
    rows = db.scalars(
        select(TrainingCompletion)
        .where(
            TrainingCompletion.person_id.in_(set(people)),
            TrainingCompletion.level == exam.level,
            TrainingCompletion.tier == exam.tier,
        )
        .order_by(TrainingCompletion.completed_on, TrainingCompletion.id)
    )
    return {row.person_id: row for row in rows}


def training_recorded(db: Session, message: Message, now: datetime) -> None:
    """State a pass anew whose training was recorded after the release; takes `training.recorded`.

    A further revision, as everything that changes a result. Delivered twice it changes nothing more.
    """
    person_id, level, tier = (message.payload[name] for name in ("person_id", "level", "tier"))
    completion = completion_of(db, person_id, level, tier)
    if completion is None:
        return
    # A release under way has read the completions already: wait for it, then look.
    of_kind = select(Sitting.id).join(Exam, Exam.id == Sitting.exam_id)
    concerned = select(Result.sitting_id).where(Result.person_id == person_id)
    wanted = of_kind.where(Sitting.id.in_(concerned), Exam.level == level, Exam.tier == tier)
    sitting_ids = db.scalars(wanted.order_by(Sitting.id).with_for_update(of=Sitting)).all()
    passes = db.scalars(
        select(Result).where(
            Result.sitting_id.in_(sitting_ids),
            Result.person_id == person_id,
            Result.is_current,
            Result.released_at.is_not(None),
            Result.verdict == Verdict.PASS,
            Result.completion_id.is_(None),
        )
    ).all()
    about = statements.facts(db, passes)
    for result in passes:
        _revise(db, result, about[result.registration_id], completion, now)


def _revise(
    db: Session, old: Result, about: statements.Facts, completion: TrainingCompletion, now: datetime
) -> None:
    old.is_current = False
    result = Result(
        public_id=uuid4(),
        registration_id=old.registration_id,
        sitting_id=old.sitting_id,
        person_id=old.person_id,
        attempt_id=old.attempt_id,
        revision=old.revision + 1,
        reason=TRAINING_RECORDED,
        raw_score=old.raw_score,
        cut_score=old.cut_score,
        verdict=old.verdict,
        is_current=True,
        declared_by=SYSTEM.name,
        declared_at=now,
    )
    db.add(result)
    _release(db, result, about, completion, now)
    told = {"revision": result.revision, "reason": result.reason}
    audit.record(db, SYSTEM, "result.revised", ("result", result.public_id), now, **told)


def _locked(db: Session, sitting_id: int) -> Sitting:
    return db.get_one(Sitting, sitting_id, populate_existing=True, with_for_update=True)
