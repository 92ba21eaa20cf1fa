"""The make-up board: who must sit the make-up by when, and putting them into a sitting."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Permission, persona, require
from tiejun.clock import BEIJING, beijing
from tiejun.errors import DomainError, NotFound, Problem, Rejected
from tiejun.exams import make_up_queries as queries
from tiejun.exams import make_up_service as service
from tiejun.exams.admin_forms import numbers
from tiejun.exams.admin_queries import page_of
from tiejun.exams.admin_views import WORDS
from tiejun.exams.make_up_export import STATE_WORDS, make_up_list
from tiejun.exams.make_up_lines import case_lines, exams_of
from tiejun.exams.make_up_notice import notice_data
from tiejun.exams.make_up_panel import NEW, Panel, panel
from tiejun.exams.make_up_sittings import NewSitting, copy_for_make_up, last_sitting
from tiejun.exams.models import Exam, Sitting
from tiejun.people.models import Unit
from tiejun.people.queries import in_scope
from tiejun.prints.render import render_make_up_notice
from tiejun.web import actor, notice, now, reading, transaction

bp = Blueprint("make_ups", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_A_PAGE = 200


@bp.get("/make-ups")
@require(Permission.MAKE_UP_MANAGE)
def board() -> ResponseReturnValue:
    """Show everybody who must sit a make-up, by unit, the most urgent first."""
    return _board()


@bp.get("/make-ups.xlsx")
@require(Permission.MAKE_UP_MANAGE)
def export() -> ResponseReturnValue:
    """Give the list, as filtered, as a workbook."""
    with reading() as db:
        rows = queries.cases(db, persona(), _asked(), now())
    made = make_up_list(queries.shown(rows, _asked().show), now())
    name = f"make-ups-{beijing(now()):%Y%m%d}.xlsx"
    return made, {"Content-Type": XLSX, "Content-Disposition": f'attachment; filename="{name}"'}


@bp.post("/make-ups/schedule")
@require(Permission.MAKE_UP_MANAGE)
def schedule() -> ResponseReturnValue:
    """Put the ticked people into the chosen sitting, or first show what that would mean."""
    if request.form.get("step") == "preview":
        return _board()
    try:
        with transaction() as db:
            chosen = _chosen(db)
            sitting = _sitting(db)
            service.schedule(db, chosen, sitting, request.form.get("reason", ""), actor(), now())
    except DomainError as error:
        problems = (
            error.problems if isinstance(error, Rejected) else [Problem(said("补考"), "", error.message)]
        )
        return _board(problems), error.status
    day = beijing(sitting.starts_at)
    notice(_("已安排%(n)s人，%(m)s月%(d)s日补考。", n=len(chosen), m=day.month, d=day.day))
    return redirect(url_for(".board"), 303)


@bp.get("/make-ups/<uuid:public_id>/notice.pdf")
@require(Permission.MAKE_UP_MANAGE)
def make_up_notice(public_id: UUID) -> ResponseReturnValue:
    """Print the notice of an arranged make-up."""
    return _notice(public_id)


@bp.get("/my/make-ups/<uuid:public_id>/notice.pdf")
@require(Permission.EXAM_SIT)
def my_notice(public_id: UUID) -> ResponseReturnValue:
    """Print the notice of one's own make-up."""
    return _notice(public_id, own=True)


def _asked() -> queries.Asked:
    return queries.Asked(
        show=request.values.get("show", ""),
        text=request.values.get("q", ""),
        unit_id=request.values.get("unit", 0, int),
        exam_id=request.values.get("exam", 0, int),
    )


def _board(problems: Collection[Problem] = ()) -> str:
    """Return the board; what was ticked and typed stays."""
    asked = _asked()
    with reading() as db:
        everybody = case_lines(db, persona(), asked, now())
        page = page_of(queries.shown(everybody, asked.show), _page_number(), ROWS_A_PAGE)
        rows = queries.picked(db, persona(), [line.id for line in page.rows], now())
        exams = exams_of(db, everybody)
        act = _panel(db, exams, {line.id for line in everybody})
        units = _units(db)
    return render_template(
        "make_ups/board.html",
        groups=queries.grouped(rows),
        page=page,
        counts={name: queries.shown(everybody, name) for name in ("", "unscheduled", "soon", "overdue")},
        exams=exams,
        unit_options=[("", _("全部单位")), *((unit.id, unit.name) for unit in units)],
        ticked={row.case.id for row in act.ticked},
        act=act,
        problems=problems,
        asked=asked,
        state_words=STATE_WORDS,
        today=beijing(now()).date(),
        **WORDS,
    )


def _page_number() -> int:
    return request.values.get("page", 1, int)


def _panel(db: Session, exams: Mapping[int, Exam], shown: set[int]) -> Panel:
    ticked = queries.picked(db, persona(), shown & set(numbers(request.values.getlist("case"))), now())
    sittings = queries.future_sittings(db, persona(), exams, now())
    copied = [(exam, last_sitting(db, exam.id, now())) for exam in exams.values()]
    models = [(exam, model) for exam, model in copied if model is not None]
    return panel(ticked, sittings, models, request.values.get("sitting", ""), _new_day())


def _new_day() -> date | None:
    typed = _typed_start()
    return typed.date() if typed is not None else None


def _typed_start() -> datetime | None:
    """Return the start typed for a new sitting, on Beijing's clocks; None when it can't be read."""
    try:
        return datetime.fromisoformat(request.values.get("starts_at", "")).replace(tzinfo=BEIJING)
    except ValueError:
        return None


def _chosen(db: Session) -> list[int]:
    """Return the ticked cases; all of them must lie within reach."""
    wanted = set(numbers(request.form.getlist("case")))
    found = [row.case.id for row in queries.picked(db, persona(), wanted, now())]
    if len(found) != len(wanted):
        raise NotFound(said("选中的人员有的不在您的管辖范围内，没有安排任何人。"))
    if not found:
        raise Rejected(
            said("没有安排任何人。"),
            [Problem(said("补考"), said("人员"), said("没有选择人员，请先在左侧勾选。"))],
        )
    return found


def _sitting(db: Session) -> Sitting:
    """Return the chosen sitting, or make the new one."""
    wanted = request.form.get("sitting", "")
    if not wanted.startswith(NEW):
        known = numbers([wanted])
        if not known:
            raise Rejected(
                said("没有安排任何人。"), [Problem(said("补考"), said("场次"), said("请选择补考场次。"))]
            )
        return queries.managed_sitting(db, persona(), known[0])
    exam_ids = numbers([wanted.removeprefix(NEW)])
    reach = in_scope(persona().scopes(Permission.MAKE_UP_MANAGE))
    exam = queries.managed_exam(db, reach, exam_ids[0] if exam_ids else 0)
    starts_at = _typed_start()
    if starts_at is None:
        raise Rejected(
            said("没有安排任何人。"),
            [Problem(said("新场次"), said("开始时间"), said("请填写新场次的开始时间。"))],
        )
    return copy_for_make_up(db, exam.id, NewSitting(starts_at, request.form.get("venue", "")), actor(), now())


def _units(db: Session) -> list[Unit]:
    """Return the units that have cases, with those above them within reach."""
    return queries.units_above(db, persona(), queries.unit_paths(db, persona()))


def _notice(public_id: UUID, own: bool = False) -> ResponseReturnValue:
    with reading() as db:
        condition = (
            queries.is_own(persona()) if own else in_scope(persona().scopes(Permission.MAKE_UP_MANAGE))
        )
        row = queries.notice_row(db, condition, public_id, now())
        organiser, exam_day = queries.notice_facts(db, row)
    made = render_make_up_notice(notice_data(row, organiser, exam_day, now()), now())
    name = f"make-up-notice-{row.case.id}.pdf"
    kind = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{name}"'}
    return made, kind
