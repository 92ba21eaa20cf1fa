"""Tables of certificates: the register, the counters of their numbers, the results received."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tiejun.certificates.rules import CertificateState, Level, Outcome, state_on
from tiejun.db import Base, Id, Instant, JsonDict


class CertificateCounter(Base):
    """The last number given out for one level, province (00: the ministry) and year of issue.

    Moved only together with the certificate that takes the number, in one transaction: no gap, no reuse.
    """

    __tablename__ = "certificate_counter"
    __table_args__ = (UniqueConstraint("level", "province", "year"),)

    id: Mapped[Id]
    level: Mapped[Level] = mapped_column(String(20))
    province: Mapped[str] = mapped_column(String(2))
    year: Mapped[int]
    last: Mapped[int]


class Certificate(Base):
    """One certificate (岗位培训合格证书) as issued: a snapshot, whatever becomes of person and unit.

    A row is never deleted and its number never reused; revocation is written beside it (环办执法〔2022〕21号
    第六条: 颁发档案). `issued_on` and `valid_until` are days in Beijing, both inclusive.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("level", "province", "year", "sequence"),
        CheckConstraint("sequence BETWEEN 1 AND 9999", name="sequence_of_four_digits"),
        CheckConstraint("valid_until >= issued_on", name="valid_from_issue"),
        CheckConstraint("(revoked_at IS NULL) = (revoke_reason IS NULL)", name="revoked_with_reason"),
        Index(None, "unit_path", "issued_on"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(10), unique=True)
    level: Mapped[Level] = mapped_column(String(20))
    tier: Mapped[str] = mapped_column(String(20))
    province: Mapped[str] = mapped_column(String(2))
    year: Mapped[int]
    sequence: Mapped[int]
    attempt: Mapped[str] = mapped_column(String(40), index=True)
    revision: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    id_masked: Mapped[str] = mapped_column(String(18))
    unit_name: Mapped[str] = mapped_column(String(120))
    unit_path: Mapped[str] = mapped_column(String(200))
    programme: Mapped[str] = mapped_column(String(200))
    exam_day: Mapped[date]
    class_name: Mapped[str] = mapped_column(String(120))
    completed_on: Mapped[date]
    hours: Mapped[float]
    issuer_name: Mapped[str] = mapped_column(String(120))
    issued_at: Mapped[Instant]
    issued_on: Mapped[date]
    valid_until: Mapped[date]
    code: Mapped[str] = mapped_column(String(32))
    revoked_at: Mapped[Instant | None]
    revoked_by: Mapped[str | None] = mapped_column(String(100))
    revoke_reason: Mapped[str | None] = mapped_column(String(300))

    def state(self, day: date) -> CertificateState:
        """Return the state on a day in Beijing."""
        return state_on(day, self.valid_until, revoked=self.revoked_at is not None)


class ResultStatement(Base):
    """One result as the exams reported it, and what became of it; unique by its key attempt:revision."""

    __tablename__ = "result_statement"
    __table_args__ = (Index(None, "outcome", "unit_path"), Index(None, "attempt", "revision"))

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    attempt: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    unit_name: Mapped[str] = mapped_column(String(120))
    unit_path: Mapped[str] = mapped_column(String(200))
    payload: Mapped[JsonDict]
    received_at: Mapped[Instant]
    outcome: Mapped[Outcome] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(300))
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), index=True)
