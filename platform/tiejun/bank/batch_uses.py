"""Which versions of items were used, so that they must stay: by the bank itself, and by other features.

The bank knows no other feature. The factory and the command line make each known (`contribute`).
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import Words, said
from tiejun.bank.law_reviews.models import LawReview
from tiejun.bank.law_reviews.things import ITEM
from tiejun.bank.life.models import ItemComment, ItemStep
from tiejun.bank.life.rules import Step
from tiejun.bank.models import FormSlot, Item, ItemVersion

Uses = Callable[[Session, int, datetime], set[int]]
"""Called with the id of a batch and its instant; returns which of its versions are in use."""


def _in_forms(db: Session, batch_id: int, _since: datetime) -> set[int]:
    slots = select(FormSlot.version_id).join(ItemVersion, ItemVersion.id == FormSlot.version_id)
    return set(db.scalars(slots.where(ItemVersion.batch_id == batch_id)))


def _edited_since(db: Session, batch_id: int, _since: datetime) -> set[int]:
    versions = select(ItemVersion.id).join(Item, Item.id == ItemVersion.item_id)
    return set(
        db.scalars(
            versions.where(ItemVersion.batch_id == batch_id, Item.current_version > ItemVersion.number)
        )
    )


def _decided_since(db: Session, batch_id: int, since: datetime) -> set[int]:
    reviewed = select(ItemVersion.id).join(LawReview, LawReview.subject_id == ItemVersion.item_id)
    return set(
        db.scalars(
            reviewed.where(
                ItemVersion.batch_id == batch_id, LawReview.kind == ITEM, LawReview.decided_at >= since
            )
        )
    )


def _reviewed_since(db: Session, batch_id: int, since: datetime) -> set[int]:
    versions = select(ItemVersion.id).where(ItemVersion.batch_id == batch_id)
    moved = select(ItemStep.item_id).where(ItemStep.step != Step.WRITE, ItemStep.at >= since)
    remarked = select(ItemComment.item_id).where(ItemComment.at >= since)
    return set(db.scalars(versions.where(ItemVersion.item_id.in_(moved) | ItemVersion.item_id.in_(remarked))))


_USES: dict[Words, Uses] = {
    said("已组入试卷"): _in_forms,
    said("导入后又修改过"): _edited_since,
    said("已按法规变动作出处理"): _decided_since,
    said("已审核或有批注"): _reviewed_since,
}


def contribute(reason: Words, uses: Uses) -> None:
    """Make known how another feature uses versions; for the factory and the command line, any times."""
    _USES[reason] = uses


def uses_of(db: Session, batch_id: int, since: datetime) -> Iterator[tuple[Words, set[int]]]:
    """Return each way in which versions of an import are used, with the versions."""
    for reason, uses in _USES.items():
        if found := uses(db, batch_id, since):
            yield reason, found
