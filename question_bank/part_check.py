"""What makes one part of an item well-formed: the fields of its type, its options, key and rubric.

Public: `check_part`, `PART_FIELDS`.
"""

from collections.abc import Mapping
from decimal import Decimal

from question_bank.checker import Checker, is_number
from question_bank.interaction_check import OPTIONAL_FIELDS, OWN_FIELDS, check_interaction, check_options
from question_bank.scoring_check import check_scoring
from question_bank.terms import MARKED_TYPES, PLAIN_TYPES, PartType
from question_bank.value_shapes import BLANK
from question_bank.words import said

PART_FIELDS = frozenset({"type", "stem", "options", "key", "points", "rubric"})
MIN_OPTIONS, MAX_OPTIONS = 2, 8
MAX_POINTS = 100


def check_part(check: Checker, part: Mapping[str, object]) -> None:
    """Record every fault of one part."""
    part_type = part.get("type")
    known = isinstance(part_type, str) and part_type in {known.value for known in PartType}
    own = OWN_FIELDS[PartType(str(part_type))] if known else frozenset()
    if not check.fields(part, PART_FIELDS | own - OPTIONAL_FIELDS, own | OPTIONAL_FIELDS & {"scoring"}):
        return
    if not check.need(known, "type", said("没有这种小题类型")):
        return
    has_stem = check.text(part["stem"], "stem")
    points = part["points"]
    valid_points = is_number(points) and 0 < Decimal(str(points)) <= MAX_POINTS
    check.need(valid_points, "points", said("分值应大于 0 且不超过 %(max_points)s", max_points=MAX_POINTS))
    if part_type in PLAIN_TYPES:
        _check_plain(check, part, has_stem)
    elif has_stem:
        check_interaction(check, part)
    check_scoring(check, part)
    _check_rubric(check, part, valid_points)


def _check_plain(check: Checker, part: Mapping[str, object], has_stem: bool) -> None:
    part_type, key = part["type"], part["key"]
    limits = (MIN_OPTIONS, MAX_OPTIONS) if part_type in (PartType.SINGLE, PartType.MULTIPLE) else (0, 0)
    option_ids = check_options(check, "options", part["options"], limits)
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
    if part["type"] not in MARKED_TYPES:
        check.need(not rubric, "rubric", said("只有论述题和上传题才有评分要点"))
        return
    if part["type"] == PartType.UPLOAD and not rubric:
        return
    total = Decimal(0)
    for number, point in enumerate(rubric, start=1):
        shape = isinstance(point, Mapping) and set(point) == {"points", "text"}
        if not check.need(shape, "rubric", said("第 %(number)s 个要点应只有 points 和 text", number=number)):
            return
        positive = is_number(point["points"]) and Decimal(str(point["points"])) > 0
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
