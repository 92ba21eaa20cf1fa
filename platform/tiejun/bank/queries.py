"""Reads of the item bank. What these return holds keys: for people with `item:view`, in their sight."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, tuple_
from sqlalchemy.orm import Session, selectinload

from question_bank.item import Item as ItemText
from question_bank.words import said
from tiejun.bank.draft import DraftCitation
from tiejun.bank.item_rows import IS_CURRENT, to_text
from tiejun.bank.item_search import item_says
from tiejun.bank.law_reviews.queue import IS_WAITING
from tiejun.bank.models import (
    Article,
    Citation,
    ExamForm,
    FormSlot,
    Item,
    ItemBatch,
    ItemPurpose,
    ItemVersion,
    LawVersion,
)
from tiejun.bank.rules import LawState, law_state, place_of, within_words
from tiejun.bank.secrecy import Sight
from tiejun.bank.states import ItemState
from tiejun.bank.usage import filters as usage
from tiejun.errors import NotFound
from tiejun.listing import ListPage, scalar_page

SORTS = {
    "code": Item.code,
    "unit": Item.unit,
    "kind": Item.kind,
    "difficulty": Item.difficulty,
    "updated": Item.updated_at,
}
DEFAULT_SORT = "-updated"
EXPORT_ROWS = 20_000
MOST_WRITERS = 500


@dataclass(frozen=True)
class ItemFilter:
    """What a list of items was asked for; empty means any. `unit` may be a module ("B") or a unit ("B5").

    `codes` names single items, whatever else is asked, in whatever state.
    `difficulty`, `discrimination` and `used` name bands of `usage.filters`; `day` is today, for the last.
    """

    text: str = ""
    unit: str = ""
    kind: str = ""
    tier: str = ""
    purpose: str = ""
    law: str = ""
    article: str = ""
    transitional: str = ""
    difficulty: str = ""
    discrimination: str = ""
    used: str = ""
    writer: str = ""
    state: str = ""
    day: date = date.min
    batch: UUID | None = None
    sort: str = DEFAULT_SORT
    page: int = 1
    codes: tuple[str, ...] = ()


FACETS = (
    "unit",
    "kind",
    "tier",
    "purpose",
    "law",
    "article",
    "difficulty",
    "discrimination",
    "used",
    "writer",
    "state",
    "transitional",
)


def item_filter(asked: Mapping[str, str], day: date = date.min) -> ItemFilter:
    """Return the filter that the address of the list says: `q`, `FACETS`, `batch`, `sort`, `page`."""
    texts: dict[str, Any] = {name: _typed(asked, name) for name in FACETS}
    try:
        batch = UUID(asked["batch"]) if asked.get("batch") else None
    except ValueError:
        batch = None
    page = asked.get("page", "1")
    return ItemFilter(
        text=_typed(asked, "q"),
        day=day,
        batch=batch,
        sort=asked.get("sort", DEFAULT_SORT),
        page=int(page[:9]) if page.isascii() and page.isdecimal() else 1,
        **texts,
    )


def _typed(asked: Mapping[str, str], name: str) -> str:
    # PostgreSQL keeps no NUL, and refuses to look for one.
    return asked.get(name, "").replace("\0", "").strip()[:100]


@dataclass(frozen=True)
class CitedArticle:
    """A citation as people read it; `article` is None while the law's text is not imported or lacks it.

    `paragraph` and `item` are those it names, if it does.
    """

    law_id: str
    number: str
    law: LawVersion | None
    successor: LawVersion | None
    article: Article | None
    paragraph: int | None = None
    item: int | None = None

    @property
    def within(self) -> str:
        """Return how the paragraph and item are called, to be said behind the article's number."""
        return within_words(self.paragraph, self.item)

    @property
    def place(self) -> str | None:
        """Return the place on the article's page; None if the whole is meant, or the text has none."""
        named = self.article is not None and (self.paragraph or self.item)
        return place_of(self.article.text, self.paragraph, self.item) if self.article and named else None

    def state(self, day: date) -> LawState | None:
        """Return the state of the cited version on `day`; None if the register does not know it."""
        return law_state(self.law.effective, self.law.ceased, day) if self.law else None


@dataclass(frozen=True)
class ItemDetail:
    """One version of an item with all that belongs to it; `forms` counts those that are not sealed."""

    item: Item
    version: ItemVersion
    text: ItemText
    versions: Sequence[ItemVersion]
    citations: Sequence[CitedArticle]
    batch: ItemBatch | None
    forms: int


def find_items(db: Session, sight: Sight, wanted: ItemFilter) -> ListPage[Item]:
    """Return one page of the items that fit."""
    return scalar_page(db, _sorted(matching(db, sight, wanted), wanted.sort), wanted.page)


def first_items(db: Session, sight: Sight, wanted: ItemFilter, size: int) -> ListPage[Item]:
    """Return the first `size` of the items that fit, by code, and how many there are."""
    return scalar_page(db, matching(db, sight, wanted).order_by(Item.code), 1, size)


def rows_for_export(db: Session, sight: Sight, wanted: ItemFilter) -> Sequence[tuple[Item, ItemVersion]]:
    """Return items that fit (up to `EXPORT_ROWS`) with their current versions, citations loaded."""
    query = (
        select(Item, ItemVersion)
        .join(ItemVersion, IS_CURRENT)
        .where(Item.id.in_(matching(db, sight, wanted).with_only_columns(Item.id)))
        .options(selectinload(ItemVersion.citations))
        .order_by(Item.code)
        .limit(EXPORT_ROWS)
    )
    return [(item, version) for item, version in db.execute(query)]


def texts_for_export(db: Session, sight: Sight, wanted: ItemFilter) -> Iterator[ItemText]:
    """Return items that fit (up to `EXPORT_ROWS`) as the library's, keys included, by code."""
    query = (
        select(ItemVersion)
        .join(Item, IS_CURRENT)
        .where(Item.id.in_(matching(db, sight, wanted).with_only_columns(Item.id)))
        .options(selectinload(ItemVersion.key))
        .order_by(Item.code)
        .limit(EXPORT_ROWS)
    )
    return (to_text(version) for version in db.scalars(query))


def matching(db: Session, sight: Sight, wanted: ItemFilter) -> Select[Item]:
    """Return the query of the items that fit, in no order."""
    if wanted.codes:
        return select(Item).where(Item.code.in_(wanted.codes), sight.condition())
    query = _narrowed(db, select(Item).where(_in_state(wanted.state), sight.condition()), wanted)
    return usage.filtered(query, wanted.difficulty, wanted.discrimination, wanted.used, wanted.day)


def _narrowed(db: Session, query: Select[Item], wanted: ItemFilter) -> Select[Item]:
    if wanted.text:
        query = query.where(item_says(db, wanted.text))
    if wanted.unit:
        one_module = len(wanted.unit) == 1 and wanted.unit.isalpha()
        query = query.where(Item.unit.like(f"{wanted.unit}%") if one_module else Item.unit == wanted.unit)
    if wanted.kind:
        query = query.where(Item.kind == wanted.kind)
    if wanted.tier:
        query = query.where(Item.is_primary if wanted.tier == "primary" else Item.is_intermediate)
    if wanted.purpose:
        query = query.where(Item.purpose == wanted.purpose)
    if wanted.batch:
        query = query.where(
            Item.batch_id.in_(select(ItemBatch.id).where(ItemBatch.public_id == wanted.batch))
        )
    if wanted.transitional:
        marked = select(Item.id).join(ItemVersion, IS_CURRENT).where(ItemVersion.is_transitional)
        query = query.where(Item.id.in_(marked))
    if wanted.law:
        query = query.where(Item.id.in_(_citing(wanted.law, wanted.article)))
    if wanted.writer:
        query = query.where(Item.created_by == wanted.writer)
    return query


def _in_state(state: str) -> ColumnElement[bool]:
    """Return the condition for a state; by default all but the retired. Changed law is a review too."""
    if not state:
        return Item.state != ItemState.RETIRED
    if state == ItemState.UNDER_REVIEW:
        return or_(Item.state == state, and_(Item.state != ItemState.RETIRED, IS_WAITING))
    return Item.state == state


def _citing(law_id: str, article: str) -> Select[int]:
    query = (
        select(Item.id)
        .join(ItemVersion, IS_CURRENT)
        .join(Citation, Citation.version_id == ItemVersion.id)
        .where(Citation.law_id == law_id)
    )
    return query.where(Citation.article == article) if article else query


def _sorted(query: Select[Item], sort: str) -> Select[Item]:
    name = sort.removeprefix("-")
    if name in usage.SORTS:
        return usage.sorted_by_use(query, name, descending=sort.startswith("-"))
    column = SORTS.get(name, Item.updated_at)
    ordered = column.desc() if sort.startswith("-") or name not in SORTS else column.asc()
    return query.order_by(ordered, Item.code)


def get_item(db: Session, sight: Sight, code: str) -> Item:
    """Return an item.

    Raises:
        NotFound: if the bank has none with this code, or none that this person may know of.
    """
    row = db.scalar(select(Item).where(Item.code == code, sight.condition()))
    if row is None:
        raise NotFound(said("题库中没有这道试题。"), code="unknown_item")
    return row


def item_detail(db: Session, sight: Sight, code: str, number: int | None = None) -> ItemDetail:
    """Return one version of an item, by default the current one.

    Raises:
        NotFound: if there is no such item or version.
    """
    row = get_item(db, sight, code)
    query = select(ItemVersion).where(ItemVersion.item_id == row.id).order_by(ItemVersion.number.desc())
    versions = db.scalars(
        query.options(selectinload(ItemVersion.key), selectinload(ItemVersion.citations))
    ).all()
    version = next((v for v in versions if v.number == (number or row.current_version)), None)
    if version is None:
        raise NotFound(said("这道试题没有这一版。"), code="unknown_version")
    forms = select(func.count(ExamForm.id.distinct())).join(FormSlot, FormSlot.form_id == ExamForm.id)
    return ItemDetail(
        item=row,
        version=version,
        text=to_text(version),
        versions=versions,
        citations=cited_places(db, version.citations),
        batch=db.get(ItemBatch, row.batch_id) if row.batch_id else None,
        forms=db.scalar(forms.where(FormSlot.item_id == row.id, ExamForm.is_sealed.is_(False))) or 0,
    )


def cited_articles(db: Session, cited: Sequence[tuple[str, str]]) -> list[CitedArticle]:
    """Return what the citations (law id, article number) stand for, in order; three queries in all."""
    laws = _laws(db, {law_id for law_id, _number in cited})
    successors = _laws(db, {law.superseded_by for law in laws.values() if law.superseded_by})
    wanted = select(Article).where(tuple_(Article.law_id, Article.number).in_(cited))
    articles = {(row.law_id, row.number): row for row in db.scalars(wanted)}
    found = []
    for law_id, number in cited:
        law = laws.get(law_id)
        successor = successors.get(law.superseded_by) if law and law.superseded_by else None
        found.append(CitedArticle(law_id, number, law, successor, articles.get((law_id, number))))
    return found


def cited_places(db: Session, citations: Iterable[Citation]) -> list[CitedArticle]:
    """Return what the citations of a version stand for, with the paragraphs and items they name."""
    rows = list(citations)
    cited = cited_articles(db, [(row.law_id, row.article) for row in rows])
    return [
        replace(one, paragraph=row.paragraph or None, item=row.item or None)
        for one, row in zip(cited, rows, strict=True)
    ]


def typed_articles(db: Session, typed: Sequence[DraftCitation]) -> list[CitedArticle]:
    """Return what the citations of a draft stand for; what is no number names no paragraph."""
    cited = cited_articles(db, [(one.law, one.article) for one in typed])
    return [
        replace(one, paragraph=draft.places.get("paragraph"), item=draft.places.get("item"))
        for one, draft in zip(cited, typed, strict=True)
    ]


def _laws(db: Session, ids: set[str]) -> dict[str, LawVersion]:
    return {law.id: law for law in db.scalars(select(LawVersion).where(LawVersion.id.in_(ids)))}


def cited_laws(db: Session, sight: Sight) -> list[tuple[str, str]]:
    """Return (id, title) of the laws that items cite, for the filter."""
    cited = select(Citation.law_id)
    if not sight.is_full:
        cited = cited.join(ItemVersion).join(Item, Item.id == ItemVersion.item_id).where(sight.condition())
    query = select(LawVersion.id, LawVersion.title, LawVersion.effective).where(LawVersion.id.in_(cited))
    rows = db.execute(query.order_by(LawVersion.title, LawVersion.effective))
    return [
        (law_id, f"{title}（{effective.year}）" if effective else title) for law_id, title, effective in rows
    ]


def writers(db: Session, sight: Sight) -> Sequence[str]:
    """Return who wrote the items that this person may see, for the filter."""
    names = select(Item.created_by).where(sight.condition()).distinct()
    return db.scalars(names.order_by(Item.created_by).limit(MOST_WRITERS)).all()


def get_batch(db: Session, sight: Sight, public_id: UUID) -> ItemBatch:
    """Return an import with its report.

    Raises:
        NotFound: if there was none with this id that this person may see.
    """
    batch = db.scalar(select(ItemBatch).where(ItemBatch.public_id == public_id, _own(sight)))
    if batch is None:
        raise NotFound(said("没有这次导入的记录。"))
    return batch


def recent_batches(db: Session, sight: Sight, limit: int = 10) -> Sequence[ItemBatch]:
    """Return the latest imports that this person may see."""
    return db.scalars(select(ItemBatch).where(_own(sight)).order_by(ItemBatch.id.desc()).limit(limit)).all()


def _own(sight: Sight) -> ColumnElement[bool]:
    """Return the condition that somebody may see the report of an import, which quotes all its items.

    Whoever does not see everything sees their own: the items of others may have been sealed since.
    """
    return true() if sight.is_full else ItemBatch.created_by.endswith(f"（{sight.login}）", autoescape=True)


def purpose_counts(db: Session, sight: Sight) -> dict[ItemPurpose, int]:
    """Return how many items of each class there are for this person."""
    seen = (Item.state != ItemState.RETIRED, sight.condition())
    query = select(Item.purpose, func.count()).where(*seen).group_by(Item.purpose)
    return {ItemPurpose(purpose): count for purpose, count in db.execute(query)}
