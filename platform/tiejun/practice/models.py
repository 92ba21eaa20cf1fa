"""Tables of practice: runs, answers and self-assessments (append-only), and where each item stands."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tiejun.db import Base, Id, Instant, JsonList, PublicId


class PracticeRun(Base):
    """One round of practice (一次练习): the item versions drawn, in order; `seed` orders their options.

    Which step is next stands in the answers: the first version of `versions` without one.
    """

    __tablename__ = "practice_run"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    source: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(10), default="")
    seed: Mapped[str] = mapped_column(String(40))
    versions: Mapped[JsonList]
    created_at: Mapped[Instant]


class PracticeAnswer(Base):
    """What somebody answered to one item of a run. Never changed.

    `value` has a response for each part, in canonical option ids; True where a file was asked for and made.
    `is_right` is None while an essay among the parts waits for the person's own assessment; `points` are
    those that a machine can give.
    """

    __tablename__ = "practice_answer"
    __table_args__ = (UniqueConstraint("run_id", "step"), Index(None, "person_id", "item_id"))

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("practice_run.id"))
    step: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"))
    value: Mapped[JsonList]
    points: Mapped[float]
    maximum: Mapped[float]
    is_right: Mapped[bool | None]
    answered_at: Mapped[Instant]


class PracticeAssessment(Base):
    """How somebody judged his own essays by the rubric: for each part its ticked points. Never changed."""

    __tablename__ = "practice_assessment"

    answer_id: Mapped[int] = mapped_column(ForeignKey("practice_answer.id"), primary_key=True)
    ticked: Mapped[JsonList]
    points: Mapped[float]
    is_right: Mapped[bool]
    assessed_at: Mapped[Instant]


class PracticeRecord(Base):
    """Where one item stands with one person: reckoned from the answers, so that lists need not read them all.

    `entered_at` is set while the item is in the wrong-answer notebook; `right_days` counts the days since
    on which it was answered rightly, `last_right_on` is the latest of them.
    """

    __tablename__ = "practice_record"
    __table_args__ = (UniqueConstraint("person_id", "item_id"), Index(None, "person_id", "entered_at"))

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    answers: Mapped[int] = mapped_column(default=0)
    rights: Mapped[int] = mapped_column(default=0)
    is_last_right: Mapped[bool]
    last_at: Mapped[Instant]
    entered_at: Mapped[Instant | None]
    right_days: Mapped[int] = mapped_column(default=0)
    last_right_on: Mapped[date | None]
