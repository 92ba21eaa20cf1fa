"""The make-up cases as lines of a few columns: enough to count, filter and order thousands of them.

A board for a province whose forces failed in hundreds needs the whole row of the people on one page only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.access import Persona
from tiejun.clock import beijing
from tiejun.exams.make_up_queries import Asked, asked_for
from tiejun.exams.make_up_rules import Urgency, urgency
from tiejun.exams.models import Exam
from tiejun.exams.result_models import MakeUpCase, MakeUpState
from tiejun.people.models import Person, Unit


@dataclass(frozen=True)
class CaseLine:
    """What ordering and counting need of one case; `unit_path` names the unit."""

    id: int
    state: MakeUpState
    due_on: date
    exam_id: int
    name: str
    unit_path: str
    today: date

    @property
    def urgency(self) -> Urgency:
        """How urgent this case is."""
        return urgency(self.due_on, self.today)

    @property
    def is_unscheduled(self) -> bool:
        """Whether somebody must still arrange the make-up."""
        return self.state == MakeUpState.DUE


def case_lines(db: Session, who: Persona, asked: Asked, now: datetime) -> list[CaseLine]:
    """Return the lines of the cases within reach that fit, the unit with the most urgent case first."""
    columns = (
        MakeUpCase.id,
        MakeUpCase.state,
        MakeUpCase.due_on,
        MakeUpCase.exam_id,
        Person.name,
        Unit.path,
    )
    query = (
        select(*columns)
        .join(Person, Person.id == MakeUpCase.person_id)
        .join(Unit, Unit.id == MakeUpCase.unit_id)
        .where(*asked_for(db, who, asked))
        .order_by(MakeUpCase.due_on, Person.name)
    )
    today = beijing(now).date()
    return _by_unit([CaseLine(*row, today) for row in db.execute(query)])


def exams_of(db: Session, lines: Sequence[CaseLine]) -> dict[int, Exam]:
    """Return the exams of the lines by id, in the lines' order."""
    ids = dict.fromkeys(line.exam_id for line in lines)
    found = {exam.id: exam for exam in db.scalars(select(Exam).where(Exam.id.in_(ids)))}
    return {number: found[number] for number in ids}


def _by_unit(lines: Sequence[CaseLine]) -> list[CaseLine]:
    """Return lines that are in order of urgency by unit, each unit at the place of its most urgent case."""
    units: dict[str, list[CaseLine]] = {}
    for line in lines:
        units.setdefault(line.unit_path, []).append(line)
    ranked = sorted(units.items(), key=lambda unit: (unit[1][0].due_on, unit[0]))
    return [line for _path, members in ranked for line in members]
