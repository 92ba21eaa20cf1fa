"""Reads of the queue of law changes. What these return of items holds keys: for people with `item:view`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from question_bank.law_compare import Run, difference
from question_bank.words import said
from tiejun.access import Permission, Persona
from tiejun.bank.law_reviews.models import LawReview
from tiejun.bank.law_reviews.things import ITEM
from tiejun.bank.models import Article, Item, LawVersion
from tiejun.bank.queries import CitedArticle, ItemDetail, cited_articles, item_detail
from tiejun.bank.secrecy import Sight, sight_of
from tiejun.errors import NotFound
from tiejun.listing import ListPage, scalar_page
from tiejun.people.models import Unit
from tiejun.people.queries import in_scope

WAITING, DECIDED, EITHER = "waiting", "decided", "all"
STATES = (WAITING, DECIDED, EITHER)
EXPORT_ROWS = 20_000
GROUPS = {"law": LawReview.law_id, "writer": LawReview.writer, "unit": LawReview.unit}


@dataclass(frozen=True)
class Reader:
    """Who reads the queue: the paths of their units, and what they may see of the bank."""

    scopes: Sequence[str]
    sight: Sight


def reader_of(who: Persona) -> Reader:
    """Return a signed-in person as a reader of the queue."""
    return Reader(who.scopes(Permission.ITEM_VIEW), sight_of(who))


@dataclass(frozen=True)
class ReviewFilter:
    """What the queue was asked for; empty means any. `unit` may be a module ("B") or a unit ("B5")."""

    law: str = ""
    kind: str = ""
    unit: str = ""
    writer: str = ""
    state: str = WAITING
    page: int = 1


def review_filter(asked: Mapping[str, str]) -> ReviewFilter:
    """Return the filter that the address says."""
    texts = {name: asked.get(name, "").strip()[:100] for name in ("law", "kind", "unit", "writer")}
    state = asked.get("state", WAITING)
    page = asked.get("page", "1")
    return ReviewFilter(
        **texts,
        state=state if state in STATES else WAITING,
        page=int(page[:9]) if page.isascii() and page.isdecimal() else 1,
    )


@dataclass(frozen=True)
class ReviewLine:
    """One review in the list: the article it cites, and the likest of the new ones."""

    review: LawReview
    cited: CitedArticle
    best: CitedArticle | None


@dataclass(frozen=True)
class Progress:
    """How far the decisions are for one law, writer or unit; `name` is its title or code."""

    key: str
    name: str
    total: int
    decided: int


@dataclass(frozen=True)
class Proposal:
    """A new article that may take the old one's place, with how the old text became this one."""

    law: LawVersion
    article: Article
    score: float
    runs: Sequence[tuple[Run, str]]
    is_mapped: bool = False
    """Whether a table of correspondence names it."""


@dataclass(frozen=True)
class Exchange:
    """One article in place of another, for a second reader: the old `law`, the new article, both texts."""

    review: LawReview
    law: LawVersion
    proposal: Proposal


@dataclass(frozen=True)
class ReviewDetail:
    """One review with all that a decision needs; `item` is None of a case or a lesson.

    `imported` is the version whose import brought it in, `target` the article chosen.
    """

    review: LawReview
    law: LawVersion
    imported: LawVersion | None
    target: CitedArticle | None
    proposals: Sequence[Proposal]
    item: ItemDetail | None
    others: Sequence[ReviewLine]


def _visible(reader: Reader) -> ColumnElement[bool]:
    """Return the condition that a review is of the reader's units, and of no item hidden from them."""
    units = select(Unit.id).where(in_scope(reader.scopes))
    of_units = or_(LawReview.owner_id.is_(None), LawReview.owner_id.in_(units))
    if reader.sight.is_full:
        return of_units
    items = select(Item.id).where(reader.sight.condition())
    return and_(of_units, or_(LawReview.kind != ITEM, LawReview.subject_id.in_(items)))


def _matching(reader: Reader, wanted: ReviewFilter) -> Select[LawReview]:
    query = select(LawReview).where(_visible(reader))
    for name in ("law", "kind", "writer"):
        if value := getattr(wanted, name):
            query = query.where(getattr(LawReview, "law_id" if name == "law" else name) == value)
    if wanted.unit:
        one_module = len(wanted.unit) == 1 and wanted.unit.isalpha()
        of_unit = LawReview.unit.like(f"{wanted.unit}%") if one_module else LawReview.unit == wanted.unit
        query = query.where(of_unit)
    if wanted.state == WAITING:
        query = query.where(LawReview.decided_at.is_(None))
    elif wanted.state == DECIDED:
        query = query.where(LawReview.decided_at.is_not(None))
    return query


def find_reviews(db: Session, reader: Reader, wanted: ReviewFilter) -> ListPage[ReviewLine]:
    """Return one page of the queue, article by article, so that like decisions come together."""
    ordered = _matching(reader, wanted).order_by(LawReview.law_id, LawReview.article, LawReview.id)
    page = scalar_page(db, ordered, wanted.page)
    return ListPage(_lines(db, page.rows), page.number, page.pages, page.total)


def lines_for_export(db: Session, reader: Reader, wanted: ReviewFilter) -> list[ReviewLine]:
    """Return the reviews that fit, up to `EXPORT_ROWS`."""
    ordered = _matching(reader, wanted).order_by(LawReview.law_id, LawReview.article, LawReview.id)
    return _lines(db, db.scalars(ordered.limit(EXPORT_ROWS)).all())


def _lines(db: Session, rows: Sequence[LawReview]) -> list[ReviewLine]:
    best = [_best(row) for row in rows]
    every = {(row.law_id, row.article) for row in rows} | {one for one in best if one}
    known = {(one.law_id, one.number): one for one in cited_articles(db, sorted(every))}
    return [
        ReviewLine(row, known[row.law_id, row.article], known.get(one) if one else None)
        for row, one in zip(rows, best, strict=True)
    ]


def _best(row: LawReview) -> tuple[str, str] | None:
    """Return what was chosen, or else the likest candidate."""
    if row.target_law_id and row.target_article:
        return row.target_law_id, row.target_article
    return (row.candidates[0]["law"], row.candidates[0]["article"]) if row.candidates else None


def progress(db: Session, reader: Reader, by: str) -> list[Progress]:
    """Return how far the decisions are by "law", "writer" or "unit", the most waiting first."""
    column = GROUPS[by]
    decided = func.sum(case((LawReview.decided_at.is_not(None), 1), else_=0))
    rows = db.execute(select(column, func.count(), decided).where(_visible(reader)).group_by(column)).all()
    titles = dict(laws_in_queue(db, reader)) if by == "law" else {}
    found = [Progress(key or "", titles.get(key, key or ""), total, int(done)) for key, total, done in rows]
    return sorted(found, key=lambda row: (row.decided - row.total, row.name))


def laws_in_queue(db: Session, reader: Reader) -> list[tuple[str, str]]:
    """Return (id, title) of the versions that things in the queue cite."""
    cited = select(LawReview.law_id).where(_visible(reader))
    rows = db.execute(
        select(LawVersion.id, LawVersion.title, LawVersion.effective)
        .where(LawVersion.id.in_(cited))
        .order_by(LawVersion.title, LawVersion.effective)
    )
    return [(law_id, f"{title}（{day.year}）" if day else title) for law_id, title, day in rows]


def writers_in_queue(db: Session, reader: Reader) -> list[str]:
    """Return who wrote what is in the queue."""
    return list(
        db.scalars(select(LawReview.writer).where(_visible(reader)).distinct().order_by(LawReview.writer))
    )


def waiting_count(db: Session, reader: Reader, law_id: str = "", kind: str = "") -> int:
    """Return how many things (not citations) wait, of all laws or of one."""
    things = _matching(reader, ReviewFilter(law=law_id, kind=kind)).with_only_columns(
        LawReview.kind, LawReview.subject_id
    )
    return db.scalar(select(func.count()).select_from(things.distinct().subquery())) or 0


def waiting_items(db: Session, item_ids: Collection[int]) -> set[int]:
    """Return which of these items wait for a decision."""
    return set(
        db.scalars(
            select(LawReview.subject_id).where(
                LawReview.kind == ITEM, LawReview.subject_id.in_(item_ids), LawReview.decided_at.is_(None)
            )
        )
    )


def first_waiting(db: Session, code: str) -> LawReview | None:
    """Return the oldest open review of the item with this code, for its editor."""
    query = select(LawReview).join(Item, Item.id == LawReview.subject_id)
    query = query.where(LawReview.kind == ITEM, Item.code == code, LawReview.decided_at.is_(None))
    return db.scalar(query.order_by(LawReview.id).limit(1))


def review_detail(db: Session, reader: Reader, public_id: UUID) -> ReviewDetail:
    """Return one review with the candidates and their differences.

    Raises:
        NotFound: if there is none that this person may see.
    """
    review = db.scalar(select(LawReview).where(LawReview.public_id == public_id, _visible(reader)))
    if review is None:
        raise NotFound(said("没有这一条待核，或不在您的管理范围内。"))
    others = select(LawReview).where(
        LawReview.kind == review.kind,
        LawReview.subject_id == review.subject_id,
        LawReview.id != review.id,
        LawReview.decided_at.is_(None),
    )
    code = db.scalar(select(Item.code).where(Item.id == review.subject_id)) if review.kind == ITEM else None
    return ReviewDetail(
        review=review,
        law=db.get_one(LawVersion, review.law_id),
        imported=db.get(LawVersion, review.import_of) if review.import_of else None,
        target=_target(db, review),
        proposals=_proposals(db, review),
        item=item_detail(db, reader.sight, code) if code is not None else None,
        others=_lines(db, db.scalars(others.order_by(LawReview.id)).all()),
    )


def _target(db: Session, review: LawReview) -> CitedArticle | None:
    law_id, article = review.target_law_id, review.target_article
    return cited_articles(db, [(law_id, article)])[0] if law_id and article else None


def _proposals(db: Session, review: LawReview) -> list[Proposal]:
    keys = [(one["law"], one["article"]) for one in review.candidates]
    rows = db.execute(
        select(Article, LawVersion)
        .join(LawVersion, LawVersion.id == Article.law_id)
        .where(tuple_(Article.law_id, Article.number).in_(keys))
    )
    known = {(article.law_id, article.number): (article, law) for article, law in rows}
    return [
        Proposal(
            law=known[key][1],
            article=known[key][0],
            score=one["score"],
            runs=difference(review.old_text, known[key][0].text),
            is_mapped=one.get("mapped", False),
        )
        for key, one in zip(keys, review.candidates, strict=True)
        if key in known
    ]


def exchanges_of(db: Session, kind: str, subject_id: int) -> list[Exchange]:
    """Return the articles that a version which waits for its second reader puts in place of others."""
    waits = select(LawReview).where(
        LawReview.kind == kind,
        LawReview.subject_id == subject_id,
        LawReview.decided_at.is_(None),
        LawReview.submitted_at.is_not(None),
        LawReview.target_law_id.is_not(None),
    )
    found = []
    for review in db.scalars(waits.order_by(LawReview.id)):
        at = select(Article, LawVersion).join(LawVersion, LawVersion.id == Article.law_id)
        row = db.execute(
            at.where(Article.law_id == review.target_law_id, Article.number == review.target_article)
        ).one_or_none()
        if row is not None:
            article, law = row
            runs = difference(review.old_text, article.text)
            proposal = Proposal(law, article, 1.0, runs)
            found.append(Exchange(review, db.get_one(LawVersion, review.law_id), proposal))
    return found


def next_waiting(db: Session, reader: Reader, after: LawReview) -> UUID | None:
    """Return the next open review of an item on the same law, then of any; None if there is no more."""
    waits = select(LawReview.public_id).where(
        _visible(reader), LawReview.decided_at.is_(None), LawReview.kind == ITEM
    )
    same_law = case((LawReview.law_id == after.law_id, 0), else_=1)
    return db.scalar(waits.order_by(same_law, LawReview.law_id, LawReview.article, LawReview.id).limit(1))
