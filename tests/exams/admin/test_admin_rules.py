"""Windows, phases, seats: both sides of each boundary."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tiejun.exams.admin_rules import (
    Phase,
    SittingFacts,
    free_places,
    pasted_lines,
    phase,
    spread,
    window_problems,
)

NINE = datetime(2026, 12, 5, 1, tzinfo=UTC)
TICK = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def facts(**other: object) -> SittingFacts:
    given = {
        "starts_at": NINE,
        "ends_at": NINE + 2 * HOUR,
        "closed_at": None,
        "declared_at": None,
        "released_at": None,
        "candidates": 3,
        "invigilators": 1,
    }
    return SittingFacts(**{**given, **other})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NINE - TICK, Phase.READY),
        (NINE, Phase.OPEN),
        (NINE + 2 * HOUR - TICK, Phase.OPEN),
        (NINE + 2 * HOUR, Phase.ENDED),
    ],
    ids=["a second before", "at the start", "a second before the end", "at the end"],
)
def test_the_window_decides_whether_a_sitting_is_open(now, expected):
    assert phase(facts(), now) == expected


@pytest.mark.parametrize("lacking", [{"candidates": 0}, {"invigilators": 0}])
def test_a_sitting_without_candidates_or_invigilator_is_being_prepared(lacking):
    assert phase(facts(**lacking), NINE - TICK) == Phase.PREPARING


def test_what_was_declared_and_released_goes_before_the_clock():
    assert phase(facts(closed_at=NINE), NINE + TICK) == Phase.ENDED
    assert phase(facts(declared_at=NINE), NINE + TICK) == Phase.DECLARED
    assert phase(facts(declared_at=NINE, released_at=NINE), NINE + TICK) == Phase.RELEASED


def faults(starts_at: datetime, ends_at: datetime, minutes: int, now: datetime) -> list[str]:
    problems = window_problems(starts_at, ends_at, timedelta(minutes=minutes), now)
    return [problem.field for problem in problems]


@pytest.mark.parametrize(
    ("now", "expected"), [(NINE - TICK, []), (NINE, ["开始时间"])], ids=["just ahead", "just now"]
)
def test_a_sitting_must_lie_ahead(now, expected):
    assert faults(NINE, NINE + HOUR, 60, now) == expected


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(0), ["结束时间"]),
        (-HOUR, ["结束时间"]),
        (HOUR - TICK, ["考试时长"]),
        (HOUR, []),
    ],
)
def test_a_sitting_ends_after_its_start_and_holds_the_duration(length, expected):
    assert faults(NINE, NINE + length, 60, NINE - HOUR) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, ["考试时长"]), (1, []), (720, []), (721, ["考试时长"])]
)
def test_an_exam_lasts_one_minute_to_twelve_hours(minutes, expected):
    assert faults(NINE, NINE + 13 * HOUR, minutes, NINE - HOUR) == expected


def test_neighbours_hold_different_forms_and_forms_are_dealt_evenly():
    places = free_places([], 7, [11, 12, 13])

    assert [place.seat for place in places] == [1, 2, 3, 4, 5, 6, 7]
    assert [place.form_id for place in places] == [11, 12, 13, 11, 12, 13, 11]


def test_a_seat_that_became_free_is_given_again_with_the_form_that_lies_there():
    places = free_places([1, 3], 2, [11, 12])

    assert [(place.seat, place.form_id) for place in places] == [(2, 12), (4, 12)]


def test_colleagues_sit_apart_where_that_is_possible():
    order = spread([(1, 70), (2, 70), (3, 70), (4, 80), (5, 80), (6, 90)])

    assert sorted(order) == [1, 2, 3, 4, 5, 6]
    unit = {1: 70, 2: 70, 3: 70, 4: 80, 5: 80, 6: 90}
    assert all(unit[one] != unit[other] for one, other in pairwise(order))


def test_a_pasted_list_may_hold_blank_lines_and_further_columns():
    text = "officer1\n\n 511923199001010011\t张三\nofficer2，李四\n"

    assert pasted_lines(text) == [(1, "officer1"), (3, "511923199001010011"), (4, "officer2")]
