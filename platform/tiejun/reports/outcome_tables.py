"""Pass rates as tables: by quarter, by exam, by unit. The number of people stands beside every rate."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _

from tiejun.people.models import Unit
from tiejun.reports.queries import ExamOutcome
from tiejun.reports.rules import FEW, Attempts
from tiejun.reports.tables import Column, Kind, Row, Table, share
from tiejun.reports.view import View
from tiejun.workbooks import Cell, UnsureShare


def by_quarter(exams: Sequence[ExamOutcome]) -> Table:
    """Return the outcomes by quarter of the sitting, with the year's sum."""
    quarters = {number: Attempts() for number in range(1, 5)}
    for one in exams:
        quarters[one.quarter] += one.attempts
    rows = [Row(_("%(n)s 季度", n=number), _cells(found)) for number, found in quarters.items()]
    return _table(
        "quarters",
        _("各季度合格率"),
        _("季度"),
        _summed(rows, quarters.values()),
        _("合格率（季度）"),
        Kind.COLUMNS,
    )


def by_exam(exams: Sequence[ExamOutcome]) -> Table:
    """Return the outcomes by exam and quarter."""
    rows = [
        Row(_("%(title)s（%(n)s 季度）", title=one.title, n=one.quarter), _cells(one.attempts))
        for one in exams
    ]
    found = [one.attempts for one in exams]
    return _table("exams", _("各考试合格率"), _("考试"), _summed(rows, found), _("合格率（考试）"))


def by_unit(view: View, found: Mapping[int, Attempts]) -> Table:
    """Return the outcomes by the units right below; each leads on to its own dashboard."""
    rows = [
        Row(unit_name(view, unit), _cells(found.get(unit.id, Attempts())), address(view, unit))
        for unit in view.shown(found)
    ]
    return _table(
        "units", _("各单位合格率"), _("单位"), _summed(rows, found.values()), _("合格率（单位）"), Kind.BARS
    )


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


def _summed(rows: list[Row], found: Iterable[Attempts]) -> list[Row]:
    total = sum(found, Attempts())
    return [*rows, Row(_("合计"), _cells(total), is_sum=True)]


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
