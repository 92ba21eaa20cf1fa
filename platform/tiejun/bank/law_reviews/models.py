"""The table of what must be looked at again because the law that it cites changed (法规变动待核)."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tiejun.db import Base, BigId, Id, Instant, JsonList, PublicId


class Cause(StrEnum):
    """What happened to the cited article."""

    ENDED = "ended"  # the version ends: repealed, or a newer version takes its place
    CHANGED = "changed"  # the text of the article in this version was corrected
    GONE = "gone"  # this version, as it now stands, has no such article


class Decision(StrEnum):
    """What was decided on a thing in the queue."""

    REANCHORED = "reanchored"  # it stands, on another article
    REWRITTEN = "rewritten"  # a new version rests on law in force
    RETIRED = "retired"


class LawReview(Base):
    """One citation of one thing (item, case, lesson) that no longer holds; open until `decided_at`.

    `kind` and `subject_id` say which thing; title, unit, writer and address are as they were when it came
    in, so that the queue reads without asking each feature. `old_text` is the article as it was cited.
    `submitted_at`: since when a version that answers it waits for its second reader.
    `candidates` is a list of {"law", "article", "score"}, the likest first. `owner_id` is the unit whose
    people may see it; None: everybody who sees the bank.
    """

    __tablename__ = "law_review"
    __table_args__ = (
        Index(
            "uq_law_review_open",
            "kind",
            "subject_id",
            "law_id",
            "article",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index(None, "kind", "subject_id"),
        Index(None, "decided_at", "law_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    kind: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[int] = mapped_column(BigId)
    title: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str | None] = mapped_column(String(10))
    writer: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    law_id: Mapped[str] = mapped_column(ForeignKey("law_version.id"))
    article: Mapped[str] = mapped_column(String(20))
    cause: Mapped[Cause] = mapped_column(String(10))
    import_of: Mapped[str | None] = mapped_column(ForeignKey("law_version.id"))
    old_label: Mapped[str] = mapped_column(String(40), default="")
    old_text: Mapped[str] = mapped_column(Text, default="")
    candidates: Mapped[JsonList]
    entered_at: Mapped[Instant]
    entered_by: Mapped[str] = mapped_column(String(100))
    decision: Mapped[Decision | None] = mapped_column(String(12))
    target_law_id: Mapped[str | None] = mapped_column(ForeignKey("law_version.id"))
    target_article: Mapped[str | None] = mapped_column(String(20))
    submitted_at: Mapped[Instant | None]
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(Text, default="")


class LawCorrespondence(Base):
    """An article that a table of correspondence (对照表) names for an old one; `rank` 0 is the likeliest."""

    __tablename__ = "law_correspondence"
    __table_args__ = (UniqueConstraint("law_id", "article", "rank"),)

    id: Mapped[Id]
    law_id: Mapped[str] = mapped_column(ForeignKey("law_version.id"))
    article: Mapped[str] = mapped_column(String(20))
    rank: Mapped[int]
    target_law_id: Mapped[str] = mapped_column(ForeignKey("law_version.id"))
    target_article: Mapped[str] = mapped_column(String(20))
    score: Mapped[float | None]
