"""Papers with the further types: what a slot takes, and how an answer is told to those who decide on it."""

import json
import re
from typing import Any

import pytest

from question_bank.assembly.draw import assemble
from question_bank.assembly.form import build_form, item_images
from tests.question_bank.builders import FURTHER, make_blueprint, make_item, part_json
from tiejun.errors import DomainError
from tiejun.exams.papers import Paper, parse
from tiejun.exams.rules import is_blank

TOLD = {
    "inline_choice": r"\(1\) [A-E]　\(2\) [A-E]",
    "match": r"[A-C] → [1-3]　[A-C] → [1-3]",
    "order": r"1\. [A-D]　2\. [A-D]　3\. [A-D]　4\. [A-D]",
    "hottext": "A　C",
    "gap_match": r"\(1\) [A-D]　\(2\) —　\(3\) [A-D]",
    "hotspot": "[A-C]　[A-C]",
    "slider": r"2\.5",
}


def on_paper(kind: str) -> tuple[Paper, Any]:
    """Return a paper with one such question, and its key as a candidate would send it."""
    item = make_item(kind, parts=[part_json(kind)])
    images = dict.fromkeys(item_images(item), "data:,")
    form = build_form(assemble(make_blueprint({kind: 1}), [item], 1), 1, images=images)
    ids = form.slots[0].option_map

    def shown(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [shown(one) for one in value]
        return ids.get(value, value) if isinstance(value, str) else value

    return parse(json.dumps(form.paper)), shown(item.parts[0].key)


@pytest.mark.parametrize("kind", TOLD)
def test_a_slot_takes_its_answer_and_tells_it(kind: str):
    paper, value = on_paper(kind)

    paper.check(1, value)
    assert not is_blank(value)
    assert re.fullmatch(TOLD[kind], paper.shapes[1].letters(value))


def test_an_upload_takes_a_file_and_tells_its_name():
    paper, _key = on_paper("upload")
    value = {"file": "0" * 64, "name": "笔录.pdf"}

    paper.check(1, value)
    assert not is_blank(value)
    assert paper.shapes[1].letters(value) == "笔录.pdf"
    assert paper.document["sections"][0]["slots"][0]["accept"] == ["pdf", "docx"]


@pytest.mark.parametrize("kind", [kind for kind in FURTHER if kind != "upload"])
@pytest.mark.parametrize("value", [[], ["a"], [["a", "b"]], {"file": "x", "name": "y"}, "a", 99, True])
def test_a_slot_refuses_what_is_no_answer(kind: str, value: object):
    paper, _key = on_paper(kind)

    with pytest.raises(DomainError, match="与题型不符"):
        paper.check(1, value)


def test_partly_filled_counts_as_answered_and_empty_does_not():
    assert not is_blank([None, "k7"])
    assert is_blank([None, None])
    assert not is_blank(0)
