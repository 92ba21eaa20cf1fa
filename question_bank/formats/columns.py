"""What the columns of a table mean: by their headers, or as somebody said.

Public: `ColumnMaps`, `LABELS`, `Head`, `headers_key`, `choose`, `guess`, `missing`, `told`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from question_bank.formats.cells import LETTERS, cell_text, header_field
from question_bank.words import Words, said

HEADER_WITHIN = 10
"""A title and a few notes may stand above the header."""
FEWEST = 3
"""Filled cells of a row that may be a header: the least that a table of items has."""
SAMPLE = 3
OUR_OWN = frozenset({"code", "part", "figures", "option_ids"})
"""Columns of the sheets that we write; nobody else has them."""
LABELS: Mapping[str, Words] = {
    "type": said("题型"),
    "stem": said("题干"),
    "options": said("选项（全部在一格）"),
    **{letter: said("选项 %(letter)s", letter=letter) for letter in LETTERS},
    "answer": said("答案"),
    "rationale": said("解析"),
    "unit": said("单元"),
    "tier": said("层级"),
    "difficulty": said("难度"),
    "citation": said("依据"),
    "points": said("分值"),
}
"""What a column may be said to be, in the order in which people look for it."""
LAYOUTS = (frozenset({"type", "stem", "answer"}),)
CSV_LAYOUTS = (*LAYOUTS, frozenset({"stem", "A", "B", "answer"}))
"""The columns that make a row a header."""
SAID_LAYOUTS = (*CSV_LAYOUTS, frozenset({"stem", "options", "answer"}))
"""The columns that are enough where somebody said what they are."""

Fields = Mapping[str, str]
"""The field of each header that means something."""


@dataclass(frozen=True, slots=True)
class ColumnMaps:
    """What was said of columns: `told` for this file, `remembered` by the set of headers (`headers_key`)."""

    told: Fields = field(default_factory=dict)
    remembered: Mapping[str, Fields] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """The header of a table.

    `number` is its row, counted from 1, `columns` the column of each field. `is_remembered` tells whether
    the columns are as somebody said for an earlier file, `is_said` whether anybody said anything of them.
    """

    number: int
    headers: tuple[str, ...]
    columns: Mapping[str, int]
    is_remembered: bool = False
    is_said: bool = False

    @property
    def key(self) -> str:
        """Return the digest of the set of headers."""
        return headers_key(self.headers)

    @property
    def ignored(self) -> tuple[str, ...]:
        """Return the headers of columns that are not read."""
        used = set(self.columns.values())
        return tuple(text for column, text in enumerate(self.headers) if text and column not in used)

    @property
    def fields(self) -> Fields:
        """Return the field of each header that means something."""
        return {self.headers[column]: name for name, column in self.columns.items()}

    def fits(self, layouts: Sequence[frozenset[str]]) -> bool:
        """Return whether the columns make a table of items."""
        allowed = SAID_LAYOUTS if self.is_said else layouts
        return any(needed <= self.columns.keys() for needed in allowed)


def headers_key(headers: Sequence[str]) -> str:
    """Return a digest that two tables share exactly if they have the same headers, in whatever order."""
    texts = sorted({text for text in headers if text})
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()


def told(pairs: Sequence[str]) -> Fields:
    """Return the fields by header that pairs like "题干=Question" say.

    Raises:
        ValueError: with a sentence, if a pair is none or names no field of ours.
    """
    found = {}
    for pair in pairs:
        ours, _, header = pair.partition("=")
        name = header_field(ours)
        if not header.strip() or name is None or name in OUR_OWN:
            raise ValueError(said("“%(pair)s”应为“我们的列=文件中的表头”，如 题干=Question", pair=pair))
        found[header.strip()] = name
    return found


def missing(fields: Sequence[str]) -> list[Words]:
    """Return what is wrong with a choice of fields, a sentence each: what lacks, what stands twice."""
    found = [
        said("没有指明哪一列是“%(name)s”", name=LABELS[name])
        for name in ("stem", "answer")
        if name not in fields
    ]
    has_options = "options" in fields or {"A", "B"} <= set(fields)
    if "type" not in fields and not has_options:
        found.append(said("没有题型一列时，须指明选项：一列“选项”，或分列的选项 A、B"))
    twice = [name for name in dict.fromkeys(fields) if name and list(fields).count(name) > 1]
    return found + [said("“%(name)s”指明了不止一列", name=LABELS[name]) for name in twice]


def choose(rows: Sequence[Sequence[Any]], maps: ColumnMaps, layouts: Sequence[frozenset[str]]) -> Head | None:
    """Return the header of a table, or None if no row is one."""
    for number, cells in enumerate(rows[:HEADER_WITHIN], start=1):
        head = _read_head(number, cells, maps)
        if head.fits(layouts):
            return head
    return None


def guess(rows: Sequence[Sequence[Any]], maps: ColumnMaps) -> Head | None:
    """Return the row that is most likely the header, though it may lack columns; None if nothing is there."""
    heads = [_read_head(number, cells, maps) for number, cells in enumerate(rows[:HEADER_WITHIN], start=1)]
    filled = [head for head in heads if sum(map(bool, head.headers)) >= FEWEST]
    # One known name may be chance: an answer "B" is also the name of a column.
    return max(filled, key=lambda head: len(head.columns) // 2, default=None)


def _read_head(number: int, cells: Sequence[Any], maps: ColumnMaps) -> Head:
    """Return a row as a header: as remembered of these headers, else as told, else by their names."""
    headers = tuple(cell_text(value) for value in cells)
    known = None if maps.told else maps.remembered.get(headers_key(headers))
    columns: dict[str, int] = {}
    for column, text in enumerate(headers):
        if known is not None:
            own = header_field(text)
            name = known.get(text) or (own if own in OUR_OWN else None)
        else:
            name = maps.told.get(text) or _by_name(text, maps)
        if name and name not in columns:
            columns[name] = column
    is_told = any(text in maps.told for text in headers)
    return Head(number, headers, columns, known is not None, is_told or known is not None)


def _by_name(text: str, maps: ColumnMaps) -> str | None:
    """Return the field that a header names, unless another column was said to be it."""
    name = header_field(text)
    return None if name in maps.told.values() else name
