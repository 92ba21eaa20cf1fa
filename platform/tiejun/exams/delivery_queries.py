"""What the candidate's pages read: my sittings, and one sitting as its candidate sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.bank.models import ExamForm
from tiejun.exams.models import Attempt, Exam
from tiejun.exams.queries import Place, answered_by, place
from tiejun.exams.rules import SittingState
from tiejun.people.models import Person


@dataclass(frozen=True)
class Desk:
    """One candidate before one sitting: what it is, who sits it, and how far it has come."""

    place: Place
    person: Person
    total: int
    answered: int

    @property
    def exam(self) -> Exam:
        """The exam that is sat here."""
        return self.place.exam

    @property
    def attempt(self) -> Attempt | None:
        """The attempt; None before the paper was opened."""
        return self.place.attempt

    @property
    def minutes(self) -> int:
        """How many minutes this candidate has, accommodation included."""
        return (self.place.sitting.duration_seconds + self.place.registration.extra_seconds) // 60

    def page(self, now: datetime) -> str:
        """Return which page this is: upcoming, waiting, open, in_progress or ended."""
        state = self.place.state(now)
        return "ended" if state is SittingState.CLOSED else state.value


def desk(db: Session, sitting: UUID, person_id: int | None) -> Desk:
    """Return a person's desk in a sitting.

    Raises:
        NotFound: `not_registered`; the same whether or not there is such a sitting.
    """
    found = place(db, sitting, person_id)
    person = db.get_one(Person, found.registration.person_id)
    total = db.scalars(select(ExamForm.slot_count).where(ExamForm.id == found.registration.form_id)).one()
    return Desk(found, person, total, answered_by(db, found.attempt.id) if found.attempt else 0)
