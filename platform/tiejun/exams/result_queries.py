"""Reads of results: a sitting's list for the administration, one's own, and what waits for markers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Permission, Persona
from tiejun.bank.models import Blueprint, ExamForm
from tiejun.clock import beijing
from tiejun.duties import Duty
from tiejun.errors import NotFound
from tiejun.exams import papers
from tiejun.exams.admin_queries import SittingRow, sitting_row
from tiejun.exams.marking_queries import Sheet, sheets
from tiejun.exams.marking_queries import sittings as marking_sittings
from tiejun.exams.marking_rules import Policy
from tiejun.exams.models import Attempt, Exam, Registration, Sitting
from tiejun.exams.queries import state_of
from tiejun.exams.result_models import FollowUpCase, MakeUpCase, Result, SlotScore, Verdict
from tiejun.exams.result_rules import Readiness
from tiejun.exams.result_service import completions, current_results, readiness
from tiejun.exams.rules import AttemptState
from tiejun.people.models import Person, Unit
from tiejun.people.queries import in_scope

# Where an attempt stands before its result is declared: word and tone.
OPEN = (said("作答中"), "due")
ABSENT = (said("未参加"), "due")
NOT_SCORED = (said("待机评"), "")
WAITING = {1: (said("待评阅"), "due"), 2: (said("待第二阅"), "due"), 3: (said("待第三阅"), "due")}
READY = (said("已评完"), "ok")
DECLARED = (said("已宣布"), "")
RELEASED = (said("已发布"), "ok")


@dataclass(frozen=True)
class ResultRow:
    """One candidate: machine points, essay points and total as far as they stand, verdict once declared."""

    seat: int
    person: Person
    unit: Unit
    objective: Decimal | None
    essay: Decimal | None
    total: Decimal | None
    verdict: Verdict | None
    state: tuple[str, str]


@dataclass(frozen=True)
class Release:
    """What a release will do: numbers allotted, passes that wait for training, make-ups owed or settled."""

    certified: int
    untrained: int
    failed: int
    absent: int


@dataclass(frozen=True)
class Room:
    """A sitting's results as somebody may see them."""

    row: SittingRow
    cut_score: float
    total_points: float
    rows: Sequence[ResultRow]
    ready: Readiness | None
    release: Release | None
    is_partial: bool


def room(db: Session, who: Persona, public_id: UUID, now: datetime, policy: Policy) -> Room:
    """Return the results of a sitting.

    Who holds the right over the sitting's unit sees everything as it comes in; who only sent officers there
    sees these, once released.

    Raises:
        NotFound: if there is no such sitting within reach.
    """
    row = sitting_row(db, who, public_id, now)
    covers = who.covers(Permission.RESULT_VIEW, row.unit.path)
    blueprint = db.get_one(Blueprint, row.exam.blueprint_id)
    marked = sheets(db, row.sitting, now, policy)
    found = _rows(db, row.sitting, marked, now, None if covers else who)
    undeclared = covers and row.sitting.declared_at is None
    declared = covers and row.sitting.declared_at is not None and row.sitting.released_at is None
    return Room(
        row,
        blueprint.cut_score,
        blueprint.total_points,
        found,
        readiness(db, row.sitting, now, policy, marked) if undeclared else None,
        _release(db, row) if declared else None,
        is_partial=not covers,
    )


def _rows(
    db: Session, sitting: Sitting, marked: Sequence[Sheet], now: datetime, who: Persona | None
) -> list[ResultRow]:
    """Return the rows by seat; with `who` only those of his units, and only when released."""
    if who is not None and sitting.released_at is None:
        return []
    query = (
        select(Registration, Person, Unit)
        .join(Person, Person.id == Registration.person_id)
        .join(Unit, Unit.id == Registration.unit_id)
        .where(Registration.sitting_id == sitting.id)
        .order_by(Registration.seat)
    )
    if who is not None:
        query = query.where(in_scope(who.scopes(Permission.RESULT_VIEW)))
    attempts = {
        a.registration_id: a for a in db.scalars(select(Attempt).where(Attempt.sitting_id == sitting.id))
    }
    results = {r.registration_id: r for r in current_results(db, sitting.id)}
    by_seat = {sheet.attempt.registration_id: sheet for sheet in marked}
    return [
        _row(seat, person, unit, by_seat.get(seat.id), results.get(seat.id))
        if seat.id in results or seat.id in by_seat
        else ResultRow(seat.seat, person, unit, None, None, None, None, _unmarked(attempts.get(seat.id), now))
        for seat, person, unit in db.execute(query)
    ]


def _row(
    seat: Registration, person: Person, unit: Unit, sheet: Sheet | None, result: Result | None
) -> ResultRow:
    marks = sheet.marks if sheet else None
    if result is not None:
        state = RELEASED if result.released_at else DECLARED
    else:
        waiting = marks.waiting().values() if marks else ()
        state = WAITING[min(waiting)] if waiting else READY
    total = Decimal(str(result.raw_score)) if result else marks.total if marks else None
    return ResultRow(
        seat.seat,
        person,
        unit,
        marks.objective if marks else None,
        marks.essay_points if marks else None,
        total if result is None or result.verdict != Verdict.ABSENT else None,
        Verdict(result.verdict) if result else None,
        state,
    )


def _unmarked(attempt: Attempt | None, now: datetime) -> tuple[str, str]:
    if attempt is None:
        return ABSENT
    return OPEN if state_of(attempt, now) is AttemptState.OPEN else NOT_SCORED


def _release(db: Session, row: SittingRow) -> Release:
    results = current_results(db, row.sitting.id)
    passed = [result.person_id for result in results if result.verdict == Verdict.PASS]
    certified = len(completions(db, row.exam, passed))
    return Release(
        certified=certified,
        untrained=len(passed) - certified,
        failed=sum(result.verdict == Verdict.FAIL for result in results),
        absent=sum(result.verdict == Verdict.ABSENT for result in results),
    )


@dataclass(frozen=True)
class MyResult:
    """A released result of one's own, with what follows from it."""

    result: Result
    sitting: Sitting
    exam: Exam
    case: MakeUpCase | None = None
    make_up: Sitting | None = None
    follow_up: FollowUpCase | None = None


@dataclass(frozen=True)
class SectionScore:
    """Points of one section of the paper; no item and no key."""

    title: str
    points: float
    maximum: float


def _mine(person_id: int | None) -> Select[Result, Sitting, Exam]:
    return (
        select(Result, Sitting, Exam)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .join(Exam, Exam.id == Sitting.exam_id)
        .where(Result.person_id == person_id, Result.is_current, Result.released_at.is_not(None))
        .order_by(Sitting.starts_at.desc())
    )


def mine(db: Session, person_id: int | None) -> list[MyResult]:
    """Return one's own released results, the latest first."""
    return [MyResult(*found) for found in db.execute(_mine(person_id))]


def my_result(db: Session, person_id: int | None, sitting_id: UUID) -> MyResult:
    """Return one's own released result of a sitting, with the make-up or talk that follows from it.

    Raises:
        NotFound: if there is none (yet).
    """
    found = db.execute(_mine(person_id).where(Sitting.public_id == sitting_id)).one_or_none()
    if found is None:
        raise NotFound(said("没有找到这次考试的成绩，或者成绩还没有发布。"))
    result, sitting, exam = found
    revisions = select(Result.id).where(Result.registration_id == result.registration_id)
    settles = MakeUpCase.registration_id == result.registration_id
    owes = MakeUpCase.origin_result_id.in_(revisions)
    case = db.scalars(select(MakeUpCase).where(settles if sitting.is_make_up else owes)).one_or_none()
    make_up = None
    if case is not None and case.registration_id is not None and not sitting.is_make_up:
        make_up = db.scalars(
            select(Sitting)
            .join(Registration, Registration.sitting_id == Sitting.id)
            .where(Registration.id == case.registration_id)
        ).one()
    follow_up = (
        db.scalars(select(FollowUpCase).where(FollowUpCase.make_up_case_id == case.id)).one_or_none()
        if case is not None and sitting.is_make_up
        else None
    )
    return MyResult(result, sitting, exam, case, make_up, follow_up)


def section_scores(db: Session, result: Result, now: datetime) -> list[SectionScore]:
    """Return the points by section of the paper; none for somebody absent."""
    if result.attempt_id is None:
        return []
    attempt = db.get_one(Attempt, result.attempt_id)
    form = db.get_one(ExamForm, attempt.form_id)
    document = papers.load(db, form.id, form.paper_hash).document
    points = slot_points(db, db.get_one(Sitting, attempt.sitting_id), attempt, now)
    return [
        SectionScore(
            section["title"],
            float(sum((points.get(slot["slot"], Decimal(0)) for slot in section["slots"]), Decimal(0))),
            float(sum(slot["points"] for slot in section["slots"])),
        )
        for section in document["sections"]
    ]


def slot_points(db: Session, sitting: Sitting, attempt: Attempt, now: datetime) -> dict[int, Decimal]:
    """Return the final points by slot of an attempt whose result is declared."""
    machine = select(SlotScore.slot, SlotScore.points).where(
        SlotScore.attempt_id == attempt.id, SlotScore.round == 0
    )
    found = {slot: Decimal(str(points)) for slot, points in db.execute(machine)}
    for sheet in sheets(db, sitting, now, Policy(), attempt.id):
        for slot, marks in sheet.marks.essays.items():
            found[slot] = marks.points(is_close=sheet.marks.is_close) or Decimal(0)
    return found


def duties(db: Session, who: Persona, now: datetime, policy: Policy | None = None) -> list[Duty]:
    """Return what somebody must mark; declaring and releasing are in `admin_queries.duties`."""
    if not who.may(Permission.MARKING_SCORE):
        return []
    return [
        Duty(
            beijing(row.sitting.over_at).date(),
            _("评阅%(exam)s·%(sitting)s", exam=row.exam.title, sitting=row.sitting.title),
            _("%(n)s 道主观题等您评阅；评完才能宣布成绩", n=row.todo),
            _("去阅卷"),
            f"/marking/{row.sitting.public_id}",
        )
        for row in marking_sittings(db, who, now, policy or Policy())
        if row.todo
    ]
