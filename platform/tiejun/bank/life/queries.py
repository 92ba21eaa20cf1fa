"""Reads of the life of items: one item's history, what waits for a reviewer, what came back to a writer."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from tiejun.access import Permission, Persona
from tiejun.bank.life.models import ItemComment, ItemStep
from tiejun.bank.life.rules import Person, Step, open_steps, refusal
from tiejun.bank.life.service import history, taken, writers
from tiejun.bank.models import Item, ItemVersion
from tiejun.bank.secrecy import sight_of
from tiejun.bank.states import ItemState
from tiejun.listing import ListPage, scalar_page

IN_REVIEW = (ItemState.FIRST_REVIEW, ItemState.SECOND_REVIEW)


@dataclass(frozen=True)
class Life:
    """What has become of an item, and what the reader may do next; `why_not` says why he may not review."""

    steps: Sequence[ItemStep]
    comments: Sequence[ItemComment]
    open: Sequence[Step]
    why_not: str | None


def person_of(who: Persona) -> Person:
    """Return a signed-in person as the rules see him."""
    writes, reviews = who.may(Permission.ITEM_WRITE), who.may(Permission.ITEM_REVIEW)
    return Person(who.account_id, who.label, writes, reviews)


def life_of(db: Session, item: Item, who: Persona) -> Life:
    """Return the life of an item as one person sees it."""
    steps = history(db, item.id)
    state, person = ItemState(item.state), person_of(who)
    names, past = writers(db, item, steps), taken(steps)
    why_not = None
    if person.reviews and state in IN_REVIEW:
        why_not = refusal(Step.PASS, state, person, names, past)
    comments = select(ItemComment).where(ItemComment.item_id == item.id).order_by(ItemComment.id)
    return Life(steps, db.scalars(comments).all(), open_steps(state, person, names, past), why_not)


def _last_step() -> ColumnElement[int]:
    found: ColumnElement[int] = (
        select(func.max(ItemStep.id)).where(ItemStep.item_id == Item.id).correlate(Item).scalar_subquery()
    )
    return found


def waiting_for(who: Persona) -> Select[Item]:
    """Return the query of the items in review that a person may review, the longest waiting first.

    The same as `rules.refusal` says of passing them, in the database: `life_of` decides in the end.
    """
    written, passed = aliased(ItemStep), aliased(ItemStep)
    # An item in review was submitted after its last version was written; a first pass follows that.
    own = select(written.id).where(
        written.item_id == Item.id,
        written.step == Step.WRITE,
        written.account_id == who.account_id,
        written.version > _last_settled(),
    )
    by_name = select(ItemVersion.id).where(
        ItemVersion.item_id == Item.id,
        ItemVersion.created_by == who.label,
        ItemVersion.number > _last_settled(),
    )
    first = select(passed.id).where(
        passed.id == _last_step(), passed.step == Step.PASS, passed.account_id == who.account_id
    )
    return (
        select(Item)
        .where(
            or_(
                Item.state == ItemState.FIRST_REVIEW,
                and_(Item.state == ItemState.SECOND_REVIEW, ~first.exists()),
            ),
            sight_of(who).condition(),
            ~own.exists(),
            ~by_name.exists(),
        )
        .order_by(Item.updated_at, Item.code)
    )


def _last_settled() -> ColumnElement[int]:
    settled = aliased(ItemStep)
    found: ColumnElement[int] = func.coalesce(
        select(func.max(settled.version))
        .where(
            settled.item_id == Item.id,
            settled.state.in_((ItemState.OPERATIONAL, ItemState.PILOT)),
            settled.step != Step.WRITE,
        )
        .correlate(Item)
        .scalar_subquery(),
        0,
    )
    return found


def review_page(db: Session, who: Persona, number: int) -> ListPage[Item]:
    """Return one page of what a person may review."""
    return scalar_page(db, waiting_for(who), number)


def returned_to(db: Session, who: Persona) -> Sequence[tuple[Item, ItemStep]]:
    """Return the drafts of a person that a reviewer sent back, with that step, the oldest first."""
    written = aliased(ItemStep)
    own = select(written.id).where(
        written.item_id == Item.id, written.step == Step.WRITE, written.account_id == who.account_id
    )
    query = (
        select(Item, ItemStep)
        .join(ItemStep, ItemStep.id == _last_step())
        .where(Item.state == ItemState.DRAFT, ItemStep.step == Step.RETURN, own.exists())
        .order_by(ItemStep.at)
    )
    return [(item, step) for item, step in db.execute(query)]
