"""Pages of the item bank: the list, one item, the list and the items as files."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from question_bank.markup import show_images, without_images
from tiejun.access import Permission, persona, require
from tiejun.bank import images, queries, words
from tiejun.bank.bulk.choice import Choice
from tiejun.bank.export import bank_file, items_workbook, note_taken
from tiejun.bank.images import Shown
from tiejun.bank.law_reviews.queries import reader_of, waiting_count, waiting_items
from tiejun.bank.law_reviews.queue import waiting
from tiejun.bank.law_reviews.things import ITEM
from tiejun.bank.life import words as life_words
from tiejun.bank.life.queries import life_of
from tiejun.bank.queries import ItemFilter, item_filter
from tiejun.bank.secrecy import sight_of
from tiejun.bank.usage.filters import usage_of
from tiejun.bank.version_comparison import compare_versions
from tiejun.clock import beijing
from tiejun.listing import list_page
from tiejun.web import actor, now, reading, transaction

bp = Blueprint("bank", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "text/plain; charset=utf-8"
ZIP = "application/zip"
ENDINGS = {
    "xlsx": ("xlsx", XLSX, "Excel"),
    "csv": ("csv", "text/csv; charset=utf-8", "CSV"),
    "json": ("json", "application/json", "JSON"),
    "xml": ("moodle-xml", "application/xml", "Moodle XML"),
    "gift": ("gift", TEXT, "GIFT"),
    "txt": ("aiken", TEXT, "Aiken"),
    "qti.zip": ("qti", ZIP, "QTI 3.0"),
    "qti22.zip": ("qti22", ZIP, "QTI 2.2"),
}
"""Format, media type and name of a file by its ending."""
LEFT_OUT_SHOWN = 200  # of chosen items


@bp.record_once
def _add_words(state: BlueprintSetupState) -> None:
    # A global, not a context processor: macros see it too.
    state.app.jinja_env.globals.update(bank_words=words, life_words=life_words)
    state.app.jinja_env.filters.update(item_text=item_text, pictured=pictured, without_images=without_images)


def item_text(text: str) -> Markup:
    """Return a text of an item for a page: escaped, unless it is `Markup` already, with its images.

    The images' addresses are open to people only who may see an item that shows them.
    """
    return Markup(show_images(str(escape(text)), lambda digest: url_for("bank.image", digest=digest)))  # noqa: S704 - escaped above


def pictured(text: str, images: Mapping[str, Shown]) -> Markup:
    """Return a text of an item escaped, with those of its images that the page holds itself."""
    return Markup(show_images(str(escape(text)), lambda digest: _held(images, digest)))  # noqa: S704 - escaped above


def _held(images: Mapping[str, Shown], digest: str) -> str:
    return images[digest].address if digest in images else ""


@bp.get("/items")
@require(Permission.ITEM_VIEW)
def items() -> ResponseReturnValue:
    """Show the bank, searched, filtered and sorted by the address."""
    with reading() as db:
        shown = _list(db)
    return render_template("bank/items.html", wanted=_wanted(), **shown)


def _list(db: Session) -> dict[str, Any]:
    sight = sight_of(persona())
    page = queries.find_items(db, sight, _wanted())
    ids = [item.id for item in page.rows]
    return {
        "page": page,
        "classes": sight.listed,
        "laws": queries.cited_laws(db, sight),
        "counts": queries.purpose_counts(db, sight),
        "held": waiting_items(db, ids),
        "in_queue": waiting_count(db, reader_of(persona())),
        "used": usage_of(db, ids),
        "writers": queries.writers(db, sight),
    }


@bp.get("/items.xlsx")
@require(Permission.ITEM_VIEW)
def export() -> ResponseReturnValue:
    """Give the list, as filtered, as an Excel file."""
    return given_as_list(_wanted())


@bp.get("/items/export.<any(xlsx,csv,json,xml,gift,txt,'qti.zip','qti22.zip'):ending>")
@require(Permission.ITEM_IMPORT)
def export_sheet(ending: str) -> ResponseReturnValue:
    """Give the items, as filtered, with keys: changed, they can be imported again.

    What the format cannot hold is listed first; `?partly=1` takes the file without it.
    """
    return given_as_file(_wanted(), ending, partly="partly" in request.args)


@bp.get("/items/images/<digest>")
@require(Permission.ITEM_VIEW)
def image(digest: str) -> ResponseReturnValue:
    """Give an image that items show which this person may see."""
    with reading() as db:
        found = images.get_image(db, sight_of(persona()), digest)
    reply = Response(found.data, mimetype=found.media_type)
    reply.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    reply.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return reply


@bp.get("/items/<code>")
@require(Permission.ITEM_VIEW)
def item(code: str) -> ResponseReturnValue:
    """Show an item as the candidate sees it, with key, rationale and citations."""
    with reading() as db:
        detail = queries.item_detail(db, sight_of(persona()), code, request.args.get("version", type=int))
        reviews = waiting(db, ITEM, detail.item.id)
        used = usage_of(db, [detail.item.id]).get(detail.item.id)
        life = life_of(db, detail.item, persona())
        shown = images.pictures(db, [detail.text])
    today = beijing(now()).date()
    page = {"detail": detail, "item": detail.item, "images": shown}
    return render_template("bank/item.html", **page, today=today, reviews=reviews, used=used, life=life)


@bp.get("/items/<code>/compare")
@require(Permission.ITEM_VIEW)
def compare(code: str) -> ResponseReturnValue:
    """Show two versions of an item side by side, by default the present one and the one before."""
    old, new = request.args.get("from", type=int), request.args.get("to", type=int)
    with reading() as db:
        found = compare_versions(db, sight_of(persona()), code, old, new)
    return render_template("bank/compare.html", found=found)


def given_as_list(wanted: ItemFilter) -> Response:
    """Return the items as the list shows them, without keys, as an Excel file."""
    with reading() as db:
        content = items_workbook(queries.rows_for_export(db, sight_of(persona()), wanted))
    return attachment(content, "items.xlsx")


def given_as_file(
    wanted: ItemFilter, ending: str, *, partly: bool, choice: Choice | None = None
) -> ResponseReturnValue:
    """Return the items with keys as a file, which is noted; or first the list of what it cannot hold.

    Args:
        partly: whether the file is wanted without what it cannot hold.
        choice: the items were chosen in the list, not found by its filter; the list has one page then.
    """
    kind, media_type, name = ENDINGS[ending]
    with transaction() as db:
        made = bank_file(db, sight_of(persona()), wanted, kind)
        if made.left_out and not partly:
            page = None if choice else list_page(made.left_out, wanted.page)
            rows = page.rows if page else made.left_out[:LEFT_OUT_SHOWN]
            shown = {"made": made, "rows": rows, "page": page, "choice": choice}
            return render_template("bank/export.html", **shown, name=name)
        note_taken(db, made, actor(), now(), kind)
    return attachment(made.content, f"item-bank.{ending}", media_type)


def attachment(content: bytes, name: str, media_type: str = XLSX) -> Response:
    """Return a file for saving; without another type an Excel file."""
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, content_type=media_type, headers=headers)


def _wanted() -> ItemFilter:
    return item_filter(request.args, beijing(now()).date())
