"""What everybody was told, in the application and by mail; hundreds of notices to some people."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.crowd_rows import Crowd, add, highest, public_id
from tiejun.notices.models import MailDelivery, MailState, Notice
from tiejun.notices.rules import Topic
from tiejun.notices.wording import packed, result_words
from tiejun.people.models import Account

EACH, MANY = 4, 400
TOLD_MUCH = frozenset({"demo-officer", "demo-unit", "demo-province"})
READ_EVERY = 2
STATES = (MailState.SENT, MailState.SENT, MailState.WAITING, MailState.GIVEN_UP)


def tell(db: Session, crowd: Crowd, now: datetime) -> None:
    """Add notices for every account, and the mail of each."""
    told = [
        account
        for account, login in db.execute(select(Account.id, Account.login).order_by(Account.id))
        for _ in range(crowd.part(MANY) if login in TOLD_MUCH else EACH)
    ]
    title, body = (packed(words) for words in result_words("持证上岗考试"))
    first = highest(db, Notice) + 1
    add(db, Notice, ({
        "id": first + n, "public_id": public_id("notice", n), "account_id": account,
        "topic": str(Topic.RESULT), "key": f"crowd:{n}", "sitting_id": None, "version": None, "title": title,
        "body": body, "address": "/results", "created_at": now - timedelta(minutes=n % 5000),
        "read_at": now if n % READ_EVERY else None,
    } for n, account in enumerate(told)))  # fmt: skip
    add(db, MailDelivery, ({
        "notice_id": first + n, "to_address": "crowd@example.org", "state": str(STATES[n % len(STATES)]),
        "attempts": 1, "due_at": now, "last_error": None, "created_at": now,
        "sent_at": now if STATES[n % len(STATES)] is MailState.SENT else None,
    } for n in range(len(told))))  # fmt: skip
