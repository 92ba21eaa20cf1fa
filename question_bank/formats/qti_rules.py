"""What an item's own rules (responseProcessing) give for a response.

Public: `Rules`.

The key of an item is what its rules score in full, however they are written; so they are carried out, as far
as they use the elements below. Nothing in them is fetched, random, or runs longer than `MAX_STEPS`.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal

from lxml import etree

from question_bank.formats.qti_values import (
    Bag,
    Outcome,
    QtiRefused,
    Response,
    Single,
    Value,
    members,
    number,
    parsed,
)
from question_bank.words import said

MAX_STEPS = 200_000
"""Elements that may be carried out for one item, all its trial responses together."""
MATCH = frozenset({"match_correct", "CC2_match"})
MAP = frozenset({"map_response", "CC2_map_response"})
SCORE, RESPONSE = "SCORE", "RESPONSE"
_QUERY = re.compile(r"[?#]")
INEXACT = frozenset(
    {"gt", "gte", "lt", "lte", "equalRounded", "substring", "patternMatch", "inside", "containerSize"}
)
"""Answers that pass these are a range or a pattern, not a list of spellings."""


class _Exit(Exception):
    """The rules say that nothing further is to be done."""


class Rules:
    """Carries out an item's rules."""

    def __init__(
        self, item: etree._Element, responses: Mapping[str, Response], outcomes: Mapping[str, Outcome]
    ) -> None:
        self.element = item.find("responseProcessing")
        self.template = _template(self.element)
        self.responses = responses
        self.declared = outcomes
        self.steps = 0
        self.given: Mapping[str, Value] = {}
        self.outcomes: dict[str, Value] = {}

    @property
    def are_there(self) -> bool:
        """Return whether the item says how it is scored, by a template that fits its names or by rules."""
        if self.element is None:
            return False
        if len(self.element):
            return True
        return bool(self.template) and RESPONSE in self.responses

    def uses_inexact(self, response: str) -> bool:
        """Return whether a rule tests this response by range, pattern or tolerance."""
        if self.element is None:
            return False
        for element in self.element.iter(etree.Element):
            loose = element.tag in INEXACT or (
                element.tag == "equal" and element.get("toleranceMode", "exact") != "exact"
            )
            loose = loose or (element.tag == "stringMatch" and element.get("substring") == "true")
            if loose and any(v.get("identifier") == response for v in element.iter("variable")):
                return True
        return False

    def run(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Return all outcomes for responses, by identifier.

        Raises:
            QtiRefused: if a rule is none of those known here, or they take too long.
        """
        self.given = given
        self.outcomes = {name: outcome.default for name, outcome in self.declared.items()}
        if self.element is not None and len(self.element):
            try:
                with suppress(_Exit):
                    self._do(self.element)
            except ArithmeticError as error:
                raise QtiRefused(said("评分规则"), said("评分规则算出的数过大")) from error
        elif self.template in MATCH:
            right = _is_same(given.get(RESPONSE), self.responses[RESPONSE].correct)
            self.outcomes[SCORE] = Decimal(1 if right else 0)
        elif self.template in MAP:
            self.outcomes[SCORE] = self._mapped(RESPONSE)
        else:
            raise _unknown(self.template or "responseProcessing")
        return self.outcomes

    def score(self, given: Mapping[str, Value]) -> Decimal:
        """Return the SCORE for responses; nothing set counts as 0."""
        found = self.run(given).get(SCORE)
        return _as_number(found) or Decimal(0)

    def _do(self, rules: Sequence[etree._Element] | etree._Element) -> None:
        for rule in rules:
            self._count()
            if rule.tag == "responseCondition":
                self._branch(rule)
            elif rule.tag == "setOutcomeValue":
                self.outcomes[rule.get("identifier", "")] = self._value(_only(rule))
            elif rule.tag == "responseProcessingFragment":
                self._do(rule)
            elif rule.tag == "exitResponse":
                raise _Exit
            else:
                raise _unknown(str(rule.tag))

    def _branch(self, condition: etree._Element) -> None:
        for branch in condition:
            if branch.tag == "responseElse":
                self._do(branch)
                return
            if branch.tag not in ("responseIf", "responseElseIf") or not len(branch):
                raise _unknown(str(branch.tag))
            if self._value(branch[0]) is True:
                self._do(branch[1:])
                return

    def _count(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise QtiRefused(said("评分规则"), said("评分规则过于复杂"))

    def _value(self, expression: etree._Element) -> Value:
        self._count()
        name, identifier = str(expression.tag), expression.get("identifier", "")
        if name == "baseValue":
            return parsed(expression.text or "", expression.get("baseType", ""))
        if name == "variable":
            return (
                self.given.get(identifier) if identifier in self.responses else self.outcomes.get(identifier)
            )
        if name == "correct":
            return self.responses[identifier].correct if identifier in self.responses else None
        if name == "default":
            return self.declared[identifier].default if identifier in self.declared else None
        if name == "mapResponse":
            return self._mapped(identifier)
        operator = _OPERATORS.get(name)
        if operator is None:
            raise _unknown(name)
        values = [self._value(child) for child in expression]
        if not values and name not in ("null", "multiple", "ordered"):
            raise _unknown(name)
        return operator(expression, values)

    def _mapped(self, identifier: str) -> Decimal:
        response = self.responses.get(identifier)
        if response is None or response.mapping is None:
            raise QtiRefused(said("评分规则"), said("按映射计分，而作答没有映射表"))
        return response.mapping.points(self.given.get(identifier))


def _template(element: etree._Element | None) -> str:
    """Return the last part of the template's address, without `.xml`; empty without a template."""
    address = "" if element is None else element.get("template", "").strip()
    return _QUERY.split(address)[0].rstrip("/").rpartition("/")[2].removesuffix(".xml")


def _unknown(name: str) -> QtiRefused:
    return QtiRefused(said("评分规则"), said("评分规则用了本系统不认识的 %(name)s", name=name[:60]))


def _only(rule: etree._Element) -> etree._Element:
    if len(rule) != 1:
        raise _unknown(str(rule.tag))
    return rule[0]


def _as_number(value: Value) -> Decimal | None:
    """Return a number; files use a container of one as a number, and text that is one."""
    found = members(value)
    if len(found) != 1 or isinstance(found[0], bool):
        return None
    return found[0] if isinstance(found[0], Decimal) else number(found[0])


def _is_same(one: Value, other: Value) -> bool | None:
    if one is None or other is None:
        return None
    left, right = members(one), members(other)
    ordered = any(isinstance(value, Bag) and value.ordered for value in (one, other))
    return left == right if ordered else sorted(map(_sortable, left)) == sorted(map(_sortable, right))


def _sortable(value: Single) -> tuple[str, str]:
    return type(value).__name__, str(value.normalize() if isinstance(value, Decimal) else value)


def _all(values: list[Value]) -> Value:
    return False if False in values else None if None in values else True


def _any(values: list[Value]) -> Value:
    return True if True in values else None if None in values else False


def _numbers(values: list[Value]) -> list[Decimal] | None:
    found = [_as_number(member) for value in values for member in members(value) or (None,)]
    return None if None in found else [one for one in found if one is not None]


def _sum(_: etree._Element, values: list[Value]) -> Value:
    numbers = _numbers(values)
    return None if numbers is None else sum(numbers, Decimal(0))


def _product(_: etree._Element, values: list[Value]) -> Value:
    numbers = _numbers(values)
    return None if numbers is None else math.prod(numbers, start=Decimal(1))


def _pair(compare: Callable[[Decimal, Decimal], Value]) -> "_Operator":
    def operator(expression: etree._Element, values: list[Value]) -> Value:
        numbers = _numbers(values)
        if numbers is None:
            return None
        if len(numbers) != 2:
            raise _unknown(str(expression.tag))
        return compare(*numbers)

    return operator


def _equal(expression: etree._Element, values: list[Value]) -> Value:
    # With a tolerance the item is refused before (`uses_inexact`), unless it compares outcomes only.
    if expression.get("toleranceMode", "exact") != "exact":
        raise _unknown("equal toleranceMode")
    return _pair(lambda one, other: one == other)(expression, values)


def _bag(ordered: bool) -> "_Operator":
    def operator(_: etree._Element, values: list[Value]) -> Value:
        found = tuple(member for value in values for member in members(value))
        return Bag(found, ordered) if found else None

    return operator


def _member(_: etree._Element, values: list[Value]) -> Value:
    if len(values) != 2 or None in values:
        return None
    return bool(members(values[0])) and members(values[0])[0] in members(values[1])


def _contains(_: etree._Element, values: list[Value]) -> Value:
    if len(values) != 2 or None in values:
        return None
    whole = list(members(values[0]))
    return all(whole.count(member) >= members(values[1]).count(member) for member in members(values[1]))


def _string_match(expression: etree._Element, values: list[Value]) -> Value:
    if len(values) != 2 or None in values:
        return None
    one, other = (str(members(value)[0]) for value in values)
    if expression.get("caseSensitive", "true") == "false":
        one, other = one.casefold(), other.casefold()
    return other in one if expression.get("substring") == "true" else one == other


def _substring(expression: etree._Element, values: list[Value]) -> Value:
    if len(values) != 2 or None in values:
        return None
    part, whole = (str(members(value)[0]) for value in values)
    if expression.get("caseSensitive", "true") == "false":
        part, whole = part.casefold(), whole.casefold()
    return part in whole


_Operator = Callable[[etree._Element, list[Value]], Value]
_OPERATORS: dict[str, _Operator] = {
    "and": lambda _, values: _all(values),
    "or": lambda _, values: _any(values),
    "not": lambda _, values: not values[0] if isinstance(values[0], bool) else None,
    "isNull": lambda _, values: values[0] is None or values[0] == "",
    "null": lambda _, values: None,
    "match": lambda _, values: _is_same(*values) if len(values) == 2 else None,
    "equal": _equal,
    "sum": _sum,
    "product": _product,
    "subtract": _pair(lambda one, other: one - other),
    "gt": _pair(lambda one, other: one > other),
    "gte": _pair(lambda one, other: one >= other),
    "lt": _pair(lambda one, other: one < other),
    "lte": _pair(lambda one, other: one <= other),
    "multiple": _bag(ordered=False),
    "ordered": _bag(ordered=True),
    "member": _member,
    "contains": _contains,
    "containerSize": lambda _, values: Decimal(len(members(values[0]))),
    "stringMatch": _string_match,
    "substring": _substring,
}
