"""The cases on the page of an article that they cite (a source of `tiejun.bank.citing`)."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from tiejun.access import Persona
from tiejun.bank.citing import Citing, CitingGroup
from tiejun.cases import queries


def cases_citing(db: Session, who: Persona, law_id: str, number: str) -> CitingGroup:
    """Return the published cases that cite an article, as far as `who` may read them."""
    rows = [
        Citing(
            version.title,
            _("约 %(n)s 分钟", n=version.minutes),
            url_for("cases.case", public_id=version.case.public_id),
        )
        for version in queries.citing(db, who, law_id, number)
    ]
    return CitingGroup(_("引用本条的案例"), rows, url_for("cases.library", law=law_id, article=number))
