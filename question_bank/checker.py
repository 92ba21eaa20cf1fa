"""How the checks of an item collect what is wrong with it.

Public: `Checker`, `is_number`, `is_count`, `MAX_TEXT`, `ID`.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from question_bank.terms import Problem
from question_bank.words import said

MAX_TEXT = 20_000
ID = re.compile(r"[a-z0-9]{1,8}")
"""What an option's id looks like."""


class Checker:
    """Collects the problems of one item, remembering where it stands."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.problems: list[Problem] = []

    def need(self, condition: bool, field: str, message: str) -> bool:
        """Record `message` unless `condition` holds; return the condition."""
        if not condition:
            self.problems.append(Problem(self.where, field, message))
        return condition

    def text(self, value: object, field: str, *, required: bool = True) -> bool:
        """Record anything that keeps `value` from being a usable text."""
        if not self.need(isinstance(value, str), field, said("应为文字")):
            return False
        assert isinstance(value, str)
        self.need(len(value) <= MAX_TEXT, field, said("超过 %(max_text)s 个字符", max_text=MAX_TEXT))
        return self.need(bool(value.strip()) or not required, field, said("不能为空"))

    def fields(
        self, data: Mapping[str, object], expected: frozenset[str], optional: frozenset[str] = frozenset()
    ) -> bool:
        """Record missing and unknown fields; return whether none is missing."""
        for name in sorted(data.keys() - expected - optional):
            self.need(False, name, said("没有这个字段"))
        missing = sorted(expected - data.keys())
        for name in missing:
            self.need(False, name, said("缺少这个字段"))
        return not missing


def is_number(value: object) -> bool:
    """Return whether `value` is a finite number; JSON's true and false are not numbers."""
    return (
        isinstance(value, int | float | Decimal)
        and not isinstance(value, bool)
        and Decimal(str(value)).is_finite()
    )


def is_count(value: object, least: int = 0, most: int = 10_000) -> bool:
    """Return whether `value` is a whole number within the limits."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
