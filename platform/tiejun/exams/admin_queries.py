"""Reads of the exam administrator: exams, sittings and what may be chosen for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TypeVar
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Permission, Persona, Role
from tiejun.bank.models import Blueprint, ExamForm
from tiejun.clock import beijing
from tiejun.duties import Duty
from tiejun.errors import NotFound
from tiejun.exams.admin_rules import PHASE_TONES, PHASE_WORDS, Phase, SittingFacts, missing, phase
from tiejun.exams.admin_service import INVIGILATOR
from tiejun.exams.models import Attempt, Exam, Registration, Sitting, SittingForm, SittingStaff
from tiejun.listing import PAGE_SIZE, ListPage
from tiejun.people.models import Account, AgencyTier, Person, Unit, UnitKind
from tiejun.people.queries import accounts_with_role, in_scope
from tiejun.web import joined

T = TypeVar("T")
PREPARE_DAYS = 14


@dataclass(frozen=True)
class SittingRow:
    """A sitting with its counts and where it stands."""

    sitting: Sitting
    exam: Exam
    unit: Unit
    candidates: int
    invigilators: int
    handed_in: int
    phase: Phase

    @property
    def word(self) -> str:
        """The state in Chinese."""
        return PHASE_WORDS[self.phase]

    @property
    def tone(self) -> str:
        """The colour of the state word."""
        return PHASE_TONES[self.phase]

    @property
    def lacking(self) -> list[str]:
        """What the sitting still lacks."""
        return missing(_facts(self.sitting, self.candidates, self.invigilators))


@dataclass(frozen=True)
class Candidate:
    """A registered candidate with what a seat list shows."""

    registration: Registration
    person: Person
    unit: Unit
    form_label: str
    attempt: Attempt | None


def visible(who: Persona) -> ColumnElement[bool]:
    """Return the condition on Sitting (joined with Unit) that somebody may see it.

    Held within reach, or serving there, or candidates of the own units sit there.
    """
    scopes = who.scopes(Permission.SITTING_VIEW)
    serves = select(SittingStaff.sitting_id).where(SittingStaff.account_id == who.account_id)
    sends = (
        select(Registration.sitting_id).join(Unit, Unit.id == Registration.unit_id).where(in_scope(scopes))
    )
    return or_(in_scope(scopes), Sitting.id.in_(serves), Sitting.id.in_(sends))


def sittings(db: Session, who: Persona, now: datetime, text: str = "") -> list[SittingRow]:
    """Return the sittings somebody may see, the next to come first, then the past ones, newest first."""
    query = _rows().where(visible(who))
    if text := text.strip():
        query = query.where(
            or_(
                Sitting.title.contains(text, autoescape=True),
                Exam.title.contains(text, autoescape=True),
                Sitting.venue.contains(text, autoescape=True),
            )
        )
    found = [_row(row, now) for row in db.execute(query)]
    ahead = [row for row in found if now < row.sitting.ends_at]
    past = [row for row in found if now >= row.sitting.ends_at]
    return sorted(ahead, key=_start) + sorted(past, key=_start, reverse=True)


def sitting_row(
    db: Session,
    who: Persona,
    public_id: UUID,
    now: datetime,
    permission: Permission = Permission.SITTING_VIEW,
) -> SittingRow:
    """Return one sitting; to manage it, its unit must lie within reach.

    Raises:
        NotFound: if there is none, or this person may not know of it.
    """
    allowed = visible(who) if permission == Permission.SITTING_VIEW else in_scope(who.scopes(permission))
    row = db.execute(_rows().where(Sitting.public_id == public_id, allowed)).one_or_none()
    if row is None:
        raise NotFound(said("没有找到这个场次，或者您无权查看。"))
    return _row(row, now)


def candidates(db: Session, who: Persona, row: SittingRow) -> list[Candidate]:
    """Return the candidates by seat; who only sends officers there sees the own ones."""
    query = (
        select(Registration, Person, Unit, ExamForm.label, Attempt)
        .join(Person, Person.id == Registration.person_id)
        .join(Unit, Unit.id == Registration.unit_id)
        .join(ExamForm, ExamForm.id == Registration.form_id)
        .outerjoin(Attempt, Attempt.registration_id == Registration.id)
        .where(Registration.sitting_id == row.sitting.id)
        .order_by(Registration.seat)
    )
    if not who.covers(Permission.SITTING_VIEW, row.unit.path) and not _serves(db, who, row.sitting.id):
        query = query.where(in_scope(who.scopes(Permission.SITTING_VIEW)))
    return [Candidate(*found) for found in db.execute(query)]


def staff(db: Session, sitting_id: int) -> list[tuple[str, Account, Unit]]:
    """Return (duty, account, unit) of those who serve in a sitting."""
    rows = db.execute(
        select(SittingStaff.duty, Account, Unit)
        .join(Account, Account.id == SittingStaff.account_id)
        .join(Unit, Unit.id == Account.unit_id)
        .where(SittingStaff.sitting_id == sitting_id)
        .order_by(SittingStaff.duty, Account.display_name)
    )
    return [(duty, account, unit) for duty, account, unit in rows]


def forms_of(db: Session, sitting_id: int) -> list[ExamForm]:
    """Return the forms of a sitting by label."""
    query = select(ExamForm).join(SittingForm, SittingForm.form_id == ExamForm.id)
    return list(db.scalars(query.where(SittingForm.sitting_id == sitting_id).order_by(ExamForm.label)))


def exams(db: Session, who: Persona, permission: Permission) -> list[Exam]:
    """Return the exams held by units within reach, newest first."""
    query = select(Exam).join(Unit, Unit.id == Exam.unit_id).where(in_scope(who.scopes(permission)))
    return list(db.scalars(query.order_by(Exam.created_at.desc(), Exam.id.desc())))


def exam(db: Session, who: Persona, public_id: str) -> Exam:
    """Return an exam that somebody manages.

    Raises:
        NotFound: if there is none within reach.
    """
    for found in exams(db, who, Permission.SITTING_MANAGE):
        if str(found.public_id) == public_id:
            return found
    raise NotFound(said("没有找到这个考试，或者您无权管理。"))


def blueprints(db: Session) -> list[Blueprint]:
    """Return all blueprints by title."""
    return list(db.scalars(select(Blueprint).order_by(Blueprint.title)))


def blueprint(db: Session, exam: Exam) -> Blueprint:
    """Return the blueprint of an exam."""
    return db.get_one(Blueprint, exam.blueprint_id)


def free_forms(db: Session, blueprint_id: int, own_sitting_id: int | None = None) -> list[ExamForm]:
    """Return the forms of a blueprint that no other sitting uses or has used."""
    burnt = select(SittingForm.form_id).where(SittingForm.sitting_id != (own_sitting_id or 0))
    query = select(ExamForm).where(ExamForm.blueprint_id == blueprint_id, ExamForm.id.not_in(burnt))
    return list(db.scalars(query.order_by(ExamForm.label)))


def holders(db: Session, who: Persona) -> list[Unit]:
    """Return the units within reach that may hold an exam: counties do not, unless it is the own unit."""
    of_rank = or_(
        Unit.kind.in_((UnitKind.MINISTRY, UnitKind.PROVINCE, UnitKind.XPCC, UnitKind.PREFECTURE)),
        Unit.agency_tier.in_((AgencyTier.PROVINCE, AgencyTier.PREFECTURE)),
        Unit.id == who.unit_id,
    )
    query = select(Unit).where(in_scope(who.scopes(Permission.SITTING_MANAGE)), of_rank)
    return list(db.scalars(query.order_by(Unit.path)))


def staff_choices(db: Session, who: Persona, role: Role) -> list[Account]:
    """Return the accounts within reach that hold a role."""
    return accounts_with_role(db, role, who.scopes(Permission.SITTING_MANAGE))


def duties(db: Session, who: Persona, now: datetime) -> list[Duty]:
    """Return what an administrator must do about sittings: prepare, declare, release."""
    if not who.may(Permission.SITTING_MANAGE):
        return []
    query = _rows().where(in_scope(who.scopes(Permission.SITTING_MANAGE)), Sitting.released_at.is_(None))
    found = [_row(row, now) for row in db.execute(query)]
    return [duty for row in found if (duty := _duty(row, now)) is not None]


def _duty(row: SittingRow, now: datetime) -> Duty | None:
    name = f"{row.exam.title}·{row.sitting.title}"
    address = f"/sittings/{row.sitting.public_id}"
    starts_on, ended_on = beijing(row.sitting.starts_at).date(), beijing(row.sitting.over_at).date()
    if row.phase == Phase.PREPARING and row.sitting.starts_at - now <= timedelta(days=PREPARE_DAYS):
        why = _("还缺%(parts)s", parts=joined(row.lacking))
        return Duty(starts_on, _("准备%(name)s", name=name), why, _("去准备"), address)
    if row.phase == Phase.ENDED:
        why = _("考试已结束，%(n)s 人待评阅和宣布成绩", n=row.candidates)
        return Duty(ended_on, _("宣布%(name)s的成绩", name=name), why, _("去宣布"), f"{address}/results")
    if row.phase == Phase.DECLARED:
        why = _("%(n)s 人的成绩已宣布，尚未发布；发布后补考期限开始计算", n=row.candidates)
        return Duty(ended_on, _("发布%(name)s的成绩", name=name), why, _("去发布"), f"{address}/results")
    return None


def _rows() -> Select[Sitting, Exam, Unit, int, int, int]:
    taken = select(func.count(Registration.id)).where(Registration.sitting_id == Sitting.id)
    watching = select(func.count(SittingStaff.id)).where(
        SittingStaff.sitting_id == Sitting.id, SittingStaff.duty == INVIGILATOR
    )
    ended = select(func.count(Attempt.id)).where(
        Attempt.sitting_id == Sitting.id, Attempt.ended_at.is_not(None)
    )
    return (
        select(
            Sitting,
            Exam,
            Unit,
            taken.correlate(Sitting).scalar_subquery(),
            watching.correlate(Sitting).scalar_subquery(),
            ended.correlate(Sitting).scalar_subquery(),
        )
        .join(Exam, Exam.id == Sitting.exam_id)
        .join(Unit, Unit.id == Sitting.unit_id)
    )


def _row(found: Row[Sitting, Exam, Unit, int, int, int], now: datetime) -> SittingRow:
    sitting, exam, unit, taken, watching, ended = found
    stands = phase(_facts(sitting, taken, watching), now)
    return SittingRow(sitting, exam, unit, taken, watching, ended, stands)


def _facts(sitting: Sitting, taken: int, watching: int) -> SittingFacts:
    return SittingFacts(
        sitting.starts_at,
        sitting.ends_at,
        sitting.closed_at,
        sitting.declared_at,
        sitting.released_at,
        taken,
        watching,
    )


def _start(row: SittingRow) -> datetime:
    return row.sitting.starts_at


def _serves(db: Session, who: Persona, sitting_id: int) -> bool:
    query = select(SittingStaff.id).where(
        SittingStaff.sitting_id == sitting_id, SittingStaff.account_id == who.account_id
    )
    return db.scalar(query.limit(1)) is not None


def of_phase(rows: Sequence[SittingRow], chosen: str) -> list[SittingRow]:
    """Return the rows of one phase, or all."""
    return [row for row in rows if not chosen or row.phase == chosen]


def page_of(rows: Sequence[T], number: int, size: int = PAGE_SIZE) -> ListPage[T]:
    """Return one page of rows that are at hand; a number past the end gives the last page."""
    pages = max(1, ceil(len(rows) / size))
    number = min(max(1, number), pages)
    return ListPage(rows[(number - 1) * size : number * size], number, pages, len(rows))
