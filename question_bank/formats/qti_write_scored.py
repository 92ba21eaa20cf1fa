"""An item's file with the rules of its source as long as they score it, else with rules of ours.

Public: `scored_document`.
"""

from collections.abc import Mapping
from copy import deepcopy

from lxml import etree

from question_bank.formats.qti_item import item_json
from question_bank.formats.qti_kept import kept_rules
from question_bank.formats.qti_kept_names import with_valid_names
from question_bank.formats.qti_tree import normalised
from question_bank.formats.qti_values import QtiRefused
from question_bank.formats.qti_write_item import item_document
from question_bank.formats.qti_write_tree import QtiVersion
from question_bank.item import Item, ItemError, Part
from question_bank.markup import image_mark


def scored_document(item: Item, version: QtiVersion, images: Mapping[str, str]) -> etree._Element:
    """Return an item as a document.

    Args:
        images: where the file finds the images that the item shows, by digest.

    Raises:
        ValueError: if XML cannot hold a character of it.
    """
    kept = kept_rules(item, version)
    if kept is not None:
        document = item_document(item, version, images.__getitem__, kept)
        if _is_scored_by(document, item, images):
            valid = with_valid_names(kept)
            return document if valid is kept else item_document(item, version, images.__getitem__, valid)
    return item_document(item, version, images.__getitem__)


def _is_scored_by(document: etree._Element, item: Item, images: Mapping[str, str]) -> bool:
    """Return whether a document, read as anybody's, asks what the item asks and scores it the same."""
    digests = {path: digest for digest, path in images.items()}
    root = normalised(deepcopy(document))
    try:
        found = item_json(
            root, lambda source, shows: image_mark(digests[source], shows), lambda _: None
        ).found
        read = Item.from_json(item.to_json() | dict(found))
    except (QtiRefused, ItemError):
        return False
    return [*map(_scored, read.parts)] == [*map(_scored, item.parts)]


def _scored(part: Part) -> tuple[object, ...]:
    """Return what of a part decides on its points."""
    targets = [target.id for target in part.targets]
    asked = (part.type, part.option_ids, targets, part.most, part.image, part.bounds)
    return *asked, part.key, part.points, part.scoring
