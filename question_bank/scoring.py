"""Scoring of one response to one part.

Public: `score_response`, `Score`, and what belongs to it: `check_value`, `ValueShapeError`, `normalise`,
`MultiplePolicy`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from question_bank.item import Part, PartType
from question_bank.normal import normalise
from question_bank.policies import MultiplePolicy, by_policy, raw_score, scaled
from question_bank.scoring_check import WITH_POLICY
from question_bank.terms import MARKED_TYPES
from question_bank.value_shapes import (
    MAX_BLANK,
    MAX_ESSAY,
    ResponseShape,
    ValueShapeError,
    check_value,
    is_empty,
)

__all__ = [
    "MAX_BLANK",
    "MAX_ESSAY",
    "MultiplePolicy",
    "ResponseShape",
    "Score",
    "ValueShapeError",
    "check_value",
    "normalise",
    "score_response",
]


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
        value: the response; None or an empty one earns 0 without marking.
        policy: rule for multiple choice, where the part has none of its own.
        maximum: full score on this form; the part's own points by default.

    Raises:
        ValueShapeError: if `value` has the wrong shape; nothing is scored by guessing.

    Error:
        Shares are rounded half up to 0.01; a response that is right in all is exactly the maximum.
    """
    full = part.points if maximum is None else maximum
    check_value(part.response_shape, value)
    if is_empty(value):
        return Score(Decimal(0), full)
    if part.type in MARKED_TYPES:
        return Score(Decimal(0), full, needs_marking=True)
    return Score(_points(part, value, full, policy), full)


def _points(part: Part, value: Any, full: Decimal, policy: MultiplePolicy) -> Decimal:
    scoring = part.scoring or {}
    if scoring and "policy" not in scoring:
        return scaled(full, raw_score(part, value), Decimal(str(scoring["full"])))
    if part.type in WITH_POLICY:
        fallback = policy if part.type is PartType.MULTIPLE else MultiplePolicy.ALL_OR_NOTHING
        return by_policy(part, value, full, MultiplePolicy(scoring.get("policy", fallback)))
    if part.type is PartType.FILL_IN:
        return _fill_in_points(part, value, full)
    if part.type is PartType.SLIDER:
        return full if Decimal(str(value)) == Decimal(str(part.key)) else Decimal(0)
    return full if value == part.key else Decimal(0)


def _fill_in_points(part: Part, value: Any, full: Decimal) -> Decimal:
    assert isinstance(part.key, tuple)
    right = sum(
        normalise(given) in {normalise(spelling) for spelling in accepted}
        for given, accepted in zip(value, part.key, strict=True)
    )
    return scaled(full, Decimal(right), len(value))
