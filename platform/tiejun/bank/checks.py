"""The house rules over the bank: each item, what it rests on, and what all keys together give away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from question_bank.item import Item as ItemText
from question_bank.laws import PREFIX
from question_bank.lint import balance_problems, citation_problems, figure_problems, lint
from question_bank.syllabus import load_syllabus
from question_bank.terms import Problem
from tiejun.bank.citations import Citing
from tiejun.bank.models import Article, LawVersion
from tiejun.bank.queries import ItemFilter, texts_for_export
from tiejun.bank.rules import LawState, law_state
from tiejun.bank.secrecy import EVERYTHING

AT_ONCE = 500


@dataclass(frozen=True)
class _Version:
    """A version as the register of this installation has it."""

    short_title: str
    superseded_by: str | None
    effective: date | None
    ceased: date | None

    def in_force_on(self, day: date) -> bool:
        """Return whether it applies on `day`."""
        return law_state(self.effective, self.ceased, day) is LawState.IN_FORCE


@dataclass(frozen=True)
class _Words:
    text: str


class _Texts(dict[str, _Words]):
    """The cited articles of one version."""

    def article(self, key: str) -> _Words | None:
        """Return an article by its number, or None."""
        return self.get(key)


class Grounds:
    """What items rest on, as this installation knows it: read with two queries, asked for each item."""

    def __init__(self, db: Session, items: Iterable[Citing]) -> None:
        cited = {(citation.law, citation.article) for item in items for citation in item.citations}
        rows = db.scalars(select(LawVersion).where(LawVersion.id.in_({law for law, _article in cited})))
        self._register: dict[str, _Version] = {}
        self._texts: dict[str, _Texts] = {}
        for row in rows:
            title = row.title.removeprefix(PREFIX)
            self._register[row.id] = _Version(title, row.superseded_by, row.effective, row.ceased)
            if row.text_digest is not None:
                self._texts[row.id] = _Texts()
        articles = select(Article.law_id, Article.number, Article.text)
        for law, number, text in db.execute(
            articles.where(tuple_(Article.law_id, Article.number).in_(sorted(cited)))
        ):
            self._texts[law][number] = _Words(text)

    def problems(self, item: ItemText, day: date) -> list[Problem]:
        """Return the citations that do not hold on `day`, and figures that no cited article states.

        An instrument whose text was not brought in can't be asked for its words.
        """
        found = citation_problems(item, self._register, day)
        if all(citation.law in self._texts for citation in item.citations):
            found += figure_problems(item, self._texts)
        return found


@dataclass(frozen=True)
class CheckReport:
    """What was found: for each item that is not clean its problems, and those of the whole."""

    checked: int
    items: dict[str, list[Problem]]
    whole: list[Problem]

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to look at."""
        return not self.items and not self.whole

    def to_json(self) -> dict[str, Any]:
        """Return the report as the command prints it."""
        return {
            "checked": self.checked,
            "items": [
                {"code": code, "problems": [_said(problem) for problem in problems]}
                for code, problems in self.items.items()
            ],
            "bank": [_said(problem) for problem in self.whole],
        }


def _said(problem: Problem) -> dict[str, str]:
    return {"field": problem.field, "message": problem.message}


def check_bank(db: Session, wanted: ItemFilter, day: date) -> CheckReport:
    """Return what an editor should look at in the items that fit, as of `day`: for the operator."""
    items = list(texts_for_export(db, EVERYTHING, wanted))
    found: dict[str, list[Problem]] = {}
    for start in range(0, len(items), AT_ONCE):
        found |= _check(db, items[start : start + AT_ONCE], day)
    return CheckReport(len(items), found, balance_problems(items))


def _check(db: Session, items: Sequence[ItemText], day: date) -> dict[str, list[Problem]]:
    grounds, syllabus = Grounds(db, items), load_syllabus()
    found = {item.id: lint(item, syllabus) + grounds.problems(item, day) for item in items}
    return {code: problems for code, problems in found.items() if problems}
