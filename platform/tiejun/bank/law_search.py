"""Search over the articles of all laws. Plain LIKE on both databases: docs/decisions/0020."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from question_bank.laws import KINDS
from tiejun.bank.law_queries import in_force_on, in_state
from tiejun.bank.models import Article, LawVersion
from tiejun.bank.rules import AskedArticle, LawState, asked_article, marked, search_terms
from tiejun.listing import ListPage, contains

HITS_A_PAGE = 30
LAWS_SHOWN = 15
DIRECT_SHOWN = 6


@dataclass(frozen=True)
class SearchFilter:
    """What was asked; `law` is the id of one version, `state` must hold on `day`."""

    text: str
    law: str
    kind: str
    state: LawState | None
    day: date
    page: int = 1


@dataclass(frozen=True)
class Hit:
    """An article with the part of it around the first hit, in pieces; `place` if one within it was named."""

    law: LawVersion
    article: Article
    pieces: Sequence[tuple[bool, str]]
    place: str = ""


@dataclass(frozen=True)
class LawCount:
    """How many articles of one version hold what was asked for."""

    law_id: str
    title: str
    effective: date | None
    count: int


@dataclass(frozen=True)
class SearchResult:
    """The articles named by number, the hits of one page, and the laws with most of them."""

    direct: Sequence[Hit]
    page: ListPage[Hit]
    laws: Sequence[LawCount]


def search_articles(db: Session, wanted: SearchFilter) -> SearchResult:
    """Return the articles that hold every term, those of the core laws and the higher rank first.

    A term may stand in the law's title instead, as long as another stands in the text.
    """
    terms = search_terms(wanted.text)
    if not terms:
        return SearchResult([], ListPage([], 1, 1, 0), [])
    asked = asked_article(wanted.text)
    counts = _counts(db, terms, wanted)
    shown = [one for one in counts if wanted.law in ("", one.law_id)]
    total = sum(one.count for one in shown)
    pages = max(1, ceil(total / HITS_A_PAGE))
    number = min(max(1, wanted.page), pages)
    query = (
        select(LawVersion, Article)
        .join(Article, Article.law_id == LawVersion.id)
        .where(_matches(terms), _within(wanted), LawVersion.id == wanted.law if wanted.law else true())
        .order_by(*_rank(), Article.position)
    )
    rows = db.execute(query.limit(HITS_A_PAGE).offset((number - 1) * HITS_A_PAGE)).all() if total else []
    return SearchResult(
        _direct(db, asked, wanted) if asked else [],
        ListPage(
            [Hit(law, article, marked(article.text, terms)) for law, article in rows], number, pages, total
        ),
        sorted(counts, key=lambda one: (-one.count, one.title))[:LAWS_SHOWN],
    )


def _counts(db: Session, terms: Sequence[str], wanted: SearchFilter) -> list[LawCount]:
    rows = db.execute(
        select(LawVersion.id, LawVersion.title, LawVersion.effective, func.count())
        .join(Article, Article.law_id == LawVersion.id)
        .where(_matches(terms), _within(wanted))
        .group_by(LawVersion.id, LawVersion.title, LawVersion.effective)
    )
    return [LawCount(*row) for row in rows]


def _direct(db: Session, asked: AskedArticle, wanted: SearchFilter) -> list[Hit]:
    """Return the articles of that number, those in force and those of the closest title first."""
    conditions = [Article.number == asked.number]
    if asked.law:
        # The title's characters in their order: 环评法 names 环境影响评价法.
        conditions.append(LawVersion.title.like("".join(map(contains, asked.law)), escape="\\"))
    if wanted.law:
        conditions.append(LawVersion.id == wanted.law)
    is_closest = LawVersion.title.like(contains(asked.law), escape="\\")
    query = (
        select(LawVersion, Article)
        .join(Article, Article.law_id == LawVersion.id)
        .where(*conditions)
        .order_by(
            case((in_force_on(wanted.day), 0), else_=1),
            case((is_closest, 0), else_=1),
            func.length(LawVersion.title) if asked.law else case((true(), 0)),
            *_rank(),
        )
    )
    return [
        Hit(law, article, marked(article.text, []), asked.place)
        for law, article in db.execute(query.limit(DIRECT_SHOWN))
    ]


def _matches(terms: Sequence[str]) -> ColumnElement[bool]:
    each = [or_(_holds(Article.text, term), _holds(LawVersion.title, term)) for term in terms]
    return and_(or_(*(_holds(Article.text, term) for term in terms)), *(each if len(terms) > 1 else ()))


def _holds(column: InstrumentedAttribute[str], term: str) -> ColumnElement[bool]:
    # Only letters have cases, and telling them apart costs PostgreSQL most of the time.
    like = column.like if term.upper() == term.lower() else column.ilike
    return like(contains(term), escape="\\")


def _within(wanted: SearchFilter) -> ColumnElement[bool]:
    is_kind = LawVersion.kind == wanted.kind if wanted.kind else true()
    return and_(in_state(wanted.state, wanted.day), is_kind)


def _rank() -> Sequence[ColumnElement[Any]]:
    by_kind = case({kind: place for place, kind in enumerate(KINDS)}, value=LawVersion.kind, else_=len(KINDS))
    is_core = case((LawVersion.tier == "core", 0), else_=1)
    return is_core, by_kind, LawVersion.title.asc(), LawVersion.effective.desc()
