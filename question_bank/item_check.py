"""What makes an item's JSON well-formed. Every fault is named; nothing is guessed or repaired.

Hard rules only: an item that breaks one cannot be shown or scored. What a good item should have on
top of that (four options, a rationale, a citation) is advice, and lives in `lint`.
"""

import re
from collections.abc import Mapping

from question_bank.checker import Checker, is_number
from question_bank.markup import markup_problems
from question_bank.part_check import check_part
from question_bank.rule_check import is_answers
from question_bank.terms import ItemKind, Problem, Tier, is_storable
from question_bank.words import said

ITEM_FIELDS = frozenset(
    {"id", "unit", "tiers", "kind", "difficulty", "stimulus", "parts", "rationale", "citations"}
    | {"figures", "transitional"}
)
MIN_CASE_PARTS, MAX_CASE_PARTS = 2, 5
WITHIN = ("paragraph", "item")
MAX_PLACE = 99
_ITEM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_UNIT = re.compile(r"[A-Z][0-9]{1,2}")
_LAW = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
ARTICLE = re.compile(r"[1-9][0-9]*(-[1-9][0-9]*)?")


def check_item(data: object) -> list[Problem]:
    """Return every fault of an item's JSON object; an empty list means it can be built."""
    if not isinstance(data, Mapping):
        return [Problem(said("试题"), "", said("应为 JSON 对象"))]
    item_id = data.get("id")
    if not is_storable(data):
        return [Problem(said("试题"), "", said("含有不能保存的字符（NUL 或不成对的代理字符）"))]
    check = Checker(
        said("试题 %(item_id)s", item_id=item_id) if isinstance(item_id, str) and item_id else said("试题")
    )
    # These may be left out: few items turn on an amount or a period, or ask about the passage to new law.
    whole = {"figures": [], "transitional": False, **data}
    if not check.fields(whole, ITEM_FIELDS, frozenset({"source"})):
        return check.problems
    check.need(isinstance(item_id, str) and bool(_ITEM_ID.fullmatch(item_id)), "id", said("编号格式不正确"))
    unit = data["unit"]
    check.need(
        unit is None or (isinstance(unit, str) and bool(_UNIT.fullmatch(unit))),
        "unit",
        said("单元代码格式不正确"),
    )
    _check_tiers(check, data["tiers"])
    difficulty = data["difficulty"]
    check.need(
        is_number(difficulty) and 0 <= float(str(difficulty)) <= 1,
        "difficulty",
        said("难度应为 0 到 1 之间的数"),
    )
    check.text(data["rationale"], "rationale", required=False)
    _check_citations(check, data["citations"])
    figures = data.get("figures", [])
    check.need(
        isinstance(figures, list) and all(isinstance(f, str) and f.strip() for f in figures),
        "figures",
        said("应为文字列表"),
    )
    check.need(isinstance(data.get("transitional", False), bool), "transitional", said("应为 true 或 false"))
    _check_source(check, data.get("source"))
    _check_kind_and_parts(check, data)
    return check.problems


def _check_tiers(check: Checker, tiers: object) -> None:
    names = {tier.value for tier in Tier}
    known = isinstance(tiers, list) and all(isinstance(tier, str) and tier in names for tier in tiers)
    if check.need(known, "tiers", said("层级只能是 primary（初级）或 intermediate（中级）")):
        assert isinstance(tiers, list)
        check.need(0 < len(tiers) == len(set(tiers)), "tiers", said("至少写一个层级，且不得重复"))


def _check_citations(check: Checker, citations: object) -> None:
    if not check.need(isinstance(citations, list), "citations", said("应为列表")):
        return
    assert isinstance(citations, list)
    for number, citation in enumerate(citations, start=1):
        law = citation.get("law") if isinstance(citation, Mapping) else None
        article = citation.get("article") if isinstance(citation, Mapping) else None
        check.need(
            isinstance(law, str) and bool(_LAW.fullmatch(law)),
            "citations",
            said("第 %(number)s 条依据的法规代码不正确", number=number),
        )
        check.need(
            isinstance(article, str) and bool(ARTICLE.fullmatch(article)),
            "citations",
            said("第 %(number)s 条依据的条号不正确（应如 120 或 120-1）", number=number),
        )
        within = [citation.get(name) for name in WITHIN] if isinstance(citation, Mapping) else []
        check.need(
            all(one is None or _is_place(one) for one in within),
            "citations",
            said("第 %(number)s 条依据的款、项应为 1 到 %(most)s 的整数", number=number, most=MAX_PLACE),
        )


def _check_source(check: Checker, source: object) -> None:
    if source is None:
        return
    kept = {"declarations", "answers"} if isinstance(source, Mapping) and "answers" in source else set()
    shape = isinstance(source, Mapping) and set(source) == {"format", "processing", "identifier"} | kept
    if check.need(
        shape, "source", said("来源应只有 format、processing 和 identifier，及其 declarations 和 answers")
    ):
        assert isinstance(source, Mapping)
        for name in sorted(set(source) - {"answers"}):
            check.need(isinstance(source[name], str), "source", said("应为文字"))
        answers = source.get("answers", [])
        is_told = isinstance(answers, list) and all(map(is_answers, answers))
        check.need(is_told, "source", said("来源没有写明作答如何对应原题"))


def _check_kind_and_parts(check: Checker, data: Mapping[str, object]) -> None:
    kind, parts, stimulus = data["kind"], data["parts"], data["stimulus"]
    known = isinstance(kind, str) and kind in {kind.value for kind in ItemKind}
    is_list = isinstance(parts, list) and all(isinstance(part, Mapping) for part in parts)
    if not check.need(known, "kind", said("没有这种题型")) or not check.need(
        is_list, "parts", said("应为对象列表")
    ):
        return
    assert isinstance(parts, list)
    if kind == ItemKind.CASE:
        count_fits = MIN_CASE_PARTS <= len(parts) <= MAX_CASE_PARTS
        check.need(
            count_fits,
            "parts",
            said(
                "案例题应有 %(min_case_parts)s 到 %(max_case_parts)s 小题",
                min_case_parts=MIN_CASE_PARTS,
                max_case_parts=MAX_CASE_PARTS,
            ),
        )
        if check.text(stimulus, "stimulus"):
            for message in markup_problems(str(stimulus)):
                check.need(False, "stimulus", message)
    else:
        check.need(len(parts) == 1, "parts", said("非案例题只能有一个小题"))
        check.need(all(part.get("type") == kind for part in parts), "parts", said("小题类型与题型不一致"))
        check.need(stimulus is None, "stimulus", said("只有案例题才有材料"))
    for number, part in enumerate(parts, start=1):
        part_check = Checker(
            said("%(where)s 第 %(number)s 小题", where=check.where, number=number)
            if len(parts) > 1
            else check.where
        )
        check_part(part_check, part)
        check.problems += part_check.problems


def _is_place(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_PLACE
