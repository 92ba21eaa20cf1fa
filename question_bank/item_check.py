"""What makes an item's JSON well-formed. Every fault is named; nothing is guessed or repaired.

Hard rules only: an item that breaks one cannot be shown or scored. What a good item should have on
top of that (four options, a rationale, a citation) is advice, and lives in `lint`.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from question_bank.markup import markup_problems
from question_bank.terms import UNSTORABLE, ItemKind, PartType, Problem, Tier

BLANK = re.compile(r"_{4,}")
ITEM_FIELDS = frozenset(
    {"id", "unit", "tiers", "kind", "difficulty", "stimulus", "parts", "rationale", "citations", "figures"}
)
PART_FIELDS = frozenset({"type", "stem", "options", "key", "points", "rubric"})
MIN_OPTIONS, MAX_OPTIONS = 2, 8
MIN_CASE_PARTS, MAX_CASE_PARTS = 2, 5
MAX_POINTS = 100
MAX_TEXT = 20_000
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
        if not self.need(isinstance(value, str), field, "应为文字"):
            return False
        assert isinstance(value, str)
        self.need(len(value) <= MAX_TEXT, field, f"超过 {MAX_TEXT} 个字符")
        return self.need(bool(value.strip()) or not required, field, "不能为空")

    def fields(self, data: Mapping[str, object], expected: frozenset[str]) -> bool:
        """Record missing and unknown fields; return whether none is missing."""
        for name in sorted(data.keys() - expected):
            self.need(False, name, "没有这个字段")
        missing = sorted(expected - data.keys())
        for name in missing:
            self.need(False, name, "缺少这个字段")
        return not missing


def check_item(data: object) -> list[Problem]:
    """Return every fault of an item's JSON object; an empty list means it can be built."""
    if not isinstance(data, Mapping):
        return [Problem("试题", "", "应为 JSON 对象")]
    item_id = data.get("id")
    if any(UNSTORABLE.search(text) for text in _texts(data)):
        return [Problem("试题", "", "含有不能保存的字符（NUL 或不成对的代理字符）")]
    check = Checker(f"试题 {item_id}" if isinstance(item_id, str) and item_id else "试题")
    # `figures` may be left out: only items that turn on an amount or a period have any.
    if not check.fields({"figures": [], **data}, ITEM_FIELDS):
        return check.problems
    check.need(isinstance(item_id, str) and bool(_ITEM_ID.fullmatch(item_id)), "id", "编号格式不正确")
    unit = data["unit"]
    check.need(
        unit is None or (isinstance(unit, str) and bool(_UNIT.fullmatch(unit))), "unit", "单元代码格式不正确"
    )
    _check_tiers(check, data["tiers"])
    difficulty = data["difficulty"]
    check.need(
        _is_number(difficulty) and 0 <= float(str(difficulty)) <= 1, "difficulty", "难度应为 0 到 1 之间的数"
    )
    check.text(data["rationale"], "rationale", required=False)
    _check_citations(check, data["citations"])
    figures = data.get("figures", [])
    check.need(
        isinstance(figures, list) and all(isinstance(f, str) and f.strip() for f in figures),
        "figures",
        "应为文字列表",
    )
    _check_kind_and_parts(check, data)
    return check.problems


def _texts(data: object) -> Iterator[str]:
    """Return every text of a JSON value, names of fields included."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for name, value in data.items():
            yield from _texts(name)
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)


def _check_tiers(check: Checker, tiers: object) -> None:
    names = {tier.value for tier in Tier}
    known = isinstance(tiers, list) and all(isinstance(tier, str) and tier in names for tier in tiers)
    if check.need(known, "tiers", "层级只能是 primary（初级）或 intermediate（中级）"):
        assert isinstance(tiers, list)
        check.need(0 < len(tiers) == len(set(tiers)), "tiers", "至少写一个层级，且不得重复")


def _check_citations(check: Checker, citations: object) -> None:
    if not check.need(isinstance(citations, list), "citations", "应为列表"):
        return
    assert isinstance(citations, list)
    for number, citation in enumerate(citations, start=1):
        law = citation.get("law") if isinstance(citation, Mapping) else None
        article = citation.get("article") if isinstance(citation, Mapping) else None
        check.need(
            isinstance(law, str) and bool(_LAW.fullmatch(law)),
            "citations",
            f"第 {number} 条依据的法规代码不正确",
        )
        check.need(
            isinstance(article, str) and bool(ARTICLE.fullmatch(article)),
            "citations",
            f"第 {number} 条依据的条号不正确（应如 120 或 120-1）",
        )


def _check_kind_and_parts(check: Checker, data: Mapping[str, object]) -> None:
    kind, parts, stimulus = data["kind"], data["parts"], data["stimulus"]
    known = isinstance(kind, str) and kind in {kind.value for kind in ItemKind}
    is_list = isinstance(parts, list) and all(isinstance(part, Mapping) for part in parts)
    if not check.need(known, "kind", "没有这种题型") or not check.need(is_list, "parts", "应为对象列表"):
        return
    assert isinstance(parts, list)
    if kind == ItemKind.CASE:
        count_fits = MIN_CASE_PARTS <= len(parts) <= MAX_CASE_PARTS
        check.need(count_fits, "parts", f"案例题应有 {MIN_CASE_PARTS} 到 {MAX_CASE_PARTS} 小题")
        if check.text(stimulus, "stimulus"):
            for message in markup_problems(str(stimulus)):
                check.need(False, "stimulus", message)
    else:
        check.need(len(parts) == 1, "parts", "非案例题只能有一个小题")
        check.need(all(part.get("type") == kind for part in parts), "parts", "小题类型与题型不一致")
        check.need(stimulus is None, "stimulus", "只有案例题才有材料")
    for number, part in enumerate(parts, start=1):
        part_check = Checker(f"{check.where} 第 {number} 小题" if len(parts) > 1 else check.where)
        check_part(part_check, part)
        check.problems += part_check.problems


def check_part(check: Checker, part: Mapping[str, object]) -> None:
    """Record every fault of one part."""
    if not check.fields(part, PART_FIELDS):
        return
    part_type, points, key = part["type"], part["points"], part["key"]
    known = isinstance(part_type, str) and part_type in {known.value for known in PartType}
    if not check.need(known, "type", "没有这种小题类型"):
        return
    has_stem = check.text(part["stem"], "stem")
    valid_points = _is_number(points) and 0 < Decimal(str(points)) <= MAX_POINTS
    check.need(valid_points, "points", f"分值应大于 0 且不超过 {MAX_POINTS}")
    option_ids = _check_options(check, PartType(str(part_type)), part["options"])
    if part_type == PartType.SINGLE:
        check.need(isinstance(key, str) and key in option_ids, "key", "答案不在选项之中")
    elif part_type == PartType.MULTIPLE:
        _check_multiple_key(check, key, option_ids)
    elif part_type == PartType.TRUE_FALSE:
        check.need(isinstance(key, bool), "key", "判断题答案应为 true 或 false")
    elif part_type == PartType.FILL_IN:
        _check_fill_in_key(check, key, len(BLANK.findall(str(part["stem"]))) if has_stem else 0)
    else:
        check.need(key is None, "key", "论述题没有固定答案")
    _check_rubric(check, part, valid_points)


def _check_options(check: Checker, part_type: PartType, options: object) -> list[str]:
    if not check.need(isinstance(options, list), "options", "应为列表"):
        return []
    assert isinstance(options, list)
    if part_type not in {PartType.SINGLE, PartType.MULTIPLE}:
        check.need(not options, "options", "此题型没有选项")
        return []
    check.need(
        MIN_OPTIONS <= len(options) <= MAX_OPTIONS, "options", f"选项应有 {MIN_OPTIONS} 到 {MAX_OPTIONS} 个"
    )
    ids: list[str] = []
    texts: list[str] = []
    for number, option in enumerate(options, start=1):
        shape = isinstance(option, Mapping) and set(option) == {"id", "text"}
        if not check.need(shape, "options", f"第 {number} 个选项应只有 id 和 text"):
            continue
        valid_id = isinstance(option["id"], str) and bool(_OPTION_ID.fullmatch(option["id"]))
        check.need(valid_id, "options", f"第 {number} 个选项的 id 不正确")
        ids.append(str(option["id"]))
        if check.text(option["text"], "options"):
            texts.append(option["text"].strip())
    check.need(len(ids) == len(set(ids)), "options", "选项 id 重复")
    check.need(len(texts) == len(set(texts)), "options", "选项文字重复")
    return ids


def _check_multiple_key(check: Checker, key: object, option_ids: list[str]) -> None:
    if check.need(isinstance(key, list) and bool(key), "key", "多选题答案应为非空列表"):
        assert isinstance(key, list)
        check.need(all(isinstance(k, str) and k in option_ids for k in key), "key", "答案不在选项之中")
        check.need(len({str(k) for k in key}) == len(key), "key", "答案重复")


def _check_fill_in_key(check: Checker, key: object, blanks: int) -> None:
    check.need(blanks > 0, "stem", "填空题题干中没有空（写作 ____）")
    spelled = isinstance(key, list) and all(
        isinstance(accepted, list) and accepted and all(isinstance(a, str) and a.strip() for a in accepted)
        for accepted in key
    )
    if check.need(spelled, "key", "填空题答案应为每空一组非空写法"):
        assert isinstance(key, list)
        check.need(len(key) == blanks, "key", f"题干有 {blanks} 个空，答案有 {len(key)} 组")


def _check_rubric(check: Checker, part: Mapping[str, object], valid_points: bool) -> None:
    rubric = part["rubric"]
    if not check.need(isinstance(rubric, list), "rubric", "应为列表"):
        return
    assert isinstance(rubric, list)
    if part["type"] != PartType.ESSAY:
        check.need(not rubric, "rubric", "只有论述题才有评分要点")
        return
    total = Decimal(0)
    for number, point in enumerate(rubric, start=1):
        shape = isinstance(point, Mapping) and set(point) == {"points", "text"}
        if not check.need(shape, "rubric", f"第 {number} 个要点应只有 points 和 text"):
            return
        positive = _is_number(point["points"]) and Decimal(str(point["points"])) > 0
        if not check.need(positive, "rubric", f"第 {number} 个要点的分值应大于 0"):
            return
        total += Decimal(str(point["points"]))
        check.text(point["text"], "rubric")
    if valid_points:
        check.need(
            total == Decimal(str(part["points"])), "rubric", f"要点分值合计 {total}，应为 {part['points']}"
        )


def _is_number(value: object) -> bool:
    """Return whether `value` is a finite number; JSON's true and false are not numbers."""
    return (
        isinstance(value, int | float | Decimal)
        and not isinstance(value, bool)
        and Decimal(str(value)).is_finite()
    )
