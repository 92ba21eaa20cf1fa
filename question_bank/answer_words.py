"""A value or a key as people read it.

Public: `in_words`, `stem_pieces`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from question_bank.interaction_check import MARK
from question_bank.item import PartType
from question_bank.value_shapes import BLANK

NOTHING = "—"
_PLACED = re.compile(rf"(?P<blank>{BLANK.pattern})|{MARK.pattern}")


def in_words(part_type: PartType, value: Any, names: Mapping[str, str]) -> list[str]:
    """Return a value of a type with options, a number or a file, one line for each thing chosen.

    Args:
        value: of the right shape; None gives no line.
        names: what each option or target is called; an unknown one keeps its id.
    """
    if value is None:
        return []
    if part_type in (PartType.INLINE_CHOICE, PartType.GAP_MATCH):
        chosen = [NOTHING if one is None else names.get(one, one) for one in value]
        return [f"({number}) {one}" for number, one in enumerate(chosen, start=1)]
    if part_type is PartType.MATCH:
        return [f"{names.get(left, left)} → {names.get(right, right)}" for left, right in value]
    if part_type is PartType.ORDER:
        return [f"{number}. {names.get(one, one)}" for number, one in enumerate(value, start=1)]
    if part_type is PartType.UPLOAD:
        return [str(value["name"])]
    if not isinstance(value, list | tuple):
        return [names.get(str(value), str(value))]
    return [names.get(one, one) if isinstance(one, str) else f"({one[0]}, {one[1]})" for one in value]


def stem_pieces(stem: str, *, marks: bool) -> Iterator[tuple[str, int, str]]:
    """Cut a stem where something is answered in it: (text before, number of the blank or 0, option id or "").

    The last piece has neither. Marks of a hottext count only with `marks`, blanks only without.
    """
    end = blanks = 0
    for found in _PLACED.finditer(stem):
        is_blank = found["blank"] is not None
        if is_blank is marks:
            continue
        blanks += is_blank
        yield stem[end : found.start()], blanks if is_blank else 0, found[2] or ""
        end = found.end()
    yield stem[end:], 0, ""
