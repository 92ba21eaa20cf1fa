"""Whether what items cite exists: laws in the register, articles in the imported texts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from question_bank.item import Citation
from question_bank.item import Item as ItemText
from question_bank.syllabus import load_syllabus
from question_bank.words import said
from tiejun.bank.models import Article, ItemPurpose, LawVersion
from tiejun.bank.rules import place_of, within_words
from tiejun.errors import Problem

PORTION = 400


@dataclass
class Findings:
    """What must not be (`problems`) and what a person should look at (`warnings`)."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


class Citing(Protocol):
    """Whatever cites articles: an item, a case."""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The articles it rests on."""
        ...


class CitationCheck:
    """Checks any number of items with a few queries: made once, asked for each item."""

    def __init__(self, db: Session, asked: Iterable[Citing]) -> None:
        items = list(asked)
        cited = {citation.law for item in items for citation in item.citations}
        rows = db.execute(
            select(LawVersion.id, LawVersion.title, LawVersion.text_digest).where(LawVersion.id.in_(cited))
        )
        self._titles: dict[str, str] = {}
        self._with_text: set[str] = set()
        for law_id, title, text_digest in rows:
            self._titles[law_id] = title
            if text_digest is not None:
                self._with_text.add(law_id)
        articles = select(Article.law_id, Article.number).where(Article.law_id.in_(self._with_text))
        self._articles = {(law_id, number) for law_id, number in db.execute(articles)}
        self._texts = self._texts_of(db, [one for item in items for one in item.citations if one.names_place])

    def _texts_of(self, db: Session, cited: Collection[Citation]) -> dict[tuple[str, str], str]:
        """Return the texts of the articles of which a paragraph or an item is cited."""
        wanted = sorted({(one.law, one.article) for one in cited})
        found: dict[tuple[str, str], str] = {}
        for start in range(0, len(wanted), PORTION):
            at = tuple_(Article.law_id, Article.number).in_(wanted[start : start + PORTION])
            rows = db.execute(select(Article.law_id, Article.number, Article.text).where(at))
            found |= {(law_id, number): text for law_id, number, text in rows}
        return found

    def __call__(self, where: str, item: Citing) -> Findings:
        """Return what is wrong or doubtful about the citations of one item."""
        found = Findings()
        for citation in item.citations:
            title = self._titles.get(citation.law)
            if title is None:
                found.problems.append(
                    Problem(where, said("依据"), said("法规库中没有代码为“%(law)s”的法规", law=citation.law))
                )
            elif citation.law not in self._with_text:
                message = said(
                    "《%(title)s》的正文尚未导入，第 %(article)s 条无法核对",
                    title=title,
                    article=citation.article,
                )
                found.warnings.append(Problem(where, said("依据"), message))
            elif (citation.law, citation.article) not in self._articles:
                found.problems.append(
                    Problem(
                        where,
                        said("依据"),
                        said("《%(title)s》没有第 %(article)s 条", title=title, article=citation.article),
                    )
                )
            elif citation.names_place and not self._has_place(citation):
                message = said(
                    "《%(title)s》第 %(article)s 条没有%(place)s",
                    title=title,
                    article=citation.article,
                    place=within_words(citation.paragraph, citation.item),
                )
                found.problems.append(Problem(where, said("依据"), message))
        return found

    def _has_place(self, citation: Citation) -> bool:
        text = self._texts.get((citation.law, citation.article), "")
        return place_of(text, citation.paragraph, citation.item) is not None


def unit_problems(where: str, item: ItemText, purpose: ItemPurpose) -> list[Problem]:
    """Return what is wrong with an item's unit; exam items need one, practice items may do without."""
    if item.unit is None:
        if purpose is not ItemPurpose.PRACTICE:
            return [Problem(where, said("单元"), said("考试用题必须归入大纲单元"))]
        return []
    if load_syllabus().unit(item.unit) is None:
        return [Problem(where, said("单元"), said("大纲中没有单元“%(unit)s”", unit=item.unit))]
    return []
