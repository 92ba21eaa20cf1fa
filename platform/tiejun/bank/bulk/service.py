"""Changes of several items at once: looked at, confirmed, then all of them or none."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from question_bank.item import Item as ItemText
from question_bank.words import said
from tiejun import crypto
from tiejun.audit import Actor, record
from tiejun.bank.bulk.rules import MOST, ON_FORM, Change, Powers, Standing, refusal
from tiejun.bank.item_rows import IS_CURRENT, revise_many, text_digest, to_text
from tiejun.bank.law_reviews.impact import follow_ends
from tiejun.bank.law_reviews.models import Cause, Decision, LawReview
from tiejun.bank.law_reviews.queue import close
from tiejun.bank.law_reviews.things import ITEM
from tiejun.bank.life.rules import Step
from tiejun.bank.life.service import note_step
from tiejun.bank.models import FormSlot, Item, ItemPurpose, ItemVersion
from tiejun.bank.queries import ItemFilter, matching
from tiejun.bank.secrecy import Sight, is_lowered
from tiejun.bank.states import ItemState
from tiejun.errors import Conflict, Problem, Rejected

PORTION = 400
Told = dict[str, list[Any]]
"""What is changed of an item: before and after, by name."""


@dataclass(frozen=True)
class _Plan:
    """What becomes of one item: `text` where it gets a new version, `refusal` where it cannot be changed."""

    row: Item
    before: ItemText
    text: ItemText | None
    purpose: ItemPurpose
    refusal: str | None = None

    @property
    def is_changed(self) -> bool:
        """Whether anything becomes of it."""
        return self.text is not None or self.purpose != self.row.purpose


@dataclass(frozen=True)
class Look:
    """What a change would do to the chosen items; `mark` stands for these items as they are.

    `texts` get a new version, `classes` another class, `changed` either. `refused` has the codes of those
    that cannot be changed by the reason.
    """

    total: int
    changed: int
    texts: int
    classes: int
    refused: Mapping[str, Sequence[str]]
    mark: str


def look(db: Session, sight: Sight, wanted: ItemFilter, change: Change, powers: Powers) -> Look:
    """Return what a change would do; nothing is changed.

    Raises:
        Rejected: if more items are meant than `MOST`, or none.
    """
    return _look(_plans(db, sight, wanted, change, powers), wanted)


def change_items(  # noqa: PLR0913 - which items, as they were looked at, by whom
    db: Session,
    sight: Sight,
    wanted: ItemFilter,
    change: Change,
    powers: Powers,
    mark: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Change the chosen items, all or none; return how many became different.

    What items ask and what answers them stays, so their state does too (decision 0035).

    Args:
        mark: of the look that was confirmed.

    Raises:
        Conflict: if these are no longer the items that were looked at, or not as they were.
        Rejected: naming the items that cannot be changed, and why.
    """
    plans = _plans(db, sight, wanted, change, powers, lock=True)
    found = _look(plans, wanted)
    _need_same(found.mark, mark)
    if found.refused:
        problems = [Problem(code, "", why) for why, codes in found.refused.items() for code in codes]
        raise Rejected(said("没有改动任何试题。"), problems)
    done = [plan for plan in plans if plan.is_changed]
    told = {plan.row.id: _told(plan) for plan in done}
    _write(db, done, actor, now)
    for plan in done:
        version = plan.row.current_version
        record(
            db, actor, "item.bulk_changed", ("item", plan.row.code), now, version=version, **told[plan.row.id]
        )
    db.flush()
    _follow_law(db, change, [plan for plan in done if plan.text is not None], actor, now)
    return len(done)


def note_refused_lowering(db: Session, found: Look, actor: Actor, now: datetime) -> None:
    """Note who learned from a look which items stand on a form: papers may be sealed."""
    if codes := found.refused.get(ON_FORM):
        record(
            db,
            actor,
            "items.lowering_refused",
            ("item_bank", "bulk"),
            now,
            count=len(codes),
            codes=list(codes[:50]),
        )


def _plans(
    db: Session, sight: Sight, wanted: ItemFilter, change: Change, powers: Powers, *, lock: bool = False
) -> list[_Plan]:
    query = matching(db, sight, wanted).order_by(Item.id).limit(MOST + 1)
    rows = db.scalars(query.with_for_update(of=Item) if lock else query).all()
    if not rows and not wanted.codes:
        raise Rejected(said("没有选择试题。"), [])
    if len(rows) > MOST:
        raise Rejected(said("一次最多改 %(most)s 题，请用筛选条件分几次改。", most=MOST), [])
    texts = _texts(db, [row.id for row in rows])
    purpose = ItemPurpose(change.purpose) if change.purpose else None
    lowered = {row.id for row in rows if purpose and is_lowered(ItemPurpose(row.purpose), purpose)}
    on_forms = set(_on_forms(db, sorted(lowered)))
    plans = []
    for row in rows:
        plan = _plan(row, texts[row.id], change)
        standing = Standing(
            ItemState(row.state),
            row.unit is not None,
            plan.purpose is ItemPurpose.PRACTICE,
            row.id in lowered,
            row.id in on_forms,
        )
        new_text, new_class = plan.text is not None, plan.purpose != row.purpose
        why = refusal(change, standing, powers, is_new_text=new_text, is_new_class=new_class)
        plans.append(replace(plan, refusal=why))
    return plans


def _plan(row: Item, before: ItemText, change: Change) -> _Plan:
    after = change.of(before)
    text = after if text_digest(after) != row.digest else None
    return _Plan(row, before, text, ItemPurpose(change.purpose or row.purpose))


def _texts(db: Session, item_ids: Sequence[int]) -> dict[int, ItemText]:
    found = {}
    for some in _portions(item_ids):
        query = select(ItemVersion).join(Item, IS_CURRENT).where(Item.id.in_(some))
        for version in db.scalars(query.options(selectinload(ItemVersion.key))):
            found[version.item_id] = to_text(version)
    return found


def _on_forms(db: Session, item_ids: Sequence[int]) -> Iterator[int]:
    for some in _portions(item_ids):
        yield from db.scalars(select(FormSlot.item_id).where(FormSlot.item_id.in_(some)).distinct())


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), PORTION):
        yield ids[start : start + PORTION]


def _look(plans: Collection[_Plan], wanted: ItemFilter) -> Look:
    refused: dict[str, list[str]] = defaultdict(list)
    for plan in plans:
        if plan.refusal:
            refused[plan.refusal].append(plan.row.code)
    if missing := sorted(set(wanted.codes) - {plan.row.code for plan in plans}):
        refused[said("题库中没有这道试题。")] += missing
    rows = [plan.row for plan in plans]
    return Look(
        total=len(plans),
        changed=sum(plan.is_changed for plan in plans),
        texts=sum(plan.text is not None for plan in plans),
        classes=sum(plan.purpose != plan.row.purpose for plan in plans),
        refused=refused,
        mark=mark_of(rows),
    )


def mark_of(rows: Collection[Item]) -> str:
    """Return what stands for these items as they are: another version, state or class gives another."""
    return crypto.digest("\n".join(f"{r.code} {r.current_version} {r.state} {r.purpose}" for r in rows))


def need_as_seen(rows: Collection[Item], mark: str) -> None:
    """Refuse items that are not those, or not as they were, when they were looked at.

    Raises:
        Conflict: `changed_meanwhile`.
    """
    _need_same(mark_of(rows), mark)


def _need_same(present: str, mark: str) -> None:
    if present != mark:
        message = said("所选试题在核对之后有了变化，没有改动任何试题。请再核对一遍。")
        raise Conflict(message, code="changed_meanwhile")


def _told(plan: _Plan) -> Told:
    row, told = plan.row, Told()
    if plan.purpose != row.purpose:
        told["purpose"] = [str(row.purpose), plan.purpose.value]
    if plan.text is not None:
        before, after = plan.before.key_json(), plan.text.key_json()
        for name in ("unit", "tiers", "difficulty", "transitional"):
            if before.get(name) != after.get(name):
                told[name] = [before.get(name), after.get(name)]
    return told


def _write(db: Session, plans: Sequence[_Plan], actor: Actor, now: datetime) -> None:
    changed = [(plan.row, plan.text) for plan in plans if plan.text is not None]
    revise_many(db, changed, actor.name, now)
    for row, _text in changed:
        note_step(db, row, Step.WRITE, actor, now)
    for plan in plans:
        plan.row.purpose, plan.row.updated_at = plan.purpose, now
    db.flush()


def _follow_law(db: Session, change: Change, plans: Sequence[_Plan], actor: Actor, now: datetime) -> None:
    """Let what cites ended law on purpose leave the queue, and what does so no longer come in."""
    if change.transitional:
        for some in _portions([plan.row.id for plan in plans]):
            ended = select(LawReview).where(
                LawReview.kind == ITEM,
                LawReview.subject_id.in_(some),
                LawReview.cause == Cause.ENDED,
                LawReview.decided_at.is_(None),
            )
            close(db, db.scalars(ended).all(), Decision.REWRITTEN, actor, now)
    elif change.transitional is False:
        follow_ends(db, {one.law for plan in plans for one in plan.before.citations}, actor, now)
