"""The outbox: what one feature must tell another, delivered at least once, after the commit.

A message is written in the transaction of the act that it reports. The drain hands each message to the
handler of its topic in a transaction of its own; a failing message waits longer each time and never blocks
the others. Handlers are idempotent by the message's key.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from tiejun.db import Base, Database, Id, Instant, JsonDict

log = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(hours=1)
Handler = Callable[[Session, "Message", datetime], None]


class OutboxMessage(Base):
    """A message on its way; `delivered_at` is set in the transaction in which its handler succeeded."""

    __tablename__ = "outbox_message"
    __table_args__ = (UniqueConstraint("topic", "key"), Index(None, "delivered_at", "due_at"))

    id: Mapped[Id]
    topic: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(120))
    payload: Mapped[JsonDict]
    created_at: Mapped[Instant]
    due_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[Instant | None]
    last_error: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Message:
    """What a handler sees of a message."""

    topic: str
    key: str
    payload: dict[str, Any]
    created_at: datetime


def emit(db: Session, topic: str, key: str, payload: dict[str, Any], now: datetime) -> None:
    """Add a message within the caller's transaction; the pair (topic, key) is unique for ever."""
    db.add(OutboxMessage(topic=topic, key=key, payload=payload, created_at=now, due_at=now))


def drain(
    database: Database, handlers: Mapping[str, Handler], now: datetime, limit: int = 500
) -> tuple[int, int]:
    """Deliver what is due; return how many messages were (delivered, failed)."""
    with database.reading() as db:
        due = db.scalars(
            select(OutboxMessage.id)
            .where(OutboxMessage.delivered_at.is_(None), OutboxMessage.due_at <= now)
            .order_by(OutboxMessage.id)
            .limit(limit)
        ).all()
    delivered = failed = 0
    for message_id in due:
        try:
            delivered += _deliver(database, handlers, message_id, now)
        except Exception as error:
            # Whatever a handler dies of must be kept with the message and tried again, not lost.
            log.exception("outbox message %s failed", message_id)
            _postpone(database, message_id, repr(error), now)
            failed += 1
    return delivered, failed


def _deliver(database: Database, handlers: Mapping[str, Handler], message_id: int, now: datetime) -> int:
    with database.transaction() as db:
        row = db.scalars(
            select(OutboxMessage).where(OutboxMessage.id == message_id).with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None or row.delivered_at is not None:
            return 0
        handlers[row.topic](db, Message(row.topic, row.key, row.payload, row.created_at), now)
        row.delivered_at = now
        row.attempts += 1
        return 1


def _postpone(database: Database, message_id: int, error: str, now: datetime) -> None:
    with database.transaction() as db:
        row = db.get_one(OutboxMessage, message_id)
        row.attempts += 1
        row.last_error = error
        row.due_at = now + min(timedelta(seconds=2**row.attempts), LONGEST_WAIT)


def waiting(db: Session) -> int:
    """Return how many messages have not been delivered."""
    return len(db.scalars(select(OutboxMessage.id).where(OutboxMessage.delivered_at.is_(None))).all())


def hurry(db: Session, now: datetime) -> None:
    """Make all waiting messages due at once (after a repair)."""
    db.execute(update(OutboxMessage).where(OutboxMessage.delivered_at.is_(None)).values(due_at=now))
