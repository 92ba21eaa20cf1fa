"""Pages on which administrators look over hours, record those learnt elsewhere, and correct."""

import io
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tiejun.access import Permission, persona, require
from tiejun.clock import beijing
from tiejun.errors import Rejected
from tiejun.files.kinds import DOCUMENTS, BadFile
from tiejun.files.models import StoredFile
from tiejun.files.serving import sent
from tiejun.files.store import filed, keep
from tiejun.people.listing import person_page, units_below
from tiejun.study import hour_queries, ledger, queries
from tiejun.study.forms import CorrectionForm, HoursForm
from tiejun.study.hour_queries import HoursFilter
from tiejun.study.rules import CATEGORY_WORDS
from tiejun.study.statement import STATE_WORDS, hours_workbook
from tiejun.web import actor, notice, now, reading, settings, transaction, translated

bp = Blueprint("hours", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/hours")
@require(Permission.HOURS_VIEW)
def table() -> ResponseReturnValue:
    """List the officers in reach with their hours, who has least first."""
    wanted, scopes = _wanted(), persona().scopes(Permission.HOURS_VIEW)
    with reading() as db:
        page = hour_queries.hours_page(db, scopes, wanted, settings().hour_minutes)
        units = units_below(db, scopes)
    shown = {"page": page, "units": units, "wanted": wanted, "categories": CATEGORY_WORDS}
    return render_template("study/hours.html", **shown, target=queries.TARGET, states=STATE_WORDS)


@bp.get("/hours.xlsx")
@require(Permission.HOURS_VIEW)
def export() -> ResponseReturnValue:
    """Give the same list, all pages, as a workbook."""
    wanted, scopes = _wanted(), persona().scopes(Permission.HOURS_VIEW)
    with reading() as db:
        page = hour_queries.hours_page(db, scopes, wanted, settings().hour_minutes, hour_queries.EXPORT_MOST)
    name = _("学时-%(year)s.xlsx", year=wanted.year)
    content = io.BytesIO(hours_workbook(page.rows, wanted.year))
    return send_file(content, XLSX, as_attachment=True, download_name=name)


@bp.get("/hours/<uuid:public_id>")
@require(Permission.HOURS_VIEW)
def person(public_id: UUID) -> ResponseReturnValue:
    """Show one officer's ledger."""
    return _page(public_id, HoursForm(formdata=None), CorrectionForm(formdata=None))


@bp.post("/hours/<uuid:public_id>")
@require(Permission.HOURS_RECORD)
def record(public_id: UUID) -> ResponseReturnValue:
    """Record hours learnt elsewhere."""
    form = HoursForm()
    if form.validate() and _record(public_id, form):
        notice(_("学时已登记。"))
        return redirect(url_for(".person", public_id=public_id), 303)
    return _page(public_id, form, CorrectionForm(formdata=None)), 422


@bp.post("/hours/<uuid:public_id>/entries/<uuid:entry>")
@require(Permission.HOURS_RECORD)
def correct(public_id: UUID, entry: UUID) -> ResponseReturnValue:
    """Correct an entry by a further one."""
    form = CorrectionForm()
    if form.validate() and _correct(entry, form):
        notice(_("更正已记入，原来的记录保留。"))
        return redirect(url_for(".person", public_id=public_id), 303)
    return _page(public_id, HoursForm(formdata=None), form), 422


@bp.get("/hours/entries/<uuid:entry>/file")
@require(Permission.STUDY_USE)
def evidence(entry: UUID) -> ResponseReturnValue:
    """Give the evidence of an entry: one's own, or of an officer in reach."""
    who = persona()
    with reading() as db:
        scopes, day = who.scopes(Permission.HOURS_VIEW), beijing(now()).date()
        file = hour_queries.evidence(db, entry, scopes, who.person_id, day)
    return sent(file)


def _wanted() -> HoursFilter:
    today, args = beijing(now()).date(), request.args
    year = args.get("year", today.year, type=int)
    category = args.get("category", "")
    return HoursFilter(
        year if 2000 <= year <= today.year else today.year,
        today,
        args.get("unit", type=int),
        category if category in CATEGORY_WORDS else "",
        args.get("state", ""),
        args.get("page", 1, type=int),
    )


def _page(public_id: UUID, form: HoursForm, correction: CorrectionForm) -> str:
    wanted, scopes = _wanted(), persona().scopes(Permission.HOURS_VIEW)
    with reading() as db:
        shown = person_page(db, public_id, scopes, wanted.day)
        person_id = shown.line.person.id
        rows = hour_queries.entries(db, person_id, wanted.year)
        years = hour_queries.years(db, person_id, wanted.day.year)
        hours = queries.year_hours(db, person_id, wanted.year, settings().hour_minutes)
        seen = hour_queries.signals(db, person_id, wanted.year)
    return render_template(
        "study/person_hours.html",
        line=shown.line,
        rows=rows,
        years=years,
        hours=hours,
        signals=seen,
        year=wanted.year,
        target=queries.TARGET,
        form=form,
        correction=correction,
        chosen=next((row for row in rows if str(row.public_id) == _entry()), None),
    )


def _entry() -> str:
    """Return the entry that is to be corrected: in the address of the form, or asked for by a link."""
    return str((request.view_args or {}).get("entry") or request.args.get("entry", ""))


def _recorder() -> ledger.Recorder:
    return ledger.Recorder(actor(), persona().person_id, persona().scopes(Permission.HOURS_RECORD))


def _record(public_id: UUID, form: HoursForm) -> bool:
    try:
        kept = _kept(form)
        with transaction() as db:
            file = filed(db, kept, actor(), now()) if kept else None
            ledger.record_hours(db, public_id, form.spec(file), _recorder(), now())
    except Rejected as error:
        form.blame(error)
        return False
    except BadFile as error:
        form.file.errors = [translated(error.message)]
        return False
    return True


def _kept(form: HoursForm) -> StoredFile | None:
    upload = form.file.data
    if not upload or not upload.filename:
        return None
    return keep(settings(), upload.stream, upload.filename, DOCUMENTS, settings().max_upload_mb)


def _correct(entry: UUID, form: CorrectionForm) -> bool:
    try:
        with transaction() as db:
            ledger.correct(db, entry, form.minutes.data or 0, form.reason.data or "", _recorder(), now())
    except Rejected as error:
        form.blame(error)
        return False
    return True
