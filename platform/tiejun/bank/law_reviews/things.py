"""What cites articles: items, and whatever else a feature tells of.

The bank knows no other feature. The factory and the command line make each known (`contribute`), and an
import of laws asks all of them, in its own transaction.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.bank.item_rows import IS_CURRENT
from tiejun.bank.models import Citation, Item, ItemVersion
from tiejun.bank.states import ItemState

ITEM = "item"


@dataclass(frozen=True)
class CitingThing:
    """One citation by one thing that is in use; `address` is the page at which it can be put right.

    `unit` is the syllabus unit it is filed under, `owner_id` the unit of people who may see it (None:
    everybody who sees the bank). What is transitional (新旧衔接) cites law that has ended on purpose.
    """

    kind: str
    subject_id: int
    law_id: str
    article: str
    title: str
    unit: str | None
    writer: str
    address: str
    owner_id: int | None = None
    is_transitional: bool = False


Teller = Callable[[Session, Collection[str]], Iterable[CitingThing]]
"""Called with ids of law versions; tells each citation of one of them by a thing in use."""


def items_citing(db: Session, law_ids: Collection[str]) -> Iterator[CitingThing]:
    """Tell the citations of the current versions of items that are not retired.

    A rubric cites nothing of its own: its points rest on what the item cites, and come along with it.
    """
    rows = db.execute(
        select(Item, Citation.law_id, Citation.article, ItemVersion.is_transitional)
        .join(ItemVersion, IS_CURRENT)
        .join(Citation, Citation.version_id == ItemVersion.id)
        .where(Citation.law_id.in_(law_ids), Item.state != ItemState.RETIRED)
        .order_by(Item.id, Citation.position)
    )
    for item, law_id, article, is_transitional in rows:
        yield CitingThing(
            ITEM,
            item.id,
            law_id,
            article,
            item.excerpt,
            item.unit,
            item.created_by,
            f"/items/{item.code}",
            is_transitional=is_transitional,
        )


_TELLERS: dict[str, Teller] = {ITEM: items_citing}


def contribute(kind: str, teller: Teller) -> None:
    """Make known who tells of things of a kind; for the factory and the command line, any number of times."""
    _TELLERS[kind] = teller


def things_citing(
    db: Session, law_ids: Collection[str], besides: Collection[str] = ()
) -> Iterator[CitingThing]:
    """Tell every citation of one of these versions by a thing in use, of whatever kind but `besides`."""
    if law_ids:
        for kind, teller in _TELLERS.items():
            if kind not in besides:
                yield from teller(db, law_ids)
