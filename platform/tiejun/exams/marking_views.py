"""The marker's pages: my sittings, one sitting question by question, one essay. Nobody's name appears."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from tiejun.access import Permission, persona, require
from tiejun.exams import marking_queries as queries
from tiejun.exams import marking_service as service
from tiejun.exams.marking_forms import MarkForm
from tiejun.exams.marking_rules import Policy
from tiejun.exams.marking_service import Desk, Essay, Mark, Place
from tiejun.html import clean
from tiejun.web import actor, notice, now, reading, settings, transaction

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
        questions = queries.questions(db, found, marked, persona())
        recent = queries.recent(db, found, persona(), _policy())
    return render_template(
        "marking/sitting.html", sitting=found, exam=exam, questions=questions, recent=recent
    )


@bp.route("/marking/<uuid:public_id>/<code>/<int:slot>", methods=["GET", "POST"])
@require(Permission.MARKING_SCORE)
def mark(public_id: UUID, code: str, slot: int) -> ResponseReturnValue:
    """Show one essay and take its points; then comes the next one of the same question."""
    with reading() as db:
        essay = service.essay(db, _place(db, public_id, code, slot), _desk(), now())
        left = queries.tasks(queries.sheets(db, essay.place.sitting, now(), _policy()), persona())
    form = MarkForm(request.form, obj=essay.mark, maximum=essay.maximum)
    if request.method == "POST" and form.validate():
        return redirect(_save(form, essay), 303)
    form_id = essay.place.attempt.form_id
    page = {"essay": essay, "form": form, "shown": {k: clean(str(v)) for k, v in essay.shown.items()}}
    here = sum((task.form_id, task.slot) == (form_id, slot) for task in left)
    return render_template("marking/mark.html", **page, left=here), 422 if form.errors else 200


def _policy() -> Policy:
    return Policy.of(settings())


def _desk() -> Desk:
    return Desk(persona(), actor(), _policy())


def _place(db: Session, public_id: UUID, code: str, slot: int) -> Place:
    found, _exam = queries.marked_sitting(db, persona(), public_id)
    return Place(found, queries.attempt_of_code(db, found, code, _policy()), slot)


def _save(form: MarkForm, essay: Essay) -> str:
    """Write the mark and return the address of what comes next."""
    points = form.points.data
    with transaction() as db:
        service.save(db, essay.place, Mark(points, form.comment.data or ""), _desk(), now())
    told = {"code": essay.code, "slot": essay.place.slot, "points": f"{points.normalize():f}"}
    notice(_("已保存：答卷 %(code)s 第%(slot)s题 %(points)s分。", **told))
    with reading() as db:
        left = queries.tasks(queries.sheets(db, essay.place.sitting, now(), _policy()), persona())
    public_id = essay.place.sitting.public_id
    task = queries.next_task(left, essay.place.attempt.form_id, essay.place.slot)
    if task is None or essay.mark is not None:
        return url_for(".sitting", public_id=public_id)
    return url_for(".mark", public_id=public_id, code=task.code, slot=task.slot)
