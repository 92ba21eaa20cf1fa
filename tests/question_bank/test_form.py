"""Frozen forms: what a candidate sees, and the way back."""

import json
import random

import pytest

from question_bank.assembly.draw import Draw, assemble
from question_bank.assembly.form import SlotMap, build_form, canonical_json, canonical_value, sha256_hex
from question_bank.item import Item
from question_bank.scoring import ResponseShape, ValueShapeError, check_value, score_response
from tests.question_bank.builders import item_json, make_bank, make_blueprint, make_item, part_json

KINDS = {"true_false": 2, "single": 3, "multiple": 2, "fill_in": 1, "case": 1, "essay": 1}


@pytest.fixture
def draw() -> Draw:
    bank = make_bank({(kind, "A"): 5 for kind in KINDS})
    return assemble(make_blueprint(KINDS), bank, 1)


def draw_one(item: Item) -> Draw:
    return assemble(make_blueprint({item.kind.value: 1}), [item], 1)


def test_slots_are_numbered_from_one_through_all_sections(draw: Draw) -> None:
    form = build_form(draw, 5)
    slots = [slot for section in form.paper["sections"] for slot in section["slots"]]

    assert [slot["slot"] for slot in slots] == list(range(1, 13))
    assert [slot_map.slot for slot_map in form.slots] == list(range(1, 13))
    assert set(form.paper) == {"form", "title", "sections"}
    assert all(set(section) == {"title", "instructions", "slots"} for section in form.paper["sections"])


def test_a_paper_tells_nothing_of_items_and_keys(draw: Draw) -> None:
    form = build_form(draw, 5)
    allowed = {"slot", "type", "points", "stem_html", "stimulus_html", "group", "options", "blanks"}

    for section in form.paper["sections"]:
        for slot in section["slots"]:
            assert set(slot) <= allowed
            assert all(set(option) == {"id", "html"} for option in slot["options"])


def test_option_ids_are_unique_short_and_new_on_each_form(draw: Draw) -> None:
    first, second = build_form(draw, 5), build_form(draw, 6)
    ids = [shown for slot_map in first.slots for shown in slot_map.option_map.values()]

    assert len(ids) == len(set(ids)) == 4 * (3 + 2 + 2)
    assert all(2 <= len(shown) <= 3 and shown.isalnum() and shown.islower() for shown in ids)
    assert ids != [shown for slot_map in second.slots for shown in slot_map.option_map.values()]


def test_a_long_form_has_enough_option_ids() -> None:
    bank = make_bank({("single", "A"): 100})
    form = build_form(assemble(make_blueprint({"single": 100}), bank, 1), 5)
    ids = [shown for slot_map in form.slots for shown in slot_map.option_map.values()]

    assert len(set(ids)) == 400


def test_options_are_shuffled_differently_on_different_forms(draw: Draw) -> None:
    orders = {
        tuple(option["html"] for option in build_form(draw, seed).paper["sections"][1]["slots"][0]["options"])
        for seed in range(30)
    }

    assert len(orders) > 10


def test_true_and_false_have_no_options_and_blanks_are_counted(draw: Draw) -> None:
    sections = build_form(draw, 5).paper["sections"]

    assert all(slot["options"] == [] for slot in sections[0]["slots"])
    assert sections[3]["slots"][0]["blanks"] == 1


def test_the_parts_of_a_case_stand_together_under_one_material(draw: Draw) -> None:
    slots = build_form(draw, 5).paper["sections"][4]["slots"]

    assert [slot["type"] for slot in slots] == ["single", "multiple", "essay"]
    assert [slot["points"] for slot in slots] == [4, 4, 8]
    assert {slot["group"] for slot in slots} == {"g1"}
    assert {slot["stimulus_html"] for slot in slots} == {draw.sections[4][0].stimulus}


def test_text_is_escaped_and_material_is_not() -> None:
    options = [{"id": letter, "text": f'<b>{letter}</b> & "x"'} for letter in "ab"]
    part = part_json("single", stem="a < b\n<script>", options=options, key="a")
    single = build_form(draw_one(make_item(parts=[part])), 1).paper["sections"][0]["slots"][0]
    case = build_form(draw_one(make_item("case")), 1).paper["sections"][0]["slots"][0]

    assert single["stem_html"] == "a &lt; b<br>&lt;script&gt;"
    assert all("<" not in option["html"] for option in single["options"])
    assert case["stimulus_html"] == item_json("case")["stimulus"]


def test_the_same_seed_builds_the_same_form(draw: Draw) -> None:
    assert build_form(draw, 5) == build_form(draw, 5)
    assert build_form(draw, 5, form_id="F-1").paper["form"] == "F-1"
    assert build_form(draw, 5).sha256 != build_form(draw, 6).sha256


def test_right_answers_on_the_form_score_full_points(draw: Draw) -> None:
    form = build_form(draw, 5)
    items = {item.id: item for item in draw.items}
    shown_slots = {slot["slot"]: slot for section in form.paper["sections"] for slot in section["slots"]}
    for slot_map in form.slots:
        part = items[slot_map.item_id].parts[slot_map.part_index]
        shown: object = part.key
        if isinstance(part.key, str):
            shown = slot_map.option_map[part.key]
        elif part.option_ids and isinstance(part.key, tuple):
            shown = [slot_map.option_map[str(option)] for option in part.key]
        elif part.blanks and isinstance(part.key, tuple):
            shown = [accepted[0] for accepted in part.key]

        check_value(ResponseShape.from_json(shown_slots[slot_map.slot]), shown)
        score = score_response(part, canonical_value(slot_map, shown), maximum=slot_map.points)

        assert score.points == (0 if part.type == "essay" else slot_map.points)


@pytest.mark.parametrize("value", ["a", "zz", ["a"], True, 5, [["k7"]], {"k7": 1, "a": 2}])
def test_a_value_from_elsewhere_has_no_canonical_form(value: object) -> None:
    slot_map = build_form(draw_one(make_item()), 1).slots[0]

    with pytest.raises(ValueShapeError):
        canonical_value(slot_map, value)


def test_null_and_plain_values_pass_through() -> None:
    with_options = build_form(draw_one(make_item()), 1).slots[0]
    without = build_form(draw_one(make_item("essay")), 1).slots[0]

    assert canonical_value(with_options, None) is None
    assert canonical_value(without, "文字") == "文字"


def test_a_slot_map_survives_its_json(draw: Draw) -> None:
    for slot_map in build_form(draw, 5).slots:
        assert SlotMap.from_json(json.loads(json.dumps(slot_map.to_json()))) == slot_map


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    data = {"乙": [1, 2.5, None], "甲": {"b": True, "a": "文"}}
    keys = list(data)
    random.Random(1).shuffle(keys)

    assert canonical_json({key: data[key] for key in reversed(data)}) == canonical_json(data)
    assert sha256_hex(data) == sha256_hex({key: data[key] for key in reversed(data)})
    assert canonical_json({"甲": 1}) == '{"甲":1}'.encode()
