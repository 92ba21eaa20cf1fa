"""The page on which two people judge late answers."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from tiejun.access import Permission, persona, require
from tiejun.exams.late_queries import case_of, cases
from tiejun.exams.late_service import Opinion, decide
from tiejun.web import actor, notice, now, reading, transaction

bp = Blueprint("late", __name__)


class LateForm(FlaskForm):
    """Yes or no, and why."""

    accepts = RadioField(
        _l("决定"),
        [InputRequired(_l("请选择计入或不计入。"))],
        choices=[SelectChoice("yes", _l("计入")), SelectChoice("no", _l("不计入"))],
    )
    reason = StringField(_l("理由"), [InputRequired(_l("请写明理由。")), Length(max=300)])
    last_event_id = IntegerField(validators=[InputRequired()], widget=HiddenInput())

    def opinion(self) -> Opinion:
        """Return what was typed; only after validation."""
        who = persona()
        accepts, reason = self.accepts.data == "yes", self.reason.data or ""
        return Opinion(who.account_id, who.person_id, accepts, reason, self.last_event_id.data or 0)


@bp.get("/sittings/<uuid:public_id>/late")
@require(Permission.LATE_REVIEW)
def review(public_id: UUID) -> ResponseReturnValue:
    """Show the late answers of a sitting, with the outage before each."""
    return _page(public_id, None, LateForm(formdata=None))


def _page(public_id: UUID, seat: int | None, form: LateForm) -> ResponseReturnValue:
    with reading() as db:
        sitting, found = cases(db, persona(), public_id)
    blank = LateForm(formdata=None)
    shown = {"sitting": sitting, "cases": found, "seat": seat, "form": form, "blank": blank}
    return render_template("invigilation/late.html", **shown), 422 if form.errors else 200


@bp.post("/sittings/<uuid:public_id>/late/<int:seat>")
@require(Permission.LATE_REVIEW)
def decision(public_id: UUID, seat: int) -> ResponseReturnValue:
    """Record the caller's decision about one candidate's late answers."""
    form = LateForm(request.form)
    if not form.validate():
        return _page(public_id, seat, form)
    with transaction() as db:
        _sitting, case = case_of(db, persona(), public_id, seat)
        verdict = decide(db, case.attempt, form.opinion(), actor(), now())
    words = {
        None: _("已记录，还需要另一名工作人员核查。"),
        True: _("两人一致，作答计入。"),
        False: _("作答不计入。"),
    }
    notice(words[verdict])
    return redirect(url_for(".review", public_id=public_id), 303)
