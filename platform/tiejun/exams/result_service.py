"""Declaring and releasing results."""

from datetime import datetime

from sqlalchemy.orm import Session

from tiejun.outbox import Message


def training_recorded(db: Session, message: Message, now: datetime) -> None:
    """Placeholder until results land."""
