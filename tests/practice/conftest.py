"""A bank with the starter items, one of which belongs to examinations, and officers who practise."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from question_bank.item import Item as ItemText
from tests.support.clock import ManualClock
from tests.support.contents import practice_bank
from tests.support.databases import Content
from tests.support.world import World, make_world
from tiejun.bank.models import Item, ItemPurpose
from tiejun.clock import beijing
from tiejun.db import Database
from tiejun.demo.answers import answer_to
from tiejun.practice import queries, service
from tiejun.practice.models import PracticeRecord, PracticeRun
from tiejun.practice.queries import Wanted
from tiejun.practice.rules import Source
from tiejun.practice.service import Asked

UNIT, MODULE = "F2", "B"


@dataclass
class Desk:
    """Officer1 at practice; `secret` is the an item of `UNIT` that exams use."""

    database: Database
    world: World
    clock: ManualClock
    secret: Item

    @property
    def me(self) -> int:
        return self.world.people["officer1"].id

    def starts(self, unit: str = MODULE, kind: str = "", size: int = 0, source: Source = Source.UNIT):
        """Draw a run."""
        with self.database.transaction() as db:
            return service.start(db, self.me, Asked(source, Wanted(unit, kind=kind), size), self.clock())

    def text(self, run: PracticeRun, number: int = 1) -> ItemText:
        """Return the item of a step."""
        with self.database.reading() as db:
            return queries.step_of(db, run, number).text

    def answers(self, run: PracticeRun, number: int = 1, *, right: bool) -> None:
        """Answer one item."""
        text = self.text(run, number)
        values = [answer_to(part, is_right=right) for part in text.parts]
        with self.database.transaction() as db:
            service.answer(db, run, number, values, self.clock())

    def record(self) -> PracticeRecord:
        """Return where the one item stands that was answered."""
        with self.database.reading() as db:
            return db.scalars(select(PracticeRecord).where(PracticeRecord.person_id == self.me)).one()

    def notebook(self) -> int:
        """Return how many items the notebook holds."""
        with self.database.reading() as db:
            return queries.notebook(db, self.me, Wanted()).total


@pytest.fixture
def database_content() -> Content:
    return practice_bank


@pytest.fixture
def desk(database: Database, clock: ManualClock) -> Desk:
    clock.time = beijing(clock()).replace(hour=10, minute=0)
    with database.transaction() as db:
        world = make_world(db, clock())
        secret = db.scalars(select(Item).where(Item.unit == UNIT).order_by(Item.id)).first()
        assert secret is not None
        secret.purpose = ItemPurpose.EXAM
    return Desk(database, world, clock, secret)
