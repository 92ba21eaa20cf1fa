"""The marker's pages: my sittings, one sitting question by question, one essay. Nobody's name appears."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Permission, persona, require
from tiejun.errors import Conflict, NotFound
from tiejun.exams import marking_progress as progress
from tiejun.exams import marking_queries as queries
from tiejun.exams import marking_service as service
from tiejun.exams.marking_forms import MarkForm
from tiejun.exams.marking_progress import Row
from tiejun.exams.marking_rules import Policy
from tiejun.exams.marking_service import Desk, Essay, Place
from tiejun.files.kinds import FileKind
from tiejun.files.models import StoredFile
from tiejun.files.pdf_pages import page_picture, pdf_pages
from tiejun.files.serving import sent_nameless
from tiejun.html import clean
from tiejun.web import actor, notice, now, reading, settings, transaction, translated

bp = Blueprint("marking", __name__)


@bp.get("/marking")
@require(Permission.MARKING_SCORE)
def tasks() -> ResponseReturnValue:
    """List the sittings in which I mark, with what waits for me."""
    with reading() as db:
        rows = queries.sittings(db, persona(), now(), _policy())
    return render_template("marking/tasks.html", rows=rows)


@bp.get("/marking/<uuid:public_id>")
@require(Permission.MARKING_SCORE)
def sitting(public_id: UUID) -> ResponseReturnValue:
    """Show the essay questions of a sitting and what waits for me in each."""
    with reading() as db:
        found, exam = queries.marked_sitting(db, persona(), public_id)
        marked = queries.sheets(db, found, now(), _policy())
        questions = progress.questions(db, found, marked, persona())
        recent = progress.recent(db, found, persona(), _policy())
        markers = progress.marked_by(db, found)
    page = {"sitting": found, "exam": exam, "questions": questions, "recent": recent, "markers": markers}
    return render_template("marking/sitting.html", **page)


@bp.route("/marking/<uuid:public_id>/<code>/<int:slot>", methods=["GET", "POST"])
@require(Permission.MARKING_SCORE)
def mark(public_id: UUID, code: str, slot: int) -> ResponseReturnValue:
    """Show one answer beside its question, and take its points; then comes the next one."""
    with reading() as db:
        essay = service.essay(db, _place(db, public_id, code, slot), _desk(), now())
        row = _row(db, essay)
    form = MarkForm(request.form, essay)
    if request.method == "POST" and form.validate():
        try:
            return redirect(_save(form, essay, row), 303)
        except Conflict as refused:
            return _page(form, essay, row, translated(refused.message)), refused.status
    return _page(form, essay, row), 422 if form.errors else 200


@bp.get("/marking/<uuid:public_id>/<code>/<int:slot>/file")
@require(Permission.MARKING_SCORE)
def answer_file(public_id: UUID, code: str, slot: int) -> ResponseReturnValue:
    """Give a file that was handed in as an answer, under a name that says nothing of who did."""
    row = _file(public_id, code, slot)
    return sent_nameless(row, _("作答文件.%(ending)s", ending=row.kind))


@bp.get("/marking/<uuid:public_id>/<code>/<int:slot>/pages/<int:number>.png")
@require(Permission.MARKING_SCORE)
def answer_page(public_id: UUID, code: str, slot: int, number: int) -> ResponseReturnValue:
    """Give one page of a PDF that was handed in as a picture."""
    row = _file(public_id, code, slot)
    return send_file(page_picture(settings(), row, number), "image/png", max_age=3600)


def _file(public_id: UUID, code: str, slot: int) -> StoredFile:
    with reading() as db:
        file = service.essay(db, _place(db, public_id, code, slot), _desk(), now()).file
    if file is None:
        raise NotFound(said("这道题没有上传的文件。"))
    return file


def _policy() -> Policy:
    return Policy.of(settings())


def _desk() -> Desk:
    return Desk(persona(), actor(), _policy())


def _place(db: Session, public_id: UUID, code: str, slot: int) -> Place:
    found, _exam = queries.marked_sitting(db, persona(), public_id)
    return Place(found, queries.attempt_of_code(db, found, code, _policy()), slot)


def _row(db: Session, essay: Essay) -> Row:
    """Return the answers to the same question, this one among them."""
    found = queries.sheets(db, essay.place.sitting, now(), _policy())
    row = progress.answers(found, persona(), essay.place.attempt.form_id, essay.place.slot)
    return Row(row, next(at for at, answer in enumerate(row) if answer.code == essay.code))


def _page(form: MarkForm, essay: Essay, row: Row, refused: str = "") -> str:
    """Return the page of one answer; `refused` says why the server did not take what stands in the form."""
    shown = {name: clean(str(text)) for name, text in essay.shown.items()}
    pages = pdf_pages(settings(), essay.file) if essay.file and essay.file.kind == FileKind.PDF else []
    page = {"essay": essay, "form": form, "shown": shown, "row": row, "pages": pages}
    return render_template("marking/mark.html", **page, refused=refused)


def _save(form: MarkForm, essay: Essay, row: Row) -> str:
    """Write the mark and return the address of what comes next.

    After a first look that is the next answer of the same question that waits, then one of another question;
    after a correction the next answer in the row.
    """
    mark, place = form.mark, essay.place
    with transaction() as db:
        service.save(db, place, mark, _desk(), now())
    told = {"code": essay.code, "slot": place.slot, "points": f"{mark.points.normalize():f}"}
    notice(_("已保存：答卷 %(code)s 第%(slot)s题 %(points)s分。", **told))
    public_id = place.sitting.public_id
    if essay.mark is not None:
        if row.following is None:
            return url_for(".sitting", public_id=public_id)
        return url_for(".mark", public_id=public_id, code=row.following, slot=place.slot)
    with reading() as db:
        left = queries.tasks(queries.sheets(db, place.sitting, now(), _policy()), persona())
    code = row.next_todo
    if code is not None and any((task.code, task.slot) == (code, place.slot) for task in left):
        return url_for(".mark", public_id=public_id, code=code, slot=place.slot)
    task = queries.next_task(left, place.attempt.form_id, place.slot)
    if task is None:
        return url_for(".sitting", public_id=public_id)
    return url_for(".mark", public_id=public_id, code=task.code, slot=task.slot)
