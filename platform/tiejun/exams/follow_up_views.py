"""Pages of what follows a failed make-up: the talk and the decision after it."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tiejun.access import Permission, persona, require
from tiejun.clock import beijing
from tiejun.errors import Rejected
from tiejun.exams import follow_up_queries as queries
from tiejun.exams import follow_up_service as service
from tiejun.exams.admin_queries import page_of
from tiejun.exams.follow_up_forms import DecisionForm, TalkForm
from tiejun.exams.make_up_export import talk_list
from tiejun.exams.make_up_views import XLSX, bp
from tiejun.exams.result_models import FollowUpState
from tiejun.web import actor, notice, now, reading, transaction

# The blueprint is shared with the module that begins it; the factory takes it from here, the last.
__all__ = ["bp"]

WORDS = {"state_words": queries.STATE_WORDS, "State": FollowUpState}


@bp.get("/follow-ups")
@require(Permission.FOLLOW_UP_MANAGE)
def follow_ups() -> ResponseReturnValue:
    """List the cases after a failed make-up, those that wait first."""
    found = _found()
    chosen = _of_state(found)
    counts = {each: sum(row.case.state == each for row in found) for each in FollowUpState}
    return render_template(
        "make_ups/follow_ups.html",
        page=page_of(chosen, request.args.get("page", 1, int)),
        counts=counts,
        total=len(found),
        today=beijing(now()).date(),
        **WORDS,
    )


@bp.get("/follow-ups.xlsx")
@require(Permission.FOLLOW_UP_MANAGE)
def follow_ups_xlsx() -> ResponseReturnValue:
    """Give the list, as filtered, as a workbook."""
    made = talk_list(_of_state(_found()), now())
    name = f"talks-{beijing(now()):%Y%m%d}.xlsx"
    return made, {"Content-Type": XLSX, "Content-Disposition": f'attachment; filename="{name}"'}


@bp.get("/follow-ups/<uuid:public_id>")
@require(Permission.FOLLOW_UP_MANAGE)
def follow_up(public_id: UUID) -> ResponseReturnValue:
    """Show one case with the step that comes next."""
    return _page(public_id, TalkForm(), DecisionForm())


@bp.post("/follow-ups/<uuid:public_id>/talk")
@require(Permission.FOLLOW_UP_MANAGE)
def record_talk(public_id: UUID) -> ResponseReturnValue:
    """Write down the talk."""
    form = TalkForm()
    if form.validate() and _write_talk(public_id, form):
        notice(_("约谈记录已保存。下一步：作出处理决定。"))
        return redirect(url_for(".follow_up", public_id=public_id), 303)
    return _page(public_id, form, DecisionForm(formdata=None)), 422


@bp.post("/follow-ups/<uuid:public_id>/decision")
@require(Permission.FOLLOW_UP_MANAGE)
def decide(public_id: UUID) -> ResponseReturnValue:
    """Write down the decision."""
    form = DecisionForm()
    if form.validate() and _write_decision(public_id, form):
        notice(_("处理决定已保存。"))
        return redirect(url_for(".follow_up", public_id=public_id), 303)
    return _page(public_id, TalkForm(formdata=None), form), 422


def _found() -> list[queries.FollowUpRow]:
    with reading() as db:
        return queries.follow_ups(db, persona(), request.args.get("q", ""))


def _of_state(rows: list[queries.FollowUpRow]) -> list[queries.FollowUpRow]:
    state = request.args.get("state", "")
    return [row for row in rows if not state or row.case.state == state]


def _write_talk(public_id: UUID, form: TalkForm) -> bool:
    try:
        with transaction() as db:
            case = queries.follow_up(db, persona(), public_id).case
            service.record_talk(db, case.id, form.talk(), actor(), now())
    except Rejected as error:
        form.blame(error)
        return False
    return True


def _write_decision(public_id: UUID, form: DecisionForm) -> bool:
    try:
        with transaction() as db:
            case = queries.follow_up(db, persona(), public_id).case
            service.decide(db, case.id, form.decision(), actor(), now())
    except Rejected as error:
        form.blame(error)
        return False
    return True


def _page(public_id: UUID, talk: TalkForm, decision: DecisionForm) -> str:
    with reading() as db:
        row = queries.follow_up(db, persona(), public_id)
        first, make_up = queries.results_of(db, row)
        history = queries.history(db, row)
    return render_template(
        "make_ups/follow_up.html",
        row=row,
        first=first,
        make_up=make_up,
        history=history,
        talk=talk,
        decision=decision,
        today=beijing(now()).date(),
        **WORDS,
    )
