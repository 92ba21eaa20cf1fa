"""Pages that bring a version of a law in: look first, then take over."""

import json
from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.laws import LawError
from question_bank.laws import LawVersion as LawText
from question_bank.words import recalled, said
from tiejun import uploads
from tiejun.access import Permission, require
from tiejun.bank import law_import
from tiejun.bank.law_forms import LawFileForm, PasteForm, without_notes
from tiejun.bank.law_report import LawReport
from tiejun.bank.law_reviews.mapping_file import is_mapping
from tiejun.bank.law_views import compare_filter
from tiejun.bank.laws_service import LawBundle, import_laws, parse_laws
from tiejun.bank.reports import as_problem
from tiejun.errors import NotFound, Problem, Rejected
from tiejun.web import actor, notice, now, reading, settings, transaction, translated

bp = Blueprint("law_import", __name__)
SHOWN = 200  # faults, and articles of a first text
TOLD = 5  # sittings; the first page of who manages them names all


@bp.get("/laws/import")
@require(Permission.LAW_IMPORT)
def start() -> ResponseReturnValue:
    """Ask for a version: its text, or its file."""
    return _start_page(PasteForm(), LawFileForm())


@bp.post("/laws/import")
@require(Permission.LAW_IMPORT)
def look_at_text() -> ResponseReturnValue:
    """Read pasted text and lead to the preview; with a gap in it nothing is kept but what was typed."""
    form = PasteForm()
    try:
        content = form.content() if _is_valid(form) else None
    except LawError as error:
        faults = [as_problem(problem) for problem in error.problems]
        form.text.errors = [_("正文有 %(n)s 处要改，见“要改的地方”。", n=len(faults))]
        return _start_page(form, LawFileForm(formdata=None), faults), 422
    if content is None:
        return _start_page(form, LawFileForm(formdata=None)), 422
    return _kept(content, form, LawFileForm(formdata=None))


@bp.post("/laws/import/file")
@require(Permission.LAW_IMPORT)
def look_at_file() -> ResponseReturnValue:
    """Keep a law file, or a table of correspondence, and lead to its preview."""
    form = LawFileForm()
    if not form.validate_on_submit():
        return _start_page(PasteForm(formdata=None), form), 422
    content = form.file.data.read()
    if is_mapping(content):
        return redirect(url_for("law_mapping.preview", digest=uploads.keep(settings(), content)), 303)
    return _kept(without_notes(content), PasteForm(formdata=None), form)


@bp.get("/laws/import/<digest>")
@require(Permission.LAW_IMPORT)
def preview(digest: str) -> ResponseReturnValue:
    """Show what the import of a version would do: articles added, changed, gone."""
    content = uploads.fetch(settings(), digest)
    bundle, wanted = _bundle(content), compare_filter()
    with reading() as db:
        found = law_import.preview(db, bundle, wanted, actor(), now())
    left_out = recalled(json.loads(content).get("left_out") or [])
    return render_template(
        "laws/import_preview.html", found=found, wanted=wanted, left_out=left_out, shown=SHOWN
    )


@bp.post("/laws/import/<digest>")
@require(Permission.LAW_IMPORT)
def take(digest: str) -> ResponseReturnValue:
    """Bring in a version that was looked at."""
    bundle = _bundle(uploads.fetch(settings(), digest))
    with transaction() as db:
        report = import_laws(db, bundle, actor(), now())
    if not report.is_written:
        raise Rejected(said("这一文本有误，没有导入。"), report.problems[:SHOWN])
    (law,) = bundle.laws.values()
    _tell(law, report)
    return redirect(url_for("laws.law", law_id=law.instrument.id), 303)


def _tell(law: LawText, report: LawReport) -> None:
    """Say what came in, and what now waits or has lost its ground."""
    head = law.instrument
    notice(
        _("已导入《%(title)s》，共 %(n)s 条。", title=head.title, n=head.article_count)
        if law.articles
        else _("已登记《%(title)s》，正文缺。", title=head.title)
    )
    if waiting := sum(report.under_review.values()):
        notice(_("引用失效或变动条文的 %(n)s 项内容已列入法规变动待核。", n=waiting), "due")
    for consequence in report.consequences[:TOLD]:
        notice(translated(consequence.message), "due")


def _is_valid(form: PasteForm) -> bool:
    with reading() as db:
        form.offer(law_import.supersedable(db))
    return bool(form.validate_on_submit())


def _kept(content: bytes, paste: PasteForm, file: LawFileForm) -> ResponseReturnValue:
    """Keep a law file that can be read, and lead to its preview."""
    bundle = parse_laws([(_("法规文件"), content)])
    if bundle.report.problems:
        return _start_page(paste, file, bundle.report.problems), 422
    return redirect(url_for(".preview", digest=uploads.keep(settings(), content)), 303)


def _bundle(content: bytes) -> LawBundle:
    bundle = parse_laws([(_("法规文件"), content)])
    if not bundle.laws:
        raise NotFound(said("上传的文件已不在，请重新选择文件。"))
    return bundle


def _start_page(paste: PasteForm, file: LawFileForm, faults: Sequence[Problem] = ()) -> str:
    with reading() as db:
        paste.offer(law_import.supersedable(db))
    return render_template("laws/import.html", paste=paste, file=file, faults=faults, shown=SHOWN)
