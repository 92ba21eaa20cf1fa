"""The syllabus adds up."""

import json
from importlib import resources

import pytest

from question_bank.syllabus import SyllabusError, load_syllabus, read_syllabus
from question_bank.terms import Tier


def test_the_shipped_syllabus_has_ten_modules_and_sixty_units() -> None:
    syllabus = load_syllabus()

    assert [module.code for module in syllabus.modules] == list("ABCDEFGHIJ")
    assert len(syllabus.units()) == 60


@pytest.mark.parametrize(("tier", "hours"), [(Tier.PRIMARY, 60), (Tier.INTERMEDIATE, 48)])
def test_weights_and_hours_of_a_tier_add_up(tier: Tier, hours: int) -> None:
    syllabus = load_syllabus()

    assert sum(syllabus.module_weights(tier).values()) == 100
    assert sum(module.hours(tier) for module in syllabus.modules) == hours


def test_a_unit_is_found_by_its_code() -> None:
    unit = load_syllabus().unit("B5")

    assert unit is not None
    assert (unit.title, unit.module, unit.weights[Tier.PRIMARY]) == ("法律责任通则", "B", 3)
    assert load_syllabus().unit("Z9") is None
    assert load_syllabus().module("Z") is None


def test_weights_that_miss_a_hundred_are_refused_by_tier() -> None:
    data = json.loads(resources.files("question_bank").joinpath("data/syllabus.json").read_bytes())
    data[0]["units"][0]["weight_primary"] += 1

    with pytest.raises(SyllabusError, match="权重合计 101") as caught:
        read_syllabus(json.dumps(data).encode())

    assert [problem.where for problem in caught.value.problems] == ["初级"]


def test_a_unit_of_another_module_is_refused() -> None:
    data = json.loads(resources.files("question_bank").joinpath("data/syllabus.json").read_bytes())
    data[0]["units"][0]["code"] = "B1"

    with pytest.raises(SyllabusError) as caught:
        read_syllabus(json.dumps(data).encode())

    assert {problem.message for problem in caught.value.problems} == {"单元不属于模块 A", "代码重复"}
