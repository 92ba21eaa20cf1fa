"""Moodle XML out: what goes out comes back the same, and what Moodle cannot hold is left out by name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from question_bank.formats.moodle_write import write_moodle
from question_bank.formats.moodle_xml import read_moodle
from question_bank.item import Item, ItemKind
from question_bank.starter import load_starter
from tests.bank.samples import item, item_json, part_json


def test_the_starter_bank_comes_back_but_for_what_is_left_out_by_name():
    written = write_moodle(load_starter())
    left_out = dict(written.left_out)
    report = read_moodle(written.content)
    assert (report.problems, report.warnings) == ([], [])
    assert report.items == [one for one in load_starter() if one.id not in left_out]
    assert report.codes == {one.id for one in report.items}
    for one in load_starter():
        assert (one.id in left_out) == (one.kind is ItemKind.CASE)


TRICKY = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0_（(【"), min_size=1, max_size=20
).filter(str.strip)


@settings(max_examples=60)
@given(words=st.lists(TRICKY, min_size=9, max_size=9, unique_by=str.strip))
def test_what_goes_out_comes_back_the_same_and_the_rest_is_named(words: list[str]):
    options = [{"id": f"x{n}", "text": text} for n, text in enumerate(words[:4])]
    parts = [
        part_json("single", stem=words[7], options=options, key="x1"),
        part_json("multiple", stem=words[8], options=options, key=["x2", "x0", "x3"]),
        part_json("true_false", stem=words[6]),
        part_json("fill_in", stem="某____空", key=[words[:3]]),
        part_json("essay", stem=words[4], rubric=[{"points": 4, "text": words[5]}], points=4),
    ]
    items = [
        Item.from_json(item_json(f"T-{n}", part["type"], parts=[part]) | {"rationale": words[6]})
        for n, part in enumerate(parts)
    ]
    written = write_moodle(items)
    left_out = {code for code, _ in written.left_out}
    assert read_moodle(written.content).items == [one for one in items if one.id not in left_out]
    if all(word == word.strip() and word.isprintable() for word in words):
        assert left_out == set()


def test_markup_in_our_texts_is_text_for_moodle_too():
    written = write_moodle([item("T-1", stem="<script>alert(1)</script> & <b>")])
    assert b"<script>" not in written.content
    assert etree.fromstring(written.content).find("question/questiontext").get("format") == "plain_text"
    assert read_moodle(written.content).items[0].parts[0].stem == "<script>alert(1)</script> & <b>"


def test_cases_images_and_blanks_of_half_a_point_are_left_out_by_name():
    two = part_json("fill_in", stem="____和____", key=[["甲"], ["乙"]], points=1)
    items = [
        item("T-1", "case"),
        item("T-2", stem=f"![](image:{'0' * 64})"),
        Item.from_json(item_json("T-3", "fill_in", parts=[two])),
        item("T-4", stem="响铃\x07"),
        item("T-5", stem="留"),
    ]
    written = write_moodle(items)
    assert [code for code, _ in written.left_out] == ["T-1", "T-2", "T-3", "T-4"]
    assert (written.written, [one.id for one in read_moodle(written.content).items]) == (1, ["T-5"])


@pytest.mark.parametrize("note", ["", "tiejun: {", "another: {}"])
def test_a_damaged_note_refuses_its_question(note: str):
    quiz = etree.fromstring(write_moodle([item("T-1")]).content)
    quiz.find("question/tiejun").text = note
    report = read_moodle(etree.tostring(quiz))
    assert (report.items, "已损坏" in str(report.problems[0])) == ([], True)
