"""Pages and buttons of the life of items."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from question_bank.words import said
from tiejun.access import Permission, persona, require
from tiejun.bank.bulk.choice import Choice
from tiejun.bank.bulk.service import mark_of, need_as_seen
from tiejun.bank.bulk.views import back_to
from tiejun.bank.life import queries, service, words
from tiejun.bank.life.rules import Step, remark_problem
from tiejun.bank.life.service import Move
from tiejun.bank.models import Item
from tiejun.bank.queries import first_items
from tiejun.bank.secrecy import Sight, sight_of
from tiejun.clock import beijing
from tiejun.errors import NotFound, Problem, Rejected
from tiejun.listing import ListPage
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
    """Move the chosen items on, all or none; all that the list finds only after they were shown."""
    move, choice = _move(request.form), Choice.read(request.form)
    if choice.is_every and "mark" not in request.form:
        return _confirm_page(move, choice)
    with transaction() as db:
        person, sight = queries.person_of(persona()), sight_of(persona())
        codes = _codes(db, sight, choice)
        count = service.take_many(db, codes, move, person, actor(), now(), sight)
    notice(_("已办理 %(n)s 题：%(step)s。", n=count, step=words.step_word(move.step)))
    return redirect(back_to(choice), 303)


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


def _codes(db: Session, sight: Sight, choice: Choice) -> Sequence[str]:
    """Return the chosen items; all that the list finds must be those that were confirmed."""
    if not choice.is_every:
        return choice.codes
    rows = _found(db, sight, choice).rows
    need_as_seen(rows, request.form["mark"])
    return [row.code for row in rows]


def _found(db: Session, sight: Sight, choice: Choice) -> ListPage[Item]:
    return first_items(db, sight, choice.wanted(beijing(now()).date()), service.AT_ONCE + 1)


def _confirm_page(move: Move, choice: Choice) -> str:
    with reading() as db:
        page = _found(db, sight_of(persona()), choice)
    return render_template(
        "bank/bulk_steps.html",
        choice=choice,
        move=move,
        page=page,
        as_seen=mark_of(page.rows),
        most=service.AT_ONCE,
        problem=remark_problem(move.step, move.remark),
    )


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
