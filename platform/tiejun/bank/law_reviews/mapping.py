"""Taking a table of correspondence over: from then on it proposes, and likeness fills its gaps."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from question_bank.laws import LawVersion as LawText
from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank.law_reviews.impact import propose_again
from tiejun.bank.law_reviews.mapping_file import Counterpart, Successor
from tiejun.bank.law_reviews.models import LawCorrespondence
from tiejun.bank.models import Article, LawVersion
from tiejun.errors import Problem
from tiejun.imports import ImportReport

Laws = Mapping[str, LawText]


Named = Sequence[tuple[Counterpart, Sequence[Successor]]]
"""Rows of a table with the versions of their successors named."""


def import_mapping(
    db: Session, rows: Sequence[Counterpart], actor: Actor, now: datetime, *, dry_run: bool = False
) -> ImportReport:
    """Take a table over, all of it or nothing."""
    report, named = check_mapping(db, rows, {})
    report.is_written = not (report.problems or dry_run)
    if report.is_written:
        write_mapping(db, named, actor, now)
    return report


def check_mapping(db: Session, rows: Sequence[Counterpart], together: Laws) -> tuple[ImportReport, Named]:
    """Return the faults of a table, and its rows as they can be written if there are none.

    Args:
        together: laws that come in with it, known already or not.
    """
    desk = _Desk(db, together)
    report = ImportReport(read=len(rows))
    named = [(row, desk.checked(row)) for row in rows]
    report.reject(desk.problems)
    report.created = len(rows) - report.rejected
    return report, named


def write_mapping(db: Session, kept: Named, actor: Actor, now: datetime) -> None:
    """Write a checked table; what stood there of the same old versions goes.

    Open reviews of these versions get their candidates anew.
    """
    laws = sorted({row.law for row, _successors in kept})
    db.execute(delete(LawCorrespondence).where(LawCorrespondence.law_id.in_(laws)))
    values = [
        {
            "law_id": row.law,
            "article": row.article,
            "rank": rank,
            "target_law_id": one.law,
            "target_article": one.article,
            "score": one.score,
        }
        for row, successors in kept
        for rank, one in enumerate(successors)
    ]
    if values:
        db.execute(insert(LawCorrespondence), values)
    for law_id in laws:
        articles = sum(row.law == law_id for row, _successors in kept)
        record(db, actor, "law.mapping_imported", ("law", law_id), now, articles=articles)
    propose_again(db, laws, actor, now)


class _Desk:
    """Holds rows against the register: versions, their successors, and the articles whose text is there."""

    def __init__(self, db: Session, together: Laws) -> None:
        self._db, self._together = db, together
        versions = db.execute(select(LawVersion.id, LawVersion.superseded_by))
        self._replaced: dict[str, str | None] = {row.id: row.superseded_by for row in versions}
        for law_id, law in together.items():
            self._replaced[law_id] = law.instrument.superseded_by or self._replaced.get(law_id)
        for law_id, law in together.items():
            self._replaced |= dict.fromkeys(law.supersedes, law_id)
        self._numbers: dict[str, set[str]] = {}
        self.problems: list[Problem] = []

    def checked(self, row: Counterpart) -> list[Successor]:
        """Return the successors with their versions named; faults are noted."""
        if row.law not in self._replaced:
            self._fault(row, "id", said("法规库中没有“%(id)s”", id=row.law))
            return []
        if not self._has(row.law, row.article):
            self._fault(row, "label", said("旧法没有这一条"))
        return [self._named(row, one) for one in row.successors]

    def _named(self, row: Counterpart, one: Successor) -> Successor:
        law = one.law or self._replaced[row.law]
        if law is None:
            self._fault(row, "candidates", said("没有登记取代它的法规，请在候选中写明 law"))
        elif law not in self._replaced:
            self._fault(row, "candidates", said("法规库中没有“%(id)s”", id=law))
        elif not self._has(law, one.article):
            message = said("“%(id)s”没有第 %(number)s 条", id=law, number=one.article)
            self._fault(row, "candidates", message)
        return Successor(law, one.article, one.score)

    def _has(self, law_id: str, number: str) -> bool:
        """Return whether a version has an article; where its text is not there, it may."""
        if law_id not in self._numbers:
            law = self._together.get(law_id)
            self._numbers[law_id] = (
                {article.key for article in law.articles}
                if law
                else set(self._db.scalars(select(Article.number).where(Article.law_id == law_id)))
            )
        return not self._numbers[law_id] or number in self._numbers[law_id]

    def _fault(self, row: Counterpart, field: str, message: str) -> None:
        self.problems.append(Problem(row.where, field, message))
