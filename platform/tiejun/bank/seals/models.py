"""The table of requests to open a sealed form (启封)."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tiejun.db import Base, Id, Instant, PublicId


class FormOpening(Base):
    """One request to open a sealed form, and who approved it, if anybody did in time.

    `approve_by` and `open_until` are fixed when each step is taken, so that a change of the settings does
    not move them.
    """

    __tablename__ = "form_opening"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    form_id: Mapped[int] = mapped_column(ForeignKey("exam_form.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_by: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[Instant]
    approve_by: Mapped[Instant]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_by: Mapped[str | None] = mapped_column(String(100))
    approved_at: Mapped[Instant | None]
    open_until: Mapped[Instant | None]
