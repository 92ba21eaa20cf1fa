"""The page on which somebody says what the columns of a table are."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from question_bank.formats.columns import LABELS
from question_bank.formats.spreadsheet import SheetHead
from question_bank.words import said
from tiejun import uploads
from tiejun.access import Permission, require
from tiejun.bank.column_service import column_maps, remember
from tiejun.bank.import_jobs import asked_of
from tiejun.bank.item_files import table_heads
from tiejun.errors import NotFound, Problem, Rejected
from tiejun.web import actor, now, reading, settings, transaction

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
