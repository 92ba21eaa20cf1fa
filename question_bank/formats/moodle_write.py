"""Moodle XML out: what Moodle holds as we do, so that it comes back the same.

Public: `write_moodle`.

Each question is read back before it is let out. What Moodle would score otherwise than we, what does not
come back the same, or has images (Moodle would get those that we drew anew), is left out by name. Beside
each question stands an element `tiejun`, which Moodle passes over, with what it has no words for
(`item_note`).
"""

from collections.abc import Iterable
from dataclasses import replace

from lxml import etree

from question_bank.assembly.form import item_images
from question_bank.formats.item_note import write_note
from question_bank.formats.moodle_write_further import (
    FURTHER,
    blanks_unfit,
    further_unfit,
    stem_of,
    write_blanks,
    write_further,
)
from question_bank.formats.moodle_xml import MAX_QUESTIONS, NOTE_TAG, read_moodle
from question_bank.formats.written import Written, beyond, pairs_of, shares_of
from question_bank.formats.xml_document import XmlRefused
from question_bank.item import Item, ItemKind, Part, PartType, number_json
from question_bank.words import Words, said

TYPES = {
    PartType.SINGLE: "multichoice",
    PartType.MULTIPLE: "multichoice",
    PartType.TRUE_FALSE: "truefalse",
    PartType.FILL_IN: "shortanswer",
    PartType.ESSAY: "essay",
    PartType.MATCH: "matching",
    **FURTHER,
}


def write_moodle(items: Iterable[Item]) -> Written:
    """Return a Moodle XML file of the items, keys included: for people who may see keys only."""
    made, quiz = Written(), etree.Element("quiz")
    for item in items:
        reason = _unfit(item)
        if reason is None and made.written == MAX_QUESTIONS:
            reason = said("超过一个 Moodle XML 文件的 %(most)s 题", most=MAX_QUESTIONS)
        question = _question(item) if reason is None else None
        if reason is None and (question is None or not _comes_back(item, question)):
            reason = said("含有 Moodle XML 不能原样保存的字符")
        if reason is not None:
            made.left_out.append((item.id, reason))
        elif question is not None:
            quiz.append(question)
            made.written += 1
    etree.indent(quiz)
    made.content = _bytes(quiz)
    return made


def _unfit(item: Item) -> Words | None:
    """Return why Moodle XML cannot carry the item, or None."""
    if item.kind is ItemKind.CASE:
        return said("Moodle XML 没有案例分析题")
    part = item.parts[0]
    reason = further_unfit(part) if part.type in FURTHER else beyond(item, "Moodle XML", as_moodle=True)
    if reason is None and _is_cloze(part):
        reason = blanks_unfit(part)
    if reason is None and item_images(item):
        reason = said("导出的 Moodle XML 不带图片")
    return reason


def _is_cloze(part: Part) -> bool:
    """Return whether it has more blanks than a short answer of Moodle, which has one."""
    return part.type is PartType.FILL_IN and part.blanks > 1


def _comes_back(item: Item, question: etree._Element) -> bool:
    quiz = etree.Element("quiz")
    quiz.append(question)
    try:
        return read_moodle(_bytes(quiz)).items == [replace(item, source=None)]
    except XmlRefused:
        return False


def _bytes(quiz: etree._Element) -> bytes:
    written: bytes = etree.tostring(quiz, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


def _question(item: Item) -> etree._Element | None:
    """Return the question, or None if XML cannot hold a character of it."""
    part = item.parts[0]
    is_cloze = _is_cloze(part)
    question = etree.Element("question", type="cloze" if is_cloze else TYPES[part.type])
    try:
        etree.SubElement(question, NOTE_TAG).text = write_note(item)
        _text(etree.SubElement(question, "name"), item.id)
        _plain(question, "questiontext", write_blanks(part) if is_cloze else stem_of(part))
        _plain(question, "generalfeedback", item.rationale)
        etree.SubElement(question, "defaultgrade").text = str(number_json(part.points))
        if part.type in FURTHER:
            write_further(question, part)
        elif not is_cloze:
            _answers(question, part)
        tags = etree.SubElement(question, "tags")
        for name in [item.unit, *(tier.label for tier in item.tiers)]:
            if name:
                _text(etree.SubElement(tags, "tag"), name)
    except ValueError:  # lxml's way to say that XML has no such character
        return None
    return question


def _answers(question: etree._Element, part: Part) -> None:
    if part.type is PartType.ESSAY:
        _plain(question, "graderinfo", "\n".join(point.text for point in part.rubric))
    elif part.type is PartType.MATCH:
        for left, partner in pairs_of(part):
            holder = etree.SubElement(question, "subquestion", format="plain_text")
            _text(holder, left)
            _text(etree.SubElement(holder, "answer"), partner)
    elif isinstance(part.key, bool):
        for word in ("true", "false"):
            _answer(question, word, "100" if (word == "true") == part.key else "0")
    elif part.type is PartType.FILL_IN and isinstance(part.key, tuple):
        for spelling in part.key[0]:
            _answer(question, spelling.replace("*", "\\*"), "100")
    else:
        right = part.key if isinstance(part.key, tuple) else (part.key,)
        share, wrong = shares_of(part)
        etree.SubElement(question, "single").text = "true" if part.type is PartType.SINGLE else "false"
        for option in part.options:
            _answer(question, option.text, share if option.id in right else wrong)


def _answer(question: etree._Element, text: str, share: str) -> None:
    _text(etree.SubElement(question, "answer", fraction=share, format="plain_text"), text)


def _plain(question: etree._Element, name: str, text: str) -> None:
    _text(etree.SubElement(question, name, format="plain_text"), text)


def _text(holder: etree._Element, text: str) -> None:
    etree.SubElement(holder, "text").text = text
