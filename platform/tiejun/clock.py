"""The one clock. Nobody else asks the machine for the time; rules get `now` as an argument."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Anything that, called, returns the present instant as an aware datetime in UTC."""

    def __call__(self) -> datetime:
        """Return the present instant in UTC."""


class SystemClock:
    """The machine's clock."""

    def __call__(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock moved by a number of seconds kept in a file: for the demo only.

    The file is read at each call, so that every process of the demo jumps at the same moment.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self) -> datetime:
        """Return the shifted instant in UTC."""
        return datetime.now(UTC) + self.shift

    @property
    def shift(self) -> timedelta:
        """How far this clock is ahead of the machine's."""
        try:
            return timedelta(seconds=float(self.path.read_text()))
        except (FileNotFoundError, ValueError):
            return timedelta()

    def advance(self, by: timedelta) -> None:
        """Move the clock forward by `by`, or back when negative."""
        shifted = self.shift + by
        beside = self.path.with_suffix(".new")
        beside.write_text(str(shifted.total_seconds()))
        beside.replace(self.path)


def beijing(instant: datetime) -> datetime:
    """Return `instant` on the clocks of Asia/Shanghai; legal days begin and end there."""
    return instant.astimezone(BEIJING)
