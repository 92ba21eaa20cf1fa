"""One `assessmentItem` on its way to an item.

Public: `item_json`, `ItemRead`.

One question is an item of its type. Several, each in a place of its own, are a case: what stands before the
first is the material, what stands before each other is its stem. Everything else is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

from lxml import etree

from question_bank.formats.plain import BLOCKS, ImageOf
from question_bank.formats.qti_body import prepared
from question_bank.formats.qti_keys import RULES, Trial
from question_bank.formats.qti_parts import INLINE, STEM, TYPE, Sheet, part_of, rationale
from question_bank.formats.qti_rules import Rules
from question_bank.formats.qti_values import QtiRefused, outcomes, responses
from question_bank.item import ItemKind, PartType
from question_bank.item_check import MAX_CASE_PARTS
from question_bank.words import Words, said

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ItemRead:
    """What an item says for one of ours (kind, stimulus, parts, rationale), and what to look at."""

    found: Mapping[str, Any]
    warnings: list[tuple[Words, Words]]


@dataclass(slots=True)
class _Place:
    """A piece of the body: text only, or the place of one part."""

    holder: etree._Element
    interactions: list[etree._Element]


def item_json(item: etree._Element, image_of: ImageOf) -> ItemRead:
    """Read an item whose tree is `normalised`; the tree is changed.

    Raises:
        QtiRefused: if it cannot be held as a whole; nothing of it must be taken over then.
    """
    declared, declared_outcomes = responses(item), outcomes(item)
    body = prepared(item, image_of)
    trial = Trial(Rules(item, declared, declared_outcomes), {})
    sheet = Sheet(body, declared, declared_outcomes, trial)
    interactions = _interactions(body.element)
    if not interactions:
        raise QtiRefused(TYPE, said("没有要作答的地方，不是试题"))
    sheet.set_right(interactions)
    if len(interactions) == 1 or all(one.tag == "textEntryInteraction" for one in interactions):
        part = part_of(sheet, body.element, interactions)
        found: Json = {"kind": part["type"], "stimulus": None, "parts": [part]}
    else:
        found = _case(sheet)
    if body.notes_for_markers and all(part["type"] != PartType.ESSAY for part in found["parts"]):
        body.warn(said("评分要点"), said("给阅卷人的说明没有保存"))
    found["rationale"] = rationale(sheet)
    return ItemRead(found, [*body.warnings, *trial.warnings])


def _interactions(element: etree._Element) -> list[etree._Element]:
    return [one for one in element.iter(etree.Element) if str(one.tag).endswith("Interaction")]


def _case(sheet: Sheet) -> Json:
    body = sheet.body
    places = [*_places(body.element)]
    asked = [place for place in places if place.interactions]
    if len(asked) > MAX_CASE_PARTS:
        message = said("有 %(n)s 小题，案例题最多 %(most)s 小题", n=len(asked), most=MAX_CASE_PARTS)
        raise QtiRefused(TYPE, message)
    first = places.index(asked[0])
    lines = [line for place in places[:first] for line in body.text(place.holder, STEM).split("\n") if line]
    if not lines:
        raise QtiRefused(TYPE, said("几处作答之前没有共同的材料，本系统不能合为一题，请分成几题"))
    parts, before = [], ""
    for place in places[first:]:
        if not place.interactions:
            before = "\n".join(filter(None, [before, body.text(place.holder, STEM)]))
        else:
            parts.append(part_of(sheet, place.holder, place.interactions, before))
            before = ""
    if before:
        parts[-1]["stem"] += f"\n{before}"
    _need_separate_points(sheet, parts)
    stimulus = "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)
    return {"kind": ItemKind.CASE.value, "stimulus": stimulus, "parts": parts}


def _need_separate_points(sheet: Sheet, parts: list[Json]) -> None:
    """Refuse if the points of the parts do not add up to those of the whole: then they hang together."""
    if not sheet.trial.rules.are_there:
        return
    points = [Decimal(str(part["points"])) for part in parts if part["type"] != PartType.ESSAY]
    if sum(points) != sheet.trial.worth([*sheet.trial.right]):
        raise QtiRefused(RULES, said("各小题的得分互相牵连，本系统每小题独立计分"))


def _places(element: etree._Element) -> Iterator[_Place]:
    """Return the pieces of an element in their order.

    Raises:
        QtiRefused: if a piece with an answer in it cannot be told from its neighbours.
    """
    if text_of_head := (element.text or "").strip():
        yield _text(text_of_head)
    for child in [*element]:
        found = _interactions(child)
        if not found or (child.tag not in INLINE and (found == [child] or _is_paragraph(child, found))):
            tail, child.tail = (child.tail or "").strip(), None
            yield _Place(_wrapped(child), found)
            if tail:
                yield _text(tail)
        elif child.tag in INLINE:
            raise QtiRefused(TYPE, said("作答处不在自己的段落里，本系统不能分成小题"))
        else:
            yield from _places(child)
            if tail := (child.tail or "").strip():
                yield _text(tail)


def _is_paragraph(element: etree._Element, found: list[etree._Element]) -> bool:
    """Return whether all answers of an element stand in its own running text."""
    inner = [one for one in element.iterdescendants(*BLOCKS) if _interactions(one)]
    return not inner and all(one.tag in INLINE for one in found)


def _wrapped(child: etree._Element) -> etree._Element:
    holder = etree.Element("div")
    holder.append(child)
    return holder


def _text(text: str) -> _Place:
    holder = etree.Element("div")
    holder.text = text
    return _Place(holder, [])
