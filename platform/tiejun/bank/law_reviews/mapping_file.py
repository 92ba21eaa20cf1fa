"""A table of correspondence (新旧条文对照表): the articles that took the place of old ones. Pure.

Public: `Counterpart`, `is_mapping`, `parse_mapping`.

A JSON object, by old version: a list of `{"label": "第五十九条", "candidates": […]}`, each candidate
`{"label": "第一千零六十条"}` or `{"number": 1060, "sub": 0}`, the likeliest first; `score` from 0 to 1 and
`law` (the new version, else the one that replaces the old) may stand beside them, and anything else.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from question_bank.laws import LARGEST, LAW_ID, LawError, article_key
from question_bank.terms import Problem
from question_bank.words import said
from tiejun.bank.rules import article_number

MOST_ARTICLES = 20_000
MOST_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Successor:
    """An article that may have taken an old one's place; `law` None is the version that replaced the old."""

    law: str | None
    article: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Counterpart:
    """An article of an old version with those that may have taken its place, the likeliest first."""

    law: str
    article: str
    successors: tuple[Successor, ...]

    @property
    def where(self) -> str:
        """Return how reports name it."""
        return f"{self.law} {self.article}"


def is_mapping(content: bytes) -> bool:
    """Return whether a file is such a table, good or bad, rather than a law."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and bool(data) and all(isinstance(rows, list) for rows in data.values())


def parse_mapping(content: bytes, name: str) -> list[Counterpart]:
    """Return the rows of a table.

    Raises:
        LawError: naming each row that cannot be read.
    """
    data = json.loads(content)
    if sum(map(len, data.values())) > MOST_ARTICLES:
        raise LawError([Problem(name, "", said("超过 %(most)s 条", most=MOST_ARTICLES))])
    reader = _Reader()
    found = [
        row
        for law, rows in data.items()
        for number, given in enumerate(rows, start=1)
        if (row := reader.row(law, number, given)) is not None
    ]
    if reader.problems:
        raise LawError(reader.problems)
    return found


class _Reader:
    """Reads rows, and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._seen: set[tuple[str, str]] = set()

    def row(self, law: str, number: int, given: Any) -> Counterpart | None:
        """Return a row, or None after noting its fault."""
        fault = self._fault(law, given)
        if fault is not None:
            where = said("%(law)s 第 %(n)s 行", law=law[:80], n=number)
            self.problems.append(Problem(where, *fault))
            return None
        article = str(_article(given))
        self._seen.add((law, article))
        successors = (_successor(one) for one in given["candidates"])
        return Counterpart(law, article, tuple(one for one in successors if one is not None))

    def _fault(self, law: str, given: Any) -> tuple[str, str] | None:
        """Return field and message of the first fault of a row."""
        if not LAW_ID.fullmatch(law):
            return "id", said("不是法规代码")
        article = _article(given) if isinstance(given, Mapping) else None
        if article is None:
            return "label", said("不是条号")
        if (law, article) in self._seen:
            return "label", said("这一条已在前面出现")
        candidates = given.get("candidates")
        if not isinstance(candidates, list) or len(candidates) > MOST_CANDIDATES:
            return "candidates", said("应为列表，至多 %(most)s 条", most=MOST_CANDIDATES)
        bad = next((n for n, one in enumerate(candidates, start=1) if _successor(one) is None), None)
        return ("candidates", said("第 %(n)s 个候选写得不对", n=bad)) if bad else None


def _successor(given: Any) -> Successor | None:
    if not isinstance(given, Mapping):
        return None
    law, score, article = given.get("law"), given.get("score"), _article(given)
    is_law = law is None or (isinstance(law, str) and bool(LAW_ID.fullmatch(law)))
    is_score = score is None or (isinstance(score, int | float) and 0 <= score <= 1)
    return Successor(law, article, score) if article and is_law and is_score else None


def _article(given: Mapping[str, Any]) -> str | None:
    label, number, sub = given.get("label"), given.get("number"), given.get("sub") or 0
    if isinstance(label, str) and len(label) < 40:
        return article_number(label)
    if (
        label is None
        and type(number) is int
        and type(sub) is int
        and 0 < number <= LARGEST
        and 0 <= sub <= 99
    ):
        return article_key(number, sub)
    return None
