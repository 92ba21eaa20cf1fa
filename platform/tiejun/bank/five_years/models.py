"""The table of what was decided on the list of the five years."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tiejun.db import Base, Instant


class FiveYearMember(Base):
    """Whether an instrument, once newly promulgated, is on the list: decided by a person, for all days.

    Without a row the rule proposes. The day decides apart from it: a member leaves the list by itself when
    its five years are over. Who decided before stands in the audit trail.
    """

    __tablename__ = "five_year_member"

    law_id: Mapped[str] = mapped_column(ForeignKey("law_version.id"), primary_key=True)
    is_member: Mapped[bool]
    decided_at: Mapped[Instant]
    decided_by: Mapped[str] = mapped_column(String(100))
