"""The visitor's own officer has practised on some evenings: not all of it was right."""

import random
from datetime import datetime, timedelta

from question_bank.item import Item
from tiejun.clock import beijing
from tiejun.db import Database
from tiejun.demo.answers import answer_to
from tiejun.demo.people import person_named
from tiejun.practice import queries, service
from tiejun.practice.queries import Wanted
from tiejun.practice.rules import Source, essays
from tiejun.practice.service import Asked

# Days ago, unit or module, share answered rightly.
EVENINGS = (
    (12, "B", 0.6),
    (9, "A", 0.8),
    (6, "D", 0.5),
    (4, "", 1.0),  # from the notebook
    (3, "C", 0.6),
    (1, "G", 0.5),
)
SIZE, FROM_NOTEBOOK = 10, 2
MINUTE = timedelta(minutes=1)


def practise(database: Database, name: str, now: datetime) -> None:
    """Let a person practise on several evenings, and once from the notebook."""
    with database.reading() as db:
        person_id = person_named(db, name).id
    for days_ago, unit, strength in EVENINGS:
        at = beijing(now - timedelta(days=days_ago)).replace(hour=20, minute=5)
        source, size = (Source.UNIT, SIZE) if unit else (Source.NOTEBOOK, FROM_NOTEBOOK)
        _run(database, person_id, Asked(source, Wanted(unit=unit), size), strength, at)


def _run(database: Database, person_id: int, asked: Asked, strength: float, at: datetime) -> None:
    chance = random.Random(f"{asked.wanted.unit}:{strength}")
    with database.transaction() as db:
        run = service.start(db, person_id, asked, at)
        for number in range(1, len(run.versions) + 1):
            when = at + number * MINUTE
            item = queries.step_of(db, run, number).text
            is_right = chance.random() < strength
            service.answer(db, run, number, [answer_to(part, is_right=is_right) for part in item.parts], when)
            if essays(item.parts):
                service.assess_own(db, run, number, _ticks(item, is_right=is_right), when)


def _ticks(item: Item, *, is_right: bool) -> list[set[int]]:
    return [set(range(len(part.rubric) if is_right else 1)) for part in item.parts]
