"""The door between exams and certificates: whoever issues gets results through this Protocol."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from tiejun.certificates.statement import Statement


class CertificateIssuer(Protocol):
    """Takes results and issues certificates: this platform's own issuer, or somebody else's system.

    Statements arrive at least once, and possibly out of order. An implementation does its work once per
    `statement.key`, and raises when it could not take the statement, which is then delivered again.
    """

    def receive(self, db: Session, statement: Statement, now: datetime) -> None:
        """Take one statement within the transaction that marks it delivered."""
