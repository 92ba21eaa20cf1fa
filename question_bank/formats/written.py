"""What writing a file of items gave.

Public: `Written`, `beyond`, `pairs_of`, `shares_of`, `MINUS`.
"""

from dataclasses import dataclass, field
from typing import Any

from question_bank.item import Item, Part
from question_bank.policies import MultiplePolicy
from question_bank.terms import PLAIN_TYPES, PartType
from question_bank.words import Words, said


@dataclass(slots=True)
class Written:
    """The file, how many items are in it, and which are not and why: (code, reason)."""

    content: bytes = b""
    written: int = 0
    left_out: list[tuple[str, Words]] = field(default_factory=list)


MINUS = {"policy": MultiplePolicy.MINUS_PER_WRONG.value}
"""How Moodle scores several right choices where each wrong one takes off what a right one brings."""
BY_PLACE = {"policy": MultiplePolicy.PER_OPTION.value}
"""How Moodle scores pairs, gaps and orders: each by itself."""


def beyond(item: Item, format_name: str, *, as_moodle: bool = False) -> Words | None:
    """Return why a format without the further types and scorings cannot carry the item, or None.

    Args:
        as_moodle: whether it has what Moodle has: matching with one partner for each on the left, each pair
            scored by itself; choices of which a wrong one takes off what a right one brings.
    """
    for part in item.parts:
        if as_moodle and part.type is PartType.MULTIPLE and part.scoring == MINUS:
            continue
        if as_moodle and part.type is PartType.MATCH:
            if not _is_plain_match(part):
                return said("%(format)s 的连线题一项连一项、逐对计分，本题不是", format=format_name)
            continue
        if part.type not in PLAIN_TYPES:
            return said("%(format)s 不能保存%(type)s", format=format_name, type=part.type.label)
        if part.scoring is not None:
            return said("%(format)s 不能保存本题自带的计分办法", format=format_name)
    return None


def _is_plain_match(part: Part) -> bool:
    key: Any = part.key
    lefts = [left for left, _right in key]
    return part.scoring == BY_PLACE and part.most == 1 and sorted(lefts) == sorted(part.option_ids)


def pairs_of(part: Part) -> list[tuple[str, str]]:
    """Return the texts of a match as Moodle writes them: each left with its right, then the distractors."""
    key: Any = part.key
    partner: dict[str, str] = dict(key)
    texts = {target.id: target.text for target in part.targets}
    used = set(partner.values())
    pairs = [(option.text, texts[partner[option.id]]) for option in part.options]
    return pairs + [("", target.text) for target in part.targets if target.id not in used]


def shares_of(part: Part) -> tuple[str, str]:
    """Return what per cent of the points a right and a wrong choice earn, where several are right."""
    share = f"{100 / len(part.key):.5f}" if isinstance(part.key, tuple) else "100"
    return share, f"-{share}" if part.scoring == MINUS else "0"
