"""The shape a response to a part must have.

Public: `ResponseShape`, `Bounds`, `check_value`, `is_empty`, `ValueShapeError`, `BLANK`.

Values are those of the delivery API: single "b"; multiple ["a", "c"]; true/false True; fill-in ["…", "…"];
essay "…"; inline choice and gap match an option id or None per blank; match [["a", "t"], …]; order, hottext
and hotspot ["c", "a"]; a hotspot without areas to choose from [[x, y], …] in pixels of its picture; slider a
number; upload {"file": …, "name": …}. None is no answer.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from question_bank.checker import is_count, is_number
from question_bank.terms import BLANK_TYPES, UNSTORABLE, PartType, number_json
from question_bank.words import Words, said

BLANK = re.compile(r"_{4,}")
MAX_ESSAY = 20_000
MAX_BLANK = 500
MAX_NAME = 255
MAX_SPOTS = 100


class ValueShapeError(ValueError):
    """A value does not have the shape its part type needs; the message (Chinese) says how."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The numbers a slider can be set to: from `lower` to `upper`, both included, in steps of `step`."""

    lower: Decimal
    upper: Decimal
    step: Decimal

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build the bounds from their checked JSON object."""
        return cls(*(Decimal(str(data[name])) for name in ("lower", "upper", "step")))

    def to_json(self) -> dict[str, int | float]:
        """Return the bounds as `from_json` reads them."""
        return {name: number_json(getattr(self, name)) for name in ("lower", "upper", "step")}


@dataclass(frozen=True, slots=True)
class ResponseShape:
    """What may be answered in one part, with the ids of the bank or those of a form.

    `options` gives each option's id and the blank it belongs to (None where it belongs to none); `most` is
    how many choices are allowed, in a match how many targets an option may have, in a gap match how
    often a word may be used; 0 is any number. `accept` are endings of files.
    """

    type: PartType
    options: Mapping[str, int | None]
    blanks: int = 0
    targets: tuple[str, ...] = ()
    most: int = 1
    bounds: Bounds | None = None
    accept: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build the shape from the checked JSON of a part, or of a slot of a paper."""
        blanks = data.get("blanks")
        part_type, bounds = PartType(data["type"]), data.get("bounds")
        if blanks is None and part_type in BLANK_TYPES:
            blanks = len(BLANK.findall(data["stem"]))
        return cls(
            part_type,
            {option["id"]: option.get("blank") for option in data.get("options", ())},
            blanks or 0,
            tuple(target["id"] for target in data.get("targets", ())),
            data.get("most", 1),
            Bounds.from_json(bounds) if bounds else None,
            tuple(data.get("accept", ())),
        )


def is_empty(value: object) -> bool:
    """Return whether a value of the right shape answers nothing."""
    if isinstance(value, list | tuple):
        return all(one is None or (isinstance(one, str) and not one.strip()) for one in value)
    return value is None or (isinstance(value, str) and not value.strip())


def check_value(shape: ResponseShape, value: object) -> None:
    """Accept a value of the right shape, or None, which clears the answer.

    Raises:
        ValueShapeError: if it has another shape, names an unknown option, or is too long.
    """
    if value is not None:
        _CHECKS[shape.type](shape, value)


def _single(shape: ResponseShape, value: object) -> None:
    _need(isinstance(value, str) and value in shape.options, said("单选题的作答应为本题的一个选项"))


def _multiple(shape: ResponseShape, value: object) -> None:
    _distinct(shape, value, said("多选题的作答应为本题选项的非空列表，不得重复"))


def _true_false(_shape: ResponseShape, value: object) -> None:
    _need(isinstance(value, bool), said("判断题的作答应为 true 或 false"))


def _fill_in(shape: ResponseShape, value: object) -> None:
    fits = isinstance(value, list | tuple) and len(value) == shape.blanks
    _need(fits, said("填空题的作答应为 %(blanks)s 个空的文字列表", blanks=shape.blanks))
    assert isinstance(value, list | tuple)
    for text in value:
        _text(text, MAX_BLANK)


def _essay(_shape: ResponseShape, value: object) -> None:
    _text(value, MAX_ESSAY)


def _order(shape: ResponseShape, value: object) -> None:
    _distinct(shape, value, said("排序题的作答应为本题选项的非空列表，不得重复"))


def _marks(shape: ResponseShape, value: object) -> None:
    if shape.type is PartType.HOTSPOT and not shape.options:
        _spots(value)
    else:
        _distinct(shape, value, said("作答应为本题选项的非空列表，不得重复"))
    assert isinstance(value, list | tuple)
    _need(not shape.most or len(value) <= shape.most, said("最多选 %(most)s 处", most=shape.most))


def _spots(value: object) -> None:
    fits = isinstance(value, list | tuple) and 0 < len(value) <= MAX_SPOTS
    _need(fits, said("作答应为图上各点的坐标"))
    assert isinstance(value, list | tuple)
    for spot in value:
        fits = isinstance(spot, list | tuple) and len(spot) == 2 and all(is_count(number) for number in spot)
        _need(fits, said("作答应为图上各点的坐标"))


def _blanks(shape: ResponseShape, value: object) -> None:
    message = said("作答应为 %(blanks)s 个空的选项列表，空着的写 null", blanks=shape.blanks)
    _need(isinstance(value, list | tuple) and len(value) == shape.blanks, message)
    assert isinstance(value, list | tuple)
    for number, chosen in enumerate(value, start=1):
        _need(chosen is None or (isinstance(chosen, str) and chosen in shape.options), message)
        if chosen is not None and shape.type is PartType.INLINE_CHOICE:
            _need(shape.options[chosen] == number, said("第 %(n)s 空没有这个选项", n=number))
    if shape.type is PartType.GAP_MATCH and shape.most:
        used = Counter(chosen for chosen in value if chosen is not None)
        _need(all(n <= shape.most for n in used.values()), said("每个词最多用 %(most)s 次", most=shape.most))


def _match(shape: ResponseShape, value: object) -> None:
    message = said("连线题的作答应为左右两项配成的对，不得重复")
    _need(isinstance(value, list | tuple) and bool(value), message)
    assert isinstance(value, list | tuple)
    pairs: Counter[tuple[str, str]] = Counter()
    for pair in value:
        _need(isinstance(pair, list | tuple) and len(pair) == 2, message)
        left, right = pair
        _need(isinstance(left, str) and left in shape.options, message)
        _need(isinstance(right, str) and right in shape.targets, message)
        pairs[left, right] += 1
    _need(len(pairs) == len(value), message)
    lefts = Counter(left for left, _ in pairs)
    _need(
        not shape.most or all(n <= shape.most for n in lefts.values()),
        said("每项最多连 %(most)s 条线", most=shape.most),
    )


def _slider(shape: ResponseShape, value: object) -> None:
    bounds = shape.bounds
    assert bounds is not None
    _need(
        is_number(value) and bounds.lower <= Decimal(str(value)) <= bounds.upper,
        said("作答应为 %(lower)s 到 %(upper)s 之间的数", lower=bounds.lower, upper=bounds.upper),
    )


def _upload(shape: ResponseShape, value: object) -> None:
    _need(isinstance(value, Mapping) and set(value) == {"file", "name"}, said("作答应为上传的文件"))
    assert isinstance(value, Mapping)
    for text in value.values():
        _text(text, MAX_NAME)
        _need(bool(text.strip()), said("作答应为上传的文件"))
    ending = str(value["name"]).rpartition(".")[2].lower()
    _need(
        not shape.accept or ending in shape.accept,
        said("只能上传这些类型的文件：%(accept)s", accept=" ".join(shape.accept)),
    )


def _distinct(shape: ResponseShape, value: object, message: Words) -> None:
    _need(isinstance(value, list | tuple) and bool(value), message)
    assert isinstance(value, list | tuple)
    _need(all(isinstance(chosen, str) and chosen in shape.options for chosen in value), message)
    _need(len(set(value)) == len(value), message)


def _text(value: object, limit: int) -> None:
    _need(isinstance(value, str), said("作答应为文字"))
    assert isinstance(value, str)
    _need(len(value) <= limit, said("作答超过 %(limit)s 个字符", limit=limit))
    _need(not UNSTORABLE.search(value), said("作答含有不能保存的字符"))


def _need(condition: bool, message: str) -> None:
    if not condition:
        raise ValueShapeError(message)


_CHECKS: Mapping[PartType, Callable[[ResponseShape, object], None]] = {
    PartType.SINGLE: _single,
    PartType.MULTIPLE: _multiple,
    PartType.TRUE_FALSE: _true_false,
    PartType.FILL_IN: _fill_in,
    PartType.ESSAY: _essay,
    PartType.INLINE_CHOICE: _blanks,
    PartType.MATCH: _match,
    PartType.ORDER: _order,
    PartType.HOTTEXT: _marks,
    PartType.GAP_MATCH: _blanks,
    PartType.HOTSPOT: _marks,
    PartType.SLIDER: _slider,
    PartType.UPLOAD: _upload,
}
