"""Pages of the queue of law changes: the list with its progress, one review with the decision."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tiejun.access import Permission, persona, require
from tiejun.bank import law_queries
from tiejun.bank.law_reviews import queries, service, words
from tiejun.bank.law_reviews.export import reviews_workbook
from tiejun.bank.law_reviews.queries import GROUPS, Reader, ReviewFilter, reader_of, review_filter
from tiejun.bank.law_reviews.standing import standing_of
from tiejun.clock import beijing
from tiejun.errors import Rejected
from tiejun.web import actor, notice, now, reading, transaction
from tiejun.workbooks import XLSX

bp = Blueprint("law_reviews", __name__)


@bp.record_once
def _add_words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["review_words"] = words


@bp.get("/law-reviews")
@require(Permission.ITEM_VIEW)
def index() -> ResponseReturnValue:
    """Show the queue, filtered by the address, with its progress by law, writer or unit."""
    wanted, by = review_filter(request.args), request.args.get("by", "law")
    by = by if by in GROUPS else "law"
    with reading() as db:
        page = queries.find_reviews(db, _reader(), wanted)
        progress = queries.progress(db, _reader(), by)
        laws = queries.laws_in_queue(db, _reader())
        writers = queries.writers_in_queue(db, _reader())
    return render_template(
        "laws/reviews.html", page=page, wanted=wanted, by=by, progress=progress, laws=laws, writers=writers
    )


@bp.get("/law-reviews.xlsx")
@require(Permission.ITEM_VIEW)
def export() -> ResponseReturnValue:
    """Give the queue, as filtered, as an Excel file."""
    with reading() as db:
        content = reviews_workbook(queries.lines_for_export(db, _reader(), review_filter(request.args)))
    headers = {"Content-Disposition": "attachment; filename=law-reviews.xlsx"}
    return Response(content, mimetype=XLSX, headers=headers)


@bp.get("/law-reviews/<uuid:public_id>")
@require(Permission.ITEM_VIEW)
def review(public_id: UUID) -> ResponseReturnValue:
    """Show what waits, the old article, the candidates with their differences, and the decision."""
    return _page(public_id)


@bp.post("/law-reviews/<uuid:public_id>/reanchor")
@require(Permission.ITEM_WRITE)
def reanchor(public_id: UUID) -> ResponseReturnValue:
    """Let the item stand on another article."""
    law, article = request.form.get("law", ""), request.form.get("article", "").strip()
    try:
        with transaction() as db:
            found = service.review_to_decide(db, _reader().sight, public_id)
            item = service.reanchor(db, found, law, article, actor(), now())
            following = queries.next_waiting(db, _reader(), found)
    except Rejected as error:
        return _page(public_id, error), error.status
    notice(_("已改引：%(code)s 现为第 %(n)s 版。", code=item.code, n=item.current_version))
    return _on(following)


@bp.post("/law-reviews/<uuid:public_id>/retire")
@require(Permission.ITEM_WRITE)
def retire(public_id: UUID) -> ResponseReturnValue:
    """Take the item out of use."""
    try:
        with transaction() as db:
            found = service.review_to_decide(db, _reader().sight, public_id)
            item = service.retire(db, found, request.form.get("why", "").strip(), actor(), now())
            following = queries.next_waiting(db, _reader(), found)
    except Rejected as error:
        return _page(public_id, error), error.status
    notice(_("已停用：%(code)s。已定稿的试卷和成绩不变。", code=item.code))
    return _on(following)


def _on(following: UUID | None) -> ResponseReturnValue:
    """Lead to the next that waits, or to the list when nothing does."""
    there = url_for(".review", public_id=following) if following else url_for(".index")
    return redirect(there, 303)


def _page(public_id: UUID, error: Rejected | None = None) -> str:
    today = beijing(now()).date()
    with reading() as db:
        detail = queries.review_detail(db, _reader(), public_id)
        laws = law_queries.laws_for_choice(db, today)[0]
        standing = standing_of(db, persona(), detail.review)
    return render_template(
        "laws/review.html",
        detail=detail,
        review=detail.review,
        laws=laws,
        standing=standing,
        today=today,
        error=error,
        errors={problem.field: problem.message for problem in error.problems} if error else {},
        waiting=ReviewFilter().state,
    )


def _reader() -> Reader:
    return reader_of(persona())
