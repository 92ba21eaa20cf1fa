"""Between the library's items and the bank's tables."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_
from sqlalchemy.sql.elements import ColumnElement

from question_bank.assembly.form import sha256_hex
from question_bank.item import Item as ItemText
from question_bank.scoring import normalise
from question_bank.terms import Tier
from tiejun import crypto
from tiejun.bank.models import Citation, Item, ItemKey, ItemPurpose, ItemVersion
from tiejun.bank.rules import excerpt

EXCERPT = 200
_TAG = re.compile(r"<[^>]*>")

# Joins an item with the version it has now.
IS_CURRENT: ColumnElement[bool] = and_(
    ItemVersion.item_id == Item.id, ItemVersion.number == Item.current_version
)


def text_digest(item: ItemText) -> str:
    """Return the digest of all that an item says, keys included, but not its code."""
    return sha256_hex(replace(item, id="-").to_json())


def stem_hash(item: ItemText) -> str:
    """Return a hash that two items share exactly if they ask the same words."""
    return crypto.digest(normalise(f"{item.stimulus or ''}\n" + "\n".join(part.stem for part in item.parts)))


def to_text(version: ItemVersion) -> ItemText:
    """Return the library's item of a version whose `key` is loaded."""
    return ItemText.join(version.content, version.key.key)


def new_row(item: ItemText, purpose: ItemPurpose, by: str, now: datetime) -> Item:
    """Return an item with its first version, ready to be added."""
    row = Item(
        code=item.id,
        purpose=purpose,
        current_version=1,
        created_by=by,
        created_at=now,
        versions=[new_version(item, 1, by, now)],
    )
    describe(row, item, now)
    return row


def describe(row: Item, item: ItemText, now: datetime) -> None:
    """Repeat in the item's row what its current version says."""
    row.kind = item.kind.value
    row.unit = item.unit
    row.is_primary = Tier.PRIMARY in item.tiers
    row.is_intermediate = Tier.INTERMEDIATE in item.tiers
    row.difficulty = item.difficulty
    row.stem_hash = stem_hash(item)
    row.digest = text_digest(item)
    row.excerpt = excerpt(_TAG.sub(" ", item.stimulus) if item.stimulus else item.parts[0].stem, EXCERPT)
    row.updated_at = now


def new_version(item: ItemText, number: int, by: str, now: datetime) -> ItemVersion:
    """Return version `number` of an item: what candidates see, the key apart, the citations as rows."""
    return ItemVersion(
        number=number,
        tiers=[tier.value for tier in item.tiers],
        difficulty=item.difficulty,
        content=item.content_json(),
        created_by=by,
        created_at=now,
        key=ItemKey(key=item.key_json()),
        citations=[
            Citation(position=position, law_id=law, article=article)
            for position, (law, article) in enumerate(_distinct(item))
        ],
    )


def _distinct(item: ItemText) -> Iterable[tuple[str, str]]:
    return dict.fromkeys((citation.law, citation.article) for citation in item.citations)
