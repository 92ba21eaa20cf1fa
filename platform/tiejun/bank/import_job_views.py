"""The page of a large file on its way into the bank: how far it is, what the check found, the go-ahead."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from question_bank.item import Item
from question_bank.words import recalled
from tiejun.access import Permission, persona, require
from tiejun.bank.column_service import explanations
from tiejun.bank.import_jobs import UNDER_WAY, asked_of, confirm, my_import, plan_of
from tiejun.bank.import_models import ImportState, ItemImport
from tiejun.errors import Problem
from tiejun.listing import ListPage, list_page
from tiejun.web import now, reading, transaction

bp = Blueprint("bank_import_jobs", __name__)
SHOWN = 200  # faults and warnings


@bp.get("/items/import/jobs/<uuid:public_id>")
@require(Permission.ITEM_IMPORT)
def job(public_id: UUID) -> ResponseReturnValue:
    """Show how far a file is; once it is written, lead to its batch."""
    with reading() as db:
        row = my_import(db, persona().account_id, public_id)
        explained = explanations(db, row.report.get("remembered", []))
    if row.state == ImportState.WRITTEN:
        return redirect(url_for("bank_import.batch", public_id=row.batch), 303)
    return render_template(
        "bank/import_job.html",
        job=row,
        report=_report(row),
        explained=explained,
        **_checked(row),
    )


@bp.get("/items/import/jobs/<uuid:public_id>/state")
@require(Permission.ITEM_IMPORT)
def state(public_id: UUID) -> ResponseReturnValue:
    """Tell the page's script how far a file is."""
    with reading() as db:
        row = my_import(db, persona().account_id, public_id)
    return {"state": row.state, "percent": row.percent}


@bp.post("/items/import/jobs/<uuid:public_id>")
@require(Permission.ITEM_IMPORT)
def take(public_id: UUID) -> ResponseReturnValue:
    """Give the go-ahead for a file that was checked."""
    with transaction() as db:
        row = my_import(db, persona().account_id, public_id)
        confirm(db, row, skip_faulty=bool(request.form.get("skip_faulty")), now=now())
    return redirect(url_for(".job", public_id=public_id), 303)


def _checked(row: ItemImport) -> dict[str, Any]:
    return {
        "is_under_way": row.state in UNDER_WAY,
        "plan": plan_of(row.asked),
        "columns": _columns(row),
        "shown": SHOWN,
        "rows": _rows(row),
    }


def _report(row: ItemImport) -> dict[str, Any]:
    report: dict[str, Any] = recalled(row.report)
    for name in ("problems", "warnings"):
        report[name] = [Problem(**one) for one in report.get(name, [])]
    return report


def _rows(row: ItemImport) -> ListPage[tuple[str, Item]]:
    """Return one page of the first rows of the file, as the check read them."""
    page = list_page(row.report.get("shown", []), request.args.get("page", 1, type=int))
    rows = [(where, Item.from_json(data)) for where, data in page.rows]
    return ListPage(rows, page.number, page.pages, page.total)


def _columns(row: ItemImport) -> str:
    """Return where the columns can be explained, if it is a table."""
    is_table = row.report.get("is_table") or row.report.get("code") == "unknown_columns"
    return url_for("bank_columns.columns", digest=row.digest, **asked_of(row.asked)) if is_table else ""
