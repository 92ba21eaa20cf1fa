"""The demo's clock page. In production it does not exist."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from tiejun.access import Permission, require
from tiejun.audit import record
from tiejun.clock import ShiftedClock
from tiejun.errors import NotFound
from tiejun.web import actor, core, notice, now, transaction

bp = Blueprint("demo", __name__)
UNITS = {"hours": 1, "days": 24, "months": 24 * 30}


class ClockForm(FlaskForm):
    """How far to move the clock."""

    number = IntegerField(
        _l("往后拨"), [InputRequired(_l("请填写一个整数。")), NumberRange(-1000, 1000)], default=1
    )
    unit = RadioField(
        _l("单位"),
        [InputRequired()],
        choices=[
            SelectChoice("hours", _l("小时")),
            SelectChoice("days", _l("天")),
            SelectChoice("months", _l("个月（按30天）")),
        ],
        default="days",
    )


@bp.route("/demo/clock", methods=["GET", "POST"])
@require(Permission.DEMO_CLOCK)
def clock() -> ResponseReturnValue:
    """Move the demo's clock for everybody."""
    shifted, form = core().clock, ClockForm()
    if not core().settings.is_demo or not isinstance(shifted, ShiftedClock):
        raise NotFound("只有演示环境可以拨动时钟。")
    if not form.validate_on_submit():
        return render_template("demo/clock.html", form=form), 422 if form.is_submitted() else 200
    hours = (form.number.data or 0) * UNITS[form.unit.data]
    shifted.advance(timedelta(hours=hours))
    with transaction() as db:
        record(db, actor(), "demo.clock_moved", ("clock", "demo"), now(), hours=hours)
    notice(_("演示时钟已拨动。登录可能因此到期，需要重新登录。"))
    return redirect(url_for("home.today"), 303)
