"""The dashboard of a unit, as a page and as a workbook."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tiejun.access import Permission, persona, require
from tiejun.exams.admin_rules import PHASE_TONES, PHASE_WORDS, Phase
from tiejun.pages import cn_date
from tiejun.reports.dashboard import Dashboard, dashboard
from tiejun.reports.sittings import UPCOMING
from tiejun.reports.tables import figure
from tiejun.reports.view import View, view
from tiejun.study.queries import TARGET
from tiejun.web import now, reading, settings
from tiejun.workbooks import XLSX, write_workbook

bp = Blueprint("reports", __name__)
bp.add_app_template_filter(figure)
MOST_SITTINGS = 6


@bp.get("/overview")
@require(Permission.DASHBOARD_VIEW)
def overview() -> ResponseReturnValue:
    """Show what is due, and how the unit stands."""
    shown = _read()
    return render_template(
        "reports/overview.html",
        shown=shown,
        phases=_phases(shown),
        unit_options=_units(shown.view),
        year_options=[(year, _("%(year)s 年", year=year)) for year in reversed(shown.view.years)],
        most=MOST_SITTINGS,
        phase_words=PHASE_WORDS,
        phase_tones=PHASE_TONES,
        goal=TARGET,
    )


@bp.get("/overview.xlsx")
@require(Permission.DASHBOARD_VIEW)
def export() -> ResponseReturnValue:
    """Give every table of the dashboard as one workbook."""
    shown = _read()
    look = shown.view
    line = _(
        "%(unit)s，截至 %(day)s，%(year)s 年度", unit=look.unit.name, day=cn_date(look.today), year=look.year
    )
    made = write_workbook([table.as_sheet((line,)) for table in shown.tables.values()], now())
    name = f"overview-{look.unit.code}-{look.year}-{look.today:%Y%m%d}.xlsx"
    return made, {"Content-Type": XLSX, "Content-Disposition": f'attachment; filename="{name}"'}


def _read() -> Dashboard:
    unit_id, year = request.args.get("unit", type=int), request.args.get("year", type=int)
    with reading() as db:
        look = view(db, persona(), unit_id, year, now())
        return dashboard(db, persona(), look, settings().hour_minutes)


def _phases(shown: Dashboard) -> list[tuple[int, str, str]]:
    """Return (number, word, tone) of the sittings in each state."""
    counts = {phase: sum(held.phase == phase for held in shown.held) for phase in Phase}
    waiting, declared = counts[Phase.ENDED], counts[Phase.DECLARED]
    return [
        (counts[Phase.OPEN], _("进行中"), "ok" if counts[Phase.OPEN] else ""),
        (waiting, _("待评阅、宣布"), "due" if waiting else ""),
        (declared, _("待发布"), "due" if declared else ""),
        (sum(counts[phase] for phase in UPCOMING), _("待开考"), ""),
        (shown.released[0], _("%(year)s 年已发布", year=shown.view.year), ""),
    ]


def _units(look: View) -> list[tuple[int, str]]:
    """Return the units that can be chosen: those above within reach, the present one, those right below."""
    roots = [unit for unit in look.roots if unit not in look.trail]
    return [(unit.id, unit.name) for unit in (*roots, *look.trail, *look.branches)]
