"""Tables of marking, results, make-ups and what follows a failed make-up."""

from datetime import date
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tiejun.db import Base, Id, Instant, JsonList, PublicId


class SlotScore(Base):
    """Points for one slot of an attempt, by the machine (round 0) or a marker (rounds 1 to 3).

    Round 0 stands for every objective slot and for an essay left empty; an essay without it is for people.
    `awarded` has what the marker gave for each rubric point, in order; None where he gave points only. What
    `points` differ from their sum is his free adjustment.
    """

    __tablename__ = "slot_score"
    __table_args__ = (
        UniqueConstraint("attempt_id", "slot", "round"),
        CheckConstraint("points >= 0", name="points_not_negative"),
    )

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    slot: Mapped[int]
    round: Mapped[int]
    points: Mapped[float]
    maximum: Mapped[float]
    marker_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    comment: Mapped[str | None] = mapped_column(Text)
    awarded: Mapped[JsonList | None] = mapped_column(JSON(none_as_null=True))
    scored_at: Mapped[Instant]


class Verdict(StrEnum):
    """What a result says."""

    PASS = "pass"
    FAIL = "fail"
    ABSENT = "absent"


class Result(Base):
    """A declared result of one registration. A correction is a further revision, never an edit.

    Only the release adds to a row: its instant, and the completed training that its statement names.
    """

    __tablename__ = "result"
    __table_args__ = (UniqueConstraint("registration_id", "revision"), Index(None, "sitting_id", "verdict"))

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"))
    revision: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    raw_score: Mapped[float]
    cut_score: Mapped[float]
    verdict: Mapped[Verdict] = mapped_column(String(10))
    is_current: Mapped[bool] = mapped_column(default=True)
    declared_by: Mapped[str] = mapped_column(String(100))
    declared_at: Mapped[Instant]
    released_at: Mapped[Instant | None]
    completion_id: Mapped[int | None] = mapped_column(ForeignKey("training_completion.id"), index=True)


class MakeUpState(StrEnum):
    """Where a make-up case stands (补考状态)."""

    DUE = "due"  # 待安排
    SCHEDULED = "scheduled"  # 已安排
    PASSED = "passed"  # 补考合格
    FAILED = "failed"  # 补考不合格 (absence counts as failed)


class MakeUpCase(Base):
    """The duty to sit the make-up within half a year (环办执法〔2022〕21号 第七条).

    `registration_id` is the seat in the make-up sitting, once arranged. Overdue is not a state: it is `state`
    DUE and today after `due_on`.
    """

    __tablename__ = "make_up_case"
    __table_args__ = (Index(None, "state", "due_on"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    origin_result_id: Mapped[int] = mapped_column(ForeignKey("result.id"), unique=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"), unique=True)
    published_on: Mapped[date]
    due_on: Mapped[date]
    due_is_provisional: Mapped[bool]
    state: Mapped[MakeUpState] = mapped_column(String(20), default=MakeUpState.DUE)
    overdue_reason: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]


class FollowUpState(StrEnum):
    """Where the case after a failed make-up stands (约谈)."""

    TALK_DUE = "talk_due"  # 待约谈
    TALKED = "talked"  # 已约谈
    KEPT = "kept"  # 留岗重训
    MOVED = "moved"  # 调离


class FollowUpCase(Base):
    """After a failed make-up a talk is advised, possibly a transfer: people decide, nothing is automatic."""

    __tablename__ = "follow_up_case"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    make_up_case_id: Mapped[int] = mapped_column(ForeignKey("make_up_case.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[FollowUpState] = mapped_column(String(20), default=FollowUpState.TALK_DUE)
    talk_due_on: Mapped[date]
    talked_on: Mapped[date | None]
    leader: Mapped[str | None] = mapped_column(String(60))
    record: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(Text)
    decided_on: Mapped[date | None]
    new_post: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
