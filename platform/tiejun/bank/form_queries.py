"""Reads of blueprints and forms. What these return names items: for people with `form:manage` only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from question_bank.assembly.blueprint import Blueprint as BlueprintText
from question_bank.assembly.blueprint import Section
from question_bank.item import Item as ItemText
from question_bank.item import ItemKind
from question_bank.terms import Tier
from question_bank.words import said
from tiejun.bank.form_service import blueprint_text, not_in_force
from tiejun.bank.item_rows import IS_CURRENT, to_text
from tiejun.bank.law_reviews.queue import IS_WAITING
from tiejun.bank.models import Blueprint, Citation, ExamForm, FormSlot, Item, ItemVersion
from tiejun.bank.secrecy import SECRET
from tiejun.bank.states import ItemState
from tiejun.errors import NotFound

Shape = tuple[str, ...]
"""The types of the questions of a case, in order."""


@dataclass(frozen=True)
class BlueprintDetail:
    """A blueprint, what the bank offers for it on `day` (by module and kind), and its forms.

    Of cases, `offered` counts those that have the questions of a section; `shapes` counts all of them by
    the types of their questions.
    """

    text: BlueprintText
    day: date
    wanted_by_kind: Mapping[str, int]
    wanted_by_module: Mapping[str, int]
    offered: Mapping[tuple[str, str], int]
    shapes: Mapping[Shape, int]
    forms: Sequence[ExamForm]

    def wanted_like(self, section: Section) -> int:
        """Return how many items all sections want that take the same items as this one."""
        return sum(one.count for one in self.text.sections if _like(one) == _like(section))

    def offered_for(self, section: Section) -> int:
        """Return how many items the bank offers for a section."""
        if section.kind is ItemKind.CASE:
            return self.shapes.get(_shape(section), 0)
        return self.offered_of_kind(section.kind.value)

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


def blueprint_detail(db: Session, row: Blueprint, day: date) -> BlueprintDetail:
    """Return a blueprint with what the bank offers on `day`."""
    forms = select(ExamForm).where(ExamForm.blueprint_id == row.id).order_by(ExamForm.id.desc())
    return replace(planned(db, blueprint_text(row), day), forms=db.scalars(forms).all())


def planned(db: Session, text: BlueprintText, day: date) -> BlueprintDetail:
    """Return what the bank offers on `day` for a blueprint that need not be written yet; it has no forms."""
    kinds: Counter[str] = Counter()
    for section in text.sections:
        kinds[section.kind.value] += section.count
    offered, shapes = _offered(db, text, day)
    return BlueprintDetail(text, day, kinds, text.module_counts(), offered, shapes, ())


def _offered(
    db: Session, blueprint: BlueprintText, day: date
) -> tuple[Counter[tuple[str, str]], Counter[Shape]]:
    """Return how many `candidates` there are by (module, kind), and how many cases by their questions."""
    pool = select(Item.unit, Item.kind, func.count()).join(ItemVersion, IS_CURRENT)
    pool = pool.where(*_in_pool(db, blueprint, day)).where(Item.kind != ItemKind.CASE.value)
    found: Counter[tuple[str, str]] = Counter()
    for unit, kind, count in db.execute(pool.group_by(Item.unit, Item.kind)):
        found[(unit or "")[:1], kind] += count
    wanted = {_shape(section) for section in blueprint.sections if section.kind is ItemKind.CASE}
    shapes: Counter[Shape] = Counter()
    cases = select(Item.unit, ItemVersion.content).join(ItemVersion, IS_CURRENT)
    cases = cases.where(*_in_pool(db, blueprint, day)).where(Item.kind == ItemKind.CASE.value)
    for unit, content in db.execute(cases) if wanted else ():
        shape = tuple(part["type"] for part in content["parts"])
        shapes[shape] += 1
        found[(unit or "")[:1], ItemKind.CASE.value] += shape in wanted
    return found, shapes


def _shape(section: Section) -> Shape:
    return tuple(part.type.value for part in section.parts)


def _like(section: Section) -> tuple[str, Shape]:
    return section.kind.value, _shape(section)


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
