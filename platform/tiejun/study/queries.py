"""Reads of the ledger: one person's year, and the figures of units for dashboards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from tiejun import regulation
from tiejun.people.models import Posting, Unit
from tiejun.people.queries import in_scope, serving
from tiejun.study.models import HourEntry, StudyStream

TARGET = float(regulation.ANNUAL_STUDY_HOURS.value)


@dataclass(frozen=True)
class UnitHours:
    """Study hours of the officers who serve in one unit; `mean` is 0 where there are none."""

    unit: Unit
    officers: int
    hours: float
    reached: int

    @property
    def mean(self) -> float:
        """Return the hours of an officer on average."""
        return round(self.hours / self.officers, 2) if self.officers else 0.0


@dataclass(frozen=True)
class YearHours:
    """One person's year: seconds by (kind, category), and what is credited but not yet booked."""

    year: int
    seconds: dict[tuple[str, str], int]
    unbooked: int
    hour_minutes: int

    @property
    def total(self) -> float:
        """Return all booked hours."""
        return self._hours(sum(self.seconds.values()))

    @property
    def missing(self) -> float:
        """Return how many hours are missing to the target."""
        return max(0.0, round(TARGET - self.total, 2))

    @property
    def running_minutes(self) -> int:
        """Return the minutes counted now which will be booked when the page is left."""
        return self.unbooked // 60

    def by_kind(self) -> list[tuple[str, float]]:
        """Return (kind, hours), the most first."""
        return self._summed(0)

    def by_category(self) -> list[tuple[str, float]]:
        """Return (category, hours), the most first."""
        return self._summed(1)

    def _summed(self, part: int) -> list[tuple[str, float]]:
        sums: dict[str, int] = {}
        for key, seconds in self.seconds.items():
            sums[key[part]] = sums.get(key[part], 0) + seconds
        return sorted(((word, self._hours(n)) for word, n in sums.items()), key=lambda pair: -pair[1])

    def _hours(self, seconds: int) -> float:
        return round(seconds / 60 / self.hour_minutes, 2)


def year_hours(db: Session, person_id: int, year: int, hour_minutes: int) -> YearHours:
    """Return one person's hours of a calendar year."""
    rows = db.execute(
        select(HourEntry.kind, HourEntry.category, func.sum(HourEntry.seconds))
        .where(HourEntry.person_id == person_id, HourEntry.year == year)
        .group_by(HourEntry.kind, HourEntry.category)
    )
    running = db.scalar(
        select(func.sum(StudyStream.credited)).where(
            StudyStream.person_id == person_id, StudyStream.ended_at.is_(None)
        )
    )
    seconds = {(kind, category): int(total) for kind, category, total in rows}
    return YearHours(year, seconds, int(running or 0), hour_minutes)


def seconds_by_person(year: int, category: str = "") -> Select[int, int]:
    """Return the query of (person_id, seconds) of a year, for joining; of one category if named."""
    wanted = [HourEntry.year == year] + ([HourEntry.category == category] if category else [])
    return (
        select(HourEntry.person_id, func.sum(HourEntry.seconds).label("seconds"))
        .where(*wanted)
        .group_by(HourEntry.person_id)
    )


def hours_by_unit(
    db: Session, scopes: Sequence[str], year: int, day: date, hour_minutes: int
) -> list[UnitHours]:
    """Return the hours of each unit with officers below `scopes`, in the order of the tree; one query.

    Whoever serves in a unit on `day` counts there with the whole year: a transfer carries the ledger.
    """
    sums = seconds_by_person(year).subquery()
    seconds = func.coalesce(sums.c.seconds, 0)
    target = TARGET * hour_minutes * 60
    rows = db.execute(
        select(
            Unit,
            func.count(Posting.person_id.distinct()),
            func.sum(seconds),
            func.sum(case((seconds >= target, 1), else_=0)),
        )
        .join(Posting, and_(Posting.unit_id == Unit.id, serving(day)))
        .outerjoin(sums, sums.c.person_id == Posting.person_id)
        .where(in_scope(scopes))
        .group_by(Unit.id)
        .order_by(Unit.path)
    )
    return [
        UnitHours(unit, officers, round(int(total) / 60 / hour_minutes, 2), int(reached))
        for unit, officers, total, reached in rows
    ]
