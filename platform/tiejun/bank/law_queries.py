"""Reads of the law register."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, true
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.bank.models import Article, Citation, Item, ItemVersion, LawVersion
from tiejun.bank.rules import LawState, article_number
from tiejun.bank.secrecy import Sight
from tiejun.bank.states import ItemState
from tiejun.errors import NotFound
from tiejun.listing import ListPage, contains, scalar_page

ARTICLES_A_PAGE = 100


@dataclass(frozen=True)
class LawFilter:
    """What the register's page was asked for; `day` is the day on which `state` must hold."""

    text: str
    kind: str
    state: LawState | None
    day: date
    page: int = 1


@dataclass(frozen=True)
class LawDetail:
    """One version with its neighbours in time and one page of its articles.

    `comparable` are the neighbours whose text is here, too.
    """

    law: LawVersion
    replaces: Sequence[LawVersion]
    successor: LawVersion | None
    versions: Sequence[LawVersion]
    articles: ListPage[Article]
    comparable: Sequence[LawVersion]


@dataclass(frozen=True)
class ArticleDetail:
    """One article with its neighbours and how many items rest on it, of those that the reader may see."""

    law: LawVersion
    successor: LawVersion | None
    article: Article
    previous: Article | None
    following: Article | None
    cited_by: int


def in_force_on(day: date) -> ColumnElement[bool]:
    """Return the condition effective <= day < ceased."""
    return and_(LawVersion.effective <= day, or_(LawVersion.ceased.is_(None), LawVersion.ceased > day))


def in_state(state: LawState | None, day: date) -> ColumnElement[bool]:
    """Return the condition that a version has this state on `day`; None is any."""
    if state is LawState.IN_FORCE:
        return in_force_on(day)
    if state is LawState.CEASED:
        return LawVersion.ceased <= day
    return LawVersion.effective > day if state is LawState.UPCOMING else true()


def find_laws(db: Session, wanted: LawFilter) -> ListPage[LawVersion]:
    """Return one page of the register, by kind's weight and title, newest version first."""
    query: Select[LawVersion] = select(LawVersion)
    if wanted.text:
        pattern = contains(wanted.text)
        query = query.where(
            or_(
                LawVersion.title.like(pattern, escape="\\"),
                LawVersion.doc_no.like(pattern, escape="\\"),
                LawVersion.id.like(pattern, escape="\\"),
            )
        )
    if wanted.kind:
        query = query.where(LawVersion.kind == wanted.kind)
    query = query.where(in_state(wanted.state, wanted.day))
    return scalar_page(db, query.order_by(LawVersion.title, LawVersion.effective.desc()), wanted.page)


def kinds(db: Session) -> list[str]:
    """Return the kinds of instruments in the register, the most frequent first."""
    rows = db.execute(
        select(LawVersion.kind, func.count())
        .group_by(LawVersion.kind)
        .order_by(func.count().desc(), LawVersion.kind)
    )
    return [kind for kind, _ in rows]


def get_law(db: Session, law_id: str) -> LawVersion:
    """Return one version.

    Raises:
        NotFound: if the register has none of this id.
    """
    law = db.get(LawVersion, law_id)
    if law is None:
        raise NotFound(said("法规库中没有代码为“%(law_id)s”的法规。", law_id=law_id[:80]), code="unknown_law")
    return law


def titles_of(db: Session, law_ids: Collection[str]) -> dict[str, str]:
    """Return the titles of versions by id."""
    rows = db.execute(select(LawVersion.id, LawVersion.title).where(LawVersion.id.in_(law_ids)))
    return {row.id: row.title for row in rows}


def law_detail(db: Session, law_id: str, text: str, page: int) -> LawDetail:
    """Return one version; `text` limits its articles to those that contain it or have that number.

    Raises:
        NotFound: if the register has none of this id.
    """
    law = get_law(db, law_id)
    articles = select(Article).where(Article.law_id == law_id)
    if text:
        number = article_number(text)
        found = Article.text.like(contains(text), escape="\\")
        articles = articles.where(or_(found, Article.number == number) if number else found)
    replaces = (
        select(LawVersion).where(LawVersion.superseded_by == law_id).order_by(LawVersion.title, LawVersion.id)
    )
    same_title = select(LawVersion).where(LawVersion.title == law.title).order_by(LawVersion.effective.desc())
    versions, replaced, successor = (
        db.scalars(same_title).all(),
        db.scalars(replaces).all(),
        _successor(db, law),
    )
    near = {one.id: one for one in (*versions, successor, *replaced) if one and one.text_digest}
    return LawDetail(
        law,
        replaced,
        successor,
        versions,
        scalar_page(db, articles.order_by(Article.position), page, ARTICLES_A_PAGE),
        [one for one in near.values() if one.id != law_id and law.text_digest],
    )


def article_detail(db: Session, sight: Sight, law_id: str, number: str) -> ArticleDetail:
    """Return one article.

    Raises:
        NotFound: saying whether the law, its text or the article is missing.
    """
    law = get_law(db, law_id)
    article = find_article(db, law_id, number)
    if article is None and law.text_digest is None:
        raise NotFound(
            said(
                "《%(title)s》的正文尚未导入，无法显示第%(number)s条。", title=law.title, number=number[:12]
            ),
            code="text_missing",
        )
    if article is None:
        raise NotFound(
            said("《%(title)s》没有第%(number)s条。", title=law.title, number=number[:12]),
            code="unknown_article",
        )
    near = select(Article).where(Article.law_id == law_id)
    return ArticleDetail(
        law,
        _successor(db, law),
        article,
        db.scalar(near.where(Article.position < article.position).order_by(Article.position.desc()).limit(1)),
        db.scalar(near.where(Article.position > article.position).order_by(Article.position).limit(1)),
        db.scalar(select(func.count()).select_from(_citing(sight, law_id, number).subquery())) or 0,
    )


def find_article(db: Session, law_id: str, number: str) -> Article | None:
    """Return an article, or None."""
    return db.scalar(select(Article).where(Article.law_id == law_id, Article.number == number))


def laws_for_choice(db: Session, day: date) -> tuple[Sequence[LawVersion], Sequence[LawVersion]]:
    """Return the versions in force on `day`, and the others, each by title."""
    ordered = select(LawVersion).order_by(LawVersion.title, LawVersion.effective.desc())
    return db.scalars(ordered.where(in_force_on(day))).all(), db.scalars(
        ordered.where(not_(in_force_on(day)))
    ).all()


def _successor(db: Session, law: LawVersion) -> LawVersion | None:
    return db.get(LawVersion, law.superseded_by) if law.superseded_by else None


def _citing(sight: Sight, law_id: str, number: str) -> Select[int]:
    return (
        select(Item.id)
        .distinct()
        .join(ItemVersion, and_(ItemVersion.item_id == Item.id, ItemVersion.number == Item.current_version))
        .join(Citation, Citation.version_id == ItemVersion.id)
        .where(
            Citation.law_id == law_id,
            Citation.article == number,
            Item.state != ItemState.RETIRED,
            sight.condition(),
        )
    )
