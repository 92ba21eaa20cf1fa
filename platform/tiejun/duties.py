"""What somebody must do, by when: lines of the home page, found by each feature's `duties`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Duty:
    """One thing to do: what, why it matters, by which day, and the one button that does it."""

    due_on: date
    title: str
    why: str
    action: str
    address: str

    def days_left(self, today: date) -> int:
        """Return the days from `today` to the due day; negative when overdue."""
        return (self.due_on - today).days


def by_urgency(duties: Iterable[Duty]) -> list[Duty]:
    """Return the duties, the most urgent first."""
    return sorted(duties, key=lambda duty: (duty.due_on, duty.title))
