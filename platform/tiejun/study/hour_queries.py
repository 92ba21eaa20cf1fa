"""Reads of the ledger for administrators, and its lines for the person concerned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, joinedload

from question_bank.words import said
from tiejun.errors import NotFound
from tiejun.files.models import StoredFile
from tiejun.listing import PAGE_SIZE, ListPage
from tiejun.people.models import Person, Posting, Unit
from tiejun.people.queries import in_scope, serving
from tiejun.study.models import HourEntry, StudySignal, StudyStream
from tiejun.study.queries import TARGET, seconds_by_person
from tiejun.study.rules import expected_share, hours, is_behind

REACHED, UNDER_WAY, BEHIND = "reached", "under_way", "behind"
EXPORT_MOST = 20_000


@dataclass(frozen=True)
class HoursFilter:
    """What the address bar asks for; `day` is the day on which somebody is behind or not."""

    year: int
    day: date
    unit_id: int | None = None
    category: str = ""
    state: str = ""
    page: int = 1


@dataclass(frozen=True)
class HoursLine:
    """An officer with the hours of a year; `shown` are those of the category asked for."""

    person: Person
    unit: Unit
    total: float
    shown: float
    state: str

    @property
    def percent(self) -> int:
        """Return the share of the target in per cent."""
        return int(self.total / TARGET * 100)


def hours_page(
    db: Session, scopes: Sequence[str], wanted: HoursFilter, hour_minutes: int, size: int = PAGE_SIZE
) -> ListPage[HoursLine]:
    """Return the officers below `scopes`, who has least first."""
    query = _query(scopes, wanted, hour_minutes)
    total = db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // size))
    number = min(max(1, wanted.page), pages)
    rows = db.execute(query.limit(size).offset((number - 1) * size))
    lines = [
        HoursLine(
            person,
            unit,
            hours(all_seconds, hour_minutes),
            hours(shown, hour_minutes),
            state_of(hours(all_seconds, hour_minutes), wanted),
        )
        for person, unit, all_seconds, shown in rows
    ]
    return ListPage(lines, number, pages, total)


def state_of(done: float, wanted: HoursFilter) -> str:
    """Return in which state a person's year is."""
    if done >= TARGET:
        return REACHED
    return BEHIND if is_behind(done, TARGET, _measured_on(wanted)) else UNDER_WAY


def _measured_on(wanted: HoursFilter) -> date:
    """Return the day on which a year is looked at: today, or the end of a past year."""
    return wanted.day if wanted.year >= wanted.day.year else date(wanted.year, 12, 31)


def _query(scopes: Sequence[str], wanted: HoursFilter, hour_minutes: int) -> Select[Person, Unit, int, int]:
    every = seconds_by_person(wanted.year).subquery()
    some = seconds_by_person(wanted.year, wanted.category).subquery()
    total = func.coalesce(every.c.seconds, 0)
    query = (
        select(Person, Unit, total, func.coalesce(some.c.seconds, 0))
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .outerjoin(every, every.c.person_id == Person.id)
        .outerjoin(some, some.c.person_id == Person.id)
        .where(serving(wanted.day), in_scope(scopes))
        .order_by(total, Unit.path, Person.name, Person.id)
    )
    target = TARGET * hour_minutes * 60
    due = target * expected_share(_measured_on(wanted))
    conditions = {
        REACHED: total >= target,
        BEHIND: and_(total < due, total < target),
        UNDER_WAY: and_(total >= due, total < target),
    }
    if wanted.state in conditions:
        query = query.where(conditions[wanted.state])
    if wanted.unit_id is not None:
        top = select(Unit.path).where(Unit.id == wanted.unit_id).scalar_subquery()
        query = query.where(Unit.path.like(top.concat("%")))
    return query


def entries(db: Session, person_id: int, year: int) -> list[HourEntry]:
    """Return a person's lines of a year, the latest first."""
    return list(
        db.scalars(
            select(HourEntry)
            .where(HourEntry.person_id == person_id, HourEntry.year == year)
            .options(joinedload(HourEntry.file))
            .order_by(HourEntry.day.desc(), HourEntry.id.desc())
        )
    )


def years(db: Session, person_id: int, present: int) -> list[int]:
    """Return the years in which a person has entries, and the present one, the latest first."""
    found = set(db.scalars(select(HourEntry.year).where(HourEntry.person_id == person_id).distinct()))
    return sorted(found | {present}, reverse=True)


def signals(db: Session, person_id: int, year: int) -> list[tuple[StudySignal, StudyStream]]:
    """Return what somebody should look at, the latest first."""
    rows = db.execute(
        select(StudySignal, StudyStream)
        .join(StudyStream, StudyStream.id == StudySignal.stream_id)
        .where(
            StudySignal.person_id == person_id,
            StudyStream.day >= date(year, 1, 1),
            StudyStream.day <= date(year, 12, 31),
        )
        .order_by(StudySignal.seen_at.desc())
        .limit(50)
    )
    return [(signal, stream) for signal, stream in rows]


def evidence(
    db: Session, entry_id: UUID, scopes: Sequence[str], person_id: int | None, day: date
) -> StoredFile:
    """Return the file of an entry: of one's own, or of a person in reach.

    Raises:
        NotFound: if there is none.
    """
    reach = (
        select(Posting.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.person_id == HourEntry.person_id, serving(day), in_scope(scopes))
        .exists()
    )
    file = db.scalars(
        select(StoredFile)
        .join(HourEntry, HourEntry.file_id == StoredFile.id)
        .where(HourEntry.public_id == entry_id, (HourEntry.person_id == person_id) | reach)
    ).one_or_none()
    if file is None:
        raise NotFound(said("没有这份证明材料，或不在您的管理范围内。"))
    return file
