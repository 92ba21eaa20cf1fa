"""Secrecy classes (密级): who may see which items. The one place that says it; every read of items asks here.

An item's `purpose` is its class. Practice items are for all who see the bank; exam items for those who make
or check items and papers; sealed ones (拟用于近期正式考试) for those who make papers and whoever wrote them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, exists, or_, true

from tiejun.access import Permission, Persona
from tiejun.bank.models import Item, ItemPurpose, ItemVersion
from tiejun.bank.states import ItemState

CLASSES = (ItemPurpose.PRACTICE, ItemPurpose.EXAM, ItemPurpose.SEALED)
"""From open to closed."""
SECRET = (ItemPurpose.EXAM, ItemPurpose.SEALED)
"""What examinations are made of."""


@dataclass(frozen=True)
class Sight:
    """The classes that somebody may see; `login` is whose own sealed items they see besides, "" nobody's.

    Who reviews sees what is in review, sealed or not.
    """

    classes: frozenset[ItemPurpose]
    login: str = ""
    reviews: bool = False

    @property
    def is_full(self) -> bool:
        """Whether nothing is hidden."""
        return self.classes.issuperset(CLASSES)

    def to_json(self) -> dict[str, Any]:
        """Return it as `from_json` reads it, for what goes on in the background."""
        return {"classes": sorted(self.classes), "login": self.login, "reviews": self.reviews}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return what was kept."""
        classes = frozenset(ItemPurpose(one) for one in data["classes"])
        return cls(classes, data["login"], data["reviews"])

    @property
    def listed(self) -> tuple[ItemPurpose, ...]:
        """The classes of which this person may meet an item, from open to closed."""
        return tuple(one for one in CLASSES if one in self.classes or (self.login and one in SECRET))

    def condition(self) -> ColumnElement[bool]:
        """Return the condition on `Item` that this person may see it."""
        if self.is_full:
            return true()
        seen = Item.purpose.in_(sorted(self.classes))
        if not self.login:
            return seen
        mine: ColumnElement[bool] = (
            exists()
            .where(
                ItemVersion.item_id == Item.id,
                ItemVersion.created_by.endswith(f"（{self.login}）", autoescape=True),
            )
            .correlate(Item)
        )
        if self.reviews:
            mine = or_(mine, Item.state.in_((ItemState.FIRST_REVIEW, ItemState.SECOND_REVIEW)))
        return or_(seen, and_(Item.purpose == ItemPurpose.SEALED, mine))


EVERYTHING = Sight(frozenset(CLASSES))
"""For commands, which the operator gives, and for what the product does by itself."""


def sight_of(who: Persona) -> Sight:
    """Return what a signed-in person may see of the bank."""
    may_see = {
        ItemPurpose.PRACTICE: who.may(Permission.ITEM_VIEW),
        ItemPurpose.EXAM: who.may(Permission.ITEM_SECRET),
        ItemPurpose.SEALED: who.may(Permission.ITEM_SECRET) and who.may(Permission.FORM_MANAGE),
    }
    return Sight(
        frozenset(one for one, may in may_see.items() if may),
        who.login if may_see[ItemPurpose.EXAM] else "",
        who.may(Permission.ITEM_REVIEW),
    )


def is_lowered(old: ItemPurpose, new: ItemPurpose) -> bool:
    """Return whether more people may see the item in the new class than in the old."""
    return CLASSES.index(new) < CLASSES.index(old)
