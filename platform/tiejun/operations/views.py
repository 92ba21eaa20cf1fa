"""The audit trail as a page: who did what, newest first."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tiejun.access import Permission, persona, require
from tiejun.operations.trail import Asked, trail
from tiejun.operations.words import ACTION_WORDS
from tiejun.web import reading

bp = Blueprint("operations", __name__)


@bp.get("/audit")
@require(Permission.AUDIT_VIEW)
def audit() -> ResponseReturnValue:
    """List the acts of the accounts in reach."""
    asked = Asked(
        request.args.get("q", "").strip()[:60],
        request.args.get("action", "").strip()[:60],
        request.args.get("page", 1, type=int),
    )
    with reading() as db:
        page, actions = trail(db, persona().scopes(Permission.AUDIT_VIEW), asked)
    return render_template(
        "operations/audit.html", page=page, actions=actions, asked=asked, words=ACTION_WORDS
    )
