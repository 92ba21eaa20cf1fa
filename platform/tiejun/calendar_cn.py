"""The Chinese working calendar: how legal periods are counted and which days are worked.

All days are calendar days in Beijing (Asia/Shanghai). Periods follow 民法典 第二百零一条 (the first day
does not count), 第二百零二条 (a month ends on the same day of the last month or, where there is none,
on its last day) and 第二百零三条 (a last day that is a rest day moves to the day after the rest).
Rest days come from the yearly notice of the State Council's General Office; for a year whose notice
is not loaded, weekends and the holidays with a fixed date are used and results say `provisional`.
"""

import json
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from tiejun import regulation

SATURDAY = 5

# 全国年节及纪念日放假办法 (2024) 第二条: those holidays that fall on the same date every year.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


class HolidayTableError(ValueError):
    """A holiday file that cannot be used; the message names the file, the year and what is wrong."""


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """One year's official rest days and the weekend days that are worked instead (调休)."""

    year: int
    source: str
    off: frozenset[date]
    working: frozenset[date]


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a period, inclusive.

    `nominal` is the day before it was moved off a rest day. `provisional` is true while the official
    table of a year that was looked at is not loaded: the day may still change.
    """

    day: date
    nominal: date
    provisional: bool

    @property
    def moved(self) -> bool:
        """Return whether rest days moved the end (民法典 第二百零三条)."""
        return self.day != self.nominal


def add_months(day: date, months: int) -> date:
    """Return the same day of the month `months` calendar months later (earlier if negative).

    Where that month has no such day, its last day: 2026-08-31 plus 6 is 2027-02-28.

    Source:
        民法典 第二百零一条第一款, 第二百零二条.
    """
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def last_day_of_validity(issued_on: date, years: int) -> date:
    """Return the last day, inclusive, of something valid for whole `years` from its day of issue.

    The day before the anniversary, as certificates print it; issued on 29 February and ending in a
    common year: 28 February.
    """
    anniversary = add_months(issued_on, 12 * years)
    if anniversary.day != issued_on.day:
        return anniversary
    return anniversary - timedelta(days=1)


def is_recent(adopted: date, on: date, years: int = regulation.RECENT_LAWS.value) -> bool:
    """Return whether a law adopted on a day is 近五年内新颁布 on `on`: in (on minus `years`, on].

    Source:
        `regulation.RECENT_LAWS`; the window's start on 29 February falls to 28 February.
    """
    return add_months(on, -12 * years) < adopted <= on


def monthly_report_due(year: int, month: int) -> date:
    """Return the last day, inclusive to 24:00 Beijing time, for a month's report; never moved."""
    return date(year, month, regulation.MONTHLY_REPORT_DAY.value)


def quarter(day: date) -> int:
    """Return the calendar quarter of a day, 1 to 4."""
    return (day.month + 2) // 3


class WorkCalendar:
    """Working days and deadlines over the loaded yearly tables."""

    def __init__(self, tables: Iterable[HolidayTable] = ()) -> None:
        self._tables: Mapping[int, HolidayTable] = {table.year: table for table in tables}

    @property
    def years(self) -> tuple[int, ...]:
        """Return the years whose official table is loaded, ascending."""
        return tuple(sorted(self._tables))

    def is_provisional(self, day: date) -> bool:
        """Return whether the official table of the day's year is missing."""
        return day.year not in self._tables

    def is_working_day(self, day: date) -> bool:
        """Return whether the day is worked, adjusted weekends (调休) included."""
        table = self._tables.get(day.year)
        if table is None:
            return day.weekday() < SATURDAY and (day.month, day.day) not in FIXED_HOLIDAYS
        if day in table.working:
            return True
        return day.weekday() < SATURDAY and day not in table.off

    def on_or_after(self, day: date) -> Deadline:
        """Return the day itself if it is worked, else the next working day."""
        last, provisional = day, self.is_provisional(day)
        while not self.is_working_day(last):
            last += timedelta(days=1)
            provisional = provisional or self.is_provisional(last)
        return Deadline(last, day, provisional)

    def add_working_days(self, day: date, count: int) -> Deadline:
        """Return the `count`-th working day after `day`, which itself does not count.

        Raises:
            ValueError: if `count` is below 1.

        Source:
            行政处罚法 第八十五条: periods of two, three, five and seven days are working days.
        """
        if count < 1:
            raise ValueError(f"a period of {count} working days")
        last, provisional = day, False
        while count:
            last += timedelta(days=1)
            provisional = provisional or self.is_provisional(last)
            count -= self.is_working_day(last)
        return Deadline(last, last, provisional)

    def end_of_months(self, start: date, months: int) -> Deadline:
        """Return the last day of a period of calendar months, moved to a working day.

        Raises:
            ValueError: if `months` is below 1.
        """
        if months < 1:
            raise ValueError(f"a period of {months} months")
        return self.on_or_after(add_months(start, months))

    def make_up_deadline(self, published_on: date, months: int = regulation.MAKE_UP.value) -> Deadline:
        """Return the last day on which one who failed may sit the make-up (补考).

        Args:
            published_on: day the result was published, in Beijing (the start day is a setting:
                `regulation.MAKE_UP_START`).
            months: length in calendar months.

        Source:
            Length: `regulation.MAKE_UP`. Counting: 民法典 第二百零一条 to 第二百零三条.
        """
        return self.end_of_months(published_on, months)


def read_tables(text: str, name: str) -> list[HolidayTable]:
    """Return the yearly tables of a holiday file (the shape of `data/holidays.json`).

    Raises:
        HolidayTableError: naming the file, the year and the fault.
    """
    try:
        years = json.loads(text)["years"]
        tables = [_table(entry) for entry in years]
    except HolidayTableError as error:
        raise HolidayTableError(f"{name}：{error}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HolidayTableError(f"{name}：不是节假日表（{error!r}）") from None
    if len({table.year for table in tables}) != len(tables):
        raise HolidayTableError(f"{name}：同一年份出现两次")
    return tables


def load_calendar(extra: Path | None = None) -> WorkCalendar:
    """Return the calendar of the shipped tables, with those of `extra` added or put in their place.

    Args:
        extra: the file named by the setting TIEJUN_HOLIDAYS.

    Raises:
        HolidayTableError: if `extra` cannot be read.
    """
    tables = {table.year: table for table in _shipped()}
    if extra is not None:
        try:
            text = extra.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise HolidayTableError(f"{extra}：无法读取（{error}）") from None
        tables.update((table.year, table) for table in read_tables(text, str(extra)))
    return WorkCalendar(tables.values())


@cache
def _shipped() -> tuple[HolidayTable, ...]:
    text = (files("tiejun") / "data" / "holidays.json").read_text("utf-8")
    return tuple(read_tables(text, "holidays.json"))


def _table(entry: dict[str, Any]) -> HolidayTable:
    year, source = int(entry["year"]), str(entry["source"])
    off: set[date] = set()
    for block in entry["off"]:
        first, last = date.fromisoformat(block["from"]), date.fromisoformat(block["to"])
        if last < first or (last - first).days > 31:
            raise HolidayTableError(f"{year}年：{block['name']}的起止日期有误（{first}至{last}）")
        off.update(first + timedelta(days=n) for n in range((last - first).days + 1))
    working = {date.fromisoformat(day) for day in entry["working"]}
    for day in sorted(off | working):
        # A block over New Year is split: lookups go by the day's own year.
        if day.year != year:
            raise HolidayTableError(f"{year}年：{day} 应列入 {day.year} 年")
    for day in sorted(working):
        if day.weekday() < SATURDAY or day in off:
            raise HolidayTableError(f"{year}年：{day} 不是可以调为工作日的周末")
    return HolidayTable(year, source, frozenset(off), frozenset(working))
