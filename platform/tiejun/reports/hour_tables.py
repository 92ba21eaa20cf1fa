"""Study hours of the year by unit, against the hours that everybody owes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from tiejun.reports.outcome_tables import address, unit_name
from tiejun.reports.tables import Column, Kind, Row, Table, share
from tiejun.reports.view import View
from tiejun.study.queries import TARGET, UnitHours
from tiejun.workbooks import Cell


@dataclass(frozen=True)
class Hours:
    """Officers in post, the hours they learnt in a year, and how many reached what they owe."""

    officers: int = 0
    hours: float = 0.0
    reached: int = 0

    def __add__(self, other: "Hours") -> "Hours":
        return Hours(self.officers + other.officers, self.hours + other.hours, self.reached + other.reached)

    @property
    def mean(self) -> float:
        """The hours of an officer on average."""
        return round(self.hours / self.officers, 1) if self.officers else 0.0

    @property
    def missing(self) -> float:
        """How many hours the average lacks."""
        return max(0.0, round(TARGET - self.mean, 1))


def by_branch(view: View, found: Iterable[UnitHours]) -> dict[int, Hours]:
    """Return the hours of units summed up by branch."""
    sums: dict[int, Hours] = {}
    for one in found:
        at = view.branch_of(one.unit.path)
        sums[at] = sums.get(at, Hours()) + Hours(one.officers, one.hours, one.reached)
    return sums


def hours_by_unit(view: View, found: Mapping[int, Hours]) -> Table:
    """Return the hours by the units right below."""
    rows = [
        Row(unit_name(view, unit), _cells(found.get(unit.id, Hours())), address(view, unit))
        for unit in view.shown(found)
    ]
    rows.append(Row(_("合计"), _cells(sum(found.values(), Hours())), is_sum=True))
    goal = f"{TARGET:g}"
    columns = [
        Column(_("在岗人员")),
        Column(_("人均学时"), "accent"),
        Column(_("满%(n)s学时", n=goal)),
        Column(_("未满%(n)s学时", n=goal)),
        Column(_("达标率")),
    ]
    return Table(
        "hours",
        _("各单位学时"),
        _("单位"),
        columns,
        rows,
        _("学时（单位）"),
        Kind.BARS,
        _("学时"),
        (_("按现在所在单位计，调动的人带着全年学时；每人每年应学 %(n)s 学时。", n=goal),),
    )


def _cells(one: Hours) -> list[Cell]:
    rate = one.reached / one.officers if one.officers else None
    mean = one.mean if one.officers else None
    return [one.officers, mean, one.reached, one.officers - one.reached, share(rate)]
