"""Pages of the roster."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tiejun.access import Permission, persona, require
from tiejun.clock import beijing
from tiejun.people import listing, service
from tiejun.web import actor, notice, now, reading, transaction

bp = Blueprint("people", __name__)


@bp.get("/people")
@require(Permission.PEOPLE_VIEW)
def roster() -> ResponseReturnValue:
    """List the officers in reach with what each needs and has."""
    scopes = persona().scopes(Permission.PEOPLE_VIEW)
    wanted = listing.RosterFilter(
        request.args.get("q", "").strip()[:60],
        request.args.get("unit", type=int),
        request.args.get("page", 1, type=int),
    )
    with reading() as db:
        page = listing.roster_page(db, scopes, wanted, beijing(now()).date())
        units = listing.units_below(db, scopes)
    return render_template("people/roster.html", page=page, units=units, wanted=wanted)


@bp.get("/people/<uuid:public_id>")
@require(Permission.PEOPLE_VIEW)
def person(public_id: UUID) -> ResponseReturnValue:
    """Show one officer: posts, cards, trainings, what is needed and why."""
    with reading() as db:
        shown = listing.person_page(
            db, public_id, persona().scopes(Permission.PEOPLE_VIEW), beijing(now()).date()
        )
    return render_template("people/person.html", shown=shown, line=shown.line)


@bp.post("/people/<uuid:public_id>/unlock")
@require(Permission.ACCOUNT_UNLOCK)
def unlock(public_id: UUID) -> ResponseReturnValue:
    """Let a locked officer try again at once."""
    with transaction() as db:
        shown = listing.person_page(
            db, public_id, persona().scopes(Permission.ACCOUNT_UNLOCK), beijing(now()).date()
        )
        service.unlock(db, service.account_of(db, shown.line.person.id).id, actor(), now())
    notice(_("已解锁，%(name)s可以立即登录。", name=shown.line.person.name))
    return redirect(url_for(".person", public_id=public_id), 303)


@bp.post("/people/<uuid:public_id>/initial-password")
@require(Permission.PEOPLE_IMPORT)
def initial_password(public_id: UUID) -> ResponseReturnValue:
    """Give an officer a new initial password; it is shown on the answer and nowhere else."""
    with transaction() as db:
        shown = listing.person_page(
            db, public_id, persona().scopes(Permission.PEOPLE_IMPORT), beijing(now()).date()
        )
        made = service.reset_password(db, shown.line.person.id, actor(), now())
    return render_template("people/initial_password.html", line=shown.line, made=made)
