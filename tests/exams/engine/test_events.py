"""Taking in answers: nothing lost, nothing twice, nothing half-written."""

import random
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.exams.engine.factories import (
    GRACE,
    HOUR,
    INVIGILATOR,
    a_sitting,
    opened,
    record,
    sent,
    stored,
    the_attempt,
)
from tests.support.clock import START
from tiejun.errors import Conflict, DomainError
from tiejun.exams.events import Batch, record_events
from tiejun.exams.invigilation_service import close_attempt
from tiejun.exams.models import Lease, Sitting
from tiejun.exams.queries import answered, current_responses
from tiejun.exams.service import submit

TICK = timedelta(milliseconds=1)
END = START + HOUR


@pytest.fixture
def attempt(database):
    return opened(database, a_sitting(database), START)


def refusal(call, *args, **kwargs):
    with pytest.raises(DomainError) as caught:
        call(*args, **kwargs)
    return caught.value.code


def answers(database, attempt):
    with database.reading() as db:
        return current_responses(db, the_attempt(database, attempt).id)


def hand_in(database, attempt, last_seq, now=START):
    with database.transaction() as db:
        return submit(db, attempt.claims, attempt.claims.lease, last_seq, now)


def close(database, attempt, now):
    with database.transaction() as db:
        close_attempt(db, the_attempt(database, attempt), "身体不适", INVIGILATOR, now)


def test_what_is_acknowledged_is_stored_as_it_came(database, attempt):
    reply = record(database, attempt, START + TICK, sent(1, 4, ["五日", ""]), sent(2, 5, "论述\n第二行"))

    assert (reply.acked_seq, reply.stored, reply.late, reply.state) == (2, [1, 2], [], "open")
    assert stored(database) == [(1, '["五日",""]', "counted"), (2, '"论述\\n第二行"', "counted")]
    assert answers(database, attempt) == {4: ["五日", ""], 5: "论述\n第二行"}


def test_an_empty_batch_is_a_heartbeat_that_says_what_is_waiting(database, attempt):
    reply = record(database, attempt, START + TICK, queued=3)

    assert (reply.acked_seq, reply.stored) == (0, [])
    with database.reading() as db:
        lease = db.scalars(select(Lease)).one()
    assert (lease.last_seen_at, lease.waiting, lease.announced_seq) == (START + TICK, 3, 3)
    assert lease.last_saved_at is None


def test_a_replayed_packet_is_harmless(database, attempt):
    record(database, attempt, START, sent(1), sent(2, 2, ["a1", "b2"]))

    again = record(database, attempt, START + TICK, sent(1), sent(2, 2, ["a1", "b2"]), sent(3, 3, True))

    assert (again.acked_seq, again.stored) == (3, [1, 2, 3])
    assert len(stored(database)) == 3


def test_a_replay_with_a_clock_measured_anew_is_still_the_same_payload(database, attempt):
    record(database, attempt, START, sent(1, given_at=START))

    assert record(database, attempt, START, sent(1, given_at=START + TICK)).stored == [1]


@pytest.mark.parametrize("other", [sent(2, 1, "q2"), sent(2, 3, True)], ids=["another value", "another slot"])
def test_a_used_number_with_another_payload_refuses_the_whole_batch(database, attempt, other):
    record(database, attempt, START, sent(1), sent(2, 1, "k7"))

    with pytest.raises(Conflict) as caught:
        record(database, attempt, START, sent(3, 3, True), other)

    assert (caught.value.code, caught.value.details["seq"]) == ("seq_conflict", 2)
    assert [seq for seq, _, _ in stored(database)] == [1, 2]


def test_one_number_with_two_payloads_in_one_batch_is_refused(database, attempt):
    assert refusal(record, database, attempt, START, sent(1, 1, "k7"), sent(1, 1, "q2")) == "seq_conflict"
    assert record(database, attempt, START, sent(1), sent(1)).stored == [1]


def test_an_unknown_slot_refuses_the_whole_batch(database, attempt):
    assert refusal(record, database, attempt, START, sent(1), sent(2, 6, "k7")) == "unknown_slot"
    assert stored(database) == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("slot", "value"),
    [
        (1, "zz"),
        (1, ["k7"]),
        (1, 7),
        (2, "a1"),
        (2, []),
        (2, ["a1", "a1"]),
        (2, ["a1", "k7"]),
        (3, "true"),
        (3, 1),
        (4, ["五日"]),
        (4, ["五日", 5]),
        (5, ["text"]),
        (5, "x" * 20_001),
        (5, "\x00"),
        (5, {"a": 1}),
    ],
)
def test_a_value_of_the_wrong_shape_refuses_the_whole_batch(database, attempt, slot, value):
    with pytest.raises(DomainError) as caught:
        record(database, attempt, START, sent(1), sent(2, slot, value))

    assert (caught.value.code, caught.value.details["slot"]) == ("bad_value", slot)
    assert stored(database) == []


def test_null_clears_an_answer_and_history_keeps_it(database, attempt):
    record(database, attempt, START, sent(1), sent(2, 1, None))

    assert answers(database, attempt) == {}
    assert [value for _, value, _ in stored(database)] == ['"k7"', "null"]


def test_packets_may_overtake_each_other(database, attempt):
    early = record(database, attempt, START, sent(3, 1, "q2"))
    assert early.acked_seq == 0

    between = record(database, attempt, START, sent(1, 1, "k7"))
    assert between.acked_seq == 1

    assert record(database, attempt, START, sent(2, 1, None)).acked_seq == 3
    assert answers(database, attempt) == {1: "q2"}


def test_progress_counts_slots_that_hold_an_answer(database, attempt):
    record(
        database,
        attempt,
        START,
        sent(1),
        sent(2, 1, "q2"),
        sent(3, 3, False),
        sent(4, 5, " "),
        sent(5, 2, None),
    )

    with database.reading() as db:
        row = the_attempt(database, attempt)
        assert answered(db, row.sitting_id) == {row.id: 2}


@pytest.mark.parametrize(
    ("arrives", "given", "announced", "standing"),
    [
        (END - TICK, END - TICK, 0, "counted"),
        (END, END - TICK, 0, "late"),
        (END, END - TICK, 1, "counted"),
        (END + GRACE - TICK, END - TICK, 1, "counted"),
        (END + GRACE, END - TICK, 1, "late"),
        (END + GRACE - TICK, END, 1, "late"),
        (END + 5 * HOUR, START, 0, "late"),
    ],
)
def test_a_late_packet_is_kept_and_counts_only_within_the_grace(
    database, attempt, arrives, given, announced, standing
):
    record(database, attempt, END - 2 * TICK, queued=announced)

    reply = record(database, attempt, arrives, sent(1, given_at=given))

    assert stored(database) == [(1, '"k7"', standing)]
    assert reply.stored == [1]
    assert reply.late == ([1] if standing == "late" else [])
    assert reply.state == ("open" if arrives < END else "expired")
    assert answers(database, attempt) == ({} if standing == "late" else {1: "k7"})
    assert [notice.code for notice in reply.notices] == (["late"] if standing == "late" else [])


def test_a_number_announced_after_the_end_does_not_count(database, attempt):
    record(database, attempt, END, queued=1)

    assert record(database, attempt, END + TICK, sent(1, given_at=END - TICK)).late == [1]


def test_a_replayed_late_packet_stays_late(database, attempt):
    record(database, attempt, END + HOUR, sent(1))

    assert record(database, attempt, END + HOUR, sent(1)).late == [1]


def test_after_handing_in_replays_are_acknowledged_and_new_numbers_refused(database, attempt):
    record(database, attempt, START, sent(1))
    hand_in(database, attempt, 1)

    assert record(database, attempt, START, sent(1)).state == "submitted"
    assert record(database, attempt, START).state == "submitted"
    assert refusal(record, database, attempt, START, sent(2)) == "closed"
    assert len(stored(database)) == 1


def test_after_handing_in_an_announced_number_is_kept_as_late(database, attempt):
    """A second window of the same browser had told the server of it; the receipt is out, so people decide."""
    record(database, attempt, START, sent(1), queued=2)
    hand_in(database, attempt, 1)

    assert record(database, attempt, START + TICK, sent(2, 3, True, START - TICK)).late == [2]
    assert refusal(record, database, attempt, START, sent(3)) == "closed"


def test_after_the_invigilator_closed_what_was_on_its_way_is_kept(database, attempt):
    record(database, attempt, START, queued=1)
    close(database, attempt, START + 2 * TICK)

    in_grace = record(database, attempt, START + 3 * TICK, sent(1, given_at=START + TICK))
    unheard_of = record(database, attempt, START + 3 * TICK, sent(2, given_at=START + TICK))

    assert (in_grace.late, in_grace.state) == ([], "closed")
    assert unheard_of.late == [2]


def test_once_results_are_declared_nothing_new_is_taken(database, attempt):
    record(database, attempt, START, sent(1))
    with database.transaction() as db:
        db.execute(update(Sitting).values(declared_at=END))

    assert refusal(record, database, attempt, END + HOUR, sent(2)) == "closed"
    assert record(database, attempt, END + HOUR, sent(1)).stored == [1]


def test_a_hand_in_gives_a_receipt_and_the_same_one_again(database, attempt):
    record(database, attempt, START, sent(1), sent(2, 3, True), sent(3, 2, None))

    receipt = hand_in(database, attempt, 3, START + TICK)

    assert (receipt.submitted_at, receipt.answered, receipt.total, receipt.last_seq) == (
        START + TICK,
        2,
        5,
        3,
    )
    assert (receipt.chain_hash, receipt.signature) == (None, None)
    assert hand_in(database, attempt, 3, START + 2 * HOUR) == receipt
    assert the_attempt(database, attempt).ended_at == START + TICK


def test_a_hand_in_waits_for_outstanding_answers(database, attempt):
    record(database, attempt, START, sent(1), sent(4))

    with pytest.raises(Conflict) as caught:
        hand_in(database, attempt, 6)

    assert (caught.value.code, caught.value.details["missing"]) == ("missing_events", [[2, 3], [5, 6]])
    assert the_attempt(database, attempt).ended_at is None


@pytest.mark.parametrize(("now", "accepted"), [(END - TICK, True), (END, False)])
def test_a_hand_in_obeys_the_deadline(database, attempt, now, accepted):
    if accepted:
        assert hand_in(database, attempt, 0, now).submitted_at == now
    else:
        assert refusal(hand_in, database, attempt, 0, now) == "closed"


def test_a_token_opens_its_own_attempt_only(database):
    world = a_sitting(database)
    mine, other = opened(database, world, START, 0), opened(database, world, START, 1)
    stolen = type(mine.claims)(other.claims.attempt, mine.claims.lease)

    with database.transaction() as db:
        assert refusal(record_events, db, stolen, Batch(stolen.lease, 0), START, GRACE) == "not_found"
        foreign = Batch(other.claims.lease, 0)
        assert refusal(record_events, db, mine.claims, foreign, START, GRACE) == "wrong_lease"


def test_the_same_packet_twice_at_once_is_stored_once(database, attempt):
    replies, barrier = [], threading.Barrier(4)

    def send():
        barrier.wait()
        replies.append(record(database, attempt, START, sent(1), sent(2, 3, True)))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [reply.acked_seq for reply in replies] == [2, 2, 2, 2]
    assert len(stored(database)) == 2


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_network_does_to_packets_the_last_answer_given_is_the_one_that_counts(
    database, attempt, seed
):
    draw = random.Random(seed)
    values = {
        1: ["k7", "q2", None],
        2: [["a1"], ["b2", "c3"], None],
        3: [True, False, None],
        5: ["甲", "乙", ""],
    }
    given = [sent(seq, slot := draw.choice(list(values)), draw.choice(values[slot])) for seq in range(1, 41)]
    packets = [given[start : start + draw.randint(1, 6)] for start in range(40)] + [
        [event] for event in given
    ]
    draw.shuffle(packets)

    acked = [record(database, attempt, START, *packet).acked_seq for packet in packets]

    assert acked == sorted(acked)
    assert acked[-1] == len(stored(database)) == 40
    last = {event.slot: event.value for event in given}
    assert answers(database, attempt) == {slot: value for slot, value in last.items() if value is not None}
