"""The outbox: at least once, each message in its own transaction, a failing one never holds up another."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from tests.support.clock import ManualClock
from tiejun import outbox
from tiejun.audit import SYSTEM, AuditEvent, record
from tiejun.db import Database
from tiejun.outbox import Message


class Recipient:
    """Keeps what it was given; refuses keys that begin with "bad"."""

    def __init__(self) -> None:
        self.got: list[str] = []

    def __call__(self, db: Session, message: Message, now: datetime) -> None:
        record(db, SYSTEM, "received", ("message", message.key), now)
        db.flush()
        if message.key.startswith("bad"):
            raise ValueError(message.key)
        self.got.append(message.key)


def send(database: Database, clock: ManualClock, *keys: str) -> None:
    with database.transaction() as db:
        for key in keys:
            outbox.emit(db, "topic", key, {}, clock())


def test_a_message_is_delivered_once(database: Database, clock: ManualClock) -> None:
    send(database, clock, "a", "b")
    to = Recipient()
    assert outbox.drain(database, {"topic": to}, clock()) == (2, 0)
    assert outbox.drain(database, {"topic": to}, clock()) == (0, 0)
    assert to.got == ["a", "b"]


def test_a_failing_message_leaves_no_trace_and_does_not_hold_up_the_next(
    database: Database, clock: ManualClock
) -> None:
    send(database, clock, "bad", "good")
    to = Recipient()
    assert outbox.drain(database, {"topic": to}, clock()) == (1, 1)
    with database.reading() as db:
        assert [event.subject_id for event in db.query(AuditEvent)] == ["good"]
        assert outbox.waiting(db) == 1


def test_a_failed_message_waits_before_it_is_tried_again(database: Database, clock: ManualClock) -> None:
    send(database, clock, "bad")
    assert outbox.drain(database, {"topic": Recipient()}, clock()) == (0, 1)
    assert outbox.drain(database, {"topic": Recipient()}, clock()) == (0, 0)
    clock.time += timedelta(seconds=2)
    assert outbox.drain(database, {"topic": Recipient()}, clock()) == (0, 1)


def test_after_a_repair_all_messages_can_be_made_due(database: Database, clock: ManualClock) -> None:
    send(database, clock, "bad")
    assert outbox.drain(database, {"topic": Recipient()}, clock()) == (0, 1)
    with database.transaction() as db:
        outbox.hurry(db, clock())
    assert outbox.drain(database, {"topic": Recipient()}, clock()) == (0, 1)


def test_a_message_of_a_rolled_back_act_is_never_sent(database: Database, clock: ManualClock) -> None:
    try:
        with database.transaction() as db:
            outbox.emit(db, "topic", "a", {}, clock())
            raise RuntimeError
    except RuntimeError:
        pass
    assert outbox.drain(database, {"topic": Recipient()}, clock()) == (0, 0)
