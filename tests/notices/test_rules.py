"""What is due to be said on a day: both sides of every boundary."""

from datetime import date, datetime, timedelta

import pytest

from question_bank.words import said
from tiejun.clock import BEIJING
from tiejun.notices import wording
from tiejun.notices.rules import (
    LONGEST_WAIT,
    SCAN_EVERY,
    Topic,
    bands,
    eve,
    is_scan_due,
    lifetime,
    next_word,
    reminder,
    retry_after,
    week,
)
from tiejun.people.rules import email_fault

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("left", "said_now"),
    [
        (181, None),
        (121, None),
        (120, 120),
        (61, 120),
        (60, 60),
        (31, 60),
        (30, 30),
        (8, 30),
        (7, 7),
        (0, 7),
        (-1, None),
    ],
)
def test_a_reminder_is_in_turn_until_the_next_smaller_one(left: int, said_now: int | None):
    assert reminder(TODAY + timedelta(days=left), TODAY) == said_now


def test_the_bands_leave_no_day_out_and_none_twice():
    days = [
        band.first_due + timedelta(days=n)
        for band in reversed(bands(TODAY))
        for n in range((band.last_due - band.first_due).days + 1)
    ]

    assert days == [TODAY + timedelta(days=n) for n in range(121)]


def test_days_are_counted_through_a_leap_day():
    assert reminder(date(2028, 3, 1), date(2028, 1, 31)) == 30
    assert reminder(date(2028, 3, 1), date(2028, 1, 30)) == 60
    assert reminder(date(2028, 2, 29), date(2028, 2, 22)) == 7
    assert reminder(date(2028, 2, 29), date(2028, 2, 21)) == 30


def test_whoever_missed_two_reminders_gets_one():
    assert [reminder(TODAY + timedelta(days=120), TODAY + timedelta(days=gone)) for gone in (0, 95)] == [
        120,
        30,
    ]


def test_tomorrow_is_announced_from_nine_on():
    day = datetime(2026, 12, 31, 8, 59, tzinfo=BEIJING)

    assert eve(day) is None
    assert eve(day + timedelta(minutes=1)) == date(2027, 1, 1)


def test_a_digest_week_begins_on_monday_at_nine_also_at_the_turn_of_the_year():
    monday = datetime(2027, 1, 4, 9, 0, tzinfo=BEIJING)

    assert week(monday) == "2027-W01"
    assert week(monday - timedelta(minutes=1)) == week(monday - timedelta(days=7)) == "2026-W53"


@pytest.mark.parametrize(
    ("last", "told", "present", "word"),
    [
        (None, None, None, None),
        (None, None, "a", Topic.REGISTERED),
        (Topic.REGISTERED, "a", "a", None),
        (Topic.REGISTERED, "a", "b", Topic.CHANGED),
        (Topic.CHANGED, "b", "a", Topic.CHANGED),
        (Topic.CHANGED, "b", None, Topic.WITHDRAWN),
        (Topic.WITHDRAWN, None, None, None),
        (Topic.WITHDRAWN, None, "b", Topic.REGISTERED),
    ],
)
def test_of_a_place_only_what_is_new_is_said(last, told, present, word):
    assert next_word(last, told, present) == word


def test_a_scan_is_due_after_five_minutes_and_when_a_day_begins():
    evening = datetime(2026, 11, 20, 23, 58, tzinfo=BEIJING)

    assert is_scan_due(None, evening)
    assert not is_scan_due(evening - SCAN_EVERY + timedelta(seconds=1), evening)
    assert is_scan_due(evening - SCAN_EVERY, evening)
    assert is_scan_due(evening, evening + timedelta(minutes=2))
    assert is_scan_due(evening, evening - timedelta(minutes=1)), "the demo's clock was set back"


def test_a_mail_waits_longer_each_time_but_never_more_than_an_hour():
    assert [retry_after(n) for n in (1, 2, 3)] == [timedelta(minutes=n) for n in (1, 2, 4)]
    assert retry_after(7) == retry_after(1000) == LONGEST_WAIT


def test_tomorrow_is_not_mailed_a_day_late():
    assert lifetime(Topic.TOMORROW) < timedelta(days=1) < lifetime(Topic.RESULT)


@pytest.mark.parametrize("good", ["a@b.cn", "li.ming+kaoshi@sthj.bazhong.gov.cn", "1_2%3@x-y.org"])
def test_an_ordinary_address_is_taken(good: str):
    assert email_fault(good) is None


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "a",
        "a@b",
        "@b.cn",
        "a@",
        "a b@c.cn",
        "a@b.cn\nBcc: x@y.cn",
        "a@b.cn\n",
        "李@b.cn",
        "a@b..cn",
        ".a@b.cn",
        "a@-b.cn",
        '"a"@b.cn',
        "a@b.cn,c@d.cn",
        "a<b@c.cn>",
        "a" * 250 + "@b.cn",
    ],
)
def test_what_could_break_out_of_a_head_is_no_address(bad: str):
    assert email_fault(bad) is not None


def test_a_sentence_is_kept_with_its_pattern_and_comes_back():
    inner = said("%(n)s 人已逾期", n=2)
    words = said("考试“%(exam)s”：%(late)s", exam="100%s", late=inner)

    back = wording.unpacked(wording.packed(words))

    assert (back, back.pattern, back.values) == (words, words.pattern, words.values)
    assert back.values["late"].pattern == inner.pattern


def test_a_digest_names_the_number_that_calls_for_an_act():
    def title(**within: int) -> str:
        counts = {int(days[1:]): n for days, n in within.items()}
        return wording.digest_words([], counts, TODAY)[0]

    assert title(d120=9, d60=5, d30=3, d7=1) == "3 人 30 天内须补考"
    assert title(d120=9, d60=0, d30=0, d7=0) == "9 人 120 天内须补考"
    late = [wording.Counted("王芳", TODAY - timedelta(days=1), False)]
    none = dict.fromkeys((120, 60, 30, 7), 0)
    assert wording.digest_words(late, none, TODAY)[0] == "1 人补考已逾期"
    assert (
        wording.digest_words(late, none | {30: 2, 60: 2, 120: 2}, TODAY)[0]
        == "2 人 30 天内须补考，1 人补考已逾期"
    )
