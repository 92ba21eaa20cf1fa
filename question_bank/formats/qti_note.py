"""Our note beside an item in a QTI package: what QTI has no room for, so that the item comes back the same.

Public: `QtiNote`, `find_note`, `write_note`, `note_name`.

`items/x.xml` has its note in `items/x.tiejun.json`, an object: `format` "tiejun-qti-note", `version` 1,
`document` the SHA-256 of the item's file, `images` the files of its images by the digest that our texts
name (relative to the note), `item` the item as `Item.to_json` gives it. As long as the file is the one of
that digest, the item is the noted one. Once somebody changed the file, the file says what is asked and what
is right, and the note only what files of QTI do not say.
"""

import hashlib
import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from question_bank.formats.plain import plain_text
from question_bank.formats.qti_assets import resolved
from question_bank.formats.qti_values import QtiRefused
from question_bank.interaction_check import MARK
from question_bank.item import Item
from question_bank.markup import image_mark
from question_bank.scoring import normalise
from question_bank.words import said

FORMAT, VERSION = "tiejun-qti-note", 1
ENDING = ".tiejun.json"
_OF_ITEM = ("id", "unit", "tiers", "difficulty", "citations", "figures")
Json = dict[str, Any]


def note_name(name: str) -> str:
    """Return the name of the note beside an item's file."""
    return name.removesuffix(".xml") + ENDING


def write_note(item: Item, document: bytes, images: Mapping[str, str]) -> bytes:
    """Return the note of an item.

    Args:
        document: the item's file.
        images: where the images are that it shows, by digest, seen from that file.
    """
    note = {
        "format": FORMAT,
        "version": VERSION,
        "document": hashlib.sha256(document).hexdigest(),
        "images": dict(images),
        "item": item.to_json(),
    }
    return (json.dumps(note, ensure_ascii=False, indent=1) + "\n").encode()


def find_note(files: Mapping[str, bytes] | None, name: str) -> "QtiNote | None":
    """Return the note beside an item's file; None if there is none.

    Raises:
        QtiRefused: if it is damaged.
        ItemError: if the item in it breaks a rule.
    """
    content = (files or {}).get(note_name(name))
    if content is None:
        return None
    try:
        note = json.loads(content)
    except (ValueError, RecursionError):
        note = None
    images = note.get("images") if isinstance(note, dict) else None
    if (
        not isinstance(note, dict)
        or not isinstance(images, dict)
        or not all(isinstance(path, str) for path in images.values())
        or (note.get("format"), note.get("version")) != (FORMAT, VERSION)
    ):
        message = said("试题旁边的“%(name)s”已损坏，请恢复或删去", name=note_name(name)[:120])
        raise QtiRefused(said("文件"), message)
    return QtiNote(
        str(note.get("document")), images, Item.from_json(note.get("item")), posixpath.dirname(name)
    )


@dataclass(frozen=True, slots=True)
class QtiNote:
    """A note: the item that was written, and the digest of its file then."""

    document: str
    images: Mapping[str, str]
    item: Item
    folder: str

    def is_of(self, content: bytes) -> bool:
        """Return whether an item's file is still the one that was written."""
        return hashlib.sha256(content).hexdigest() == self.document

    def images_in(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return the images that are in the package, by digest."""
        names = {
            digest: next((name for name in resolved(self.folder, path) if name in files), None)
            for digest, path in self.images.items()
        }
        return {digest: files[name] for digest, name in names.items() if name is not None}

    def applied(self, found: Json) -> Json:
        """Return the JSON of an item as a changed file gives it, with what the note alone can say."""
        noted = self.item.to_json()
        # The file's rules may be ours; those of the item's source, if it has one, stand in the note.
        merged = found | {name: noted[name] for name in (*_OF_ITEM, "source") if name in noted}
        if noted["stimulus"] and _flat(noted["stimulus"]) == _flat(found["stimulus"] or ""):
            merged["stimulus"] = noted["stimulus"]
        if len(noted["parts"]) == len(found["parts"]):
            pairs = zip(found["parts"], noted["parts"], strict=True)
            merged["parts"] = [_part(read, known) for read, known in pairs]
        return merged


def _flat(html: str) -> str:
    return plain_text(html, image_mark).text


def _part(read: Json, known: Json) -> Json:
    """Return a part as it was read, its options and rubric named as the note names them."""
    if read["type"] != known["type"]:
        return read
    if known["type"] == "essay":
        told = "\n".join(point["text"] for point in read["rubric"])
        is_same = bool(known["rubric"]) and all(point["text"] in told for point in known["rubric"])
        return read | {name: known[name] for name in ("points", "rubric")} if is_same else read
    if known["type"] == "fill_in":
        return read | {"key": known["key"]} if _compared(read["key"]) == _compared(known["key"]) else read
    lists = [(read.get(name, []), known.get(name, [])) for name in ("options", "targets")]
    if any(len(one) != len(other) for one, other in lists) or not read["options"]:
        return read
    pairs = [pair for one, other in lists for pair in zip(one, other, strict=True)]
    return _renamed(read, {one["id"]: other["id"] for one, other in pairs})


def _renamed(part: Json, names: Mapping[str, str]) -> Json:
    """Return a part of options with other ids, wherever they stand."""
    lists = {
        name: [option | {"id": names[option["id"]]} for option in part[name]]
        for name in ("options", "targets")
        if name in part
    }
    stem = MARK.sub(lambda mark: f"{{{{{names.get(mark[1], mark[1])}}}}}", part["stem"])
    renamed = part | lists | {"stem": stem, "key": _keyed(part["key"], names)}
    scoring = part.get("scoring") or {}
    if "map" in scoring:
        rows = [[" ".join(names.get(word, word) for word in str(v).split()), p] for v, p in scoring["map"]]
        renamed["scoring"] = scoring | {"map": rows}
    elif "rule" in scoring:
        told = {names.get(id_, id_): name for id_, name in scoring["answers"].get("names", {}).items()}
        renamed["scoring"] = scoring | {"answers": scoring["answers"] | {"names": told}}
    return renamed


def _keyed(key: Any, names: Mapping[str, str]) -> Any:
    if isinstance(key, list):
        return [_keyed(one, names) for one in key]
    return names.get(key, key) if isinstance(key, str) else key


def _compared(key: list[list[str]]) -> list[set[str]]:
    return [{normalise(spelling) for spelling in accepted} for accepted in key]
