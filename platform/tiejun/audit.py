"""The audit trail: who did what to which thing, written in the same transaction as the act."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from tiejun.db import Base, Id, Instant, JsonDict


class AuditEvent(Base):
    """One act. Rows are only ever added. `details` never holds answers, passwords or ID numbers in clear."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "subject", "subject_id"), Index(None, "at"))

    id: Mapped[Id]
    at: Mapped[Instant]
    account_id: Mapped[int | None] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    address: Mapped[str | None] = mapped_column(String(60))
    details: Mapped[JsonDict]


@dataclass(frozen=True)
class Actor:
    """Who acts: an account at an address, or a command (`account_id` None)."""

    account_id: int | None
    name: str
    address: str | None = None


COMMAND_LINE = Actor(None, "命令行")
SYSTEM = Actor(None, "系统")


def record(
    db: Session, actor: Actor, action: str, subject: tuple[str, Any], now: datetime, **details: Any
) -> None:
    """Add one event. `action` is `noun.verb` ("account.unlocked"), `subject` a (kind, id) pair."""
    db.add(
        AuditEvent(
            at=now,
            account_id=actor.account_id,
            actor=actor.name,
            action=action,
            subject=subject[0],
            subject_id=str(subject[1]),
            address=actor.address,
            details=details,
        )
    )
