"""What the invigilator's board reads: everybody of one sitting, the worst first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Permission, Persona
from tiejun.audit import AuditEvent
from tiejun.bank.models import ExamForm
from tiejun.errors import NotFound
from tiejun.exams.models import (
    Attempt,
    Exam,
    Extension,
    Lease,
    Registration,
    ResponseEvent,
    Sitting,
    SittingStaff,
    Standing,
)
from tiejun.exams.queries import answered, state_of
from tiejun.exams.rules import AttemptState, Signs, Urgency
from tiejun.people.models import Account, Person, Unit
from tiejun.people.queries import in_scope

INVIGILATOR = "invigilator"
FEED_LENGTH = 30


@dataclass(frozen=True)
class Seat:
    """One candidate on the board; `attempt` is None until the paper was opened."""

    number: int
    person: Person
    attempt: Attempt | None
    state: AttemptState | None
    answered: int
    total: int
    saved_at: datetime | None
    silent: timedelta
    unsent: int
    is_locked: bool
    extended: int
    late: int
    urgency: Urgency

    @property
    def share(self) -> float:
        """The share of slots that hold an answer, 0 to 1."""
        return self.answered / self.total if self.total else 0.0


@dataclass(frozen=True)
class Entry:
    """One line of what happened in the room."""

    at: datetime
    action: str
    seat: int | None
    name: str
    actor: str
    minutes: int | None
    reason: str


@dataclass(frozen=True)
class Board:
    """One sitting with its seats, the worst first, and what happened lately."""

    exam: Exam
    sitting: Sitting
    unit: Unit
    seats: list[Seat]
    feed: list[Entry]

    def of(self, *urgencies: Urgency) -> list[Seat]:
        """Return the seats of these groups, in order."""
        return [seat for seat in self.seats if seat.urgency in urgencies]

    def count(self, state: AttemptState | None) -> int:
        """Return how many attempts are in a state; None: not begun."""
        return sum(seat.state == state for seat in self.seats)

    @property
    def late(self) -> int:
        """How many candidates have late answers waiting for a decision."""
        return sum(seat.late > 0 for seat in self.seats)


def within_reach(who: Persona, permission: Permission) -> ColumnElement[bool]:
    """Return the condition that a sitting (joined with its unit) is somebody's: staff there, or in scope."""
    serving = select(SittingStaff.sitting_id).where(
        SittingStaff.account_id == who.account_id, SittingStaff.duty == INVIGILATOR
    )
    return or_(in_scope(who.scopes(permission)), Sitting.id.in_(serving))


def sitting_of(
    db: Session, who: Persona, sitting: UUID, permission: Permission = Permission.SITTING_MANAGE
) -> tuple[Sitting, Unit]:
    """Return a sitting within reach.

    Raises:
        NotFound: if there is none, or it is nobody's business of theirs.
    """
    found = db.execute(
        select(Sitting, Unit)
        .join(Unit, Unit.id == Sitting.unit_id)
        .where(Sitting.public_id == sitting, within_reach(who, permission))
    ).one_or_none()
    if found is None:
        raise NotFound(said("没有找到这个场次，或者它不在您的监考范围内。"))
    here, unit = found
    return here, unit


def board(db: Session, who: Persona, sitting: UUID, now: datetime) -> Board:
    """Return the board of a sitting within reach.

    Raises:
        NotFound: as `sitting_of`.
    """
    here, unit = sitting_of(db, who, sitting)
    seats = _seats(db, here.id, now)
    seats.sort(key=_worst_first)
    return Board(db.get_one(Exam, here.exam_id), here, unit, seats, _feed(db, here, seats))


def _worst_first(seat: Seat) -> tuple[int, timedelta, int]:
    """Return the sort key: by group; among those who need somebody the longest silent first, then by seat."""
    needs_somebody = seat.urgency in (Urgency.NOW, Urgency.SOON)
    return list(Urgency).index(seat.urgency), -seat.silent if needs_somebody else timedelta(), seat.number


def seat_of(db: Session, who: Persona, sitting: UUID, number: int, now: datetime) -> tuple[Sitting, Seat]:
    """Return one seat of a sitting within reach.

    Raises:
        NotFound: if there is no such seat within reach.
    """
    here, _ = sitting_of(db, who, sitting)
    for seat in _seats(db, here.id, now, Registration.seat == number):
        return here, seat
    raise NotFound(said("这个场次没有这个座位。"))


def open_attempt_of(seat: Seat) -> Attempt:
    """Return the attempt of a seat.

    Raises:
        NotFound: if the candidate has not begun.
    """
    if seat.attempt is None:
        raise NotFound(said("这名考生还没有进入考试。"))
    return seat.attempt


def _seats(db: Session, sitting_id: int, now: datetime, *only: ColumnElement[bool]) -> list[Seat]:
    attempt: type[Attempt | None] = Attempt  # outer joins: there may be none
    lease: type[Lease | None] = Lease
    rows = db.execute(
        select(Registration.seat, Person, attempt, lease, ExamForm.slot_count, Account.locked_until)
        .join(Person, Person.id == Registration.person_id)
        .join(ExamForm, ExamForm.id == Registration.form_id)
        .outerjoin(Attempt, Attempt.registration_id == Registration.id)
        .outerjoin(Lease, and_(Lease.attempt_id == Attempt.id, Lease.revoked_at.is_(None)))
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Registration.sitting_id == sitting_id, *only)
        .order_by(Registration.seat)
    ).all()
    done = answered(db, sitting_id)
    more, late = _extended(db, sitting_id), _late(db, sitting_id)
    seats = []
    for number, person, mine, held, total, locked_until in rows:
        own = mine.id if mine else 0
        state = state_of(mine, now) if mine else None
        silent = now - held.last_seen_at if held and state is AttemptState.OPEN else timedelta()
        unsent = held.waiting if held else 0
        locked = locked_until is not None and locked_until > now
        seats.append(
            Seat(
                number=number,
                person=person,
                attempt=mine,
                state=state,
                answered=done.get(own, 0),
                total=total,
                saved_at=held.last_saved_at if held else None,
                silent=silent,
                unsent=unsent,
                is_locked=locked,
                extended=more.get(own, 0),
                late=late.get(own, 0),
                urgency=Signs(state, silent, unsent, locked).urgency(),
            )
        )
    return seats


def _extended(db: Session, sitting_id: int) -> dict[int, int]:
    rows = db.execute(
        select(Extension.attempt_id, func.sum(Extension.minutes))
        .where(Extension.sitting_id == sitting_id, Extension.attempt_id.is_not(None))
        .group_by(Extension.attempt_id)
    )
    return {attempt_id: int(minutes) for attempt_id, minutes in rows if attempt_id is not None}


def _late(db: Session, sitting_id: int) -> dict[int, int]:
    rows = db.execute(
        select(ResponseEvent.attempt_id, func.count(ResponseEvent.id))
        .join(Attempt, Attempt.id == ResponseEvent.attempt_id)
        .where(Attempt.sitting_id == sitting_id, ResponseEvent.standing == Standing.LATE)
        .group_by(ResponseEvent.attempt_id)
    )
    return {attempt_id: int(count) for attempt_id, count in rows}


def _feed(db: Session, sitting: Sitting, seats: list[Seat]) -> list[Entry]:
    """Return the latest acts in the room, from the audit trail."""
    known = {str(seat.attempt.public_id): seat for seat in seats if seat.attempt}
    rows = db.scalars(
        select(AuditEvent)
        .where(
            or_(
                and_(AuditEvent.subject == "attempt", AuditEvent.subject_id.in_(known)),
                and_(AuditEvent.subject == "sitting", AuditEvent.subject_id == str(sitting.public_id)),
            ),
            AuditEvent.action.in_(FEED_ACTIONS),
        )
        .order_by(AuditEvent.id.desc())
        .limit(FEED_LENGTH)
    )
    return [_entry(row, known.get(row.subject_id)) for row in rows]


def _entry(row: AuditEvent, seat: Seat | None) -> Entry:
    return Entry(
        at=row.at,
        action=row.action,
        seat=seat.number if seat else None,
        name=seat.person.name if seat else "",
        actor=row.actor,
        minutes=row.details.get("minutes"),
        reason=row.details.get("reason", ""),
    )


FEED_ACTIONS = (
    "attempt.opened",
    "attempt.submitted",
    "attempt.taken_over",
    "attempt.takeover_code_issued",
    "attempt.extended",
    "attempt.closed",
    "sitting.extended",
    "sitting.closed",
)
