"""Tables of sittings, attempts and responses; marking and results stand in result_models.py."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tiejun.db import Base, BigId, Id, Instant, PublicId


class Exam(Base):
    """An exam (考试项目): what is examined, at which level and tier; its administrations are sittings."""

    __tablename__ = "exam"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    title: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(20))  # national, provincial
    tier: Mapped[str] = mapped_column(String(20))  # primary, intermediate
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("blueprint.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)  # who holds it
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[Instant]


class Sitting(Base):
    """A sitting (场次): one window in which registered candidates sit one of its forms.

    Nobody opens the paper before `starts_at` or at and after `ends_at`; everyone has `duration_seconds`,
    cut at `ends_at`. A live sitting is sat in the browser only, unless `allows_api`.
    """

    __tablename__ = "sitting"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("duration_seconds > 0", name="duration_positive"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    duration_seconds: Mapped[int]
    venue: Mapped[str] = mapped_column(String(120))  # empty: online
    allows_api: Mapped[bool] = mapped_column(default=False)
    is_make_up: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[Instant | None]
    declared_at: Mapped[Instant | None]
    released_at: Mapped[Instant | None]
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[Instant]

    @property
    def over_at(self) -> datetime:
        """When nobody can answer any more: the window's end, or when all papers were collected before it."""
        return min(self.closed_at or self.ends_at, self.ends_at)


class SittingForm(Base):
    """A form used in a sitting; a form used in one sitting is burnt for every other."""

    __tablename__ = "sitting_form"

    form_id: Mapped[int] = mapped_column(ForeignKey("exam_form.id"), primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)


class SittingStaff(Base):
    """Who serves in a sitting, as `invigilator` or `marker`."""

    __tablename__ = "sitting_staff"
    __table_args__ = (UniqueConstraint("sitting_id", "account_id", "duty"),)

    id: Mapped[Id]
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    duty: Mapped[str] = mapped_column(String(20))


class Registration(Base):
    """A candidate's place in a sitting. `unit_id` is the unit on the day of registration."""

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("sitting_id", "person_id"), UniqueConstraint("sitting_id", "seat"))

    id: Mapped[Id]
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    seat: Mapped[int]
    form_id: Mapped[int] = mapped_column(ForeignKey("exam_form.id"))
    extra_seconds: Mapped[int] = mapped_column(default=0)  # accommodation
    created_at: Mapped[Instant]


class EndKind(StrEnum):
    """How an attempt ended."""

    SUBMITTED = "submitted"
    EXPIRED = "expired"
    CLOSED = "closed"  # by the invigilator


class Attempt(Base):
    """One candidate answering one form once (一次应试); QTI's candidate test session.

    `deadline` is set when the attempt opens and moved only by a recorded extension. An attempt that runs
    out of time ended at its deadline, however late that is noticed. The row carries counters and state
    only; what was answered stands in `ResponseEvent`.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint("deadline > started_at", name="deadline_after_start"),
        CheckConstraint("ended_at <= deadline", name="ended_by_deadline"),
        Index(None, "sitting_id", "ended_at", "deadline"),
        Index(None, "ended_at", "deadline"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), unique=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("exam_form.id"), index=True)
    started_at: Mapped[Instant]
    deadline: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    end_kind: Mapped[EndKind | None] = mapped_column(String(20))
    submitted_at: Mapped[Instant | None]
    chain_hash: Mapped[str | None] = mapped_column(String(100))  # with its algorithm id; sealing issue
    signature: Mapped[str | None] = mapped_column(String(200))


class Lease(Base):
    """The right of one device to write to an attempt; at most one lease of an attempt is not revoked.

    `announced_seq` is the highest number that the client said to hold before the attempt's end: an answer
    that arrives within the grace counts only if its number was announced then. `last_seq` is the highest
    number stored, `acked_seq` the highest without a gap below it. `told_deadline` is the deadline of our
    last reply, so that a moved one is announced once.
    """

    __tablename__ = "lease"
    __table_args__ = (Index(None, "attempt_id", "revoked_at"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    device: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]
    told_deadline: Mapped[Instant]
    last_seq: Mapped[int] = mapped_column(default=0)
    acked_seq: Mapped[int] = mapped_column(default=0)
    announced_seq: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)  # unsent on the client, by its last word
    last_seen_at: Mapped[Instant]
    last_saved_at: Mapped[Instant | None]
    agent: Mapped[str | None] = mapped_column(String(300))


class Standing(StrEnum):
    """Whether a response event counts."""

    COUNTED = "counted"
    LATE = "late"  # kept, laid before two people
    ACCEPTED = "accepted"  # late, and two people said that it counts
    REFUSED = "refused"  # late, and a second person said no


class ResponseEvent(Base):
    """One change of one answer. Append-only: unique on (lease, seq).

    The current answer of a slot is its last counting event (`Standing.COUNTED` or `ACCEPTED`), by lease and
    number: packets may overtake each other, so neither the id nor the time of arrival gives the order.
    """

    __tablename__ = "response_event"
    __table_args__ = (UniqueConstraint("lease_id", "seq"), Index(None, "attempt_id", "standing"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    lease_id: Mapped[int] = mapped_column(ForeignKey("lease.id"))
    seq: Mapped[int]
    slot: Mapped[int]
    value: Mapped[str] = mapped_column(Text)  # canonical JSON, "null" clears
    is_blank: Mapped[bool]  # cleared, or nothing but blanks: does not count as answered
    client_at: Mapped[Instant]
    received_at: Mapped[Instant]
    standing: Mapped[Standing] = mapped_column(String(10), default=Standing.COUNTED)
    silent_since: Mapped[
        Instant | None
    ]  # of a late answer: the last sign of life before it, the outage's begin


class AttemptFile(Base):
    """A file that a candidate handed in for one slot of his attempt. Append-only.

    It is an answer only once an event of the slot names it, by digest and name; a value may name no other
    file. What it is, and its bytes, stand with `StoredFile`.
    """

    __tablename__ = "attempt_file"
    __table_args__ = (Index(None, "attempt_id", "slot"),)

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    lease_id: Mapped[int] = mapped_column(ForeignKey("lease.id"))
    slot: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    received_at: Mapped[Instant]


class LateDecision(Base):
    """What one person decided about the late answers of an attempt; two must agree that they count.

    A decision reaches the events up to `last_event_id`: what arrives after it is decided anew.
    """

    __tablename__ = "late_decision"
    __table_args__ = (UniqueConstraint("attempt_id", "account_id", "last_event_id"),)

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    last_event_id: Mapped[int] = mapped_column(BigId)
    accepts: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(300))
    decided_by: Mapped[str] = mapped_column(String(100))
    decided_at: Mapped[Instant]


class TakeoverCode(Base):
    """A code from the invigilator by which a second device may take over an attempt, once.

    `tries` counts every code that was typed while this one was valid; after five it is burnt.
    """

    __tablename__ = "takeover_code"

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    issued_by: Mapped[str] = mapped_column(String(100))
    issued_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]
    tries: Mapped[int] = mapped_column(default=0)


class Extension(Base):
    """More time, for one attempt or for a whole sitting: who gave it, why, how many minutes."""

    __tablename__ = "extension"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    id: Mapped[Id]
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"), index=True)
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    given_by: Mapped[str] = mapped_column(String(100))
    given_at: Mapped[Instant]
