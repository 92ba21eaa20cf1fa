"""What makes an item's JSON well-formed. Every fault is named; nothing is guessed or repaired.

Hard rules only: an item that breaks one cannot be shown or scored. What a good item should have on
top of that (four options, a rationale, a citation) is advice, and lives in `lint`.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from question_bank.markup import markup_problems
from question_bank.terms import ItemKind, PartType, Problem, Tier, is_storable
from question_bank.words import said

BLANK = re.compile(r"_{4,}")
ITEM_FIELDS = frozenset(
    {"id", "unit", "tiers", "kind", "difficulty", "stimulus", "parts", "rationale", "citations"}
    | {"figures", "transitional"}
)
PART_FIELDS = frozenset({"type", "stem", "options", "key", "points", "rubric"})
MIN_OPTIONS, MAX_OPTIONS = 2, 8
MIN_CASE_PARTS, MAX_CASE_PARTS = 2, 5
MAX_POINTS = 100
MAX_TEXT = 20_000
WITHIN = ("paragraph", "item")
MAX_PLACE = 99
_ITEM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_UNIT = re.compile(r"[A-Z][0-9]{1,2}")
_OPTION_ID = re.compile(r"[a-z0-9]{1,8}")
_LAW = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
ARTICLE = re.compile(r"[1-9][0-9]*(-[1-9][0-9]*)?")


class Checker:
    """Collects the problems of one item, remembering where it stands."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.problems: list[Problem] = []

    def need(self, condition: bool, field: str, message: str) -> bool:
        """Record `message` unless `condition` holds; return the condition."""
        if not condition:
            self.problems.append(Problem(self.where, field, message))
        return condition

    def text(self, value: object, field: str, *, required: bool = True) -> bool:
        """Record anything that keeps `value` from being a usable text."""
        if not self.need(isinstance(value, str), field, said("应为文字")):
            return False
        assert isinstance(value, str)
        self.need(len(value) <= MAX_TEXT, field, said("超过 %(max_text)s 个字符", max_text=MAX_TEXT))
        return self.need(bool(value.strip()) or not required, field, said("不能为空"))

    def fields(self, data: Mapping[str, object], expected: frozenset[str]) -> bool:
        """Record missing and unknown fields; return whether none is missing."""
        for name in sorted(data.keys() - expected):
            self.need(False, name, said("没有这个字段"))
        missing = sorted(expected - data.keys())
        for name in missing:
            self.need(False, name, said("缺少这个字段"))
        return not missing


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
    if not check.fields({"figures": [], "transitional": False, **data}, ITEM_FIELDS):
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
        _is_number(difficulty) and 0 <= float(str(difficulty)) <= 1,
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


def check_part(check: Checker, part: Mapping[str, object]) -> None:
    """Record every fault of one part."""
    if not check.fields(part, PART_FIELDS):
        return
    part_type, points, key = part["type"], part["points"], part["key"]
    known = isinstance(part_type, str) and part_type in {known.value for known in PartType}
    if not check.need(known, "type", said("没有这种小题类型")):
        return
    has_stem = check.text(part["stem"], "stem")
    valid_points = _is_number(points) and 0 < Decimal(str(points)) <= MAX_POINTS
    check.need(valid_points, "points", said("分值应大于 0 且不超过 %(max_points)s", max_points=MAX_POINTS))
    option_ids = _check_options(check, PartType(str(part_type)), part["options"])
    if part_type == PartType.SINGLE:
        check.need(isinstance(key, str) and key in option_ids, "key", said("答案不在选项之中"))
    elif part_type == PartType.MULTIPLE:
        _check_multiple_key(check, key, option_ids)
    elif part_type == PartType.TRUE_FALSE:
        check.need(isinstance(key, bool), "key", said("判断题答案应为 true 或 false"))
    elif part_type == PartType.FILL_IN:
        _check_fill_in_key(check, key, len(BLANK.findall(str(part["stem"]))) if has_stem else 0)
    else:
        check.need(key is None, "key", said("论述题没有固定答案"))
    _check_rubric(check, part, valid_points)


def _check_options(check: Checker, part_type: PartType, options: object) -> list[str]:
    if not check.need(isinstance(options, list), "options", said("应为列表")):
        return []
    assert isinstance(options, list)
    if part_type not in {PartType.SINGLE, PartType.MULTIPLE}:
        check.need(not options, "options", said("此题型没有选项"))
        return []
    check.need(
        MIN_OPTIONS <= len(options) <= MAX_OPTIONS,
        "options",
        said(
            "选项应有 %(min_options)s 到 %(max_options)s 个", min_options=MIN_OPTIONS, max_options=MAX_OPTIONS
        ),
    )
    ids: list[str] = []
    texts: list[str] = []
    for number, option in enumerate(options, start=1):
        shape = isinstance(option, Mapping) and set(option) == {"id", "text"}
        if not check.need(shape, "options", said("第 %(number)s 个选项应只有 id 和 text", number=number)):
            continue
        valid_id = isinstance(option["id"], str) and bool(_OPTION_ID.fullmatch(option["id"]))
        check.need(valid_id, "options", said("第 %(number)s 个选项的 id 不正确", number=number))
        ids.append(str(option["id"]))
        if check.text(option["text"], "options"):
            texts.append(option["text"].strip())
    check.need(len(ids) == len(set(ids)), "options", said("选项 id 重复"))
    check.need(len(texts) == len(set(texts)), "options", said("选项文字重复"))
    return ids


def _check_multiple_key(check: Checker, key: object, option_ids: list[str]) -> None:
    if check.need(isinstance(key, list) and bool(key), "key", said("多选题答案应为非空列表")):
        assert isinstance(key, list)
        check.need(all(isinstance(k, str) and k in option_ids for k in key), "key", said("答案不在选项之中"))
        check.need(len({str(k) for k in key}) == len(key), "key", said("答案重复"))


def _check_fill_in_key(check: Checker, key: object, blanks: int) -> None:
    check.need(blanks > 0, "stem", said("填空题题干中没有空（写作 ____）"))
    spelled = isinstance(key, list) and all(
        isinstance(accepted, list) and accepted and all(isinstance(a, str) and a.strip() for a in accepted)
        for accepted in key
    )
    if check.need(spelled, "key", said("填空题答案应为每空一组非空写法")):
        assert isinstance(key, list)
        check.need(
            len(key) == blanks,
            "key",
            said("题干有 %(blanks)s 个空，答案有 %(n)s 组", blanks=blanks, n=len(key)),
        )


def _check_rubric(check: Checker, part: Mapping[str, object], valid_points: bool) -> None:
    rubric = part["rubric"]
    if not check.need(isinstance(rubric, list), "rubric", said("应为列表")):
        return
    assert isinstance(rubric, list)
    if part["type"] != PartType.ESSAY:
        check.need(not rubric, "rubric", said("只有论述题才有评分要点"))
        return
    total = Decimal(0)
    for number, point in enumerate(rubric, start=1):
        shape = isinstance(point, Mapping) and set(point) == {"points", "text"}
        if not check.need(shape, "rubric", said("第 %(number)s 个要点应只有 points 和 text", number=number)):
            return
        positive = _is_number(point["points"]) and Decimal(str(point["points"])) > 0
        if not check.need(positive, "rubric", said("第 %(number)s 个要点的分值应大于 0", number=number)):
            return
        total += Decimal(str(point["points"]))
        check.text(point["text"], "rubric")
    if valid_points:
        check.need(
            total == Decimal(str(part["points"])),
            "rubric",
            said("要点分值合计 %(total)s，应为 %(part)s", total=total, part=part["points"]),
        )


def _is_place(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_PLACE


def _is_number(value: object) -> bool:
    """Return whether `value` is a finite number; JSON's true and false are not numbers."""
    return (
        isinstance(value, int | float | Decimal)
        and not isinstance(value, bool)
        and Decimal(str(value)).is_finite()
    )
