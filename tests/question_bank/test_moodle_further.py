"""The further types in Moodle XML: out and back the same, scored there as here, or left out by name."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from question_bank.formats.gift import read_gift
from question_bank.formats.gift_write import write_gift
from question_bank.formats.moodle_write import write_moodle
from question_bank.formats.moodle_xml import read_moodle
from question_bank.item import Item
from question_bank.policies import scaled
from question_bank.scoring import score_response
from tests.question_bank.builders import make_item, part_json
from tests.question_bank.moodle_player import earned

BY_PLACE = {"policy": "per_option"}
WORDS = ("公开", "备案 1", "a->b", "七日", "=~#{}%", "<b>&amp;", "二十日", "[[1]]", "\\}", "*", "\"'")
TEXTS = st.lists(st.sampled_from(WORDS), min_size=3, max_size=6, unique=True)
SCORING = st.sampled_from([None, {"policy": "all_or_nothing"}, BY_PLACE])


def item_of(kind: str, **part: Any) -> Item:
    bare = {name: value for name, value in part_json(kind).items() if name != "most" or kind == "gap_match"}
    return make_item(kind, parts=[bare | {name: value for name, value in part.items() if value is not None}])


def back(item: Item) -> list[Item]:
    return read_moodle(write_moodle([item]).content).items


def question_of(item: Item) -> etree._Element:
    return etree.fromstring(write_moodle([item]).content).find("question")


def reason(item: Item) -> str:
    ((code, why),) = write_moodle([item]).left_out
    assert code == item.id
    return str(why)


def options(texts: list[str], **other: Any) -> list[dict[str, Any]]:
    return [{"id": f"x{n}", "text": text} | other for n, text in enumerate(texts)]


@st.composite
def inline_choices(draw: st.DrawFn) -> Item:
    lists = [draw(TEXTS) for _ in range(draw(st.integers(1, 3)))]
    found = [
        {"id": f"x{blank}{n}", "text": text, "blank": blank}
        for blank, texts in enumerate(lists, start=1)
        for n, text in enumerate(texts)
    ]
    key = [f"x{blank}{draw(st.integers(0, len(t) - 1))}" for blank, t in enumerate(lists, start=1)]
    stem = "，再".join(["填____"] * len(lists))
    one = draw(SCORING) if len(lists) == 1 else BY_PLACE
    return item_of("inline_choice", stem=stem, options=draw(st.permutations(found)), key=key, scoring=one)


@st.composite
def gap_matches(draw: st.DrawFn) -> Item:
    texts = draw(TEXTS)
    most = draw(st.sampled_from([0, 1]))
    ids = [f"x{n}" for n in range(len(texts))]
    key = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=most == 1))
    stem = "、".join(["____"] * len(key))
    one = draw(SCORING) if len(key) == 1 else BY_PLACE
    return item_of("gap_match", stem=stem, options=options(texts), key=key, most=most, scoring=one)


@st.composite
def orders(draw: st.DrawFn) -> Item:
    texts = draw(TEXTS)
    key = draw(st.permutations([f"x{n}" for n in range(len(texts))]))
    return item_of("order", options=options(texts), key=key, scoring=draw(SCORING))


@st.composite
def sliders(draw: st.DrawFn) -> Item:
    lower, upper, step = draw(st.sampled_from([(0, 10, 0.5), (-3, 3, 1), (0, 1, 0.001)]))
    key = lower + step * draw(st.integers(0, int((upper - lower) / step)))
    bounds = {"lower": lower, "upper": upper, "step": step}
    return item_of("slider", bounds=bounds, key=round(key, 3))


@st.composite
def uploads(draw: st.DrawFn) -> Item:
    accept = draw(st.lists(st.sampled_from(["pdf", "docx", "document", "7z"]), unique=True))
    rubric = [{"points": 1, "text": "写明时间"}, {"points": 3, "text": "写明地点"}]
    return item_of("upload", accept=accept, rubric=draw(st.sampled_from([[], rubric])))


@st.composite
def blanks(draw: st.DrawFn) -> Item:
    key = draw(st.lists(TEXTS, min_size=2, max_size=3))
    return item_of("fill_in", stem="和".join(["____"] * len(key)), key=key, points=2 * len(key))


@settings(max_examples=150)
@given(st.one_of(inline_choices(), gap_matches(), orders(), sliders(), uploads(), blanks()))
def test_all_go_out_and_come_back_the_same(item: Item):
    written = write_moodle([item])
    assert written.left_out == []
    report = read_moodle(written.content)
    assert (report.items, report.problems, report.warnings) == ([item], [], [])
    assert report.codes == {item.id}


@settings(max_examples=100)
@given(st.one_of(inline_choices(), gap_matches(), blanks()), st.data())
def test_every_gap_earns_there_what_it_earns_here(item: Item, data: st.DataObject):
    (part,) = item.parts
    texts = {option.id: option.text for option in part.options}
    fitting = [
        [o.id for o in part.options if o.blank in (None, blank)] for blank in range(1, part.blanks + 1)
    ]
    if part.options:
        response = [data.draw(st.sampled_from([None, *ids])) for ids in fitting]
        used = [one for one in response if one]
        if part.type == "gap_match" and part.most and len(set(used)) < len(used):
            return
    else:
        pool = [*WORDS, "别的"]
        response = [data.draw(st.sampled_from(pool)) for _ in fitting]
    share = earned(question_of(item), [texts.get(one, one) for one in response])
    expected = scaled(part.points, Decimal(share.numerator), share.denominator)
    assert score_response(part, response).points == expected


@settings(max_examples=60)
@given(orders(), st.data())
def test_every_order_earns_there_what_it_earns_here(item: Item, data: st.DataObject):
    (part,) = item.parts
    texts = {option.id: option.text for option in part.options}
    response = data.draw(st.permutations(part.option_ids))
    share = earned(question_of(item), [texts[one] for one in response])
    expected = scaled(part.points, Decimal(share.numerator), share.denominator)
    assert score_response(part, list(response)).points == expected


@pytest.mark.parametrize(
    ("kind", "changes", "why"),
    [
        ("inline_choice", {}, "逐空计分"),
        ("inline_choice", {"scoring": {"policy": "minus_per_wrong"}}, "逐空计分"),
        ("inline_choice", {"scoring": {"map": [["b", 1]], "full": 2}}, "逐空计分"),
        ("gap_match", {"key": ["d", "b", "a"]}, "逐空计分"),
        ("gap_match", {"scoring": BY_PLACE}, "留空"),
        ("gap_match", {"scoring": BY_PLACE, "key": ["d", "b", "a"], "most": 2}, "最多用 2 次"),
        ("order", {"scoring": {"policy": "partial"}}, "逐个位置计分"),
        ("order", {"key": ["c", "a"]}, "只排其中几项"),
        ("slider", {"scoring": {"map": [[2.5, 1], [3, 1]], "full": 1}}, "自带的计分办法"),
        ("hottext", {}, "选句题"),
        ("hotspot", {}, "图上选区题"),
    ],
)
def test_what_moodle_holds_otherwise_is_left_out_by_name(kind: str, changes: dict[str, Any], why: str):
    assert why in reason(make_item(kind, parts=[part_json(kind, **changes)]))


def test_a_text_that_looks_like_a_gap_of_moodle_is_left_out_by_name():
    assert "不能原样保存" in reason(item_of("inline_choice", scoring=BY_PLACE, stem="[[1]]____和____"))


@pytest.mark.parametrize("key", [["a"], ["a", "c"], ["b", "c", "d"]])
def test_wrong_choices_that_take_off_points_do_so_there_too(key: list[str]):
    item = item_of("multiple", key=key, scoring={"policy": "minus_per_wrong"})
    assert back(item) == [item]
    assert read_gift(write_gift([item]).content).items == [item]
    shares = [Decimal(one.get("fraction")) for one in question_of(item).findall("answer")]
    for chosen in (key, key[:1], [*key, "d"], ["a", "b", "c", "d"]):
        given = sorted(set(chosen))
        there = max(sum(shares["abcd".index(one)] for one in given), Decimal(0)) / 100
        here = score_response(item.parts[0], given).points / item.points
        assert abs(here - there) < Decimal("0.006")


@given(sliders())
def test_a_number_goes_by_gift_too(item: Item):
    written = write_gift([item])
    assert (written.left_out, read_gift(written.content).items) == ([], [item])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"scoring": None}, "选项增减后"),
        ({"scoring": {"policy": "strange"}}, "选项增减后"),
        ({"options": ["a"]}, "选项增减后"),
    ],
)
def test_a_note_cannot_change_the_score_of_what_the_question_says(change: dict[str, Any], problem: str):
    quiz = etree.fromstring(
        write_moodle([item_of("inline_choice", scoring=BY_PLACE)]).content,
    )
    note = quiz.find("question/tiejun")
    says = json.loads(note.text.removeprefix("tiejun:")) | change
    note.text = f"tiejun: {json.dumps(says)}"
    report = read_moodle(etree.tostring(quiz))
    assert (report.items, problem in str(report.problems[0])) == ([], True)


def test_a_changed_answer_of_a_number_between_bounds_is_refused_until_the_note_is_gone():
    content = write_moodle([item_of("slider")]).content
    report = read_moodle(content.replace(b"<tolerance>0<", b"<tolerance>1<"))
    assert "tiejun" in str(report.problems[0])
    quiz = etree.fromstring(content.replace(b"<tolerance>0<", b"<tolerance>1<"))
    quiz.find("question").remove(quiz.find("question/tiejun"))
    (item,) = read_moodle(etree.tostring(quiz)).items
    assert score_response(item.parts[0], ["3.5"]).points == 4
