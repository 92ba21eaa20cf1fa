"""The search over all that items say, in Chinese: which condition finds an item, on either database.

Each word asked for must occur, as it stands, somewhere in the item. PostgreSQL answers the condition from its
trigram index by itself, where the server has pg_trgm. SQLite is asked through its full-text table
(`item_search_sqlite`) for words of three characters and more; the others, and other engines, read all texts.
"""

import unicodedata

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from tiejun.bank import item_search_sqlite
from tiejun.bank.models import Item, ItemWords
from tiejun.listing import contains


def folded(text: str) -> str:
    """Return `text` with small letters and narrow characters, as it is searched."""
    return unicodedata.normalize("NFKC", text).casefold()


def item_says(db: Session, text: str) -> ColumnElement[bool]:
    """Return the condition that an item's code or texts hold every word of `text`."""
    words = folded(text).split()
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    said = [
        item_search_sqlite.holds(word) if is_sqlite and item_search_sqlite.can_find(word) else holds(word)
        for word in words
    ]
    if not text.isascii():  # no code has Chinese letters, and without this "or" the index alone answers
        return and_(True, *said)
    return or_(Item.code.ilike(contains(text.strip()), escape="\\"), and_(True, *said))


def holds(word: str) -> ColumnElement[bool]:
    """Return the condition that an item's texts hold a folded word: right on every engine."""
    return Item.id.in_(select(ItemWords.item_id).where(ItemWords.words.like(contains(word), escape="\\")))
