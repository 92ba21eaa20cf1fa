"""How a response earns points: by a policy of ours, or by the table of values or areas an item brings.

Public: `MultiplePolicy`, `by_policy`, `raw_score`, `scaled`, `CENT`.

`Part.scoring` is one of
- `{"policy": name}`: a `MultiplePolicy`;
- `{"map": [[value, points]…], "default", "lower", "upper", "case", "full"}`: the sum over the distinct
  values given (option ids, "a t" for a pair, "w 2" for a word in gap 2, texts, numbers), those not in the
  table earning the default;
- `{"areas": [[shape, coords, points]…], "default", "lower", "upper", "full"}`: the sum over the areas hit,
  each once and by a point of its own; a point in none earns the default;
- `{"rule": tree, "answers": …, "full"}`: the rules of the item's source, see `rule_scoring`.
Sums lie within `lower` and `upper`; `full` is what the best response sums up to.
"""

from collections.abc import Hashable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from question_bank.areas import hits
from question_bank.item import Part, PartType
from question_bank.normal import normalise
from question_bank.rule_scoring import rule_score

CENT = Decimal("0.01")
_POSITIONAL = (PartType.ORDER, PartType.INLINE_CHOICE, PartType.GAP_MATCH)


class MultiplePolicy(StrEnum):
    """How a response that consists of several choices earns points."""

    ALL_OR_NOTHING = "all_or_nothing"
    """Full points for exactly the key, else none (多选、少选、错选均不得分)."""
    PARTIAL_HALF = "partial_half"
    """Half the points for a non-empty proper subset of the key without a wrong choice (少选得一半分)."""
    PARTIAL = "partial"
    """Points by the share of the key chosen, none after a wrong choice (少选按比例得分)."""
    MINUS_PER_WRONG = "minus_per_wrong"
    """A share for each right choice, one off for each wrong one, never below 0 (错选倒扣)."""
    PER_OPTION = "per_option"
    """Each option, blank or place judged by itself, chosen or left alone (逐项得分)."""


def scaled(full: Decimal, share: Decimal, whole: Decimal | int) -> Decimal:
    """Return `share` of `whole` as points of `full`, from 0 to `full`, rounded half up to 0.01."""
    if share >= whole:
        return full
    return (full * share / whole).quantize(CENT, ROUND_HALF_UP) if share > 0 else Decimal(0)


def by_policy(part: Part, value: object, full: Decimal, policy: MultiplePolicy) -> Decimal:
    """Return the points of a value that is of the right shape and not empty."""
    chosen, right = _choices(part, value), _choices(part, part.key)
    if chosen == right:
        return full
    hits, wrong = len(chosen & right), len(chosen - right)
    if policy is MultiplePolicy.PARTIAL_HALF and hits and not wrong:
        return scaled(full, Decimal(1), 2)
    if policy is MultiplePolicy.PARTIAL and not wrong:
        return scaled(full, Decimal(hits), len(right))
    if policy is MultiplePolicy.MINUS_PER_WRONG:
        return scaled(full, Decimal(hits - wrong), len(right))
    if policy is MultiplePolicy.PER_OPTION:
        unlike = {_judged(part, choice) for choice in chosen ^ right}
        whole = _judgements(part)
        return scaled(full, Decimal(whole - len(unlike)), whole)
    return Decimal(0)


def _choices(part: Part, value: Any) -> frozenset[Hashable]:
    """Return the single choices a value consists of; in an order and in blanks the place is part of each."""
    if part.type in _POSITIONAL:
        return frozenset(pair for pair in enumerate(value) if pair[1] is not None)
    if part.type is PartType.MATCH:
        return frozenset(tuple(pair) for pair in value)
    return frozenset(value)


def _judged(part: Part, choice: Any) -> Hashable:
    """Return what a choice is judged with: its place, its left item, or the option itself."""
    one: Hashable = choice[0] if part.type in (*_POSITIONAL, PartType.MATCH) else choice
    return one


def _judgements(part: Part) -> int:
    return part.blanks or len(part.options)


def raw_score(part: Part, value: object) -> Decimal:
    """Return what a value sums up to by the part's table, in the points of the table.

    Args:
        value: of the right shape and not empty.
    """
    scoring = part.scoring or {}
    if "rule" in scoring:
        return rule_score(part, value, scoring)
    return (
        _area_sum(scoring, value) if "areas" in scoring else _mapped_sum(scoring, given_values(part, value))
    )


def _mapped_sum(scoring: Mapping[str, Any], values: Sequence[str | Decimal]) -> Decimal:
    case = bool(scoring.get("case"))
    table = {_comparable(value, case): _decimal(points) for value, points in scoring["map"]}
    default = _decimal(scoring.get("default") or 0)
    distinct = {_comparable(value, case) for value in values}
    return _clamped(scoring, sum((table.get(value, default) for value in distinct), Decimal(0)))


def given_values(part: Part, value: Any) -> list[str | Decimal]:
    """Return the values given as a table names them."""
    if part.type is PartType.SLIDER:
        return [_decimal(value)]
    if part.type is PartType.TRUE_FALSE:
        return ["true" if value else "false"]
    if part.type is PartType.MATCH:
        return [" ".join(pair) for pair in value]
    if part.type is PartType.GAP_MATCH:
        return [f"{word} {gap}" for gap, word in enumerate(value, start=1) if word is not None]
    given = [value] if isinstance(value, str) else value
    return [one for one in given if one is not None and one.strip()]


def _comparable(value: Any, case: bool) -> str | Decimal:
    return normalise(value, keep_case=case) if isinstance(value, str) else _decimal(value)


def _area_sum(scoring: Mapping[str, Any], points: Any) -> Decimal:
    """Return the sum over the areas hit."""
    hit, missed = hits([(shape, coords) for shape, coords, _ in scoring["areas"]], points)
    earned = sum((_decimal(scoring["areas"][n][2]) for n in hit), Decimal(0))
    return _clamped(scoring, earned + missed * _decimal(scoring.get("default") or 0))


def _clamped(scoring: Mapping[str, Any], total: Decimal) -> Decimal:
    lower, upper = scoring.get("lower"), scoring.get("upper")
    if lower is not None:
        total = max(total, _decimal(lower))
    return total if upper is None else min(total, _decimal(upper))


def _decimal(number: Any) -> Decimal:
    return Decimal(str(number))
