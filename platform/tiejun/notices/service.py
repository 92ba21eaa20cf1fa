"""Making notices, once each; and reading them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.db import Database
from tiejun.errors import NotFound
from tiejun.notices.models import MailDelivery, MailState, Notice
from tiejun.notices.rules import Topic
from tiejun.notices.sources import Draft, drafts
from tiejun.notices.wording import packed
from tiejun.people.models import Account

CHUNK = 200


def scan(database: Database, now: datetime, with_mail: bool) -> int:
    """Make every notice that is due; return how many. Safe to run at any time, twice, and side by side.

    What is due is read first, outside any writing transaction; then it is written in small ones, so that a
    candidate's answers never wait for ten thousand notices.

    Args:
        database: where all is.
        now: present instant.
        with_mail: whether this installation sends mail; a notice of a time without is never mailed later.
    """
    with database.reading() as db:
        found = [_row(draft, now) for draft in drafts(db, now)]
    made = 0
    for start in range(0, len(found), CHUNK):
        with database.transaction() as db:
            made += _publish(db, found[start : start + CHUNK], now, with_mail)
    return made


def _row(draft: Draft, now: datetime) -> dict[str, Any]:
    return {
        "public_id": uuid4(),
        "account_id": draft.account_id,
        "topic": draft.topic,
        "key": draft.key,
        "sitting_id": draft.sitting_id,
        "version": draft.version,
        "title": packed(draft.words[0]),
        "body": packed(draft.words[1]),
        "address": draft.address,
        "created_at": now,
    }


def _publish(db: Session, rows: Sequence[dict[str, Any]], now: datetime, with_mail: bool) -> int:
    """Write those notices that nobody has written meanwhile, and their mails; return how many."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(Notice).on_conflict_do_nothing().returning(Notice.id)
    ids = list(db.scalars(statement, rows))
    if ids:
        _put_away(db, ids, now)
    if with_mail and ids:
        _address(db, ids, now)
    return len(ids)


def _put_away(db: Session, notice_ids: Sequence[int], now: datetime) -> None:
    """Let a new weekly digest mark the older ones as read: only the latest says how things stand."""
    renewed = select(Notice.account_id).where(Notice.id.in_(notice_ids), Notice.topic == Topic.MAKE_UP_DIGEST)
    older = (
        Notice.topic == Topic.MAKE_UP_DIGEST,
        Notice.account_id.in_(renewed),
        Notice.id.not_in(notice_ids),
        Notice.read_at.is_(None),
    )
    db.execute(update(Notice).where(*older).values(read_at=now))


def _address(db: Session, notice_ids: Sequence[int], now: datetime) -> None:
    rows = db.execute(
        select(Notice.id, Account.email)
        .join(Account, Account.id == Notice.account_id)
        .where(Notice.id.in_(notice_ids), Account.email.is_not(None), Account.wants_mail)
    )
    db.add_all(
        MailDelivery(
            notice_id=notice_id, to_address=email, state=MailState.WAITING, due_at=now, created_at=now
        )
        for notice_id, email in rows
    )


def mark_read(db: Session, account_id: int, public_id: UUID, now: datetime) -> Notice:
    """Note that somebody read a notice of theirs; return it.

    Raises:
        NotFound: if there is none, or it is somebody else's.
    """
    mine = select(Notice).where(Notice.public_id == public_id, Notice.account_id == account_id)
    notice = db.scalars(mine).one_or_none()
    if notice is None:
        raise NotFound(said("没有找到这条通知。"))
    notice.read_at = notice.read_at or now
    return notice


def mark_all_read(db: Session, account_id: int, now: datetime) -> None:
    """Note that somebody read all notices that exist."""
    mine = (Notice.account_id == account_id, Notice.read_at.is_(None), Notice.created_at <= now)
    db.execute(update(Notice).where(*mine).values(read_at=now))
