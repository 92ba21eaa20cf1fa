"""The credit of any sequence of beats stays within the clock and the length."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiejun.study.rules import Account, Beat, credit, expected_share, is_behind, is_late_in_year

START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
BEATS = st.lists(
    st.tuples(
        st.floats(0, 200),
        st.booleans(),
        st.floats(0, 400),
        st.one_of(st.none(), st.floats(0, 2000)),
    ),
    max_size=60,
)


@given(BEATS, st.integers(1, 1500), st.booleans(), st.integers(1, 60))
def test_credit_never_exceeds_the_clock_nor_the_length(
    beats: list[tuple[float, bool, float, float | None]], length: int, is_video: bool, interval: int
):
    now, until, total = START, START, 0
    for pause, is_visible, idle, position in beats:
        now += timedelta(seconds=pause)
        given = credit(
            Account(until, total, length, is_video), Beat(is_visible, idle, position), now, interval
        )
        assert given.seconds >= 0
        assert until <= given.counted_until <= now
        until, total = given.counted_until, total + given.seconds

        assert total <= length
        assert timedelta(seconds=total) <= until - START


@pytest.mark.parametrize(
    ("done", "day", "behind"),
    [(30, date(2026, 7, 2), True), (30.2, date(2026, 7, 2), False), (60, date(2026, 12, 31), False)],
)
def test_who_has_less_than_the_year_asks_for_is_behind(done: float, day: date, behind: bool):
    assert is_behind(done, 60, day) is behind


def test_the_whole_year_has_passed_on_its_last_day():
    assert expected_share(date(2028, 12, 31)) == 1


def test_missing_hours_become_a_duty_in_october():
    assert not is_late_in_year(date(2026, 9, 30))
    assert is_late_in_year(date(2026, 10, 1))
