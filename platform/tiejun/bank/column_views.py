"""The page on which somebody says what the columns of a table are."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.formats.columns import LABELS
from question_bank.formats.spreadsheet import SheetHead
from question_bank.words import said
from tiejun import uploads
from tiejun.access import Permission, require
from tiejun.bank import column_service
from tiejun.bank.column_service import column_maps, remember
from tiejun.bank.import_jobs import asked_of
from tiejun.bank.item_files import table_heads
from tiejun.errors import NotFound, Problem, Rejected
from tiejun.web import actor, notice, now, reading, settings, transaction

bp = Blueprint("bank_columns", __name__)
SHOWN = 60  # columns


@bp.get("/items/import/<digest>/columns")
@require(Permission.ITEM_IMPORT)
def columns(digest: str) -> ResponseReturnValue:
    """Ask what each column of a kept table is."""
    heads = _heads(digest)
    head = _asked_for(heads)
    by_column = {column: name for name, column in head.head.columns.items()}
    chosen = [by_column.get(column, "") for column in range(len(head.head.headers))]
    return _page(digest, heads, head, chosen, [])


@bp.post("/items/import/<digest>/columns")
@require(Permission.ITEM_IMPORT)
def save(digest: str) -> ResponseReturnValue:
    """Keep what was said and lead to the preview."""
    heads = _heads(digest)
    head = _asked_for(heads)
    headers = head.head.headers
    chosen = [request.form.get(f"column-{number}", "") for number in range(len(headers))]
    try:
        with transaction() as db:
            remember(db, headers, chosen, actor(), now())
    except Rejected as refused:
        return _page(digest, heads, head, chosen, refused.problems), 422
    return redirect(url_for("bank_import.go_on", digest=digest, **asked_of(request.args)), 303)


@bp.get("/items/import/columns")
@require(Permission.ITEM_IMPORT)
def remembered() -> ResponseReturnValue:
    """List what is remembered of columns."""
    with reading() as db:
        page = column_service.remembered(db, request.args.get("page", 1, type=int))
    return render_template("bank/columns.html", page=page, labels=LABELS)


@bp.get("/items/import/columns/<int:mapping_id>")
@require(Permission.ITEM_IMPORT)
def forgetting(mapping_id: int) -> ResponseReturnValue:
    """Show one explanation and ask whether it may be deleted."""
    with reading() as db:
        found = column_service.explanation(db, mapping_id)
    return render_template("bank/columns_forget.html", found=found, labels=LABELS)


@bp.post("/items/import/columns/<int:mapping_id>")
@require(Permission.ITEM_IMPORT)
def forget(mapping_id: int) -> ResponseReturnValue:
    """Delete an explanation."""
    with transaction() as db:
        column_service.forget(db, mapping_id, actor(), now())
    notice(_("已删除。同样表头的表格，下次按列名辨认，或再请您说明。"))
    return redirect(url_for(".remembered"), 303)


def _heads(digest: str) -> list[SheetHead]:
    content = uploads.fetch(settings(), digest)
    with reading() as db:
        maps = column_maps(db)
    return table_heads(content, request.args.get("name", "upload.xlsx"), maps)


def _asked_for(heads: list[SheetHead]) -> SheetHead:
    """Return the sheet that was asked for, else the first whose columns are not known."""
    if not heads:
        raise NotFound(said("这个文件里没有可以对应的列。"))
    named = (head for head in heads if head.sheet == request.args.get("sheet"))
    return next(named, next((head for head in heads if not head.is_found), heads[0]))


def _page(
    digest: str, heads: list[SheetHead], head: SheetHead, chosen: list[str], problems: list[Problem]
) -> str:
    shown = [number for number, text in enumerate(head.head.headers) if text][:SHOWN]
    return render_template(
        "bank/import_columns.html",
        digest=digest,
        heads=heads,
        table=head,
        chosen=chosen,
        shown=shown,
        problems=problems,
        labels=LABELS,
        asked=asked_of(request.args),
    )
