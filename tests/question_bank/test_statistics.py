"""Item statistics, also against the figures that another system published for its own test data."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.statistics import Moments, discrimination, facility

Pairs = list[tuple[float, float]]
SHARES = st.integers(0, 20).map(lambda n: n / 20)
PAIRS = st.lists(st.tuples(SHARES, SHARES), min_size=2, max_size=40)


def test_figures_of_real_attempts(test_data: Path) -> None:
    folder = test_data / "itemstats"
    with (folder / "results00.csv").open() as lines:
        attempts = [[float(row[f"slots.{n}.mark"]) for n in range(1, 8)] for row in csv.DictReader(lines)]
    with (folder / "qstats00.csv").open() as lines:
        published = [row for row in csv.DictReader(lines) if not row["subqname"] and not row["variant"]]
    assert (len(attempts), len(published)) == (25, 7)
    for place, row in enumerate(published):
        moments = Moments.of((marks[place], sum(marks) - marks[place]) for marks in attempts)
        assert facility([moments]) == pytest.approx(float(row["facility"]), abs=1e-8)
        assert discrimination([moments]) == pytest.approx(float(row["discriminationindex"]) / 100, abs=1e-8)


def test_nobody_answered() -> None:
    assert facility([]) is None
    assert discrimination([]) is None
    assert discrimination([Moments.of([(1, 0.5)])]) is None


def test_all_alike_tells_nothing_apart() -> None:
    assert discrimination([Moments.of([(1, 0.2), (1, 0.9)])]) is None
    assert discrimination([Moments.of([(0, 0.5), (1, 0.5)])]) is None


def test_forms_of_unlike_difficulty_do_not_mix() -> None:
    # In each form the able do better; the second form is easier as a whole and its item harder.
    hard = Moments.of([(0.5, 0.1), (1, 0.3)])
    easy = Moments.of([(0, 0.8), (0.5, 1.0)])
    assert discrimination([hard, easy]) == pytest.approx(1)
    mixed = Moments.of([(0.5, 0.1), (1, 0.3), (0, 0.8), (0.5, 1.0)])
    assert (discrimination([mixed]) or 0) < 0


@given(PAIRS, PAIRS)
def test_within_bounds(one: Pairs, other: Pairs) -> None:
    groups = [Moments.of(one), Moments.of(other)]
    found = discrimination(groups)
    assert found is None or -1 <= found <= 1
    assert 0 <= (facility(groups) or 0) <= 1 + 1e-9


@given(PAIRS)
def test_a_scale_of_the_rest_does_not_matter(pairs: Pairs) -> None:
    plain = discrimination([Moments.of(pairs)])
    scaled = discrimination([Moments.of((item, rest / 2 + 0.25) for item, rest in pairs)])
    assert (plain is None) == (scaled is None)
    if plain is not None:
        assert scaled == pytest.approx(plain, abs=1e-6)
