"""The page on which used exam items are released to practice."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tiejun.access import Permission, persona, require
from tiejun.bank.release.queries import releasable
from tiejun.bank.release.service import release
from tiejun.bank.secrecy import sight_of
from tiejun.web import actor, notice, now, reading, settings, transaction

bp = Blueprint("release", __name__)


@bp.get("/items/release")
@require(Permission.FORM_MANAGE)
def index() -> ResponseReturnValue:
    """Show the exam items whose last sitting lies long enough back."""
    months, number = settings().exam_item_release_months, request.args.get("page", 1, type=int)
    with reading() as db:
        page = releasable(db, sight_of(persona()), now(), months, number)
    return render_template("release/index.html", page=page, months=months)


@bp.post("/items/release")
@require(Permission.FORM_MANAGE)
def take() -> ResponseReturnValue:
    """Release the chosen ones."""
    months, codes = settings().exam_item_release_months, request.form.getlist("code")
    with transaction() as db:
        count = release(db, sight_of(persona()), codes, months, actor(), now())
    notice(_("%(n)s 道题已转为练习，学员可以看到题目和答案。", n=count))
    return redirect(url_for(".index"), 303)
