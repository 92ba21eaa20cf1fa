"""Writes of make-ups: a case opens with a failed or missed exam, is scheduled, then settled."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun import regulation
from tiejun.audit import SYSTEM, Actor, record
from tiejun.calendar_cn import WorkCalendar, load_calendar
from tiejun.clock import beijing
from tiejun.errors import NotFound, Rejected
from tiejun.exams.admin_service import locked_before_start
from tiejun.exams.make_up_rules import ToSchedule, late_on, schedule_problems
from tiejun.exams.models import Exam, Registration, Sitting
from tiejun.exams.registration_service import register, unregister
from tiejun.exams.result_models import (
    FollowUpCase,
    FollowUpState,
    MakeUpCase,
    MakeUpState,
    Result,
    Verdict,
)
from tiejun.people.models import Person

OPEN_STATES = (MakeUpState.DUE, MakeUpState.SCHEDULED)


def open_case(
    db: Session, result: Result, now: datetime, calendar: WorkCalendar | None = None
) -> MakeUpCase | None:
    """Open the make-up case of a released result that is failed or absent; None where there is none to open.

    Idempotent for a registration: a further revision of the same result opens no second case. When a
    correction makes a failed result a pass, a case that nobody has scheduled is withdrawn.

    Source: 环办执法〔2022〕21号 第七条; the period is counted by `calendar_cn.make_up_deadline`.
    """
    registration = db.get_one(Registration, result.registration_id)
    sitting = db.get_one(Sitting, result.sitting_id)
    known = _case_of_origin(db, registration.id)
    if result.verdict == Verdict.PASS:
        if known is not None and known.state == MakeUpState.DUE:
            record(db, SYSTEM, "make_up.withdrawn", ("make_up", known.public_id), now, reason=result.reason)
            db.delete(known)
            db.flush()
        return None
    if known is not None or sitting.is_make_up:
        return known
    published_on = beijing(result.released_at or now).date()
    due = (calendar or load_calendar()).make_up_deadline(published_on)
    case = MakeUpCase(
        person_id=result.person_id,
        unit_id=registration.unit_id,
        exam_id=sitting.exam_id,
        origin_result_id=result.id,
        published_on=published_on,
        due_on=due.day,
        due_is_provisional=due.provisional,
        created_at=now,
        updated_at=now,
    )
    db.add(case)
    db.flush()
    record(db, SYSTEM, "make_up.opened", ("make_up", case.public_id), now, due_on=due.day.isoformat())
    return case


def schedule(
    db: Session, case_ids: Collection[int], sitting: Sitting, overdue_reason: str, actor: Actor, now: datetime
) -> list[MakeUpCase]:
    """Put people into a make-up sitting of their exam; who was scheduled already is moved from there.

    Nobody meets a form again: a form used in one sitting is burnt for every other.

    Raises:
        Conflict: if the sitting has begun.
        Rejected: naming each person: settled already, of another exam, due before the sitting's day
            without a reason, or registered elsewhere at that time.
    """
    locked_before_start(db, sitting.id, now)
    cases = list(db.scalars(select(MakeUpCase).where(MakeUpCase.id.in_(case_ids)).with_for_update()))
    if len(cases) != len(set(case_ids)):
        raise NotFound(said("选中的补考事项不存在。"))
    facts = _facts(db, cases, now)
    day = beijing(sitting.starts_at).date()
    exam = db.get_one(Exam, sitting.exam_id)
    problems = schedule_problems(list(facts.values()), exam.id, day, overdue_reason, exam.title)
    if problems:
        raise Rejected(said("没有安排任何人。"), problems)
    _leave_old_sittings(db, cases, actor, now)
    seats = {row.person_id: row for row in register(db, sitting.id, [c.person_id for c in cases], actor, now)}
    late = {case_id for case_id, fact in facts.items() if late_on([fact], day)}
    for case in cases:
        case.registration_id = seats[case.person_id].id
        case.state = MakeUpState.SCHEDULED
        case.overdue_reason = overdue_reason.strip() if case.id in late else None
        case.updated_at = now
        told = {"sitting": str(sitting.public_id), "overdue_reason": case.overdue_reason}
        record(db, actor, "make_up.scheduled", ("make_up", case.public_id), now, **told)
    return cases


def settle(
    db: Session, result: Result, now: datetime, calendar: WorkCalendar | None = None
) -> MakeUpCase | None:
    """Close the case whose make-up this released result is: passed, or failed with a follow-up (约谈).

    Absence counts as failed (`regulation.MAKE_UP_ABSENCE`). A later revision may turn it round; a talk
    that nobody has held yet is then withdrawn, one that was held stays on record.
    """
    case = db.scalars(
        select(MakeUpCase).where(MakeUpCase.registration_id == result.registration_id)
    ).one_or_none()
    if case is None:
        return None
    case.state = MakeUpState.PASSED if result.verdict == Verdict.PASS else MakeUpState.FAILED
    case.updated_at = now
    record(db, SYSTEM, "make_up.settled", ("make_up", case.public_id), now, state=str(case.state))
    follow_up = db.scalars(select(FollowUpCase).where(FollowUpCase.make_up_case_id == case.id)).one_or_none()
    if case.state == MakeUpState.FAILED and follow_up is None:
        _open_follow_up(db, case, result, now, calendar or load_calendar())
    elif case.state == MakeUpState.PASSED and follow_up and follow_up.state == FollowUpState.TALK_DUE:
        subject = ("follow_up", follow_up.public_id)
        record(db, SYSTEM, "follow_up.withdrawn", subject, now, reason=result.reason)
        db.delete(follow_up)
    db.flush()
    return case


def _open_follow_up(
    db: Session, case: MakeUpCase, result: Result, now: datetime, calendar: WorkCalendar
) -> None:
    published_on = beijing(result.released_at or now).date()
    due = calendar.on_or_after(published_on + timedelta(days=regulation.TALK_DUE.value))
    follow_up = FollowUpCase(
        make_up_case_id=case.id,
        person_id=case.person_id,
        unit_id=case.unit_id,
        talk_due_on=due.day,
        created_at=now,
        updated_at=now,
    )
    db.add(follow_up)
    db.flush()
    subject = ("follow_up", follow_up.public_id)
    record(db, SYSTEM, "follow_up.opened", subject, now, talk_due_on=due.day.isoformat())


def _case_of_origin(db: Session, registration_id: int) -> MakeUpCase | None:
    return db.scalars(
        select(MakeUpCase)
        .join(Result, Result.id == MakeUpCase.origin_result_id)
        .where(Result.registration_id == registration_id)
    ).one_or_none()


def _facts(db: Session, cases: Iterable[MakeUpCase], now: datetime) -> dict[int, ToSchedule]:
    ids = [case.id for case in cases]
    rows: Iterable[Any] = db.execute(
        select(MakeUpCase.id, Person.name, Sitting.starts_at)
        .join(Person, Person.id == MakeUpCase.person_id)
        .outerjoin(Registration, Registration.id == MakeUpCase.registration_id)
        .outerjoin(Sitting, Sitting.id == Registration.sitting_id)
        .where(MakeUpCase.id.in_(ids))
    )
    known = {case_id: (name, starts_at) for case_id, name, starts_at in rows}
    return {
        case.id: ToSchedule(
            name=known[case.id][0],
            exam_id=case.exam_id,
            due_on=case.due_on,
            is_settled=case.state not in OPEN_STATES,
            has_begun=known[case.id][1] is not None and known[case.id][1] <= now,
        )
        for case in cases
    }


def _leave_old_sittings(db: Session, cases: Iterable[MakeUpCase], actor: Actor, now: datetime) -> None:
    """Free the seats of those who are moved to another sitting; the case lets go of the seat first."""
    old = {case.registration_id for case in cases if case.registration_id is not None}
    if not old:
        return
    for case in cases:
        case.registration_id = None
    db.flush()
    by_sitting: dict[int, list[int]] = {}
    for row in db.scalars(select(Registration).where(Registration.id.in_(old))):
        by_sitting.setdefault(row.sitting_id, []).append(row.id)
    for sitting_id, seats in by_sitting.items():
        unregister(db, sitting_id, seats, actor, now)
