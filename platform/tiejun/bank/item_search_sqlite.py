"""The full-text table of SQLite over what items say: FTS5 by trigrams, kept by triggers (migration 0009)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, column, select, table

from tiejun.bank.models import Item

SHORTEST = 3
_SEARCH = table("item_search", column("rowid"), column("item_search"), column("rank"))


def can_find(word: str) -> bool:
    """Return whether the table can answer for a word: trigrams need three characters."""
    return len(word) >= SHORTEST


def holds(word: str) -> ColumnElement[bool]:
    """Return the condition that an item's texts hold a folded word."""
    return Item.id.in_(select(_SEARCH.c.rowid).where(_SEARCH.c.item_search.op("MATCH")(_phrase(word))))


def most_shared(words: Sequence[str], most: int) -> Select[int]:
    """Return the query for items that hold any of some folded words, those with the most and rarest first."""
    phrases = " OR ".join(_phrase(word) for word in words)
    query = select(_SEARCH.c.rowid).where(_SEARCH.c.item_search.op("MATCH")(phrases))
    return query.order_by(_SEARCH.c.rank, _SEARCH.c.rowid).limit(most)


def _phrase(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
