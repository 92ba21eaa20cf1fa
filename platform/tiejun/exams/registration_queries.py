"""Who may be registered for a sitting, and whether level and tier fit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun import regulation
from tiejun.access import Permission, Persona
from tiejun.calendar_cn import add_months
from tiejun.clock import beijing
from tiejun.exams.admin_queries import SittingRow
from tiejun.exams.make_up_service import OPEN_STATES
from tiejun.exams.models import Exam, Registration, Sitting
from tiejun.exams.result_models import MakeUpCase, Result, Verdict
from tiejun.people.levels import Explained
from tiejun.people.models import Person, Posting, Unit, UnitKind
from tiejun.people.queries import Service, in_scope, needs_of_many, services, serving

# Level and tier are worked out for each, and databases bound the length of a list: choose a unit first.
MOST_SHOWN = 3000
MOST_UNITS = 600


@dataclass(frozen=True)
class Choice:
    """An officer who may be registered: what level and tier call for, and what speaks against it."""

    service: Service
    level: Explained
    tier: Explained
    fits: bool
    hindrance: str

    @property
    def is_due(self) -> bool:
        """Whether this officer should sit this exam: fits, and nothing speaks against it."""
        return self.fits and not self.hindrance


@dataclass(frozen=True)
class Wanted:
    """Which officers to show: below a unit (its path, empty: all within reach), by a text."""

    path: str = ""
    text: str = ""
    person_ids: tuple[int, ...] | None = None


def choices(db: Session, who: Persona, row: SittingRow, wanted: Wanted) -> list[Choice] | None:
    """Return the officers within reach who are not registered here yet; None when there are too many."""
    day = beijing(row.sitting.starts_at).date()
    here = select(Registration.person_id).where(Registration.sitting_id == row.sitting.id)
    condition = and_(_reach(who), Person.id.not_in(here), *_asked(wanted))
    if _count(db, condition, day) > MOST_SHOWN:
        return None
    found = {service.person.id: service for service in services(db, condition, day)}
    needs = needs_of_many(db, found.values(), day)
    hindered = _hindrances(db, found, row.exam, day)
    return [
        Choice(
            service,
            *needs[person_id],
            (needs[person_id][0].value, needs[person_id][1].value) == (row.exam.level, row.exam.tier),
            hindered.get(person_id, ""),
        )
        for person_id, service in found.items()
    ]


def units(db: Session, who: Persona) -> list[Unit]:
    """Return the units within reach; where there are too many, those down to the prefectures."""
    query = select(Unit).where(in_scope(who.scopes(Permission.SITTING_MANAGE))).order_by(Unit.path)
    found = list(db.scalars(query.limit(MOST_UNITS + 1)))
    if len(found) <= MOST_UNITS:
        return found
    large = (UnitKind.MINISTRY, UnitKind.PROVINCE, UnitKind.XPCC, UnitKind.PREFECTURE)
    return list(db.scalars(query.where(Unit.kind.in_(large))))


def _reach(who: Persona) -> ColumnElement[bool]:
    return in_scope(who.scopes(Permission.SITTING_MANAGE))


def _asked(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.path:
        asked.append(Unit.path.startswith(wanted.path, autoescape=True))
    if text := wanted.text.strip():
        asked.append(
            or_(
                Person.name.contains(text, autoescape=True),
                Unit.name.contains(text, autoescape=True),
                Person.id_number_masked.endswith(text.upper(), autoescape=True),
            )
        )
    if wanted.person_ids is not None:
        asked.append(Person.id.in_(wanted.person_ids))
    return asked


def _count(db: Session, condition: ColumnElement[bool], day: date) -> int:
    query = (
        select(func.count(Person.id))
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(serving(day), condition)
    )
    return db.scalar(query) or 0


def _hindrances(db: Session, person_ids: Iterable[int], exam: Exam, day: date) -> dict[int, str]:
    """Return what speaks against registering: registered elsewhere, passed already, or a make-up is due."""
    ids = list(person_ids)
    same = (Exam.level == exam.level, Exam.tier == exam.tier)
    ahead = (
        select(Registration.person_id)
        .join(Sitting, Sitting.id == Registration.sitting_id)
        .join(Exam, Exam.id == Sitting.exam_id)
        .where(Registration.person_id.in_(ids), Sitting.released_at.is_(None), *same)
    )
    since = add_months(day, -12 * regulation.CERTIFICATE_VALIDITY.value) + timedelta(days=1)
    passed = (
        select(Result.person_id, Sitting.starts_at)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .join(Exam, Exam.id == Sitting.exam_id)
        .where(
            Result.person_id.in_(ids),
            Result.is_current,
            Result.released_at.is_not(None),
            Result.verdict == Verdict.PASS,
            *same,
        )
    )
    due = (
        select(MakeUpCase.person_id)
        .join(Exam, Exam.id == MakeUpCase.exam_id)
        .where(MakeUpCase.person_id.in_(ids), MakeUpCase.state.in_(OPEN_STATES), *same)
    )
    found: dict[int, str] = dict.fromkeys(db.scalars(ahead), said("已登记同级同层的另一场，成绩尚未发布"))
    for person_id, sat_at in db.execute(passed):
        if beijing(sat_at).date() >= since:
            found[person_id] = said("已于%(day)s考试合格", day=beijing(sat_at).date())
    found.update(dict.fromkeys(db.scalars(due), said("应参加补考，请在补考页安排")))
    return found
