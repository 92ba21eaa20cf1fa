"""Tables of notices and of their delivery by mail."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tiejun.db import Base, Id, Instant, JsonDict, PublicId
from tiejun.notices.rules import Topic


class Notice(Base):
    """One thing told to one account, once: (account, topic, key) is unique however often it is looked for.

    `title` and `body` are sentences as pattern and values (`wording.packed`), so that they can be said in
    the reader's language. `sitting_id` and `version` belong to the stream about a place in a sitting:
    `version` is what was said of it (time, place, seat), None where it was withdrawn.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("account_id", "topic", "key"),
        Index(None, "account_id", "read_at"),
        Index(None, "sitting_id", "topic"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    topic: Mapped[Topic] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(80))
    sitting_id: Mapped[int | None] = mapped_column(ForeignKey("sitting.id"))
    version: Mapped[str | None] = mapped_column(String(64))
    title: Mapped[JsonDict]
    body: Mapped[JsonDict]
    address: Mapped[str] = mapped_column(String(200))  # path in the application; empty: none
    created_at: Mapped[Instant]
    read_at: Mapped[Instant | None]


class MailState(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # will be tried again
    GIVEN_UP = "given_up"


class MailDelivery(Base):
    """The mail of a notice. `due_at` is the next try; while one is under way it lies a lease ahead."""

    __tablename__ = "mail_delivery"
    __table_args__ = (Index(None, "state", "due_at"),)

    id: Mapped[Id]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), unique=True)
    to_address: Mapped[str] = mapped_column(String(254))
    state: Mapped[MailState] = mapped_column(String(10), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[Instant]
    last_error: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[Instant]
    sent_at: Mapped[Instant | None]
