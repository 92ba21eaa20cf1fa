"""Tables of case-teaching material."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tiejun.db import Base, BigId, Id, Instant, PublicId
from tiejun.files.models import StoredFile


class CaseState(StrEnum):
    """Where a version of a case stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"  # published once; a later version has taken its place


class CaseMaterial(Base):
    """A case as an entry of the library; what it says stands in its versions.

    Officers read version `published`, if there is one and the case is not retired; its author works at
    version `latest`. A case marked `is_local` is read in the subtree of `reach`, the author's province, only.
    `code` names a case that came with the product; such a one has no author among the accounts.
    """

    __tablename__ = "case_material"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    code: Mapped[str | None] = mapped_column(String(60), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    reach_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    author_name: Mapped[str] = mapped_column(String(60), index=True)
    latest: Mapped[int] = mapped_column(default=1)
    published: Mapped[int | None]
    retired_at: Mapped[Instant | None]
    retired_why: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[Instant]

    versions: Mapped[list["CaseVersion"]] = relationship(
        lazy="raise", order_by="CaseVersion.number", back_populates="case"
    )


class CaseVersion(Base):
    """One version. Only a draft or a returned one changes; `revision` counts its savings.

    `body` has passed `tiejun.html.clean`, whose version is `cleaner`; `words` is its text without tags.
    `minutes` is how long reading it takes, as the hours' ledger counts it. `exchanged_by` put it on other
    articles out of the queue of law changes, and does not decide on it either.
    """

    __tablename__ = "case_version"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        Index(None, "state"),
        CheckConstraint("minutes > 0", name="minutes_positive"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case_material.id"))
    number: Mapped[int]
    state: Mapped[CaseState] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str] = mapped_column(Text, default="")
    cleaner: Mapped[str] = mapped_column(String(10))
    medium: Mapped[str] = mapped_column(String(20), default="")
    place: Mapped[str] = mapped_column(String(60), default="")
    decision: Mapped[str] = mapped_column(Text, default="")
    points: Mapped[str] = mapped_column(Text, default="")
    questions: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[int] = mapped_column(default=1)
    is_local: Mapped[bool] = mapped_column(default=False)
    is_anonymous: Mapped[bool] = mapped_column(default=False)  # 脱密脱敏, as the author confirmed
    created_at: Mapped[Instant]
    saved_at: Mapped[Instant]
    submitted_at: Mapped[Instant | None]
    decided_at: Mapped[Instant | None]
    # No foreign key: SQLite would have to copy the table for it.
    exchanged_by_id: Mapped[int | None] = mapped_column(BigId)
    exchanged_by: Mapped[str | None] = mapped_column(String(100))

    case: Mapped[CaseMaterial] = relationship(lazy="raise", back_populates="versions")
    units: Mapped[list["CaseUnit"]] = relationship(lazy="raise", order_by="CaseUnit.position")
    citations: Mapped[list["CaseCitation"]] = relationship(lazy="raise", order_by="CaseCitation.position")
    files: Mapped[list["CaseFile"]] = relationship(lazy="raise", order_by="CaseFile.id")
    comments: Mapped[list["CaseComment"]] = relationship(lazy="raise", order_by="CaseComment.id")


class CaseUnit(Base):
    """A unit of the syllabus that a version of a case belongs to."""

    __tablename__ = "case_unit"
    __table_args__ = (UniqueConstraint("version_id", "unit"), Index(None, "unit"))

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("case_version.id"))
    position: Mapped[int]
    unit: Mapped[str] = mapped_column(String(10))


class CaseCitation(Base):
    """An article that a version of a case cites."""

    __tablename__ = "case_citation"
    __table_args__ = (UniqueConstraint("version_id", "law_id", "article"), Index(None, "law_id", "article"))

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("case_version.id"))
    position: Mapped[int]
    law_id: Mapped[str] = mapped_column(ForeignKey("law_version.id"))
    article: Mapped[str] = mapped_column(String(20))


class CaseFile(Base):
    """A file of a version: attached to it, or a picture within its text (`is_inline`)."""

    __tablename__ = "case_file"
    __table_args__ = (UniqueConstraint("version_id", "file_id"),)

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("case_version.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    is_inline: Mapped[bool] = mapped_column(default=False)

    file: Mapped[StoredFile] = relationship(lazy="raise")


class CaseComment(Base):
    """What a reviewer said of a version when deciding on it. Rows are only added."""

    __tablename__ = "case_comment"

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("case_version.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reviewer_name: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[CaseState] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
