"""The further types: what is well-formed, how they are scored, and how they stand on a form."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.areas import inside, is_within
from question_bank.assembly.draw import assemble
from question_bank.assembly.form import BuiltForm, build_form, canonical_value, item_images
from question_bank.formats.aiken import write_aiken
from question_bank.formats.bank_csv import write_csv
from question_bank.formats.bank_sheet import write_bank
from question_bank.formats.gift_write import write_gift
from question_bank.formats.item_json import read_json, write_json
from question_bank.formats.moodle_write import write_moodle
from question_bank.item import Item, ItemError, Part
from question_bank.scoring import MultiplePolicy, ResponseShape, ValueShapeError, check_value, score_response
from tests.question_bank.builders import DIGEST, FURTHER, item_json, make_blueprint, make_item, part_json

SCORED = [kind for kind in FURTHER if kind != "upload"]
WITH_POLICY = [kind for kind in SCORED if kind != "slider"]
POINTS = [[10, 10], [50, 50]]
AREAS = [["circle", [10, 10, 5], 2], ["rect", [40, 40, 60, 60], 1], ["poly", [0, 90, 9, 90, 9, 99], -1]]
FREE = {
    "options": [],
    "key": POINTS,
    "most": 0,
    "scoring": {"areas": AREAS, "default": -1, "lower": 0, "upper": None, "full": 3},
}


def further(kind: str, **changes: Any) -> Item:
    return make_item(kind, parts=[part_json(kind) | changes])


def part(kind: str, **changes: Any) -> Part:
    return further(kind, **changes).parts[0]


def values_of(kind: str) -> st.SearchStrategy[Any]:
    """Return values of the right shape, in canonical ids."""
    own = FURTHER[kind]
    ids = [option["id"] for option in own.get("options", [])]
    if kind == "inline_choice":
        return st.tuples(st.sampled_from([None, "a", "b"]), st.sampled_from([None, "c", "d", "e"])).map(list)
    if kind == "gap_match":
        return st.permutations([*ids, None, None, None]).map(lambda words: words[:3])
    if kind == "match":
        return st.lists(st.sampled_from(ids), min_size=1, unique=True).flatmap(
            lambda lefts: st.tuples(*(st.tuples(st.just(left), st.sampled_from("xyz")) for left in lefts))
        )
    if kind == "slider":
        return st.integers(min_value=0, max_value=20).map(lambda half: half / 2)
    most = own.get("most") or len(ids)
    return st.permutations(ids).flatmap(
        lambda order: st.integers(min_value=1, max_value=most).map(lambda n: list(order[:n]))
    )


def form_of(item: Item, seed: int = 1) -> BuiltForm:
    images = {digest: f"data:{digest[:4]}" for digest in item_images(item)}
    return build_form(assemble(make_blueprint({item.kind.value: 1}), [item], 1), seed, images=images)


def on_form(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, list | tuple):
        return [on_form(one, ids) for one in value]
    return ids.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("kind", SCORED)
def test_the_key_earns_everything_and_no_answer_nothing(kind: str) -> None:
    answered = part(kind)

    assert score_response(answered, answered.key).points == 4
    assert score_response(answered, None).points == 0


@pytest.mark.parametrize("policy", list(MultiplePolicy))
@pytest.mark.parametrize("kind", WITH_POLICY)
@given(data=st.data())
@settings(max_examples=40)
def test_a_policy_gives_everything_for_the_key_alone_and_never_less_than_nothing(
    kind: str, policy: MultiplePolicy, data: st.DataObject
) -> None:
    answered = part(kind, scoring={"policy": policy.value})
    value = data.draw(values_of(kind))

    score = score_response(answered, value)

    assert score_response(answered, answered.key).points == 4
    assert 0 <= score.points <= score.maximum == 4
    if score.points == 4:
        assert _as_key(answered, value) == answered.key


def _as_key(answered: Part, value: Any) -> Any:
    """Return a value frozen as the bank freezes a key."""
    listed = [list(one) if isinstance(one, tuple) else one for one in value]
    return part(answered.type.value, key=listed).key


@pytest.mark.parametrize(
    ("policy", "chosen", "points"),
    [
        ("all_or_nothing", ["a"], "0"),
        ("partial_half", ["a"], "2"),
        ("partial", ["a"], "2"),
        ("partial", ["a", "b"], "0"),
        ("minus_per_wrong", ["a", "b"], "0"),
        ("minus_per_wrong", ["a"], "2"),
        ("minus_per_wrong", ["b"], "0"),
        ("per_option", ["a"], "2.67"),
        ("per_option", ["a", "b"], "1.33"),
        ("per_option", ["b"], "0"),
    ],
)
def test_points_of_marked_fragments_by_policy(policy: str, chosen: list[str], points: str) -> None:
    score = score_response(part("hottext", scoring={"policy": policy}), chosen)

    assert score.points == Decimal(points)


@pytest.mark.parametrize(
    ("kind", "value", "points"),
    [
        ("inline_choice", ["b", None], "2"),
        ("inline_choice", ["b", "d"], "2"),
        ("gap_match", ["d", "b", None], "1.33"),
        ("gap_match", [None, None, None], "0"),
        ("order", ["c", "a"], "2"),
        ("match", [["a", "y"]], "2.67"),
        ("match", [["a", "y"], ["b", "x"], ["c", "z"]], "2.67"),
    ],
)
def test_each_place_can_be_judged_by_itself(kind: str, value: Any, points: str) -> None:
    score = score_response(part(kind, scoring={"policy": "per_option"}), value)

    assert score.points == Decimal(points)


def test_a_part_s_own_policy_comes_before_the_examination_s() -> None:
    own = part("multiple", scoring={"policy": "partial"})

    assert score_response(own, ["a"], policy=MultiplePolicy.ALL_OR_NOTHING).points == 1
    assert score_response(part("multiple"), ["a"], policy=MultiplePolicy.PARTIAL).points == 1
    assert score_response(part("order"), ["c"], policy=MultiplePolicy.PARTIAL).points == 0


@pytest.mark.parametrize(
    ("kind", "value", "table", "points"),
    [
        ("match", [["a", "y"], ["b", "z"]], [["a y", 2], ["b z", -1]], "1"),
        ("gap_match", ["d", None, "b"], [["d 1", 1], ["a 3", 3]], "1"),
        ("inline_choice", ["b", "e"], [["b", 1.5], ["c", 2.5]], "1.5"),
        ("slider", 2.0, [[2, 3], [2.5, 4]], "3"),
        ("fill_in", ["COD"], [["cod", 1]], "0.5"),
        ("single", "c", [["b", 4], ["c", 1]], "0.5"),
        ("true_false", True, [["true", 4]], "1"),
    ],
)
def test_a_table_of_values_is_summed_and_scaled(
    kind: str, value: object, table: list[Any], points: str
) -> None:
    answered = part(kind, scoring={"map": table, "full": 4})

    assert score_response(answered, value).points == Decimal(points)


@pytest.mark.parametrize(
    ("limits", "chosen", "points"),
    [
        ({}, ["a", "b"], "1"),
        ({"default": -3}, ["a", "b"], "0"),
        ({"default": -3, "lower": 1}, ["a", "b"], "1"),
        ({"upper": 1.5}, ["a", "c"], "1.5"),
        ({}, ["a", "c"], "4"),
    ],
)
def test_a_table_has_a_default_and_limits(limits: dict[str, Any], chosen: list[str], points: str) -> None:
    scoring = {"map": [["a", 1], ["c", 3]], "full": 4} | limits

    assert score_response(part("hottext", scoring=scoring), chosen).points == Decimal(points)


def test_capitals_count_where_a_table_says_so() -> None:
    table = {"map": [["COD", 2]], "full": 2}

    assert score_response(part("fill_in", scoring=table), ["cod"]).points == 2
    assert score_response(part("fill_in", scoring=table | {"case": True}), ["cod"]).points == 0


@given(
    rows=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(-5, 5)), min_size=1),
    full=st.integers(1, 5),
    chosen=st.sets(st.sampled_from("abcd"), min_size=1),
)
def test_no_table_gives_less_than_nothing_or_more_than_all(
    rows: list[tuple[str, int]], full: int, chosen: set[str]
) -> None:
    answered = part("multiple", scoring={"map": [list(row) for row in rows], "full": full})

    assert 0 <= score_response(answered, sorted(chosen)).points <= 2


@pytest.mark.parametrize(
    ("points", "earned"),
    [
        (POINTS, "4"),
        ([[10, 10]], "2.67"),
        ([[10, 10], [11, 11]], "2.67"),
        ([[10, 10], [99, 1]], "1.33"),
        ([[99, 1]], "0"),
    ],
)
def test_points_on_a_picture_earn_by_area(points: list[list[int]], earned: str) -> None:
    assert score_response(part("hotspot", **FREE), points).points == Decimal(earned)


@pytest.mark.parametrize(
    ("shape", "coords", "hits", "misses"),
    [
        ("circle", [10, 10, 5], [(15, 10), (13, 14)], [(14, 14)]),
        ("rect", [0, 0, 10, 5], [(10, 5), (0, 0)], [(11, 5)]),
        ("ellipse", [0, 0, 10, 5], [(10, 0), (0, 5)], [(9, 4)]),
        ("poly", [0, 0, 10, 0, 10, 10, 5, 5], [(9, 3), (5, 0), (10, 10)], [(4, 6), (11, 5)]),
        ("default", [], [(0, 0), (900, 900)], []),
    ],
)
def test_what_lies_in_an_area(
    shape: str, coords: list[int], hits: list[tuple[int, int]], misses: list[tuple[int, int]]
) -> None:
    assert all(inside(shape, coords, point) for point in hits)
    assert not any(inside(shape, coords, point) for point in misses)


WRONG: list[tuple[str, object]] = [
    ("inline_choice", ["c", "b"]),
    ("inline_choice", ["a"]),
    ("inline_choice", "ab"),
    ("match", []),
    ("match", [["a", "b"]]),
    ("match", [["a", "x"], ["a", "y"]]),
    ("match", [["a", "x"], ["a", "x"]]),
    ("match", [["a"]]),
    ("order", ["a", "a"]),
    ("order", [None]),
    ("hottext", ["a", "b", "c"]),
    ("hotspot", ["z"]),
    ("hotspot", [[1, 2]]),
    ("gap_match", ["a", "a", None]),
    ("gap_match", ["a", None]),
    ("slider", 11),
    ("slider", True),
    ("slider", "5"),
    ("slider", float("nan")),
    ("upload", {"file": "x", "name": "a.exe"}),
    ("upload", {"file": "x"}),
    ("upload", {"file": 1, "name": "a.pdf"}),
]


@pytest.mark.parametrize(("kind", "value"), WRONG)
def test_a_value_of_the_wrong_shape_is_refused(kind: str, value: object) -> None:
    with pytest.raises(ValueShapeError):
        score_response(part(kind), value)


def test_an_upload_waits_for_people() -> None:
    score = score_response(part("upload"), {"file": "f-1", "name": "笔录.PDF"})

    assert (score.points, score.maximum, score.needs_marking) == (0, 4, True)


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("inline_choice", {"stem": "没有空"}, "没有空"),
    ("inline_choice", {"key": ["c", "a"]}, "没有这个选项"),
    ("inline_choice", {"options": [{"id": "a", "text": "甲"}]}, "blank"),
    ("match", {"key": [["x", "a"]]}, "左右两项"),
    ("match", {"most": -1}, "不小于 0"),
    ("match", {"targets": [{"id": "a", "text": "右"}]}, "id 重复"),
    ("order", {"key": []}, "没有答案"),
    ("order", {"most": 1}, "没有这个字段"),
    ("hottext", {"stem": "甲{{a}}乙{{b}}"}, "一处标记"),
    ("gap_match", {"key": [None, None, None]}, "没有答案"),
    ("hotspot", {"image": "x"}, "SHA-256"),
    ("hotspot", {"options": [{"id": "a", "text": "甲", "shape": "rect", "coords": [1]}]}, "坐标"),
    ("hotspot", FREE | {"scoring": None}, "自由点选"),
    ("slider", {"bounds": {"lower": 5, "upper": 5, "step": 1}}, "下限"),
    ("slider", {"key": 99}, "之间的数"),
    ("upload", {"key": "x"}, "没有固定答案"),
    ("upload", {"scoring": {"policy": "partial"}}, "人工阅卷"),
    ("upload", {"accept": [".pdf"]}, "扩展名"),
    ("slider", {"scoring": {"policy": "partial"}}, "不能用"),
    ("order", {"scoring": {"policy": "generous"}}, "没有这种"),
    ("order", {"scoring": {"rule": []}}, "评分规则不完整"),
    ("order", {"scoring": {"map": [["a", 1]], "full": 0}}, "对照表"),
    ("order", {"scoring": {"areas": AREAS, "full": 3}}, "自由点选"),
]


@pytest.mark.parametrize(("kind", "changes", "message"), FAULTS)
def test_a_faulty_part_is_refused_by_name(kind: str, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ItemError, match=message):
        further(kind, **changes)


def test_a_source_is_kept_with_the_key_alone() -> None:
    source = {"format": "qti-3.0", "processing": "<x/>", "identifier": "q1"}
    item = Item.from_json(item_json(source=source))

    assert item.key_json()["source"] == source
    assert "source" not in item.content_json()
    assert Item.from_json(item.to_json()) == item
    assert "source" not in make_item().to_json()


@pytest.mark.parametrize("kind", FURTHER)
def test_what_a_candidate_sees_holds_no_key(kind: str) -> None:
    scoring = {} if kind == "upload" else {"scoring": {"map": [["a", 1]], "full": 1}}
    shown = further(kind, **scoring).content_json()["parts"][0]

    assert not {"key", "rubric", "scoring"} & shown.keys()


@pytest.mark.parametrize("kind", SCORED)
@given(data=st.data(), seed=st.integers(0, 1000))
@settings(max_examples=30)
def test_a_value_on_a_form_leads_back_to_the_bank_s(kind: str, data: st.DataObject, seed: int) -> None:
    item = further(kind)
    form = form_of(item, seed)
    slot, slot_map = form.paper["sections"][0]["slots"][0], form.slots[0]
    value = data.draw(values_of(kind))
    shown = on_form(value, dict(slot_map.option_map))

    check_value(ResponseShape.from_json(slot), shown)
    back = canonical_value(slot_map, shown)

    assert back == on_form(value, {})
    assert score_response(item.parts[0], back) == score_response(item.parts[0], value)


@pytest.mark.parametrize("kind", SCORED)
def test_a_paper_shows_none_of_the_bank_s_ids(kind: str) -> None:
    item = further(kind)
    slot = form_of(item).paper["sections"][0]["slots"][0]
    ids = [one["id"] for one in (*slot["options"], *slot.get("targets", ()))]

    assert len(set(ids)) == len(ids)
    assert not {option.id for option in item.parts[0].options} & set(ids)
    assert slot["type"] == kind


def test_the_marks_of_a_running_text_carry_the_form_s_ids() -> None:
    slot = form_of(further("hottext")).paper["sections"][0]["slots"][0]
    first, second, third = (option["id"] for option in slot["options"])

    assert slot["stem_html"] == f"甲{{{{{first}}}}}乙{{{{{second}}}}}，丙{{{{{third}}}}}。"


def test_a_paper_holds_the_picture_of_its_areas() -> None:
    item = further("hotspot")
    slot = form_of(item).paper["sections"][0]["slots"][0]

    assert item_images(item) == [DIGEST]
    assert slot["image"] == f"data:{DIGEST[:4]}"
    assert sorted(option["shape"] for option in slot["options"]) == ["circle", "poly", "rect"]


@pytest.mark.parametrize("kind", FURTHER)
def test_json_carries_the_further_types(kind: str) -> None:
    item = further(kind)

    assert read_json(write_json([item], {}).content).items == [item]


WITHOUT = [(kind, write) for kind in FURTHER for write in (write_aiken, write_csv, write_bank)]
WITHOUT += [(kind, write_gift) for kind in FURTHER if kind != "slider"]
WITHOUT += [(kind, write_moodle) for kind in ("hottext", "hotspot", "match")]


@pytest.mark.parametrize(("kind", "write"), WITHOUT)
def test_a_format_without_such_a_type_says_so(kind: str, write: Any) -> None:
    item = further(kind)

    made = write([item])

    assert made.written == 0
    assert [(code, item.kind.label in reason) for code, reason in made.left_out] == [(item.id, True)]


@pytest.mark.parametrize("write", [write_aiken, write_csv, write_bank, write_gift, write_moodle])
def test_a_format_without_such_a_scoring_says_so(write: Any) -> None:
    made = write([further("single", scoring={"map": [["b", 1]], "full": 1})])

    assert "计分办法" in made.left_out[0][1]


@pytest.mark.parametrize(
    ("shape", "coords", "is_in"),
    [
        ("default", (), True),
        ("point", (20, 10), True),
        ("point", (21, 10), False),
        ("point", (0, -1), False),
        ("circle", (10, 5, 5), True),
        ("circle", (10, 5, 6), False),
        ("ellipse", (10, 5, 10, 5), True),
        ("ellipse", (10, 5, 11, 5), False),
        ("ellipse", (10, 5, 10, 6), False),
        ("rect", (0, 0, 20, 10), True),
        ("rect", (0, 0, 20, 11), False),
        ("poly", (0, 0, 20, 0, 20, 10), True),
        ("poly", (0, 0, 20, 0, 0, 11), False),
    ],
)
def test_an_area_lies_in_a_picture_with_all_that_belongs_to_it(shape, coords, is_in):
    assert is_within(shape, coords, 20, 10) is is_in
