"""Items of the bank, or of one file, that ask nearly the same, as far as the asker may see the bank.

Who reads of a twin knows that it exists: of an item that is hidden from the asker nothing is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from question_bank.item import Item as ItemText
from question_bank.markup import without_images
from question_bank.similarity import Likeness, LikenessIndex, Match, Wording, match, wording
from question_bank.words import said
from tiejun.bank.item_rows import IS_CURRENT
from tiejun.bank.item_search import most_shared, stretches
from tiejun.bank.models import Item, ItemVersion
from tiejun.bank.secrecy import Sight
from tiejun.html import plain
from tiejun.imports import Progress, silent

SHOWN = 3
CANDIDATES = 60
AT_ONCE = 1000


@dataclass(frozen=True)
class Twin:
    """An item of the bank that is like a draft."""

    item: Item
    match: Match


class Twins:
    """For each of some items that are about to come in, the likest in the bank and among those before it.

    The items are indexed and the bank is read past them once, so that memory is needed for the file alone.
    """

    def __init__(
        self, db: Session, sight: Sight, items: Sequence[ItemText], progress: Progress = silent
    ) -> None:
        self._in_bank: dict[int, tuple[str, Match]] = {}
        self._in_file: dict[int, tuple[int, Match]] = {}
        if not items:
            return
        wordings = [wording(item.content_json()) for item in items]
        index = LikenessIndex(wordings)
        known = db.scalar(select(func.count(Item.id))) or 0
        tell = _Steps(progress, len(wordings) + known)
        for position, one in enumerate(wordings):
            tell()
            for earlier, found in index.like(one):
                if earlier < position and _is_liker(found, self._in_file.get(position)):
                    self._in_file[position] = earlier, found
        for code, one in _bank(db, sight):
            tell()
            for position, found in index.like(one):
                if _is_liker(found, self._in_bank.get(position)):
                    self._in_bank[position] = code, found

    def in_bank(self, position: int) -> tuple[str, Match] | None:
        """Return the code of the likest item of the bank, if any is alike."""
        return self._in_bank.get(position)

    def in_file(self, position: int) -> tuple[int, Match] | None:
        """Return the position of the likest item before this one, if any is alike."""
        return self._in_file.get(position)


class _Steps:
    """Counts steps and tells each further per cent of them."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done, self._told = progress, total, 0, 0

    def __call__(self) -> None:
        self._done += 1
        percent = min(100, 100 * self._done // self._total)
        if percent > self._told:
            self._told = percent
            self._progress(percent)


def _is_liker(found: Match, best: tuple[object, Match] | None) -> bool:
    return best is None or found.percent > best[1].percent


def _bank(db: Session, sight: Sight) -> Iterator[tuple[str, Wording]]:
    # Retired ones too: they were retired for a reason.
    query = select(Item.code, ItemVersion.content).join(ItemVersion, IS_CURRENT).where(sight.condition())
    query = query.order_by(Item.id)
    for code, content in db.execute(query.execution_options(yield_per=AT_ONCE)):
        yield code, wording(content)


def twin_sentence(name: str, found: Match) -> str:
    """Return what to say of a twin; `name` is its code or its place."""
    if found.likeness is Likeness.SAME:
        return said("与 %(name)s 文字相同，请核对", name=name)
    if found.likeness is Likeness.FIGURES:
        return said("与 %(name)s 仅数字不同，请核对", name=name)
    return said("与 %(name)s 相似 %(percent)s%%，请核对", name=name, percent=found.percent)


def most_alike(db: Session, sight: Sight, content: Mapping[str, Any], code: str) -> list[Twin]:
    """Return up to `SHOWN` items of the bank that are most like a draft, the likest first; two queries.

    Args:
        content: what the draft asks, in the shape of `Item.content_json`; it need not be a whole item.
        code: the item that is being edited, which is no twin of itself.
    """
    asked = wording(content)
    ids = most_shared(db, stretches(_texts(content)), CANDIDATES)
    if not ids:
        return []
    query = select(Item, ItemVersion.content).join(ItemVersion, IS_CURRENT)
    rows = db.execute(query.where(Item.id.in_(ids), Item.code != code, sight.condition()).order_by(Item.code))
    compared = ((item, match(asked, wording(other))) for item, other in rows)
    found = [Twin(item, how) for item, how in compared if how is not None]
    return sorted(found, key=lambda twin: -twin.match.percent)[:SHOWN]


def _texts(content: Mapping[str, Any]) -> Iterator[str]:
    yield plain(content["stimulus"] or "")
    for part in content["parts"]:
        yield without_images(part["stem"])
        yield from (without_images(option["text"]) for option in part["options"])
