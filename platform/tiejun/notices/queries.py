"""Reads of a person's notices."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tiejun.listing import ListPage, scalar_page
from tiejun.notices.models import Notice


class Show(StrEnum):
    """Which notices the page shows."""

    ALL = ""
    UNREAD = "unread"
    READ = "read"


def mine(db: Session, account_id: int, show: Show, number: int) -> ListPage[Notice]:
    """Return one page of an account's notices, the newest first."""
    query = select(Notice).where(Notice.account_id == account_id)
    if show is Show.UNREAD:
        query = query.where(Notice.read_at.is_(None))
    elif show is Show.READ:
        query = query.where(Notice.read_at.is_not(None))
    return scalar_page(db, query.order_by(Notice.created_at.desc(), Notice.id.desc()), number)


def unread(db: Session, account_id: int) -> int:
    """Return how many notices of an account are unread: one indexed count, for the head of every page."""
    query = select(func.count()).select_from(Notice)
    return db.scalar(query.where(Notice.account_id == account_id, Notice.read_at.is_(None))) or 0


def newest_unread(db: Session, account_id: int, most: int) -> Sequence[Notice]:
    """Return the newest unread notices of an account."""
    query = select(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None))
    return db.scalars(query.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(most)).all()
