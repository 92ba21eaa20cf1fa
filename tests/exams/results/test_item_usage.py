"""What the declaration of results tells the bank of the items: use, exposure, statistics."""

from collections import defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from question_bank.statistics import Moments, discrimination, facility
from tests.exams.results.factories import POLICY, Hall
from tiejun.bank.models import FormSlot
from tiejun.bank.usage.models import ItemObservation, ItemUsage
from tiejun.clock import beijing
from tiejun.db import Database
from tiejun.exams.item_usage import observe_sitting
from tiejun.exams.marking_queries import sheets
from tiejun.exams.result_models import SlotScore

CANDIDATES = ("officer1", "officer2", "officer3")


def usages(database: Database) -> dict[int, ItemUsage]:
    with database.reading() as db:
        return {row.item_id: row for row in db.scalars(select(ItemUsage))}


def sat(hall: Hall, candidates: int) -> None:
    for number, login in enumerate(CANDIDATES[:candidates]):
        hall.scores(login, 20 + 20 * number, essays=False)
    hall.score()


def expected(hall: Hall) -> dict[int, Moments]:
    """Return the sums of each item, reckoned slot by slot from the scores themselves."""
    with hall.database.reading() as db:
        slots = db.scalars(select(FormSlot)).all()
        scores = db.scalars(select(SlotScore).where(SlotScore.round == 0)).all()
    worth = {row.slot: row for row in slots}
    by_attempt: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for score in scores:
        by_attempt[score.attempt_id][worth[score.slot].item_id] += score.points
    full: dict[int, float] = defaultdict(float)
    for row in slots:
        full[row.item_id] += row.points
    whole = sum(full.values())
    return {
        item: Moments.of(
            (got[item] / most, (sum(got.values()) - got[item]) / (whole - most))
            for got in by_attempt.values()
        )
        for item, most in full.items()
    }


def test_declared_results_are_figures_of_the_items(hall: Hall):
    sat(hall, 3)
    assert usages(hall.database) == {}

    hall.declare()

    found = usages(hall.database)
    wanted = expected(hall)
    assert set(found) == set(wanted)
    for item, usage in found.items():
        assert (usage.sittings, usage.served) == (1, 3)
        assert usage.last_used_on == beijing(hall.starts_at).date()
        assert usage.facility == pytest.approx(facility([wanted[item]]))
        assert usage.discrimination == pytest.approx(discrimination([wanted[item]]))
    assert {usage.facility for usage in found.values()} != {0.0}


def test_nobody_sat_so_nothing_was_used(hall: Hall):
    hall.declare()

    assert usages(hall.database) == {}


def test_observing_twice_counts_once(hall: Hall):
    sat(hall, 2)
    hall.declare()
    before = {item: (row.served, row.facility) for item, row in usages(hall.database).items()}

    with hall.database.transaction() as db:
        observe_sitting(db, hall.sitting, sheets(db, hall.sitting, hall.over + timedelta(days=1), POLICY))

    assert {item: (row.served, row.facility) for item, row in usages(hall.database).items()} == before
    with hall.database.reading() as db:
        assert len(db.scalars(select(ItemObservation)).all()) == len(before)
