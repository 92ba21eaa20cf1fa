"""Writes of the use of items, when the results of a sitting are declared."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from question_bank.statistics import Moments, discrimination, facility
from tiejun.bank.models import FormSlot
from tiejun.bank.usage.models import ItemObservation, ItemUsage

FIGURES = ("count", "item", "item_squares", "rest", "rest_squares", "products")
AT_ONCE = 500


def observe(
    db: Session, occasion: UUID, held_on: date, form_id: int, attempts: Sequence[Mapping[int, Decimal]]
) -> None:
    """Write what one form showed on one occasion, in place of what was written of it before.

    Args:
        occasion: public id of the sitting.
        attempts: final points by slot of each candidate who sat; a slot that lacks earned nothing.
    """
    worth: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for slot, item_id, points in db.execute(
        select(FormSlot.slot, FormSlot.item_id, FormSlot.points).where(FormSlot.form_id == form_id)
    ):
        worth[item_id].append((slot, Decimal(str(points))))
    of_this = (ItemObservation.occasion == occasion, ItemObservation.form_id == form_id)
    db.execute(delete(ItemObservation).where(*of_this))
    if attempts:
        db.add_all(
            _observation(item_id, occasion, form_id, held_on, moments)
            for item_id, moments in _moments(worth, attempts).items()
        )
    db.flush()
    _reckon(db, worth)


def _moments(
    worth: Mapping[int, Sequence[tuple[int, Decimal]]], attempts: Sequence[Mapping[int, Decimal]]
) -> dict[int, Moments]:
    """Return the sums of each item; a case's slots count as one item."""
    full = float(sum(points for slots in worth.values() for _slot, points in slots))
    earned = [{slot: float(points) for slot, points in attempt.items()} for attempt in attempts]
    totals = [sum(attempt.values()) for attempt in earned]
    found = {}
    for item_id, slots in worth.items():
        most = float(sum(points for _slot, points in slots))
        own = [sum(attempt.get(slot, 0.0) for slot, _points in slots) for attempt in earned]
        others = full - most or 1.0
        pairs = zip(own, totals, strict=True)
        found[item_id] = Moments.of((got / most, (total - got) / others) for got, total in pairs)
    return found


def _observation(
    item_id: int, occasion: UUID, form_id: int, held_on: date, moments: Moments
) -> ItemObservation:
    figures = {name: getattr(moments, name) for name in FIGURES}
    return ItemObservation(item_id=item_id, occasion=occasion, form_id=form_id, held_on=held_on, **figures)


def _reckon(db: Session, item_ids: Iterable[int]) -> None:
    """Write the figures of some items anew from all their observations."""
    ids = sorted(item_ids)
    for start in range(0, len(ids), AT_ONCE):
        chunk = ids[start : start + AT_ONCE]
        observed: dict[int, list[ItemObservation]] = defaultdict(list)
        for row in db.scalars(select(ItemObservation).where(ItemObservation.item_id.in_(chunk))):
            observed[row.item_id].append(row)
        db.execute(delete(ItemUsage).where(ItemUsage.item_id.in_(chunk)))
        db.add_all(_usage(item_id, rows) for item_id, rows in observed.items())
    db.flush()


def _usage(item_id: int, rows: Sequence[ItemObservation]) -> ItemUsage:
    groups = [Moments(**{name: getattr(row, name) for name in FIGURES}) for row in rows]
    return ItemUsage(
        item_id=item_id,
        sittings=len({row.occasion for row in rows}),
        served=sum(row.count for row in rows),
        last_used_on=max(row.held_on for row in rows),
        facility=facility(groups),
        discrimination=discrimination(groups),
    )
