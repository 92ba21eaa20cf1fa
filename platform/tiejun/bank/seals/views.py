"""Steps on a sealed form; its page is the form's own (`form_views`)."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tiejun.access import Permission, require
from tiejun.bank.form_queries import get_form
from tiejun.bank.seals import service, words
from tiejun.web import actor, notice, now, settings, transaction

bp = Blueprint("seals", __name__)


@bp.record_once
def _add_words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["seal_words"] = words


@bp.post("/forms/<uuid:public_id>/seal")
@require(Permission.FORM_MANAGE)
def seal(public_id: UUID) -> ResponseReturnValue:
    """Seal a form that was frozen open."""
    with transaction() as db:
        service.seal(db, get_form(db, public_id), actor(), now())
    notice(_("试卷已密封。"))
    return _back(public_id)


@bp.post("/forms/<uuid:public_id>/openings")
@require(Permission.FORM_MANAGE)
def ask(public_id: UUID) -> ResponseReturnValue:
    """Ask to open a sealed form."""
    wait = timedelta(minutes=settings().form_approval_minutes)
    with transaction() as db:
        reason = request.form.get("reason", "").strip()
        service.ask(db, get_form(db, public_id), reason, actor(), now(), wait)
    notice(_("已申请启封，请另一位有权组卷的人在 %(n)s 分钟内批准。", n=settings().form_approval_minutes))
    return _back(public_id)


@bp.post("/forms/<uuid:public_id>/openings/<uuid:opening_id>/approve")
@require(Permission.FORM_MANAGE)
def approve(public_id: UUID, opening_id: UUID) -> ResponseReturnValue:
    """Approve somebody else's request."""
    length = timedelta(minutes=settings().form_open_minutes)
    with transaction() as db:
        service.approve(db, get_form(db, public_id), opening_id, actor(), now(), length)
    notice(_("已批准。%(n)s 分钟内，您和申请人可以查看试卷。", n=settings().form_open_minutes))
    return _back(public_id)


def _back(public_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("forms.form", public_id=public_id), 303)
