"""Writing a revocation beside a certificate: the number stays taken, the row stays."""

from datetime import datetime

from sqlalchemy.orm import Session

from tiejun import audit
from tiejun.audit import Actor
from tiejun.certificates.models import Certificate


def mark_revoked(db: Session, certificate: Certificate, reason: str, actor: Actor, now: datetime) -> None:
    """Revoke a certificate, with the reason and who did it; the caller has checked that it may be."""
    certificate.revoked_at = now
    certificate.revoked_by = actor.name
    certificate.revoke_reason = reason
    audit.record(db, actor, "certificate.revoked", ("certificate", certificate.number), now, reason=reason)
