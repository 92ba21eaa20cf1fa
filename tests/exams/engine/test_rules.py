"""When papers open and answers count: both sides of each boundary, and what holds for any numbers."""

import itertools
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock import START
from tiejun.exams.rules import (
    Arrival,
    AttemptState,
    Gate,
    Signs,
    SittingState,
    Urgency,
    Window,
    attempt_state,
    canonical,
    gapless,
    grace_in,
    is_blank,
    missing_ranges,
    takes_unannounced,
    verdict_on_late,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
GRACE = timedelta(seconds=60)
WINDOW = Window(START, START + 2 * HOUR, HOUR)
seconds = st.integers(min_value=0, max_value=86_400).map(lambda n: timedelta(seconds=n))
numbers = st.sets(st.integers(min_value=1, max_value=60))


@pytest.mark.parametrize(
    ("now", "gate"),
    [
        (START - TICK, Gate.TOO_EARLY),
        (START, Gate.OPEN),
        (START + 2 * HOUR - TICK, Gate.OPEN),
        (START + 2 * HOUR, Gate.OVER),
    ],
    ids=["just before the start", "at the start", "just before the end", "at the end"],
)
def test_a_paper_opens_from_the_start_until_before_the_end(now, gate):
    assert WINDOW.gate(now) is gate


def test_a_closed_sitting_opens_for_nobody():
    closed = Window(START, START + 2 * HOUR, HOUR, closed_at=START + MINUTE)

    assert closed.gate(START + MINUTE) is Gate.OVER


@pytest.mark.parametrize(
    ("opens_after", "deadline_after"),
    [(timedelta(), HOUR), (HOUR, 2 * HOUR), (HOUR + MINUTE, 2 * HOUR), (2 * HOUR - TICK, 2 * HOUR)],
    ids=["at the start", "exactly in time", "a minute late", "at the last moment"],
)
def test_everyone_has_the_duration_cut_at_the_end_of_the_sitting(opens_after, deadline_after):
    assert WINDOW.deadline(START + opens_after) == START + deadline_after


def test_an_accommodation_reaches_beyond_the_end_of_the_sitting():
    assert WINDOW.deadline(START + HOUR, 20 * MINUTE) == START + 2 * HOUR + 20 * MINUTE
    assert WINDOW.deadline(START + HOUR + 30 * MINUTE, 20 * MINUTE) == START + 2 * HOUR + 20 * MINUTE


@given(late=seconds, duration=seconds, extra=seconds)
def test_nobody_gets_more_than_his_time_nor_less_than_anybody_else(late, duration, extra):
    window = Window(START, START + 2 * HOUR, duration + TICK)
    opens = START + min(late, 2 * HOUR - TICK)

    deadline = window.deadline(opens, extra)

    assert opens < deadline <= opens + window.duration + extra
    assert deadline <= window.ends_at + extra
    assert deadline == window.deadline(opens) + extra


@pytest.mark.parametrize(
    ("received", "given", "announced", "counts"),
    [
        (-TICK, -TICK, False, True),
        (-TICK, HOUR, False, True),
        (timedelta(), -TICK, False, False),
        (timedelta(), -TICK, True, True),
        (GRACE - TICK, -TICK, True, True),
        (GRACE, -TICK, True, False),
        (GRACE - TICK, timedelta(), True, False),
        (GRACE - TICK, -TICK, False, False),
    ],
    ids=[
        "arrives just before the deadline",
        "arrives in time, whatever its clock says",
        "arrives at the deadline, unheard of",
        "arrives at the deadline, announced",
        "arrives at the end of the grace",
        "arrives after the grace",
        "was given at the deadline",
        "within the grace, unheard of",
    ],
)
def test_arrival_decides_and_the_grace_helps_only_what_was_announced(received, given, announced, counts):
    arrival = Arrival(START + received, START + given, announced)

    assert arrival.counts(START, GRACE) is counts


@given(received=seconds, given=seconds, announced=st.booleans(), grace=seconds, more=seconds)
def test_more_time_never_makes_a_counting_answer_late(received, given, announced, grace, more):
    arrival = Arrival(START + received, START + given, announced)
    end = START + HOUR

    if arrival.counts(end, grace):
        assert arrival.counts(end + more, grace)
        assert arrival.counts(end, grace + more)


@pytest.mark.parametrize(
    ("end_kind", "now", "state"),
    [
        (None, START - TICK, AttemptState.OPEN),
        (None, START, AttemptState.EXPIRED),
        ("submitted", START - TICK, AttemptState.SUBMITTED),
        ("closed", START - TICK, AttemptState.CLOSED),
        ("expired", START, AttemptState.EXPIRED),
    ],
)
def test_an_attempt_expires_at_its_deadline_without_any_job(end_kind, now, state):
    assert attempt_state(end_kind, START, now) is state


def test_only_a_hand_in_ends_what_the_server_never_heard_of():
    assert [takes_unannounced(state) for state in AttemptState] == [True, False, True, True]
    assert grace_in(AttemptState.SUBMITTED, GRACE) == timedelta()
    assert grace_in(AttemptState.EXPIRED, GRACE) == GRACE


@pytest.mark.parametrize(
    ("now", "attempt", "state"),
    [
        (START - 30 * MINUTE - TICK, None, SittingState.UPCOMING),
        (START - 30 * MINUTE, None, SittingState.WAITING),
        (START - TICK, None, SittingState.WAITING),
        (START, None, SittingState.OPEN),
        (START, AttemptState.OPEN, SittingState.IN_PROGRESS),
        (START + HOUR, AttemptState.SUBMITTED, SittingState.CLOSED),
        (START + 2 * HOUR, None, SittingState.CLOSED),
        (START + 2 * HOUR, AttemptState.OPEN, SittingState.IN_PROGRESS),
    ],
)
def test_a_candidate_sees_the_sitting_as_it_is_to_him(now, attempt, state):
    assert WINDOW.state(now, attempt) is state


@given(stored=numbers, acked=st.integers(min_value=0, max_value=20))
def test_the_acknowledged_number_has_no_gap_below_and_one_above(stored, acked):
    reached = gapless(acked, stored)

    assert set(range(acked + 1, reached + 1)) <= stored
    assert reached + 1 not in stored


@given(stored=numbers, last=st.integers(min_value=0, max_value=80))
def test_missing_ranges_are_exactly_what_is_not_stored(stored, last):
    gaps = missing_ranges(last, stored)

    assert {n for first, end in gaps for n in range(first, end + 1)} == set(range(1, last + 1)) - stored
    assert all(first <= end for first, end in gaps)
    assert all(one[1] + 1 < other[0] for one, other in itertools.pairwise(gaps))


@given(st.recursive(st.text() | st.booleans() | st.none(), st.lists))
def test_a_value_is_written_in_one_way_and_read_back_as_it_was(value):
    text = canonical(value)

    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@pytest.mark.parametrize(
    ("value", "blank"),
    [
        (None, True),
        ("", True),
        (" \n", True),
        (["", " "], True),
        (["", "五日"], False),
        (False, False),
        ("k7", False),
    ],
)
def test_a_cleared_answer_is_blank_and_a_false_one_is_not(value, blank):
    assert is_blank(value) is blank


@pytest.mark.parametrize(
    ("signs", "urgency"),
    [
        (Signs(AttemptState.OPEN, timedelta(seconds=44), 0, False), Urgency.WELL),
        (Signs(AttemptState.OPEN, timedelta(seconds=45), 0, False), Urgency.SOON),
        (Signs(AttemptState.OPEN, timedelta(seconds=1), 2, False), Urgency.SOON),
        (Signs(AttemptState.OPEN, timedelta(seconds=120), 0, False), Urgency.NOW),
        (Signs(None, timedelta(), 0, True), Urgency.NOW),
        (Signs(None, timedelta(), 0, False), Urgency.DONE),
        (Signs(AttemptState.SUBMITTED, HOUR, 0, False), Urgency.DONE),
    ],
)
def test_the_board_puts_silence_and_locked_accounts_first(signs, urgency):
    assert signs.urgency() is urgency


@pytest.mark.parametrize(
    ("decisions", "verdict"),
    [
        ([], None),
        ([True], None),
        ([False], None),
        ([True, True], True),
        ([True, False], False),
        ([False, True], False),
    ],
)
def test_two_people_must_agree_that_late_answers_count(decisions, verdict):
    assert verdict_on_late(decisions) is verdict
