"""Legal periods and working days, by the examples of the domain dossier (1.8)."""

import json
from datetime import date

import pytest

from tiejun.calendar_cn import (
    HolidayTable,
    HolidayTableError,
    WorkCalendar,
    add_months,
    is_recent,
    last_day_of_validity,
    load_calendar,
    monthly_report_due,
    quarter,
    read_tables,
)

D = date.fromisoformat
NOTHING_KNOWN = WorkCalendar()
PLAIN_2027 = HolidayTable(2027, "test", frozenset(), frozenset())
PLAIN_2028 = HolidayTable(2028, "test", frozenset(), frozenset())


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2027-08-29", 6, "2028-02-29"),
        ("2026-12-31", 6, "2027-06-30"),
        ("2026-04-01", 6, "2026-10-01"),
        ("2028-02-29", -60, "2023-02-28"),
        ("2028-02-29", 60, "2033-02-28"),
        ("2026-01-15", 12, "2027-01-15"),
        ("2026-12-01", 1, "2027-01-01"),
    ],
)
def test_months_end_on_the_same_day_or_on_the_months_last(start, months, end):
    assert add_months(D(start), months) == D(end)


@pytest.mark.parametrize(
    ("published", "deadline", "provisional"),
    [
        ("2026-08-31", "2027-03-01", True),  # 28 February 2027 is a Sunday
        ("2027-08-31", "2028-02-29", True),
        ("2027-08-29", "2028-02-29", True),
        ("2026-12-31", "2027-06-30", True),
        ("2026-04-01", "2026-10-08", False),  # National Day, then the whole block
        ("2026-03-20", "2026-09-20", False),  # a Sunday that is worked
    ],
)
def test_the_make_up_is_due_within_half_a_year_or_on_the_next_working_day(published, deadline, provisional):
    found = load_calendar().make_up_deadline(D(published))

    assert (found.day, found.provisional) == (D(deadline), provisional)


def test_a_deadline_says_whether_rest_days_moved_it():
    moved = WorkCalendar([PLAIN_2027]).make_up_deadline(D("2026-08-31"))
    kept = WorkCalendar([PLAIN_2028]).make_up_deadline(D("2027-08-31"))

    assert (moved.nominal, moved.day, moved.moved, moved.provisional) == (
        D("2027-02-28"),
        D("2027-03-01"),
        True,
        False,
    )
    assert (kept.day, kept.moved, kept.provisional) == (D("2028-02-29"), False, False)


def test_without_the_notice_that_works_a_sunday_the_deadline_falls_on_monday():
    assert NOTHING_KNOWN.make_up_deadline(D("2026-03-20")).day == D("2026-09-21")


def test_a_table_that_arrives_later_can_move_a_provisional_deadline():
    worked = HolidayTable(2027, "test", frozenset(), frozenset({D("2027-02-28")}))

    assert WorkCalendar([worked]).make_up_deadline(D("2026-08-31")).day == D("2027-02-28")


def test_a_deadline_that_runs_into_a_year_without_a_table_is_provisional():
    rest = HolidayTable(2026, "test", frozenset({D("2026-12-31")}), frozenset())

    found = WorkCalendar([rest]).on_or_after(D("2026-12-31"))

    assert (found.day, found.provisional) == (D("2027-01-04"), True)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-01-03", False),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-15", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-04-06", False),
        ("2026-04-07", True),
        ("2026-05-05", False),
        ("2026-05-09", True),
        ("2026-06-19", False),
        ("2026-09-20", True),
        ("2026-09-25", False),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-10-11", False),
        ("2026-11-20", True),
        ("2026-11-21", False),
    ],
)
def test_the_2026_notice_is_followed(day, worked):
    assert load_calendar().is_working_day(D(day)) is worked


@pytest.mark.parametrize(
    ("day", "worked"),
    [("2027-05-01", False), ("2027-05-02", False), ("2027-05-03", True), ("2027-10-04", True)],
)
def test_without_a_notice_weekends_and_fixed_holidays_rest(day, worked):
    assert NOTHING_KNOWN.is_working_day(D(day)) is worked
    assert NOTHING_KNOWN.is_provisional(D(day))


def test_working_days_are_counted_from_the_next_day_on():
    calendar = load_calendar()

    assert calendar.add_working_days(D("2026-09-30"), 3).day == D("2026-10-10")
    assert calendar.add_working_days(D("2026-11-20"), 1).day == D("2026-11-23")


@pytest.mark.parametrize("count", [0, -1])
def test_periods_below_one_are_refused(count):
    with pytest.raises(ValueError, match="working days"):
        load_calendar().add_working_days(D("2026-11-20"), count)
    with pytest.raises(ValueError, match="months"):
        load_calendar().end_of_months(D("2026-11-20"), count)


@pytest.mark.parametrize(
    ("issued", "last"),
    [("2026-10-13", "2031-10-12"), ("2026-01-01", "2030-12-31"), ("2028-02-29", "2033-02-28")],
)
def test_a_certificate_is_valid_to_the_day_before_its_anniversary(issued, last):
    assert last_day_of_validity(D(issued), 5) == D(last)


@pytest.mark.parametrize(
    ("adopted", "recent"),
    [("2023-02-28", False), ("2023-03-01", True), ("2028-02-29", True), ("2028-03-01", False)],
)
def test_the_five_year_window_opens_after_its_first_day_and_includes_its_last(adopted, recent):
    assert is_recent(D(adopted), D("2028-02-29")) is recent


def test_month_reports_are_due_on_the_28th_and_quarters_follow_the_calendar():
    assert monthly_report_due(2027, 2) == D("2027-02-28")
    assert [quarter(D(d)) for d in ("2026-01-01", "2026-03-31", "2026-04-01", "2026-12-31")] == [1, 1, 2, 4]


def _file(**change):
    year = {"year": 2027, "source": "test", "off": [], "working": []} | change
    return json.dumps({"years": [year]})


def test_a_file_adds_years_and_replaces_the_shipped_ones(tmp_path):
    path = tmp_path / "holidays.json"
    path.write_text(_file(off=[{"name": "春节", "from": "2027-02-05", "to": "2027-02-11"}]), "utf-8")

    calendar = load_calendar(path)

    assert calendar.years == (2026, 2027)
    assert not calendar.is_working_day(D("2027-02-11"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "不是节假日表"),
        ("[]", "不是节假日表"),
        (_file(year=None), "不是节假日表"),
        (_file(working=["2027-02-29"]), "不是节假日表"),
        (_file(working=["2026-02-28"]), "应列入 2026 年"),
        (_file(working=["2027-02-26"]), "不是可以调为工作日的周末"),
        (_file(off=[{"name": "春节", "from": "2027-02-11", "to": "2027-02-05"}]), "起止日期有误"),
        (json.dumps({"years": [json.loads(_file())["years"][0]] * 2}), "出现两次"),
    ],
)
def test_a_faulty_holiday_file_is_refused_by_name(text, fault):
    with pytest.raises(HolidayTableError, match=fault) as caught:
        read_tables(text, "2027.json")
    assert "2027.json" in str(caught.value)


def test_a_missing_holiday_file_is_named(tmp_path):
    with pytest.raises(HolidayTableError, match=r"absent\.json"):
        load_calendar(tmp_path / "absent.json")
