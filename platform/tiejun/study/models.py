"""Tables of courses, streams of study, progress, and the ledger of hours."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tiejun.db import Base, Id, Instant, JsonList, PublicId
from tiejun.files.models import StoredFile


class LessonKind(StrEnum):
    """How a lesson is taught."""

    ARTICLE = "article"
    PDF = "pdf"
    VIDEO = "video"


class Course(Base):
    """A course (课程); officers see it once it is published. Empty `level` or `tier`: for everybody."""

    __tablename__ = "course"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    slug: Mapped[str | None] = mapped_column(String(80), unique=True)  # of a course that ships with us
    title: Mapped[str] = mapped_column(String(120), index=True)
    summary: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(20), index=True)
    level: Mapped[str] = mapped_column(String(20), default="")
    tier: Mapped[str] = mapped_column(String(20), default="")
    units: Mapped[JsonList]  # codes of the syllabus
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)  # owner; None: shipped
    published_at: Mapped[Instant | None]
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]

    lessons: Mapped[list["Lesson"]] = relationship(
        lazy="raise", order_by="Lesson.position", back_populates="course"
    )

    @property
    def seconds(self) -> int:
        """Length of all lessons together."""
        return sum(lesson.length_seconds for lesson in self.lessons)


class Lesson(Base):
    """One lesson (课): an article, a PDF or a video. `html` went through `tiejun.html.clean`.

    `citations` is a list of {"law", "article"}; `length_seconds` is the most that can be credited a year.
    """

    __tablename__ = "lesson"
    __table_args__ = (CheckConstraint("length_seconds > 0", name="length_positive"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[LessonKind] = mapped_column(String(10))
    length_seconds: Mapped[int]
    html: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    citations: Mapped[JsonList]

    course: Mapped[Course] = relationship(lazy="raise", back_populates="lessons")
    file: Mapped[StoredFile | None] = relationship(lazy="raise")


class CourseSet(Base):
    """Courses which together make up the post training of one level and tier (课程组合)."""

    __tablename__ = "course_set"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    title: Mapped[str] = mapped_column(String(120), unique=True)
    level: Mapped[str] = mapped_column(String(20))
    tier: Mapped[str] = mapped_column(String(20))
    syllabus_version: Mapped[str] = mapped_column(String(40))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[Instant]

    courses: Mapped[list["CourseSetCourse"]] = relationship(lazy="raise")


class CourseSetCourse(Base):
    """A course as part of a set."""

    __tablename__ = "course_set_course"

    set_id: Mapped[int] = mapped_column(ForeignKey("course_set.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True, index=True)


class StudyProgress(Base):
    """How far a person is with a source in one year; `credited` seconds never exceed `length_seconds`.

    Of a video `credited` is also the furthest position; `position` is where it was last left.
    """

    __tablename__ = "study_progress"
    __table_args__ = (
        UniqueConstraint("person_id", "year", "kind", "key"),
        CheckConstraint("credited <= length_seconds", name="within_length"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60))
    credited: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    length_seconds: Mapped[int]
    started_at: Mapped[Instant]
    last_at: Mapped[Instant]
    completed_at: Mapped[Instant | None]


class StudyStream(Base):
    """One uninterrupted sitting of a person with a source, within one day in Beijing.

    A person has one open stream at most. `credited` is written with every beat, so that a crash loses
    nothing; the ledger entry is written once, when the stream ends.
    """

    __tablename__ = "study_stream"
    __table_args__ = (Index(None, "person_id", "ended_at"), Index(None, "ended_at", "last_beat_at"))

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    progress_id: Mapped[int] = mapped_column(ForeignKey("study_progress.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(20))
    is_video: Mapped[bool]
    day: Mapped[date]
    opened_at: Mapped[Instant]
    last_beat_at: Mapped[Instant]
    counted_until: Mapped[Instant]
    nonce: Mapped[str] = mapped_column(String(32))
    credited: Mapped[int] = mapped_column(default=0)
    beats: Mapped[int] = mapped_column(default=0)
    last_interval_ms: Mapped[int | None]
    equal_intervals: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[Instant | None]
    end_reason: Mapped[str] = mapped_column(String(20), default="")

    progress: Mapped[StudyProgress] = relationship(lazy="raise")


class StudySignal(Base):
    """A pattern that a person should look at; nothing follows from it by itself."""

    __tablename__ = "study_signal"
    __table_args__ = (UniqueConstraint("stream_id", "kind"),)

    id: Mapped[Id]
    stream_id: Mapped[int] = mapped_column(ForeignKey("study_stream.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    seen_at: Mapped[Instant]


class HourEntry(Base):
    """One line of the ledger of study hours. Rows are only ever added; a correction is a further row.

    `unit_id` is where the person served on `day`, so that a transfer carries the ledger along. `seconds`
    is negative only in a correction, which keeps kind, category, day and year of the row it corrects.
    """

    __tablename__ = "hour_entry"
    __table_args__ = (
        Index(None, "person_id", "year"),
        Index(None, "unit_id", "year"),
        CheckConstraint("seconds > 0 OR corrects_id IS NOT NULL", name="negative_only_in_correction"),
        CheckConstraint("corrects_id IS NULL OR reason <> ''", name="correction_has_reason"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    category: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    seconds: Mapped[int]
    evidence: Mapped[str] = mapped_column(String(200), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    stream_id: Mapped[int | None] = mapped_column(ForeignKey("study_stream.id"), unique=True)
    approver: Mapped[str] = mapped_column(String(100), default="")
    recorded_by: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[Instant]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("hour_entry.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200), default="")

    file: Mapped[StoredFile | None] = relationship(lazy="raise")


class LedgerIsAppendOnly(Exception):
    """Somebody tried to change or delete a row of the ledger: a fault of ours."""


def _refuse(_mapper: Any, _connection: Any, entry: HourEntry) -> None:
    raise LedgerIsAppendOnly(f"hour entry {entry.id} may not be changed; add a correction")


event.listen(HourEntry, "before_update", _refuse)
event.listen(HourEntry, "before_delete", _refuse)
