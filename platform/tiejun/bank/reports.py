"""What an import of items did, and problems of the library as problems of the application."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from question_bank.item import Item, ItemKind, Part, PartType, number_json
from question_bank.terms import BLANK_TYPES
from question_bank.terms import Problem as LibraryProblem
from tiejun.errors import Problem
from tiejun.imports import ImportReport


@dataclass
class ItemReport(ImportReport):
    """The report of an import of items; `batch` is what a written import is kept as.

    `rows` tell what each sound row became. They hold keys: they are for whoever brought the file, and not
    kept with the batch. `twins` are those of the warnings that tell of items which ask nearly the same.
    """

    batch: UUID | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)
    twins: list[Problem] = field(default_factory=list)

    def full_json(self) -> dict[str, Any]:
        """Return the report with its batch and rows, as the command prints it."""
        return self.to_json() | {"batch": str(self.batch) if self.batch else None, "rows": self.rows}


def row_report(where: str, item: Item, outcome: str, code: str | None) -> dict[str, Any]:
    """Return what became of a row.

    `correct` are the right options' texts (of an order in the right one, of blanks one each, of a match with
    "→" between), "true" or "false", a number, or the accepted spellings of each blank joined by "|"; of a
    case a list of these for each part. `warnings` are filled in at the end.
    """
    correct = [_correct(part) for part in item.parts]
    return {
        "source": where,
        "id": code,
        "outcome": outcome,
        "type": item.kind.value,
        "parts": len(item.parts),
        "points": number_json(item.points),
        "correct": correct if item.kind is ItemKind.CASE else correct[0],
        "warnings": [],
    }


def _correct(part: Part) -> list[str]:
    if isinstance(part.key, bool):
        return ["true" if part.key else "false"]
    if part.type is PartType.FILL_IN and isinstance(part.key, tuple):
        return ["|".join(spellings) for spellings in part.key]
    if part.type is PartType.SLIDER:
        return [str(part.key)]
    texts = {option.id: option.text for option in (*part.options, *part.targets)}
    if part.type is PartType.MATCH and isinstance(part.key, tuple):
        return [" → ".join(texts[one] for one in pair) for pair in part.key]
    if part.type in (PartType.ORDER, *BLANK_TYPES) and isinstance(part.key, tuple):
        return [texts.get(one, "") for one in part.key]
    chosen = part.key if isinstance(part.key, tuple) else (part.key,)
    return [option.text for option in part.options if option.id in chosen]


def as_problem(problem: LibraryProblem, where: str | None = None) -> Problem:
    """Return a problem of the library as one of the application, optionally at another place."""
    return Problem(where or problem.where, problem.field, problem.message)
