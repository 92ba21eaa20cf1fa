"""What an import did, in the one shape that pages, commands and programs read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tiejun.errors import Problem

Progress = Callable[[int], None]
"""Hears how many per cent of something long are done."""


def silent(_percent: int) -> None:
    """Tell nobody how far it is."""


@dataclass
class ImportReport:
    """Counts of one import; `rejected` is the number of rows with problems.

    `is_written` is False for a dry run and for an import that was refused: then nothing was changed, and
    created, updated and unchanged say what would have been done.
    """

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    is_written: bool = False

    def count(self, outcome: str) -> None:
        """Add one to created, updated or unchanged."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def reject(self, problems: list[Problem]) -> None:
        """Take over the problems of one or more rows; rows are counted once."""
        self.problems += problems
        self.rejected = len({problem.where for problem in self.problems})

    def to_json(self) -> dict[str, Any]:
        """Return the report as commands print it."""
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "problems": [vars(problem) for problem in self.problems],
            "warnings": [vars(warning) for warning in self.warnings],
        }
