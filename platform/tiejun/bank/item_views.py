"""Pages of the item bank: the list, one item, the list as Excel."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from tiejun.access import Permission, require
from tiejun.bank import queries, words
from tiejun.bank.export import items_workbook
from tiejun.bank.queries import DEFAULT_SORT, ItemFilter
from tiejun.clock import beijing
from tiejun.web import now, reading

bp = Blueprint("bank", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.record_once
def _add_words(state: BlueprintSetupState) -> None:
    # A global, not a context processor: macros see it too.
    state.app.jinja_env.globals["bank_words"] = words


@bp.get("/items")
@require(Permission.ITEM_VIEW)
def items() -> ResponseReturnValue:
    """Show the bank, searched, filtered and sorted by the address."""
    with reading() as db:
        page = queries.find_items(db, _wanted())
        laws = queries.cited_laws(db)
        counts = queries.purpose_counts(db)
    return render_template("bank/items.html", page=page, laws=laws, counts=counts, wanted=_wanted())


@bp.get("/items.xlsx")
@require(Permission.ITEM_VIEW)
def export() -> ResponseReturnValue:
    """Give the list, as filtered, as an Excel file."""
    with reading() as db:
        content = items_workbook(queries.rows_for_export(db, _wanted()))
    return attachment(content, "items.xlsx")


@bp.get("/items/<code>")
@require(Permission.ITEM_VIEW)
def item(code: str) -> ResponseReturnValue:
    """Show an item as the candidate sees it, with key, rationale and citations."""
    with reading() as db:
        detail = queries.item_detail(db, code, request.args.get("version", type=int))
    return render_template("bank/item.html", detail=detail, item=detail.item, today=beijing(now()).date())


def attachment(content: bytes, name: str) -> Response:
    """Return an Excel file for saving."""
    return Response(content, mimetype=XLSX, headers={"Content-Disposition": f"attachment; filename={name}"})


def _wanted() -> ItemFilter:
    asked = {
        name: request.args.get(name, "").strip()[:100]
        for name in ("unit", "kind", "tier", "purpose", "law", "article")
    }
    return ItemFilter(
        text=request.args.get("q", "").strip()[:100],
        batch=request.args.get("batch", type=UUID),
        sort=request.args.get("sort", DEFAULT_SORT),
        page=request.args.get("page", 1, type=int),
        **asked,
    )
