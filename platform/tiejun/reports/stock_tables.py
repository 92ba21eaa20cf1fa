"""Make-ups still due, certificates issued and ending, officers and who of them is certified: as tables."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from flask_babel import gettext as _

from tiejun.certificates.rules import LEVEL_WORDS, TIER_WORDS, Level
from tiejun.reports.outcome_tables import address, unit_name
from tiejun.reports.queries import Staff
from tiejun.reports.rules import EXPIRY_MONTHS, Due
from tiejun.reports.tables import Column, Kind, Row, Table, share
from tiejun.reports.view import View
from tiejun.web import joined

SERIES = (
    (Level.NATIONAL, "primary", "ink-3"),
    (Level.NATIONAL, "intermediate", "line-strong"),
    (Level.PROVINCIAL, "primary", "accent"),
    (Level.PROVINCIAL, "intermediate", "mid-2"),
)


def make_ups_by_days(due: Due) -> Table:
    """Return the open make-ups by days left, to arrange and arranged."""
    rows = [
        Row(name, (to_arrange, arranged, to_arrange + arranged))
        for name, to_arrange, arranged in zip(_bands(), _six(due.to_arrange), _six(due.arranged), strict=True)
    ]
    to_arrange, arranged = sum(due.to_arrange), sum(due.arranged)
    rows.append(Row(_("合计"), (to_arrange, arranged, to_arrange + arranged), is_sum=True))
    columns = [Column(_("未安排"), "due"), Column(_("已安排"), "mid-2"), Column(_("合计"))]
    return Table(
        "make-ups",
        _("应补考人数，按剩余时间"),
        _("补考截止"),
        columns,
        rows,
        _("补考期限"),
        Kind.STACK,
        _("人"),
    )


def make_ups_by_unit(view: View, found: Mapping[int, Due]) -> Table:
    """Return the open make-ups by unit and days left."""
    shown = [(unit, found.get(unit.id, Due())) for unit in view.shown(found)]
    rows = [Row(unit_name(view, unit), _row(due), address(view, unit)) for unit, due in shown]
    rows.append(Row(_("合计"), _row(sum(found.values(), Due())), is_sum=True))
    columns = [*(Column(name) for name in _bands()), Column(_("合计")), Column(_("其中未安排"))]
    return Table("make-up-units", _("各单位应补考人数"), _("单位"), columns, rows, _("补考（单位）"))


def certificates_by_month(issued: Mapping[tuple[int, str, str], int]) -> Table:
    """Return the certificates of a year by month, level and tier."""
    columns = [
        Column(joined((LEVEL_WORDS[level], TIER_WORDS[tier]), "·"), colour) for level, tier, colour in SERIES
    ]
    rows = []
    for month in range(1, 13):
        counts = [issued.get((month, str(level), tier), 0) for level, tier, _colour in SERIES]
        rows.append(Row(_("%(n)s月", n=month), (*counts, sum(counts))))
    sums = [sum(int(row.cells[at] or 0) for row in rows) for at in range(len(SERIES) + 1)]
    rows.append(Row(_("合计"), sums, is_sum=True))
    return Table(
        "certificates",
        _("各月颁发证书"),
        _("月份"),
        [*columns, Column(_("合计"))],
        rows,
        _("颁发证书"),
        Kind.STACK,
        _("份"),
        (_("按颁发月份计，含其后撤销的。"),),
    )


def expiring(counts: Sequence[int]) -> Table:
    """Return the certificates that end soon, by months left."""
    names = [_("1个月内")]
    names += [_("%(a)s至%(b)s个月", a=before, b=months) for before, months in pairwise(EXPIRY_MONTHS)]
    rows = [Row(name, (number,)) for name, number in zip(names, counts, strict=True)]
    rows.append(Row(_("合计"), (sum(counts),), is_sum=True))
    return Table(
        "expiring",
        _("即将到期的证书"),
        _("剩余有效期"),
        [Column(_("证书"))],
        rows,
        _("证书到期"),
        notes=(_("已取得更晚到期证书的人不计。"),),
    )


def staff_by_unit(view: View, found: Mapping[int, Staff]) -> Table:
    """Return the officers in post and how many of them hold a valid certificate, by unit."""
    shown = [(unit, found.get(unit.id, Staff())) for unit in view.shown(found)]
    rows = [Row(unit_name(view, unit), _held(one), address(view, unit)) for unit, one in shown]
    rows.append(Row(_("合计"), _held(sum(found.values(), Staff())), is_sum=True))
    columns = [Column(_("在岗人员")), Column(_("持有效证书")), Column(_("持证率"), "accent")]
    return Table("staff", _("各单位持证情况"), _("单位"), columns, rows, _("持证（单位）"), Kind.BARS, "%")


def _held(one: Staff) -> tuple[int | float | None, ...]:
    return one.officers, one.certified, share(one.certified / one.officers if one.officers else None)


def _bands() -> list[str]:
    return [_("已逾期"), _("30天内"), _("31至60天"), _("61至120天"), _("120天以上")]


def _six(bands: tuple[int, ...]) -> tuple[int, ...]:
    """Return the bands as the make-up panels show them: the week belongs to the 30 days."""
    overdue, week, month, *later = bands
    return (overdue, week + month, *later)


def _row(due: Due) -> tuple[int, ...]:
    return (*_six(due.total), sum(due.total), sum(due.to_arrange))
