"""One page of a list, as the pager shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")
PAGE_SIZE = 50


@dataclass(frozen=True)
class ListPage(Generic[T]):
    """`rows` of page `number` (from 1) of `pages`, out of `total` rows."""

    rows: Sequence[T]
    number: int
    pages: int
    total: int


def scalar_page(db: Session, query: Select[T], number: int, size: int = PAGE_SIZE) -> ListPage[T]:
    """Return one page of `query`; a number past the end gives the last page."""
    total = db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, ceil(total / size))
    number = min(max(1, number), pages)
    rows = db.scalars(query.limit(size).offset((number - 1) * size)).all()
    return ListPage(rows, number, pages, total)


def list_page(rows: Sequence[T], number: int, size: int = PAGE_SIZE) -> ListPage[T]:
    """Return one page of rows that are all there; a number past the end gives the last page."""
    pages = max(1, ceil(len(rows) / size))
    number = min(max(1, number), pages)
    return ListPage(rows[(number - 1) * size : number * size], number, pages, len(rows))


def contains(text: str) -> str:
    r"""Return the LIKE pattern for `text` anywhere; use with `escape="\\"`."""
    for sign in "\\%_":
        text = text.replace(sign, f"\\{sign}")
    return f"%{text}%"
