"""What of the use of items a list may be filtered and sorted by."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tiejun.bank.models import Item
from tiejun.bank.usage.models import ItemUsage

YEAR = timedelta(days=365)


class Band(NamedTuple):
    """Values from `low` on and below `high`; None is no limit."""

    low: float | None
    high: float | None


DIFFICULTIES = {"hard": Band(None, 0.5), "medium": Band(0.5, 0.8), "easy": Band(0.8, None)}
"""By the share of points that candidates earned; where nobody sat it yet, by the writer's estimate."""
DISCRIMINATIONS = {
    "negative": Band(None, 0),
    "poor": Band(0, 0.2),
    "fair": Band(0.2, 0.4),
    "good": Band(0.4, None),
}
UNKNOWN = "unknown"
USED = ("never", "year", "over_year", "over_two_years")
SORTS = {
    "used": ItemUsage.last_used_on,
    "facility": ItemUsage.facility,
    "discrimination": ItemUsage.discrimination,
}


def filtered(query: Select[Item], difficulty: str, discrimination: str, used: str, day: date) -> Select[Item]:
    """Return a query of items narrowed to bands by name; an unknown name narrows nothing.

    Args:
        day: today, from which the years since the last use count.
    """
    found: list[ColumnElement[bool]] = []
    if difficulty in DIFFICULTIES:
        found.append(
            _within(func.coalesce(_figure(ItemUsage.facility), Item.difficulty), DIFFICULTIES[difficulty])
        )
    if discrimination in DISCRIMINATIONS:
        found.append(_within(_figure(ItemUsage.discrimination), DISCRIMINATIONS[discrimination]))
    elif discrimination == UNKNOWN:
        found.append(_figure(ItemUsage.discrimination).is_(None))
    if used in USED:
        found.append(_used(used, day))
    return query.where(*found)


def _used(used: str, day: date) -> ColumnElement[bool]:
    last = _figure(ItemUsage.last_used_on)
    if used == "never":
        return last.is_(None)
    if used == "year":
        return last > day - YEAR
    return last <= day - (YEAR if used == "over_year" else 2 * YEAR)


def _figure(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    return select(column).where(ItemUsage.item_id == Item.id).scalar_subquery()


def _within(value: ColumnElement[Any], band: Band) -> ColumnElement[bool]:
    limits = []
    if band.low is not None:
        limits.append(value >= band.low)
    if band.high is not None:
        limits.append(value < band.high)
    return and_(*limits)


def sorted_by_use(query: Select[Item], name: str, descending: bool) -> Select[Item]:
    """Return a query sorted by one of `SORTS`, items without the figure last."""
    column = SORTS[name]
    joined = query.outerjoin(ItemUsage, ItemUsage.item_id == Item.id)
    return joined.order_by(column.is_(None), column.desc() if descending else column.asc(), Item.code)


def usage_of(db: Session, item_ids: list[int]) -> dict[int, ItemUsage]:
    """Return the figures of some items, by item; those never used lack."""
    rows = db.scalars(select(ItemUsage).where(ItemUsage.item_id.in_(item_ids)))
    return {row.item_id: row for row in rows}
