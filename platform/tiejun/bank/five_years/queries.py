"""Reads of the list of the five years, and of how much of it a pool, a form or a course cites."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tiejun.bank.five_years.models import FiveYearMember
from tiejun.bank.five_years.rules import (
    KINDS,
    FiveYearRule,
    Membership,
    is_listed,
    membership,
    window_start,
)
from tiejun.bank.item_rows import IS_CURRENT
from tiejun.bank.law_reviews.things import ITEM, things_citing
from tiejun.bank.models import Citation, ExamForm, FormSlot, Item, ItemPurpose, ItemVersion, LawVersion
from tiejun.bank.secrecy import SECRET
from tiejun.bank.states import ItemState


@dataclass(frozen=True)
class ListedLaw:
    """One instrument of the five years, where it stands, and what a person decided, if one did."""

    law: LawVersion
    membership: Membership
    decision: FiveYearMember | None

    @property
    def promulgated(self) -> date | None:
        """Return the day that the rule goes by."""
        return self.law.adopted or self.law.effective


@dataclass(frozen=True)
class FiveYearList:
    """The instruments promulgated in (`start`, `day`], the newest first; not all of them count."""

    day: date
    start: date
    lines: Sequence[ListedLaw]

    @property
    def members(self) -> list[ListedLaw]:
        """Return what training must include on this day."""
        return [line for line in self.lines if line.membership.counts]

    @property
    def proposed(self) -> list[ListedLaw]:
        """Return what counts, though nobody has confirmed it."""
        return [line for line in self.lines if line.membership is Membership.PROPOSED]

    def those(self, kind: str = "", state: Membership | None = None) -> list[ListedLaw]:
        """Return the lines of a kind and a state; without either all of them."""
        of_kind = (line for line in self.lines if kind in ("", line.law.kind))
        return [line for line in of_kind if state in (None, line.membership)]


@dataclass(frozen=True)
class CitedBy:
    """By how many things in use an instrument is cited."""

    practice: int = 0
    exam: int = 0
    lessons: int = 0
    cases: int = 0


@dataclass(frozen=True)
class Gauge:
    """How many instruments of the list are cited by something."""

    listing: FiveYearList
    covered: Sequence[ListedLaw]
    missing: Sequence[ListedLaw]

    @property
    def total(self) -> int:
        """Return how many must be covered."""
        return len(self.covered) + len(self.missing)

    @property
    def is_nothing(self) -> bool:
        """Return whether there is something to cover, and nothing of it is."""
        return bool(self.missing) and not self.covered


def five_year_list(db: Session, rule: FiveYearRule, day: date) -> FiveYearList:
    """Return the list of a day, with or without text, confirmed or not."""
    start = window_start(day)
    promulgated = func.coalesce(LawVersion.adopted, LawVersion.effective)
    rows = db.execute(
        select(LawVersion, FiveYearMember)
        .outerjoin(FiveYearMember, FiveYearMember.law_id == LawVersion.id)
        .where(
            LawVersion.kind.in_(KINDS),
            promulgated > start,
            promulgated <= day,
            or_(LawVersion.ceased.is_(None), LawVersion.ceased > day),
        )
        .order_by(promulgated.desc(), LawVersion.title, LawVersion.id)
    ).all()
    lines = [
        ListedLaw(law, membership(law, decided.is_member if decided else None, rule, day), decided)
        for law, decided in rows
        if is_listed(law, day)
    ]
    return FiveYearList(day, start, lines)


def cited_by(db: Session, law_ids: Collection[str]) -> Mapping[str, CitedBy]:
    """Return for each instrument what in use cites it; an instrument that nothing cites has zeros."""
    items = _items_citing(db, law_ids)
    things: dict[tuple[str, str], set[int]] = defaultdict(set)
    for thing in things_citing(db, law_ids, besides=(ITEM,)):
        things[thing.law_id, thing.kind].add(thing.subject_id)
    return {
        law_id: CitedBy(
            items.get((law_id, ItemPurpose.PRACTICE), 0),
            sum(items.get((law_id, one), 0) for one in SECRET),
            len(things[law_id, "lesson"]),
            len(things[law_id, "case"]),
        )
        for law_id in law_ids
    }


def _items_citing(db: Session, law_ids: Collection[str]) -> dict[tuple[str, str], int]:
    rows = db.execute(
        select(Citation.law_id, Item.purpose, func.count(Item.id.distinct()))
        .select_from(Item)
        .join(ItemVersion, IS_CURRENT)
        .join(Citation, Citation.version_id == ItemVersion.id)
        .where(Citation.law_id.in_(law_ids), Item.state == ItemState.OPERATIONAL)
        .group_by(Citation.law_id, Item.purpose)
    )
    return {(law_id, purpose): count for law_id, purpose, count in rows}


def gauge(db: Session, rule: FiveYearRule, day: date, tier: str, cited: Collection[str]) -> Gauge | None:
    """Return how much of the day's list is among the `cited` versions; None for a tier not in service."""
    if not rule.is_in_service(tier):
        return None
    listing = five_year_list(db, rule, day)
    members = listing.members
    return Gauge(
        listing,
        covered=[line for line in members if line.law.id in cited],
        missing=[line for line in members if line.law.id not in cited],
    )


def cited_in_form(db: Session, form: ExamForm) -> set[str]:
    """Return the law versions that the items of a frozen form cite, as they were frozen."""
    return set(
        db.scalars(
            select(Citation.law_id)
            .join(FormSlot, FormSlot.version_id == Citation.version_id)
            .where(FormSlot.form_id == form.id)
            .distinct()
        )
    )
