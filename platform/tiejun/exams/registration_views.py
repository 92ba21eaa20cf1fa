"""Pages on which officers are registered for a sitting, and its seat list."""

from collections.abc import Collection
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from question_bank.words import listed, said
from tiejun.access import Permission, persona, require
from tiejun.errors import Conflict, NotFound, Problem, Rejected
from tiejun.exams import admin_queries
from tiejun.exams import registration_queries as queries
from tiejun.exams import registration_service as service
from tiejun.exams.admin_forms import numbers
from tiejun.exams.admin_queries import SittingRow
from tiejun.exams.admin_rules import Phase
from tiejun.exams.admin_views import WORDS, bp
from tiejun.exams.registration_export import seat_list
from tiejun.people.models import Unit
from tiejun.people.roster import id_hash
from tiejun.web import actor, notice, now, reading, settings, transaction

# The blueprint is shared with the module that begins it; the factory takes it from here, the last.
__all__ = ["bp"]


@bp.get("/sittings/<uuid:public_id>/register")
@require(Permission.SITTING_MANAGE)
def register(public_id: UUID) -> ResponseReturnValue:
    """Show who may be registered, with the level and tier each needs."""
    with reading() as db:
        return _page(db, _row(db, public_id))


@bp.post("/sittings/<uuid:public_id>/register")
@require(Permission.SITTING_MANAGE)
def register_chosen(public_id: UUID) -> ResponseReturnValue:
    """Register those ticked, or all due of the unit shown."""
    try:
        with transaction() as db:
            row = _row(db, public_id)
            chosen = _due(db, row) if "all_due" in request.form else _ticked(db, row)
            _refuse_unconfirmed(chosen)
            ids = [choice.service.person.id for choice in chosen]
            service.register(db, row.sitting.id, ids, actor(), now())
    except Rejected as error:
        return _again(public_id, error.problems)
    notice(_("已登记%(n)s人，座位和试卷已分配。", n=len(ids)))
    return redirect(url_for(".sitting", public_id=public_id), 303)


@bp.post("/sittings/<uuid:public_id>/register/list")
@require(Permission.SITTING_MANAGE)
def register_list(public_id: UUID) -> ResponseReturnValue:
    """Register the persons of a pasted list; one faulty line, and nobody is."""
    try:
        with transaction() as db:
            row = _row(db, public_id)
            found = service.people_of_list(db, request.form.get("people", ""), _may_see, _hash, now())
            _refuse_unconfirmed(_picked(db, row, found))
            service.register(db, row.sitting.id, found, actor(), now())
    except Rejected as error:
        return _again(public_id, error.problems)
    notice(_("已登记%(n)s人，座位和试卷已分配。", n=len(found)))
    return redirect(url_for(".sitting", public_id=public_id), 303)


@bp.post("/sittings/<uuid:public_id>/unregister")
@require(Permission.SITTING_MANAGE)
def unregister(public_id: UUID) -> ResponseReturnValue:
    """Take the ticked candidates off the sitting."""
    with transaction() as db:
        row = _row(db, public_id)
        chosen = numbers(request.form.getlist("registration"))
        gone = service.unregister(db, row.sitting.id, chosen, actor(), now())
    if gone:
        notice(_("已取消%(n)s人的登记。", n=gone))
    else:
        notice(_("没有选择考生，名单未变。"), "due")
    return redirect(url_for(".sitting", public_id=public_id), 303)


@bp.get("/sittings/<uuid:public_id>/candidates.xlsx")
@require(Permission.SITTING_VIEW)
def candidates_xlsx(public_id: UUID) -> ResponseReturnValue:
    """Give the seat list as a workbook."""
    with reading() as db:
        row = admin_queries.sitting_row(db, persona(), public_id, now())
        made = seat_list(row, admin_queries.candidates(db, persona(), row))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = f"seats-{row.sitting.starts_at:%Y%m%d}.xlsx"
    return made, {"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'}


def _row(db: Session, public_id: UUID) -> SittingRow:
    row = admin_queries.sitting_row(db, persona(), public_id, now(), Permission.SITTING_MANAGE)
    if row.phase not in (Phase.PREPARING, Phase.READY):
        raise Conflict(said("场次已经开始，不能再更改安排和名单。"), code="sitting_started")
    if row.sitting.is_make_up:
        raise Conflict(
            said("补考场次的考生请在“补考”页安排和改期，期限和通知由那里办理。"), code="make_up_sitting"
        )
    return row


def _wanted(db: Session) -> queries.Wanted:
    text = request.values.get("q", "")
    unit_id = request.values.get("unit", 0, int)
    if not unit_id:
        return queries.Wanted(text=text)
    unit = db.get(Unit, unit_id)
    if unit is None or not _may_see(unit):
        raise NotFound(said("没有找到这个单位，或者您无权查看。"))
    return queries.Wanted(unit.path, text)


def _due(db: Session, row: SittingRow) -> list[queries.Choice]:
    found = queries.choices(db, persona(), row, _wanted(db))
    if found is None:
        raise Rejected(
            said("没有登记。"), [Problem(said("登记"), said("单位"), said("人员过多，请先选择单位。"))]
        )
    return [choice for choice in found if choice.is_due]


def _ticked(db: Session, row: SittingRow) -> list[queries.Choice]:
    return _picked(db, row, numbers(request.form.getlist("person")))


def _picked(db: Session, row: SittingRow, person_ids: Collection[int]) -> list[queries.Choice]:
    """Return the chosen officers; all of them within reach and not registered yet.

    Raises:
        Rejected: if one is not.
    """
    ids = tuple(dict.fromkeys(person_ids))
    found = queries.choices(db, persona(), row, queries.Wanted(person_ids=ids)) or []
    if len(found) != len(ids):
        message = said("选中的人员有的不在您的管辖范围内、考试当天不在岗或已在本场名单中，请刷新后重新选择。")
        raise Rejected(said("没有登记任何人。"), [Problem(said("登记"), said("考生"), message)])
    return found


def _refuse_unconfirmed(chosen: list[queries.Choice]) -> None:
    """Refuse officers whom this exam does not fit, until the box says that it is meant so."""
    unfit = [choice for choice in chosen if not choice.is_due]
    if unfit and request.form.get("confirm") != "1":
        names = listed(choice.service.person.name for choice in unfit[:10])
        message = said(
            "%(names)s等%(n)s人的级别、层级与本考试不符，或不应登记。确需登记的，请勾选“仍要登记”。",
            names=names,
            n=len(unfit),
        )
        raise Rejected(said("没有登记任何人。"), [Problem(said("登记"), said("考生"), message)])


def _may_see(unit: Unit) -> bool:
    return persona().covers(Permission.SITTING_MANAGE, unit.path)


def _hash(number: str) -> str:
    return id_hash(number, settings())


def _again(public_id: UUID, problems: list[Problem]) -> ResponseReturnValue:
    """Show the page again with what was chosen and what is wrong with it."""
    with reading() as db:
        return _page(db, _row(db, public_id), problems), 422


def _page(db: Session, row: SittingRow, problems: Collection[Problem] = ()) -> str:
    found = queries.choices(db, persona(), row, _wanted(db))
    fitting = request.values.get("fitting", "1") == "1"
    ticked = set(numbers(request.form.getlist("person")))
    shown = [
        choice for choice in found or () if not fitting or choice.is_due or choice.service.person.id in ticked
    ]
    return render_template(
        "exams/register.html",
        row=row,
        page=admin_queries.page_of(shown, request.values.get("page", 1, int), 100),
        too_many=found is None,
        due=sum(choice.is_due for choice in found or ()),
        unit_options=[("", _("全部单位")), *((unit.id, unit.name) for unit in queries.units(db, persona()))],
        ticked=ticked,
        problems=problems,
        fitting=fitting,
        **WORDS,
    )
