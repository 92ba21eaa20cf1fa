"""What markers see: their sittings with progress, the next essay, one essay. Never who wrote it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from question_bank.terms import MARKED_TYPES
from question_bank.words import said
from tiejun.access import Persona
from tiejun.bank.models import Blueprint, FormSlot
from tiejun.errors import NotFound
from tiejun.exams.admin_service import MARKER
from tiejun.exams.marking_rules import EssayMarks, Policy, SlotMarks, code_of, is_settled, order_of
from tiejun.exams.models import Attempt, Exam, ResponseEvent, Sitting, SittingStaff, Standing
from tiejun.exams.result_models import SlotScore
from tiejun.exams.scoring_service import MACHINE

NO_BAND = Decimal(-1)


@dataclass(frozen=True)
class Sheet:
    """The marks of one attempt, which markers know by its `code`.

    `mine` has the rounds that each marker gave, by (slot, account).
    """

    attempt: Attempt
    code: str
    marks: EssayMarks
    mine: Mapping[tuple[int, int], int] = field(default_factory=dict)

    def open_to(self, who: Persona) -> list[int]:
        """Return the slots that wait for this marker: not his own attempt, no slot he has marked already."""
        if who.person_id == self.attempt.person_id:
            return []
        return [slot for slot in sorted(self.marks.waiting()) if (slot, who.account_id) not in self.mine]


@dataclass(frozen=True)
class Task:
    """One essay that waits for this marker."""

    form_id: int
    slot: int
    attempt: UUID
    code: str


@dataclass(frozen=True)
class MarkingRow:
    """A sitting in which somebody marks: what waits for him, what he has done, what is settled of all."""

    sitting: Sitting
    exam: Exam
    todo: int
    done: int
    settled: int
    total: int

    @property
    def is_over(self) -> bool:
        """Whether the results are declared, so that nothing can be marked any more."""
        return self.sitting.declared_at is not None


def marks_in(db: Session, sitting_id: int, account_id: int) -> bool:
    """Return whether somebody serves in a sitting as marker."""
    query = select(SittingStaff.id).where(
        SittingStaff.sitting_id == sitting_id,
        SittingStaff.account_id == account_id,
        SittingStaff.duty == MARKER,
    )
    return db.scalar(query) is not None


def marked_sitting(db: Session, who: Persona, public_id: UUID) -> tuple[Sitting, Exam]:
    """Return a sitting in which somebody marks.

    Raises:
        NotFound: if there is none, or he does not mark there.
    """
    found = db.execute(
        select(Sitting, Exam)
        .join(Exam, Exam.id == Sitting.exam_id)
        .join(SittingStaff, SittingStaff.sitting_id == Sitting.id)
        .where(
            Sitting.public_id == public_id,
            SittingStaff.account_id == who.account_id,
            SittingStaff.duty == MARKER,
        )
    ).one_or_none()
    if found is None:
        raise NotFound(said("没有这个场次，或者您不是它的阅卷人。"))
    sitting, exam = found
    return sitting, exam


def sittings(db: Session, who: Persona, now: datetime, policy: Policy) -> list[MarkingRow]:
    """Return the sittings in which somebody marks and whose results are not released, what to do first."""
    rows = db.execute(
        select(Sitting, Exam)
        .join(Exam, Exam.id == Sitting.exam_id)
        .join(SittingStaff, SittingStaff.sitting_id == Sitting.id)
        .where(
            SittingStaff.account_id == who.account_id,
            SittingStaff.duty == MARKER,
            Sitting.released_at.is_(None),
        )
        .order_by(Sitting.starts_at.desc(), Sitting.id.desc())
    )
    found = [_row(sitting, exam, sheets(db, sitting, now, policy), who) for sitting, exam in rows]
    return sorted(found, key=lambda row: (row.is_over, row.todo == 0))


def _row(sitting: Sitting, exam: Exam, found: Collection[Sheet], who: Persona) -> MarkingRow:
    over = sitting.declared_at is not None
    return MarkingRow(
        sitting,
        exam,
        todo=0 if over else sum(len(sheet.open_to(who)) for sheet in found),
        done=sum(account == who.account_id for sheet in found for _slot, account in sheet.mine),
        settled=sum(len(sheet.marks.essays) - len(sheet.marks.waiting()) for sheet in found),
        total=sum(len(sheet.marks.essays) for sheet in found),
    )


def sheets(
    db: Session, sitting: Sitting, now: datetime, policy: Policy, attempt_id: int | None = None
) -> list[Sheet]:
    """Return the marks of all attempts of a sitting that may be marked: ended, scored, no late answer open.

    With `attempt_id` of that attempt only. Once results are declared nothing waits for a second marker any
    more, whatever the settings say by then.
    """
    scope = Attempt.sitting_id == sitting.id
    if attempt_id is not None:
        scope = and_(scope, Attempt.id == attempt_id)
    late = set(
        db.scalars(
            select(ResponseEvent.attempt_id)
            .join(Attempt, Attempt.id == ResponseEvent.attempt_id)
            .where(scope, ResponseEvent.standing == Standing.LATE)
        )
    )
    attempts = [
        a
        for a in db.scalars(select(Attempt).where(scope, Attempt.ended_at.is_not(None)))
        if a.id not in late
        and a.ended_at
        and a.end_kind
        and is_settled(a.end_kind, a.ended_at, now, policy.grace)
    ]
    cut = db.scalars(
        select(Blueprint.cut_score)
        .join(Exam, Exam.blueprint_id == Blueprint.id)
        .where(Exam.id == sitting.exam_id)
    ).one()
    if sitting.declared_at is not None:
        policy = replace(policy, band=NO_BAND)
    return _sheets(db, scope, attempts, Decimal(str(cut)), policy)


def _sheets(
    db: Session, scope: ColumnElement[bool], attempts: Iterable[Attempt], cut: Decimal, policy: Policy
) -> list[Sheet]:
    objective = {
        attempt_id: (Decimal(str(round(points, 2))), slots)
        for attempt_id, points, slots in db.execute(
            select(SlotScore.attempt_id, func.sum(SlotScore.points), func.count())
            .join(Attempt, Attempt.id == SlotScore.attempt_id)
            .where(scope, SlotScore.round == MACHINE)
            .group_by(SlotScore.attempt_id)
        )
    }
    essays = essay_slots(db, scope)
    given = _essay_scores(db, scope)
    found = []
    for attempt in attempts:
        slots, others = essays[attempt.form_id]
        points, count = objective.get(attempt.id, (Decimal(0), 0))
        if count < others:
            continue  # not scored yet
        rows = given.get(attempt.id, [])
        empty = {row.slot for row in rows if row.round == MACHINE}
        marks = {slot: _marks(maximum, slot, rows) for slot, maximum in slots.items() if slot not in empty}
        mine = {(row.slot, row.marker_id): row.round for row in rows if row.marker_id is not None}
        code = code_of(attempt.public_id, policy.key)
        found.append(Sheet(attempt, code, EssayMarks(points, marks, cut, policy.band), mine))
    return found


def _marks(maximum: Decimal, slot: int, rows: Iterable[SlotScore]) -> SlotMarks:
    by_round = {row.round: Decimal(str(row.points)) for row in rows if row.slot == slot}
    return SlotMarks(maximum, by_round.get(1), by_round.get(2), by_round.get(3))


def essay_slots(db: Session, scope: ColumnElement[bool]) -> dict[int, tuple[dict[int, Decimal], int]]:
    """Return, by form, the slots that people mark with their points, and the number of all other slots."""
    used = select(Attempt.form_id).where(scope)
    found: dict[int, tuple[dict[int, Decimal], int]] = {}
    for row in db.scalars(select(FormSlot).where(FormSlot.form_id.in_(used)).order_by(FormSlot.slot)):
        slots, others = found.setdefault(row.form_id, ({}, 0))
        if row.type in MARKED_TYPES:
            slots[row.slot] = Decimal(str(row.points))
        else:
            found[row.form_id] = (slots, others + 1)
    return found


def _essay_scores(db: Session, scope: ColumnElement[bool]) -> dict[int, list[SlotScore]]:
    found: dict[int, list[SlotScore]] = {}
    rows = db.scalars(
        select(SlotScore)
        .join(Attempt, Attempt.id == SlotScore.attempt_id)
        .join(FormSlot, (FormSlot.form_id == Attempt.form_id) & (FormSlot.slot == SlotScore.slot))
        .where(scope, FormSlot.type.in_(MARKED_TYPES))
        .order_by(SlotScore.round)
    )
    for row in rows:
        found.setdefault(row.attempt_id, []).append(row)
    return found


def tasks(found: Iterable[Sheet], who: Persona) -> list[Task]:
    """Return what waits for this marker, question by question, the attempts in an order of his own."""
    waiting = [(sheet, slot) for sheet in found for slot in sheet.open_to(who)]
    waiting.sort(key=lambda one: (one[0].attempt.form_id, one[1], order_of(one[0].code, who.account_id)))
    return [Task(s.attempt.form_id, slot, s.attempt.public_id, s.code) for s, slot in waiting]


def next_task(waiting: Iterable[Task], form_id: int, slot: int) -> Task | None:
    """Return the next task, if possible of the same question; None when nothing waits."""
    waiting = list(waiting)
    same = [task for task in waiting if (task.form_id, task.slot) == (form_id, slot)]
    later = [task for task in waiting if (task.form_id, task.slot) > (form_id, slot)]
    return next(iter(same or later or waiting), None)


def attempt_of_code(db: Session, sitting: Sitting, code: str, policy: Policy) -> Attempt:
    """Return the attempt that markers know by a code.

    Raises:
        NotFound: if there is none in this sitting.
    """
    for attempt in db.scalars(select(Attempt).where(Attempt.sitting_id == sitting.id)):
        if code_of(attempt.public_id, policy.key) == code.upper():
            return attempt
    raise NotFound(said("没有找到这份答卷。"))
