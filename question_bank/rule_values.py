"""Values of the variables that response rules compute with.

Public: `Bag`, `Single`, `Value`, `RuleError`, `members`, `parsed`, `number`, `as_number`, `is_same`.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from question_bank.words import Words, said

NUMERIC = ("float", "integer")
_LARGEST = Decimal("1e12")


class RuleError(ValueError):
    """A rule cannot be carried out; the message (Chinese) says why."""

    def __init__(self, message: Words) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Bag:
    """A container: `multiple` (order does not count) or `ordered`."""

    values: tuple["Single", ...]
    ordered: bool = False


Single = str | bool | Decimal
Value = Single | Bag | None
"""None is QTI's NULL: no answer, or a variable without value."""


def members(value: Value) -> tuple[Single, ...]:
    """Return the values in a container; a single value as if it were in one, none for NULL."""
    return value.values if isinstance(value, Bag) else () if value is None else (value,)


def parsed(text: str, base_type: str) -> Single:
    """Return a value as its base type says; the two of a `pair` in one order.

    Raises:
        RuleError: if it is no value of this type.
    """
    if base_type in NUMERIC:
        return number(text)
    if base_type == "boolean":
        return text.strip() in ("true", "1")
    if base_type in ("pair", "directedPair", "point"):
        words = text.split()
        return " ".join(sorted(words) if base_type == "pair" else words)
    return text.strip()


def number(text: str) -> Decimal:
    """Return a finite number.

    Raises:
        RuleError: if it is none.
    """
    try:
        found = Decimal(text.strip())
    except InvalidOperation as error:
        raise RuleError(said("“%(text)s”不是数字", text=text.strip()[:40])) from error
    if not found.is_finite() or abs(found) > _LARGEST:
        raise RuleError(said("“%(text)s”不是数字", text=text.strip()[:40]))
    return found


def as_number(value: Value) -> Decimal | None:
    """Return a number; files use a container of one as a number, and text that is one."""
    found = members(value)
    if len(found) != 1 or isinstance(found[0], bool):
        return None
    return found[0] if isinstance(found[0], Decimal) else number(found[0])


def is_same(one: Value, other: Value) -> bool | None:
    """Return whether two values are the same, the order in ordered containers included; NULL for NULL."""
    if one is None or other is None:
        return None
    left, right = members(one), members(other)
    ordered = any(isinstance(value, Bag) and value.ordered for value in (one, other))
    return left == right if ordered else sorted(map(_sortable, left)) == sorted(map(_sortable, right))


def _sortable(value: Single) -> tuple[str, str]:
    return type(value).__name__, str(value.normalize() if isinstance(value, Decimal) else value)
