"""Opening, resuming and taking over an attempt."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from tests.exams.engine.factories import (
    HOUR,
    INVIGILATOR,
    a_sitting,
    opened,
    record,
    sent,
    the_attempt,
)
from tests.support.clock import START
from tiejun.audit import AuditEvent
from tiejun.errors import Conflict, DomainError, Forbidden, NotFound
from tiejun.exams.models import Attempt, EndKind, Lease, Sitting, TakeoverCode
from tiejun.exams.service import close_expired, issue_takeover_code, my_sittings, open_attempt

TICK = timedelta(seconds=1)


def code_for(database, attempt, now):
    with database.transaction() as db:
        return issue_takeover_code(db, the_attempt(database, attempt), INVIGILATOR, now)


def refusal(call, *args, **kwargs):
    with pytest.raises(DomainError) as caught:
        call(*args, **kwargs)
    return caught.value.code


def test_a_registered_candidate_opens_the_paper_and_gets_his_deadline(database):
    world = a_sitting(database)

    attempt = opened(database, world, START + TICK)

    assert attempt.deadline == START + TICK + HOUR
    assert attempt.is_new
    assert attempt.responses == {}
    assert attempt.last_seq == 0
    assert sorted(attempt.paper.shapes) == [1, 2, 3, 4, 5]
    assert the_attempt(database, attempt).started_at == START + TICK


def test_the_same_device_gets_the_same_lease_with_everything_saved(database):
    world = a_sitting(database)
    first = opened(database, world, START)
    record(database, first, START, sent(1), sent(2, 3, False), sent(3, 1, "q2"), sent(4, 2, None))

    again = opened(database, world, START + TICK)

    assert again.claims == first.claims
    assert not again.is_new
    assert again.responses == {1: "q2", 3: False}
    assert again.last_seq == 4
    assert again.deadline == first.deadline


@pytest.mark.parametrize(
    ("now", "code"),
    [(START - TICK, "not_open_yet"), (START + 2 * HOUR, "closed")],
    ids=["a second early", "at the end"],
)
def test_nobody_opens_outside_the_window(database, now, code):
    assert refusal(opened, database, a_sitting(database), now) == code


def test_who_comes_late_is_cut_at_the_end_of_the_sitting(database):
    world = a_sitting(database, extra=10 * timedelta(minutes=1))

    late = opened(database, world, START + 2 * HOUR - TICK)

    assert late.deadline == START + 2 * HOUR + timedelta(minutes=10)


def test_who_is_not_registered_learns_nothing(database):
    world = a_sitting(database)
    stranger = replace(world.entry(), person_id=987654)

    with pytest.raises(NotFound) as of_this_sitting:
        open_attempt(database, world.sitting, stranger, START)
    with pytest.raises(NotFound) as of_none:
        open_attempt(database, uuid4(), stranger, START)

    assert of_this_sitting.value.code == of_none.value.code == "not_registered"


def test_a_live_sitting_is_sat_in_the_browser_only(database):
    world = a_sitting(database, allows_api=False)

    with pytest.raises(Forbidden) as caught:
        opened(database, world, START, by_token=True)

    assert caught.value.code == "browser_only"


def test_a_sitting_that_allows_it_is_open_to_api_clients(database):
    assert opened(database, a_sitting(database, allows_api=True), START, by_token=True).is_new


def test_a_second_device_needs_the_invigilators_code(database):
    world = a_sitting(database)
    first = opened(database, world, START)

    assert refusal(opened, database, world, START, device="device-two") == "lease_held"

    code = code_for(database, first, START)
    second = opened(database, world, START + TICK, device="device-two", takeover_code=code)
    assert second.claims.attempt == first.claims.attempt
    assert second.claims.lease != first.claims.lease
    assert second.last_seq == 0
    assert refusal(record, database, first, START + TICK, sent(1)) == "lease_revoked"
    assert refusal(opened, database, world, START + TICK) == "lease_held"


def test_a_device_that_took_over_sees_all_answers_and_adds_to_them(database):
    world = a_sitting(database)
    first = opened(database, world, START)
    record(database, first, START, sent(1, 1, "k7"), sent(2, 3, True))

    code = code_for(database, first, START)
    second = opened(database, world, START, device="device-two", takeover_code=code)
    record(database, second, START, sent(1, 1, "q2"))

    assert second.responses == {1: "k7", 3: True}
    third = opened(database, world, START, device="device-two")
    assert third.responses == {1: "q2", 3: True}
    assert third.last_seq == 1


def test_a_code_works_once(database):
    world = a_sitting(database)
    code = code_for(database, opened(database, world, START), START)
    opened(database, world, START, device="device-two", takeover_code=code)

    assert (
        refusal(opened, database, world, START, device="device-three", takeover_code=code)
        == "bad_takeover_code"
    )


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("later", "works"),
    [(timedelta(minutes=10) - TICK, True), (timedelta(minutes=10), False)],
    ids=["a second before ten minutes", "after ten minutes"],
)
def test_a_code_lives_ten_minutes(database, later, works):
    world = a_sitting(database)
    code = code_for(database, opened(database, world, START), START)

    if works:
        assert opened(database, world, START + later, device="device-two", takeover_code=code)
    else:
        code_refused = refusal(
            opened, database, world, START + later, device="device-two", takeover_code=code
        )
        assert code_refused == "bad_takeover_code"


@pytest.mark.parametrize(("wrong_tries", "works"), [(4, True), (5, False)])
def test_five_wrong_tries_burn_a_code(database, wrong_tries, works):
    world = a_sitting(database)
    code = code_for(database, opened(database, world, START), START)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(wrong_tries):
        refused = refusal(opened, database, world, START, device="device-two", takeover_code=wrong)
        assert refused == "bad_takeover_code"

    if works:
        assert opened(database, world, START, device="device-two", takeover_code=code)
    else:
        assert (
            refusal(opened, database, world, START, device="device-two", takeover_code=code)
            == "bad_takeover_code"
        )


def test_a_new_code_ends_the_one_before(database):
    world = a_sitting(database)
    first = opened(database, world, START)
    old = code_for(database, first, START)
    new = code_for(database, first, START)

    if old != new:
        assert (
            refusal(opened, database, world, START, device="device-two", takeover_code=old)
            == "bad_takeover_code"
        )
    assert opened(database, world, START, device="device-two", takeover_code=new)


def test_a_code_is_stored_as_a_hash_and_belongs_to_one_attempt(database):
    world = a_sitting(database)
    code = code_for(database, opened(database, world, START, 0), START)
    opened(database, world, START, 1)

    assert (
        refusal(opened, database, world, START, 1, device="device-two", takeover_code=code)
        == "bad_takeover_code"
    )
    with database.reading() as db:
        assert code not in db.scalars(select(TakeoverCode.code_hash)).one()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", list(EndKind))
def test_an_ended_attempt_is_not_entered_again(database, kind):
    world = a_sitting(database)
    opened(database, world, START)
    with database.transaction() as db:
        db.execute(update(Attempt).values(ended_at=START, end_kind=kind))

    with pytest.raises(Conflict) as caught:
        opened(database, world, START + TICK)

    assert caught.value.code == "closed"
    assert caught.value.details["state"] == kind.value


def test_an_attempt_out_of_time_is_not_entered_again_though_no_job_ran(database):
    world = a_sitting(database)
    opened(database, world, START)

    assert refusal(opened, database, world, START + HOUR) == "closed"
    assert opened(database, world, START + HOUR - TICK, 1).is_new


def test_the_sweep_dates_the_end_at_the_deadline_however_late_it_runs(database):
    world = a_sitting(database)
    attempt = opened(database, world, START)

    with database.transaction() as db:
        assert close_expired(db, START + HOUR - TICK) == 0
        assert close_expired(db, START + 20 * HOUR) == 1
        assert close_expired(db, START + 21 * HOUR) == 0

    row = the_attempt(database, attempt)
    assert row.ended_at == START + HOUR
    assert row.end_kind == EndKind.EXPIRED


def test_the_sweep_leaves_ended_attempts_alone(database):
    world = a_sitting(database)
    attempt = opened(database, world, START)
    with database.transaction() as db:
        db.execute(update(Attempt).values(ended_at=START + TICK, end_kind=EndKind.SUBMITTED))

    with database.transaction() as db:
        assert close_expired(db, START + 2 * HOUR) == 0

    assert the_attempt(database, attempt).end_kind == EndKind.SUBMITTED


def test_opening_and_taking_over_are_audited_and_resuming_is_not(database):
    world = a_sitting(database)
    first = opened(database, world, START)
    opened(database, world, START)
    code = code_for(database, first, START)
    opened(database, world, START, device="device-two", takeover_code=code)

    with database.reading() as db:
        actions = db.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert db.scalars(select(Lease.revoked_at).order_by(Lease.id)).all() == [START, None]
    assert actions == ["attempt.opened", "attempt.takeover_code_issued", "attempt.taken_over"]


def test_my_sittings_say_where_each_stands_for_me_alone(database):
    world = a_sitting(database)
    attempt = opened(database, world, START, 0)

    with database.reading() as db:
        mine = my_sittings(db, world.people[0], START)[0]
        others = my_sittings(db, world.people[1], START)[0]
        nobodys = my_sittings(db, None, START)

    assert (mine.state, mine.attempt) == ("in_progress", attempt.claims.attempt)
    assert (others.state, others.attempt, others.seat) == ("open", None, 2)
    assert nobodys == []


def test_a_closed_sitting_is_closed_for_those_who_have_not_begun(database):
    world = a_sitting(database)
    with database.transaction() as db:
        db.execute(update(Sitting).values(closed_at=START))

    assert refusal(opened, database, world, START) == "closed"


def test_two_devices_that_open_at_once_get_one_attempt_and_one_lease(database):
    world = a_sitting(database)
    outcomes, barrier = [], threading.Barrier(4)

    def enter(number):
        barrier.wait()
        try:
            outcomes.append(opened(database, world, START, device=f"device-{number}").is_new)
        except Conflict as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, outcomes)) == ["True", "lease_held", "lease_held", "lease_held"]
    with database.reading() as db:
        assert len(db.scalars(select(Attempt)).all()) == len(db.scalars(select(Lease)).all()) == 1
