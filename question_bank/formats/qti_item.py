"""One `assessmentItem` on its way to an item.

Public: `item_json`, `ItemRead`.

One question is an item of its type. Several, each in a place of its own, are a case: what stands before the
first is the material, what stands before each other is its stem. Everything else is refused.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from html import escape
from typing import Any

from lxml import etree

from question_bank.formats.plain import BLOCKS, ImageOf
from question_bank.formats.qti_asked import Asked
from question_bank.formats.qti_body import SizeOf, prepared
from question_bank.formats.qti_keys import Trial
from question_bank.formats.qti_parts import INLINE, STEM, TYPE, Sheet, asked_of, rationale
from question_bank.formats.qti_rules import Rules
from question_bank.formats.qti_scoring import need_separate, need_sum, set_scoring
from question_bank.formats.qti_tree import cut
from question_bank.formats.qti_values import QtiRefused, outcomes, responses
from question_bank.item import ItemKind
from question_bank.item_check import MAX_CASE_PARTS
from question_bank.terms import MARKED_TYPES
from question_bank.words import Words, said

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ItemRead:
    """What an item says for one of ours (kind, stimulus, parts, rationale), and what to look at.

    `answers` are how values of each part are told to its rules; none where it has no rules.
    """

    found: Mapping[str, Any]
    warnings: list[tuple[Words, Words]]
    answers: list[Json]


@dataclass(slots=True)
class _Place:
    """A piece of the body: text only, or the place of one part."""

    holder: etree._Element
    interactions: list[etree._Element]


def item_json(item: etree._Element, image_of: ImageOf, size_of: SizeOf) -> ItemRead:
    """Read an item whose tree is `normalised`; the tree is changed.

    Raises:
        QtiRefused: if it cannot be held as a whole; nothing of it must be taken over then.
    """
    declared, declared_outcomes = responses(item), outcomes(item)
    body = prepared(item, image_of, size_of)
    trial = Trial(Rules(item, declared, declared_outcomes), {})
    sheet = Sheet(body, declared, declared_outcomes, trial, item.get("title", "").strip())
    interactions = _interactions(body.element)
    if not interactions:
        raise QtiRefused(TYPE, said("没有要作答的地方，不是试题"))
    sheet.set_right(interactions)
    first = interactions[0].tag
    if len(interactions) == 1 or (first in INLINE and all(one.tag == first for one in interactions)):
        asked = [asked_of(sheet, body.element, interactions)]
        found: Json = {"kind": asked[0].part["type"], "stimulus": None}
    else:
        found, asked = _case(sheet)
    need_sum(trial, [one for one in asked if one.type not in MARKED_TYPES])
    for one in asked:
        set_scoring(trial, one, is_alone=len(asked) == 1)
    found["parts"] = [one.part for one in asked]
    if body.notes_for_markers and all(one.type not in MARKED_TYPES for one in asked):
        body.warn(said("评分要点"), said("给阅卷人的说明没有保存"))
    found["rationale"] = rationale(sheet)
    answers = [one.answers_json() for one in asked] if trial.rules.are_there else []
    return ItemRead(found, [*body.warnings, *trial.warnings], answers)


def _interactions(element: etree._Element) -> list[etree._Element]:
    return [one for one in element.iter(etree.Element) if str(one.tag).endswith("Interaction")]


def _case(sheet: Sheet) -> tuple[Json, list[Asked]]:
    body = sheet.body
    places = [*_places(body.element)]
    asked_at = [place for place in places if place.interactions]
    groups = [*_groups(asked_at)]
    if len(groups) > MAX_CASE_PARTS:
        message = said("有 %(n)s 小题，案例题最多 %(most)s 小题", n=len(groups), most=MAX_CASE_PARTS)
        raise QtiRefused(TYPE, message)
    need_separate(sheet.trial, groups)
    first = places.index(asked_at[0])
    lines = [line for place in places[:first] for line in body.text(place.holder, STEM).split("\n") if line]
    if not lines:
        if not sheet.title:
            raise QtiRefused(TYPE, said("几处作答之前没有共同的材料，本系统不能合为一题，请分成几题"))
        lines = [sheet.title]
        body.warn(TYPE, said("几处作答之前没有共同的材料，以题名代替"))
    asked: list[Asked] = []
    before = ""
    for place in places[first:]:
        if not place.interactions:
            before = "\n".join(filter(None, [before, body.text(place.holder, STEM)]))
            continue
        for holder, interactions in _by_kind(place):
            asked.append(asked_of(sheet, holder, interactions, before))
        before = ""
    if before:
        asked[-1].part["stem"] += f"\n{before}"
    stimulus = "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)
    return {"kind": ItemKind.CASE.value, "stimulus": stimulus}, asked


def _groups(places: list[_Place]) -> Iterator[list[str]]:
    """Return the responses of each question."""
    for place in places:
        for kind in dict.fromkeys(one.tag for one in place.interactions):
            same = [one for one in place.interactions if one.tag == kind]
            yield [one.get("responseIdentifier", "") for one in same]


def _by_kind(place: _Place) -> Iterator[tuple[etree._Element, list[etree._Element]]]:
    """Return a place once for each kind of blank in it, the blanks of other kinds left open."""
    kinds = list(dict.fromkeys(one.tag for one in place.interactions))
    if len(kinds) == 1 or not set(kinds) <= INLINE:
        yield place.holder, place.interactions
        return
    for kind in kinds:
        holder = deepcopy(place.holder)
        for other in _interactions(holder):
            if other.tag != kind:
                cut(other, "（　）")
        yield holder, _interactions(holder)


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
