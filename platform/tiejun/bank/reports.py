"""What an import of items did, and problems of the library as problems of the application."""

from dataclasses import dataclass
from uuid import UUID

from question_bank.terms import Problem as LibraryProblem
from tiejun.errors import Problem
from tiejun.imports import ImportReport


@dataclass
class ItemReport(ImportReport):
    """The report of an import of items; `batch` is what a written import is kept as."""

    batch: UUID | None = None


def as_problem(problem: LibraryProblem, where: str | None = None) -> Problem:
    """Return a problem of the library as one of the application, optionally at another place."""
    return Problem(where or problem.where, problem.field, problem.message)
