"""Pages and buttons of the life of items."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from question_bank.words import said
from tiejun.access import Permission, persona, require
from tiejun.bank.life import queries, service, words
from tiejun.bank.life.rules import Step
from tiejun.bank.life.service import Move
from tiejun.bank.secrecy import sight_of
from tiejun.errors import NotFound, Problem, Rejected
from tiejun.web import actor, notice, now, reading, transaction

bp = Blueprint("bank_life", __name__)


@bp.get("/items/reviews")
@require(Permission.ITEM_VIEW)
def reviews() -> ResponseReturnValue:
    """List the items that wait for this person's review, and those that came back to him."""
    who = persona()
    with reading() as db:
        page = queries.review_page(db, who, request.args.get("page", 1, type=int))
        returned = queries.returned_to(db, who)
    may_review = who.may(Permission.ITEM_REVIEW)
    return render_template("bank/reviews.html", page=page, returned=returned, may_review=may_review)


@bp.post("/items/<code>/steps")
@require(Permission.ITEM_VIEW)
def step(code: str) -> ResponseReturnValue:
    """Move an item on; who may take which step, the rules say."""
    move = _move(request.form)
    with transaction() as db:
        item = service.take(db, code, move, queries.person_of(persona()), actor(), now(), sight_of(persona()))
    notice(words.done(move.step, item))
    return redirect(url_for("bank.item", code=code), 303)


@bp.post("/items/steps")
@require(Permission.ITEM_VIEW)
def steps() -> ResponseReturnValue:
    """Move the chosen items of the list on, all or none."""
    move = _move(request.form)
    with transaction() as db:
        person, sight = queries.person_of(persona()), sight_of(persona())
        codes = request.form.getlist("item")
        count = service.take_many(db, codes, move, person, actor(), now(), sight)
    notice(_("已办理 %(n)s 题：%(step)s。", n=count, step=words.step_word(move.step)))
    back = request.form.get("back", "")
    return redirect(url_for("bank.items") + (f"?{back}" if back else ""), 303)


@bp.post("/items/<code>/comments")
@require(Permission.ITEM_VIEW)
def comment(code: str) -> ResponseReturnValue:
    """Leave a remark beside an item."""
    with transaction() as db:
        service.comment(
            db, code, request.form.get("comment", "").strip(), actor(), now(), sight_of(persona())
        )
    return redirect(url_for("bank.item", code=code, _anchor="comments"), 303)


@bp.post("/items/comments/<uuid:public_id>/settle")
@require(Permission.ITEM_VIEW)
def settle(public_id: UUID) -> ResponseReturnValue:
    """Mark a remark as dealt with."""
    if not (persona().may(Permission.ITEM_WRITE) or persona().may(Permission.ITEM_REVIEW)):
        raise NotFound(said("没有这条批注。"))
    with transaction() as db:
        item = service.settle_comment(db, public_id, actor(), now(), sight_of(persona()))
    return redirect(url_for("bank.item", code=item.code, _anchor="comments"), 303)


def _move(form: MultiDict[str, str]) -> Move:
    named = form.get("step", "")
    if named not in tuple(Step) or named == Step.WRITE:
        raise Rejected(service.NOT_SAVED, [Problem(said("审核"), "step", said("请选择要做什么。"))])
    return Move(
        step=Step(named),
        remark=form.get("remark", "").strip(),
        reason=form.get("reason", ""),
        version=form.get("version", type=int),
        state=form.get("state", ""),
    )
