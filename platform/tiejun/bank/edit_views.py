"""The item editor: one form, sent to the server by every button, so that it works without scripts."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.item import Item as ItemText
from tiejun.access import Permission, persona, require
from tiejun.bank import editing, images, law_queries, queries
from tiejun.bank.draft import Draft
from tiejun.bank.editing import Target
from tiejun.bank.law_reviews.queries import first_waiting
from tiejun.bank.secrecy import sight_of
from tiejun.bank.twins import most_alike
from tiejun.clock import beijing
from tiejun.errors import DomainError, Rejected
from tiejun.web import actor, notice, now, reading, transaction

bp = Blueprint("bank_editor", __name__)
SAVE = "save"
PREVIEW = "preview"
"""What the page sends by itself as people type; it changes nothing."""


@bp.get("/items/new")
@require(Permission.ITEM_WRITE)
def new() -> ResponseReturnValue:
    """Show an empty item of the kind that the address names."""
    draft = Draft.new(request.args.get("kind", ""))
    draft.unit = request.args.get("unit", "")
    return _page(draft, Target())


@bp.post("/items/new")
@require(Permission.ITEM_WRITE)
def create() -> ResponseReturnValue:
    """Carry out a button of the editor on a new item; "save" writes it."""
    return _carry_out(Target())


@bp.get("/items/<code>/edit")
@require(Permission.ITEM_WRITE)
def edit(code: str) -> ResponseReturnValue:
    """Show the present version of an item in the editor."""
    with reading() as db:
        detail = queries.item_detail(db, sight_of(persona()), code)
    draft = Draft.of(detail.text, detail.item.purpose)
    return _page(draft, Target(code, detail.item.current_version))


@bp.post("/items/<code>/edit")
@require(Permission.ITEM_WRITE)
def revise(code: str) -> ResponseReturnValue:
    """Carry out a button of the editor on an item; "save" writes a new version."""
    version = request.form.get("version", 0, type=int)
    with reading() as db:
        base = queries.item_detail(db, sight_of(persona()), code, version).text
    return _carry_out(Target(code, version), base)


def _carry_out(target: Target, base: ItemText | None = None) -> ResponseReturnValue:
    draft = Draft.read(request.form, base)
    act, pictures = request.form.get("act", "check"), _pictures(len(draft.parts))
    if act == PREVIEW:
        return render_template("bank/_aside.html", **_shown(draft, target))
    error, saved = None, None
    if act == SAVE or pictures:
        with transaction() as db:
            error = editing.take_pictures(db, draft, pictures, actor(), now())
            if act == SAVE and error is None:
                saved, error = editing.try_save(db, draft, target, actor(), now())
    if saved is None:
        if act != SAVE:
            draft.apply(act)
        return _page(draft, target, error), error.status if error else 200
    notice(_("已保存：%(code)s 第 %(number)s 版。", code=saved.code, number=saved.current_version))
    return redirect(url_for("bank.item", code=saved.code), 303)


def _pictures(parts: int) -> dict[int, tuple[str, bytes]]:
    """Return name and content of the pictures that were sent, by the number of the part."""
    sent = {number: request.files.get(f"part-{number}-picture") for number in range(parts)}
    return {number: (file.filename, file.read()) for number, file in sent.items() if file and file.filename}


def _page(draft: Draft, target: Target, error: DomainError | None = None) -> str:
    today = beijing(now()).date()
    with reading() as db:
        laws = law_queries.laws_for_choice(db, today)
        review = first_waiting(db, target.code)
    errors = editing.by_field(error.problems if isinstance(error, Rejected) else ())
    return render_template(
        "bank/edit.html", laws=laws, review=review, error=error, errors=errors, **_shown(draft, target)
    )


def _shown(draft: Draft, target: Target) -> dict[str, Any]:
    """Return what the draft looks like, and what is to be said of it."""
    today = beijing(now()).date()
    with reading() as db:
        return {
            "draft": draft,
            "target": target,
            "today": today,
            "pictures": images.pictures_of_draft(db, {part.image for part in draft.parts if part.image}),
            "cited": queries.typed_articles(db, draft.citations),
            "shows_images": draft.shows_images,
            "advice": editing.by_field(editing.advice(db, draft, today)),
            "twins": most_alike(db, sight_of(persona()), draft.to_json(target.code), target.code),
        }
