"""What our own GIFT and Moodle XML say beside a question, because the format has no words for it.

Public: `Note`, `write_note`, `read_note`, `NOTE`, `DAMAGED`.

It stands in a comment or an element of its own, which other systems pass over. Ours finds in it the item's
code and what belongs to it, so that an item that nobody changed comes back as the same version of the same
item.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from question_bank.formats.moodle_question import QuestionRefused
from question_bank.formats.moodle_scoring import PLACED, policy_of
from question_bank.item import Item, Part, PartType, number_json
from question_bank.words import said

NOTE = "tiejun:"
"""What begins so is ours."""
DAMAGED = said("题目旁边以“tiejun:”开头的说明已损坏，请恢复或整段删去")
_CHANGED = said("选项增减后，请删去题目旁边以“tiejun:”开头的说明")
_OF_ITEM = ("id", "unit", "tiers", "difficulty", "citations", "figures", "transitional")
_OF_PART = ("points", "rubric")
Json = dict[str, Any]


def write_note(item: Item) -> str:
    """Return the note of an item with one part, on one line."""
    part, whole = item.parts[0], item.to_json()
    note: Json = {name: whole[name] for name in _OF_ITEM if name in whole} | {
        "points": number_json(part.points)
    }
    if part.rubric:
        note["rubric"] = whole["parts"][0]["rubric"]
    if part.options:
        note["options"] = list(_as_written(part))
    if part.type is PartType.ORDER:
        note["order"] = list(part.option_ids)
    if part.type in PLACED:
        note["scoring"] = part.scoring
    if part.bounds is not None:
        note["bounds"] = part.bounds.to_json()
    if part.targets:
        partner = dict(whole["parts"][0]["key"])
        targets = [target.id for target in part.targets]
        note |= {
            "targets": targets,
            "shown": list(dict.fromkeys([*map(partner.get, part.option_ids), *targets])),
        }
    return f"{NOTE} {json.dumps(note, ensure_ascii=False)}"


def _as_written(part: Part) -> tuple[Any, ...]:
    """Return the ids of options in the order of the file: things to be ordered stand there in theirs."""
    return part.key if part.type is PartType.ORDER and isinstance(part.key, tuple) else part.option_ids


@dataclass(frozen=True, slots=True)
class Note:
    """What a note says, still to be checked; `applied` puts it into the JSON of an item."""

    says: Mapping[str, Any]

    @property
    def bounds(self) -> Mapping[str, Any] | None:
        """Return between what numbers the answer lies, if the item asks for one."""
        return self.says.get("bounds")

    def applied(self, item: Json) -> Json:
        """Return the JSON of an item with what the note says of it, to be checked by `Item.from_json`.

        Raises:
            QuestionRefused: if the note does not fit the question: not as many options, or other points.
        """
        part: Json = dict(item["parts"][0])
        if part["options"]:
            part |= self._renamed(part)
        if part["type"] in PLACED:
            part = self._scored(part)
        part |= {name: self.says[name] for name in _OF_PART if name in self.says}
        return item | {name: self.says[name] for name in _OF_ITEM if name in self.says} | {"parts": [part]}

    def _renamed(self, part: Json) -> Json:
        read = [option["id"] for option in part["options"]]
        ids = self.says.get("options", read)
        if not isinstance(ids, list) or len(ids) != len(read) or not all(isinstance(i, str) for i in ids):
            raise QuestionRefused(said("选项"), _CHANGED)
        names = dict(zip(read, ids, strict=True))
        key = part["key"]
        if "targets" in part:
            return self._renamed_pairs(part, names)
        options = [option | {"id": names[option["id"]]} for option in part["options"]]
        return {
            "options": self._ordered(options),
            "key": [names[i] for i in key] if isinstance(key, list) else names[key],
        }

    def _ordered(self, options: list[Json]) -> list[Json]:
        """Return the options in our order, where the file has them in that of the key."""
        order = self.says.get("order")
        if order is None:
            return options
        by_id = {option["id"]: option for option in options}
        if not isinstance(order, list) or sorted(map(str, order)) != sorted(by_id):
            raise QuestionRefused(said("选项"), DAMAGED)
        return [by_id[i] for i in map(str, order)]

    def _scored(self, part: Json) -> Json:
        """Return the part with our word for its scoring, if that says the same as the question's."""
        scoring = self.says.get("scoring", part.get("scoring"))
        noted = {name: value for name, value in part.items() if name != "scoring"}
        if scoring is not None:
            noted["scoring"] = scoring
        try:
            same = policy_of(noted) == policy_of(part)
        except (ValueError, AttributeError, TypeError):
            same = False
        if not same:
            raise QuestionRefused(said("分值"), _CHANGED)
        return noted

    def _renamed_pairs(self, part: Json, names: Mapping[str, str]) -> Json:
        read = [target["id"] for target in part["targets"]]
        shown, order = self.says.get("shown", read), self.says.get("targets", read)
        if not isinstance(shown, list) or not isinstance(order, list) or len(shown) != len(read):
            raise QuestionRefused(said("选项"), _CHANGED)
        if sorted(map(str, shown)) != sorted(map(str, order)):
            raise QuestionRefused(said("选项"), DAMAGED)
        targets = dict(zip(read, map(str, shown), strict=True))
        texts = {targets[target["id"]]: target["text"] for target in part["targets"]}
        return {
            "options": [{"id": names[option["id"]], "text": option["text"]} for option in part["options"]],
            "targets": [{"id": i, "text": texts[i]} for i in map(str, order)],
            "key": [[names[left], targets[right]] for left, right in part["key"]],
        }


def read_note(text: str) -> Note | None:
    """Return the note that a text is; None if it is another's, or `DAMAGED`."""
    if not text.startswith(NOTE):
        return None
    try:
        says = json.loads(text.removeprefix(NOTE))
    except (ValueError, RecursionError):
        return None
    return Note(says) if isinstance(says, dict) and "id" in says else None
