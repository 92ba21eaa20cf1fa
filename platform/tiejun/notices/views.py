"""Pages of notices, one's own settings, and what the head of every page says of them."""

import logging
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from tiejun.access import Permission, persona, require
from tiejun.errors import Unavailable
from tiejun.mail import is_configured
from tiejun.notices import queries, service
from tiejun.notices.forms import MailForm
from tiejun.notices.models import Notice
from tiejun.notices.wording import unpacked
from tiejun.people.models import Account
from tiejun.people.service import set_mail
from tiejun.web import actor, notice, now, reading, settings, transaction

bp = Blueprint("notices", __name__)
log = logging.getLogger(__name__)
NEWEST = 3  # on the first page


def init_notices(app: Flask) -> None:
    """Let every template ask for the signed-in person's notices; who does not ask causes no query."""
    app.jinja_env.filters["unpacked"] = unpacked
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    return {"unread_notices": _unread, "newest_notices": _newest}


def _unread() -> int:
    try:
        with reading() as db:
            return queries.unread(db, current_user.account_id)
    except Unavailable:
        # The page that says so has this head, too.
        log.warning("notices could not be counted")
        return 0


def _newest() -> list[Notice]:
    with reading() as db:
        return list(queries.newest_unread(db, persona().account_id, NEWEST))


@bp.get("/notices")
@require(Permission.SELF_USE)
def mine() -> ResponseReturnValue:
    """List one's notices, the newest first."""
    asked = request.args.get("show", "")
    show = queries.Show(asked) if asked in set(queries.Show) else queries.Show.ALL
    with reading() as db:
        page = queries.mine(db, persona().account_id, show, request.args.get("page", 1, type=int))
    return render_template("notices/mine.html", page=page, show=show)


@bp.post("/notices/<uuid:public_id>/read")
@require(Permission.SELF_USE)
def read(public_id: UUID) -> ResponseReturnValue:
    """Note that a notice was read; go on to what it is about, if that was asked for."""
    with transaction() as db:
        found = service.mark_read(db, persona().account_id, public_id, now())
    goes_on = found.address if request.form.get("open") else ""
    return redirect(goes_on or _back(), 303)


@bp.post("/notices/read")
@require(Permission.SELF_USE)
def read_all() -> ResponseReturnValue:
    """Note that all notices were read."""
    with transaction() as db:
        service.mark_all_read(db, persona().account_id, now())
    notice(_("全部通知已标为已读。"))
    return redirect(_back(), 303)


def _back() -> str:
    """Return the list as it was filtered; only its own filters are taken over."""
    show = request.form.get("show", "")
    return url_for(".mine", show=show if show in set(queries.Show) and show else None)


@bp.route("/settings", methods=["GET", "POST"])
@require(Permission.SELF_USE)
def own_settings() -> ResponseReturnValue:
    """Show and change where one's notices go as mail."""
    with reading() as db:
        form = MailForm(obj=db.get_one(Account, persona().account_id))
    if not form.validate_on_submit():
        page = render_template("notices/settings.html", form=form, sends_mail=is_configured(settings()))
        return page, 422 if form.is_submitted() else 200
    wants, address = bool(form.wants_mail.data), form.email.data or None
    with transaction() as db:
        set_mail(db, persona().account_id, address, wants, actor(), now())
    notice(_("设置已保存。"))
    return redirect(url_for(".own_settings"), 303)
