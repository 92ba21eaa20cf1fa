"""The operators of response rules, by their names in QTI 2.

Public: `OPERATORS`, `Attributes`.

NULL in, NULL out, but where QTI says otherwise; a condition that is NULL is not met.
"""

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from question_bank.rule_values import Bag, RuleError, Value, as_number, is_same, members, number
from question_bank.words import said

Attributes = Mapping[str, str]
_Operator = Callable[[Attributes, list[Value]], Value]
_MAX_FIGURES = 20


def _all(values: list[Value]) -> Value:
    return False if False in values else None if None in values else True


def _any(values: list[Value]) -> Value:
    return True if True in values else None if None in values else False


def _numbers(values: list[Value]) -> list[Decimal] | None:
    found = [as_number(member) for value in values for member in members(value) or (None,)]
    return None if None in found else [one for one in found if one is not None]


def _sum(_: Attributes, values: list[Value]) -> Value:
    numbers = _numbers(values)
    return None if numbers is None else sum(numbers, Decimal(0))


def _product(_: Attributes, values: list[Value]) -> Value:
    numbers = _numbers(values)
    return None if numbers is None else math.prod(numbers, start=Decimal(1))


def _pair(compare: Callable[[Decimal, Decimal], Value]) -> _Operator:
    def operator(_: Attributes, values: list[Value]) -> Value:
        numbers = _numbers(values)
        if numbers is None:
            return None
        if len(numbers) != 2:
            raise RuleError(said("评分规则比较的不是两个数"))
        return compare(*numbers)

    return operator


def _equal(attributes: Attributes, values: list[Value]) -> Value:
    """Return whether two numbers are equal, within the tolerance that is stated for the first of them."""
    mode = attributes.get("toleranceMode", "exact")
    below, _, above = attributes.get("tolerance", "").strip().partition(" ")
    if mode == "exact":
        return _pair(lambda one, other: one == other)(attributes, values)
    if mode not in ("absolute", "relative") or not below:
        raise RuleError(said("评分规则的误差写得不完整"))
    lower, upper = number(below), number(above or below)

    def is_near(one: Decimal, other: Decimal) -> bool:
        low, high = (one - lower, one + upper)
        if mode == "relative":
            low, high = one * (1 - lower / 100), one * (1 + upper / 100)
        includes_low = attributes.get("includeLowerBound", "true") != "false"
        includes_high = attributes.get("includeUpperBound", "true") != "false"
        return (low <= other if includes_low else low < other) and (
            other <= high if includes_high else other < high
        )

    return _pair(is_near)(attributes, values)


def _equal_rounded(attributes: Attributes, values: list[Value]) -> Value:
    return _pair(lambda one, other: _rounded(attributes, one) == _rounded(attributes, other))(
        attributes, values
    )


def _round_to(attributes: Attributes, values: list[Value]) -> Value:
    numbers = _numbers(values)
    return _rounded(attributes, numbers[0]) if numbers else None


def _rounded(attributes: Attributes, one: Decimal) -> Decimal:
    figures = attributes.get("figures", "").strip()
    if not figures.isdecimal() or int(figures) > _MAX_FIGURES:
        raise RuleError(said("评分规则没有写明四舍五入到几位"))
    by_places = attributes.get("roundingMode", "significantFigures") == "decimalPlaces"
    places = int(figures) if by_places else int(figures) - 1 - (one.adjusted() if one else 0)
    return one.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _index(attributes: Attributes, values: list[Value]) -> Value:
    """Return the value at a place, counted from 1, of an ordered container; NULL past its end."""
    place = attributes.get("n", "").strip()
    if not place.isdecimal() or int(place) < 1:
        raise RuleError(said("评分规则没有写明取第几个值"))
    found = members(values[0])
    return found[int(place) - 1] if int(place) <= len(found) else None


def _absolute(attributes: Attributes, values: list[Value]) -> Value:
    name = attributes.get("name", "")
    if name != "abs":
        raise RuleError(said("评分规则用了本系统不认识的 %(name)s", name=name[:60]))
    numbers = _numbers(values)
    return abs(numbers[0]) if numbers else None


def _bag(ordered: bool) -> _Operator:
    def operator(_: Attributes, values: list[Value]) -> Value:
        found = tuple(member for value in values for member in members(value))
        return Bag(found, ordered) if found else None

    return operator


def _member(_: Attributes, values: list[Value]) -> Value:
    if len(values) != 2 or None in values:
        return None
    return bool(members(values[0])) and members(values[0])[0] in members(values[1])


def _contains(_: Attributes, values: list[Value]) -> Value:
    if len(values) != 2 or None in values:
        return None
    whole, part = members(values[0]), members(values[1])
    if isinstance(values[0], Bag) and values[0].ordered:
        return any(whole[at : at + len(part)] == part for at in range(len(whole)))
    return all(whole.count(one) >= part.count(one) for one in part)


def _text_test(part_in_whole: bool) -> _Operator:
    def operator(attributes: Attributes, values: list[Value]) -> Value:
        if len(values) != 2 or None in values:
            return None
        one, other = (str(members(value)[0]) for value in values)
        if attributes.get("caseSensitive", "true") == "false":
            one, other = one.casefold(), other.casefold()
        if part_in_whole:
            return one in other
        return other in one if attributes.get("substring") == "true" else one == other

    return operator


OPERATORS: Mapping[str, _Operator] = {
    "and": lambda _, values: _all(values),
    "or": lambda _, values: _any(values),
    "not": lambda _, values: not values[0] if isinstance(values[0], bool) else None,
    "isNull": lambda _, values: values[0] is None or values[0] == "",
    "null": lambda _, values: None,
    "match": lambda _, values: is_same(*values) if len(values) == 2 else None,
    "equal": _equal,
    "equalRounded": _equal_rounded,
    "roundTo": _round_to,
    "index": _index,
    "sum": _sum,
    "product": _product,
    "subtract": _pair(lambda one, other: one - other),
    "divide": _pair(lambda one, other: one / other if other else None),
    "mathOperator": _absolute,
    "gt": _pair(lambda one, other: one > other),
    "gte": _pair(lambda one, other: one >= other),
    "lt": _pair(lambda one, other: one < other),
    "lte": _pair(lambda one, other: one <= other),
    "multiple": _bag(ordered=False),
    "ordered": _bag(ordered=True),
    "member": _member,
    "contains": _contains,
    "containerSize": lambda _, values: Decimal(len(members(values[0]))),
    "stringMatch": _text_test(part_in_whole=False),
    "substring": _text_test(part_in_whole=True),
}
