"""What the figures of a dashboard mean: rates, and how far away a day is. All pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tiejun.calendar_cn import add_months

# Below so many people a rate says little about a unit; it is shown, and marked. Our own choice.
FEW = 10

# Days left up to and including which something belongs to a band; what is later falls into one more.
# The first page counts a week as 0 to 7 days, the make-up board turns amber at 30.
WEEK, MONTH = 7, 30
DAYS_LEFT = (-1, WEEK, MONTH, 60, 120)
EXPIRY_MONTHS = (1, 3, 6, 12)


def ends_of_bands(today: date, days: Sequence[int] = DAYS_LEFT) -> tuple[date, ...]:
    """Return the last day of each band of days left."""
    return tuple(today + timedelta(days=left) for left in days)


def ends_of_months(today: date, months: Sequence[int] = EXPIRY_MONTHS) -> tuple[date, ...]:
    """Return the day that lies so many months after today, for each band of months."""
    return tuple(add_months(today, count) for count in months)


def band(day: date, ends: Sequence[date]) -> int:
    """Return the number of the first band whose last day is not before `day`; beyond all, their count."""
    return next((at for at, end in enumerate(ends) if day <= end), len(ends))


@dataclass(frozen=True)
class Outcomes:
    """How many passed, failed and stayed away."""

    passed: int = 0
    failed: int = 0
    absent: int = 0

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(self.passed + other.passed, self.failed + other.failed, self.absent + other.absent)

    @property
    def sat(self) -> int:
        """How many sat the exam; the absent are counted beside them, never among them."""
        return self.passed + self.failed

    @property
    def rate(self) -> float | None:
        """The share that passed of those who sat, 0 to 1; None when nobody sat."""
        return self.passed / self.sat if self.sat else None

    @property
    def is_small(self) -> bool:
        """Whether so few sat that the rate says little."""
        return 0 < self.sat < FEW


@dataclass(frozen=True)
class Attempts:
    """First attempts and make-ups, kept apart: who sits a make-up has failed or missed the first."""

    first: Outcomes = Outcomes()
    make_up: Outcomes = Outcomes()

    def __add__(self, other: "Attempts") -> "Attempts":
        return Attempts(self.first + other.first, self.make_up + other.make_up)


@dataclass(frozen=True)
class Due:
    """Make-ups still open: by band of days left, those to arrange and those arranged."""

    to_arrange: tuple[int, ...] = (0,) * (len(DAYS_LEFT) + 1)
    arranged: tuple[int, ...] = (0,) * (len(DAYS_LEFT) + 1)

    def __add__(self, other: "Due") -> "Due":
        return Due(_sum(self.to_arrange, other.to_arrange), _sum(self.arranged, other.arranged))

    @property
    def total(self) -> tuple[int, ...]:
        """All open make-ups by band."""
        return _sum(self.to_arrange, self.arranged)


def _sum(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))
