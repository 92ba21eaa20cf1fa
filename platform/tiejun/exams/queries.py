"""Reads of the exam engine: places in sittings, current answers, progress. Also for other rooms."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.bank.models import ExamForm
from tiejun.errors import NotFound
from tiejun.exams.models import Attempt, Exam, Lease, Registration, ResponseEvent, Sitting, Standing
from tiejun.exams.result_models import Result
from tiejun.exams.rules import AttemptState, SittingState, Window, attempt_state

COUNTING = (Standing.COUNTED, Standing.ACCEPTED)


@dataclass(frozen=True)
class Place:
    """A candidate's place in a sitting, with the attempt if there is one."""

    exam: Exam
    sitting: Sitting
    registration: Registration
    attempt: Attempt | None

    @property
    def window(self) -> Window:
        """The sitting's window."""
        return window_of(self.sitting)

    def attempt_state(self, now: datetime) -> AttemptState | None:
        """Return the state of the attempt; None before the paper was opened."""
        return state_of(self.attempt, now) if self.attempt else None

    def state(self, now: datetime) -> SittingState:
        """Return what the sitting is to this candidate now."""
        return self.window.state(now, self.attempt_state(now))


@dataclass(frozen=True)
class SittingView:
    """One of my sittings, as lists show it; `title` is the exam's name, which is what a candidate knows."""

    id: UUID
    title: str
    state: SittingState
    starts_at: datetime
    ends_at: datetime
    duration_seconds: int
    venue: str
    seat: int
    allows_api: bool
    is_make_up: bool
    attempt: UUID | None
    released_at: datetime | None


@dataclass(frozen=True)
class Outcome:
    """A released result, as its candidate may see it."""

    verdict: str
    score: float
    cut_score: float
    released_at: datetime


@dataclass(frozen=True)
class AttemptView:
    """My attempt: its state, what is saved, and after the release the result."""

    id: UUID
    sitting: UUID
    state: AttemptState
    started_at: datetime
    deadline: datetime
    ended_at: datetime | None
    responses: dict[int, Any]
    result: Outcome | None


def window_of(sitting: Sitting) -> Window:
    """Return the window of a sitting, for the rules."""
    duration = timedelta(seconds=sitting.duration_seconds)
    return Window(sitting.starts_at, sitting.ends_at, duration, sitting.closed_at)


def state_of(attempt: Attempt, now: datetime) -> AttemptState:
    """Return the state of an attempt."""
    return attempt_state(attempt.end_kind, attempt.deadline, now)


def _places() -> Select[Exam, Sitting, Registration, Attempt | None]:
    """Return the statement that yields places; the caller adds whose, and where."""
    attempt: type[Attempt | None] = Attempt  # an outer join: there may be none
    return (
        select(Exam, Sitting, Registration, attempt)
        .join(Sitting, Sitting.exam_id == Exam.id)
        .join(Registration, Registration.sitting_id == Sitting.id)
        .outerjoin(Attempt, Attempt.registration_id == Registration.id)
    )


def place(db: Session, sitting_id: UUID, person_id: int | None) -> Place:
    """Return a person's place in a sitting.

    Raises:
        NotFound: `not_registered`; the same whether or not there is such a sitting.
    """
    found = db.execute(
        _places().where(Sitting.public_id == sitting_id, Registration.person_id == person_id)
    ).one_or_none()
    if found is None:
        raise NotFound(said("您没有报名这个场次，或者没有这个场次。"), code="not_registered")
    exam, sitting, registration, attempt = found
    return Place(exam, sitting, registration, attempt)


def my_sittings(db: Session, person_id: int | None, now: datetime) -> list[SittingView]:
    """Return the sittings a person is registered for, the latest first."""
    rows = db.execute(_places().where(Registration.person_id == person_id).order_by(Sitting.starts_at.desc()))
    return [_view(Place(exam, sitting, seat, attempt), now) for exam, sitting, seat, attempt in rows]


def _view(found: Place, now: datetime) -> SittingView:
    sitting = found.sitting
    return SittingView(
        id=sitting.public_id,
        title=found.exam.title,
        state=found.state(now),
        starts_at=sitting.starts_at,
        ends_at=sitting.ends_at,
        duration_seconds=sitting.duration_seconds,
        venue=sitting.venue,
        seat=found.registration.seat,
        allows_api=sitting.allows_api,
        is_make_up=sitting.is_make_up,
        attempt=found.attempt.public_id if found.attempt else None,
        released_at=sitting.released_at,
    )


def paper_hash(db: Session, sitting: UUID, person_id: int | None, now: datetime) -> tuple[UUID, str] | None:
    """Return id and content hash of a candidate's form, for the waiting room; None before it opens.

    Raises:
        NotFound: `not_registered`.
    """
    found = place(db, sitting, person_id)
    if not found.window.admits(now) and found.attempt is None:
        return None
    form_id = found.registration.form_id
    public_id, content = db.execute(
        select(ExamForm.public_id, ExamForm.paper_hash).where(ExamForm.id == form_id)
    ).one()
    return public_id, content


def attempt_view(db: Session, attempt: UUID, person_id: int | None, now: datetime) -> AttemptView:
    """Return one of a person's own attempts.

    Raises:
        NotFound: if there is none with this id, or it is somebody else's.
    """
    found = db.execute(
        select(Attempt, Sitting.public_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Attempt.public_id == attempt, Attempt.person_id == person_id)
    ).one_or_none()
    if found is None:
        raise NotFound(said("没有找到这次应试，或者它不属于您。"))
    mine, sitting = found
    return AttemptView(
        id=mine.public_id,
        sitting=sitting,
        state=state_of(mine, now),
        started_at=mine.started_at,
        deadline=mine.deadline,
        ended_at=mine.ended_at,
        responses=current_responses(db, mine.id),
        result=_outcome(db, mine.id),
    )


def _outcome(db: Session, attempt_id: int) -> Outcome | None:
    """Return the latest released revision; one that is declared only is nobody's business yet."""
    found = db.scalars(
        select(Result)
        .where(Result.attempt_id == attempt_id, Result.released_at.is_not(None))
        .order_by(Result.revision.desc())
        .limit(1)
    ).one_or_none()
    if found is None or found.released_at is None:
        return None
    return Outcome(found.verdict, found.raw_score, found.cut_score, found.released_at)


def _current() -> Any:
    """Return a subquery of the counting events with `place` 1 for the last one of each slot.

    The last is by lease and number, not by arrival: packets may overtake each other.
    """
    order = (ResponseEvent.lease_id.desc(), ResponseEvent.seq.desc())
    nth = func.row_number().over(partition_by=(ResponseEvent.attempt_id, ResponseEvent.slot), order_by=order)
    return select(
        ResponseEvent.attempt_id,
        ResponseEvent.slot,
        ResponseEvent.value,
        ResponseEvent.is_blank,
        nth.label("nth"),
    ).where(ResponseEvent.standing.in_(COUNTING))


def current_responses(db: Session, attempt_id: int) -> dict[int, Any]:
    """Return the current answers of an attempt by slot: counting events only, cleared ones left out."""
    last = _current().where(ResponseEvent.attempt_id == attempt_id).subquery()
    rows = db.execute(select(last.c.slot, last.c.value).where(last.c.nth == 1).order_by(last.c.slot))
    values = {slot: json.loads(text) for slot, text in rows}
    return {slot: value for slot, value in values.items() if value is not None}


def answered(db: Session, sitting_id: int) -> dict[int, int]:
    """Return how many slots are answered, by attempt id, for all attempts of a sitting."""
    mine = select(Attempt.id).where(Attempt.sitting_id == sitting_id)
    last = _current().where(ResponseEvent.attempt_id.in_(mine)).subquery()
    rows = db.execute(
        select(last.c.attempt_id, func.count().label("answered"))
        .where(last.c.nth == 1, last.c.is_blank.is_(False))
        .group_by(last.c.attempt_id)
    )
    return {row.attempt_id: row.answered for row in rows}


def answered_by(db: Session, attempt_id: int) -> int:
    """Return how many slots of one attempt are answered."""
    last = _current().where(ResponseEvent.attempt_id == attempt_id).subquery()
    return db.execute(select(func.count()).where(last.c.nth == 1, last.c.is_blank.is_(False))).scalar_one()


def late_waiting(db: Session, sitting_id: int) -> int:
    """Return how many attempts of a sitting have late answers that wait for two people's decision."""
    return db.execute(
        select(func.count(func.distinct(Attempt.id)))
        .join(ResponseEvent, ResponseEvent.attempt_id == Attempt.id)
        .where(Attempt.sitting_id == sitting_id, ResponseEvent.standing == Standing.LATE)
    ).scalar_one()


def live_lease(db: Session, attempt_id: int) -> Lease | None:
    """Return the lease that may write to an attempt."""
    return db.scalars(
        select(Lease).where(Lease.attempt_id == attempt_id, Lease.revoked_at.is_(None))
    ).one_or_none()
