"""What the rule lists and proposes, on both sides of each boundary."""

from dataclasses import dataclass
from datetime import date

import pytest

from question_bank.laws import LawError, is_environmental, parse_law
from tests.bank.samples import law_file
from tiejun.bank.five_years.rules import (
    FiveYearRule,
    Membership,
    is_listed,
    is_proposed,
    membership,
    rule_of,
    window_start,
)
from tiejun.errors import SettingsError
from tiejun.settings import Settings

DAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Law:
    id: str = "nobody-knows-2026"
    title: str = "某办法"
    kind: str = "部门规章"
    change_type: str | None = "制定"
    adopted: date | None = date(2026, 3, 1)
    effective: date | None = date(2026, 8, 15)
    ceased: date | None = None


@pytest.mark.parametrize(
    ("adopted", "listed"),
    [
        (date(2021, 11, 20), False),
        (date(2021, 11, 21), True),
        (DAY, True),
        (date(2026, 11, 21), False),
    ],
)
def test_the_years_begin_after_their_first_day_and_include_the_last(adopted: date, listed: bool):
    assert is_listed(Law(adopted=adopted), DAY) is listed


@pytest.mark.parametrize(("adopted", "listed"), [(date(2023, 2, 28), False), (date(2023, 3, 1), True)])
def test_five_years_before_29_february_is_28_february(adopted: date, listed: bool):
    assert is_listed(Law(adopted=adopted), date(2028, 2, 29)) is listed


def test_the_day_of_promulgation_decides_and_of_effect_only_where_that_is_unknown():
    old, new = date(2021, 11, 20), date(2021, 11, 21)

    assert not is_listed(Law(adopted=old, effective=new), DAY)
    assert is_listed(Law(adopted=None, effective=new), DAY)
    assert not is_listed(Law(adopted=None, effective=old), DAY)
    assert not is_listed(Law(adopted=None, effective=None), DAY)


def test_what_is_promulgated_and_not_yet_in_force_is_listed():
    assert is_listed(Law(adopted=DAY, effective=date(2027, 6, 1)), DAY)


@pytest.mark.parametrize(("ceased", "listed"), [(DAY, False), (date(2026, 11, 21), True)])
def test_what_has_ceased_is_not_listed(ceased: date, listed: bool):
    assert is_listed(Law(ceased=ceased), DAY) is listed


@pytest.mark.parametrize(
    ("kind", "listed"),
    [("法律", True), ("行政法规", True), ("部门规章", True), ("司法解释", False), ("地方性法规", False)],
)
def test_laws_regulations_and_ministry_rules_are_listed(kind: str, listed: bool):
    assert is_listed(Law(kind=kind), DAY) is listed


@pytest.mark.parametrize(
    ("change", "rule", "proposed"),
    [
        ("制定", FiveYearRule(revised=False), True),
        ("修订", FiveYearRule(), True),
        ("修订", FiveYearRule(revised=False), False),
        ("修正", FiveYearRule(), False),
        ("修正", FiveYearRule(amended=True), True),
        (None, FiveYearRule(), True),
    ],
)
def test_settings_say_whether_revised_and_amended_texts_are_new(
    change: str | None, rule: FiveYearRule, proposed: bool
):
    assert is_proposed(Law(change_type=change), rule, DAY) is proposed


def test_only_what_the_register_knows_as_environmental_is_proposed_of_what_it_knows():
    assert is_environmental("eco-env-code-2026", "中华人民共和国生态环境法典")
    assert is_environmental("eco-penalty-rules-2023", "生态环境行政处罚办法")
    assert not is_environmental("secrets-law-2024", "中华人民共和国保守国家秘密法")
    assert is_environmental("nobody-knows-2026", "某办法")


def test_a_decision_outweighs_the_proposal():
    law, amended, rule = Law(), Law(change_type="修正"), FiveYearRule()

    assert membership(law, None, rule, DAY) is Membership.PROPOSED
    assert membership(law, False, rule, DAY) is Membership.REJECTED
    assert membership(amended, None, rule, DAY) is Membership.OPTIONAL
    assert membership(amended, True, rule, DAY) is Membership.CONFIRMED
    assert [one for one in Membership if one.counts] == [Membership.PROPOSED, Membership.CONFIRMED]


def test_settings_say_which_tiers_are_in_service():
    both, one = rule_of(Settings()), rule_of(Settings(in_service_tiers="intermediate"))
    none = rule_of(Settings(in_service_tiers=""))

    assert [both.is_in_service(tier) for tier in ("primary", "intermediate", "")] == [True, True, True]
    assert [one.is_in_service(tier) for tier in ("primary", "intermediate", "")] == [False, True, True]
    assert [none.is_in_service(tier) for tier in ("primary", "intermediate", "")] == [False, False, False]


def test_a_tier_that_does_not_exist_is_refused():
    with pytest.raises(SettingsError, match="TIEJUN_IN_SERVICE_TIERS"):
        Settings.from_env({"TIEJUN_MODE": "test", "TIEJUN_IN_SERVICE_TIERS": "primary senior"})


def test_the_first_years_of_the_calendar_have_a_start_too():
    assert window_start(date(1, 1, 1)) == date.min


def test_no_law_may_take_the_address_of_the_list():
    with pytest.raises(LawError):
        parse_law(law_file("five-years")[1], "five-years.json")
    assert (
        parse_law(law_file("five-years-2026")[1], "five-years-2026.json").instrument.id == "five-years-2026"
    )
