"""Between the library's items and the bank's tables."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from question_bank.assembly.form import sha256_hex
from question_bank.item import Item as ItemText
from question_bank.markup import without_images
from question_bank.scoring import normalise
from question_bank.terms import Tier
from tiejun import crypto
from tiejun.bank.item_search import folded
from tiejun.bank.models import Citation, Item, ItemKey, ItemPurpose, ItemVersion, ItemWords
from tiejun.bank.rules import excerpt
from tiejun.bank.states import ItemState
from tiejun.html import clean

EXCERPT = 200
Values = dict[str, Any]
_TAG = re.compile(r"<[^>]*>")
_WITHIN_WORDS = re.compile(r"</?(?:strong|em|sub|sup)>")

# Joins an item with the version it has now.
IS_CURRENT: ColumnElement[bool] = and_(
    ItemVersion.item_id == Item.id, ItemVersion.number == Item.current_version
)


def text_digest(item: ItemText) -> str:
    """Return the digest of all that an item says as it is kept, keys included, but not its code."""
    kept = clean(item.stimulus) if item.stimulus else item.stimulus
    return sha256_hex(replace(item, id="-", stimulus=kept).to_json())


def stem_hash(item: ItemText) -> str:
    """Return a hash that two items share exactly if they ask the same words."""
    return crypto.digest(normalise(f"{item.stimulus or ''}\n" + "\n".join(part.stem for part in item.parts)))


def to_text(version: ItemVersion) -> ItemText:
    """Return the library's item of a version whose `key` is loaded."""
    return ItemText.join(version.content, version.key.key)


def new_row(item: ItemText, purpose: ItemPurpose, by: str, now: datetime) -> Item:
    """Return an item with its first version, ready to be added."""
    row = Item(**_first_values(item, purpose, by, now))
    row.versions = [new_version(item, 1, by, now)]
    row.words = ItemWords(words=words_of(item))
    return row


def describe(db: Session, row: Item, item: ItemText, now: datetime) -> None:
    """Repeat in the item's row, and for the search, what its current version says."""
    for name, value in _facts(item).items():
        setattr(row, name, value)
    row.updated_at = now
    db.merge(ItemWords(item_id=row.id, words=words_of(item)))


def words_of(item: ItemText) -> str:
    """Return all that an item says, folded for the search: a line for each of its texts."""
    texts = [_TAG.sub(" ", _WITHIN_WORDS.sub("", item.stimulus or ""))]
    for part in item.parts:
        texts += [part.running_text, *(one.text for one in (*part.options, *part.targets))]
        texts += [point.text for point in part.rubric]
    return "\n".join(folded(without_images(text)) for text in (*texts, item.rationale) if text.strip())


def new_version(item: ItemText, number: int, by: str, now: datetime) -> ItemVersion:
    """Return version `number` of an item: what candidates see, the key apart, the citations as rows."""
    version = ItemVersion(**_version_values(item, by, now), number=number)
    version.key = ItemKey(key=item.key_json())
    version.citations = [Citation(**values) for values in _citation_values(item)]
    return version


def add_many(  # noqa: PLR0913 - what all of them have in common
    db: Session,
    items: Sequence[ItemText],
    purpose: ItemPurpose,
    batch_id: int,
    by: str,
    now: datetime,
    state: ItemState = ItemState.OPERATIONAL,
) -> None:
    """Add many items with their first versions: a statement a table, so that other writers wait briefly."""
    if not items:
        return
    rows = [_first_values(item, purpose, by, now) | {"batch_id": batch_id, "state": state} for item in items]
    item_ids = db.scalars(insert(Item).returning(Item.id, sort_by_parameter_order=True), rows).all()
    versions = [
        _version_values(item, by, now) | {"number": 1, "item_id": item_id, "batch_id": batch_id}
        for item, item_id in zip(items, item_ids, strict=True)
    ]
    _add_versions(db, items, versions)
    words = [
        {"item_id": item_id, "words": words_of(item)} for item, item_id in zip(items, item_ids, strict=True)
    ]
    db.execute(insert(ItemWords), words)


def _add_versions(db: Session, items: Sequence[ItemText], versions: list[Values]) -> None:
    """Add versions, the rows of which are given, with their keys and citations."""
    ids = db.scalars(
        insert(ItemVersion).returning(ItemVersion.id, sort_by_parameter_order=True), versions
    ).all()
    numbered = list(zip(items, ids, strict=True))
    db.execute(insert(ItemKey), [{"version_id": number, "key": item.key_json()} for item, number in numbered])
    cited = [
        values | {"version_id": number} for item, number in numbered for values in _citation_values(item)
    ]
    if cited:
        db.execute(insert(Citation), cited)


def revise_many(db: Session, changed: Sequence[tuple[Item, ItemText]], by: str, now: datetime) -> None:
    """Write the next version of many locked items whose texts stay the same: a statement a table."""
    if not changed:
        return
    versions = [
        _version_values(text, by, now) | {"number": row.current_version + 1, "item_id": row.id}
        for row, text in changed
    ]
    _add_versions(db, [text for _, text in changed], versions)
    for row, text in changed:
        for name, value in (_facts(text) | {"updated_at": now}).items():
            setattr(row, name, value)
        row.current_version += 1
    db.flush()


def _first_values(item: ItemText, purpose: ItemPurpose, by: str, now: datetime) -> Values:
    return _facts(item) | {
        "code": item.id,
        "purpose": purpose,
        "current_version": 1,
        "created_by": by,
        "created_at": now,
        "updated_at": now,
    }


def _facts(item: ItemText) -> Values:
    shown = _TAG.sub(" ", item.stimulus) if item.stimulus else item.parts[0].running_text
    return {
        "kind": item.kind.value,
        "unit": item.unit,
        "is_primary": Tier.PRIMARY in item.tiers,
        "is_intermediate": Tier.INTERMEDIATE in item.tiers,
        "difficulty": item.difficulty,
        "stem_hash": stem_hash(item),
        "digest": text_digest(item),
        "excerpt": excerpt(without_images(shown), EXCERPT),
    }


def _version_values(item: ItemText, by: str, now: datetime) -> Values:
    return {
        "tiers": [tier.value for tier in item.tiers],
        "difficulty": item.difficulty,
        "content": _clean(item.content_json()),
        "is_transitional": item.transitional,
        "created_by": by,
        "created_at": now,
    }


def _clean(content: Values) -> Values:
    # The library admits harmless tags only; what is stored goes through the one door for HTML all the same.
    return {**content, "stimulus": clean(content["stimulus"])} if content["stimulus"] else content


def _citation_values(item: ItemText) -> list[Values]:
    return [
        {
            "position": position,
            "law_id": citation.law,
            "article": citation.article,
            "paragraph": citation.paragraph or 0,
            "item": citation.item or 0,
        }
        for position, citation in enumerate(dict.fromkeys(item.citations))
    ]
