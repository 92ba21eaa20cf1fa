"""A table as the page, the chart beside it and the workbook all show it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tiejun.workbooks import Cell, Share, Sheet, UnsureShare


class Kind(StrEnum):
    """How a chart draws the columns of a table that have a colour."""

    COLUMNS = "columns"  # beside each other, upright
    STACK = "stack"  # on top of each other, upright
    BARS = "bars"  # beside each other, lying: for long names


@dataclass(frozen=True)
class Column:
    """A column; `colour` is the token with which a chart draws it, empty when it does not."""

    heading: str
    colour: str = ""


@dataclass(frozen=True)
class Row:
    """A row: its name, where that leads, and one cell a column."""

    name: str
    cells: Sequence[Cell]
    address: str = ""
    is_sum: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its title; a `kind` makes it the source of a chart in `unit` ("%", or what is counted)."""

    id: str
    title: str
    first: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    sheet: str
    kind: Kind | None = None
    unit: str = ""
    notes: Sequence[str] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether no cell says anything."""
        return not any(cell for row in self.rows for cell in row.cells)

    def as_sheet(self, lines: Sequence[str]) -> Sheet:
        """Return the sheet of a workbook, under `lines`."""
        headings = [self.first, *(column.heading for column in self.columns)]
        rows = [[row.name, *row.cells] for row in self.rows]
        return Sheet(self.sheet, headings, rows, (self.title, *lines, *self.notes))


def share(value: float | None, *, is_small: bool = False) -> Share | None:
    """Return a rate as a cell, marked when it is one of few."""
    if value is None:
        return None
    return UnsureShare(value) if is_small else Share(value)


def figure(cell: Cell) -> str:
    """Return a cell as the page shows it: 85.7%, 50.0%*, 12, and — where there is nothing to say."""
    if cell is None:
        return "—"
    if isinstance(cell, Share):
        return f"{cell * 100:.1f}%{'*' if isinstance(cell, UnsureShare) else ''}"
    return f"{cell:g}" if isinstance(cell, float) else str(cell)
