"""What an import did, in the one shape that pages, commands and programs read."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from question_bank.terms import Problem as LibraryProblem
from tiejun.errors import Problem


@dataclass
class ImportReport:
    """Counts of one import. `problems` say why rows were refused, `warnings` what a person should look at.

    `is_written` is False for a dry run and for an import that was refused: then nothing was changed, and
    created, updated and unchanged say what would have been done. `batch` is what a written import is kept as.
    """

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    is_written: bool = False
    batch: UUID | None = None

    def count(self, outcome: str) -> None:
        """Add one to created, updated or unchanged."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def to_json(self) -> dict[str, Any]:
        """Return the report as commands print it and batches keep it."""
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "problems": [vars(problem) for problem in self.problems],
            "warnings": [vars(warning) for warning in self.warnings],
        }


def as_problem(problem: LibraryProblem, where: str | None = None) -> Problem:
    """Return a problem of the library as one of the application, optionally at another place."""
    return Problem(where or problem.where, problem.field, problem.message)
