"""Practising: a run is drawn, each of its items answered once, essays judged by the person himself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.clock import beijing
from tiejun.crypto import random_code
from tiejun.errors import Conflict, NotFound
from tiejun.people.models import Person
from tiejun.practice import queries
from tiejun.practice.models import PracticeAnswer, PracticeAssessment, PracticeRecord, PracticeRun
from tiejun.practice.queries import Wanted
from tiejun.practice.rules import Entry, Source, assess, draw, judge

Value = object


@dataclass(frozen=True)
class Asked:
    """What a run shall hold: from where, narrowed to what, how many items (0: all)."""

    source: Source
    wanted: Wanted
    size: int


def start(db: Session, person_id: int, asked: Asked, now: datetime) -> PracticeRun:
    """Draw a run.

    Raises:
        Conflict: `nothing_to_practise` if no item fits.
    """
    seed = random_code(16)
    found = queries.candidates(db, person_id, asked.source, asked.wanted)
    versions = draw(found, asked.size, seed)
    if not versions:
        raise Conflict(said("没有符合条件的练习题，请放宽条件。"), code="nothing_to_practise")
    run = PracticeRun(
        person_id=person_id,
        source=asked.source,
        unit=asked.wanted.unit,
        seed=seed,
        versions=versions,
        created_at=now,
    )
    db.add(run)
    db.flush()
    return run


def answer(db: Session, run: PracticeRun, number: int, values: Sequence[Value], now: datetime) -> None:
    """Write the answer to one item; one that was answered before stays as it is.

    Raises:
        NotFound: if the run has no such item (any more).
        ValueShapeError: if a value does not fit its part.
    """
    _locked(db, run)
    step = queries.step_of(db, run, number)
    if step.answer is not None:
        return
    outcome = judge(step.text, values)
    row = PracticeAnswer(
        person_id=run.person_id,
        run_id=run.id,
        step=number,
        item_id=step.item.id,
        version_id=step.version.id,
        value=list(values),
        points=float(outcome.points),
        maximum=float(outcome.maximum),
        is_right=outcome.is_right,
        answered_at=now,
    )
    db.add(row)
    db.flush()
    if outcome.is_right is not None:
        _count(db, row, now, is_right=outcome.is_right)


def assess_own(
    db: Session, run: PracticeRun, number: int, ticked: Sequence[Collection[int]], now: datetime
) -> None:
    """Write how somebody judged his own essays; a second judgement of the same answer is not taken.

    Raises:
        Conflict: `not_answered` if there is no answer that waits for this.
    """
    _locked(db, run)
    step = queries.step_of(db, run, number)
    if step.answer is None:
        raise Conflict(said("请先作答，再对照要点自评。"), code="not_answered")
    if step.is_done:
        return
    outcome = assess(step.text, step.answer.value, ticked)
    is_right = bool(outcome.is_right)
    db.add(
        PracticeAssessment(
            answer_id=step.answer.id,
            ticked=[sorted(ones) for ones in ticked],
            points=float(outcome.points),
            is_right=is_right,
            assessed_at=now,
        )
    )
    db.flush()
    _count(db, step.answer, now, is_right=is_right)


def remove(db: Session, person_id: int, public_id: UUID) -> None:
    """Take an item out of the notebook by hand; its answers stay.

    Raises:
        NotFound: if this person's notebook has no such item.
    """
    record = queries.notebook_entry(db, person_id, public_id).record
    if record.entered_at is None:
        raise NotFound(said("这道题不在您的错题本中。"))
    record.entered_at, record.right_days, record.last_right_on = None, 0, None


def _locked(db: Session, run: PracticeRun) -> None:
    """Let one person's answers come one after the other: two of them count in the same record."""
    db.execute(select(Person.id).where(Person.id == run.person_id).with_for_update())


def _count(db: Session, row: PracticeAnswer, now: datetime, *, is_right: bool) -> None:
    """Carry an outcome into the record of the item, and by the rule into or out of the notebook."""
    mine = (PracticeRecord.person_id == row.person_id, PracticeRecord.item_id == row.item_id)
    record = db.scalars(select(PracticeRecord).where(*mine)).one_or_none()
    if record is None:
        record = PracticeRecord(
            person_id=row.person_id, item_id=row.item_id, answers=0, rights=0, right_days=0
        )
        db.add(record)
    before = Entry(record.entered_at is not None, record.right_days, record.last_right_on)
    entry = before.after(is_right=is_right, day=beijing(now).date())
    record.answers += 1
    record.rights += is_right
    record.is_last_right, record.last_at = is_right, now
    record.entered_at = (record.entered_at or now) if entry.is_in else None
    record.right_days, record.last_right_on = entry.right_days, entry.last_right_on
    db.flush()
