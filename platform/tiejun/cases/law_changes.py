"""What the bank's queue of law changes is told of cases (a teller of `tiejun.bank.law_reviews.things`)."""

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tiejun.bank.law_reviews.things import CitingThing
from tiejun.cases.models import CaseCitation, CaseMaterial, CaseVersion

CASE = "case"


def cases_citing(db: Session, law_ids: Collection[str]) -> Iterator[CitingThing]:
    """Tell the citations of what officers read: published versions of cases that are not retired.

    A draft is read by another person before it is published, and its editor says which law has ended.
    """
    rows = db.execute(
        select(CaseMaterial, CaseVersion, CaseCitation.law_id, CaseCitation.article)
        .join(
            CaseVersion,
            (CaseVersion.case_id == CaseMaterial.id) & (CaseVersion.number == CaseMaterial.published),
        )
        .join(CaseCitation, CaseCitation.version_id == CaseVersion.id)
        .where(CaseCitation.law_id.in_(law_ids), CaseMaterial.retired_at.is_(None))
        .options(selectinload(CaseVersion.units))
        .order_by(CaseMaterial.id, CaseCitation.position)
    )
    for case, version, law_id, article in rows:
        yield CitingThing(
            CASE,
            case.id,
            law_id,
            article,
            version.title,
            version.units[0].unit if version.units else None,
            case.author_name,
            f"/cases/{case.public_id}",
            case.unit_id,
        )
