"""One frozen form (试卷): the paper a candidate sees, and the private map that leads back to the items.

Public: `build_form`, `item_images`, `BuiltForm`, `MissingImageError`, `SlotMap`, `canonical_value`,
`canonical_json`, `sha256_hex`.

Option ids are drawn anew for each form and options are shuffled, so that neither the bank's order nor
a letter whispered by somebody with another form helps. The paper holds no item id, key or rationale.
"""

import hashlib
import html
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from question_bank.assembly.blueprint import PartPoints
from question_bank.assembly.draw import Draw
from question_bank.interaction_check import MARK, OWN_FIELDS
from question_bank.item import Item, ItemKind, Option, Part, PartType, number_json
from question_bank.markup import image_digests, show_images
from question_bank.scoring import ValueShapeError
from question_bank.terms import BLANK_TYPES
from question_bank.uploads import taken
from question_bank.words import said

Json = dict[str, Any]
# Without letters and digits that look alike on a printed sheet or a poor screen.
LETTERS = "abcdefghjkmnpqrstuvwxyz"
DIGITS = "23456789"


@dataclass(frozen=True, slots=True)
class SlotMap:
    """What a slot of a form stands for: `option_map` is canonical option id -> id on this form."""

    slot: int
    item_id: str
    part_index: int
    points: Decimal
    option_map: Mapping[str, str]

    def to_json(self) -> Json:
        """Return the map as `from_json` reads it. Private: it leads to the key."""
        return {
            "slot": self.slot,
            "item": self.item_id,
            "part": self.part_index,
            "points": number_json(self.points),
            "options": dict(self.option_map),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build the map from its JSON object."""
        points = Decimal(str(data["points"]))
        return cls(data["slot"], data["item"], data["part"], points, dict(data["options"]))


@dataclass(frozen=True, slots=True)
class BuiltForm:
    """The candidate's `paper`, and `slots` in order, never to be served."""

    paper: Json
    slots: tuple[SlotMap, ...]

    @property
    def sha256(self) -> str:
        """Return the hash by which the paper is frozen."""
        return sha256_hex(self.paper)


def build_form(
    draw: Draw, seed: int | str, *, form_id: str | None = None, images: Mapping[str, str] | None = None
) -> BuiltForm:
    """Freeze a draw into a paper.

    Args:
        seed: decides option ids and option order. Keep it secret for a live form.
        form_id: the platform's id of the form; one made from the seed by default.
        images: digest -> address of each image that the items show. A `data:` address makes the paper
            complete in itself: it then needs no other permission than the one to read the paper.

    Raises:
        MissingImageError: if an item shows an image that `images` lacks.
    """
    sources = images or {}
    missing = [digest for item in draw.items for digest in item_images(item) if digest not in sources]
    if missing:
        raise MissingImageError(missing[0])
    rng = random.Random(f"form {seed}")
    ids = _option_ids(sum(len(_ids(part)) for item in draw.items for part in item.parts), rng)
    slots: list[SlotMap] = []
    sections, groups = [], 0
    for section, items in zip(draw.blueprint.sections, draw.sections, strict=True):
        shown = []
        for item in items:
            groups += item.kind is ItemKind.CASE
            for part_index, points in enumerate(section.parts):
                slot_map = _slot_map(len(slots) + 1, item, part_index, points, ids)
                slots.append(slot_map)
                shown.append(_slot(slot_map, item, groups, rng))
        for slot in shown:
            _place_images(slot, sources)
        sections.append({"title": section.title, "instructions": section.instructions, "slots": shown})
    name = form_id or "".join(rng.choices(LETTERS + DIGITS, k=8))
    return BuiltForm({"form": name, "title": draw.blueprint.title, "sections": sections}, tuple(slots))


class MissingImageError(LookupError):
    """A paper was to show an image that nobody has; the argument is its digest."""


def item_images(item: Item) -> list[str]:
    """Return the digests of the images that a candidate sees in an item, each once."""
    texts = [item.stimulus or "", *(part.stem for part in item.parts)]
    texts += [option.text for part in item.parts for option in (*part.options, *part.targets)]
    pictures = [part.image for part in item.parts if part.image]
    return list(dict.fromkeys(image_digests(texts) + pictures))


def _place_images(slot: Json, sources: Mapping[str, str]) -> None:
    """Put images into the texts of a slot, in place."""
    for shown, name in [
        (slot, "stem_html"),
        (slot, "stimulus_html"),
        *((o, "html") for o in (*slot["options"], *slot.get("targets", ()))),
    ]:
        if shown.get(name):
            shown[name] = show_images(shown[name], sources.__getitem__)
    if "image" in slot:
        slot["image"] = sources[slot["image"]]


def _option_ids(count: int, rng: random.Random) -> Iterator[str]:
    """Return that many different ids such as "k7", or "k7q" if a form needs more than those."""
    pairs = [letter + digit for letter in LETTERS for digit in DIGITS]
    if count > len(pairs):
        pairs = [pair + third for pair in pairs for third in LETTERS + DIGITS]
    return iter(rng.sample(pairs, count))


def _slot_map(slot: int, item: Item, part_index: int, points: PartPoints, ids: Iterator[str]) -> SlotMap:
    canonical = _ids(item.parts[part_index])
    return SlotMap(slot, item.id, part_index, points.points, {option: next(ids) for option in canonical})


def _ids(part: Part) -> list[str]:
    """Return the canonical ids of a part that a form replaces."""
    return [option.id for option in (*part.options, *part.targets)]


def _slot(slot_map: SlotMap, item: Item, group: int, rng: random.Random) -> Json:
    part = item.parts[slot_map.part_index]
    shown: Json = {
        "slot": slot_map.slot,
        "type": part.type.value,
        "points": number_json(slot_map.points),
        "stem_html": _stem(part, slot_map),
        "options": _options(part, part.options, slot_map, rng),
    }
    if item.kind is ItemKind.CASE:
        # Every slot of the group repeats the material: a client may show it wherever it likes.
        shown |= {"group": f"g{group}", "stimulus_html": item.stimulus}
    if part.type in BLANK_TYPES:
        shown["blanks"] = part.blanks
    own = {name: value for name, value in part.content_json().items() if name in OWN_FIELDS[part.type]}
    if part.targets:
        own["targets"] = _options(part, part.targets, slot_map, rng)
    if part.type is PartType.UPLOAD:
        own["accept"] = list(taken(part.accept))
    return shown | own


def _stem(part: Part, slot_map: SlotMap) -> str:
    """Return the stem as HTML, the marks of a hottext with the ids of the form."""
    stem = _to_html(part.stem)
    if part.type is not PartType.HOTTEXT:
        return stem
    return MARK.sub(lambda mark: f"{{{{{slot_map.option_map[mark[1]]}}}}}", stem)


def _options(part: Part, options: Sequence[Option], slot_map: SlotMap, rng: random.Random) -> list[Json]:
    """Return options in a new order; those of a running text keep theirs, in which they are read."""
    order = options if part.type is PartType.HOTTEXT else rng.sample(options, len(options))
    shown = []
    for option in order:
        data = option.to_json()
        text = data.pop("text")
        shown.append(data | {"id": slot_map.option_map[option.id], "html": _to_html(text)})
    return shown


def _to_html(text: str) -> str:
    return html.escape(text.strip()).replace("\n", "<br>")


def canonical_value(slot_map: SlotMap, value: object) -> object:
    """Return a candidate's value with the item's own option ids, ready for `score_response`.

    Raises:
        ValueShapeError: if it names an option the slot does not have.
    """
    if not slot_map.option_map or value is None:
        return value
    back = {shown: canonical for canonical, shown in slot_map.option_map.items()}
    try:
        return _mapped(value, back)
    except (KeyError, TypeError) as error:
        raise ValueShapeError(said("作答中有本题没有的选项")) from error


def _mapped(value: object, ids: Mapping[str, str], *, nested: int = 2) -> object:
    """Return a value with every id replaced; None, a blank left empty, stays.

    Raises:
        KeyError: if it names an unknown id.
        TypeError: if it is of no shape that holds ids.
    """
    if isinstance(value, str):
        return ids[value]
    if not isinstance(value, list | tuple) or not nested:
        raise TypeError
    return [None if one is None else _mapped(one, ids, nested=nested - 1) for one in value]


def canonical_json(data: object) -> bytes:
    """Return the one way to write `data` as bytes: sorted keys, no blanks, UTF-8. Hashes rest on it."""
    return json.dumps(
        data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def sha256_hex(data: object) -> str:
    """Return the SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(data)).hexdigest()
