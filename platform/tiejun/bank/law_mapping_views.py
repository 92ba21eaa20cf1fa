"""Pages that bring a table of correspondence between an old and a new law in: look first, then take over."""

from collections import Counter

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from question_bank.laws import LawError
from question_bank.words import said
from tiejun import uploads
from tiejun.access import Permission, require
from tiejun.bank.law_queries import titles_of
from tiejun.bank.law_reviews.mapping import import_mapping
from tiejun.bank.law_reviews.mapping_file import Counterpart, parse_mapping
from tiejun.bank.reports import as_problem
from tiejun.errors import Problem, Rejected
from tiejun.imports import ImportReport
from tiejun.web import actor, notice, now, reading, settings, transaction

bp = Blueprint("law_mapping", __name__)
SHOWN = 200


@bp.get("/laws/mapping/<digest>")
@require(Permission.LAW_IMPORT)
def preview(digest: str) -> ResponseReturnValue:
    """Show what a table holds, and its faults."""
    rows, faults = _read(digest)
    with reading() as db:
        report = import_mapping(db, rows, actor(), now(), dry_run=True)
        titles = titles_of(db, {row.law for row in rows})
    faults += report.problems
    counts = [(titles.get(law, law), count) for law, count in Counter(row.law for row in rows).items()]
    return render_template(
        "laws/mapping.html", rows=rows, counts=counts, titles=titles, faults=faults, shown=SHOWN
    )


@bp.post("/laws/mapping/<digest>")
@require(Permission.LAW_IMPORT)
def take(digest: str) -> ResponseReturnValue:
    """Take a table over that was looked at."""
    rows, faults = _read(digest)
    with transaction() as db:
        report = _taken(db, rows, faults)
    notice(_("已导入对照表，共 %(n)s 条旧条文。", n=report.read))
    return redirect(url_for("law_reviews.index"), 303)


def _taken(db: Session, rows: list[Counterpart], faults: list[Problem]) -> ImportReport:
    report = import_mapping(db, rows, actor(), now(), dry_run=bool(faults))
    if not report.is_written:
        raise Rejected(said("这一对照表有误，没有导入。"), [*faults, *report.problems][:SHOWN])
    return report


def _read(digest: str) -> tuple[list[Counterpart], list[Problem]]:
    try:
        return parse_mapping(uploads.fetch(settings(), digest), _("对照表")), []
    except LawError as error:
        return [], [as_problem(problem) for problem in error.problems]
