"""Pages of the case library: the list, one case, its files."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from tiejun.access import Permission, persona, require
from tiejun.bank.queries import cited_articles
from tiejun.cases import queries, words
from tiejun.cases.models import CaseVersion
from tiejun.cases.queries import LibraryFilter
from tiejun.clock import beijing
from tiejun.files.serving import sent
from tiejun.study.rules import Category
from tiejun.study.sources import CASE, Source, offer
from tiejun.web import now, reading, settings

bp = Blueprint("cases", __name__)


@bp.record_once
def _add_words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["case_words"] = words


@bp.get("/cases")
@require(Permission.STUDY_USE)
def library() -> ResponseReturnValue:
    """Show the published cases, searched and filtered by the address."""
    asked = {name: request.args.get(name, "").strip()[:100] for name in ("unit", "law", "article", "author")}
    text = request.args.get("q", "").strip()[:100]
    wanted = LibraryFilter(text, page=request.args.get("page", 1, type=int), **asked)
    with reading() as db:
        page = queries.library(db, persona(), wanted)
        laws, authors = queries.library_choices(db, persona())
    return render_template("cases/library.html", page=page, laws=laws, authors=authors, wanted=wanted)


@bp.get("/cases/<uuid:public_id>")
@require(Permission.STUDY_USE)
def case(public_id: UUID) -> ResponseReturnValue:
    """Show what is published of a case, for reading."""
    with reading() as db:
        version = queries.published_case(db, persona(), public_id)
        cited = cited_articles(db, [(row.law_id, row.article) for row in version.citations])
        can_retire = queries.reviews_for(db, persona(), version.case)
        counted = offer(db, source_of(version), persona().person_id, settings(), now())
    return render_template(
        "cases/case.html", **shown(version), cited=cited, can_retire=can_retire, offer=counted
    )


@bp.get("/cases/<uuid:public_id>/versions/<int:number>")
@require(Permission.STUDY_USE)
def version(public_id: UUID, number: int) -> ResponseReturnValue:
    """Show a version that is not, or no longer, published to its author and to reviewers."""
    with reading() as db:
        found = queries.version_of_case(db, persona(), public_id, number)
        cited = cited_articles(db, [(row.law_id, row.article) for row in found.citations])
        versions = queries.versions(db, found.case)
    return render_template("cases/version.html", **shown(found), cited=cited, versions=versions)


@bp.get("/cases/<uuid:public_id>/files/<uuid:file_id>")
@require(Permission.STUDY_USE)
def file(public_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Give a file to those who may see the case that holds it; pictures are shown, all else is saved."""
    with reading() as db:
        row = queries.file_of_case(db, persona(), public_id, file_id)
    return sent(row, inline="save" not in request.args)


def source_of(found: CaseVersion) -> Source:
    """Return a published case as something whose reading counts, for as long as it was said to take."""
    key = str(found.case.public_id)
    return Source(CASE, key, found.title, Category.BUSINESS, found.minutes * 60)


def shown(found: CaseVersion) -> dict[str, object]:
    """Return what every page that shows a version hands to its template."""
    return {
        "case": found.case,
        "edition": found,
        "attachments": [row.file for row in found.files if not row.is_inline],
        "today": beijing(now()).date(),
    }
