"""Tables of the life of items: each step, and the remarks people leave beside an item."""

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tiejun.db import Base, Id, Instant, PublicId


class ItemStep(Base):
    """One step of an item from state to state, by whom; rows never change.

    A version that was written is a step too: it names who may not review it.
    """

    __tablename__ = "item_step"
    __table_args__ = (Index(None, "item_id", "id"),)

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    version: Mapped[int]
    step: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))  # to which it led
    reason: Mapped[str] = mapped_column(String(20), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[Instant]


class ItemComment(Base):
    """What somebody remarked on an item, until somebody settles it."""

    __tablename__ = "item_comment"
    __table_args__ = (Index(None, "item_id", "id"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[Instant]
    settled_by: Mapped[str | None] = mapped_column(String(100))
    settled_at: Mapped[Instant | None]
