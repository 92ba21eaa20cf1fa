"""Scores a question of a Moodle XML file as Moodle does, for comparison with ours.

A response is, by place: the text chosen for each gap or None, or all texts in an order.
"""

import re
from fractions import Fraction
from html import unescape

from lxml import etree


def earned(question: etree._Element, response: list[str | None]) -> Fraction:
    """Return the share of the points that a response earns."""
    return _SCORES[question.get("type", "")](question, response)


def _gaps(question: etree._Element, response: list[str | None]) -> Fraction:
    tag = "selectoption" if question.get("type") == "gapselect" else "dragbox"
    boxes = [(unescape(box.findtext("text")), box.findtext("group")) for box in question.findall(tag)]
    numbers = [int(n) for n in re.findall(r"\[\[([0-9]+)\]\]", question.findtext("questiontext/text"))]
    right = [boxes[number - 1] for number in numbers]
    assert all(
        text is None or (text, group) in boxes for text, (_, group) in zip(response, right, strict=True)
    )
    hits = sum(text == expected for text, (expected, _) in zip(response, right, strict=True))
    return Fraction(hits, len(right))


def _ordering(question: etree._Element, response: list[str | None]) -> Fraction:
    assert question.findtext("selecttype") == "ALL"
    right = [answer.findtext("text") for answer in question.findall("answer")]
    assert sorted(map(str, response)) == sorted(right)
    hits = sum(one == other for one, other in zip(response, right, strict=True))
    if question.findtext("gradingtype") == "ALL_OR_NOTHING":
        return Fraction(int(hits == len(right)))
    assert question.findtext("gradingtype") == "ABSOLUTE_POSITION"
    return Fraction(hits, len(right))


def _cloze(question: etree._Element, response: list[str | None]) -> Fraction:
    pieces = re.findall(r"\{([0-9]+):SHORTANSWER:(.*?)\}", question.findtext("questiontext/text"), re.DOTALL)
    total = sum(int(worth) for worth, _ in pieces)
    got = 0
    for (worth, answers), given in zip(pieces, response, strict=True):
        accepted = [unescape(one.removeprefix("=")).replace("\\*", "*") for one in answers.split("~")]
        got += int(worth) * (given is not None and given.casefold() in [a.casefold() for a in accepted])
    return Fraction(got, total)


_SCORES = {"gapselect": _gaps, "ddwtos": _gaps, "ordering": _ordering, "cloze": _cloze}
