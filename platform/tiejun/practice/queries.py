"""What an officer sees of practice: practice items only, never an exam item, however asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, func, select
from sqlalchemy.orm import Session, selectinload

from question_bank.item import Item as ItemText
from question_bank.syllabus import load_syllabus
from question_bank.words import said
from tiejun.bank.images import Shown, pictures
from tiejun.bank.item_rows import IS_CURRENT, to_text
from tiejun.bank.law_reviews.queue import IS_WAITING
from tiejun.bank.models import Item, ItemPurpose, ItemVersion
from tiejun.bank.queries import CitedArticle, cited_places
from tiejun.bank.states import ItemState
from tiejun.errors import NotFound
from tiejun.listing import ListPage, scalar_page
from tiejun.practice.models import PracticeAnswer, PracticeAssessment, PracticeRecord, PracticeRun
from tiejun.practice.rules import Candidate, Mastery, Source

Q = TypeVar("Q", bound=Select[*tuple[Any, ...]])
IS_OPEN = (
    Item.purpose == ItemPurpose.PRACTICE,
    Item.state.in_((ItemState.OPERATIONAL, ItemState.PILOT)),
    ~IS_WAITING,
)
"""What practice may show. Asked anew at each step: an item may have become an exam item since."""
UNFILED = "-"
"""Stands in addresses for items without a unit."""
SHOWN_ANSWERS = 20


@dataclass(frozen=True)
class Wanted:
    """What practice was narrowed to; empty means any. `unit` may be a module, a unit or `UNFILED`."""

    unit: str = ""
    tier: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Step:
    """One item of a run: its number from 1, what it says, and what was answered."""

    number: int
    item: Item
    version: ItemVersion
    text: ItemText
    answer: PracticeAnswer | None
    assessment: PracticeAssessment | None
    citations: Sequence[CitedArticle]
    images: Mapping[str, Shown]
    """The images of the item, by digest."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do here."""
        return self.answer is not None and (self.answer.is_right is not None or self.assessment is not None)

    @property
    def is_right(self) -> bool | None:
        """Whether the answer is right; None while it is not known."""
        return self.assessment.is_right if self.assessment else self.answer.is_right if self.answer else None


@dataclass(frozen=True)
class Progress:
    """How far a run is: each step's number with its outcome; items that left practice are missing."""

    run: PracticeRun
    outcomes: dict[int, bool | None]
    waiting: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(self.outcomes)

    @property
    def next(self) -> int | None:
        """The first step that is not done."""
        return self.waiting[0] if self.waiting else None

    @property
    def right(self) -> int:
        """How many were right."""
        return sum(outcome is True for outcome in self.outcomes.values())

    @property
    def wrong(self) -> list[int]:
        """The steps that were wrong."""
        return [number for number, outcome in self.outcomes.items() if outcome is False]

    def after(self, number: int) -> int | None:
        """Return the next step that is not done, seen from `number`; None at the end."""
        return next((n for n in self.waiting if n > number), self.next)


def narrowed(query: Q, wanted: Wanted) -> Q:
    """Add what practice may show and what was asked for to a query that has `Item`."""
    query = query.where(*IS_OPEN)
    if wanted.unit == UNFILED:
        query = query.where(Item.unit.is_(None))
    elif wanted.unit:
        one_module = len(wanted.unit) == 1
        query = query.where(Item.unit.startswith(wanted.unit) if one_module else Item.unit == wanted.unit)
    if wanted.kind:
        query = query.where(Item.kind == wanted.kind)
    if wanted.tier:
        query = query.where(Item.is_primary if wanted.tier == "primary" else Item.is_intermediate)
    return query


def mastery(db: Session, person_id: int, wanted: Wanted | None = None) -> dict[str, Mastery]:
    """Return how far somebody is in each unit that has practice items, by unit code (`UNFILED` for none)."""
    mine = (PracticeRecord.item_id == Item.id) & (PracticeRecord.person_id == person_id)
    right = func.sum(func.coalesce(PracticeRecord.is_last_right.cast(Integer), 0))
    columns = (Item.unit, func.count(Item.id), func.count(PracticeRecord.id), right)
    query = select(*columns, func.max(PracticeRecord.last_at)).outerjoin(PracticeRecord, mine)
    rows = db.execute(narrowed(query, wanted or Wanted()).group_by(Item.unit))
    return {
        unit or UNFILED: Mastery(items, done, int(rights or 0), last_at)
        for unit, items, done, rights, last_at in rows
    }


def candidates(db: Session, person_id: int, source: Source, wanted: Wanted) -> list[Candidate]:
    """Return the items that a run may take."""
    mine = (PracticeRecord.item_id == Item.id) & (PracticeRecord.person_id == person_id)
    columns = (ItemVersion.id, PracticeRecord.last_at, PracticeRecord.is_last_right)
    query = select(*columns).select_from(Item).join(ItemVersion, IS_CURRENT)
    query = query.outerjoin(PracticeRecord, mine)
    if source is Source.NOTEBOOK:
        query = query.where(PracticeRecord.entered_at.is_not(None))
    rows = db.execute(narrowed(query, wanted))
    return [Candidate(version, last_at, bool(right)) for version, last_at, right in rows]


def my_run(db: Session, person_id: int, public_id: UUID) -> PracticeRun:
    """Return a run of this person.

    Raises:
        NotFound: if there is none with this id, or it is somebody else's.
    """
    wanted = select(PracticeRun).where(PracticeRun.public_id == public_id, PracticeRun.person_id == person_id)
    run = db.scalars(wanted).one_or_none()
    if run is None:
        raise NotFound(said("没有这次练习，或者不是您的。"))
    return run


def recent_run(db: Session, person_id: int) -> Progress | None:
    """Return the latest run, if it is not finished."""
    wanted = select(PracticeRun).where(PracticeRun.person_id == person_id).order_by(PracticeRun.id.desc())
    run = db.scalars(wanted.limit(1)).one_or_none()
    found = progress(db, run) if run else None
    return found if found and found.waiting else None


def progress(db: Session, run: PracticeRun) -> Progress:
    """Return how far a run is."""
    open_versions = set(
        db.scalars(
            select(ItemVersion.id)
            .join(Item, Item.id == ItemVersion.item_id)
            .where(ItemVersion.id.in_(run.versions), *IS_OPEN)
        )
    )
    done = {
        step: assessed if right is None else right
        for step, right, assessed in db.execute(
            select(PracticeAnswer.step, PracticeAnswer.is_right, PracticeAssessment.is_right)
            .outerjoin(PracticeAssessment, PracticeAssessment.answer_id == PracticeAnswer.id)
            .where(PracticeAnswer.run_id == run.id)
        )
    }
    numbers = [n for n, version in enumerate(run.versions, start=1) if version in open_versions]
    waiting = tuple(number for number in numbers if done.get(number) is None)
    return Progress(run, {number: done.get(number) for number in numbers}, waiting)


def step_of(db: Session, run: PracticeRun, number: int) -> Step:
    """Return one item of a run with its answer.

    Raises:
        NotFound: if the run has no such step, or its item is no practice item any more.
    """
    if not 1 <= number <= len(run.versions):
        raise NotFound(said("这次练习没有这道题。"))
    item, version = _open_version(db, ItemVersion.id == run.versions[number - 1])
    answer = db.scalars(
        select(PracticeAnswer).where(PracticeAnswer.run_id == run.id, PracticeAnswer.step == number)
    ).one_or_none()
    assessment = db.get(PracticeAssessment, answer.id) if answer else None
    text = to_text(version)
    return Step(number, item, version, text, answer, assessment, _cited(db, version), pictures(db, [text]))


def _open_version(db: Session, which: ColumnElement[bool]) -> tuple[Item, ItemVersion]:
    query = select(Item, ItemVersion).join(ItemVersion, ItemVersion.item_id == Item.id)
    loaded = query.options(selectinload(ItemVersion.key), selectinload(ItemVersion.citations))
    found = db.execute(loaded.where(which, *IS_OPEN)).one_or_none()
    if found is None:
        raise NotFound(said("这道题不在练习题库中。"), code="not_in_practice")
    item, version = found
    return item, version


def _cited(db: Session, version: ItemVersion) -> list[CitedArticle]:
    return cited_places(db, version.citations)


@dataclass(frozen=True)
class NotebookRow:
    """An item in the notebook with how it stands."""

    item: Item
    record: PracticeRecord


@dataclass(frozen=True)
class Given:
    """One answer of the past, with the version it was given to and whether it was right."""

    answer: PracticeAnswer
    text: ItemText
    is_right: bool | None


@dataclass(frozen=True)
class NotebookEntry:
    """One item that somebody has practised: what it says now, and his answers, the newest first."""

    item: Item
    record: PracticeRecord
    text: ItemText
    citations: Sequence[CitedArticle]
    answers: Sequence[Given]
    images: Mapping[str, Shown]


def notebook(db: Session, person_id: int, wanted: Wanted, number: int = 1) -> ListPage[NotebookRow]:
    """Return a page of the wrong-answer notebook, the newest entries first."""
    query = _in_notebook(select(Item), person_id)
    query = narrowed(query, wanted).order_by(PracticeRecord.entered_at.desc(), Item.id)
    page = scalar_page(db, query, number)
    mine = PracticeRecord.person_id == person_id
    ids = [item.id for item in page.rows]
    records = db.scalars(select(PracticeRecord).where(mine, PracticeRecord.item_id.in_(ids)))
    by_item = {record.item_id: record for record in records}
    rows = [NotebookRow(item, by_item[item.id]) for item in page.rows]
    return ListPage(rows, page.number, page.pages, page.total)


def notebook_units(db: Session, person_id: int) -> dict[str, int]:
    """Return how many items of each unit are in the notebook, in the order of the syllabus."""
    query = _in_notebook(select(Item.unit, func.count()).select_from(Item), person_id)
    rows = {unit or UNFILED: count for unit, count in db.execute(query.where(*IS_OPEN).group_by(Item.unit))}
    order = [unit.code for unit in load_syllabus().units()]
    return {code: rows[code] for code in sorted(rows, key=lambda c: order.index(c) if c in order else 999)}


def _in_notebook(query: Q, person_id: int) -> Q:
    return query.join(PracticeRecord, PracticeRecord.item_id == Item.id).where(
        PracticeRecord.person_id == person_id, PracticeRecord.entered_at.is_not(None)
    )


def notebook_entry(db: Session, person_id: int, public_id: UUID) -> NotebookEntry:
    """Return an item that somebody has practised, with his answers.

    Raises:
        NotFound: if he has not, or it is no practice item (any more).
    """
    item, version = _open_version(db, IS_CURRENT & (Item.public_id == public_id))
    mine = (PracticeRecord.person_id == person_id, PracticeRecord.item_id == item.id)
    record = db.scalars(select(PracticeRecord).where(*mine)).one_or_none()
    if record is None:
        raise NotFound(said("您还没有练习过这道题。"))
    text, given = to_text(version), _given(db, person_id, item.id)
    images = pictures(db, [text, *(one.text for one in given)])
    return NotebookEntry(item, record, text, _cited(db, version), given, images)


def _given(db: Session, person_id: int, item_id: int) -> list[Given]:
    rows = db.execute(
        select(PracticeAnswer, PracticeAssessment.is_right, ItemVersion)
        .join(ItemVersion, ItemVersion.id == PracticeAnswer.version_id)
        .outerjoin(PracticeAssessment, PracticeAssessment.answer_id == PracticeAnswer.id)
        .options(selectinload(ItemVersion.key))
        .where(PracticeAnswer.person_id == person_id, PracticeAnswer.item_id == item_id)
        .order_by(PracticeAnswer.id.desc())
        .limit(SHOWN_ANSWERS)
    )
    return [
        Given(answer, to_text(version), answer.is_right if assessed is None else assessed)
        for answer, assessed, version in rows
    ]
