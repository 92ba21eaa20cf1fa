"""The search over all that items say, in Chinese: which condition finds an item, on either database.

Each word asked for must occur, as it stands, somewhere in the item. PostgreSQL answers the condition from its
trigram index by itself, where the server has pg_trgm. SQLite is asked through its full-text table
(`item_search_sqlite`) for words of three characters and more; the others, and other engines, read all texts.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from tiejun.bank import item_search_sqlite
from tiejun.bank.models import Item, ItemWords
from tiejun.listing import contains

LETTERS = 6
"""Characters of a stretch: long enough to stand in few items, short enough to survive a change of words."""
MOST_STRETCHES = 10
MOST_HOLDERS = 500
"""So many items are counted for one stretch: one that more have tells little."""
_RUN = re.compile(r"[^\W_]+")


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


def stretches(texts: Iterable[str]) -> list[str]:
    """Return stretches of some texts that an item which says nearly the same has too, evenly taken."""
    runs = [run for text in texts for run in _RUN.findall(folded(text))]
    found = [run[place : place + LETTERS] for run in runs for place in range(0, len(run), LETTERS)]
    known = list(dict.fromkeys(one for one in found if len(one) >= item_search_sqlite.SHORTEST))
    return (
        [known[n * len(known) // MOST_STRETCHES] for n in range(MOST_STRETCHES)]
        if len(known) > MOST_STRETCHES
        else known
    )


def most_shared(db: Session, wanted: Sequence[str], most: int) -> list[int]:
    """Return the ids of items that say any of some stretches, those that say the most of them first."""
    if not wanted:
        return []
    if db.get_bind().dialect.name == "sqlite":
        return list(db.scalars(item_search_sqlite.most_shared(wanted, most)))
    # One question a stretch: put into one by OR, PostgreSQL reads all texts instead of asking its index.
    holders = (
        select(ItemWords.item_id).where(ItemWords.words.like(contains(one), escape="\\")).limit(MOST_HOLDERS)
        for one in wanted
    )
    each = union_all(*(select(one.subquery().c.item_id) for one in holders)).subquery()
    query = select(each.c.item_id).group_by(each.c.item_id)
    return list(db.scalars(query.order_by(func.count().desc(), each.c.item_id).limit(most)))
