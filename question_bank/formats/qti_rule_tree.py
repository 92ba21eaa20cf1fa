"""An item's response rules (responseProcessing) as the JSON tree that `response_rules` carries out.

Public: `rule_tree`, `table_of`, `template_of`, `MATCH`, `MAP`, `MAP_POINT`, `ATTRIBUTES`.

Templates are written out as the rules they stand for; nothing is fetched.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from lxml import etree

from question_bank.formats.qti_values import AreaMapping, Outcome, QtiRefused, Response, members, parsed
from question_bank.formats.qti_values import Mapping as PointMapping
from question_bank.response_rules import READS, SCORE
from question_bank.rule_operators import OPERATORS
from question_bank.rule_values import Value
from question_bank.terms import number_json
from question_bank.words import said

Json = dict[str, Any]
MATCH = frozenset({"match_correct", "CC2_match"})
MAP = frozenset({"map_response", "CC2_map_response"})
MAP_POINT = frozenset({"map_response_point"})
RESPONSE = "RESPONSE"
_QUERY = re.compile(r"[?#]")
ATTRIBUTES = (
    *("caseSensitive", "substring", "toleranceMode", "tolerance", "roundingMode", "figures", "name", "n"),
    *("includeLowerBound", "includeUpperBound"),
)
_WITHOUT_OPERANDS = frozenset({"null", "multiple", "ordered"})


def rule_tree(
    item: etree._Element, responses: Mapping[str, Response], outcomes: Mapping[str, Outcome]
) -> Json:
    """Return the rules of an item whose tree is `normalised`; without rules none.

    Raises:
        QtiRefused: if a rule is none of those known here.
    """
    element = item.find("responseProcessing")
    template = template_of(element)
    rules: list[Any] = []
    if element is not None and len(element):
        rules = _rules(element)
    elif template:
        rules = _of_template(template)
    return {
        "responses": {name: _response(response) for name, response in responses.items()},
        "outcomes": {name: _outcome(outcome) for name, outcome in outcomes.items()},
        "rules": rules,
    }


def template_of(element: etree._Element | None) -> str:
    """Return the last part of the template's address, without `.xml`; empty without a template."""
    address = "" if element is None else element.get("template", "").strip()
    return _QUERY.split(address)[0].rstrip("/").rpartition("/")[2].removesuffix(".xml")


def _of_template(name: str) -> list[Any]:
    answer = ["variable", RESPONSE]
    if name in MATCH:
        is_right = ["match", {}, answer, ["correct", RESPONSE]]
        return [["if", [[is_right, [_score(1)]]], [_score(0)]]]
    if name in MAP | MAP_POINT:
        read = "mapResponse" if name in MAP else "mapResponsePoint"
        return [["if", [[["isNull", {}, answer], [_score(0)]]], [["set", SCORE, [read, RESPONSE]]]]]
    raise _unknown(name)


def _score(points: int) -> list[Any]:
    return ["set", SCORE, ["base", "float", str(points)]]


def _rules(elements: Iterable[etree._Element]) -> list[Any]:
    found: list[Any] = []
    for rule in elements:
        if rule.tag == "responseCondition":
            found.append(_condition(rule))
        elif rule.tag == "setOutcomeValue":
            if len(rule) != 1:
                raise _unknown(str(rule.tag))
            found.append(["set", rule.get("identifier", ""), _expression(rule[0])])
        elif rule.tag == "responseProcessingFragment":
            found += _rules(rule)
        elif rule.tag == "exitResponse":
            found.append(["exit"])
        elif isinstance(rule.tag, str):
            raise _unknown(rule.tag)
    return found


def _condition(condition: etree._Element) -> list[Any]:
    branches: list[Any] = []
    otherwise: list[Any] = []
    for branch in condition.iterchildren(etree.Element):
        if branch.tag == "responseElse":
            otherwise = _rules(branch)
            break
        if branch.tag not in ("responseIf", "responseElseIf") or not len(branch):
            raise _unknown(str(branch.tag))
        test, *rules = branch.iterchildren(etree.Element)
        branches.append([_expression(test), _rules(rules)])
    return ["if", branches, otherwise]


def _expression(expression: etree._Element) -> list[Any]:
    name = str(expression.tag)
    if name == "baseValue":
        base_type, text = expression.get("baseType", ""), (expression.text or "").strip()
        parsed(text, base_type)
        return ["base", base_type, text]
    if name in READS:
        return [name, expression.get("identifier", "")]
    operands = [_expression(child) for child in expression.iterchildren(etree.Element)]
    if name not in OPERATORS or (not operands and name not in _WITHOUT_OPERANDS):
        raise _unknown(name)
    attributes = {key: expression.get(key, "") for key in ATTRIBUTES if expression.get(key) is not None}
    return [name, attributes, *operands]


def _unknown(name: str) -> QtiRefused:
    return QtiRefused(said("评分规则"), said("评分规则用了本系统不认识的 %(name)s", name=name[:60]))


def _response(response: Response) -> Json:
    found: Json = {"cardinality": response.cardinality, "type": response.base_type}
    if response.correct is not None:
        found["correct"] = _texts(response.correct)
    if response.mapping is not None:
        found["map"] = table_of(response.mapping)
    if response.areas is not None:
        found["areas"] = table_of(response.areas)
    return found


def _outcome(outcome: Outcome) -> Json:
    found: Json = {"cardinality": outcome.cardinality, "type": outcome.base_type}
    return found if outcome.default is None else found | {"default": _texts(outcome.default)}


def _texts(value: Value) -> list[str]:
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in members(value)]


def table_of(mapping: PointMapping | AreaMapping) -> Json:
    """Return a mapping as the rules read it (`response_rules`)."""
    rows: list[Any]
    if isinstance(mapping, AreaMapping):
        rows = [[area.shape, list(area.coords), number_json(area.points)] for area in mapping.entries]
    else:
        rows = [[_texts(e.key)[0], number_json(e.points), e.exact_case] for e in mapping.entries]
    limits: dict[str, Decimal | None] = {"lower": mapping.lower, "upper": mapping.upper}
    stated = {name: number_json(limit) for name, limit in limits.items() if limit is not None}
    return {"rows": rows, "default": number_json(mapping.default), **stated}
