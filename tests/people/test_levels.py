"""Which level and tier an officer needs, at every boundary of the rule."""

from datetime import date

import pytest

from tiejun.people.levels import CardFact, level_for, tier_for

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("post", "agency_tier", "level"),
    [
        ("chief", "county", "national"),
        ("leader", "county", "provincial"),
        ("staff", "county", "provincial"),
        ("chief", "prefecture", "national"),
        ("leader", "prefecture", "national"),
        ("staff", "prefecture", "provincial"),
        ("staff", "province", "national"),
        ("chief", None, "provincial"),
    ],
)
def test_the_level_follows_post_and_agency(post: str, agency_tier: str | None, level: str) -> None:
    found = level_for(post, agency_tier)
    assert found.value == level
    assert "环办执法〔2022〕21号 第一条" in found.sentence


FIRST = CardFact("first_issue", date(2019, 5, 20), date(2025, 11, 20))


@pytest.mark.parametrize(
    ("cards", "tier"),
    [
        ([], "primary"),
        ([CardFact("first_issue", date(2024, 1, 1), date(2029, 1, 1))], "intermediate"),
        ([FIRST], "intermediate"),  # lapsed for twelve months to the day
        ([CardFact("first_issue", date(2019, 5, 20), date(2025, 11, 19))], "primary"),  # a day longer
        ([FIRST, CardFact("cancelled", date(2026, 1, 1), None)], "primary"),
        (
            [
                FIRST,
                CardFact("withdrawn", date(2020, 1, 1), None),
                CardFact("renewal", date(2024, 1, 1), None),
            ],
            "intermediate",
        ),
        ([CardFact("replacement", date(2024, 1, 1), None)], "primary"),
        ([CardFact("first_issue", date(2026, 11, 21), None)], "primary"),  # tomorrow's does not count today
    ],
)
def test_the_tier_follows_the_history_of_cards(cards: list[CardFact], tier: str) -> None:
    assert tier_for(cards, TODAY).value == tier
