"""What makes a stored rule well-formed, so that carrying it out cannot fail on its shape.

Public: `is_rule`, `is_answers`, `strange_to_rule`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from question_bank.checker import is_number
from question_bank.interaction_check import is_area
from question_bank.response_rules import READS
from question_bank.rule_operators import OPERATORS
from question_bank.rule_values import parsed
from question_bank.terms import PartType
from question_bank.value_shapes import BLANK
from question_bank.words import Words, said

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


def strange_to_rule(part: Mapping[str, Any]) -> Iterator[Words]:
    """Yield what a part asks that the well-formed rule of its scoring cannot be told."""
    answers, part_type = part["scoring"]["answers"], PartType(part["type"])
    blanks = len(BLANK.findall(part["stem"]))
    known = len(answers["gaps"] if "gaps" in answers else answers["of"])
    by_blank = part_type in (PartType.FILL_IN, PartType.INLINE_CHOICE, PartType.GAP_MATCH)
    if by_blank and blanks != known:
        yield said("来源的计分规则是按 %(known)s 个空写的，题干有 %(blanks)s 个", known=known, blanks=blanks)
    names = answers.get("names", {})
    for one in [*part["options"], *part.get("targets", ())]:
        if one["id"] not in names:
            yield said("来源的计分规则里没有选项“%(text)s”", text=one["text"][:40])
    if part_type is PartType.TRUE_FALSE and not {"true", "false"} <= names.keys():
        yield said("原题的评分规则不完整")


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
