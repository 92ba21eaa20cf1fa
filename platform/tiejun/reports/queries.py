"""The figures of a dashboard, each by one query that the database sums up, however many people there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from tiejun.certificates.models import Certificate, ResultStatement
from tiejun.certificates.rules import Outcome
from tiejun.exams.make_up_service import OPEN_STATES
from tiejun.exams.models import Exam, Registration, Sitting
from tiejun.exams.result_models import (
    FollowUpCase,
    FollowUpState,
    MakeUpCase,
    MakeUpState,
    Result,
    Verdict,
)
from tiejun.people.models import Posting, Unit
from tiejun.people.queries import in_scope, serving
from tiejun.reports.rules import DAYS_LEFT, Attempts, Due, Outcomes, ends_of_bands, ends_of_months
from tiejun.reports.view import View

BANDS = len(DAYS_LEFT) + 1


@dataclass(frozen=True)
class Staff:
    """Officers in post, and how many of them hold a valid certificate."""

    officers: int = 0
    certified: int = 0

    def __add__(self, other: "Staff") -> "Staff":
        return Staff(self.officers + other.officers, self.certified + other.certified)


@dataclass(frozen=True)
class BranchOutcome:
    """What became of the released results of one branch in one exam and quarter."""

    branch: int
    exam_id: int
    title: str
    quarter: int
    attempts: Attempts


def staff(db: Session, view: View) -> dict[int, Staff]:
    """Return the officers in post today by branch, with those who hold a valid certificate of any unit."""
    valid = and_(
        Certificate.person_id == Posting.person_id,
        Certificate.revoked_at.is_(None),
        Certificate.valid_until >= view.today,
    )
    rows = db.execute(
        select(
            Unit.path,
            func.count(Posting.person_id.distinct()),
            func.count(Certificate.person_id.distinct()),
        )
        .select_from(Posting)
        .join(Unit, Unit.id == Posting.unit_id)
        .outerjoin(Certificate, valid)
        .where(serving(view.today), in_scope([view.unit.path]))
        .group_by(Unit.path)
    )
    found: dict[int, Staff] = {}
    for path, officers, certified in rows:
        at = view.branch_of(path)
        found[at] = found.get(at, Staff()) + Staff(officers, certified)
    return found


def outcomes(db: Session, view: View) -> list[BranchOutcome]:
    """Return the released results of the year by branch, exam and quarter of the sitting, in order of title.

    A result belongs to the unit that its candidate was registered from.
    """
    _first, second, third, fourth, _next = view.quarter_starts()
    quarter = case(
        (Sitting.starts_at < second, 1),
        (Sitting.starts_at < third, 2),
        (Sitting.starts_at < fourth, 3),
        else_=4,
    ).label("quarter")
    rows = db.execute(
        select(Unit.path, Exam.id, Exam.title, quarter, Sitting.is_make_up, *_verdicts())
        .select_from(Result)
        .join(Sitting, Sitting.id == Result.sitting_id)
        .join(Exam, Exam.id == Sitting.exam_id)
        .join(Registration, Registration.id == Result.registration_id)
        .join(Unit, Unit.id == Registration.unit_id)
        .where(*_released(view))
        .group_by(Unit.path, Exam.id, Exam.title, quarter, Sitting.is_make_up)
        .order_by(Exam.title, Exam.id, quarter)
    )
    return [
        BranchOutcome(view.branch_of(path), exam_id, title, in_quarter, _attempts(is_make_up, counts))
        for path, exam_id, title, in_quarter, is_make_up, *counts in rows
    ]


def make_ups(db: Session, view: View) -> dict[int, Due]:
    """Return the open make-ups by branch and band of days left."""
    at_band = _band(MakeUpCase.due_on, ends_of_bands(view.today)).label("band")
    rows = db.execute(
        select(Unit.path, at_band, MakeUpCase.state, func.count(MakeUpCase.id))
        .join(Unit, Unit.id == MakeUpCase.unit_id)
        .where(in_scope([view.unit.path]), MakeUpCase.state.in_(OPEN_STATES))
        .group_by(Unit.path, at_band, MakeUpCase.state)
    )
    found: dict[int, Due] = {}
    for path, number, state, count in rows:
        at = view.branch_of(path)
        counts = _only(number, count)
        one = Due(to_arrange=counts) if state == MakeUpState.DUE else Due(arranged=counts)
        found[at] = found.get(at, Due()) + one
    return found


def talks(db: Session, view: View) -> tuple[int, ...]:
    """Return the talks to be held, by band of days left."""
    at_band = _band(FollowUpCase.talk_due_on, ends_of_bands(view.today)).label("band")
    rows = db.execute(
        select(at_band, func.count(FollowUpCase.id))
        .join(Unit, Unit.id == FollowUpCase.unit_id)
        .where(in_scope([view.unit.path]), FollowUpCase.state == FollowUpState.TALK_DUE)
        .group_by(at_band)
    )
    counts = {int(number): count for number, count in rows}
    return tuple(counts.get(number, 0) for number in range(BANDS))


def blocked(db: Session, view: View) -> int:
    """Return how many passes cannot be certified until somebody acts."""
    query = select(func.count(ResultStatement.id)).where(
        _below(ResultStatement.unit_path, view), ResultStatement.outcome == Outcome.BLOCKED
    )
    return db.scalar(query) or 0


def issued(db: Session, view: View) -> dict[tuple[int, str, str], int]:
    """Return the certificates issued in the year by (month, level, tier), those revoked since included."""
    month = extract("month", Certificate.issued_on).label("month")
    rows = db.execute(
        select(month, Certificate.level, Certificate.tier, func.count(Certificate.id))
        .where(
            _below(Certificate.unit_path, view),
            Certificate.issued_on.between(date(view.year, 1, 1), date(view.year, 12, 31)),
        )
        .group_by(month, Certificate.level, Certificate.tier)
    )
    return {(int(in_month), str(level), tier): count for in_month, level, tier, count in rows}


def expiring(db: Session, view: View) -> tuple[int, ...]:
    """Return the valid certificates that end within the bands of months, unless a later one replaces them."""
    later = aliased(Certificate)
    renewed = (
        select(later.id)
        .where(
            later.person_id == Certificate.person_id,
            later.valid_until > Certificate.valid_until,
            later.revoked_at.is_(None),
        )
        .exists()
    )
    ends = ends_of_months(view.today)
    at_band = _band(Certificate.valid_until, ends).label("band")
    rows = db.execute(
        select(at_band, func.count(Certificate.id))
        .where(
            _below(Certificate.unit_path, view),
            Certificate.revoked_at.is_(None),
            Certificate.valid_until.between(view.today, ends[-1]),
            ~renewed,
        )
        .group_by(at_band)
    )
    counts = {int(number): count for number, count in rows}
    return tuple(counts.get(number, 0) for number in range(len(ends)))


def _below(path: InstrumentedAttribute[str], view: View) -> ColumnElement[bool]:
    return path.startswith(view.unit.path, autoescape=True)


def _released(view: View) -> list[ColumnElement[bool]]:
    first, *_between, after = view.quarter_starts()
    return [
        in_scope([view.unit.path]),
        Result.is_current.is_(True),
        Result.released_at.is_not(None),
        Sitting.starts_at >= first,
        Sitting.starts_at < after,
    ]


def _verdicts() -> list[ColumnElement[int]]:
    return [
        func.sum(case((Result.verdict == verdict, 1), else_=0))
        for verdict in (Verdict.PASS, Verdict.FAIL, Verdict.ABSENT)
    ]


def _attempts(is_make_up: bool, counts: Sequence[int]) -> Attempts:
    outcomes = Outcomes(*(int(count) for count in counts))
    return Attempts(make_up=outcomes) if is_make_up else Attempts(first=outcomes)


def _band(day: Any, ends: Sequence[date]) -> ColumnElement[int]:
    return case(*((day <= end, number) for number, end in enumerate(ends)), else_=len(ends))


def _only(number: int, count: int) -> tuple[int, ...]:
    return tuple(count if at == number else 0 for at in range(BANDS))
