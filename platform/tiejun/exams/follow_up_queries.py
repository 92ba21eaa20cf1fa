"""Reads of the cases after a failed make-up."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Permission, Persona
from tiejun.audit import AuditEvent
from tiejun.errors import NotFound
from tiejun.exams.models import Exam
from tiejun.exams.result_models import FollowUpCase, FollowUpState, MakeUpCase, Result
from tiejun.people.models import Person, Unit
from tiejun.people.queries import in_scope

STATE_WORDS = {
    FollowUpState.TALK_DUE: said("待约谈"),
    FollowUpState.TALKED: said("已约谈，待决定"),
    FollowUpState.KEPT: said("留岗，重新培训"),
    FollowUpState.MOVED: said("调离执法岗位"),
}
ACTION_WORDS = {
    "follow_up.opened": said("补考不合格，建立约谈事项"),
    "follow_up.talked": said("记录约谈"),
    "follow_up.decided": said("作出处理决定"),
}


@dataclass(frozen=True)
class FollowUpRow:
    """A follow-up with the person and the exam it comes from."""

    case: FollowUpCase
    person: Person
    unit: Unit
    exam: Exam
    make_up: MakeUpCase


def follow_ups(db: Session, who: Persona, text: str = "") -> list[FollowUpRow]:
    """Return the cases within reach that fit a text; those that wait come first, by due day."""
    query = _rows().where(_reach(who))
    if text := text.strip():
        query = query.where(
            or_(
                Person.name.contains(text, autoescape=True),
                Unit.name.contains(text, autoescape=True),
                Person.id_number_masked.endswith(text.upper(), autoescape=True),
            )
        )
    found = [_row(each) for each in db.execute(query.order_by(FollowUpCase.talk_due_on, Person.name))]
    order = list(FollowUpState)
    return sorted(found, key=lambda row: order.index(FollowUpState(row.case.state)))


def follow_up(db: Session, who: Persona, public_id: UUID) -> FollowUpRow:
    """Return one case.

    Raises:
        NotFound: if there is none within reach.
    """
    found = db.execute(_rows().where(_reach(who), FollowUpCase.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound(said("没有找到这个约谈事项，或者您无权查看。"))
    return _row(found)


def results_of(db: Session, row: FollowUpRow) -> tuple[Result, Result | None]:
    """Return the first result and the make-up's."""
    first = db.get_one(Result, row.make_up.origin_result_id)
    query = select(Result).where(
        Result.registration_id == row.make_up.registration_id,
        Result.is_current,
        Result.released_at.is_not(None),
    )
    return first, db.scalars(query).one_or_none()


def history(db: Session, row: FollowUpRow) -> list[tuple[datetime, str, str]]:
    """Return (instant, what was done, by whom) of the case, oldest first."""
    rows = db.execute(
        select(AuditEvent.at, AuditEvent.action, AuditEvent.actor)
        .where(AuditEvent.subject == "follow_up", AuditEvent.subject_id == str(row.case.public_id))
        .order_by(AuditEvent.id)
    )
    return [(at, ACTION_WORDS.get(action, action), actor) for at, action, actor in rows]


def _reach(who: Persona) -> ColumnElement[bool]:
    return in_scope(who.scopes(Permission.FOLLOW_UP_MANAGE))


def _rows() -> Select[FollowUpCase, Person, Unit, Exam, MakeUpCase]:
    return (
        select(FollowUpCase, Person, Unit, Exam, MakeUpCase)
        .join(Person, Person.id == FollowUpCase.person_id)
        .join(Unit, Unit.id == FollowUpCase.unit_id)
        .join(MakeUpCase, MakeUpCase.id == FollowUpCase.make_up_case_id)
        .join(Exam, Exam.id == MakeUpCase.exam_id)
    )


def _row(found: Row[FollowUpCase, Person, Unit, Exam, MakeUpCase]) -> FollowUpRow:
    return FollowUpRow(*found)
