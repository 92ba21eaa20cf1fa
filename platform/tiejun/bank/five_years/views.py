"""Page of the list of the five years, and the decisions on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from tiejun.access import Permission, persona, require
from tiejun.bank.five_years import queries, service
from tiejun.bank.five_years.export import list_workbook
from tiejun.bank.five_years.queries import CitedBy, FiveYearList, ListedLaw
from tiejun.bank.five_years.rules import KINDS, Membership, rule_of
from tiejun.bank.five_years.words import MEMBERSHIP_WORDS
from tiejun.clock import beijing
from tiejun.listing import list_page
from tiejun.web import actor, notice, now, reading, settings, transaction
from tiejun.workbooks import XLSX

bp = Blueprint("five_years", __name__)


@dataclass(frozen=True)
class Wanted:
    """What the address asks for."""

    day: date
    kind: str
    state: Membership | None
    page: int

    @property
    def address(self) -> dict[str, Any]:
        """Return the members of the address that lead here again."""
        found = {"day": self.day.isoformat(), "kind": self.kind, "state": self.state}
        return {name: value for name, value in found.items() if value}


@bp.record_once
def _add_words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["membership_words"] = MEMBERSHIP_WORDS


@bp.get("/laws/five-years")
@require(Permission.LAW_VIEW)
def index() -> ResponseReturnValue:
    """Show the list of the day in the address, today's without one."""
    wanted = _wanted()
    with reading() as db:
        listing = _listing(db, wanted.day)
        page = list_page(listing.those(wanted.kind, wanted.state), wanted.page)
        cited = _cited(db, page.rows)
    shown = {"listing": listing, "page": page, "cited": cited, "wanted": wanted, "kinds": KINDS}
    return render_template("laws/five_years.html", **shown, rule=rule_of(settings()))


@bp.get("/laws/five-years.xlsx")
@require(Permission.LAW_VIEW)
def export() -> ResponseReturnValue:
    """Give the list, as filtered, as an Excel file."""
    wanted = _wanted()
    with reading() as db:
        lines = _listing(db, wanted.day).those(wanted.kind, wanted.state)
        content = list_workbook(lines, _cited(db, lines))
    headers = {"Content-Disposition": f"attachment; filename=five-years-{wanted.day}.xlsx"}
    return Response(content, mimetype=XLSX, headers=headers)


@bp.post("/laws/five-years/<law_id>")
@require(Permission.LAW_IMPORT)
def decide(law_id: str) -> ResponseReturnValue:
    """Put one instrument on the list, or take it off."""
    is_member = request.form.get("member", "1") == "1"
    with transaction() as db:
        law = service.decide(db, law_id, is_member, actor(), now())
    notice(
        _("已列入：%(title)s。", title=law.title) if is_member else _("不列入：%(title)s。", title=law.title)
    )
    return redirect(url_for(".index", **_wanted().address), 303)


@bp.post("/laws/five-years/confirm")
@require(Permission.LAW_IMPORT)
def confirm() -> ResponseReturnValue:
    """Confirm all that was shown as proposed."""
    wanted, seen = _wanted(), frozenset(request.form.getlist("law"))
    with transaction() as db:
        count = service.confirm_proposed(db, rule_of(settings()), wanted.day, seen, actor(), now())
    notice(_("已确认 %(n)s 件。", n=count))
    return redirect(url_for(".index", **wanted.address), 303)


def _listing(db: Session, day: date) -> FiveYearList:
    return queries.five_year_list(db, rule_of(settings()), day)


def _cited(db: Session, lines: Sequence[ListedLaw]) -> Mapping[str, CitedBy] | None:
    """Return what cites these instruments; None for people who may not know the bank."""
    if not persona().may(Permission.ITEM_VIEW):
        return None
    return queries.cited_by(db, [line.law.id for line in lines])


def _wanted() -> Wanted:
    asked = request.args
    kind, state = asked.get("kind", ""), asked.get("state", "")
    return Wanted(
        asked.get("day", beijing(now()).date(), type=date.fromisoformat),
        kind if kind in KINDS else "",
        Membership(state) if state in tuple(Membership) else None,
        asked.get("page", 1, type=int),
    )
