"""What writing a file of items gave.

Public: `Written`, `beyond`.
"""

from dataclasses import dataclass, field

from question_bank.item import Item
from question_bank.terms import PLAIN_TYPES
from question_bank.words import Words, said


@dataclass(slots=True)
class Written:
    """The file, how many items are in it, and which are not and why: (code, reason)."""

    content: bytes = b""
    written: int = 0
    left_out: list[tuple[str, Words]] = field(default_factory=list)


def beyond(item: Item, format_name: str) -> Words | None:
    """Return why a format without the further types and scorings cannot carry the item, or None."""
    for part in item.parts:
        if part.type not in PLAIN_TYPES:
            return said("%(format)s 不能保存%(type)s", format=format_name, type=part.type.label)
        if part.scoring is not None:
            return said("%(format)s 不能保存本题自带的计分办法", format=format_name)
    return None
