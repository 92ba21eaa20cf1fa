"""The queue of what rests on changed law: who waits in it, and what takes a thing out again."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from tiejun.audit import Actor, record
from tiejun.bank.law_reviews.models import Decision, LawReview
from tiejun.bank.law_reviews.things import ITEM
from tiejun.bank.models import Item, LawVersion

Cited = tuple[str, str]
"""A citation: law version and article."""

IS_WAITING: ColumnElement[bool] = (
    exists()
    .where(LawReview.kind == ITEM, LawReview.subject_id == Item.id, LawReview.decided_at.is_(None))
    .correlate(Item)
)
"""Condition on `Item`: it waits for a decision, and is neither drawn into forms nor served in practice."""


def waiting(db: Session, kind: str, subject_id: int) -> list[LawReview]:
    """Return the open reviews of a thing, the oldest first."""
    open_ones = select(LawReview).where(
        LawReview.kind == kind, LawReview.subject_id == subject_id, LawReview.decided_at.is_(None)
    )
    return list(db.scalars(open_ones.order_by(LawReview.id)))


def waiting_ids(db: Session, kind: str) -> set[int]:
    """Return which things of a kind wait."""
    open_ones = select(LawReview.subject_id).where(LawReview.kind == kind, LawReview.decided_at.is_(None))
    return set(db.scalars(open_ones.distinct()))


def settle(
    db: Session,
    thing: tuple[str, int],
    cited: Iterable[Cited],
    actor: Actor,
    now: datetime,
    *,
    is_transitional: bool = False,
) -> list[LawReview]:
    """Close the reviews of a thing (kind, id) that its new version answers; return them.

    A review is answered when the version no longer cites that article, or the same one was chosen for its
    corrected text, or when all that it cites stays in force, or is said to be cited on purpose
    (`is_transitional`): then its writer has had the new text before them.

    Args:
        cited: law version and article of each citation of the new version.
    """
    present = set(cited)
    answered = _answered(db, waiting(db, *thing), present, is_transitional=is_transitional)
    exchanged = [row for row in answered if (row.target_law_id, row.target_article) in present]
    close(db, exchanged, Decision.REANCHORED, actor, now)
    close(db, [row for row in answered if row not in exchanged], Decision.REWRITTEN, actor, now)
    return answered


def submit(db: Session, thing: tuple[str, int], cited: Iterable[Cited], now: datetime) -> None:
    """Note that a new version of a thing went to its second reader, and which reviews it answers."""
    found, present = waiting(db, *thing), set(cited)
    answered = _answered(db, found, present)
    for row in found:
        row.submitted_at = now if row in answered else None
        if (row.target_law_id, row.target_article) not in present:
            row.target_law_id = row.target_article = None


def withdraw(db: Session, thing: tuple[str, int]) -> None:
    """Note that the version which went to its second reader came back."""
    for row in waiting(db, *thing):
        row.submitted_at = None


def _answered(
    db: Session, found: Collection[LawReview], present: Collection[Cited], *, is_transitional: bool = False
) -> list[LawReview]:
    """Return the reviews that a version with these citations answers."""
    if not found:
        return []
    laws = {law_id for law_id, _article in present}
    ending = select(LawVersion.id).where(LawVersion.id.in_(laws), LawVersion.ceased.is_not(None))
    rests_on_old_law = not is_transitional and db.scalar(ending.limit(1)) is not None
    return [
        row
        for row in found
        if not rests_on_old_law
        or (row.law_id, row.article) not in present
        or (row.target_law_id, row.target_article) == (row.law_id, row.article)
    ]


def close(
    db: Session,
    reviews: Collection[LawReview],
    decision: Decision,
    actor: Actor,
    now: datetime,
    note: str = "",
) -> None:
    """Write a decision into reviews."""
    for review in reviews:
        review.decision, review.decided_by, review.decided_at = decision, actor.name, now
        review.submitted_at, review.note = None, note
        record(
            db,
            actor,
            "law_review.decided",
            (review.kind, review.subject_id),
            now,
            decision=decision.value,
            law=review.law_id,
            article=review.article,
            target=f"{review.target_law_id} {review.target_article}" if review.target_law_id else None,
        )
    db.flush()
