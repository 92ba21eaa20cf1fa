"""Scoring: points, policies, spellings, and values of the wrong shape."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.item import Part, PartType
from question_bank.scoring import (
    MAX_BLANK,
    MAX_ESSAY,
    MultiplePolicy,
    ValueShapeError,
    check_value,
    normalise,
    score_response,
)
from tests.question_bank.builders import make_item, part_json

LETTERS = ["a", "b", "c", "d"]


def part(kind: str, **changes: Any) -> Part:
    return make_item(kind, parts=[part_json(kind, **changes)]).parts[0]


@pytest.mark.parametrize(
    ("kind", "value", "points"),
    [
        ("single", "b", 2),
        ("single", "a", 0),
        ("single", None, 0),
        ("true_false", True, 1),
        ("true_false", False, 0),
        ("multiple", ["c", "a"], 2),
        ("multiple", ["a"], 0),
        ("multiple", ["a", "b", "c"], 0),
        ("fill_in", ["5年"], 2),
        ("fill_in", ["二年"], 0),
        ("fill_in", [""], 0),
    ],
)
def test_points_of_a_response(kind: str, value: object, points: int) -> None:
    score = score_response(part(kind), value)

    assert score.points == points
    assert not score.needs_marking


@pytest.mark.parametrize(("text", "marking"), [("看法", True), ("  \n", False), (None, False)])
def test_an_essay_waits_for_people_unless_it_is_empty(text: str | None, marking: bool) -> None:
    score = score_response(part("essay"), text)

    assert (score.points, score.maximum, score.needs_marking) == (Decimal(0), Decimal(10), marking)


@pytest.mark.parametrize(
    ("chosen", "points"),
    [(["a", "c"], "2"), (["a"], "1"), (["c"], "1"), (["b"], "0"), (["a", "b"], "0"), (["a", "b", "c"], "0")],
)
def test_half_the_points_for_a_part_of_the_key_without_a_wrong_choice(chosen: list[str], points: str) -> None:
    score = score_response(part("multiple"), chosen, policy=MultiplePolicy.PARTIAL_HALF)

    assert score.points == Decimal(points)


def test_blanks_share_the_points() -> None:
    stem, key = "____、____和____", [["一"], ["二"], ["三"]]
    three = make_item("fill_in", parts=[part_json("fill_in") | {"stem": stem, "key": key}]).parts[0]

    assert score_response(three, ["一", "x", ""]).points == Decimal("0.67")
    assert score_response(three, ["一", "二", "x"]).points == Decimal("1.33")
    assert score_response(three, ["一", "二", "三"]).points == 2


def test_the_form_may_set_another_maximum() -> None:
    score = score_response(part("single"), "b", maximum=Decimal("1.5"))

    assert (score.points, score.maximum) == (Decimal("1.5"), Decimal("1.5"))


@pytest.mark.parametrize(
    ("given_text", "accepted"),
    [
        ("２０万元", "20万元"),
        ("  五年 ", "五年"),
        ("五　年", "五年"),
        ("10 日", "10日"),
        ("cod", "COD"),
        ("vocs  limit", "VOCs limit"),
        ("五\u200b年", "五年"),
    ],
)
def test_spellings_that_are_the_same(given_text: str, accepted: str) -> None:
    assert normalise(given_text) == normalise(accepted)


@pytest.mark.parametrize(("given_text", "accepted"), [("5年", "五年"), ("1 0", "10"), ("vo cs", "VOCs")])
def test_spellings_that_are_not_the_same(given_text: str, accepted: str) -> None:
    assert normalise(given_text) != normalise(accepted)


WRONG_SHAPES: list[tuple[str, object]] = [
    ("single", "z"),
    ("single", ""),
    ("single", ["b"]),
    ("single", True),
    ("single", 1),
    ("multiple", []),
    ("multiple", "a"),
    ("multiple", ["a", "a"]),
    ("multiple", ["a", "z"]),
    ("multiple", [["a"]]),
    ("multiple", {"a": "c"}),
    ("true_false", 1),
    ("true_false", "true"),
    ("fill_in", "五年"),
    ("fill_in", []),
    ("fill_in", ["五年", "二年"]),
    ("fill_in", [None]),
    ("fill_in", [5]),
    ("fill_in", ["字" * (MAX_BLANK + 1)]),
    ("essay", ["看法"]),
    ("essay", 5),
    ("essay", "字" * (MAX_ESSAY + 1)),
    ("essay", "空\x00字符"),
    ("essay", "\ud800"),
]


@pytest.mark.parametrize(("kind", "value"), WRONG_SHAPES)
def test_a_value_of_the_wrong_shape_is_refused_and_never_scored(kind: str, value: object) -> None:
    with pytest.raises(ValueShapeError):
        check_value(part(kind).response_shape, value)
    with pytest.raises(ValueShapeError):
        score_response(part(kind), value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("fill_in", ["字" * MAX_BLANK]), ("essay", "字" * MAX_ESSAY), ("essay", ""), ("multiple", LETTERS)],
)
def test_the_longest_value_is_accepted(kind: str, value: object) -> None:
    check_value(part(kind).response_shape, value)


@pytest.mark.parametrize("kind", list(PartType))
def test_null_clears_any_answer(kind: PartType) -> None:
    check_value(part(kind).response_shape, None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(kind=st.sampled_from(list(PartType)), value=json_values, policy=st.sampled_from(list(MultiplePolicy)))
def test_any_json_value_is_scored_within_bounds_or_refused(
    kind: PartType, value: object, policy: MultiplePolicy
) -> None:
    answered = part(kind.value)
    try:
        score = score_response(answered, value, policy=policy)
    except ValueShapeError:
        return
    assert 0 <= score.points <= score.maximum == answered.points


subsets = st.sets(st.sampled_from(LETTERS), min_size=1)


@given(key=subsets, chosen=subsets)
def test_partial_credit_never_exceeds_and_never_rewards_a_wrong_choice(
    key: set[str], chosen: set[str]
) -> None:
    answered = part("multiple", key=sorted(key))
    strict = score_response(answered, sorted(chosen)).points
    lenient = score_response(answered, sorted(chosen), policy=MultiplePolicy.PARTIAL_HALF).points

    assert strict == (2 if chosen == key else 0)
    assert lenient == (2 if chosen == key else 1 if chosen < key else 0)


@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(blanks=st.lists(st.booleans(), min_size=1, max_size=6), points=st.integers(min_value=1, max_value=10))
def test_every_right_blank_earns_its_share(blanks: list[bool], points: int) -> None:
    stem, key = "、".join("____" for _ in blanks), [[f"第{n}"] for n in range(len(blanks))]
    answered = make_item(
        "fill_in", parts=[part_json("fill_in") | {"stem": stem, "key": key, "points": points}]
    ).parts[0]
    value = [key[n][0] if right else "错" for n, right in enumerate(blanks)]

    score = score_response(answered, value)

    assert abs(score.points - Decimal(points) * sum(blanks) / len(blanks)) <= Decimal("0.005")
    assert (score.points == points) == all(blanks)
