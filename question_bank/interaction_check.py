"""What makes a part of the further types well-formed: options that belong to a blank or an area, and keys.

Public: `check_interaction`, `check_options`, `OWN_FIELDS`, `OPTIONAL_FIELDS`, `MARK`.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from question_bank.checker import ID, Checker, is_count, is_number
from question_bank.terms import PartType
from question_bank.value_shapes import BLANK, ResponseShape, ValueShapeError, check_value
from question_bank.words import listed, said

MARK = re.compile(r"\{\{([a-z0-9]{1,8})\}\}")
"""Where an option of a hottext stands in its stem."""
OWN_FIELDS: Mapping[PartType, frozenset[str]] = {
    **{part_type: frozenset() for part_type in PartType},
    PartType.MATCH: frozenset({"targets", "most"}),
    PartType.HOTTEXT: frozenset({"most"}),
    PartType.GAP_MATCH: frozenset({"most"}),
    PartType.HOTSPOT: frozenset({"image", "most"}),
    PartType.SLIDER: frozenset({"bounds"}),
    PartType.UPLOAD: frozenset({"accept"}),
}
"""The fields that a type has beyond those of every part."""
OPTIONAL_FIELDS = frozenset({"most", "scoring"})
SHAPES = {"circle": 3, "rect": 4, "ellipse": 4, "poly": None, "default": 0}
"""How many numbers describe an area."""
MAX_CHOICES = 60
MAX_ENDINGS = 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ENDING = re.compile(r"[a-z0-9]{1,8}")


def check_interaction(check: Checker, part: Mapping[str, Any]) -> None:
    """Record every fault of a part of a type beyond the five plain ones; its stem is a text."""
    before = len(check.problems)
    if check.need(is_count(part.get("most", 1), most=MAX_CHOICES), "most", said("应为不小于 0 的整数")):
        _CHECKS[PartType(part["type"])](check, part)
    if len(check.problems) == before:
        _check_key(check, part)


def check_options(
    check: Checker,
    field: str,
    options: object,
    limits: tuple[int, int],
    *,
    extra: frozenset[str] = frozenset(),
    same_texts: bool = False,
) -> list[str]:
    """Record every fault of a list of options and return their ids.

    Args:
        limits: fewest and most options.
        extra: the fields each has besides id and text.
        same_texts: whether two may read alike.
    """
    if not check.need(isinstance(options, list), field, said("应为列表")):
        return []
    assert isinstance(options, list)
    least, most = limits
    if most == 0:
        check.need(not options, field, said("此题型没有选项"))
        return []
    check.need(
        least <= len(options) <= most,
        field,
        said("选项应有 %(min_options)s 到 %(max_options)s 个", min_options=least, max_options=most),
    )
    ids: list[str] = []
    texts: list[str] = []
    for number, option in enumerate(options, start=1):
        if not _is_option(check, field, option, number, extra):
            continue
        ids.append(str(option["id"]))
        if check.text(option["text"], field):
            texts.append(option["text"].strip())
    check.need(len(ids) == len(set(ids)), field, said("选项 id 重复"))
    check.need(same_texts or len(texts) == len(set(texts)), field, said("选项文字重复"))
    return ids


def _is_option(check: Checker, field: str, option: object, number: int, extra: frozenset[str]) -> bool:
    if not isinstance(option, Mapping) or set(option) != {"id", "text"} | extra:
        names = listed(["id", "text", *sorted(extra)])
        message = said("第 %(number)s 个选项应只有 %(names)s", number=number, names=names)
        return check.need(False, field, message)
    valid_id = isinstance(option["id"], str) and bool(ID.fullmatch(option["id"]))
    check.need(valid_id, field, said("第 %(number)s 个选项的 id 不正确", number=number))
    return True


def _inline_choice(check: Checker, part: Mapping[str, Any]) -> None:
    blanks, options = _blanks(check, part), part["options"]
    limits = (2, MAX_CHOICES * 2)
    check_options(check, "options", options, limits, extra=frozenset({"blank"}), same_texts=True)
    if check.problems:
        return
    fits = all(is_count(option["blank"], 1, blanks) for option in options)
    if not check.need(fits, "options", said("选项的 blank 应为它所属的空的序号")):
        return
    choices = Counter(option["blank"] for option in options)
    for number in range(1, blanks + 1):
        check.need(choices[number] >= 2, "options", said("第 %(n)s 空至少要有 2 个选项", n=number))
    texts = [(option["blank"], option["text"].strip()) for option in options]
    check.need(len(texts) == len(set(texts)), "options", said("选项文字重复"))


def _gap_match(check: Checker, part: Mapping[str, Any]) -> None:
    _blanks(check, part)
    check_options(check, "options", part["options"], (1, MAX_CHOICES))


def _blanks(check: Checker, part: Mapping[str, Any]) -> int:
    blanks = len(BLANK.findall(part["stem"]))
    check.need(blanks > 0, "stem", said("题干中没有空（写作 ____）"))
    return blanks


def _match(check: Checker, part: Mapping[str, Any]) -> None:
    ids = check_options(check, "options", part["options"], (1, MAX_CHOICES))
    ids += check_options(check, "targets", part["targets"], (1, MAX_CHOICES))
    check.need(len(ids) == len(set(ids)), "targets", said("选项 id 重复"))


def _order(check: Checker, part: Mapping[str, Any]) -> None:
    check_options(check, "options", part["options"], (2, MAX_CHOICES))


def _hottext(check: Checker, part: Mapping[str, Any]) -> None:
    ids = check_options(check, "options", part["options"], (1, MAX_CHOICES), same_texts=True)
    check.need(
        sorted(MARK.findall(part["stem"])) == sorted(ids),
        "stem",
        said("题干中每个选项应有且只有一处标记（写作 {{id}}）"),
    )


def _hotspot(check: Checker, part: Mapping[str, Any]) -> None:
    image, options = part["image"], part["options"]
    check.need(
        isinstance(image, str) and bool(_DIGEST.fullmatch(image)), "image", said("应为图片文件的 SHA-256")
    )
    if options != []:
        check_options(check, "options", options, (1, MAX_CHOICES), extra=frozenset({"shape", "coords"}))
        for number, option in enumerate(options if not check.problems else [], start=1):
            fits = is_area(option["shape"], option["coords"])
            check.need(fits, "options", said("第 %(number)s 个选项的形状或坐标不正确", number=number))


def is_area(shape: object, coords: object) -> bool:
    """Return whether these describe an area: as many whole numbers as the shape needs."""
    if not isinstance(shape, str) or shape not in SHAPES or not isinstance(coords, list):
        return False
    if not all(is_count(number, -100_000, 100_000) for number in coords):
        return False
    needed = SHAPES[shape]
    return len(coords) == needed if needed is not None else len(coords) >= 6 and len(coords) % 2 == 0


def _slider(check: Checker, part: Mapping[str, Any]) -> None:
    bounds = part["bounds"]
    check_options(check, "options", part["options"], (0, 0))
    shape = isinstance(bounds, Mapping) and set(bounds) == {"lower", "upper", "step"}
    fits = shape and all(is_number(number) for number in bounds.values())
    if check.need(fits, "bounds", said("应有 lower、upper、step 三个数")):
        lower, upper, step = (Decimal(str(bounds[name])) for name in ("lower", "upper", "step"))
        check.need(lower < upper and step > 0, "bounds", said("下限应小于上限，步长应大于 0"))


def _upload(check: Checker, part: Mapping[str, Any]) -> None:
    accept = part["accept"]
    check_options(check, "options", part["options"], (0, 0))
    fits = isinstance(accept, list) and len(accept) <= MAX_ENDINGS
    fits = fits and all(isinstance(ending, str) and _ENDING.fullmatch(ending) for ending in accept)
    check.need(fits, "accept", said("应为文件扩展名的列表，如 pdf、docx"))


def _check_key(check: Checker, part: Mapping[str, Any]) -> None:
    """Record a key that no candidate could answer."""
    key = part["key"]
    if part["type"] == PartType.UPLOAD:
        check.need(key is None, "key", said("上传题没有固定答案"))
        return
    empty = key is None or (isinstance(key, list) and all(one is None for one in key))
    if not check.need(not empty, "key", said("没有答案")):
        return
    try:
        check_value(ResponseShape.from_json(part), key)
    except ValueShapeError as error:
        check.need(False, "key", error.args[0])


_CHECKS: Mapping[PartType, Callable[[Checker, Mapping[str, Any]], None]] = {
    PartType.INLINE_CHOICE: _inline_choice,
    PartType.MATCH: _match,
    PartType.ORDER: _order,
    PartType.HOTTEXT: _hottext,
    PartType.GAP_MATCH: _gap_match,
    PartType.HOTSPOT: _hotspot,
    PartType.SLIDER: _slider,
    PartType.UPLOAD: _upload,
}
