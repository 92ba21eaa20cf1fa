"""Rates, bands of days left, sums: the boundaries."""

from datetime import date, timedelta

import pytest

from tiejun.reports.rules import FEW, Attempts, Due, Outcomes, band, ends_of_bands, ends_of_months
from tiejun.reports.tables import figure, share
from tiejun.workbooks import UnsureShare

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("left", "expected"),
    [(-400, 0), (-1, 0), (0, 1), (7, 1), (8, 2), (30, 2), (31, 3), (60, 3), (61, 4), (120, 4), (121, 5)],
)
def test_a_day_belongs_to_the_first_band_that_reaches_it(left, expected):
    assert band(TODAY + timedelta(days=left), ends_of_bands(TODAY)) == expected


def test_months_are_counted_by_the_calendar():
    assert ends_of_months(date(2026, 8, 31)) == (
        date(2026, 9, 30),
        date(2026, 11, 30),
        date(2027, 2, 28),
        date(2027, 8, 31),
    )


def test_the_absent_are_no_part_of_the_rate():
    found = Outcomes(passed=6, failed=2, absent=4)

    assert (found.sat, found.rate) == (8, 0.75)
    assert Outcomes(absent=3).rate is None


@pytest.mark.parametrize(("sat", "small"), [(0, False), (1, True), (FEW - 1, True), (FEW, False)])
def test_a_rate_of_few_is_marked(sat, small):
    assert Outcomes(passed=sat).is_small is small


def test_first_attempts_and_make_ups_are_summed_apart():
    one = Attempts(first=Outcomes(1, 2, 3))
    other = Attempts(make_up=Outcomes(4, 5, 6))

    assert one + other == Attempts(Outcomes(1, 2, 3), Outcomes(4, 5, 6))


def test_make_ups_are_summed_by_band():
    due = Due(to_arrange=(1, 0, 2, 0, 0, 0)) + Due(arranged=(0, 0, 3, 0, 0, 1))

    assert due.total == (1, 0, 5, 0, 0, 1)


def test_cells_are_written_as_people_read_them():
    assert [figure(cell) for cell in (None, 0, 12, share(0.857), share(0.5, is_small=True))] == [
        "—",
        "0",
        "12",
        "85.7%",
        "50.0%*",
    ]
    assert isinstance(share(0.5, is_small=True), UnsureShare)
    assert share(None, is_small=True) is None
