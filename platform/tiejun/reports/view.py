"""Which unit a dashboard is about, and the units it leads up and down to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Permission, Persona
from tiejun.clock import BEIJING, beijing
from tiejun.errors import NotFound
from tiejun.people.models import Unit
from tiejun.people.queries import in_scope

FIRST_YEAR = 2022  # 环办执法〔2022〕21号: nothing was examined under it before
AHEAD = 1  # sittings are planned into the next year


class Adds(Protocol):
    """What can be summed up."""

    def __add__(self, other: "Adds", /) -> "Adds": ...


Figure = TypeVar("Figure", int, Adds)


@dataclass(frozen=True)
class View:
    """What a dashboard looks at: a unit with all below it, a calendar year in Beijing, and today."""

    unit: Unit
    roots: Sequence[Unit]  # the units to which the person's right reaches down from
    trail: Sequence[Unit]  # from such a root down to the unit
    branches: Sequence[Unit]  # the units right below
    year: int
    now: datetime

    @property
    def today(self) -> date:
        """The present day in Beijing."""
        return beijing(self.now).date()

    @property
    def years(self) -> range:
        """The years that can be chosen, up to the next one."""
        return range(FIRST_YEAR, self.today.year + AHEAD + 1)

    def quarter_starts(self) -> tuple[datetime, ...]:
        """Return the five instants at which this year's quarters and the next year begin in Beijing."""
        months = (1, 4, 7, 10)
        starts = [datetime(self.year, month, 1, tzinfo=BEIJING) for month in months]
        return (*starts, datetime(self.year + 1, 1, 1, tzinfo=BEIJING))

    def branch_of(self, path: str) -> int:
        """Return the id of the branch a unit of this path lies in; the viewed unit's own id for itself."""
        below = path.removeprefix(self.unit.path).partition("/")[0]
        return int(below) if below else self.unit.id

    def shown(self, *figures: Mapping[int, object]) -> list[Unit]:
        """Return the branches by code; before them the unit itself where it has a figure of its own."""
        own = any(self.unit.id in found for found in figures) or not self.branches
        return [self.unit, *self.branches] if own else list(self.branches)


def view(db: Session, who: Persona, unit_id: int | None, year: int | None, now: datetime) -> View:
    """Return the view of a unit within reach, by default the first the person's right begins at.

    Raises:
        NotFound: if the unit is not within reach.
    """
    scopes = who.scopes(Permission.DASHBOARD_VIEW)
    query = select(Unit).where(in_scope(scopes), or_(Unit.path.in_(scopes), Unit.id == unit_id))
    found = list(db.scalars(query.order_by(Unit.path)))
    roots = [unit for unit in found if unit.path in scopes and not _lies_below(unit, scopes)]
    unit = next((one for one in found if one.id == unit_id), None) if unit_id is not None else roots[0]
    if unit is None:
        raise NotFound(said("没有找到这个单位，或者您无权查看。"))
    above = [int(part) for part in unit.path.split("/") if part]
    query = select(Unit).where(in_scope(scopes), or_(Unit.id.in_(above), Unit.parent_id == unit.id))
    near = list(db.scalars(query.order_by(Unit.code)))
    trail = sorted((one for one in near if one.id in above), key=lambda one: len(one.path))
    below = [one for one in near if one.parent_id == unit.id]
    this_year = beijing(now).year
    in_range = year is not None and FIRST_YEAR <= year <= this_year + AHEAD
    return View(unit, roots, trail, below, year if year is not None and in_range else this_year, now)


def _lies_below(unit: Unit, scopes: Sequence[str]) -> bool:
    return any(unit.path != scope and unit.path.startswith(scope) for scope in scopes)
