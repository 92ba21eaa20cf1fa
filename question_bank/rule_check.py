"""What makes a stored rule well-formed, so that carrying it out cannot fail on its shape.

Public: `is_rule`, `is_answers`.
"""

from collections.abc import Mapping
from typing import Any

from question_bank.checker import is_number
from question_bank.interaction_check import is_area
from question_bank.response_rules import READS
from question_bank.rule_operators import OPERATORS
from question_bank.rule_values import parsed

MAX_NODES, MAX_DEPTH = 20_000, 60
_CARDINALITIES = frozenset({"single", "multiple", "ordered"})


def is_rule(scoring: Mapping[str, Any]) -> bool:
    """Return whether the rule of a part's scoring, and how values are told to it, are well-formed."""
    try:
        known, answers = scoring["rule"]["responses"], scoring["answers"]
        return (
            _is_tree(scoring["rule"]) and is_answers(answers) and all(one in known for one in answers["of"])
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return False


def is_answers(answers: Any) -> bool:
    """Return whether it is well-formed how values are told to rules."""
    try:
        names, of, gaps = answers.get("names", {}), answers["of"], answers.get("gaps", [])
        return (
            answers.keys() <= {"of", "names", "gaps", "most"}
            and bool(of)
            and isinstance(of, list)
            and all(isinstance(text, str) for text in [*of, *names, *names.values(), *gaps])
            and isinstance(answers.get("most", 0), int)
        )
    except (KeyError, TypeError, AttributeError):
        return False


def _is_tree(tree: Any) -> bool:
    return (
        set(tree) == {"responses", "outcomes", "rules"}
        and all(_is_declaration(one) for one in [*tree["responses"].values(), *tree["outcomes"].values()])
        and _size(tree["rules"]) <= MAX_NODES
        and all(_is_rule(rule) for rule in tree["rules"])
    )


def _size(node: Any, depth: int = 0) -> int:
    if depth > MAX_DEPTH:
        return MAX_NODES + 1
    return 1 + sum(_size(one, depth + 1) for one in node) if isinstance(node, list) else 1


def _is_declaration(declared: Any) -> bool:
    for text in [*declared.get("correct", []), *declared.get("default", [])]:
        parsed(text, declared["type"])
    return (
        declared["cardinality"] in _CARDINALITIES
        and isinstance(declared["type"], str)
        and ("map" not in declared or _is_table(declared["map"], declared["type"]))
        and ("areas" not in declared or _is_table(declared["areas"], None))
    )


def _is_table(table: Any, base_type: str | None) -> bool:
    limits = [table["default"], *(table[name] for name in ("lower", "upper") if name in table)]
    for row in table["rows"]:
        one, other, last = row
        if base_type is None and not (is_area(one, other) and is_number(last)):
            return False
        if base_type is not None:
            parsed(one, base_type)
            if not (is_number(other) and isinstance(last, bool)):
                return False
    return all(is_number(limit) for limit in limits)


def _is_rule(rule: Any) -> bool:
    if rule[0] == "set":
        return len(rule) == 3 and isinstance(rule[1], str) and _is_expression(rule[2])
    if rule[0] == "if":
        _, branches, otherwise = rule
        tests = all(_is_expression(test) and all(map(_is_rule, rules)) for test, rules in branches)
        return tests and all(map(_is_rule, otherwise))
    return bool(rule == ["exit"])


def _is_expression(expression: Any) -> bool:
    name = expression[0]
    if name == "base":
        parsed(expression[2], expression[1])
        return len(expression) == 3
    if name in READS:
        return len(expression) == 2 and isinstance(expression[1], str)
    operands = expression[2:]
    return (
        name in OPERATORS
        and isinstance(expression[1], Mapping)
        and (bool(operands) or name in ("null", "multiple", "ordered"))
        and all(_is_expression(one) for one in operands)
    )
