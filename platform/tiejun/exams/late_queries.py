"""Late answers as two people judge them: what arrived when, after which silence."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Permission, Persona
from tiejun.bank.models import ExamForm
from tiejun.errors import NotFound
from tiejun.exams import papers
from tiejun.exams.invigilation_queries import sitting_of
from tiejun.exams.models import Attempt, LateDecision, Registration, ResponseEvent, Sitting, Standing
from tiejun.exams.queries import current_responses
from tiejun.people.models import Person


@dataclass(frozen=True)
class LateAnswer:
    """One late answer; `letters` is its value as people read it, `before` what counts now."""

    slot: int
    letters: str
    before: str
    given_at: datetime
    received_at: datetime
    silent: timedelta
    standing: Standing


@dataclass(frozen=True)
class LateCase:
    """The late answers of one candidate, and what was decided so far."""

    seat: int
    person: Person
    attempt: Attempt
    answers: list[LateAnswer]
    decisions: list[LateDecision]
    last_event_id: int
    waits: bool

    def has_decided(self, account_id: int) -> bool:
        """Return whether somebody has had his say on everything that waits."""
        return any(
            one.account_id == account_id and one.last_event_id >= self.last_event_id for one in self.decisions
        )


def cases(db: Session, who: Persona, sitting: UUID) -> tuple[Sitting, list[LateCase]]:
    """Return the candidates of a sitting within reach that have late answers, those who wait first.

    Raises:
        NotFound: if the sitting is not within reach.
    """
    here, _unit = sitting_of(db, who, sitting, Permission.LATE_REVIEW)
    rows = db.execute(
        select(Attempt, Registration.seat, Person, ExamForm.paper_hash)
        .join(Registration, Registration.id == Attempt.registration_id)
        .join(Person, Person.id == Attempt.person_id)
        .join(ExamForm, ExamForm.id == Attempt.form_id)
        .where(
            Attempt.sitting_id == here.id,
            Attempt.id.in_(
                select(ResponseEvent.attempt_id).where(ResponseEvent.standing != Standing.COUNTED)
            ),
        )
        .order_by(Registration.seat)
    ).all()
    found = [
        _case(db, attempt, seat, person, papers.load(db, attempt.form_id, paper_hash))
        for attempt, seat, person, paper_hash in rows
    ]
    return here, sorted(found, key=lambda case: not case.waits)


def case_of(db: Session, who: Persona, sitting: UUID, seat: int) -> tuple[Sitting, LateCase]:
    """Return the late answers of one seat.

    Raises:
        NotFound: if there are none within reach.
    """
    here, found = cases(db, who, sitting)
    for case in found:
        if case.seat == seat:
            return here, case
    raise NotFound(said("这个座位没有迟到的作答。"))


def _case(db: Session, attempt: Attempt, seat: int, person: Person, paper: papers.Paper) -> LateCase:
    events = db.scalars(
        select(ResponseEvent)
        .where(ResponseEvent.attempt_id == attempt.id, ResponseEvent.standing != Standing.COUNTED)
        .order_by(ResponseEvent.id)
    ).all()
    decisions = db.scalars(
        select(LateDecision).where(LateDecision.attempt_id == attempt.id).order_by(LateDecision.id)
    ).all()
    counting = current_responses(db, attempt.id)
    waiting = [event.id for event in events if event.standing == Standing.LATE]
    return LateCase(
        seat=seat,
        person=person,
        attempt=attempt,
        answers=[_answer(event, paper, counting.get(event.slot)) for event in events],
        decisions=list(decisions),
        last_event_id=max(waiting, default=0),
        waits=bool(waiting),
    )


def _answer(event: ResponseEvent, paper: papers.Paper, counting: object) -> LateAnswer:
    return LateAnswer(
        slot=event.slot,
        letters=_letters(paper, event.slot, json.loads(event.value)),
        before=_letters(paper, event.slot, counting),
        given_at=event.client_at,
        received_at=event.received_at,
        silent=event.received_at - (event.silent_since or event.received_at),
        standing=event.standing,
    )


def _letters(paper: papers.Paper, slot: int, value: object) -> str:
    return "" if value is None else paper.shapes[slot].letters(value)
