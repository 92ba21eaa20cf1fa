"""Sending the mails of notices: at least once, with back-off; no failure reaches anything else.

A mail is first claimed in a small transaction (its next try is put a lease ahead), then sent outside of any,
then noted. A crash between sending and noting sends it again after the lease, with the same Message-ID.
"""

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from tiejun.db import Database
from tiejun.mail import MAIL_ERRORS, Letter, compose, connected, is_configured, is_final, reason
from tiejun.notices.models import MailDelivery, MailState, Notice
from tiejun.notices.rules import FIRST_RETRY, lifetime, retry_after
from tiejun.notices.wording import unpacked
from tiejun.people.models import Account
from tiejun.settings import Settings

BATCH = 50
LEASE = timedelta(minutes=30)  # longer than a batch can take, whose first time-out ends it
# Answers about one mail, after which the connection can still be used.
ABOUT_ONE = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)
TRYING = (MailState.WAITING, MailState.FAILED)
NOBODY_WANTS_IT = "本人已关闭邮件或删除了邮箱"
TOO_LATE = "已过时，不再发送"


@dataclass
class Outcome:
    """How many mails of a batch were sent, will be tried again, or were given up."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        """Return both together."""
        return Outcome(self.sent + other.sent, self.failed + other.failed, self.given_up + other.given_up)


@dataclass(frozen=True)
class Claimed:
    """A mail in hand."""

    delivery_id: int
    letter: Letter


def deliver(database: Database, settings: Settings, now: datetime, limit: int = BATCH) -> Outcome:
    """Send what is due; without a mail server nothing happens."""
    outcome = Outcome()
    if not is_configured(settings):
        return outcome
    with database.reading() as db:
        if db.scalar(_due(now, 1)) is None:
            return outcome
    with database.transaction() as db:
        claimed = _claim(db, settings, now, limit, outcome)
    if claimed:
        _send_all(database, settings, claimed, now, outcome)
    return outcome


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(MailDelivery.state.in_(TRYING), MailDelivery.due_at <= now)


def _due(now: datetime, limit: int) -> Select[int]:
    query = select(MailDelivery.id).where(_is_due(now))
    return query.order_by(MailDelivery.due_at, MailDelivery.id).limit(limit)


def _claim(db: Session, settings: Settings, now: datetime, limit: int, outcome: Outcome) -> list[Claimed]:
    rows = db.execute(
        select(MailDelivery, Notice, Account)
        .join(Notice, Notice.id == MailDelivery.notice_id)
        .join(Account, Account.id == Notice.account_id)
        # Said twice, so that a mail which another sender took meanwhile is seen to be taken.
        .where(MailDelivery.id.in_(_due(now, limit)), _is_due(now))
        .order_by(MailDelivery.id)
        .with_for_update(of=MailDelivery, skip_locked=True)
    )
    claimed = []
    for delivery, notice, account in rows:
        if not account.email or not account.wants_mail or not account.is_active:
            _give_up(delivery, NOBODY_WANTS_IT)
        elif now - delivery.created_at > lifetime(notice.topic):
            _give_up(delivery, f"{TOO_LATE}；{delivery.last_error or ''}"[:300])
        else:
            delivery.to_address = account.email
            delivery.due_at = now + LEASE
            claimed.append(Claimed(delivery.id, _letter(notice, account, settings, delivery)))
            continue
        outcome.given_up += 1
    return claimed


def _give_up(delivery: MailDelivery, why: str) -> None:
    delivery.state, delivery.last_error = MailState.GIVEN_UP, why


def _letter(notice: Notice, account: Account, settings: Settings, delivery: MailDelivery) -> Letter:
    base = settings.base_url.rstrip("/")
    title, body = unpacked(notice.title), unpacked(notice.body)
    lines = [
        f"{account.display_name}：",
        "",
        str(body),
        "",
        f"查看：{base}{notice.address or '/notices'}",
        "",
        "-- ",
        "本邮件由铁军平台自动发出，请勿回复。",
        f"不想再收到邮件，请登录后在“我的设置”里关闭：{base}/settings",
    ]
    text = "\n".join(lines) + "\n"
    subject = f"【铁军】{title}"
    return Letter(f"notice-{notice.public_id.hex}", delivery.to_address, subject, text, notice.created_at)


def _send_all(
    database: Database, settings: Settings, claimed: list[Claimed], now: datetime, outcome: Outcome
) -> None:
    """Send over one connection; when it breaks, the mail in hand failed and the others are put back."""
    left = list(claimed)
    try:
        with connected(settings) as server:
            while left:
                error = _send(server, left[0], settings)
                _note(database, left.pop(0).delivery_id, error, now, outcome)
    except MAIL_ERRORS as error:
        _note(database, left[0].delivery_id, error, now, outcome)
        for other in left[1:]:
            _put_back(database, other.delivery_id, error, now)
            outcome.failed += 1


def _send(server: smtplib.SMTP, claimed: Claimed, settings: Settings) -> Exception | None:
    """Send one mail; return why the server did not take it, None if it did.

    Raises:
        OSError, smtplib.SMTPServerDisconnected: if the connection broke.
    """
    try:
        server.send_message(compose(claimed.letter, settings), settings.smtp_from, [claimed.letter.to])
    except (*ABOUT_ONE, ValueError) as error:  # ValueError: a head that can't be written
        return error
    return None


def _note(
    database: Database, delivery_id: int, error: Exception | None, now: datetime, outcome: Outcome
) -> None:
    with database.transaction() as db:
        delivery = db.get_one(MailDelivery, delivery_id)
        delivery.attempts += 1
        if error is None:
            delivery.state, delivery.sent_at, delivery.last_error = MailState.SENT, now, None
            outcome.sent += 1
        elif is_final(error):
            _give_up(delivery, reason(error))
            outcome.given_up += 1
        else:
            delivery.state, delivery.last_error = MailState.FAILED, reason(error)
            delivery.due_at = now + retry_after(delivery.attempts)
            outcome.failed += 1


def _put_back(database: Database, delivery_id: int, error: Exception, now: datetime) -> None:
    """Let a mail that was not tried wait for the next round; the broken connection was not its fault."""
    with database.transaction() as db:
        delivery = db.get_one(MailDelivery, delivery_id)
        delivery.state, delivery.last_error = MailState.FAILED, reason(error)
        delivery.due_at = now + FIRST_RETRY
