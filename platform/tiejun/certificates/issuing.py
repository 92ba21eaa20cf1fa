"""The built-in issuer: decides each statement and gives out numbers without a gap."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun import audit, regulation
from tiejun.audit import SYSTEM, Actor
from tiejun.calendar_cn import last_day_of_validity
from tiejun.certificates import queries, rules
from tiejun.certificates.models import Certificate, CertificateCounter, ResultStatement
from tiejun.certificates.revoking import mark_revoked
from tiejun.certificates.rules import Decision, Issuer, NoNumberCode, Outcome, SequenceExhausted
from tiejun.certificates.statement import Statement, read_statement
from tiejun.clock import beijing
from tiejun.crypto import random_code

CODE_BYTES = 16


@dataclass(frozen=True)
class BuiltInIssuer:
    """This platform's own issuer.

    `is_demo` marks the authority on everything issued, lest a demo certificate pass for a real one.
    """

    issuer: Issuer
    is_demo: bool = False

    def receive(self, db: Session, statement: Statement, now: datetime) -> None:
        """Record a statement and issue, withhold or revoke as it demands; once per key.

        A statement older than one already taken changes nothing: the newest revision counts.
        """
        if queries.is_known(db, statement.key):
            return
        row = _record(db, statement, now)
        if queries.has_newer(db, statement.attempt, statement.revision):
            row.outcome, row.reason = Outcome.SUPERSEDED, said("已有更新的成绩版本。")
            return
        for older in queries.undecided(db, statement.attempt, before=statement.revision):
            older.outcome, older.reason = (
                Outcome.SUPERSEDED,
                said("已由第%(revision)s版成绩取代。", revision=statement.revision),
            )
        self._settle(db, row, statement, SYSTEM, now)

    def retry(self, db: Session, row: ResultStatement, actor: Actor, now: datetime) -> None:
        """Decide a blocked statement anew, after a setting or the year has changed."""
        self._settle(db, row, read_statement(row.payload), actor, now)

    def _settle(
        self, db: Session, row: ResultStatement, statement: Statement, actor: Actor, now: datetime
    ) -> None:
        decision = rules.decide(
            passed=statement.passed,
            trained=statement.training is not None,
            level=statement.level,
            issuer=self.issuer,
        )
        if decision.outcome is Outcome.ISSUED:
            decision = self._issue(db, row, statement, actor, now)
        held = queries.standing(db, statement.attempt)
        if held is not None:
            row.certificate_id = held.id
            if statement.passed:
                decision = Decision(Outcome.ISSUED)
            else:
                mark_revoked(
                    db,
                    held,
                    said("成绩更正（第%(revision)s版）后不合格", revision=statement.revision),
                    SYSTEM,
                    now,
                )
        row.outcome, row.reason = decision.outcome, decision.reason
        if decision.outcome in (Outcome.BLOCKED, Outcome.AWAITING_TRAINING):
            subject = ("result_statement", row.key)
            audit.record(db, actor, "certificate.withheld", subject, now, reason=decision.reason)

    def _issue(
        self, db: Session, row: ResultStatement, statement: Statement, actor: Actor, now: datetime
    ) -> Decision:
        year = beijing(now).year
        try:
            code = rules.number_code(statement.level, self.issuer, is_xpcc=statement.is_xpcc)
            counter = _locked_counter(db, statement.level, code, year)
            # Looked up under the counter's lock: two revisions may be under way at once.
            if queries.standing(db, statement.attempt) is not None:
                return Decision(Outcome.ISSUED)
            number = rules.certificate_number(code, year, counter.last + 1)
        except (NoNumberCode, SequenceExhausted) as error:
            return Decision(Outcome.BLOCKED, error.message)
        counter.last += 1
        db.add(self._certificate(row, statement, counter, number, now))
        db.flush()
        details = {"attempt": statement.attempt, "revision": statement.revision}
        audit.record(db, actor, "certificate.issued", ("certificate", number), now, **details)
        return Decision(Outcome.ISSUED)

    def _certificate(
        self,
        row: ResultStatement,
        statement: Statement,
        counter: CertificateCounter,
        number: str,
        now: datetime,
    ) -> Certificate:
        issued_on = beijing(now).date()
        training = statement.training
        assert training is not None
        return Certificate(
            number=number,
            level=statement.level,
            tier=statement.tier,
            province=counter.province,
            year=counter.year,
            sequence=counter.last,
            attempt=statement.attempt,
            revision=statement.revision,
            person_id=row.person_id,
            name=statement.name,
            id_masked=statement.id_masked,
            unit_name=statement.unit,
            unit_path=row.unit_path,
            programme=statement.programme,
            exam_day=statement.exam_day,
            class_name=training.class_name,
            completed_on=training.completed_on,
            hours=training.hours,
            issuer_name=f"{self.issuer.name}（演示）" if self.is_demo else self.issuer.name,
            issued_at=now,
            issued_on=issued_on,
            valid_until=last_day_of_validity(issued_on, regulation.CERTIFICATE_VALIDITY.value),
            code=random_code(CODE_BYTES),
        )


def _record(db: Session, statement: Statement, now: datetime) -> ResultStatement:
    holder = queries.holder(db, statement.person, statement.exam_day)
    row = ResultStatement(
        key=statement.key,
        attempt=statement.attempt,
        revision=statement.revision,
        person_id=holder.person_id,
        name=statement.name,
        unit_name=statement.unit,
        unit_path=holder.unit_path,
        payload=statement.payload,
        received_at=now,
        outcome=Outcome.BLOCKED,
        reason="",
    )
    db.add(row)
    # A second delivery of the same key, under way at the same moment, ends here on the unique key.
    db.flush()
    return row


def _locked_counter(db: Session, level: rules.Level, province: str, year: int) -> CertificateCounter:
    """Return the counter, locked until the transaction ends; made at the year's first certificate."""
    wanted = (
        select(CertificateCounter)
        .where(
            CertificateCounter.level == level,
            CertificateCounter.province == province,
            CertificateCounter.year == year,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = db.scalars(wanted).one_or_none()
    if found is not None:
        return found
    try:
        with db.begin_nested():
            db.add(CertificateCounter(level=level, province=province, year=year, last=0))
    except IntegrityError:
        pass  # somebody else made it a moment ago
    return db.scalars(wanted).one()
