"""What changed law calls for on the first page."""

from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tiejun.access import Permission, Persona
from tiejun.bank.law_reviews.models import LawReview
from tiejun.bank.law_reviews.queries import reader_of, waiting_count
from tiejun.bank.law_reviews.things import ITEM
from tiejun.clock import beijing
from tiejun.duties import Duty

# No document sets it: it is what this product proposes to those who keep the bank.
DECIDE_WITHIN = timedelta(days=14)


def duties(db: Session, who: Persona, now: datetime) -> list[Duty]:
    """Return the duty to decide on the items whose articles changed, for those who write items."""
    if not who.may(Permission.ITEM_WRITE):
        return []
    count = waiting_count(db, reader_of(who), kind=ITEM)
    if not count:
        return []
    oldest = db.scalar(
        select(func.min(LawReview.entered_at)).where(LawReview.kind == ITEM, LawReview.decided_at.is_(None))
    )
    return [
        Duty(
            beijing(oldest or now).date() + DECIDE_WITHIN,
            _("%(n)s 道题所引法条已变动", n=count),
            _("决定之前不会抽入新卷，也不供练习。"),
            _("去核对"),
            url_for("law_reviews.index"),
        )
    ]
