"""The invigilator's board: who is where, and the few acts of an exam room. It works without scripts."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tiejun.access import Permission, persona, require
from tiejun.exams import invigilation_service as service
from tiejun.exams.invigilation_forms import ClosingForm, ExtensionForm
from tiejun.exams.invigilation_queries import board as board_of
from tiejun.exams.invigilation_queries import open_attempt_of, seat_of, sitting_of
from tiejun.exams.rules import Urgency
from tiejun.people.service import account_of
from tiejun.people.service import unlock as unlock_account
from tiejun.web import actor, notice, now, reading, transaction

bp = Blueprint("invigilation", __name__)


@bp.get("/sittings/<uuid:public_id>/board")
@require(Permission.SITTING_INVIGILATE)
def board(public_id: UUID) -> ResponseReturnValue:
    """Show everybody of a sitting, the worst first."""
    return _board(public_id, ExtensionForm(), ClosingForm())


def _board(public_id: UUID, extension: ExtensionForm, closing: ClosingForm) -> ResponseReturnValue:
    with reading() as db:
        found = board_of(db, persona(), public_id, now())
    status = 422 if extension.errors or closing.errors else 200
    shown = {"board": found, "extension": extension, "closing": closing, "Urgency": Urgency}
    return render_template("invigilation/board.html", **shown), status


@bp.post("/sittings/<uuid:public_id>/board/extension")
@require(Permission.SITTING_INVIGILATE)
def extend_all(public_id: UUID) -> ResponseReturnValue:
    """Give everybody more time; open attempts hear of it with their next save."""
    form = ExtensionForm()
    if not form.validate():
        return _board(public_id, form, ClosingForm(formdata=None))
    with transaction() as db:
        sitting, _unit = sitting_of(db, persona(), public_id)
        reached = service.extend_sitting(db, sitting, form.more_time(), actor(), now())
    notice(_("全场延长%(m)s分钟，正在作答的%(n)s人将随下一次保存得知。", m=form.minutes.data, n=reached))
    return redirect(url_for(".board", public_id=public_id), 303)


@bp.post("/sittings/<uuid:public_id>/board/closing")
@require(Permission.SITTING_INVIGILATE)
def close_all(public_id: UUID) -> ResponseReturnValue:
    """End the sitting for everybody."""
    form = ClosingForm()
    if not form.validate():
        return _board(public_id, ExtensionForm(formdata=None), form)
    with transaction() as db:
        sitting, _unit = sitting_of(db, persona(), public_id)
        ended = service.close_sitting(db, sitting, form.reason.data or "", actor(), now())
    notice(_("已全场收卷，%(n)s人的作答就此结束。", n=ended))
    return redirect(url_for(".board", public_id=public_id), 303)


@bp.get("/sittings/<uuid:public_id>/board/<int:number>")
@require(Permission.SITTING_INVIGILATE)
def seat(public_id: UUID, number: int) -> ResponseReturnValue:
    """Show one candidate with what can be done for him."""
    return _seat(public_id, number, ExtensionForm(), ClosingForm())


def _seat(
    public_id: UUID, number: int, extension: ExtensionForm, closing: ClosingForm, code: str = ""
) -> ResponseReturnValue:
    with reading() as db:
        sitting, found = seat_of(db, persona(), public_id, number, now())
    status = 422 if extension.errors or closing.errors else 200
    shown = {"sitting": sitting, "seat": found, "extension": extension, "closing": closing, "code": code}
    return render_template("invigilation/seat.html", **shown), status


@bp.post("/sittings/<uuid:public_id>/board/<int:number>/extension")
@require(Permission.SITTING_INVIGILATE)
def extend_one(public_id: UUID, number: int) -> ResponseReturnValue:
    """Give one candidate more time."""
    form = ExtensionForm()
    if not form.validate():
        return _seat(public_id, number, form, ClosingForm(formdata=None))
    with transaction() as db:
        _sitting, found = seat_of(db, persona(), public_id, number, now())
        service.extend_attempt(db, open_attempt_of(found), form.more_time(), actor(), now())
    notice(_("%(name)s延长%(m)s分钟，将随下一次保存得知。", name=found.person.name, m=form.minutes.data))
    return redirect(url_for(".seat", public_id=public_id, number=number), 303)


@bp.post("/sittings/<uuid:public_id>/board/<int:number>/closing")
@require(Permission.SITTING_INVIGILATE)
def close_one(public_id: UUID, number: int) -> ResponseReturnValue:
    """End one candidate's attempt."""
    form = ClosingForm()
    if not form.validate():
        return _seat(public_id, number, ExtensionForm(formdata=None), form)
    with transaction() as db:
        _sitting, found = seat_of(db, persona(), public_id, number, now())
        service.close_attempt(db, open_attempt_of(found), form.reason.data or "", actor(), now())
    notice(_("已收%(name)s的卷，已保存的作答照常计分。", name=found.person.name))
    return redirect(url_for(".seat", public_id=public_id, number=number), 303)


@bp.post("/sittings/<uuid:public_id>/board/<int:number>/takeover-code")
@require(Permission.SITTING_INVIGILATE)
def takeover_code(public_id: UUID, number: int) -> ResponseReturnValue:
    """Issue a takeover code; it stands on this answer and nowhere else."""
    with transaction() as db:
        _sitting, found = seat_of(db, persona(), public_id, number, now())
        code = service.issue_takeover_code(db, open_attempt_of(found), actor(), now())
    return _seat(public_id, number, ExtensionForm(formdata=None), ClosingForm(formdata=None), code)


@bp.post("/sittings/<uuid:public_id>/board/<int:number>/unlocking")
@require(Permission.ACCOUNT_UNLOCK)
def unlock(public_id: UUID, number: int) -> ResponseReturnValue:
    """Let a candidate of this sitting sign in again at once."""
    with transaction() as db:
        _sitting, found = seat_of(db, persona(), public_id, number, now())
        unlock_account(db, account_of(db, found.person.id).id, actor(), now())
    notice(_("已解锁，%(name)s可以立即登录。", name=found.person.name))
    return redirect(url_for(".seat", public_id=public_id, number=number), 303)
