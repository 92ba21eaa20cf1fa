"""A clock that stands still until a test turns it."""

from datetime import UTC, datetime

# A Friday morning in Beijing: after the Code of 2026-08-15, before the day the starter bank is checked for.
START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


class ManualClock:
    """Answers `time` whenever it is asked; a test moves it with `clock.time += timedelta(...)`."""

    def __init__(self, time: datetime = START) -> None:
        self.time = time

    def __call__(self) -> datetime:
        """Return the present instant in UTC."""
        return self.time
