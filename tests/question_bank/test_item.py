"""Items: their JSON, its halves, and every fault named."""

from decimal import Decimal
from typing import Any

import pytest

from question_bank.item import Item, ItemError, ItemKind, PartType, Tier
from tests.question_bank.builders import FURTHER, item_json, make_item, part_json

PLAIN = ["single", "multiple", "true_false", "fill_in", "essay", "case"]
KINDS = [*PLAIN, *FURTHER]


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_survives_its_json(kind: str) -> None:
    data = item_json(kind)

    item = Item.from_json(data)

    assert item.to_json() == data
    assert Item.from_json(item.to_json()) == item


@pytest.mark.parametrize("kind", KINDS)
def test_the_two_halves_of_an_item_join_again(kind: str) -> None:
    item = make_item(kind)

    assert Item.join(item.content_json(), item.key_json()) == item


@pytest.mark.parametrize("kind", PLAIN)
def test_the_half_a_candidate_sees_holds_no_key(kind: str) -> None:
    item = make_item(kind, rationale="解析在此", figures=["五年"])

    content = item.content_json()

    assert set(content) == {"kind", "stimulus", "parts"}
    assert all(set(part) == {"type", "stem", "options", "points"} for part in content["parts"])


def test_halves_of_different_items_are_not_joined() -> None:
    with pytest.raises(ItemError, match="小题数不一致"):
        Item.join(make_item("case").content_json(), make_item("single").key_json())


def test_values_are_typed() -> None:
    item = make_item("case", id="F1-007", unit="F1")

    assert item.kind is ItemKind.CASE
    assert item.tiers == (Tier.PRIMARY, Tier.INTERMEDIATE)
    assert [part.type for part in item.parts] == [PartType.SINGLE, PartType.MULTIPLE, PartType.ESSAY]
    assert item.points == Decimal(16)
    assert item.module == "F"


def test_a_multiple_key_is_put_into_the_order_of_the_options() -> None:
    item = make_item("multiple", parts=[part_json("multiple", key=["c", "a"])])

    assert item.parts[0].key == ("a", "c")


def test_practice_items_need_no_unit() -> None:
    item = make_item(unit=None)

    assert item.unit is None
    assert item.module is None


def test_figures_may_be_left_out() -> None:
    data = item_json()
    del data["figures"]

    assert Item.from_json(data).figures == ()


def options(count: int) -> list[dict[str, str]]:
    return [{"id": letter, "text": f"选项{letter}"} for letter in "abcdefghij"[:count]]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("single", {"difficulty": 0}),
        ("single", {"difficulty": 1}),
        ("single", {"citations": []}),
        ("single", {"citations": [{"law": "criminal-law", "article": "120-1"}]}),
        ("single", {"parts": [part_json("single", options=options(2))]}),
        ("single", {"parts": [part_json("single", options=options(8))]}),
        ("single", {"parts": [part_json("single", points=0.5)]}),
        ("case", {"parts": [part_json("single"), part_json("true_false")]}),
        ("case", {"parts": [part_json("single")] * 5}),
        ("case", {"stimulus": '<table><tr><td colspan="2">甲</td></tr></table><ul><li>a &lt; b</li></ul>'}),
    ],
)
def test_the_edge_of_what_is_allowed_is_allowed(kind: str, changes: dict[str, Any]) -> None:
    assert make_item(kind, **changes)


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("single", {"id": ""}, "id"),
    ("single", {"id": "有空 格"}, "id"),
    ("single", {"unit": "五"}, "unit"),
    ("single", {"tiers": []}, "tiers"),
    ("single", {"tiers": ["primary", "primary"]}, "tiers"),
    ("single", {"tiers": ["senior"]}, "tiers"),
    ("single", {"kind": "riddle"}, "kind"),
    ("single", {"kind": ["single"]}, "kind"),
    ("single", {"difficulty": 1.01}, "difficulty"),
    ("single", {"difficulty": -0.01}, "difficulty"),
    ("single", {"difficulty": True}, "difficulty"),
    ("single", {"difficulty": float("nan")}, "difficulty"),
    ("single", {"stimulus": "<p>材料</p>"}, "stimulus"),
    ("single", {"parts": []}, "parts"),
    ("single", {"parts": "x"}, "parts"),
    ("single", {"parts": [part_json("single")] * 2}, "parts"),
    ("single", {"parts": [part_json("multiple")]}, "parts"),
    ("single", {"citations": [{"law": "criminal-law", "article": 120}]}, "citations"),
    ("single", {"citations": [{"law": "criminal-law", "article": "0"}]}, "citations"),
    ("single", {"citations": [{"law": "刑法", "article": "120"}]}, "citations"),
    ("single", {"citations": [{"law": "criminal-law", "article": "120", "paragraph": 0}]}, "citations"),
    ("single", {"citations": [{"law": "criminal-law", "article": "120", "item": "三"}]}, "citations"),
    ("single", {"citations": [{"law": "criminal-law", "article": "120", "item": 100}]}, "citations"),
    ("single", {"transitional": "yes"}, "transitional"),
    ("single", {"figures": [""]}, "figures"),
    ("single", {"rationale": None}, "rationale"),
    ("single", {"colour": "red"}, "colour"),
    ("single", {"parts": [part_json("single", stem=" ")]}, "stem"),
    ("single", {"parts": [part_json("single", key="z")]}, "key"),
    ("single", {"parts": [part_json("single", key=["b"])]}, "key"),
    ("single", {"parts": [part_json("single", options=options(1), key="a")]}, "options"),
    ("single", {"parts": [part_json("single", options=options(9))]}, "options"),
    ("single", {"parts": [part_json("single", options=[*options(3), {"id": "a", "text": "又"}])]}, "options"),
    (
        "single",
        {"parts": [part_json("single", options=[*options(3), {"id": "d", "text": "选项a"}])]},
        "options",
    ),
    ("single", {"parts": [part_json("single", points=0)]}, "points"),
    ("single", {"parts": [part_json("single", points="2")]}, "points"),
    ("single", {"parts": [part_json("single", rubric=[{"points": 2, "text": "x"}])]}, "rubric"),
    ("single", {"parts": [part_json("single", type=["single"])]}, "parts"),
    ("multiple", {"parts": [part_json("multiple", key=[])]}, "key"),
    ("multiple", {"parts": [part_json("multiple", key=["a", "a"])]}, "key"),
    ("multiple", {"parts": [part_json("multiple", key=["a", "z"])]}, "key"),
    ("multiple", {"parts": [part_json("multiple", key="ac")]}, "key"),
    ("true_false", {"parts": [part_json("true_false", key="a")]}, "key"),
    ("true_false", {"parts": [part_json("true_false", options=options(2))]}, "options"),
    ("fill_in", {"parts": [part_json("fill_in") | {"stem": "没有空"}]}, "stem"),
    ("fill_in", {"parts": [part_json("fill_in", key=[["五年"], ["二年"]])]}, "key"),
    ("fill_in", {"parts": [part_json("fill_in", key=[[]])]}, "key"),
    ("fill_in", {"parts": [part_json("fill_in", key=["五年"])]}, "key"),
    ("essay", {"parts": [part_json("essay", key="x")]}, "key"),
    ("essay", {"parts": [part_json("essay", rubric=[{"points": 9, "text": "少一分"}])]}, "rubric"),
    ("case", {"stimulus": None}, "stimulus"),
    ("case", {"parts": [part_json("single")]}, "parts"),
    ("case", {"parts": [part_json("single")] * 6}, "parts"),
    ("case", {"stimulus": "<p>未结束"}, "stimulus"),
    ("case", {"stimulus": "<p><strong>交叉</p></strong>"}, "stimulus"),
    ("case", {"stimulus": '<p onclick="x()">点我</p>'}, "stimulus"),
    ("case", {"stimulus": "<script>alert(1)</script>"}, "stimulus"),
    ("case", {"stimulus": "<p>a < b</p>"}, "stimulus"),
    ("case", {"stimulus": "<img src=x onerror=alert(1)>"}, "stimulus"),
]


@pytest.mark.parametrize(("kind", "changes", "field"), FAULTS)
def test_a_fault_is_named_by_its_field(kind: str, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ItemError) as caught:
        Item.from_json(item_json(kind) | changes)

    assert field in {problem.field for problem in caught.value.problems}
    assert all(problem.message and problem.where for problem in caught.value.problems)


def test_all_faults_are_named_at_once_and_with_their_part() -> None:
    parts = [part_json("single", key="z"), part_json("multiple", points=-1)]

    with pytest.raises(ItemError) as caught:
        make_item("case", id="C1-009", parts=parts, difficulty=2)

    assert {(p.where, p.field) for p in caught.value.problems} == {
        ("试题 C1-009", "difficulty"),
        ("试题 C1-009 第 1 小题", "key"),
        ("试题 C1-009 第 2 小题", "points"),
    }


@pytest.mark.parametrize("text", ["空\x00字符", "\ud800"])
def test_text_that_no_database_can_keep_is_refused(text: str) -> None:
    for data in (item_json(rationale=text), item_json(figures=[text]), item_json(id=text)):
        with pytest.raises(ItemError, match="不能保存"):
            Item.from_json(data)


@pytest.mark.parametrize("data", [None, [], "x", {}, {"id": "B5-001"}])
def test_what_is_no_item_is_refused(data: object) -> None:
    with pytest.raises(ItemError):
        Item.from_json(data)
