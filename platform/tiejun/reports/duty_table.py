"""What is due in a unit and by when: the sums of what the first pages of its people list one by one."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from tiejun.access import Permission, Persona
from tiejun.exams.admin_rules import Phase
from tiejun.reports.rules import DAYS_LEFT, MONTH, WEEK, Due
from tiejun.reports.sittings import Held
from tiejun.reports.sittings import duties as sitting_duties
from tiejun.reports.tables import Column, Row, Table
from tiejun.reports.view import View

TODAY = DAYS_LEFT.index(WEEK)
UP_TO_A_MONTH = DAYS_LEFT.index(MONTH)


@dataclass(frozen=True)
class Facts:
    """What duties are counted from, by band of days left; `blocked` are due today."""

    make_ups: Due
    talks: tuple[int, ...]
    held: Sequence[Held]
    blocked: int


@dataclass(frozen=True)
class DutyRow:
    """One kind of duty: overdue, within a week, within a month, later; where it is done."""

    title: str
    counts: tuple[int, int, int, int]
    address: str


def duties(who: Persona, view: View, facts: Facts) -> list[DutyRow]:
    """Return every kind of duty, also where nothing is due; links lead only to what `who` may open."""
    waiting = tuple(facts.blocked if at == TODAY else 0 for at in range(len(DAYS_LEFT) + 1))
    kinds = (
        (_("安排补考"), facts.make_ups.to_arrange, Permission.MAKE_UP_MANAGE, _make_ups(view)),
        (_("补考不合格后约谈"), facts.talks, Permission.FOLLOW_UP_MANAGE, "/follow-ups?state=talk_due"),
        (
            _("准备场次"),
            _sittings(facts, Phase.PREPARING, view),
            Permission.SITTING_VIEW,
            "/exams?phase=preparing",
        ),
        (
            _("评阅并宣布成绩"),
            _sittings(facts, Phase.ENDED, view),
            Permission.SITTING_VIEW,
            "/exams?phase=ended",
        ),
        (
            _("发布成绩"),
            _sittings(facts, Phase.DECLARED, view),
            Permission.SITTING_VIEW,
            "/exams?phase=declared",
        ),
        (_("处理暂不能发证的合格成绩"), waiting, Permission.CERTIFICATE_VIEW, "/certificates/waiting"),
    )
    return [
        DutyRow(title, _narrow(bands), address if sum(bands) and who.may(permission) else "")
        for title, bands, permission, address in kinds
    ]


def table(rows: Sequence[DutyRow]) -> Table:
    """Return the duties as a table."""
    headings = (_("已逾期"), _("7天内"), _("30天内"), _("30天以后"), _("合计"))
    return Table(
        "duties",
        _("要做的事"),
        _("事项"),
        [Column(heading) for heading in headings],
        [Row(row.title, (*row.counts, sum(row.counts)), row.address) for row in rows],
        _("要做的事"),
        notes=(_("“30天内”不含7天内的。"),),
    )


def _make_ups(view: View) -> str:
    return f"/make-ups?show=unscheduled&unit={view.unit.id}"


def _sittings(facts: Facts, wanted: Phase, view: View) -> tuple[int, ...]:
    return sitting_duties(facts.held, wanted, view)


def _narrow(bands: tuple[int, ...]) -> tuple[int, int, int, int]:
    overdue, week, month, *later = bands
    return overdue, week, month, sum(later)
