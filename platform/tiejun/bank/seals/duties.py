"""A request to open a sealed form, on the first page of those who may approve it."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.access import Permission, Persona
from tiejun.bank.models import ExamForm
from tiejun.bank.seals.models import FormOpening
from tiejun.clock import beijing
from tiejun.duties import Duty


def duties(db: Session, who: Persona, now: datetime) -> list[Duty]:
    """Return a duty for each request of somebody else that still waits."""
    if not who.may(Permission.FORM_MANAGE):
        return []
    rows = db.execute(
        select(FormOpening, ExamForm)
        .join(ExamForm, ExamForm.id == FormOpening.form_id)
        .where(
            FormOpening.approved_at.is_(None),
            FormOpening.approve_by > now,
            FormOpening.asked_by_id != who.account_id,
        )
        .order_by(FormOpening.id)
    )
    return [
        Duty(
            beijing(opening.approve_by).date(),
            _("%(label)s 卷申请启封", label=form.label),
            _("%(who)s 申请，%(until)s 前批准有效。", who=opening.asked_by, until=_time(opening.approve_by)),
            _("去看看"),
            url_for("forms.form", public_id=form.public_id),
        )
        for opening, form in rows
    ]


def _time(instant: datetime) -> str:
    return f"{beijing(instant):%H:%M}"
