"""Scoring of one response to one part, and the shape a response must have.

Public: `score_response`, `check_value`, `normalise`, `Score`, `MultiplePolicy`, `ValueShapeError`.

Values are those of the delivery API, with canonical option ids: single "b"; multiple ["a", "c"];
true/false True; fill-in ["…", "…"]; essay "…"; None is no answer.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from question_bank.item import Part, PartType
from question_bank.terms import UNSTORABLE
from question_bank.words import said

MAX_ESSAY = 20_000
MAX_BLANK = 500
CENT = Decimal("0.01")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_BLANK_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}]) | (?=[{_HAN}])")


class MultiplePolicy(StrEnum):
    """How a multiple-choice response (多选) earns points."""

    ALL_OR_NOTHING = "all_or_nothing"
    """Full points for exactly the key, else none (多选、少选、错选均不得分)."""
    PARTIAL_HALF = "partial_half"
    """Half the points for a non-empty proper subset of the key without a wrong choice (少选得一半分)."""


class ValueShapeError(ValueError):
    """A value does not have the shape its part type needs; the message (Chinese) says how."""


@dataclass(frozen=True, slots=True)
class Score:
    """`points` of `maximum`, to a hundredth; with `needs_marking` people decide and `points` are 0 so far."""

    points: Decimal
    maximum: Decimal
    needs_marking: bool = False


def score_response(
    part: Part,
    value: object,
    *,
    policy: MultiplePolicy = MultiplePolicy.ALL_OR_NOTHING,
    maximum: Decimal | None = None,
) -> Score:
    """Score a response given in canonical option ids.

    Args:
        part: the part answered.
        value: the response; None or an empty essay earns 0 without marking.
        policy: rule for multiple choice.
        maximum: full score on this form; the part's own points by default.

    Raises:
        ValueShapeError: if `value` has the wrong shape; nothing is scored by guessing.

    Error:
        Shares of a fill-in are rounded half up to 0.01; all blanks right is exactly the maximum.
    """
    full = part.points if maximum is None else maximum
    check_value(part.type, value, part.option_ids, part.blanks)
    if value is None:
        return Score(Decimal(0), full)
    if part.type is PartType.ESSAY:
        return Score(Decimal(0), full, needs_marking=bool(str(value).strip()))
    if part.type is PartType.FILL_IN:
        return Score(_fill_in_points(part, value, full), full)
    if part.type is PartType.MULTIPLE:
        return Score(_multiple_points(part, value, full, policy), full)
    return Score(full if value == part.key else Decimal(0), full)


def _multiple_points(part: Part, value: object, full: Decimal, policy: MultiplePolicy) -> Decimal:
    assert isinstance(value, list | tuple)
    assert isinstance(part.key, tuple)
    chosen, right = set(value), set(part.key)
    if chosen == right:
        return full
    if policy is MultiplePolicy.PARTIAL_HALF and chosen < right:
        return (full / 2).quantize(CENT, ROUND_HALF_UP)
    return Decimal(0)


def _fill_in_points(part: Part, value: object, full: Decimal) -> Decimal:
    assert isinstance(value, list | tuple)
    assert isinstance(part.key, tuple)
    right = sum(
        normalise(given) in {normalise(spelling) for spelling in accepted}
        for given, accepted in zip(value, part.key, strict=True)
    )
    return full if right == len(value) else (full * right / len(value)).quantize(CENT, ROUND_HALF_UP)


def normalise(text: str) -> str:
    """Return a fill-in answer as it is compared.

    Full width becomes half width (NFKC), case does not count, invisible characters vanish, blanks are
    trimmed and collapsed, and dropped beside a Chinese character ("10 日" is "10日"). Chinese digits
    stay: whether "5年" is as good as "五年" is for the item's list of accepted spellings to say.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    visible = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    return _BLANK_BESIDE_HAN.sub("", " ".join(visible.split()))


def check_value(part_type: PartType, value: object, option_ids: Collection[str], blanks: int) -> None:
    """Accept a value of the right shape, or None, which clears the answer.

    Args:
        option_ids: the ids the candidate saw (or the canonical ones: the same rule serves both).
        blanks: number of blanks of a fill-in.

    Raises:
        ValueShapeError: if it has another shape, names an unknown option, or is too long.
    """
    if value is None:
        return
    if part_type is PartType.SINGLE:
        _need(isinstance(value, str) and value in option_ids, said("单选题的作答应为本题的一个选项"))
    elif part_type is PartType.MULTIPLE:
        _check_multiple(value, option_ids)
    elif part_type is PartType.TRUE_FALSE:
        _need(isinstance(value, bool), said("判断题的作答应为 true 或 false"))
    elif part_type is PartType.FILL_IN:
        _check_fill_in(value, blanks)
    else:
        _check_text(value, MAX_ESSAY)


def _check_multiple(value: object, option_ids: Collection[str]) -> None:
    message = said("多选题的作答应为本题选项的非空列表，不得重复")
    _need(isinstance(value, list | tuple) and bool(value), message)
    assert isinstance(value, list | tuple)
    _need(all(isinstance(chosen, str) and chosen in option_ids for chosen in value), message)
    _need(len(set(value)) == len(value), message)


def _check_fill_in(value: object, blanks: int) -> None:
    fits = isinstance(value, list | tuple) and len(value) == blanks
    _need(fits, said("填空题的作答应为 %(blanks)s 个空的文字列表", blanks=blanks))
    assert isinstance(value, list | tuple)
    for text in value:
        _check_text(text, MAX_BLANK)


def _check_text(value: object, limit: int) -> None:
    _need(isinstance(value, str), said("作答应为文字"))
    assert isinstance(value, str)
    _need(len(value) <= limit, said("作答超过 %(limit)s 个字符", limit=limit))
    _need(not UNSTORABLE.search(value), said("作答含有不能保存的字符"))


def _need(condition: bool, message: str) -> None:
    if not condition:
        raise ValueShapeError(message)
