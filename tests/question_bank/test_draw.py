"""Drawing forms: both marginals, chance, used items, and what is missing."""

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.assembly.blueprint import Blueprint
from question_bank.assembly.draw import Draw, Infeasible, assemble
from question_bank.item import Item
from tests.question_bank.builders import item_json, make_bank, make_blueprint, make_item

KINDS = ["single", "true_false"]
MODULES = ["A", "B", "C"]
CELLS = list(itertools.product(KINDS, MODULES))

supplies = st.lists(st.integers(min_value=0, max_value=3), min_size=len(CELLS), max_size=len(CELLS))
demands = st.tuples(st.integers(min_value=1, max_value=4), st.integers(min_value=1, max_value=4))
module_weights = st.lists(st.integers(min_value=1, max_value=3), min_size=3, max_size=3)


def check(draw: Draw, blueprint: Blueprint, used: frozenset[str], max_common_share: float) -> None:
    """Assert everything a draw promises."""
    items = draw.items
    assert [len(section) for section in draw.sections] == [section.count for section in blueprint.sections]
    assert all(
        section.admits(item)
        for section, drawn in zip(blueprint.sections, draw.sections, strict=True)
        for item in drawn
    )
    assert len({item.id for item in items}) == len(items)
    assert len({tuple(part.stem for part in item.parts) for item in items}) == len(items)
    assert draw.common == {item.id for item in items} & used
    assert len(draw.common) <= max_common_share * len(items)
    got, wanted = Counter(item.module for item in items), blueprint.module_counts()
    deviations = {module: got[module] - count for module, count in wanted.items() if got[module] != count}
    assert draw.relaxed == deviations
    assert all(abs(deviation) == 1 for deviation in deviations.values())


def can_be_met(supply: list[tuple[int, int]], blueprint: Blueprint, max_used: int, slack: int) -> bool:
    """Decide by trying every allocation whether the marginals can be met; `supply` is (unused, used)."""
    kinds = {section.kind.value: section.count for section in blueprint.sections}
    modules = blueprint.module_counts()
    for counts in itertools.product(*(range(fresh + old + 1) for fresh, old in supply)):
        by_kind: Counter[str] = Counter()
        by_module: Counter[str] = Counter()
        used = 0
        for (kind, module), (fresh, _), count in zip(CELLS, supply, counts, strict=True):
            by_kind[kind] += count
            by_module[module] += count
            used += max(count - fresh, 0)
        if (
            used <= max_used
            and all(by_kind[kind] == count for kind, count in kinds.items())
            and all(abs(by_module[m] - c) <= (slack if c else 0) for m, c in modules.items())
        ):
            return True
    return False


@settings(max_examples=60, deadline=None)
@given(
    fresh=supplies,
    old=st.lists(st.integers(0, 1), min_size=6, max_size=6),
    counts=demands,
    shares=module_weights,
)
def test_a_form_is_drawn_exactly_when_one_exists(
    fresh: list[int], old: list[int], counts: tuple[int, int], shares: list[int]
) -> None:
    blueprint = make_blueprint(dict(zip(KINDS, counts, strict=True)), dict(zip(MODULES, shares, strict=True)))
    used_items = make_bank(dict(zip(CELLS, old, strict=True)), prefix="old-")
    bank = make_bank(dict(zip(CELLS, fresh, strict=True))) + used_items
    used = frozenset(item.id for item in used_items)
    supply = list(zip(fresh, old, strict=True))
    share = 0.25
    max_used = blueprint.item_count // 4

    outcome = try_to_assemble(blueprint, bank, used, share)

    if isinstance(outcome, Infeasible):
        assert outcome.shortages
        assert all(shortage.missing > 0 for shortage in outcome.shortages)
        assert not can_be_met(supply, blueprint, max_used, slack=1)
    else:
        check(outcome, blueprint, used, share)
        assert bool(outcome.relaxed) is not can_be_met(supply, blueprint, max_used, slack=0)


def try_to_assemble(
    blueprint: Blueprint, bank: list[Item], used: frozenset[str], share: float
) -> Draw | Infeasible:
    try:
        return assemble(blueprint, bank, seed=7, used=used, max_common_share=share)
    except Infeasible as error:
        return error


@given(seed=st.integers())
def test_the_same_seed_draws_the_same_form_whatever_the_order_of_candidates(seed: int) -> None:
    blueprint = make_blueprint({"single": 3, "true_false": 3}, {"A": 1, "B": 1, "C": 1})
    bank = make_bank(dict.fromkeys(CELLS, 4))

    assert assemble(blueprint, bank, seed) == assemble(blueprint, bank[::-1], seed)


def test_seeds_draw_different_items_from_different_cells() -> None:
    blueprint = make_blueprint({"single": 3, "true_false": 3}, {"A": 1, "B": 1, "C": 1})
    bank = make_bank(dict.fromkeys(CELLS, 4))
    draws = [assemble(blueprint, bank, seed) for seed in range(40)]

    assert {item.id for draw in draws for item in draw.items} == {item.id for item in bank}
    assert len({frozenset(item.id for item in draw.items) for draw in draws}) > 30


def test_unused_items_are_preferred() -> None:
    blueprint = make_blueprint({"single": 4})
    old = make_bank({("single", "A"): 20}, prefix="old-")
    fresh = make_bank({("single", "A"): 4})

    draw = assemble(blueprint, old + fresh, 1, used={item.id for item in old}, max_common_share=1)

    assert draw.common == frozenset()


@pytest.mark.parametrize(("share", "allowed"), [(0.1, 1), (0.19, 1), (0.2, 2), (0.0, 0), (0.3, 3)])
def test_the_share_of_used_items_is_rounded_down(share: float, allowed: int) -> None:
    blueprint = make_blueprint({"single": 10})
    old = make_bank({("single", "A"): 10}, prefix="old-")
    used = {item.id for item in old}
    enough = make_bank({("single", "A"): 10 - allowed})

    assert len(assemble(blueprint, old + enough, 1, used, share).common) == allowed
    with pytest.raises(Infeasible, match="缺 1 题（现有试题已在以前的试卷中用过"):
        assemble(blueprint, old + enough[1:], 1, used, share)


def test_a_missing_kind_is_named_with_its_number() -> None:
    blueprint = make_blueprint({"single": 5, "true_false": 2})
    bank = make_bank({("single", "A"): 3, ("true_false", "A"): 2})

    with pytest.raises(Infeasible, match="单选题缺 2 题"):
        assemble(blueprint, bank, 1)


def test_a_missing_module_is_named_with_its_number() -> None:
    blueprint = make_blueprint({"single": 8}, {"A": 1, "B": 1})
    bank = make_bank({("single", "A"): 20, ("single", "B"): 2})

    with pytest.raises(Infeasible, match="模块 B 缺 2 题"):
        assemble(blueprint, bank, 1)


def test_one_item_less_in_a_module_is_made_up_for_and_recorded() -> None:
    blueprint = make_blueprint({"single": 8}, {"A": 1, "B": 1})
    bank = make_bank({("single", "A"): 20, ("single", "B"): 3})

    assert assemble(blueprint, bank, 1).relaxed == {"A": 1, "B": -1}


def test_items_that_ask_the_same_are_not_drawn_together() -> None:
    twins = [
        make_item(id=f"A1-{number}", unit="A1", parts=[item_json()["parts"][0] | {"stem": stem}])
        for number, stem in enumerate(["同一 题干", "同一题干", " 同一题干"])
    ]
    other = make_item(id="A1-9", unit="A1")

    drawn = assemble(make_blueprint({"single": 2}), [*twins, other], 1).items

    assert other in drawn
    with pytest.raises(Infeasible, match="单选题缺 1 题"):
        assemble(make_blueprint({"single": 3}), [*twins, other], 1)


def test_items_of_another_tier_or_without_a_unit_are_passed_over() -> None:
    blueprint = make_blueprint({"single": 1}, {"A": 1})
    other_tier = make_item(id="A1-1", unit="A1", tiers=["intermediate"])
    unfiled = make_item(id="x-1", unit=None)

    with pytest.raises(Infeasible):
        assemble(blueprint, [other_tier, unfiled], 1)


def test_two_sections_of_one_kind_share_its_items() -> None:
    data = make_blueprint({"single": 2}).to_json()
    data["sections"] *= 2
    blueprint = Blueprint.from_json(data | {"total_points": 4})
    bank: list[Item] = make_bank({("single", "A"): 4})

    check(assemble(blueprint, bank, 1), blueprint, frozenset(), 0)


def test_two_candidates_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="B5-001"):
        assemble(make_blueprint({"single": 1}), [make_item(), make_item()], 1)
