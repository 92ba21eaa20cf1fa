"""What makes a part's `scoring` well-formed.

Public: `check_scoring`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from question_bank.checker import Checker, is_number
from question_bank.interaction_check import is_area
from question_bank.rule_check import is_rule, strange_to_rule
from question_bank.terms import MARKED_TYPES, PartType
from question_bank.words import said

POLICIES = frozenset({"all_or_nothing", "partial_half", "partial", "minus_per_wrong", "per_option"})
WITH_POLICY = frozenset(
    {
        PartType.MULTIPLE,
        PartType.INLINE_CHOICE,
        PartType.MATCH,
        PartType.ORDER,
        PartType.HOTTEXT,
        PartType.GAP_MATCH,
        PartType.HOTSPOT,
    }
)
"""The types whose responses consist of several choices."""
_TABLE = frozenset({"default", "lower", "upper", "full"})


def check_scoring(check: Checker, part: Mapping[str, Any]) -> None:
    """Record every fault of a part's scoring; without one the rule of its type holds."""
    scoring, part_type = part.get("scoring"), part["type"]
    free_points = part_type == PartType.HOTSPOT and not part["options"]
    if scoring is None:
        check.need(not free_points, "scoring", said("自由点选的题须写明各区域的分值"))
        return
    if not check.need(isinstance(scoring, Mapping), "scoring", said("应为对象")):
        return
    if not check.need(part_type not in MARKED_TYPES, "scoring", said("人工阅卷的题没有计分规则")):
        return
    if "policy" in scoring:
        fits = set(scoring) == {"policy"} and scoring["policy"] in POLICIES
        check.need(fits, "scoring", said("没有这种计分办法"))
        check.need(part_type in WITH_POLICY and not free_points, "scoring", said("此题型不能用这种计分办法"))
    elif "areas" in scoring:
        check.need(free_points, "scoring", said("只有自由点选的题按区域计分"))
        fits = _only(scoring, {"areas"}) and all(_is_area(row) for row in scoring["areas"])
        check.need(fits, "scoring", said("区域的形状、坐标或分值不正确"))
    elif "map" in scoring:
        check.need(not free_points, "scoring", said("自由点选的题须写明各区域的分值"))
        fits = _only(scoring, {"map", "case"}) and all(_is_pair(row) for row in scoring["map"])
        fits = fits and isinstance(scoring.get("case", False), bool)
        check.need(fits, "scoring", said("分值对照表应为“值、分值”的列表"))
    elif "rule" in scoring:
        fits = set(scoring) == {"rule", "answers", "full"} and _is_full(scoring) and is_rule(scoring)
        if check.need(fits and not free_points, "scoring", said("原题的评分规则不完整")):
            for message in () if check.problems else strange_to_rule(part):
                check.need(False, "scoring", message)
    else:
        check.need(False, "scoring", said("没有这种计分办法"))


def _is_full(scoring: Mapping[str, Any]) -> bool:
    """Return whether the full score is a number above 0."""
    return is_number(scoring.get("full")) and Decimal(str(scoring["full"])) > 0


def _only(scoring: Mapping[str, Any], own: set[str]) -> bool:
    """Return whether a table has its rows, a full score above 0, and nothing it should not have."""
    rows = scoring.get("map", scoring.get("areas"))
    limits = [scoring.get(name) for name in ("default", "lower", "upper")]
    return (
        scoring.keys() <= own | _TABLE
        and isinstance(rows, list)
        and bool(rows)
        and all(limit is None or is_number(limit) for limit in limits)
        and _is_full(scoring)
    )


def _is_pair(row: object) -> bool:
    if not isinstance(row, list) or len(row) != 2:
        return False
    return (isinstance(row[0], str) or is_number(row[0])) and is_number(row[1])


def _is_area(row: object) -> bool:
    return isinstance(row, list) and len(row) == 3 and is_area(row[0], row[1]) and is_number(row[2])
