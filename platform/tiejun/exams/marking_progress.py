"""How far marking is: each question with what waits, its answers in the marker's order, who gave what."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tiejun.access import Persona
from tiejun.bank.models import ExamForm
from tiejun.exams.admin_service import MARKER
from tiejun.exams.marking_queries import Sheet, Task, essay_slots, tasks
from tiejun.exams.marking_rules import Policy, code_of, order_of
from tiejun.exams.models import Attempt, Sitting, SittingStaff
from tiejun.exams.result_models import SlotScore
from tiejun.people.models import Account

SECOND, THIRD = 2, 3
RECENT = 8


@dataclass(frozen=True)
class Question:
    """One essay question of a form, with what this marker has yet to do and what is settled.

    `read` answers have a first mark; of these `second` and `third` wait for another person.
    """

    form_id: int
    form_label: str
    slot: int
    maximum: float
    todo: int
    settled: int
    total: int
    next: Task | None
    first: str | None = None
    read: int = 0
    second: int = 0
    third: int = 0


def questions(db: Session, sitting: Sitting, found: Collection[Sheet], who: Persona) -> list[Question]:
    """Return the essay questions of a sitting by form and slot, each with its progress."""
    labels = dict(
        db.execute(
            select(ExamForm.id, ExamForm.label).where(
                ExamForm.id.in_({sheet.attempt.form_id for sheet in found})
            )
        ).all()
    )
    waiting = tasks(found, who)
    rows = []
    for form_id, (slots, _others) in essay_slots(db, Attempt.sitting_id == sitting.id).items():
        for slot, maximum in slots.items():
            here = [s for s in found if s.attempt.form_id == form_id and slot in s.marks.essays]
            mine = [task for task in waiting if (task.form_id, task.slot) == (form_id, slot)]
            rounds = [s.marks.next_round(slot) for s in here]
            row = answers(found, who, form_id, slot)
            rows.append(
                Question(
                    form_id,
                    labels.get(form_id, ""),
                    slot,
                    float(maximum),
                    todo=len(mine),
                    settled=rounds.count(None),
                    total=len(here),
                    next=next(iter(mine), None),
                    first=row[0].code if row else None,
                    read=len(here) - rounds.count(1),
                    second=rounds.count(SECOND),
                    third=rounds.count(THIRD),
                )
            )
    return sorted(rows, key=lambda row: (row.form_label, row.slot))


@dataclass(frozen=True)
class Answer:
    """One answer in the row of a question as a marker goes through it."""

    code: str
    state: str  # "todo", "mine", or "others": nothing for this marker to do

    @property
    def is_todo(self) -> bool:
        """Whether it waits for this marker."""
        return self.state == "todo"


@dataclass(frozen=True)
class Row:
    """The answers to one question, and where in them the marker is; `at` counts from 0."""

    answers: list[Answer]
    at: int

    @property
    def previous(self) -> str | None:
        """The code of the answer before."""
        return self.answers[self.at - 1].code if self.at > 0 else None

    @property
    def following(self) -> str | None:
        """The code of the answer after."""
        return self.answers[self.at + 1].code if self.at + 1 < len(self.answers) else None

    @property
    def next_todo(self) -> str | None:
        """The code of the next answer that waits, from here on and then from the beginning."""
        later = self.answers[self.at + 1 :] + self.answers[: self.at]
        return next((one.code for one in later if one.is_todo), None)

    @property
    def todo(self) -> int:
        """How many wait for this marker."""
        return sum(one.is_todo for one in self.answers)


def answers(found: Iterable[Sheet], who: Persona, form_id: int, slot: int) -> list[Answer]:
    """Return all answers to a question except the marker's own, in his order."""
    here = [
        sheet
        for sheet in found
        if sheet.attempt.form_id == form_id
        and slot in sheet.marks.essays
        and sheet.attempt.person_id != who.person_id
    ]
    here.sort(key=lambda sheet: order_of(sheet.code, who.account_id))
    return [Answer(sheet.code, _state(sheet, slot, who)) for sheet in here]


def _state(sheet: Sheet, slot: int, who: Persona) -> str:
    if (slot, who.account_id) in sheet.mine:
        return "mine"
    return "todo" if slot in sheet.open_to(who) else "others"


def marked_by(db: Session, sitting: Sitting) -> list[tuple[str, int]]:
    """Return how many marks each marker of a sitting has given."""
    given = (
        select(SlotScore.marker_id, func.count().label("marks"))
        .join(Attempt, Attempt.id == SlotScore.attempt_id)
        .where(Attempt.sitting_id == sitting.id, SlotScore.marker_id.is_not(None))
        .group_by(SlotScore.marker_id)
        .subquery()
    )
    rows = db.execute(
        select(Account.display_name, func.coalesce(given.c.marks, 0))
        .join(SittingStaff, SittingStaff.account_id == Account.id)
        .outerjoin(given, given.c.marker_id == Account.id)
        .where(SittingStaff.sitting_id == sitting.id, SittingStaff.duty == MARKER)
        .order_by(Account.display_name, Account.id)
    )
    return [(name, marks) for name, marks in rows]


@dataclass(frozen=True)
class Recent:
    """A mark that somebody gave, as his own list shows it."""

    code: str
    slot: int
    points: float
    maximum: float
    scored_at: datetime


def recent(db: Session, sitting: Sitting, who: Persona, policy: Policy) -> list[Recent]:
    """Return the marks that somebody gave last in a sitting, the newest first."""
    rows = db.execute(
        select(SlotScore, Attempt.public_id)
        .join(Attempt, Attempt.id == SlotScore.attempt_id)
        .where(Attempt.sitting_id == sitting.id, SlotScore.marker_id == who.account_id)
        .order_by(SlotScore.scored_at.desc(), SlotScore.id.desc())
        .limit(RECENT)
    )
    return [Recent(code_of(uuid, policy.key), s.slot, s.points, s.maximum, s.scored_at) for s, uuid in rows]
