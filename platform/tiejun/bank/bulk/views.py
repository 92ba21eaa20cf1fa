"""Pages on which several items are changed or exported: what is chosen, what it would do, the go-ahead."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.words import said
from tiejun.access import Permission, Persona, persona, require
from tiejun.bank import queries
from tiejun.bank.bulk import rules, service, words
from tiejun.bank.bulk.choice import Choice
from tiejun.bank.bulk.rules import Change, Powers, change_of
from tiejun.bank.item_views import ENDINGS, given_as_file, given_as_list
from tiejun.bank.models import ItemPurpose
from tiejun.bank.queries import EXPORT_ROWS, ItemFilter
from tiejun.bank.secrecy import CLASSES, sight_of
from tiejun.clock import beijing
from tiejun.errors import Forbidden, NotFound, Problem, Rejected
from tiejun.web import actor, notice, now, reading, transaction

bp = Blueprint("bank_bulk", __name__)
SHOWN = 10  # of the chosen items
LIST = "list"
"""The export of what the list shows, without keys."""


@bp.post("/items/bulk")
@require(Permission.ITEM_VIEW)
def choose() -> ResponseReturnValue:
    """Ask what to do with the chosen items; nothing is changed."""
    return _page(Choice.read(request.form))


@bp.get("/items/bulk")
@bp.get("/items/bulk/check")
@require(Permission.ITEM_VIEW)
def lost() -> ResponseReturnValue:
    """Lead to the list from an address that holds no choice: of a page loaded anew, or a changed language."""
    return redirect(url_for("bank.items"), 303)


@bp.post("/items/bulk/check")
@require(Permission.ITEM_VIEW)
def check() -> ResponseReturnValue:
    """Show what a change would do, and to which items it cannot be done."""
    choice = Choice.read(request.form)
    change, problems = _change()
    if problems:
        return _page(choice, problems), 422
    try:
        found = _look(choice, change)
    except Rejected as error:
        return _page(choice, [Problem("", "", error.message)]), error.status
    refused = sum(map(len, found.refused.values()))
    asked = words.asked(change)
    return render_template("bank/bulk_check.html", choice=choice, asked=asked, found=found, refused=refused)


@bp.post("/items/bulk/change")
@require(Permission.ITEM_VIEW)
def change() -> ResponseReturnValue:
    """Change the chosen items as they were looked at, all or none."""
    choice, mark, who = Choice.read(request.form), request.form.get("mark", ""), persona()
    asked, problems = _change()
    if problems:
        return _page(choice, problems), 422
    with transaction() as db:
        wanted, powers = _wanted(choice), _powers(who)
        count = service.change_items(db, sight_of(who), wanted, asked, powers, mark, actor(), now())
    notice(_("已修改 %(n)s 题。", n=count))
    return redirect(back_to(choice), 303)


@bp.post("/items/bulk/export")
@require(Permission.ITEM_VIEW)
def export() -> ResponseReturnValue:
    """Give the chosen items as a file: with keys to those who may import, else as the list shows them."""
    choice, ending = Choice.read(request.form), request.form.get("ending", "")
    if ending == LIST:
        return given_as_list(_wanted(choice))
    if not persona().may(Permission.ITEM_IMPORT):
        raise Forbidden(said("您没有进行这项操作的权限。"))
    if ending not in ENDINGS:
        raise NotFound(said("没有这种文件格式。"))
    return given_as_file(_wanted(choice), ending, partly="partly" in request.form, choice=choice)


def back_to(choice: Choice) -> str:
    """Return the address of the list from which items were chosen."""
    return url_for("bank.items") + (f"?{choice.back}" if choice.back else "")


def _page(choice: Choice, problems: Sequence[Problem] = ()) -> str:
    with reading() as db:
        page = queries.first_items(db, sight_of(persona()), _wanted(choice), SHOWN)
    return render_template(
        "bank/bulk.html",
        choice=choice,
        page=page,
        problems=problems,
        errors={problem.field: problem.message for problem in problems},
        classes=_classes(persona()),
        rules=rules,
        most_exported=EXPORT_ROWS,
    )


def _look(choice: Choice, asked: Change) -> service.Look:
    who = persona()
    with reading() as db:
        found = service.look(db, sight_of(who), _wanted(choice), asked, _powers(who))
    if rules.ON_FORM in found.refused:
        with transaction() as db:
            service.note_refused_lowering(db, found, actor(), now())
    return found


def _change() -> tuple[Change, list[Problem]]:
    return change_of(request.form, frozenset(CLASSES))


def _wanted(choice: Choice) -> ItemFilter:
    return choice.wanted(beijing(now()).date())


def _powers(who: Persona) -> Powers:
    classes = sight_of(who).classes
    return Powers(who.may(Permission.ITEM_WRITE), ItemPurpose.SEALED in classes, frozenset(classes))


def _classes(who: Persona) -> list[ItemPurpose]:
    """Return the classes that this person may give to items."""
    powers = _powers(who)
    gives = powers.writes or powers.makes_papers
    return [one for one in CLASSES if gives and one in powers.classes]
