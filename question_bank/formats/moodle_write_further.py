"""The further types as Moodle has them: gaps, orders, numbers and files; and blanks as questions in a text.

Public: `FURTHER`, `further_unfit`, `write_further`, `blanks_unfit`, `write_blanks`.

What Moodle would score otherwise than we is left out by name.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from lxml import etree

from question_bank.formats.moodle_scoring import PLACED, policy_of
from question_bank.item import Part, PartType, number_json
from question_bank.policies import MultiplePolicy
from question_bank.value_shapes import BLANK
from question_bank.words import Words, said

FURTHER: Mapping[PartType, str] = {
    PartType.INLINE_CHOICE: "gapselect",
    PartType.GAP_MATCH: "ddwtos",
    PartType.ORDER: "ordering",
    PartType.SLIDER: "numerical",
    PartType.UPLOAD: "essay",
}
"""Moodle's word for each."""
_EMBEDDED_MARKS = re.compile(r"[^0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff*]")
_BY_PLACE = {
    PartType.INLINE_CHOICE: said("Moodle 的选词填空逐空计分，本题不是"),
    PartType.GAP_MATCH: said("Moodle 的拖放填空逐空计分，本题不是"),
    PartType.ORDER: said("Moodle 的排序题逐个位置计分或全对才得分，本题不是"),
}


def further_unfit(part: Part) -> Words | None:
    """Return why Moodle cannot hold a part of these types, or None."""
    if part.type in PLACED:
        return _misplaced(part)
    if part.scoring is not None:
        return said("%(format)s 不能保存本题自带的计分办法", format="Moodle XML")
    return None


def _misplaced(part: Part) -> Words | None:
    key: Any = part.key
    policy = policy_of({**part.content_json(), **part.key_json()})
    held = {MultiplePolicy.PER_OPTION}
    if part.type is PartType.ORDER:
        held.add(MultiplePolicy.ALL_OR_NOTHING)
        if len(key) < len(part.options):
            return said("Moodle 的排序题要排全部选项，本题只排其中几项")
    if policy not in held:
        return _BY_PLACE[part.type]
    if None in key:
        return said("Moodle 的每个空都要有答案，本题有的空应留空")
    if part.type is PartType.GAP_MATCH and part.most > 1:
        return said("Moodle 的词只能用一次或不限次数，本题每个词最多用 %(most)s 次", most=part.most)
    return None


def stem_of(part: Part) -> str:
    """Return the stem as Moodle has it: in each gap the number of the word that is right there."""
    key: Any = part.key
    if part.type not in (PartType.INLINE_CHOICE, PartType.GAP_MATCH):
        return part.stem
    numbers = iter(part.option_ids.index(right) + 1 for right in key)
    return BLANK.sub(lambda _: f"[[{next(numbers)}]]", part.stem)


def write_further(question: etree._Element, part: Part) -> None:
    """Write what stands behind the stem of a part of these types."""
    if part.type is PartType.INLINE_CHOICE:
        _words(question, part, "selectoption")
    elif part.type is PartType.GAP_MATCH:
        _words(question, part, "dragbox")
    elif part.type is PartType.ORDER:
        _order(question, part)
    elif part.type is PartType.SLIDER:
        holder = _child(question, "answer", "", fraction="100", format="plain_text")
        _child(holder, "text", str(part.key))
        _child(holder, "tolerance", "0")
    else:
        _file(question, part)


def _words(question: etree._Element, part: Part, tag: str) -> None:
    _child(question, "shuffleanswers", "1")
    for option in part.options:
        holder = _child(question, tag, "")
        # Moodle takes these for HTML.
        _child(holder, "text", escape(option.text, quote=False))
        _child(holder, "group", str(option.blank or 1))
        if part.type is PartType.GAP_MATCH and not part.most:
            _child(holder, "infinite", "")


def _order(question: etree._Element, part: Part) -> None:
    key: Any = part.key
    by_place = policy_of({**part.content_json(), **part.key_json()}) is MultiplePolicy.PER_OPTION
    ways = {
        "layouttype": "VERTICAL",
        "selecttype": "ALL",
        "selectcount": str(len(key)),
        "gradingtype": "ABSOLUTE_POSITION" if by_place else "ALL_OR_NOTHING",
        "showgrading": "SHOW",
        "numberingstyle": "none",
    }
    for name, way in ways.items():
        _child(question, name, way)
    texts = {option.id: option.text for option in part.options}
    for place, option_id in enumerate(key, start=1):
        holder = _child(question, "answer", "", fraction=f"{place}.0000000", format="plain_text")
        _child(holder, "text", texts[option_id])


def _file(question: etree._Element, part: Part) -> None:
    ways = {
        "responseformat": "noinline",
        "responserequired": "0",
        "attachments": "1",
        "attachmentsrequired": "1",
        "maxbytes": "0",
        "filetypeslist": ",".join(f".{ending}" for ending in part.accept),
    }
    for name, way in ways.items():
        _child(question, name, way)
    notes = _child(question, "graderinfo", "", format="plain_text")
    _child(notes, "text", "\n".join(point.text for point in part.rubric))


def blanks_unfit(part: Part) -> Words | None:
    """Return why Moodle cannot hold the blanks of a part as questions in its text, or None."""
    if part.points % part.blanks:
        return said("Moodle 的多空题每空须为整数分，本题不是")
    return None


def write_blanks(part: Part) -> str:
    """Return the stem with a short answer in each blank, worth its share of the points."""
    key: Any = part.key
    worth = number_json(part.points / part.blanks)
    answers = iter("~".join(f"={_embedded(spelling)}" for spelling in accepted) for accepted in key)
    return BLANK.sub(lambda _: f"{{{worth}:SHORTANSWER:{next(answers)}}}", part.stem)


def _embedded(text: str) -> str:
    """Return a text of which nothing means anything inside an embedded question; a star stands for a star."""
    marks = _EMBEDDED_MARKS.sub(lambda mark: f"&#{ord(mark[0])};", text)
    return marks.replace("*", "\\*")


def _child(holder: etree._Element, tag: str, text: str, **attributes: str) -> etree._Element:
    child = etree.SubElement(holder, tag, **attributes)
    child.text = text or None
    return child
