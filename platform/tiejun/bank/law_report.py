"""What a law that is brought in changes: its articles against an older text, and the versions it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.law_compare import Change, Pair, Pairing, Text, count_changes, paired
from question_bank.laws import LawVersion as LawText
from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank.law_comparison import texts_of
from tiejun.bank.models import LawVersion
from tiejun.errors import Problem
from tiejun.imports import ImportReport

Laws = Mapping[str, LawText]


@dataclass(frozen=True)
class BaseText:
    """The text that a law is compared with; `law_id` may be its own when its text is corrected."""

    law_id: str
    title: str
    effective: date | None
    articles: Sequence[Text]


@dataclass(frozen=True)
class TextChange:
    """What became of the articles since the base text; `pairs` go by number, or by likeness if renumbered."""

    law_id: str
    base: BaseText
    pairing: Pairing
    pairs: Sequence[Pair]

    def to_json(self) -> dict[str, Any]:
        """Return the counts, and the numbers concerned."""
        counts = count_changes(self.pairs)
        found: dict[Change, list[str]] = {change: [] for change in Change}
        for pair in self.pairs:
            text = pair.new or pair.old
            found[pair.change].append(text.key if text else "")
        wanted = (Change.ADDED, Change.CHANGED, Change.GONE)
        return {
            "id": self.law_id,
            "against": self.base.law_id,
            "paired_by": self.pairing.value,
            **{change.value: counts[change] for change in wanted},
            "moved": sum(pair.is_moved for pair in self.pairs),
            "articles": {change.value: found[change] for change in wanted},
        }


@dataclass
class LawReport(ImportReport):
    """The report of an import of laws.

    `changes` has the laws of which there is an older text; `under_review` counts by kind what now waits for
    a decision, `mapped` the old articles in tables of correspondence. `consequences` are sentences on what
    else now rests on law not in force; they are among the warnings, too.
    """

    changes: list[TextChange] = field(default_factory=list)
    under_review: dict[str, int] = field(default_factory=dict)
    consequences: list[Problem] = field(default_factory=list)
    mapped: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the report with the articles added, changed and gone, in all and for each law."""
        laws = [change.to_json() for change in self.changes]
        totals = {name: sum(law[name] for law in laws) for name in ("added", "changed", "gone")}
        more = {"articles": totals, "laws": laws, "under_review": self.under_review, "mapped": self.mapped}
        return super().to_json() | more


def base_of(db: Session, law: LawText, together: Laws) -> BaseText | None:
    """Return what to compare a law with: its own present text, else the newest older version's.

    Args:
        together: the laws of the same import, which count as present.
    """
    head = law.instrument
    own = db.get(LawVersion, head.id)
    if own is not None and own.text_digest is not None:
        return BaseText(own.id, own.title, own.effective, texts_of(db, own.id))
    row = db.scalar(
        select(LawVersion)
        .where(
            LawVersion.title == head.title,
            LawVersion.id != head.id,
            LawVersion.effective < head.effective,
            LawVersion.text_digest.is_not(None),
            LawVersion.id.not_in(together),
        )
        .order_by(LawVersion.effective.desc(), LawVersion.id)
    )
    beside = [
        other
        for other in together.values()
        if other.instrument.title == head.title and other.instrument.effective < head.effective
    ]
    newest = max(beside, key=lambda other: other.instrument.effective, default=None)
    if newest and (row is None or row.effective is None or newest.instrument.effective > row.effective):
        found = newest.instrument
        return BaseText(found.id, found.title, found.effective, texts_in(newest))
    return BaseText(row.id, row.title, row.effective, texts_of(db, row.id)) if row else None


def texts_in(law: LawText) -> list[Text]:
    """Return the articles of a law file, for a comparison."""
    return [Text(article.key, article.label, article.text) for article in law.articles]


def text_change(db: Session, law: LawText, together: Laws) -> TextChange | None:
    """Return what became of the articles, or None if there is no older text."""
    base = base_of(db, law, together) if law.articles else None
    if base is None:
        return None
    pairing, pairs = paired(base.articles, texts_in(law))
    return TextChange(law.instrument.id, base, pairing, pairs)


def supersede(db: Session, law: LawText, actor: Actor, now: datetime) -> None:
    """End the versions that a law supersedes on its first day; an end that is known already stays."""
    for old_id in law.supersedes:
        old = db.get_one(LawVersion, old_id)
        if old.ceased is None or old.superseded_by is None:
            old.ceased = old.ceased or law.instrument.effective
            old.superseded_by = old.superseded_by or law.instrument.id
            record(db, actor, "law.ended", ("law", old.id), now, by=law.instrument.id, on=str(old.ceased))


def succession_problems(db: Session, laws: Laws) -> tuple[list[Problem], list[Problem]]:
    """Return what forbids that the laws supersede what they say, and what should be looked at."""
    faults, warnings = [], []
    for law_id, law in laws.items():
        for old_id in law.supersedes:
            old = _known(db, old_id, laws)
            if old is None or old_id == law_id:
                words = said("法规库中没有它要取代的“%(old)s”", old=old_id[:80])
                faults.append(Problem(law_id, "supersedes", words))
            elif old.effective is not None and old.effective >= law.instrument.effective:
                words = said("“%(old)s”的施行日期不早于它，不能被它取代", old=old_id)
                faults.append(Problem(law_id, "supersedes", words))
            elif old.ceased is not None and old.ceased != law.instrument.effective:
                words = said("“%(old)s”已登记于 %(day)s 失效，日期不改", old=old_id, day=old.ceased)
                warnings.append(Problem(law_id, "supersedes", words))
    return faults, warnings


@dataclass(frozen=True)
class _Span:
    effective: date | None
    ceased: date | None


def _known(db: Session, law_id: str, laws: Laws) -> _Span | None:
    if law_id in laws:
        return _Span(laws[law_id].instrument.effective, laws[law_id].instrument.ceased)
    row = db.get(LawVersion, law_id)
    return _Span(row.effective, row.ceased) if row else None
