"""Reads of blueprints and forms. What these return names items: for people with `form:manage` only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from question_bank.assembly.blueprint import Blueprint as BlueprintText
from question_bank.item import Item as ItemText
from question_bank.terms import Tier
from question_bank.words import said
from tiejun.bank.form_service import blueprint_text, not_in_force
from tiejun.bank.item_rows import IS_CURRENT, to_text
from tiejun.bank.law_reviews.queue import IS_WAITING
from tiejun.bank.models import Blueprint, Citation, ExamForm, FormSlot, Item, ItemVersion
from tiejun.bank.secrecy import SECRET
from tiejun.bank.states import ItemState
from tiejun.errors import NotFound


@dataclass(frozen=True)
class BlueprintDetail:
    """A blueprint, what the bank offers for it on `day` (by module and kind), and its forms."""

    row: Blueprint
    text: BlueprintText
    day: date
    wanted_by_kind: Mapping[str, int]
    wanted_by_module: Mapping[str, int]
    offered: Mapping[tuple[str, str], int]
    forms: Sequence[ExamForm]

    def offered_of_kind(self, kind: str) -> int:
        """Return how many items of a kind the bank offers in the wanted modules."""
        return sum(count for (_, found), count in self.offered.items() if found == kind)

    def offered_of_module(self, module: str) -> int:
        """Return how many items of the wanted kinds the bank offers in a module."""
        return sum(count for (found, _), count in self.offered.items() if found == module)


@dataclass(frozen=True)
class FormLine:
    """One slot of a frozen form with the item that stands behind it."""

    slot: FormSlot
    item: Item
    version: ItemVersion
    text: ItemText


@dataclass(frozen=True)
class FormDetail:
    """A frozen form with its slots in order."""

    form: ExamForm
    blueprint: Blueprint
    lines: Sequence[FormLine]


def all_blueprints(db: Session) -> list[tuple[Blueprint, int]]:
    """Return the blueprints with the number of their forms."""
    counted = select(ExamForm.blueprint_id, func.count().label("forms")).group_by(ExamForm.blueprint_id)
    counts = {row.blueprint_id: row.forms for row in db.execute(counted)}
    rows = db.scalars(select(Blueprint).order_by(Blueprint.title))
    return [(row, counts.get(row.id, 0)) for row in rows]


def get_blueprint(db: Session, public_id: UUID) -> Blueprint:
    """Return a blueprint.

    Raises:
        NotFound: if there is none.
    """
    row = db.scalar(select(Blueprint).where(Blueprint.public_id == public_id))
    if row is None:
        raise NotFound(said("没有这份命题细目表。"))
    return row


def blueprint_detail(db: Session, public_id: UUID, day: date) -> BlueprintDetail:
    """Return a blueprint with what the bank offers on `day`.

    Raises:
        NotFound: if there is none.
    """
    row = get_blueprint(db, public_id)
    text = blueprint_text(row)
    kinds: Counter[str] = Counter()
    for section in text.sections:
        kinds[section.kind.value] += section.count
    forms = select(ExamForm).where(ExamForm.blueprint_id == row.id).order_by(ExamForm.id.desc())
    return BlueprintDetail(
        row=row,
        text=text,
        day=day,
        wanted_by_kind=kinds,
        wanted_by_module=text.module_counts(),
        offered=_offered(db, text, day),
        forms=db.scalars(forms).all(),
    )


def _offered(db: Session, blueprint: BlueprintText, day: date) -> Counter[tuple[str, str]]:
    """Return how many `candidates` there are by (module, kind), without opening any of them."""
    rows = db.execute(
        select(Item.unit, Item.kind, func.count())
        .join(ItemVersion, IS_CURRENT)
        .where(*_in_pool(db, blueprint, day))
        .group_by(Item.unit, Item.kind)
    )
    found: Counter[tuple[str, str]] = Counter()
    for unit, kind, count in rows:
        found[(unit or "")[:1], kind] += count
    return found


def _in_pool(db: Session, blueprint: BlueprintText, day: date) -> list[ColumnElement[bool]]:
    """Return the conditions that a current version is one of the `candidates` of a day."""
    kinds = {section.kind.value for section in blueprint.sections}
    stale = select(Citation.version_id).where(Citation.law_id.in_(not_in_force(db, day)))
    of_tier: ColumnElement[bool] = (
        Item.is_primary if blueprint.tier is Tier.PRIMARY else Item.is_intermediate
    ).is_(True)
    return [
        Item.purpose.in_(SECRET),
        Item.state == ItemState.OPERATIONAL,
        ~IS_WAITING,
        Item.kind.in_(kinds),
        of_tier,
        or_(ItemVersion.is_transitional, ItemVersion.id.not_in(stale)),
    ]


def cited_in_pool(db: Session, detail: BlueprintDetail) -> set[str]:
    """Return the law versions that the items cite which can be drawn: of the kinds and modules wanted."""
    modules = set(detail.wanted_by_module)
    drawable = _in_pool(db, detail.text, detail.day)
    if modules:
        drawable.append(func.substr(Item.unit, 1, 1).in_(modules))
    return set(
        db.scalars(
            select(Citation.law_id)
            .join(ItemVersion, ItemVersion.id == Citation.version_id)
            .join(Item, IS_CURRENT)
            .where(*drawable)
            .distinct()
        )
    )


def get_form(db: Session, public_id: UUID) -> ExamForm:
    """Return a frozen form.

    Raises:
        NotFound: if there is none.
    """
    form = db.scalar(select(ExamForm).where(ExamForm.public_id == public_id))
    if form is None:
        raise NotFound(said("没有这份试卷。"))
    return form


def form_detail(db: Session, public_id: UUID) -> FormDetail:
    """Return a frozen form with its items.

    Raises:
        NotFound: if there is none.
    """
    form = get_form(db, public_id)
    rows = db.execute(
        select(FormSlot, Item, ItemVersion)
        .join(Item, Item.id == FormSlot.item_id)
        .join(ItemVersion, ItemVersion.id == FormSlot.version_id)
        .where(FormSlot.form_id == form.id)
        .options(selectinload(ItemVersion.key))
        .order_by(FormSlot.slot)
    )
    lines = [FormLine(slot, item, version, to_text(version)) for slot, item, version in rows]
    return FormDetail(form, db.get_one(Blueprint, form.blueprint_id), lines)
