"""What the roster page and a person's page show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from question_bank.words import said
from tiejun.errors import NotFound
from tiejun.listing import ListPage, contains
from tiejun.people.levels import Explained
from tiejun.people.models import Account, Person, Posting, TrainingCompletion, Unit
from tiejun.people.queries import Service, in_scope, needs_of_many, serving

PAGE_SIZE = 50


@dataclass(frozen=True)
class RosterFilter:
    """What the address bar asks for."""

    text: str = ""
    unit_id: int | None = None
    page: int = 1


@dataclass(frozen=True)
class RosterLine:
    """One officer of the list."""

    person: Person
    unit: Unit
    posting: Posting
    level: Explained
    tier: Explained
    completions: tuple[TrainingCompletion, ...]
    account: Account | None

    def is_locked(self, now: datetime) -> bool:
        """Return whether the officer can't sign in at the moment."""
        return self.account is not None and _locked(self.account, now)


def _locked(account: Account, now: datetime) -> bool:
    return account.locked_until is not None and now < account.locked_until


def roster_page(db: Session, scopes: Sequence[str], wanted: RosterFilter, day: date) -> ListPage[RosterLine]:
    """Return one page of the officers in post on `day` below `scopes`, by unit and name."""
    query = _filtered(scopes, wanted, day)
    total = db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, wanted.page), pages)
    rows = db.execute(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    found = [Service(person, unit, posting) for person, unit, posting in rows]
    return ListPage(_lines(db, found, day), number, pages, total)


def _filtered(scopes: Sequence[str], wanted: RosterFilter, day: date) -> Select[Person, Unit, Posting]:
    query = (
        select(Person, Unit, Posting)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(serving(day), in_scope(scopes))
        .order_by(Unit.path, Person.name, Person.id)
    )
    if wanted.text:
        pattern = contains(wanted.text)
        fits = or_(
            Person.name.like(pattern, escape="\\"),
            Unit.name.like(pattern, escape="\\"),
            Person.id_number_masked.like(f"%{pattern[1:-1]}", escape="\\"),
        )
        query = query.where(fits)
    if wanted.unit_id is not None:
        top = select(Unit.path).where(Unit.id == wanted.unit_id).scalar_subquery()
        query = query.where(Unit.path.like(top.concat("%")))
    return query


def _lines(db: Session, found: Sequence[Service], day: date) -> list[RosterLine]:
    needs = needs_of_many(db, found, day)
    ids = [service.person.id for service in found]
    completions: dict[int, list[TrainingCompletion]] = {}
    for row in db.scalars(
        select(TrainingCompletion)
        .where(TrainingCompletion.person_id.in_(ids))
        .order_by(TrainingCompletion.completed_on)
    ):
        completions.setdefault(row.person_id, []).append(row)
    accounts = {a.person_id: a for a in db.scalars(select(Account).where(Account.person_id.in_(ids)))}
    return [
        RosterLine(
            service.person,
            service.unit,
            service.posting,
            *needs[service.person.id],
            tuple(completions.get(service.person.id, ())),
            accounts.get(service.person.id),
        )
        for service in found
    ]


@dataclass(frozen=True)
class PersonPage:
    """Everything about one officer that an administrator may see."""

    line: RosterLine
    postings: tuple[tuple[Posting, str], ...]


def person_page(db: Session, public_id: UUID, scopes: Sequence[str], day: date) -> PersonPage:
    """Return the page of an officer who serves below `scopes`.

    Raises:
        NotFound: if there is no such officer, or not in reach.
    """
    row = db.execute(
        select(Person, Unit, Posting)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Person.public_id == public_id, serving(day), in_scope(scopes))
        .options(selectinload(Person.card_events))
        .order_by(Posting.effective_from.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound(said("没有这名人员，或不在您的管理范围内。"))
    (line,) = _lines(db, [Service(*row)], day)
    history = db.execute(
        select(Posting, Unit.name)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.person_id == line.person.id)
        .order_by(Posting.effective_from.desc())
    )
    return PersonPage(line, tuple((posting, name) for posting, name in history))


def units_below(db: Session, scopes: Sequence[str]) -> list[Unit]:
    """Return the units in reach, in the order of the tree."""
    return list(db.scalars(select(Unit).where(in_scope(scopes)).order_by(Unit.path)))
