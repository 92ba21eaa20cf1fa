"""Writes of blueprints and forms: drawn by quota, looked at, frozen. A frozen form never changes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from question_bank.assembly.blueprint import Blueprint as BlueprintText
from question_bank.assembly.blueprint import BlueprintError
from question_bank.assembly.draw import Draw, Infeasible, assemble
from question_bank.assembly.form import BuiltForm, SlotMap, build_form, canonical_json, canonical_value
from question_bank.item import Item as ItemText
from question_bank.item import Part
from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank import images
from tiejun.bank.item_rows import IS_CURRENT, to_text
from tiejun.bank.law_reviews.queue import IS_WAITING
from tiejun.bank.models import (
    Blueprint,
    Citation,
    ExamForm,
    FormSlot,
    Item,
    ItemPurpose,
    ItemVersion,
    LawVersion,
)
from tiejun.bank.rules import LawState, form_label, law_state
from tiejun.bank.secrecy import SECRET
from tiejun.bank.states import ItemState
from tiejun.clock import beijing
from tiejun.errors import Conflict, DomainError, NotFound, Problem, Rejected

LEVELS = ("national", "provincial")
MAX_PAPER_BYTES = 4 * 1024 * 1024
"""A paper holds its images, and each seat fetches it in the first minute."""
MAX_COMMON_SHARE = 0.10
"""Largest share of items that a form may have in common with earlier ones (ui.md, make-up board)."""


@dataclass(frozen=True)
class FormOrder:
    """What form is wanted.

    `day` is the day on which the cited law must be in force, `avoid` the forms whose items count as used;
    None means all forms of the blueprint so far.
    """

    blueprint_id: int
    seed: str
    day: date
    avoid: Collection[int] | None = None


@dataclass(frozen=True)
class FormDraft:
    """A form as it would be frozen, with the version that stands behind each code."""

    blueprint: Blueprint
    label: str
    seed: str
    draw: Draw
    built: BuiltForm
    versions: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class SlotKey:
    """The key behind one slot: `part` has key and rubric, `option_ids` maps our option ids to the form's."""

    slot: int
    item_id: int
    part: Part
    points: Decimal
    option_ids: Mapping[str, str]

    def canonical(self, value: object) -> object:
        """Return a candidate's value with our option ids, ready for `question_bank.scoring`.

        Raises:
            ValueShapeError: if it names an option that this slot does not have.
        """
        return canonical_value(SlotMap(self.slot, str(self.item_id), 0, self.points, self.option_ids), value)


def create_blueprint(
    db: Session, blueprint: BlueprintText, level: str, actor: Actor, now: datetime
) -> Blueprint:
    """Write a blueprint for one level, "national" or "provincial".

    Raises:
        Rejected: if it contradicts itself or the level is unknown.
        Conflict: if the title is taken.
    """
    problems = [Problem(p.where, p.field, p.message) for p in blueprint.problems()]
    if level not in LEVELS:
        problems.append(Problem(said("蓝图"), "level", said("级别只能是国家级或省级")))
    if problems:
        raise Rejected(said("命题细目表没有保存。"), problems)
    if db.scalar(select(Blueprint.id).where(Blueprint.title == blueprint.title)) is not None:
        raise Conflict(said("已有名为“%(title)s”的命题细目表。", title=blueprint.title), code="title_taken")
    row = Blueprint(
        title=blueprint.title,
        level=level,
        tier=blueprint.tier.value,
        duration_minutes=blueprint.duration_minutes,
        total_points=float(blueprint.total_points),
        cut_score=float(blueprint.cut_score),
        spec=blueprint.to_json(),
        created_by=actor.name,
        created_at=now,
    )
    db.add(row)
    db.flush()
    record(db, actor, "blueprint.created", ("blueprint", row.public_id), now)
    return row


def remove_blueprint(db: Session, row: Blueprint, actor: Actor, now: datetime) -> None:
    """Delete a blueprint that nothing rests on.

    Raises:
        Conflict: if it has forms, or an exam is held by it.
    """
    try:
        with db.begin_nested():
            db.delete(row)
    except IntegrityError as error:
        message = said("“%(title)s”已有试卷或考试，不能删除。", title=row.title)
        raise Conflict(message, code="in_use") from error
    record(db, actor, "blueprint.removed", ("blueprint", row.public_id), now, title=row.title)


def blueprint_text(row: Blueprint) -> BlueprintText:
    """Return the library's blueprint of a row.

    Raises:
        Rejected: if what is stored no longer fits the rules.
    """
    try:
        return BlueprintText.from_json(row.spec)
    except BlueprintError as error:
        problems = [Problem(p.where, p.field, p.message) for p in error.problems]
        raise Rejected(said("这份命题细目表不能用于组卷。"), problems) from error


def draw_form(db: Session, order: FormOrder) -> FormDraft:
    """Draw a form without writing anything; the same order on the same bank gives the same form.

    Raises:
        NotFound: if there is no such blueprint.
        DomainError: code "too_few_items", naming what is missing by how many.
    """
    row = db.get(Blueprint, order.blueprint_id)
    if row is None:
        raise NotFound(said("没有这份命题细目表。"))
    blueprint = blueprint_text(row)
    versions = candidates(db, blueprint, order.day)
    try:
        draw = assemble(
            blueprint,
            [text for text, _ in versions.values()],
            order.seed,
            used_codes(db, row.id, order.avoid),
            MAX_COMMON_SHARE,
        )
    except Infeasible as error:
        raise DomainError(
            said("%(sentence)s。没有生成试卷。", sentence=error.args[0]),
            code="too_few_items",
            problems=[
                {"where": s.module or "", "field": s.kind or "", "message": s.sentence()}
                for s in error.shortages
            ],
        ) from error
    label = _next_label(db, row.id)
    built = build_form(draw, order.seed, form_id=label, images=images.addresses(db, draw.items))
    if len(canonical_json(built.paper)) > MAX_PAPER_BYTES:
        most = MAX_PAPER_BYTES // 1024 // 1024
        message = said("抽到的图片过多，试卷超过 %(most)s MB，没有生成；请减少带图的试题。", most=most)
        raise DomainError(message, code="paper_too_large")
    chosen = {item.id: (versions[item.id][1].item_id, versions[item.id][1].id) for item in draw.items}
    return FormDraft(row, label, order.seed, draw, built, chosen)


def note_preview(db: Session, draft: FormDraft, actor: Actor, now: datetime) -> None:
    """Note that somebody was shown a form before it was frozen; the hash tells which one it became."""
    blueprint = ("blueprint", draft.blueprint.public_id)
    record(db, actor, "form.previewed", blueprint, now, label=draft.label, hash=draft.built.sha256)


def freeze(db: Session, draft: FormDraft, actor: Actor, now: datetime, *, is_sealed: bool = True) -> ExamForm:
    """Write a drawn form: its paper for candidates, and what stands behind each slot.

    A form that holds a sealed item is sealed in any case.
    """
    paper = canonical_json(draft.built.paper).decode()
    form = ExamForm(
        public_id=uuid4(),
        blueprint_id=draft.blueprint.id,
        label=draft.label,
        seed=draft.seed,
        paper=paper,
        paper_hash=draft.built.sha256,
        total_points=float(sum(slot.points for slot in draft.built.slots)),
        slot_count=len(draft.built.slots),
        relaxed=dict(draft.draw.relaxed),
        is_sealed=is_sealed or _holds_sealed(db, draft),
        frozen_by=actor.name,
        frozen_at=now,
    )
    db.add(form)
    db.flush()
    db.add_all(_slot_row(form.id, slot, draft) for slot in draft.built.slots)
    record(
        db,
        actor,
        "form.frozen",
        ("exam_form", form.public_id),
        now,
        label=form.label,
        hash=form.paper_hash,
        is_sealed=form.is_sealed,
    )
    db.flush()
    return form


def _holds_sealed(db: Session, draft: FormDraft) -> bool:
    ids = [item_id for item_id, _version in draft.versions.values()]
    sealed = select(Item.id).where(Item.id.in_(ids), Item.purpose == ItemPurpose.SEALED)
    return db.scalar(sealed.limit(1)) is not None


def _slot_row(form_id: int, slot: SlotMap, draft: FormDraft) -> FormSlot:
    item_id, version_id = draft.versions[slot.item_id]
    parts = next(item for item in draft.draw.items if item.id == slot.item_id).parts
    return FormSlot(
        form_id=form_id,
        slot=slot.slot,
        item_id=item_id,
        version_id=version_id,
        part=slot.part_index,
        type=parts[slot.part_index].type.value,
        points=float(slot.points),
        option_ids=dict(slot.option_map),
    )


def freeze_form(
    db: Session,
    blueprint_id: int,
    seed: str,
    actor: Actor,
    now: datetime,
    avoid_form_ids: Collection[int] | None = None,
) -> ExamForm:
    """Draw and freeze a form on the law in force today.

    Args:
        seed: decides draw, option order and option ids; keep it secret, `crypto.random_code()` makes one.
        avoid_form_ids: forms with which at most a tenth of the items may be common; None: all of the
            blueprint so far.

    Raises:
        NotFound, DomainError: as `draw_form`.
    """
    order = FormOrder(blueprint_id, seed, beijing(now).date(), avoid_form_ids)
    return freeze(db, draw_form(db, order), actor, now)


def freeze_drawn(
    db: Session, order: FormOrder, paper_hash: str, by: tuple[Actor, datetime], *, is_sealed: bool = True
) -> ExamForm:
    """Freeze the form that a person has looked at; without its hash one that nobody has, always sealed.

    Args:
        by: who freezes it, and when.

    Raises:
        Conflict: if the bank or the forms have changed since, so that another form would come out.
    """
    draft = draw_form(db, order)
    if paper_hash and draft.built.sha256 != paper_hash:
        raise Conflict(said("预览之后题库或试卷有变动，没有定卷；请重新组卷并核对。"), code="draw_changed")
    return freeze(db, draft, *by, is_sealed=is_sealed or not paper_hash)


def candidates(db: Session, blueprint: BlueprintText, day: date) -> dict[str, tuple[ItemText, ItemVersion]]:
    """Return the secret items of the blueprint's kinds whose citations are all in force on `day`, by code.

    A transitional item (新旧衔接) may cite what is not. An item that waits for a decision because the law
    changed is none of them.
    """
    kinds = {section.kind.value for section in blueprint.sections}
    rows = db.scalars(
        select(ItemVersion)
        .join(Item, IS_CURRENT)
        .where(
            Item.purpose.in_(SECRET),
            Item.state == ItemState.OPERATIONAL,
            ~IS_WAITING,
            Item.kind.in_(kinds),
        )
        .options(selectinload(ItemVersion.key), selectinload(ItemVersion.citations))
    ).all()
    stale = not_in_force(db, day)
    sound = [row for row in rows if row.is_transitional or not {one.law_id for one in row.citations} & stale]
    texts = ((to_text(row), row) for row in sound)
    return {text.id: (text, row) for text, row in texts if blueprint.tier in text.tiers}


def not_in_force(db: Session, day: date) -> set[str]:
    """Return the cited law versions that are not in force on `day`."""
    cited = select(LawVersion).where(LawVersion.id.in_(select(Citation.law_id)))
    return {
        law.id
        for law in db.scalars(cited)
        if law_state(law.effective, law.ceased, day) is not LawState.IN_FORCE
    }


def used_codes(db: Session, blueprint_id: int, avoid: Collection[int] | None) -> set[str]:
    """Return the codes of the items that stand in the forms to be avoided."""
    slots = select(FormSlot.item_id).join(ExamForm, ExamForm.id == FormSlot.form_id)
    if avoid is None:
        slots = slots.where(ExamForm.blueprint_id == blueprint_id)
    else:
        slots = slots.where(ExamForm.id.in_(avoid))
    return set(db.scalars(select(Item.code).where(Item.id.in_(slots))))


def _next_label(db: Session, blueprint_id: int) -> str:
    count = select(func.count()).select_from(ExamForm).where(ExamForm.blueprint_id == blueprint_id)
    return form_label(db.scalar(count) or 0)


def slot_keys(db: Session, form_id: int) -> list[SlotKey]:
    """Return the keys of a form's slots in order, for scoring and marking. Never show them to a candidate.

    Raises:
        NotFound: if there is no such form.
    """
    rows = db.scalars(select(FormSlot).where(FormSlot.form_id == form_id).order_by(FormSlot.slot)).all()
    if not rows:
        raise NotFound(said("没有这份试卷。"))
    wanted = select(ItemVersion).where(ItemVersion.id.in_({row.version_id for row in rows}))
    versions = {v.id: to_text(v) for v in db.scalars(wanted.options(selectinload(ItemVersion.key)))}
    return [
        SlotKey(
            slot=row.slot,
            item_id=row.item_id,
            part=versions[row.version_id].parts[row.part],
            points=Decimal(str(row.points)),
            option_ids=row.option_ids,
        )
        for row in rows
    ]
