"""The page on which a blueprint is composed: one form, sent by every button, so that it needs no script."""

from collections import defaultdict
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.assembly.blueprint import load_blueprint
from tiejun.access import Permission, require
from tiejun.bank import form_queries, form_service
from tiejun.bank.blueprint_draft import BlueprintDraft
from tiejun.bank.form_queries import BlueprintDetail
from tiejun.bank.form_service import LEVELS
from tiejun.bank.form_views import SHIPPED, bp, day_named
from tiejun.errors import DomainError, Rejected
from tiejun.web import actor, notice, now, reading, transaction

SAVE, CHECK = "save", "check"

__all__ = ["bp"]


@bp.get("/blueprints/new")
@require(Permission.FORM_MANAGE)
def compose() -> ResponseReturnValue:
    """Show an empty blueprint, or one that another is made from."""
    return _page(_pattern(request.args.get("like", "")))


@bp.post("/blueprints/new")
@require(Permission.FORM_MANAGE)
def composed() -> ResponseReturnValue:
    """Carry out a button of the page; "save" writes the blueprint."""
    draft, act = BlueprintDraft.of_form(request.form), request.form.get("act", CHECK)
    draft.change(act)
    if act not in (SAVE, CHECK):
        return _page(draft)
    try:
        text = draft.text()
        if act == CHECK:
            with reading() as db:
                return _page(draft, form_queries.planned(db, text, day_named(request.form.get("day", ""))))
        with transaction() as db:
            row = form_service.create_blueprint(db, text, draft.level, actor(), now())
    except DomainError as error:
        return _page(draft, error=error), error.status
    notice(_("已建立“%(title)s”。", title=row.title))
    return redirect(url_for(".blueprint", public_id=row.public_id), 303)


@bp.post("/blueprints/<uuid:public_id>/removal")
@require(Permission.FORM_MANAGE)
def remove(public_id: UUID) -> ResponseReturnValue:
    """Delete a blueprint that nothing rests on."""
    with transaction() as db:
        row = form_queries.get_blueprint(db, public_id)
        form_service.remove_blueprint(db, row, actor(), now())
    notice(_("已删除“%(title)s”。", title=row.title))
    return redirect(url_for(".blueprints"), 303)


def _pattern(like: str) -> BlueprintDraft:
    """Return the draft that the address asks for: like a shipped blueprint, one of ours, or empty."""
    if like in SHIPPED:
        return BlueprintDraft.of_blueprint(load_blueprint(like), LEVELS[-1])
    try:
        public_id = UUID(like)
    except ValueError:
        return BlueprintDraft()
    with reading() as db:
        row = form_queries.get_blueprint(db, public_id)
        draft = BlueprintDraft.of_blueprint(form_service.blueprint_text(row), row.level)
    draft.title = _("%(title)s（副本）", title=row.title)
    return draft


def _page(
    draft: BlueprintDraft, detail: BlueprintDetail | None = None, error: DomainError | None = None
) -> str:
    faults: dict[str, list[str]] = defaultdict(list)
    for problem in error.problems if isinstance(error, Rejected) else ():
        faults[problem.field].append(problem.message)
    if error is not None and error.code == "title_taken":
        faults["title"].append(error.message)
    return render_template("forms/compose.html", draft=draft, detail=detail, error=error, faults=faults)
