"""Which articles may have taken the place of an old one, for a person to decide.

A table of correspondence that was imported proposes first; likeness of the texts fills what it leaves open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.law_change import ArticleIndex, Candidate
from question_bank.laws import PREFIX
from question_bank.laws import Article as ArticleText
from tiejun.bank.law_reviews.models import Cause, LawCorrespondence
from tiejun.bank.models import Article, LawVersion

MOST = 3


@dataclass(frozen=True)
class OldArticle:
    """An article as it was cited; all empty while its text is not known here."""

    label: str
    heading: str
    text: str


class Successors:
    """Proposes articles; each version's index is made once, each old article asked about once."""

    def __init__(self, db: Session, laws: Mapping[str, LawVersion]) -> None:
        self._db, self._laws = db, laws
        self._indexes: dict[str, ArticleIndex | None] = {}
        self._known: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def living(self, law_id: str) -> str | None:
        """Return the version that stands at the end of the chain of those that replaced this one."""
        seen = {law_id}
        law = self._laws.get(law_id)
        while law is not None and law.superseded_by and law.superseded_by not in seen:
            seen.add(law.superseded_by)
            law = self._laws.get(law.superseded_by)
        return law.id if law is not None and law.id != law_id else None

    def sought_in(self, law_id: str, cause: Cause) -> str | None:
        """Return the version whose articles are proposed: the living one, or its own if it was corrected."""
        return self.living(law_id) if cause is Cause.ENDED else law_id

    def propose(self, law_id: str, number: str, old: OldArticle, cause: Cause) -> list[dict[str, Any]]:
        """Return up to `MOST` candidates as they are kept: {"law", "article", "score"}, the likest first.

        Those that a table names come before, with "mapped"; of a corrected text the article of the same
        number comes first.
        """
        if (law_id, number) not in self._known:
            self._known[law_id, number] = self._propose(law_id, number, old, cause)
        return self._known[law_id, number]

    def _propose(self, law_id: str, number: str, old: OldArticle, cause: Cause) -> list[dict[str, Any]]:
        target = self.sought_in(law_id, cause)
        if target is None:
            return []
        mapped = self._mapped(law_id, number, target) if cause is Cause.ENDED else []
        named = {one["article"] for one in mapped}
        like = [one for one in self._like(law_id, number, old, cause, target) if one["article"] not in named]
        return [*mapped, *like][:MOST]

    def _mapped(self, law_id: str, number: str, target: str) -> list[dict[str, Any]]:
        rows = self._db.execute(
            select(LawCorrespondence.target_article, LawCorrespondence.score)
            .where(
                LawCorrespondence.law_id == law_id,
                LawCorrespondence.article == number,
                LawCorrespondence.target_law_id == target,
            )
            .order_by(LawCorrespondence.rank)
            .limit(MOST)
        )
        return [{"law": target, "article": key, "score": score or 0, "mapped": True} for key, score in rows]

    def _like(
        self, law_id: str, number: str, old: OldArticle, cause: Cause, target: str
    ) -> list[dict[str, Any]]:
        index = self._index(target) if old.text else None
        if index is None:
            return []
        law = self._laws[law_id]
        found = index.nearest(old.text, law.title.removeprefix(PREFIX) + old.heading, MOST)
        if cause is Cause.CHANGED:
            same = next((one for one in found if one.key == number), Candidate(number, 1.0))
            found = [same, *(one for one in found if one.key != number)][:MOST]
        return [{"law": target, "article": one.key, "score": one.score} for one in found]

    def _index(self, law_id: str) -> ArticleIndex | None:
        if law_id not in self._indexes:
            rows = self._db.scalars(
                select(Article).where(Article.law_id == law_id).order_by(Article.position)
            ).all()
            self._indexes[law_id] = ArticleIndex([_text(row) for row in rows]) if rows else None
        return self._indexes[law_id]


def _text(row: Article) -> ArticleText:
    number, _, sub = row.number.partition("-")
    return ArticleText(int(number), int(sub or 0), row.label, (row.heading,), row.text)
