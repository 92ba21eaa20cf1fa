"""A part's stored rule (`response_rules`) as rules of QTI, where its source's own cannot be written.

Public: `by_rule`.

That is so once the points of the part are others, another part of a case was changed, or the source is gone.
Options are still called as the rule calls them; responses and outcomes get names that no other part has.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from question_bank.formats.qti_write_draft import SCORE, Draft, added, correct, value, variable
from question_bank.formats.qti_write_tree import make
from question_bank.item import Part
from question_bank.response_rules import READS, Tree, area_points

Json = Mapping[str, Any]
Rules = Sequence[Any]
_USUAL: Mapping[str, Json] = {name: {"caseSensitive": "true"} for name in ("stringMatch", "substring")}
"""What our reader takes for said where a file does not say it, and the schemas want it said."""
_NUMBER: Json = {"cardinality": "single", "type": "float"}


def by_rule(draft: Draft, part: Part) -> list[str]:
    """Declare the responses of a part and add its rule, scaled to its points; return their identifiers."""
    assert part.scoring is not None
    tree, of = part.scoring["rule"], part.scoring["answers"]["of"]
    names = {one: draft.declare(*_kind(tree["responses"][one]), *_told(tree["responses"][one])) for one in of}
    undeclared = dict.fromkeys([SCORE, *_set_by(tree["rules"])], _NUMBER)
    outcomes = {**undeclared, **tree["outcomes"]}
    variables = {name: draft.variable(*_kind(one), *_default(one)) for name, one in outcomes.items()}
    draft.rules += _Writer(tree, names, variables).rules(_without_exit(tree["rules"]))
    raw, full = variable(variables[SCORE]), value(part.scoring["full"])
    share = make("divide", make("product", raw, value(part.points)), full)
    rounded = make("roundTo", share, roundingMode="decimalPlaces", figures="2")
    whole = make("gte", variable(variables[SCORE]), value(part.scoring["full"]))
    some = make("gt", variable(variables[SCORE]), value(0))
    branches = [
        make("responseIf", whole, added(SCORE, value(part.points))),
        make("responseElseIf", some, added(SCORE, rounded)),
    ]
    draft.rules.append(make("responseCondition", *branches))
    return [*names.values()]


def _kind(declared: Json) -> tuple[str, str]:
    return declared["cardinality"], declared["type"] or "string"


def _told(declared: Json) -> list[etree._Element]:
    """Return what a response declares: the right answer, and its tables of points."""
    found = correct(*declared.get("correct", ()))
    if "map" in declared:
        rows = [
            make("mapEntry", mapKey=key, mappedValue=str(points), caseSensitive=str(exact).lower())
            for key, points, exact in declared["map"]["rows"]
        ]
        found.append(make("mapping", *rows, **_limits(declared["map"])))
    if "areas" in declared:
        rows = [
            make("areaMapEntry", shape=shape, coords=",".join(map(str, coords)), mappedValue=str(points))
            for shape, coords, points in declared["areas"]["rows"]
        ]
        found.append(make("areaMapping", *rows, **_limits(declared["areas"])))
    return found


def _limits(table: Json) -> dict[str, str]:
    names = {"default": "defaultValue", "lower": "lowerBound", "upper": "upperBound"}
    return {called: str(table[name]) for name, called in names.items() if table.get(name) is not None}


def _default(declared: Json) -> list[etree._Element]:
    texts = declared.get("default", ())
    return [make("defaultValue", *(make("value", text) for text in texts))] if texts else []


def _without_exit(rules: Rules) -> list[Any]:
    """Return rules that do the same and never leave: ours are still to be carried out after them."""
    for at, rule in enumerate(rules):
        rest = rules[at + 1 :]
        if rule[0] == "exit":
            return [*rules[:at]]
        if rule[0] == "if" and _leaves(rule):
            branches = [[test, _without_exit([*inner, *rest])] for test, inner in rule[1]]
            return [*rules[:at], ["if", branches, _without_exit([*rule[2], *rest])]]
    return [*rules]


def _leaves(rule: Rules) -> bool:
    if rule[0] != "if":
        return bool(rule[0] == "exit")
    return any(_leaves(one) for rules in [*(inner for _, inner in rule[1]), rule[2]] for one in rules)


def _set_by(rules: Rules) -> Iterator[str]:
    for rule in rules:
        if rule[0] == "set":
            yield rule[1]
        elif rule[0] == "if":
            for inner in [*(inner for _, inner in rule[1]), rule[2]]:
                yield from _set_by(inner)


class _Writer:
    """Writes rules and expressions; what other parts are asked counts as not answered."""

    def __init__(self, tree: Tree, responses: Mapping[str, str], variables: Mapping[str, str]) -> None:
        self.tree = tree
        self.responses = responses
        self.variables = variables

    def rules(self, rules: Rules) -> list[etree._Element]:
        """Return rules as elements."""
        return [self._set(*rule[1:]) if rule[0] == "set" else self._branches(*rule[1:]) for rule in rules]

    def _set(self, name: str, expression: Rules) -> etree._Element:
        return make("setOutcomeValue", self._value(expression), identifier=self.variables[name])

    def _branches(self, branches: Rules, otherwise: Rules) -> etree._Element:
        found = [
            make("responseElseIf" if n else "responseIf", self._value(test), *self.rules(rules))
            for n, (test, rules) in enumerate(branches)
        ]
        return make(
            "responseCondition",
            *found,
            *([make("responseElse", *self.rules(otherwise))] if otherwise else []),
        )

    def _value(self, expression: Rules) -> etree._Element:
        name = expression[0]
        if name == "base":
            return make("baseValue", expression[2], baseType=expression[1])
        if name in READS:
            return self._read(name, expression[1])
        return make(name, *map(self._value, expression[2:]), **{**_USUAL.get(name, {}), **expression[1]})

    def _read(self, name: str, identifier: str) -> etree._Element:
        is_default = name == "default"
        known = self.variables if is_default else self.responses
        if identifier in known:
            return make(name, identifier=known[identifier])
        if name == "variable" and identifier in self.variables:
            return variable(self.variables[identifier])
        tables = self.tree["responses"].get(identifier, {})
        table = tables.get("map" if name == "mapResponse" else "areas")
        return (
            make("null") if table is None or not name.startswith("map") else value(area_points(table, None))
        )
