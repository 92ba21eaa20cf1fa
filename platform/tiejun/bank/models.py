"""Tables of the law register, items, blueprints and forms."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tiejun.bank.states import ItemState
from tiejun.db import Base, BigId, Id, Instant, JsonDict, JsonList, PublicId


class LawVersion(Base):
    """One version of an instrument (法律文件的一个版本); `id` is the register's ("eco-env-code-2026").

    In force on day D exactly if effective <= D < ceased. An instrument may be registered without text.
    """

    __tablename__ = "law_version"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    title: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    tier: Mapped[str] = mapped_column(String(20))
    adopted: Mapped[date | None]
    effective: Mapped[date | None]
    ceased: Mapped[date | None]
    superseded_by: Mapped[str | None] = mapped_column(String(80))
    change_type: Mapped[str | None] = mapped_column(String(20))
    doc_no: Mapped[str | None] = mapped_column(String(80))
    article_count: Mapped[int] = mapped_column(default=0)
    text_digest: Mapped[str | None] = mapped_column(String(64))
    imported_at: Mapped[Instant | None]


class Article(Base):
    """One article of a law version; `number` is "120", or "120-1" for 第一百二十条之一."""

    __tablename__ = "article"
    __table_args__ = (UniqueConstraint("law_id", "number"), Index(None, "law_id", "position"))

    id: Mapped[Id]
    law_id: Mapped[str] = mapped_column(ForeignKey("law_version.id"))
    number: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(40))
    heading: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)


class ItemPurpose(StrEnum):
    """What an item may be used for, and with that its secrecy class (密级): see `secrecy`."""

    PRACTICE = "practice"
    EXAM = "exam"
    SEALED = "sealed"  # kept for papers of the time to come


class ItemBatch(Base):
    """One import of items: which file, by whom, with what outcome; it stays when the import was undone."""

    __tablename__ = "item_batch"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[Instant]
    report: Mapped[JsonDict]
    undone_by: Mapped[str | None] = mapped_column(String(100))
    undone_at: Mapped[Instant | None]


class Item(Base):
    """An item (试题) as an entry of the bank; what it says stands in its versions, which never change.

    `excerpt`, the tiers, `difficulty`, `stem_hash` and `digest` repeat the current version, so that lists
    and imports need not open it. `digest` covers all that the version says, keys included, without the code.
    """

    __tablename__ = "item"
    __table_args__ = (Index(None, "unit", "kind"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str | None] = mapped_column(String(10))
    purpose: Mapped[ItemPurpose] = mapped_column(String(20))
    is_primary: Mapped[bool]
    is_intermediate: Mapped[bool]
    difficulty: Mapped[float]
    state: Mapped[ItemState] = mapped_column(String(20), default=ItemState.OPERATIONAL, index=True)
    stem_hash: Mapped[str] = mapped_column(String(64), index=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    excerpt: Mapped[str] = mapped_column(String(200))
    current_version: Mapped[int] = mapped_column(default=1)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("item_batch.id"), index=True)
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]

    versions: Mapped[list["ItemVersion"]] = relationship(lazy="raise", order_by="ItemVersion.number")
    words: Mapped["ItemWords"] = relationship(lazy="raise")

    @property
    def is_retired(self) -> bool:
        """Whether it is out of use for good."""
        return self.state == ItemState.RETIRED


class ItemWords(Base):
    """All that the current version of an item says, its rationale too, folded for the search.

    Beside the item, so that lists need not read it. What indexes it, each migration says: `item_search`, a
    full-text table of SQLite that follows this one by triggers, and a trigram index of PostgreSQL.
    """

    __tablename__ = "item_words"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)


class ItemImage(Base):
    """An image that items show, by the SHA-256 of the file that was handed in; rows never change.

    `data` is small (see `images`) and lies beside the items, so that a form can be frozen, and a bank
    restored, from the database alone.
    """

    __tablename__ = "item_image"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(20))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[Instant]


class ItemVersion(Base):
    """One immutable version of an item: what a candidate may see. Keys stand in `ItemKey`.

    `is_transitional` repeats what the key says: it cites law that is not in force on purpose (新旧衔接).
    `batch_id` is the import that wrote it. Undoing that import is the one way in which a version goes.
    """

    __tablename__ = "item_version"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    number: Mapped[int]
    tiers: Mapped[JsonList]
    difficulty: Mapped[float]
    content: Mapped[JsonDict]
    is_transitional: Mapped[bool] = mapped_column(default=False, server_default=false())
    # No foreign key: SQLite would have to copy the table for it, and batches are never deleted.
    batch_id: Mapped[int | None] = mapped_column(BigId, index=True)
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[Instant]

    citations: Mapped[list["Citation"]] = relationship(lazy="raise", order_by="Citation.position")
    key: Mapped["ItemKey"] = relationship(lazy="raise")


class ItemKey(Base):
    """Keys, rubric and rationale of an item version: never serialised to a candidate."""

    __tablename__ = "item_key"

    version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), primary_key=True)
    key: Mapped[JsonDict]


class Citation(Base):
    """The article of a law version on which an item version rests, with its paragraph and item (款、项).

    0 stands for the whole; never null, because a unique constraint takes nulls for different.
    """

    __tablename__ = "citation"
    __table_args__ = (
        UniqueConstraint("version_id", "law_id", "article", "paragraph", "item"),
        Index(None, "law_id", "article"),
    )

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"))
    position: Mapped[int]
    law_id: Mapped[str] = mapped_column(ForeignKey("law_version.id"))
    article: Mapped[str] = mapped_column(String(20))
    paragraph: Mapped[int] = mapped_column(default=0, server_default="0")
    item: Mapped[int] = mapped_column(default=0, server_default="0")


class Blueprint(Base):
    """A blueprint (命题细目表): counts by kind and module, points, duration, cut score."""

    __tablename__ = "blueprint"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    title: Mapped[str] = mapped_column(String(120), unique=True)
    level: Mapped[str] = mapped_column(String(20))
    tier: Mapped[str] = mapped_column(String(20))
    duration_minutes: Mapped[int]
    total_points: Mapped[float]
    cut_score: Mapped[float]
    spec: Mapped[JsonDict]
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[Instant]


class ExamForm(Base):
    """A frozen form (一份试卷): its paper as candidates get it. Slots and keys stand in `FormSlot`.

    Of a sealed one nobody is shown more than label, hash and counts until two people open it (`seals`).
    """

    __tablename__ = "exam_form"
    __table_args__ = (UniqueConstraint("blueprint_id", "label"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("blueprint.id"))
    label: Mapped[str] = mapped_column(String(20))
    seed: Mapped[str] = mapped_column(String(40))
    paper: Mapped[str] = mapped_column(Text)
    paper_hash: Mapped[str] = mapped_column(String(64))
    total_points: Mapped[float]
    slot_count: Mapped[int]
    relaxed: Mapped[JsonDict]
    is_sealed: Mapped[bool] = mapped_column(default=True)
    frozen_by: Mapped[str] = mapped_column(String(100))
    frozen_at: Mapped[Instant]


class FormSlot(Base):
    """What stands behind one slot of a form; `option_ids` maps our option ids to the form's random ones."""

    __tablename__ = "form_slot"
    __table_args__ = (UniqueConstraint("form_id", "slot"),)

    id: Mapped[Id]
    form_id: Mapped[int] = mapped_column(ForeignKey("exam_form.id"))
    slot: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"))
    part: Mapped[int]
    type: Mapped[str] = mapped_column(String(20))
    points: Mapped[float]
    option_ids: Mapped[JsonDict]
