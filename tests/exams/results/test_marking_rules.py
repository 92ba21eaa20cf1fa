"""Second and third markers, and what an essay's points finally are."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiejun.exams.marking_rules import (
    EssayMarks,
    Policy,
    SlotMarks,
    code_of,
    is_settled,
    mean,
    points_problem,
)

D = Decimal
KEY = "a key"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def marked(objective: str, *points: str, cut: str = "60") -> EssayMarks:
    essays = {80 + n: SlotMarks(D(10), D(p)) for n, p in enumerate(points)}
    return EssayMarks(D(objective), essays, D(cut), Policy().band)


@pytest.mark.parametrize(
    ("objective", "first", "close"),
    [
        ("50", "6.5", False),  # 56.5: 3.5 below
        ("50", "7", True),  # 57: 3.0 below
        ("50", "10", True),  # 60: the cut itself
        ("55", "8", True),  # 63: 3.0 above
        ("55", "8.5", False),  # 63.5: 3.5 above
        ("55", "7.99", True),
        ("55", "8.01", False),
    ],
)
def test_a_second_marker_is_needed_within_three_points_of_the_cut(objective, first, close):
    attempt = marked(objective, first)

    assert attempt.is_close is close
    assert attempt.next_round(80) == (2 if close else None)
    assert (attempt.total is None) is close


def test_the_band_is_judged_when_every_essay_has_its_first_mark():
    half = EssayMarks(D(50), {1: SlotMarks(D(10), D(8)), 2: SlotMarks(D(10))}, D(60), D(3))

    assert half.by_first is None
    assert half.waiting() == {2: 1}
    full = EssayMarks(D(50), {1: SlotMarks(D(10), D(8)), 2: SlotMarks(D(10), D(1))}, D(60), D(3))
    assert full.waiting() == {1: 2, 2: 2}


@pytest.mark.parametrize(
    ("one", "other", "third_needed"), [("5", "7", False), ("7", "5", False), ("5", "7.5", True)]
)
def test_marks_more_than_a_fifth_apart_call_for_a_third(one, other, third_needed):
    slot = SlotMarks(D(10), D(one), D(other))

    assert slot.next_round(is_close=True) == (3 if third_needed else None)
    assert slot.points(is_close=True) == (None if third_needed else D(6))


def test_the_third_markers_points_count():
    assert SlotMarks(D(10), D(2), D(8), D(4)).points(is_close=True) == 4


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("6", "7", "6.5"), ("6", "6.5", "6.5"), ("6.5", "7", "7"), ("6", "6", "6")],
)
def test_the_mean_is_kept_in_half_points_in_the_candidates_favour(one, other, expected):
    assert mean(D(one), D(other)) == D(expected)


halves = st.integers(0, 20).map(lambda n: D(n) / 2)


@given(halves, halves)
def test_the_mean_lies_between_the_marks_and_is_a_half_point(one, other):
    middle = mean(one, other)

    assert min(one, other) <= middle <= max(one, other)
    assert middle % D("0.5") == 0


@pytest.mark.parametrize(
    ("points", "fine"),
    [
        ("0", True),
        ("8", True),
        ("7.5", True),
        ("-0.5", False),
        ("8.5", False),
        ("3.2", False),
        ("NaN", False),
    ],
)
def test_points_are_halves_from_zero_to_the_maximum(points, fine):
    assert (points_problem(D(points), D(8)) is None) is fine


@pytest.mark.parametrize(
    ("kind", "seconds", "settled"),
    [("submitted", 0, True), ("expired", 59, False), ("expired", 60, True), ("closed", 59, False)],
)
def test_an_attempt_is_settled_when_nothing_can_come_in(kind, seconds, settled):
    assert is_settled(kind, NOW, NOW + timedelta(seconds=seconds), timedelta(seconds=60)) is settled


def test_codes_are_short_stable_and_different():
    codes = {code_of(UUID(int=n), KEY) for n in range(2000)}

    assert len(codes) == 2000
    one = uuid4()
    assert code_of(one, KEY) == code_of(one, KEY) != code_of(one, "another key")
    assert len(code_of(one, KEY)) == 8
