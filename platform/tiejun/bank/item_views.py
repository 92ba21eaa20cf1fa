"""Pages of the item bank: the list, one item, the list and the items as files."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from question_bank.markup import show_images, without_images
from tiejun.access import Permission, persona, require
from tiejun.bank import images, queries, words
from tiejun.bank.export import export_bank, items_workbook
from tiejun.bank.law_reviews.queries import waiting_count, waiting_items
from tiejun.bank.law_reviews.queue import waiting
from tiejun.bank.law_reviews.things import ITEM
from tiejun.bank.queries import ItemFilter, item_filter
from tiejun.bank.version_comparison import compare_versions
from tiejun.clock import beijing
from tiejun.web import actor, now, reading, transaction

bp = Blueprint("bank", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "text/plain; charset=utf-8"
ZIP = "application/zip"
ENDINGS = {
    "xlsx": ("xlsx", XLSX),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "json": ("json", "application/json"),
    "xml": ("moodle-xml", "application/xml"),
    "gift": ("gift", TEXT),
    "txt": ("aiken", TEXT),
    "qti.zip": ("qti", ZIP),
    "qti22.zip": ("qti22", ZIP),
}
"""Format and media type of a file by its ending."""


@bp.record_once
def _add_words(state: BlueprintSetupState) -> None:
    # A global, not a context processor: macros see it too.
    state.app.jinja_env.globals["bank_words"] = words
    state.app.jinja_env.filters.update(item_text=item_text, without_images=without_images)


def item_text(text: str) -> Markup:
    """Return a text of an item for a page: escaped, unless it is `Markup` already, with its images.

    The images' addresses are open to people with `item:view` only.
    """
    return Markup(show_images(str(escape(text)), lambda digest: url_for("bank.image", digest=digest)))  # noqa: S704 - escaped above


@bp.get("/items")
@require(Permission.ITEM_VIEW)
def items() -> ResponseReturnValue:
    """Show the bank, searched, filtered and sorted by the address."""
    with reading() as db:
        page = queries.find_items(db, _wanted())
        laws = queries.cited_laws(db)
        counts = queries.purpose_counts(db)
        held = waiting_items(db, [item.id for item in page.rows])
        in_queue = waiting_count(db, persona().scopes(Permission.ITEM_VIEW))
    return render_template(
        "bank/items.html", page=page, laws=laws, counts=counts, wanted=_wanted(), held=held, in_queue=in_queue
    )


@bp.get("/items.xlsx")
@require(Permission.ITEM_VIEW)
def export() -> ResponseReturnValue:
    """Give the list, as filtered, as an Excel file."""
    with reading() as db:
        content = items_workbook(queries.rows_for_export(db, _wanted()))
    return attachment(content, "items.xlsx")


@bp.get("/items/export.<any(xlsx,csv,json,xml,gift,txt,'qti.zip','qti22.zip'):ending>")
@require(Permission.ITEM_IMPORT)
def export_sheet(ending: str) -> ResponseReturnValue:
    """Give the items, as filtered, with keys: changed, they can be imported again."""
    kind, media_type = ENDINGS[ending]
    with transaction() as db:
        made = export_bank(db, _wanted(), actor(), now(), kind)
    return attachment(made.content, f"item-bank.{ending}", media_type)


@bp.get("/items/images/<digest>")
@require(Permission.ITEM_VIEW)
def image(digest: str) -> ResponseReturnValue:
    """Give an image that items show."""
    with reading() as db:
        found = images.get_image(db, digest)
    reply = Response(found.data, mimetype=found.media_type)
    reply.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    reply.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return reply


@bp.get("/items/<code>")
@require(Permission.ITEM_VIEW)
def item(code: str) -> ResponseReturnValue:
    """Show an item as the candidate sees it, with key, rationale and citations."""
    with reading() as db:
        detail = queries.item_detail(db, code, request.args.get("version", type=int))
        reviews = waiting(db, ITEM, detail.item.id)
    today = beijing(now()).date()
    return render_template("bank/item.html", detail=detail, item=detail.item, today=today, reviews=reviews)


@bp.get("/items/<code>/compare")
@require(Permission.ITEM_VIEW)
def compare(code: str) -> ResponseReturnValue:
    """Show two versions of an item side by side, by default the present one and the one before."""
    old, new = request.args.get("from", type=int), request.args.get("to", type=int)
    with reading() as db:
        found = compare_versions(db, code, old, new)
    return render_template("bank/compare.html", found=found)


def attachment(content: bytes, name: str, media_type: str = XLSX) -> Response:
    """Return a file for saving; without another type an Excel file."""
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, content_type=media_type, headers=headers)


def _wanted() -> ItemFilter:
    return item_filter(request.args)
