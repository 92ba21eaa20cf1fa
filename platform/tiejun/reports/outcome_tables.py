"""Pass rates as tables: by quarter, by exam, by unit. The number of people stands beside every rate."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from flask_babel import gettext as _

from tiejun.people.models import Unit
from tiejun.reports.queries import BranchOutcome
from tiejun.reports.rules import FEW, Attempts
from tiejun.reports.tables import Column, Kind, Row, Table, share
from tiejun.reports.view import View
from tiejun.workbooks import Cell, UnsureShare

Key = TypeVar("Key", bound=Hashable)


def by_quarter(found: Sequence[BranchOutcome]) -> Table:
    """Return the outcomes by quarter of the sitting, with the year's sum."""
    quarters = _sums(found, lambda one: one.quarter)
    rows = [
        Row(_("%(n)s 季度", n=number), _cells(quarters.get(number, Attempts()))) for number in range(1, 5)
    ]
    title, sheet = _("各季度合格率"), _("合格率（季度）")
    return _table("quarters", title, _("季度"), [*rows, _sum_row(found)], sheet, Kind.COLUMNS)


def by_exam(found: Sequence[BranchOutcome]) -> Table:
    """Return the outcomes by exam and quarter; exams of one title stay apart."""
    exams = _sums(found, lambda one: (one.exam_id, one.title, one.quarter))
    rows = [
        Row(_("%(title)s（%(n)s 季度）", title=title, n=quarter), _cells(attempts))
        for (_id, title, quarter), attempts in exams.items()
    ]
    return _table("exams", _("各考试合格率"), _("考试"), [*rows, _sum_row(found)], _("合格率（考试）"))


def by_unit(view: View, found: Sequence[BranchOutcome]) -> Table:
    """Return the outcomes by the units right below; each leads on to its own dashboard."""
    branches = _sums(found, lambda one: one.branch)
    rows = [
        Row(unit_name(view, unit), _cells(branches.get(unit.id, Attempts())), address(view, unit))
        for unit in view.shown(branches)
    ]
    title, sheet = _("各单位合格率"), _("合格率（单位）")
    return _table("units", title, _("单位"), [*rows, _sum_row(found)], sheet, Kind.BARS)


def total(found: Iterable[BranchOutcome]) -> Attempts:
    """Return the sum of all outcomes."""
    return sum((one.attempts for one in found), Attempts())


def unit_name(view: View, unit: Unit) -> str:
    """Return a unit's name; the viewed unit among its branches is "本级"."""
    return _("%(unit)s本级", unit=unit.name) if unit.id == view.unit.id and view.branches else unit.name


def address(view: View, unit: Unit) -> str:
    """Return where a branch's own dashboard is; nothing for the unit that is looked at."""
    if unit.id == view.unit.id:
        return ""
    year = f"&year={view.year}" if view.year != view.today.year else ""
    return f"/overview?unit={unit.id}{year}"


def _table(
    name: str, title: str, first: str, rows: Sequence[Row], sheet: str, kind: Kind | None = None
) -> Table:
    columns = [
        Column(_("首考应考")),
        Column(_("首考缺考")),
        Column(_("首考参考")),
        Column(_("首考合格")),
        Column(_("首考合格率"), "accent"),
        Column(_("补考缺考")),
        Column(_("补考参考")),
        Column(_("补考合格")),
        Column(_("补考合格率"), "mid-2"),
    ]
    notes = [_("合格率 = 合格 ÷ 参考，缺考不计入；只计已发布的成绩。")]
    if any(isinstance(cell, UnsureShare) for row in rows for cell in row.cells):
        notes.append(_("带 * 的合格率，参考人数不足 %(n)s，仅供参考。", n=FEW))
    return Table(name, title, first, columns, rows, sheet, kind, "%", notes)


def _sums(found: Iterable[BranchOutcome], key: Callable[[BranchOutcome], Key]) -> dict[Key, Attempts]:
    sums: dict[Key, Attempts] = {}
    for one in found:
        sums[key(one)] = sums.get(key(one), Attempts()) + one.attempts
    return sums


def _sum_row(found: Iterable[BranchOutcome]) -> Row:
    return Row(_("合计"), _cells(total(found)), is_sum=True)


def _cells(found: Attempts) -> list[Cell]:
    first, again = found.first, found.make_up
    return [
        first.sat + first.absent,
        first.absent,
        first.sat,
        first.passed,
        share(first.rate, is_small=first.is_small),
        again.absent,
        again.sat,
        again.passed,
        share(again.rate, is_small=again.is_small),
    ]
