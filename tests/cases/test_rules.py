"""What may be stored, what may be submitted, who may decide."""

from datetime import date

import pytest

from tiejun.cases.rules import (
    BODY_LEAST,
    MINUTES_MAX,
    SIGNS_A_MINUTE,
    TITLE_MAX,
    Text,
    may_decide,
    reading_minutes,
    review_due,
    rework_due,
    storage_problems,
    submission_problems,
)

WHOLE = {
    "title": "标题",
    "summary": "提要",
    "words": "字" * BODY_LEAST,
    "units": ("E2",),
    "citations": (("law", "1"),),
    "is_anonymous": True,
}


@pytest.mark.parametrize(
    ("signs", "minutes"),
    [
        (0, 1),
        (SIGNS_A_MINUTE, 1),
        (SIGNS_A_MINUTE + 1, 2),
        (SIGNS_A_MINUTE * MINUTES_MAX, MINUTES_MAX),
        (SIGNS_A_MINUTE * MINUTES_MAX + 1, MINUTES_MAX),
    ],
)
def test_reading_takes_a_minute_for_so_many_signs(signs: int, minutes: int):
    assert reading_minutes("字" * signs) == minutes
    assert reading_minutes("字 \n" * signs) == minutes


def test_only_somebody_else_may_decide():
    assert may_decide(1, 2)
    assert may_decide(None, 2)
    assert not may_decide(1, 1)
    assert not may_decide(1, None)
    assert not may_decide(None, None)


def test_a_whole_text_may_be_stored_and_submitted():
    assert storage_problems(Text(**WHOLE)) == []
    assert submission_problems(Text(**WHOLE)) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("summary", ""),
        ("body", "字" * (BODY_LEAST - 1)),
        ("units", ()),
        ("citations", ()),
        ("is_anonymous", False),
    ],
)
def test_what_is_missing_is_named_before_somebody_is_asked_to_review(field: str, value: object):
    text = Text(**(WHOLE | {"words" if field == "body" else field: value}))

    assert [problem.field for problem in submission_problems(text)] == [field]
    assert storage_problems(text) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "长" * (TITLE_MAX + 1)),
        ("minutes", 0),
        ("minutes", MINUTES_MAX + 1),
        ("units", tuple("ABCDEFG")),
    ],
)
def test_what_cannot_be_stored_is_named(field: str, value: object):
    assert [problem.field for problem in storage_problems(Text(**(WHOLE | {field: value})))] == [field]


def test_a_reviewer_has_a_week_and_an_author_two():
    assert review_due(date(2026, 11, 25)) == date(2026, 12, 2)
    assert rework_due(date(2026, 11, 25)) == date(2026, 12, 9)
