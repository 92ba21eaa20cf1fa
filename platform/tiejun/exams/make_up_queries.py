"""Reads of the make-up board, and what make-ups and talks call for on the home page."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Permission, Persona
from tiejun.clock import beijing
from tiejun.duties import Duty
from tiejun.errors import NotFound
from tiejun.exams.make_up_rules import Urgency, share_used, urgency
from tiejun.exams.make_up_service import OPEN_STATES
from tiejun.exams.models import Attempt, Exam, Registration, Sitting
from tiejun.exams.queries import Place
from tiejun.exams.result_models import (
    FollowUpCase,
    FollowUpState,
    MakeUpCase,
    MakeUpState,
    Result,
    Verdict,
)
from tiejun.exams.rules import SittingState
from tiejun.pages import cn_date, cn_window
from tiejun.people.models import Person, Unit
from tiejun.people.queries import in_scope
from tiejun.web import joined


class HasUrgency(Protocol):
    """What the board's filters look at."""

    @property
    def urgency(self) -> Urgency:
        """How urgent this case is."""

    @property
    def is_unscheduled(self) -> bool:
        """Whether somebody must still arrange the make-up."""


Ranked = TypeVar("Ranked", bound=HasUrgency)


@dataclass(frozen=True)
class CaseRow:
    """A make-up case as the board shows it; `sitting` is the make-up's, once arranged."""

    case: MakeUpCase
    person: Person
    unit: Unit
    exam: Exam
    result: Result
    registration: Registration | None
    sitting: Sitting | None
    today: date

    @property
    def days_left(self) -> int:
        """Days from today to the due day; negative when overdue."""
        return (self.case.due_on - self.today).days

    @property
    def urgency(self) -> Urgency:
        """How urgent this case is, as the tone of the page."""
        return urgency(self.case.due_on, self.today)

    @property
    def share(self) -> float:
        """How much of the half year is used up."""
        return share_used(self.case.published_on, self.case.due_on, self.today)

    @property
    def is_absent(self) -> bool:
        """Whether the exam was missed rather than failed."""
        return self.result.verdict == Verdict.ABSENT

    @property
    def make_up_day(self) -> date | None:
        """Day of the make-up in Beijing, once arranged."""
        return beijing(self.sitting.starts_at).date() if self.sitting is not None else None

    @property
    def is_unscheduled(self) -> bool:
        """Whether somebody must still arrange the make-up."""
        return self.case.state == MakeUpState.DUE


@dataclass(frozen=True)
class Asked:
    """What the address of the board asks for."""

    show: str = ""
    text: str = ""
    unit_id: int = 0
    exam_id: int = 0


@dataclass(frozen=True)
class Group:
    """The cases of one unit, the most urgent first."""

    unit: Unit
    rows: list[CaseRow]

    @property
    def unscheduled(self) -> int:
        """How many of them are still to be arranged."""
        return sum(row.is_unscheduled for row in self.rows)


def asked_for(db: Session, who: Persona, asked: Asked) -> list[ColumnElement[bool]]:
    """Return the conditions on case, person and unit: in reach, fitting; settled ones only when asked for."""
    settled = asked.show == "settled"
    open_or_not = MakeUpCase.state.not_in(OPEN_STATES) if settled else MakeUpCase.state.in_(OPEN_STATES)
    return [in_scope(who.scopes(Permission.MAKE_UP_MANAGE)), open_or_not, *_narrowed(db, asked)]


def cases(db: Session, who: Persona, asked: Asked, now: datetime) -> list[CaseRow]:
    """Return the cases within reach that fit unit, exam and text; settled ones only when asked for."""
    query = _rows().where(*asked_for(db, who, asked))
    today = beijing(now).date()
    return [_row(found, today) for found in db.execute(query.order_by(MakeUpCase.due_on, Person.name))]


def shown(rows: Sequence[Ranked], show: str) -> list[Ranked]:
    """Return the rows that one of the board's filters lets through."""
    if show == "unscheduled":
        return [row for row in rows if row.is_unscheduled]
    if show == "soon":
        return [row for row in rows if row.urgency == Urgency.SOON]
    if show == "overdue":
        return [row for row in rows if row.urgency == Urgency.OVERDUE]
    return list(rows)


def grouped(rows: Sequence[CaseRow]) -> list[Group]:
    """Return the rows by unit; the unit with the most urgent case comes first."""
    groups: dict[int, Group] = {}
    for row in sorted(rows, key=lambda row: (row.case.due_on, row.person.name)):
        groups.setdefault(row.unit.id, Group(row.unit, [])).rows.append(row)
    return sorted(groups.values(), key=lambda group: (group.rows[0].case.due_on, group.unit.path))


def picked(db: Session, who: Persona, case_ids: Collection[int], now: datetime) -> list[CaseRow]:
    """Return the ticked cases, as far as they lie within reach."""
    reach = in_scope(who.scopes(Permission.MAKE_UP_MANAGE))
    query = _rows().where(reach, MakeUpCase.id.in_(case_ids)).order_by(MakeUpCase.due_on, Person.name)
    return [_row(found, beijing(now).date()) for found in db.execute(query)]


def notice_row(db: Session, condition: ColumnElement[bool], public_id: UUID, now: datetime) -> CaseRow:
    """Return an arranged case that fits `condition`, for its notice.

    Raises:
        NotFound: if there is none, or nothing is arranged yet.
    """
    found = db.execute(_rows().where(MakeUpCase.public_id == public_id, condition)).one_or_none()
    row = _row(found, beijing(now).date()) if found is not None else None
    if row is None or row.sitting is None:
        raise NotFound(said("没有找到这份补考通知书：补考尚未安排，或者您无权查看。"))
    return row


def future_sittings(
    db: Session, who: Persona, exam_ids: Collection[int], now: datetime
) -> list[tuple[Sitting, Exam]]:
    """Return the make-up sittings of these exams that have not begun, the next first."""
    query = (
        select(Sitting, Exam)
        .join(Exam, Exam.id == Sitting.exam_id)
        .join(Unit, Unit.id == Sitting.unit_id)
        .where(
            in_scope(who.scopes(Permission.MAKE_UP_MANAGE)),
            Sitting.exam_id.in_(exam_ids),
            Sitting.is_make_up,
            Sitting.starts_at > now,
            Sitting.closed_at.is_(None),
        )
    )
    return [(sitting, exam) for sitting, exam in db.execute(query.order_by(Sitting.starts_at))]


def managed_sitting(db: Session, who: Persona, sitting_id: int) -> Sitting:
    """Return a make-up sitting within reach.

    Raises:
        NotFound: if there is none.
    """
    query = (
        select(Sitting)
        .join(Unit, Unit.id == Sitting.unit_id)
        .where(Sitting.id == sitting_id, Sitting.is_make_up, in_scope(who.scopes(Permission.MAKE_UP_MANAGE)))
    )
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotFound(said("没有找到这个补考场次，或者您无权管理。"))
    return found


def managed_exam(db: Session, reach: ColumnElement[bool], exam_id: int) -> Exam:
    """Return an exam whose holding unit lies within reach.

    Raises:
        NotFound: if there is none.
    """
    query = select(Exam).join(Unit, Unit.id == Exam.unit_id).where(Exam.id == exam_id, reach)
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotFound(said("没有找到这个考试，或者您无权管理。"))
    return found


def unit_paths(db: Session, who: Persona) -> Sequence[str]:
    """Return the paths of the units within reach that have open cases."""
    query = select(Unit.path).join(MakeUpCase, MakeUpCase.unit_id == Unit.id)
    return db.scalars(query.where(*asked_for(db, who, Asked())).distinct()).all()


def units_above(db: Session, who: Persona, paths: Collection[str]) -> list[Unit]:
    """Return the units on these paths that lie within reach, from the top."""
    ids = {int(part) for path in paths for part in path.split("/") if part}
    query = select(Unit).where(Unit.id.in_(ids), in_scope(who.scopes(Permission.MAKE_UP_MANAGE)))
    return list(db.scalars(query.order_by(Unit.path)))


def is_own(who: Persona) -> ColumnElement[bool]:
    """Return the condition that a case is this person's own."""
    return MakeUpCase.person_id == (who.person_id or 0)


def notice_facts(db: Session, row: CaseRow) -> tuple[str, date]:
    """Return who holds the exam, and the day of the exam that was failed or missed."""
    holder = db.get_one(Unit, row.exam.unit_id)
    first = db.get_one(Sitting, row.result.sitting_id)
    return holder.name, beijing(first.starts_at).date()


def duties(db: Session, who: Persona, now: datetime) -> list[Duty]:
    """Return what make-ups call for: an officer's own, make-ups to arrange, talks to hold."""
    return [*_own(db, who, now), *_to_arrange(db, who, now), *_talks(db, who)]


def _own(db: Session, who: Persona, now: datetime) -> list[Duty]:
    if who.person_id is None:
        return []
    query = _rows().where(MakeUpCase.person_id == who.person_id, MakeUpCase.state.in_(OPEN_STATES))
    found = []
    for row in (_row(each, beijing(now).date()) for each in db.execute(query)):
        title = row.exam.title
        if row.sitting is None or row.registration is None:
            why = _("最迟%(day)s补考；考务管理员安排场次后会在这里显示", day=cn_date(row.case.due_on))
            waiting = _("等待安排%(title)s的补考", title=title)
            found.append(Duty(row.case.due_on, waiting, why, _("查看成绩"), "/my/results"))
        else:
            window = cn_window(row.sitting.starts_at, row.sitting.ends_at)
            venue = row.sitting.venue or _("线上")
            why = _("%(window)s，%(venue)s；补考只有这一次", window=window, venue=venue)
            attempt = select(Attempt).where(Attempt.registration_id == row.registration.id)
            mine = db.scalars(attempt).one_or_none()
            state = Place(row.exam, row.sitting, row.registration, mine).state(now)
            if state is SittingState.CLOSED:
                continue  # sat or missed: what is left is to wait for the result
            day = max(beijing(row.sitting.starts_at).date(), beijing(now).date())
            enter = state is not SittingState.UPCOMING
            action, address = (
                (_("进入考试"), f"/sit/{row.sitting.public_id}") if enter else (_("查看考试"), "/my/exams")
            )
            found.append(Duty(day, _("参加%(title)s的补考", title=title), why, action, address))
    return found


def _to_arrange(db: Session, who: Persona, now: datetime) -> list[Duty]:
    if not who.may(Permission.MAKE_UP_MANAGE):
        return []
    today = beijing(now).date()
    due = select(MakeUpCase.due_on).join(Unit, Unit.id == MakeUpCase.unit_id)
    unscheduled = due.where(*asked_for(db, who, Asked()), MakeUpCase.state == MakeUpState.DUE)
    rows = db.scalars(unscheduled.order_by(MakeUpCase.due_on)).all()
    if not rows:
        return []
    tones = Counter(urgency(day, today) for day in rows)
    overdue, soon = tones[Urgency.OVERDUE], tones[Urgency.SOON]
    parts = [_("%(n)s 人已逾期", n=overdue)] if overdue else []
    parts += [_("%(n)s 人 30 天内到期", n=soon)] if soon else []
    why = _("其中%(parts)s", parts=joined(parts, "，")) if parts else _("成绩公布之日起六个月内必须补考")
    title = _("安排 %(n)s 人补考", n=len(rows))
    return [Duty(rows[0], title, why, _("去安排"), "/make-ups?show=unscheduled")]


def _talks(db: Session, who: Persona) -> list[Duty]:
    if not who.may(Permission.FOLLOW_UP_MANAGE):
        return []
    rows = db.execute(
        select(FollowUpCase, Person.name)
        .join(Person, Person.id == FollowUpCase.person_id)
        .join(Unit, Unit.id == FollowUpCase.unit_id)
        .where(
            in_scope(who.scopes(Permission.FOLLOW_UP_MANAGE)), FollowUpCase.state == FollowUpState.TALK_DUE
        )
        .order_by(FollowUpCase.talk_due_on)
    ).all()
    if not rows:
        return []
    first, name = rows[0]
    who_waits = name if len(rows) == 1 else _("%(name)s等 %(n)s 人", name=name, n=len(rows))
    address = f"/follow-ups/{first.public_id}" if len(rows) == 1 else "/follow-ups?state=talk_due"
    why = _("补考不合格，建议由所在生态环境部门负责同志约谈（环办执法〔2022〕21号 第七条）")
    return [Duty(first.talk_due_on, _("约谈%(who)s", who=who_waits), why, _("去记录"), address)]


def _narrowed(db: Session, asked: Asked) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.unit_id:
        unit = db.get(Unit, asked.unit_id)
        path = unit.path if unit is not None else "-"
        conditions.append(Unit.path.startswith(path, autoescape=True))
    if asked.exam_id:
        conditions.append(MakeUpCase.exam_id == asked.exam_id)
    if text := asked.text.strip():
        conditions.append(
            or_(
                Person.name.contains(text, autoescape=True),
                Unit.name.contains(text, autoescape=True),
                Person.id_number_masked.endswith(text.upper(), autoescape=True),
            )
        )
    return conditions


def _rows() -> Select[MakeUpCase, Person, Unit, Exam, Result, Registration, Sitting]:
    return (
        select(MakeUpCase, Person, Unit, Exam, Result, Registration, Sitting)
        .join(Person, Person.id == MakeUpCase.person_id)
        .join(Unit, Unit.id == MakeUpCase.unit_id)
        .join(Exam, Exam.id == MakeUpCase.exam_id)
        .join(Result, Result.id == MakeUpCase.origin_result_id)
        .outerjoin(Registration, Registration.id == MakeUpCase.registration_id)
        .outerjoin(Sitting, Sitting.id == Registration.sitting_id)
    )


def _row(found: Row[MakeUpCase, Person, Unit, Exam, Result, Registration, Sitting], today: date) -> CaseRow:
    return CaseRow(*found, today)
