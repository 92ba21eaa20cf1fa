"""What cases call for on the first page: reviews that wait, and material that came back."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from tiejun.access import Permission, Persona
from tiejun.cases import queries
from tiejun.cases.models import CaseVersion
from tiejun.cases.rules import review_due, rework_due
from tiejun.clock import beijing
from tiejun.duties import Duty

SHOWN = 5


def duties(db: Session, who: Persona, now: datetime) -> list[Duty]:
    """Return the longest waiting reviews, and the cases of `who` that were returned."""
    found = []
    if who.may(Permission.CASE_REVIEW):
        found += [_review(version, now) for version in queries.queue(db, who, size=SHOWN).rows]
    if who.may(Permission.CASE_WRITE):
        found += [_rework(version, now) for version in queries.returned(db, who)]
    return found


def _review(version: CaseVersion, now: datetime) -> Duty:
    submitted = version.submitted_at or now
    return Duty(
        review_due(beijing(submitted).date()),
        _("审核案例《%(title)s》", title=version.title),
        _("%(author)s提交，由您审核后公布或退回", author=version.case.author_name),
        _("去审核"),
        f"/cases/{version.case.public_id}/review",
    )


def _rework(version: CaseVersion, now: datetime) -> Duty:
    returned = version.decided_at or now
    comment = version.comments[-1].text if version.comments else ""
    return Duty(
        rework_due(beijing(returned).date()),
        _("修改案例《%(title)s》", title=version.title),
        _("审核意见：%(text)s", text=comment[:60]),
        _("去修改"),
        f"/cases/{version.case.public_id}/edit",
    )
