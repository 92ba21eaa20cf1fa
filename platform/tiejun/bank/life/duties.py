"""What the life of items calls for on the first page: reviews that wait, items that came back."""

from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from tiejun.access import Permission, Persona
from tiejun.bank.life.queries import returned_to, review_page
from tiejun.clock import beijing
from tiejun.duties import Duty

# No document sets these: they are what this product proposes to those who keep the bank.
REVIEW_WITHIN = timedelta(days=7)
REWORK_WITHIN = timedelta(days=14)


def duties(db: Session, who: Persona, now: datetime) -> list[Duty]:
    """Return one duty for all items to review, and one for all that came back."""
    found = []
    if who.may(Permission.ITEM_REVIEW):
        page = review_page(db, who, 1)
        if page.total:
            found.append(
                Duty(
                    beijing(page.rows[0].updated_at).date() + REVIEW_WITHIN,
                    _("%(n)s 道试题等您审核", n=page.total),
                    _("两人先后审核通过，试题才能使用；编写人不审自己的题。"),
                    _("去审核"),
                    url_for("bank_life.reviews"),
                )
            )
    if who.may(Permission.ITEM_WRITE) and (returned := returned_to(db, who)):
        item, step = returned[0]
        found.append(
            Duty(
                beijing(step.at).date() + REWORK_WITHIN,
                _("%(n)s 道试题被退回修改", n=len(returned)),
                _("审核意见：%(text)s", text=step.remark[:60]),
                _("去修改"),
                url_for("bank.item", code=item.code) if len(returned) == 1 else url_for("bank_life.reviews"),
            )
        )
    return found
