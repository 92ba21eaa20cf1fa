"""Pages of blueprints and forms."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from question_bank.assembly.blueprint import load_blueprint
from question_bank.words import said
from tiejun import crypto
from tiejun.access import Permission, persona, require
from tiejun.bank import form_queries, form_service
from tiejun.bank.five_years.queries import Gauge, cited_in_form, gauge
from tiejun.bank.five_years.rules import rule_of
from tiejun.bank.form_service import FormOrder, note_preview
from tiejun.bank.models import Blueprint as BlueprintRow
from tiejun.bank.seals.queries import Seal, seal_of
from tiejun.bank.seals.service import note_view
from tiejun.clock import beijing
from tiejun.errors import Forbidden
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
        row = form_queries.get_blueprint(db, public_id)
        detail = form_queries.blueprint_detail(db, row, day_named(request.args.get("day", "")))
        found = _gauge(db, row, detail.day, form_queries.cited_in_pool(db, detail))
    return render_template("forms/blueprint.html", detail=detail, row=row, gauge=found)


@bp.post("/blueprints/<uuid:public_id>/draw")
@require(Permission.FORM_MANAGE)
def draw(public_id: UUID) -> ResponseReturnValue:
    """Draw a form and show it; nothing is written but that this person saw it."""
    seed, day = crypto.random_code(), day_named(request.form.get("day", ""))
    with reading() as db:
        row = form_queries.get_blueprint(db, public_id)
        draft = form_service.draw_form(db, FormOrder(row.id, seed, day))
        cited = {citation.law for item in draft.draw.items for citation in item.citations}
        found = _gauge(db, row, day, cited)
    with transaction() as db:
        note_preview(db, draft, actor(), now())
    return render_template("forms/draw.html", draft=draft, row=row, day=day, gauge=found)


@bp.post("/blueprints/<uuid:public_id>/forms")
@require(Permission.FORM_MANAGE)
def freeze(public_id: UUID) -> ResponseReturnValue:
    """Freeze the form that was looked at; without its hash a new one, which nobody sees."""
    seed = request.form.get("seed", "")[:40] or crypto.random_code()
    seen, is_sealed = request.form.get("hash", ""), request.form.get("sealed") == "1"
    with transaction() as db:
        row = form_queries.get_blueprint(db, public_id)
        order = FormOrder(row.id, seed, day_named(request.form.get("day", "")))
        form = form_service.freeze_drawn(db, order, seen, (actor(), now()), is_sealed=is_sealed)
    notice(_("%(label)s 卷已定卷，内容不可再改。", label=form.label))
    return redirect(url_for(".form", public_id=form.public_id), 303)


@bp.get("/forms/<uuid:public_id>")
@require(Permission.FORM_MANAGE)
def form(public_id: UUID) -> ResponseReturnValue:
    """Show a frozen form: structure and items; of a sealed one, until it is open, only its seal."""
    with transaction() as db:
        seal = _seal(db, public_id, "page")
        if not seal.is_shown:
            minutes = {"wait": settings().form_approval_minutes, "open": settings().form_open_minutes}
            return render_template("seals/sealed.html", seal=seal, **minutes)
        detail = form_queries.form_detail(db, public_id)
        day, cited = day_named(request.args.get("day", "")), cited_in_form(db, detail.form)
        found = _gauge(db, detail.blueprint, day, cited)
        return render_template("forms/form.html", detail=detail, form=detail.form, gauge=found, seal=seal)


@bp.get("/forms/<uuid:public_id>/paper.json")
@require(Permission.FORM_MANAGE)
def paper(public_id: UUID) -> ResponseReturnValue:
    """Give the paper exactly as candidates get it: the bytes that the hash was made of."""
    with transaction() as db:
        seal = _seal(db, public_id, "paper.json")
        if not seal.is_shown:
            raise Forbidden(said("这份试卷已密封，须由两个人启封后才能下载。"), code="form_sealed")
        headers = {"Content-Disposition": f"attachment; filename=form-{seal.form.label}.json"}
        return Response(seal.form.paper, mimetype="application/json", headers=headers)


def _seal(db: Session, public_id: UUID, what: str) -> Seal:
    """Return a form's seal as this person meets it, and note it when they are shown what it keeps."""
    seal = seal_of(db, public_id, persona().account_id, now())
    if seal.open_until is not None:
        note_view(db, seal.form, what, actor(), now())
        db.flush()
    return seal


def _gauge(db: Session, row: BlueprintRow, day: date, cited: set[str]) -> Gauge | None:
    """Return how much of the day's list of the five years is cited."""
    return gauge(db, rule_of(settings()), day, row.tier, cited)


def day_named(text: str) -> date:
    """Return the day that a field names, today if it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return beijing(now()).date()
