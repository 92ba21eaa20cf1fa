"""The full-text table of SQLite over what items say: FTS5 by trigrams, kept by triggers (migration 0009)."""

from sqlalchemy import ColumnElement, column, select, table

from tiejun.bank.models import Item

SHORTEST = 3
_SEARCH = table("item_search", column("rowid"), column("item_search"))


def can_find(word: str) -> bool:
    """Return whether the table can answer for a word: trigrams need three characters."""
    return len(word) >= SHORTEST


def holds(word: str) -> ColumnElement[bool]:
    """Return the condition that an item's texts hold a folded word."""
    phrase = '"' + word.replace('"', '""') + '"'
    return Item.id.in_(select(_SEARCH.c.rowid).where(_SEARCH.c.item_search.op("MATCH")(phrase)))
