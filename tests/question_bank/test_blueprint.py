"""Blueprints: quotas, the demo blueprint, contradictions."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.assembly.blueprint import Blueprint, BlueprintError, load_blueprint, module_quota
from question_bank.terms import Tier
from tests.question_bank.builders import make_blueprint, make_item, part_json

weights = st.dictionaries(
    st.sampled_from("ABCDEFGHIJ"), st.integers(min_value=0, max_value=100), min_size=1, max_size=10
).filter(lambda shares: sum(shares.values()) > 0)


@given(shares=weights, total=st.integers(min_value=0, max_value=500))
def test_a_quota_is_the_exact_share_rounded_down_or_up_and_sums_to_the_total(
    shares: dict[str, int], total: int
) -> None:
    quota = module_quota(shares, total)

    assert sum(quota.values()) == total
    for module, weight in shares.items():
        exact = total * weight / sum(shares.values())
        assert exact - 1 < quota[module] < exact + 1


@given(shares=weights, total=st.integers(min_value=0, max_value=100))
def test_a_quota_does_not_depend_on_the_order_or_the_unit_of_weights(
    shares: dict[str, int], total: int
) -> None:
    reordered = {module: shares[module] * 7 for module in reversed(shares)}

    assert module_quota(reordered, total) == module_quota(shares, total)


def test_equal_remainders_go_to_the_earlier_code() -> None:
    assert module_quota({"B": 1, "A": 1}, 3) == {"A": 2, "B": 1}


@pytest.mark.parametrize(
    ("shares", "total"), [({}, 1), ({"A": 0}, 1), ({"A": -1, "B": 2}, 1), ({"A": 1}, -1)]
)
def test_a_quota_without_sense_is_refused(shares: dict[str, int], total: int) -> None:
    with pytest.raises(ValueError):
        module_quota(shares, total)


def test_the_demo_blueprint_is_what_it_says() -> None:
    demo = load_blueprint("demo-primary")

    assert (demo.tier, demo.duration_minutes) == (Tier.PRIMARY, 60)
    assert demo.total_points == 100
    assert demo.cut_score == 60
    assert (demo.item_count, demo.slot_count) == (44, 46)
    assert [section.points for section in demo.sections] == [10, 40, 16, 8, 16, 10]
    assert sum(demo.module_counts().values()) == 44
    assert min(demo.module_counts().values()) >= 1


def test_a_blueprint_survives_its_json() -> None:
    demo = load_blueprint("demo-primary")

    assert Blueprint.from_json(demo.to_json()) == demo


def test_a_case_section_admits_only_cases_of_its_parts() -> None:
    section = load_blueprint("demo-primary").sections[4]
    fitting = make_item("case")
    turned = make_item("case", parts=fitting.to_json()["parts"][::-1])

    assert section.admits(fitting)
    assert not section.admits(turned)
    assert not section.admits(make_item("essay"))


def blueprint_json(**changes: Any) -> dict[str, Any]:
    return make_blueprint({"single": 4, "essay": 1}).to_json() | changes


def section_json(**changes: Any) -> list[dict[str, Any]]:
    return [{"title": "一", "kind": "single", "count": 5, "points": 1} | changes]


@pytest.mark.parametrize(
    "changes", [{}, {"cut_score": 5}, {"duration_minutes": 600}, {"sections": section_json()}]
)
def test_the_edge_of_what_is_allowed_is_allowed(changes: dict[str, Any]) -> None:
    assert Blueprint.from_json(blueprint_json(**changes)).total_points == Decimal(5)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"tier": "senior"}, ""),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"duration_minutes": 601}, "duration_minutes"),
        ({"duration_minutes": "long"}, ""),
        ({"total_points": 6}, "total_points"),
        ({"total_points": float("nan")}, ""),
        ({"cut_score": 0}, "cut_score"),
        ({"cut_score": 5.5}, "cut_score"),
        ({"sections": []}, "sections"),
        ({"sections": section_json(count=0)}, "count"),
        ({"sections": section_json(points=0)}, "points"),
        ({"sections": section_json(kind="riddle")}, ""),
        ({"sections": section_json(parts=[{"type": "essay", "points": 1}])}, "parts"),
        ({"sections": section_json(kind="case", parts=[{"type": "essay", "points": 1}])}, "parts"),
        ({"module_weights": {"A": -1, "B": 2}}, "module_weights"),
        ({"module_weights": {"A": 0}}, "module_weights"),
        ({"module_weights": {"A": "much"}}, ""),
    ],
)
def test_a_contradiction_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BlueprintError) as caught:
        Blueprint.from_json(blueprint_json(**changes))

    assert field in {problem.field for problem in caught.value.problems}


@pytest.mark.parametrize(("accept", "fits"), [([], True), (["pdf", "zip"], True), (["zip"], False)])
def test_a_section_takes_uploads_whose_files_can_be_checked(accept: list[str], fits: bool):
    section = make_blueprint({"upload": 1}).sections[0]

    assert section.admits(make_item("upload", parts=[part_json("upload", accept=accept)])) is fits
