"""More time, closing, late answers: what the acts of an exam room change, and what they leave alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.exams.engine.factories import (
    HOUR,
    INVIGILATOR,
    a_sitting,
    a_staff_member,
    opened,
    record,
    sent,
    the_attempt,
)
from tests.support.clock import START
from tiejun.audit import AuditEvent
from tiejun.errors import DomainError
from tiejun.exams.invigilation_service import (
    MoreTime,
    close_attempt,
    close_sitting,
    extend_attempt,
    extend_sitting,
)
from tiejun.exams.late_service import Opinion, decide
from tiejun.exams.models import EndKind, Extension, Sitting
from tiejun.exams.queries import current_responses, late_waiting
from tiejun.exams.service import close_expired

MINUTE = timedelta(minutes=1)
END = START + HOUR
MORE = MoreTime(10, "停电")


@pytest.fixture
def world(database):
    return a_sitting(database)


def refusal(call, *args, **kwargs):
    with pytest.raises(DomainError) as caught:
        call(*args, **kwargs)
    return caught.value.code


def extend(database, attempt, now, more=MORE):
    with database.transaction() as db:
        extend_attempt(db, the_attempt(database, attempt), more, INVIGILATOR, now)


def extend_all(database, world, now):
    with database.transaction() as db:
        return extend_sitting(db, db.get_one(Sitting, world.sitting_id), MORE, INVIGILATOR, now)


def sitting(database, world):
    with database.reading() as db:
        return db.get_one(Sitting, world.sitting_id)


def test_more_time_for_one_is_recorded_and_told_once_with_the_next_reply(database, world):
    mine, other = opened(database, world, START, 0), opened(database, world, START, 1)

    extend(database, mine, START + MINUTE)

    told = record(database, mine, START + 2 * MINUTE)
    assert told.deadline == END + 10 * MINUTE
    assert told.notices[0].code == "extended"
    assert told.notices[0].params == {"minutes": 10, "reason": "停电"}
    assert record(database, mine, START + 3 * MINUTE).notices == []
    assert record(database, other, START + 2 * MINUTE).deadline == END
    assert sitting(database, world).ends_at == START + 2 * HOUR
    with database.reading() as db:
        row = db.scalars(select(Extension)).one()
        assert (row.minutes, row.reason, row.given_by) == (10, "停电", INVIGILATOR.name)
        actions = db.scalars(select(AuditEvent.action)).all()
    assert "attempt.extended" in actions


def test_more_time_for_all_moves_every_open_deadline_and_the_end_itself(database, world):
    mine = opened(database, world, START, 0)

    assert extend_all(database, world, START + MINUTE) == 1

    assert the_attempt(database, mine).deadline == END + 10 * MINUTE
    assert sitting(database, world).ends_at == START + 2 * HOUR + 10 * MINUTE
    late_comer = opened(database, world, START + 2 * HOUR, 1)
    assert late_comer.deadline == START + 2 * HOUR + 10 * MINUTE


def test_who_resumes_has_been_told_the_new_deadline(database, world):
    mine = opened(database, world, START)
    extend(database, mine, START)

    assert opened(database, world, START).deadline == END + 10 * MINUTE
    assert record(database, mine, START).notices == []


@pytest.mark.parametrize("swept", [False, True], ids=["before the sweep", "after the sweep"])
def test_an_expired_attempt_gets_no_more_time(database, world, swept):
    mine = opened(database, world, START)
    if swept:
        with database.transaction() as db:
            close_expired(db, END)

    assert refusal(extend, database, mine, END) == "closed"
    assert extend_all(database, world, END) == 0
    assert the_attempt(database, mine).deadline == END


def test_a_sitting_that_is_over_gets_no_more_time(database, world):
    assert refusal(extend_all, database, world, START + 2 * HOUR) == "closed"


@pytest.mark.parametrize(
    ("minutes", "reason", "code"),
    [(0, "停电", "bad_minutes"), (181, "停电", "bad_minutes"), (10, "  ", "reason_missing")],
)
def test_more_time_needs_minutes_and_a_reason(minutes, reason, code):
    assert refusal(MoreTime, minutes, reason) == code


def test_closing_one_leaves_the_others_alone(database, world):
    mine, other = opened(database, world, START, 0), opened(database, world, START, 1)

    with database.transaction() as db:
        close_attempt(db, the_attempt(database, mine), "身体不适", INVIGILATOR, START + MINUTE)

    row = the_attempt(database, mine)
    assert (row.ended_at, row.end_kind) == (START + MINUTE, EndKind.CLOSED)
    assert the_attempt(database, other).ended_at is None
    with database.transaction() as db:
        closing = (db, row, "再一次", INVIGILATOR, START + 2 * MINUTE)
        assert refusal(close_attempt, *closing) == "closed"


def test_closing_all_ends_the_open_ones_and_dates_the_expired_at_their_deadline(database, world):
    mine, other = opened(database, world, START, 0), opened(database, world, START + 10 * MINUTE, 1)
    now = END + MINUTE

    with database.transaction() as db:
        assert close_sitting(db, db.get_one(Sitting, world.sitting_id), "提前结束", INVIGILATOR, now) == 1
    with database.transaction() as db:
        assert close_sitting(db, db.get_one(Sitting, world.sitting_id), "再一次", INVIGILATOR, now) == 0
        close_expired(db, now)

    assert (the_attempt(database, mine).ended_at, the_attempt(database, other).ended_at) == (END, now)
    assert sitting(database, world).closed_at == now


@pytest.fixture
def late(database, world):
    """Return an attempt with one answer in time and one that came five minutes after the end."""
    attempt = opened(database, world, START)
    record(database, attempt, START, sent(1, 1, "k7"))
    record(database, attempt, END + 5 * MINUTE, sent(2, 1, "q2", END - MINUTE))
    return attempt


def say(database, attempt, account_id, accepts, last=1_000, person_id=None):
    opinion = Opinion(account_id, person_id, accepts, "监考记录有断网", last)
    with database.transaction() as db:
        return decide(db, the_attempt(database, attempt), opinion, INVIGILATOR, END + HOUR)


def answers(database, attempt):
    with database.reading() as db:
        return current_responses(db, the_attempt(database, attempt).id)


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_late_answers_count_if_two_people_say_so(database, world, late, first, second, counts):
    one, two = a_staff_member(database, world, "jia1"), a_staff_member(database, world, "jia2")

    assert say(database, late, one, first) is None
    assert answers(database, late) == {1: "k7"}
    assert say(database, late, two, second) is counts

    assert answers(database, late) == ({1: "q2"} if counts else {1: "k7"})
    with database.reading() as db:
        assert late_waiting(db, world.sitting_id) == 0


def test_one_person_does_not_decide_twice(database, world, late):
    one = a_staff_member(database, world, "jia1")
    say(database, late, one, True)

    assert refusal(say, database, late, one, True, 2_000) == "decided_already"


def test_nobody_decides_about_himself(database, world, late):
    one = a_staff_member(database, world, "jia1")

    assert refusal(say, database, late, one, True, person_id=world.people[0]) == "own_attempt"


def test_what_arrives_after_a_decision_is_decided_anew(database, world, late):
    one, two = a_staff_member(database, world, "jia1"), a_staff_member(database, world, "jia2")
    say(database, late, one, True, last=2)
    record(database, late, END + 6 * MINUTE, sent(3, 3, True, END - MINUTE))

    assert say(database, late, two, True, last=3) is True
    assert answers(database, late) == {1: "q2"}
    assert say(database, late, one, True, last=3) is True
    assert answers(database, late) == {1: "q2", 3: True}


def test_after_the_declaration_late_answers_are_not_decided_any_more(database, world, late):
    one = a_staff_member(database, world, "jia1")
    with database.transaction() as db:
        db.get_one(Sitting, world.sitting_id).declared_at = END + HOUR

    assert refusal(say, database, late, one, True) == "closed"


def test_there_is_nothing_to_decide_where_nothing_is_late(database, world):
    one = a_staff_member(database, world, "jia1")
    attempt = opened(database, world, START)

    assert refusal(say, database, attempt, one, True) == "nothing_waiting"
