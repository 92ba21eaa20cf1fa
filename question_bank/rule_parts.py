"""Whether the rules of an item with several questions add up scores of each, shown by their structure.

Public: `adds_up`, `needed_for_score`.

For every outcome we keep of which questions it depends, and whether it is a sum of terms that each depend on
one of them. Rules under a condition on one question may add to such a sum what depends on that same question;
whatever else mixes two questions couples them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from question_bank.response_rules import SCORE, Tree
from question_bank.rule_values import NUMERIC, parsed

_Parts = frozenset[int]
_NONE: _Parts = frozenset()


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of a value: the questions it depends on, and what it surely is."""

    parts: _Parts = _NONE
    is_sum: bool = True
    """It is a constant plus a sum of terms that each depend on one question."""
    is_solid: bool = True
    """It is not NULL; a sum with NULL in it is NULL as a whole."""


def adds_up(tree: Tree, groups: Sequence[Iterable[str]]) -> bool:
    """Return whether SCORE is surely a constant plus a sum of terms, each of one group of responses."""
    owner = {name: number for number, names in enumerate(groups) for name in names}
    reading = _Reading(owner, tree)
    reading.rules(tree["rules"], None)
    return reading.state(SCORE).is_sum and not (reading.exits and len(groups) > 1)


class _Reading:
    """Goes through rules as they would be carried out, with what is known of each outcome so far."""

    def __init__(self, owner: Mapping[str, int], tree: Tree) -> None:
        self.owner = owner
        self.states: dict[str, _State] = {
            name: _State(is_solid="default" in outcome or outcome["type"] in NUMERIC)
            for name, outcome in tree["outcomes"].items()
        }
        self.exits = False

    def state(self, name: str) -> _State:
        """Return what is known of an outcome; one that nothing declares begins as NULL."""
        return self.states.get(name, _State(is_solid=False))

    def rules(self, rules: Iterable[Sequence[Any]], under: _Parts | None) -> None:
        """Take in rules; `under` are the questions that decide whether they are done, None for always."""
        for rule in rules:
            if rule[0] == "exit":
                self.exits = True
            elif rule[0] == "set":
                self._set(rule[1], rule[2], under)
            else:
                inside = (under or _NONE).union(*(self._value(test).parts for test, _ in rule[1]))
                for inner in [*(inner for _, inner in rule[1]), rule[2]]:
                    self.rules(inner, inside)

    def _set(self, name: str, expression: Sequence[Any], under: _Parts | None) -> None:
        new, old = self._value(expression), self.state(name)
        if under is not None:
            new = self._maybe(name, expression, old, new, under)
        self.states[name] = new

    def _maybe(self, name: str, expression: Sequence[Any], old: _State, new: _State, under: _Parts) -> _State:
        """Return what is known of an outcome that a condition may have changed."""
        parts = old.parts | new.parts | under
        is_sum = len(parts) <= 1 or (not under and old.is_sum and new.is_sum)
        terms = list(_terms(expression))
        others = [self._value(term) for term in terms if term != ["variable", name]]
        if len(terms) - len(others) == 1 and len(under) <= 1:
            # Something is added to what was there.
            added = _NONE.union(*(other.parts for other in others))
            solid = old.is_solid and all(other.is_solid for other in others)
            is_sum = is_sum or (bool(under) and added <= under and old.is_sum and solid)
        return _State(parts, is_sum, old.is_solid and new.is_solid)

    def _value(self, expression: Sequence[Any]) -> _State:
        kind = expression[0]
        if kind == "variable" and expression[1] not in self.owner:
            return self.state(expression[1])
        if kind == "sum":
            terms = [self._value(term) for term in _terms(expression)]
            parts, solid = _NONE.union(*(one.parts for one in terms)), all(one.is_solid for one in terms)
            return _State(parts, len(parts) <= 1 or (solid and all(one.is_sum for one in terms)), solid)
        parts = _NONE
        for read, name in _reads(expression):
            if read in ("variable", "mapResponse", "mapResponsePoint"):
                parts |= {self.owner[name]} if name in self.owner else self.state(name).parts
        return _State(parts, len(parts) <= 1, self._is_solid(expression))

    def _is_solid(self, expression: Sequence[Any]) -> bool:
        if expression[0] == "divide" and expression[3][0] == "base":
            return bool(parsed(*expression[3][:0:-1])) and self._value(expression[2]).is_solid
        if expression[0] in ("product", "subtract", "roundTo"):
            return all(self._value(operand).is_solid for operand in expression[2:])
        return expression[0] in ("base", "mapResponse", "mapResponsePoint")


def _terms(expression: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Return what a sum adds, sums in it taken apart; of anything else itself."""
    if expression[0] != "sum":
        yield expression
        return
    for operand in expression[2:]:
        yield from _terms(operand)


def _reads(expression: Sequence[Any]) -> Iterable[tuple[str, str]]:
    if expression[0] == "base":
        return
    if len(expression) == 2 and isinstance(expression[1], str):
        yield expression[0], expression[1]
        return
    for operand in expression[2:]:
        yield from _reads(operand)


def _outcomes(rules: Iterable[Sequence[Any]]) -> Iterable[str]:
    for rule in rules:
        if rule[0] == "set":
            yield rule[1]
        elif rule[0] == "if":
            for branch in [*(rules for _, rules in rule[1]), rule[2]]:
                yield from _outcomes(branch)


def needed_for_score(tree: Tree) -> dict[str, Any]:
    """Return the tree without what SCORE does not depend on: feedback, mostly."""
    needed = {SCORE}
    while True:
        rules = _kept(tree["rules"], needed)
        more = {name for kind, name in _all_reads(rules) if kind in ("variable", "default")}
        if more <= needed:
            break
        needed |= more
    read = {name for _, name in _all_reads(rules)}
    return {
        "responses": {name: one for name, one in tree["responses"].items() if name in read},
        "outcomes": {name: one for name, one in tree["outcomes"].items() if name in needed},
        "rules": rules,
    }


def _kept(rules: Iterable[Sequence[Any]], needed: set[str]) -> list[Any]:
    found: list[Any] = []
    for rule in rules:
        if rule[0] == "if":
            branches = [[test, _kept(inner, needed)] for test, inner in rule[1]]
            otherwise = _kept(rule[2], needed)
            if otherwise or any(inner for _, inner in branches):
                found.append(["if", branches, otherwise])
        elif rule[0] == "exit" or rule[1] in needed:
            found.append(rule)
    return found


def _all_reads(rules: Iterable[Sequence[Any]]) -> Iterable[tuple[str, str]]:
    for rule in rules:
        if rule[0] == "set":
            yield from _reads(rule[2])
        elif rule[0] == "if":
            for test, inner in rule[1]:
                yield from _reads(test)
                yield from _all_reads(inner)
            yield from _all_reads(rule[2])
