"""The words every part of the item bank shares: kinds, part types, tiers, and the shape of a complaint."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from question_bank.words import clauses, said


class PartType(StrEnum):
    """How one part is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    FILL_IN = "fill_in"
    ESSAY = "essay"
    INLINE_CHOICE = "inline_choice"
    MATCH = "match"
    ORDER = "order"
    HOTTEXT = "hottext"
    GAP_MATCH = "gap_match"
    HOTSPOT = "hotspot"
    SLIDER = "slider"
    UPLOAD = "upload"

    @property
    def label(self) -> str:
        """Return the Chinese name candidates and item writers know."""
        return LABELS[self.value]


class ItemKind(StrEnum):
    """What an item is as a whole: one part of some type, or a case with several parts."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    FILL_IN = "fill_in"
    ESSAY = "essay"
    INLINE_CHOICE = "inline_choice"
    MATCH = "match"
    ORDER = "order"
    HOTTEXT = "hottext"
    GAP_MATCH = "gap_match"
    HOTSPOT = "hotspot"
    SLIDER = "slider"
    UPLOAD = "upload"
    CASE = "case"

    @property
    def label(self) -> str:
        """Return the Chinese name candidates and item writers know."""
        return LABELS[self.value]


PLAIN_TYPES = frozenset(
    {PartType.SINGLE, PartType.MULTIPLE, PartType.TRUE_FALSE, PartType.FILL_IN, PartType.ESSAY}
)
"""The types that spreadsheets, documents and the formats of other systems can write."""
BLANK_TYPES = frozenset({PartType.FILL_IN, PartType.INLINE_CHOICE, PartType.GAP_MATCH})
"""The types whose stem has blanks."""
MARKED_TYPES = frozenset({PartType.ESSAY, PartType.UPLOAD})
"""The types that people mark."""


class Tier(StrEnum):
    """The two tiers of the qualification examination, 初级 and 中级."""

    PRIMARY = "primary"
    INTERMEDIATE = "intermediate"

    @property
    def label(self) -> str:
        """Return the Chinese name."""
        return LABELS[self.value]


LABELS = {
    "single": said("单选题"),
    "multiple": said("多选题"),
    "true_false": said("判断题"),
    "fill_in": said("填空题"),
    "essay": said("论述题"),
    "inline_choice": said("选择填空题"),
    "match": said("连线题"),
    "order": said("排序题"),
    "hottext": said("选句题"),
    "gap_match": said("拖词填空题"),
    "hotspot": said("图上选区题"),
    "slider": said("数值题"),
    "upload": said("上传题"),
    "case": said("案例分析题"),
    "primary": said("初级"),
    "intermediate": said("中级"),
}


# NUL cannot be stored by PostgreSQL, a lone surrogate by nothing that writes UTF-8.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(data: object) -> bool:
    """Return whether every text in a JSON value can be kept by both databases."""
    if isinstance(data, str):
        return not UNSTORABLE.search(data)
    if isinstance(data, Mapping):
        return all(is_storable(part) for pair in data.items() for part in pair)
    return all(is_storable(part) for part in data) if isinstance(data, list | tuple) else True


def number_json(value: Decimal) -> int | float:
    """Return a score as JSON writes it: 2, not 2.0; 0.5 as it is."""
    return int(value) if value == value.to_integral_value() else float(value)


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint: `where` it is (item, part, sheet and row), which `field`, and what is wrong."""

    where: str
    field: str
    message: str

    def __str__(self) -> str:
        return str(self.sentence())

    def sentence(self) -> str:
        """Return the complaint as one sentence."""
        return said(
            "%(where)s「%(field)s」：%(message)s", where=self.where, field=self.field, message=self.message
        )


class ProblemsError(ValueError):
    """Something was refused; `problems` says everything that is wrong with it, not just the first thing."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(clauses(problem.sentence() for problem in self.problems))


class ItemError(ProblemsError):
    """An item breaks the rules of `item_check`."""
