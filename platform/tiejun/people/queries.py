"""Reads of the people room, also for other rooms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, selectinload

from tiejun.people.levels import CardFact, Explained, level_for, tier_for
from tiejun.people.models import Account, CardEvent, Person, Posting, TrainingCompletion, Unit


def in_scope(paths: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that `Unit.path` lies below one of `paths`; false when there is none."""
    return or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)) if paths else false()


def serving(day: date) -> ColumnElement[bool]:
    """Return the condition that a posting holds on `day`."""
    return and_(
        Posting.effective_from <= day, or_(Posting.effective_to.is_(None), Posting.effective_to >= day)
    )


@dataclass(frozen=True)
class Service:
    """An officer with the unit and post of one day."""

    person: Person
    unit: Unit
    posting: Posting


def services(db: Session, condition: ColumnElement[bool], day: date) -> list[Service]:
    """Return the officers in post on `day` that fit `condition`, by unit and name."""
    rows = db.execute(
        select(Person, Unit, Posting)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(serving(day), condition)
        .order_by(Unit.path, Person.name, Person.id)
    )
    return [Service(person, unit, posting) for person, unit, posting in rows]


def needs(db: Session, service: Service, day: date) -> tuple[Explained, Explained]:
    """Return level and tier that an officer needs on `day`, each explained."""
    return needs_of_many(db, [service], day)[service.person.id]


def needs_of_many(db: Session, found: Iterable[Service], day: date) -> dict[int, tuple[Explained, Explained]]:
    """Return level and tier by person id, with one query for all cards."""
    found = list(found)
    cards: dict[int, list[CardFact]] = {service.person.id: [] for service in found}
    for event in db.scalars(select(CardEvent).where(CardEvent.person_id.in_(cards))):
        cards[event.person_id].append(CardFact(event.kind, event.happened_on, event.valid_until))
    return {
        service.person.id: (
            level_for(service.posting.post, service.unit.agency_tier),
            tier_for(cards[service.person.id], day),
        )
        for service in found
    }


def completion(db: Session, person_id: int, level: str, tier: str) -> TrainingCompletion | None:
    """Return the latest recorded completion of the post training of one level and tier."""
    return db.scalars(
        select(TrainingCompletion)
        .where(
            TrainingCompletion.person_id == person_id,
            TrainingCompletion.level == level,
            TrainingCompletion.tier == tier,
        )
        .order_by(TrainingCompletion.completed_on.desc(), TrainingCompletion.id.desc())
        .limit(1)
    ).one_or_none()


def accounts_with_role(db: Session, role: str, paths: Sequence[str]) -> list[Account]:
    """Return the active accounts below `paths` that hold `role`, by name."""
    rows = db.scalars(
        select(Account)
        .join(Unit, Unit.id == Account.unit_id)
        .options(selectinload(Account.grants))
        .where(Account.is_active, in_scope(paths))
        .order_by(Account.display_name)
    )
    return [account for account in rows if any(grant.role == role for grant in account.grants)]
