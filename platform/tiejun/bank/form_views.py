"""Pages of blueprints and forms."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from question_bank.assembly.blueprint import load_blueprint
from tiejun import crypto
from tiejun.access import Permission, require
from tiejun.bank import form_queries, form_service
from tiejun.bank.five_years.queries import Gauge, cited_in_form, gauge
from tiejun.bank.five_years.rules import rule_of
from tiejun.bank.form_service import FormOrder
from tiejun.bank.models import Blueprint as BlueprintRow
from tiejun.clock import beijing
from tiejun.web import actor, notice, now, reading, settings, transaction

bp = Blueprint("forms", __name__)
SHIPPED = ("demo-primary",)


@bp.get("/blueprints")
@require(Permission.FORM_MANAGE)
def blueprints() -> ResponseReturnValue:
    """Show all blueprints, and those that come with the product."""
    with reading() as db:
        rows = form_queries.all_blueprints(db)
    shipped = [(name, load_blueprint(name)) for name in SHIPPED]
    titles = {row.title for row, _count in rows}
    return render_template("forms/blueprints.html", rows=rows, shipped=shipped, titles=titles)


@bp.post("/blueprints")
@require(Permission.FORM_MANAGE)
def adopt() -> ResponseReturnValue:
    """Take over a blueprint that comes with the product."""
    name = request.form.get("name", "")
    text = load_blueprint(name if name in SHIPPED else SHIPPED[0])
    with transaction() as db:
        row = form_service.create_blueprint(db, text, request.form.get("level", ""), actor(), now())
    notice(_("已采用“%(title)s”。", title=row.title))
    return redirect(url_for(".blueprint", public_id=row.public_id), 303)


@bp.get("/blueprints/<uuid:public_id>")
@require(Permission.FORM_MANAGE)
def blueprint(public_id: UUID) -> ResponseReturnValue:
    """Show a blueprint: what it wants, what the bank offers, its forms."""
    with reading() as db:
        detail = form_queries.blueprint_detail(db, public_id, _day(request.args.get("day", "")))
        found = _gauge(db, detail.row, detail.day, form_queries.cited_in_pool(db, detail))
    return render_template("forms/blueprint.html", detail=detail, row=detail.row, gauge=found)


@bp.post("/blueprints/<uuid:public_id>/draw")
@require(Permission.FORM_MANAGE)
def draw(public_id: UUID) -> ResponseReturnValue:
    """Draw a form and show it; nothing is written."""
    seed, day = crypto.random_code(), _day(request.form.get("day", ""))
    with reading() as db:
        row = form_queries.get_blueprint(db, public_id)
        draft = form_service.draw_form(db, FormOrder(row.id, seed, day))
        cited = {citation.law for item in draft.draw.items for citation in item.citations}
        found = _gauge(db, row, day, cited)
    return render_template("forms/draw.html", draft=draft, row=row, day=day, gauge=found)


@bp.post("/blueprints/<uuid:public_id>/forms")
@require(Permission.FORM_MANAGE)
def freeze(public_id: UUID) -> ResponseReturnValue:
    """Freeze the form that was looked at."""
    seed, day = request.form.get("seed", "")[:40], _day(request.form.get("day", ""))
    seen = request.form.get("hash", "")
    with transaction() as db:
        row = form_queries.get_blueprint(db, public_id)
        form = form_service.freeze_previewed(db, FormOrder(row.id, seed, day), seen, actor(), now())
    notice(_("%(label)s 卷已定卷，内容不可再改。", label=form.label))
    return redirect(url_for(".form", public_id=form.public_id), 303)


@bp.get("/forms/<uuid:public_id>")
@require(Permission.FORM_MANAGE)
def form(public_id: UUID) -> ResponseReturnValue:
    """Show a frozen form: structure and items; it cannot be changed."""
    with reading() as db:
        detail = form_queries.form_detail(db, public_id)
        day, cited = _day(request.args.get("day", "")), cited_in_form(db, detail.form)
        found = _gauge(db, detail.blueprint, day, cited)
    return render_template("forms/form.html", detail=detail, form=detail.form, gauge=found)


@bp.get("/forms/<uuid:public_id>/paper.json")
@require(Permission.FORM_MANAGE)
def paper(public_id: UUID) -> ResponseReturnValue:
    """Give the paper exactly as candidates get it: the bytes that the hash was made of."""
    with reading() as db:
        detail = form_queries.form_detail(db, public_id)
    headers = {"Content-Disposition": f"attachment; filename=form-{detail.form.label}.json"}
    return Response(detail.form.paper, mimetype="application/json", headers=headers)


def _gauge(db: Session, row: BlueprintRow, day: date, cited: set[str]) -> Gauge | None:
    """Return how much of the day's list of the five years is cited."""
    return gauge(db, rule_of(settings()), day, row.tier, cited)


def _day(text: str) -> date:
    """Return the day that a field names, today if it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return beijing(now()).date()
