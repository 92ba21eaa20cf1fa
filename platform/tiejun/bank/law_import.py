"""What the page shows of a version that is to be brought in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from question_bank.laws import LawVersion as LawText
from tiejun.audit import Actor
from tiejun.bank.law_comparison import CompareFilter, PairTable, pair_table
from tiejun.bank.law_report import BaseText, LawReport, texts_in
from tiejun.bank.laws_service import LawBundle, import_laws
from tiejun.bank.models import LawVersion


@dataclass(frozen=True)
class LawPreview:
    """A version not written yet: what the import would report, and its articles beside the older text's.

    `superseded` are those it says and the older ones of its title, which end with it (`law_reviews.impact`).
    """

    law: LawText
    report: LawReport
    superseded: list[LawVersion]
    base: BaseText | None
    table: PairTable | None


def preview(db: Session, bundle: LawBundle, wanted: CompareFilter, actor: Actor, now: datetime) -> LawPreview:
    """Return what the import of a bundle of one law would do; nothing is written."""
    (law,) = bundle.laws.values()
    report = import_laws(db, bundle, actor, now, dry_run=True)
    superseded = db.scalars(
        select(LawVersion)
        .where(or_(LawVersion.id.in_(law.supersedes), _is_older(law)))
        .order_by(LawVersion.title, LawVersion.effective)
    ).all()
    base = report.changes[0].base if report.changes else None
    table = pair_table(base.articles, texts_in(law), wanted, wanted.pairing) if base else None
    return LawPreview(law, report, list(superseded), base, table)


def _is_older(law: LawText) -> ColumnElement[bool]:
    head = law.instrument
    return and_(
        LawVersion.title == head.title,
        LawVersion.id != head.id,
        LawVersion.effective < head.effective,
        LawVersion.ceased.is_(None),
    )


def supersedable(db: Session) -> list[tuple[str, str]]:
    """Return the versions without an end, as choices: those that a new one may supersede."""
    rows = db.execute(
        select(LawVersion.id, LawVersion.title, LawVersion.effective)
        .where(LawVersion.superseded_by.is_(None))
        .order_by(LawVersion.title, LawVersion.effective)
    )
    return [(law_id, f"{title}　{effective or ''}") for law_id, title, effective in rows]
