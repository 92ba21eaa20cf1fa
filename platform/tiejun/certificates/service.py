"""Writing certificates: where results go, and revocation by an administrator."""

from datetime import datetime

from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Persona
from tiejun.audit import Actor
from tiejun.certificates import queries
from tiejun.certificates.issuing import BuiltInIssuer
from tiejun.certificates.models import Certificate, ResultStatement
from tiejun.certificates.port import CertificateIssuer
from tiejun.certificates.revoking import mark_revoked
from tiejun.certificates.rules import Issuer
from tiejun.certificates.statement import read_statement
from tiejun.errors import Conflict, SettingsError
from tiejun.outbox import Message
from tiejun.settings import Settings

BUILT_IN = "builtin"


def built_in_issuer(settings: Settings) -> BuiltInIssuer:
    """Return this installation's own issuer."""
    return BuiltInIssuer(Issuer(settings.issuer, settings.xpcc_code), is_demo=settings.mode == "demo")


def issuer_for(settings: Settings) -> CertificateIssuer:
    """Return whoever issues for this installation (the setting certificate_provider).

    Raises:
        SettingsError: for a provider that does not exist.
    """
    if settings.certificate_provider != BUILT_IN:
        raise SettingsError([f"TIEJUN_CERTIFICATE_PROVIDER: 目前只能是 {BUILT_IN}"])
    return built_in_issuer(settings)


def receive_result(db: Session, message: Message, now: datetime, issuer: CertificateIssuer) -> None:
    """Hand one `exam.result` message to whoever issues.

    Raises:
        BadStatement: if the message lacks something; it stays in the outbox.
    """
    issuer.receive(db, read_statement(message.payload), now)


def retry(
    db: Session, key: str, who: Persona, settings: Settings, actor: Actor, now: datetime
) -> ResultStatement:
    """Decide a blocked pass of this administrator's units anew, and return it with its new outcome.

    Raises:
        NotFound: if there is none.
    """
    row = queries.blocked(db, key, who)
    built_in_issuer(settings).retry(db, row, actor, now)
    return row


def revoke(db: Session, number: str, reason: str, who: Persona, actor: Actor, now: datetime) -> Certificate:
    """Revoke a certificate within the administrator's units; it stays in the register for good.

    Raises:
        NotFound: if there is none, or none this person manages.
        Conflict: if it is revoked already.
    """
    certificate = queries.managed(db, number, who)
    if certificate.revoked_at is not None:
        raise Conflict(said("该证书此前已经撤销。"), code="already_revoked")
    mark_revoked(db, certificate, reason, actor, now)
    return certificate
