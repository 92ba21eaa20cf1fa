"""Mail: what a letter looks like, and the one way to the mail server. Knows nothing of what is told."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from urllib.parse import urlsplit

from tiejun.settings import Settings

SENDER = "铁军"
# What a server or the way to it may answer with instead of taking a letter.
MAIL_ERRORS = (smtplib.SMTPException, OSError)


@dataclass(frozen=True)
class Letter:
    """A plain-text mail; `ident` is the same each time the same letter is sent, so that copies are known."""

    ident: str
    to: str
    subject: str
    text: str
    at: datetime


def is_configured(settings: Settings) -> bool:
    """Return whether this installation sends mail at all."""
    return bool(settings.smtp_host)


def compose(letter: Letter, settings: Settings) -> EmailMessage:
    """Return the letter as it goes over the wire.

    No header can be broken out of: blanks and line breaks of a subject become single blanks, and the
    library refuses a line break anywhere else.
    """
    host = urlsplit(settings.base_url).hostname or "localhost"
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(letter.subject.split())
    message["From"] = formataddr((SENDER, settings.smtp_from), charset="utf-8")
    message["To"] = letter.to
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.ident}@{host}>"
    # Nobody's absence note shall answer a machine (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["List-Id"] = f"<notices.{host}>"
    message["List-Unsubscribe"] = f"<{settings.base_url}/settings>"
    message.set_content(letter.text, charset="utf-8", cte="base64")
    return message


@contextmanager
def connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    """Open a connection to the mail server, encrypted and signed in as the settings say.

    Raises:
        OSError, smtplib.SMTPException: if the server is away, its certificate is not to be trusted, or it
            refuses the encryption or the password.
    """
    host, port, timeout = settings.smtp_host, settings.smtp_port, settings.smtp_timeout_seconds
    trust = ssl.create_default_context(cafile=str(settings.smtp_ca) if settings.smtp_ca else None)
    opened: smtplib.SMTP = (
        smtplib.SMTP_SSL(host, port, timeout=timeout, context=trust)
        if settings.smtp_tls == "ssl"
        else smtplib.SMTP(host, port, timeout=timeout)
    )
    try:
        if settings.smtp_tls == "starttls":
            opened.starttls(context=trust)
        if settings.smtp_user:
            opened.login(settings.smtp_user, settings.smtp_password)
        yield opened
        with suppress(*MAIL_ERRORS):  # what was accepted stays accepted, however the server says goodbye
            opened.quit()
    finally:
        opened.close()


def is_final(error: BaseException) -> bool:
    """Return whether the server refused this letter for good (a 5xx answer): trying again is of no use."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _words in error.recipients.values())
    # A refused sender, sign-in or encryption is a fault of the settings: mended, the letter can go.
    return isinstance(error, smtplib.SMTPDataError) and 500 <= error.smtp_code < 600


def reason(error: BaseException) -> str:
    """Return what went wrong, for the record: the class and what the server said, at most 300 signs."""
    return f"{type(error).__name__}: {error}"[:300]
