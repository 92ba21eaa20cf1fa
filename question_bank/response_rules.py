"""What an item's own response rules give for responses: the rules as a JSON tree, and carrying them out.

Public: `Runner`, `score_of`, `Tree`, `SCORE`.

A tree is plain JSON, so that it can be stored and compared:
- `responses`: {id: {"cardinality", "type", "correct": [text…], "map": table, "areas": table}}, the last three
  where there are some; a table is {"rows": [[key, points, exact case]…] or [[shape, coords, points]…],
  "default", "lower", "upper"};
- `outcomes`: {id: {"cardinality", "type", "default": [text…]}};
- `rules`: [["set", outcome, expression] | ["if", [[condition, rules]…], rules otherwise] | ["exit"]…];
- an expression is ["base", type, text], [read, id] for a read of `READS`, or [operator, attributes, …] with
  the operands last.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

from question_bank.areas import hits
from question_bank.rule_operators import OPERATORS
from question_bank.rule_values import NUMERIC, Bag, RuleError, Single, Value, as_number, members, parsed
from question_bank.words import said

Tree = Mapping[str, Any]
SCORE = "SCORE"
READS = frozenset({"variable", "correct", "default", "mapResponse", "mapResponsePoint"})
MAX_STEPS = 200_000
"""Rules and expressions that one runner may carry out, all its runs together."""


class _Exit(Exception):
    """The rules say that nothing further is to be done."""


def score_of(tree: Tree, given: Mapping[str, Value]) -> Decimal:
    """Return the SCORE for responses; nothing set counts as 0.

    Raises:
        RuleError: if the rules cannot be carried out.
    """
    return Runner(tree).score(given)


class Runner:
    """Carries out one tree, as often as needed."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.steps = 0
        self.given: Mapping[str, Value] = {}
        self.outcomes: dict[str, Value] = {}
        self.tables: dict[str, _PointTable] = {}

    def run(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Return all outcomes for responses, by identifier.

        Raises:
            RuleError: if they take too long, or compute what cannot be.
        """
        self.given = given
        declared = self.tree["outcomes"].items()
        self.outcomes = {name: _start(outcome) for name, outcome in declared}
        try:
            with suppress(_Exit):
                self._do(self.tree["rules"])
        except ArithmeticError as error:
            raise RuleError(said("评分规则算出的数过大")) from error
        return self.outcomes

    def score(self, given: Mapping[str, Value]) -> Decimal:
        """Return the SCORE for responses; nothing set counts as 0."""
        return as_number(self.run(given).get(SCORE)) or Decimal(0)

    def _do(self, rules: Iterable[Sequence[Any]]) -> None:
        for rule in rules:
            self._count()
            if rule[0] == "set":
                self.outcomes[rule[1]] = self._value(rule[2])
            elif rule[0] == "if":
                self._branch(*rule[1:])
            else:
                raise _Exit

    def _branch(self, branches: Sequence[Any], otherwise: Sequence[Any]) -> None:
        for condition, rules in branches:
            if self._value(condition) is True:
                self._do(rules)
                return
        self._do(otherwise)

    def _count(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise RuleError(said("评分规则过于复杂"))

    def _value(self, expression: Sequence[Any]) -> Value:
        self._count()
        name = expression[0]
        if name == "base":
            return parsed(expression[2], expression[1])
        if name in READS:
            return self._read(name, expression[1])
        return OPERATORS[name](expression[1], [self._value(operand) for operand in expression[2:]])

    def _read(self, name: str, identifier: str) -> Value:
        response = self.tree["responses"].get(identifier)
        if name == "variable":
            return self.outcomes.get(identifier) if response is None else self.given.get(identifier)
        if name == "correct":
            return declared_value(response, "correct")
        if name == "default":
            outcome = self.tree["outcomes"].get(identifier)
            return None if outcome is None else _start(outcome)
        table = (response or {}).get("map" if name == "mapResponse" else "areas")
        if table is None:
            raise RuleError(said("按映射计分，而作答没有映射表"))
        value = self.given.get(identifier)
        if name == "mapResponsePoint":
            return area_points(table, value)
        if identifier not in self.tables:
            self.tables[identifier] = _PointTable(table, response["type"])
        return self.tables[identifier].points(value)


def declared_value(declaration: Mapping[str, Any] | None, name: str) -> Value:
    """Return the value that a declaration states as `name`, in its type and cardinality."""
    texts = (declaration or {}).get(name)
    if declaration is None or not texts:
        return None
    values = tuple(parsed(text, declaration["type"]) for text in texts)
    cardinality = declaration["cardinality"]
    return values[0] if cardinality == "single" else Bag(values, cardinality == "ordered")


def _start(outcome: Mapping[str, Any]) -> Value:
    """Return what an outcome is before the rules; a number without default is 0."""
    found = declared_value(outcome, "default")
    return Decimal(0) if found is None and outcome["type"] in NUMERIC else found


class _PointTable:
    """What each answer earns, ready to be looked up."""

    def __init__(self, table: Mapping[str, Any], base_type: str) -> None:
        self.limits = table
        self.default = _decimal(table["default"])
        self.exact: dict[Single, Decimal] = {}
        self.by_letters: dict[str, Decimal] = {}
        for key, points, is_exact in table["rows"]:
            # Of two entries with the same key the first counts.
            answer, worth = parsed(key, base_type), _decimal(points)
            self.exact.setdefault(answer, worth)
            if not is_exact:
                self.by_letters.setdefault(str(answer).casefold(), worth)

    def points(self, value: Value) -> Decimal:
        """Return what a response earns: each different answer in it counts once."""
        return _within(self.limits, sum(map(self._of, dict.fromkeys(members(value))), Decimal(0)))

    def _of(self, answer: Single) -> Decimal:
        # Files give "York" and "york" different points and say nothing of case: the exact one comes first.
        if answer in self.exact or not isinstance(answer, str):
            return self.exact.get(answer, self.default)
        return self.by_letters.get(answer.casefold(), self.default)


def area_points(table: Mapping[str, Any], value: Value) -> Decimal:
    """Return what points ("x y") earn: each area hit counts once; a point in none earns the default."""
    points = [[round(float(number)) for number in str(point).split()] for point in members(value)]
    hit, missed = hits([(shape, coords) for shape, coords, _ in table["rows"]], points)
    earned = sum((_decimal(table["rows"][n][2]) for n in hit), Decimal(0))
    return _within(table, earned + missed * _decimal(table["default"]))


def _within(table: Mapping[str, Any], total: Decimal) -> Decimal:
    lower, upper = table.get("lower"), table.get("upper")
    total = total if lower is None else max(total, _decimal(lower))
    return total if upper is None else min(total, _decimal(upper))


def _decimal(number: Any) -> Decimal:
    return Decimal(str(number))
