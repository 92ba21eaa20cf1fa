"""The first page and the health check."""

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from tiejun.access import Permission, persona, public, require
from tiejun.home.agenda import agenda
from tiejun.study.queries import TARGET
from tiejun.web import now, reading, settings

bp = Blueprint("home", __name__)


@bp.get("/")
@require(Permission.SELF_USE)
def today() -> ResponseReturnValue:
    """Show what the signed-in person must do, the most urgent first."""
    with reading() as db:
        shown = agenda(db, persona(), settings(), now())
    return render_template("home/today.html", agenda=shown, target=TARGET)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process answers and the database can be read."""
    with reading() as db:
        db.execute(text("SELECT 1"))
    return jsonify({"status": "ok"})
