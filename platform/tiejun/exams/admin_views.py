"""Pages of exams and sittings for administrators."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Permission, Persona, Role, persona, require
from tiejun.bank import models as bank
from tiejun.errors import Conflict, Rejected
from tiejun.exams import admin_queries as queries
from tiejun.exams import admin_service as service
from tiejun.exams import law_days
from tiejun.exams.admin_forms import ExamForm, SittingForm
from tiejun.exams.admin_rules import PHASE_WORDS, Phase
from tiejun.exams.models import Exam, Sitting
from tiejun.people.levels import LEVEL_WORDS, TIER_WORDS
from tiejun.web import actor, joined, notice, now, reading, transaction

bp = Blueprint("exams", __name__)
WORDS = {"level_words": LEVEL_WORDS, "tier_words": TIER_WORDS}


@bp.get("/exams")
@require(Permission.SITTING_VIEW)
def sittings() -> ResponseReturnValue:
    """List the sittings, the next first, with what to do."""
    with reading() as db:
        found = queries.sittings(db, persona(), now(), request.args.get("q", ""))
    page = queries.page_of(
        queries.of_phase(found, request.args.get("phase", "")), request.args.get("page", 1, int)
    )
    counts = {phase: len(queries.of_phase(found, phase)) for phase in Phase}
    return render_template(
        "exams/sittings.html", page=page, counts=counts, total=len(found), phase_words=PHASE_WORDS, **WORDS
    )


@bp.route("/exams/new", methods=["GET", "POST"])
@require(Permission.SITTING_MANAGE)
def new_exam() -> ResponseReturnValue:
    """Make an exam on a blueprint; a sitting comes next."""
    form = ExamForm()
    with reading() as db:
        levels = _offer_exam(db, persona(), form)
    if request.method == "POST" and form.validate():
        try:
            with transaction() as db:
                exam = service.create_exam(db, form.spec(levels), actor(), now())
        except Rejected as error:
            form.blame(error)
        else:
            return redirect(url_for(".new_sitting", exam=exam.public_id), 303)
    return render_template("exams/exam_form.html", form=form), 422 if form.errors else 200


@bp.route("/sittings/new", methods=["GET", "POST"])
@require(Permission.SITTING_MANAGE)
def new_sitting() -> ResponseReturnValue:
    """Make a sitting of the exam named in the address; without one, choose the exam first."""
    with reading() as db:
        if not request.args.get("exam"):
            return _choose_exam(db)
        exam = queries.exam(db, persona(), request.args["exam"])
        form = _sitting_form(db, exam, None)
    if request.method == "POST" and form.validate() and (made := _create(form, exam)):
        notice(_("场次已建立。下一步：登记考生。"))
        return redirect(url_for(".sitting", public_id=made.public_id), 303)
    page = render_template("exams/sitting_form.html", form=form, exam=exam, row=None, **WORDS)
    return page, 422 if form.errors else 200


@bp.get("/sittings/<uuid:public_id>")
@require(Permission.SITTING_VIEW)
def sitting(public_id: UUID) -> ResponseReturnValue:
    """Show one sitting: candidates, forms, staff, and the way to board, marking and results."""
    with reading() as db:
        row = queries.sitting_row(db, persona(), public_id, now())
        shown = {
            "candidates": queries.candidates(db, persona(), row),
            "staff": queries.staff(db, row.sitting.id),
            "forms": queries.forms_of(db, row.sitting.id),
        }
        manages = persona().covers(Permission.SITTING_MANAGE, row.unit.path)
        stale = law_days.stale_sittings(db, now(), Sitting.id == row.sitting.id) if manages else []
    return render_template(
        "exams/sitting.html", row=row, manages=manages, stale=stale, Phase=Phase, **shown, **WORDS
    )


@bp.route("/sittings/<uuid:public_id>/edit", methods=["GET", "POST"])
@require(Permission.SITTING_MANAGE)
def edit_sitting(public_id: UUID) -> ResponseReturnValue:
    """Change a sitting before its start."""
    with reading() as db:
        row = queries.sitting_row(db, persona(), public_id, now(), Permission.SITTING_MANAGE)
        form = _sitting_form(db, row.exam, row.sitting)
    if row.phase not in (Phase.PREPARING, Phase.READY):
        raise Conflict(said("场次已经开始，不能再更改安排和名单。"), code="sitting_started")
    if request.method == "POST" and form.validate() and _edit(form, row):
        notice(_("场次的安排已更改。"))
        return redirect(url_for(".sitting", public_id=public_id), 303)
    page = render_template("exams/sitting_form.html", form=form, exam=row.exam, row=row, **WORDS)
    return page, 422 if form.errors else 200


def _offer_exam(db: Session, who: Persona, form: ExamForm) -> dict[int, tuple[str, str]]:
    known = queries.blueprints(db)
    form.blueprint.choices = {blueprint.id: _blueprint_words(blueprint) for blueprint in known}
    form.unit.choices = {unit.id: unit.name for unit in queries.holders(db, who)}
    if request.method == "GET":
        form.unit.data = who.unit_id
    return {blueprint.id: (blueprint.level, blueprint.tier) for blueprint in known}


def _blueprint_words(one: bank.Blueprint) -> str:
    kind = joined(filter(None, (LEVEL_WORDS.get(one.level), TIER_WORDS.get(one.tier))), "·")
    words: str = _(
        "%(title)s（%(kind)s，%(minutes)s分钟，%(total)s分，%(cut)s分合格）",
        title=one.title,
        kind=kind,
        minutes=one.duration_minutes,
        total=f"{one.total_points:g}",
        cut=f"{one.cut_score:g}",
    )
    return words


def _choose_exam(db: Session) -> str:
    found = queries.exams(db, persona(), Permission.SITTING_MANAGE)
    return render_template("exams/choose_exam.html", exams=found, **WORDS)


def _sitting_form(db: Session, exam: Exam, sitting: Sitting | None) -> SittingForm:
    """Return the form with what may be chosen now, filled from the sitting or the blueprint."""
    form = SittingForm()
    if request.method == "GET":
        _fill(db, form, exam, sitting)
    forms = queries.free_forms(db, exam.blueprint_id, sitting.id if sitting else None)
    form.forms.choices = {
        paper.id: _("试卷%(label)s（%(slots)s题）", label=paper.label, slots=paper.slot_count)
        for paper in forms
    }
    serving = queries.staff(db, sitting.id) if sitting else []
    for field, role, duty in (
        (form.invigilators, Role.INVIGILATOR, service.INVIGILATOR),
        (form.markers, Role.MARKER, service.MARKER),
    ):
        # Who serves already stays offered, also when the account lies outside this administrator's reach.
        offered = {account.id: account for account in queries.staff_choices(db, persona(), role)}
        offered |= {account.id: account for told, account, _unit in serving if told == duty}
        field.choices = {one.id: f"{one.display_name}（{one.login}）" for one in offered.values()}
    return form


def _fill(db: Session, form: SittingForm, exam: Exam, sitting: Sitting | None) -> None:
    if sitting is None:
        form.minutes.process_data(queries.blueprint(db, exam).duration_minutes)
        form.is_make_up.data = request.args.get("make_up") == "1"
        return
    for field, value in (
        (form.title, sitting.title),
        (form.starts_at, sitting.starts_at),
        (form.ends_at, sitting.ends_at),
        (form.minutes, sitting.duration_seconds // 60),
        (form.venue, sitting.venue),
        (form.allows_api, sitting.allows_api),
        (form.is_make_up, sitting.is_make_up),
        (form.forms, service.form_ids(db, sitting.id)),
    ):
        field.process_data(value)
    serving = queries.staff(db, sitting.id)
    form.invigilators.process_data([who.id for duty, who, _u in serving if duty == service.INVIGILATOR])
    form.markers.process_data([who.id for duty, who, _u in serving if duty == service.MARKER])


def _create(form: SittingForm, exam: Exam) -> Sitting | None:
    try:
        with transaction() as db:
            return service.create_sitting(db, form.spec(exam), actor(), now())
    except Rejected as error:
        form.blame(error)
        return None


def _edit(form: SittingForm, row: queries.SittingRow) -> bool:
    try:
        with transaction() as db:
            service.edit_sitting(db, row.sitting.id, form.spec(row.exam), actor(), now())
    except Rejected as error:
        form.blame(error)
        return False
    return True
