"""Taking an import back whole, as long as nothing that it brought was used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank.batch_uses import uses_of
from tiejun.bank.item_rows import describe, to_text
from tiejun.bank.law_reviews.impact import follow_ends
from tiejun.bank.law_reviews.models import LawReview
from tiejun.bank.law_reviews.things import ITEM
from tiejun.bank.life.models import ItemStep
from tiejun.bank.models import Citation, Item, ItemBatch, ItemKey, ItemVersion
from tiejun.bank.queries import get_batch
from tiejun.bank.secrecy import Sight
from tiejun.bank.states import ItemState
from tiejun.errors import Conflict, Problem, Rejected

NAMED = 5


@dataclass(frozen=True)
class Undone:
    """What went: new items, and new versions of items that were there before."""

    items: int
    versions: int


def hindrances(db: Session, batch: ItemBatch) -> list[Problem]:
    """Return why an import cannot be undone, each kind of use with how many and some codes."""
    found = []
    for reason, versions in uses_of(db, batch.id, batch.created_at):
        codes = _codes(db, versions)
        message = said("%(n)s 题，如 %(codes)s", n=len(versions), codes="、".join(codes))
        found.append(Problem(batch.filename, reason, message))
    written = db.scalar(select(func.count()).where(ItemVersion.batch_id == batch.id)) or 0
    if written < batch.report.get("created", 0) + batch.report.get("updated", 0):
        lacking = said("这次导入更新过的试题没有记录是哪一版，不能撤销")
        found.append(Problem(batch.filename, said("早先的导入"), lacking))
    return found


def undo_batch(db: Session, sight: Sight, public_id: UUID, actor: Actor, now: datetime) -> Undone:
    """Take back all that an import wrote; its row stays and says who took it back and when.

    New items go. An item that got a new version says again what it said before, under the number before.

    Raises:
        NotFound: if there is no such import.
        Conflict: if it was undone before, or something else came to rest on an item at this moment.
        Rejected: if something of it was used; nothing is changed then.
    """
    batch = get_batch(db, sight, public_id)
    db.refresh(batch, with_for_update=True)
    if batch.undone_at is not None:
        raise Conflict(said("这次导入已经撤销。"), code="already_undone")
    if problems := hindrances(db, batch):
        raise Rejected(said("这次导入的试题已有使用，不能撤销，题库没有变动。"), problems)
    try:
        with db.begin_nested():
            undone = _take_back(db, batch, actor, now)
    except IntegrityError as error:
        message = said("这次导入的试题正在别处使用，不能撤销，题库没有变动。")
        raise Conflict(message, code="in_use") from error
    batch.undone_by, batch.undone_at = actor.name, now
    details = {"items": undone.items, "versions": undone.versions}
    record(db, actor, "items.undone", ("item_batch", batch.public_id), now, **details)
    return undone


def _codes(db: Session, versions: set[int]) -> Sequence[str]:
    some = sorted(versions)[:NAMED]
    query = select(Item.code).join(ItemVersion, ItemVersion.item_id == Item.id)
    return db.scalars(query.where(ItemVersion.id.in_(some)).order_by(Item.code)).all()


def _take_back(db: Session, batch: ItemBatch, actor: Actor, now: datetime) -> Undone:
    created = select(Item.id).where(Item.batch_id == batch.id)
    changed = db.scalars(
        select(Item)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .where(ItemVersion.batch_id == batch.id, ItemVersion.number > 1)
        .order_by(Item.id)
        .with_for_update(of=Item)
    ).all()
    written = _forget_writing(db, batch)
    _drop_versions(db, select(ItemVersion.id).where(ItemVersion.batch_id == batch.id))
    cited = {law for item in changed for law in _say_as_before(db, item, now)}
    for item in changed:
        if item.id in written:
            item.state = _state_before(db, item)
    # Whatever waits for a decision about an item that goes waits for nothing.
    db.execute(delete(LawReview).where(LawReview.kind == ITEM, LawReview.subject_id.in_(created)))
    gone = len(db.scalars(created).all())
    db.execute(delete(Item).where(Item.batch_id == batch.id))
    follow_ends(db, cited, actor, now)
    return Undone(gone, len(changed))


def _forget_writing(db: Session, batch: ItemBatch) -> set[int]:
    """Delete the steps that say who wrote these versions; return the items that became drafts by them."""
    versions = select(ItemVersion.item_id).where(ItemVersion.batch_id == batch.id)
    steps = select(ItemStep).join(Item, Item.id == ItemStep.item_id)
    rows = db.scalars(
        steps.where(ItemStep.item_id.in_(versions), ItemStep.version == Item.current_version)
    ).all()
    for row in rows:
        db.delete(row)
    db.flush()
    return {row.item_id for row in rows}


def _state_before(db: Session, item: Item) -> ItemState:
    """Return the state of the last step, or else the one that was declared when the item was imported."""
    last = select(ItemStep.state).where(ItemStep.item_id == item.id).order_by(ItemStep.id.desc()).limit(1)
    batch = db.get(ItemBatch, item.batch_id) if item.batch_id else None
    declared = batch.report.get("state") if batch is not None else None
    return ItemState(db.scalar(last) or declared or ItemState.OPERATIONAL)


def _drop_versions(db: Session, versions: Select[int]) -> None:
    db.execute(delete(Citation).where(Citation.version_id.in_(versions)))
    db.execute(delete(ItemKey).where(ItemKey.version_id.in_(versions)))
    db.execute(delete(ItemVersion).where(ItemVersion.id.in_(versions)))


def _say_as_before(db: Session, item: Item, now: datetime) -> set[str]:
    """Make the version before the current one so again; return the law versions that it cites.

    Reviews of what only the version that went had cited go with it.
    """
    item.current_version -= 1
    before = select(ItemVersion).where(
        ItemVersion.item_id == item.id, ItemVersion.number == item.current_version
    )
    version = db.scalars(before.options(selectinload(ItemVersion.key))).one()
    text = to_text(version)
    describe(db, item, text, now)
    db.flush()
    cited = {(citation.law, citation.article) for citation in text.citations}
    waits = select(LawReview).where(
        LawReview.kind == ITEM, LawReview.subject_id == item.id, LawReview.decided_at.is_(None)
    )
    for review in db.scalars(waits):
        if (review.law_id, review.article) not in cited:
            db.delete(review)
    return {law for law, _article in cited}
