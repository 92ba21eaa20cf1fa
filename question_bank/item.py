"""One item (试题): what a candidate sees, what the marker needs, and what the bank knows about it.

Public: `Item`, `Part`, `Option`, `RubricPoint`, `Citation`, `Key`, and from `terms` `ItemKind`,
`PartType`, `Tier`, `ItemError`, `Problem`.

An item has one part, or is a case with a stimulus and several parts. It is immutable: a change is a
new version. `content_json` and `key_json` cut an item in two, so that a platform can keep keys in a
table of their own which is never read while a candidate is served.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from question_bank.item_check import BLANK, check_item
from question_bank.terms import ItemError, ItemKind, PartType, Problem, Tier
from question_bank.words import said

__all__ = [
    "Citation",
    "Item",
    "ItemError",
    "ItemKind",
    "Key",
    "Option",
    "Part",
    "PartType",
    "Problem",
    "RubricPoint",
    "Tier",
    "number_json",
]

Key = str | tuple[str, ...] | bool | tuple[tuple[str, ...], ...] | None
"""Option id; option ids; true or false; accepted spellings per blank; None for an essay."""

Json = dict[str, Any]


def number_json(value: Decimal) -> int | float:
    """Return a score as JSON writes it: 2, not 2.0; 0.5 as it is."""
    return int(value) if value == value.to_integral_value() else float(value)


@dataclass(frozen=True, slots=True)
class Option:
    """One option; `id` is canonical within the item and never shown to a candidate."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class RubricPoint:
    """One scoring point (评分要点) of an essay."""

    points: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """The article an item rests on: `law` is an id of the law register, `article` e.g. "120" or "120-1".

    `paragraph` (款) and `item` (项) count from 1 within the article; None: the whole of it is meant.
    """

    law: str
    article: str
    paragraph: int | None = None
    item: int | None = None

    @property
    def names_place(self) -> bool:
        """Whether it names a paragraph or an item, not the whole article."""
        return self.paragraph is not None or self.item is not None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return a citation that `item_check` found sound."""
        return cls(data["law"], data["article"], data.get("paragraph"), data.get("item"))

    def to_json(self) -> Json:
        """Return the citation as `from_json` reads it, without a paragraph or item that it does not name."""
        within = {"paragraph": self.paragraph, "item": self.item}
        named = {name: number for name, number in within.items() if number is not None}
        return {"law": self.law, "article": self.article, **named}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to answer; `points` is its full score unless the blueprint says otherwise."""

    type: PartType
    stem: str
    options: tuple[Option, ...]
    key: Key
    points: Decimal
    rubric: tuple[RubricPoint, ...] = ()

    @property
    def blanks(self) -> int:
        """Return how many blanks a fill-in stem has; 0 for the other types."""
        return len(BLANK.findall(self.stem)) if self.type is PartType.FILL_IN else 0

    @property
    def option_ids(self) -> tuple[str, ...]:
        """Return the canonical option ids in their canonical order."""
        return tuple(option.id for option in self.options)

    def content_json(self) -> Json:
        """Return what a candidate may see of this part."""
        return {
            "type": self.type.value,
            "stem": self.stem,
            "options": [{"id": option.id, "text": option.text} for option in self.options],
            "points": number_json(self.points),
        }

    def key_json(self) -> Json:
        """Return what only a marker may see of this part."""
        return {
            "key": _key_json(self.key),
            "rubric": [{"points": number_json(point.points), "text": point.text} for point in self.rubric],
        }


@dataclass(frozen=True, slots=True)
class Item:
    """One version of one item. `unit` is a syllabus unit code, or None for unfiled practice items.

    `transitional` (新旧衔接) says that it asks about the passage from old law to new, and cites law that has
    ended, or is still to come, on purpose.
    """

    id: str
    unit: str | None
    tiers: tuple[Tier, ...]
    kind: ItemKind
    difficulty: float
    stimulus: str | None
    parts: tuple[Part, ...]
    rationale: str = ""
    citations: tuple[Citation, ...] = ()
    figures: tuple[str, ...] = ()
    transitional: bool = False

    @property
    def module(self) -> str | None:
        """Return the syllabus module (the unit's letter), or None without a unit."""
        return self.unit[0] if self.unit else None

    @property
    def points(self) -> Decimal:
        """Return the default full score of the whole item."""
        return sum((part.points for part in self.parts), Decimal(0))

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Build an item from its JSON object.

        Raises:
            ItemError: with every fault of `item_check.check_item`.
        """
        problems = check_item(data)
        if problems or not isinstance(data, Mapping):
            raise ItemError(problems)
        return cls(
            id=data["id"],
            unit=data["unit"],
            tiers=tuple(Tier(tier) for tier in data["tiers"]),
            kind=ItemKind(data["kind"]),
            difficulty=float(data["difficulty"]),
            stimulus=data["stimulus"],
            parts=tuple(_part(part) for part in data["parts"]),
            rationale=data["rationale"],
            citations=tuple(Citation.from_json(citation) for citation in data["citations"]),
            figures=tuple(data.get("figures", ())),
            transitional=data.get("transitional", False),
        )

    def to_json(self) -> Json:
        """Return the item as `from_json` reads it."""
        return {
            "id": self.id,
            "unit": self.unit,
            "tiers": [tier.value for tier in self.tiers],
            "kind": self.kind.value,
            "difficulty": self.difficulty,
            "stimulus": self.stimulus,
            "parts": [{**part.content_json(), **part.key_json()} for part in self.parts],
            "rationale": self.rationale,
            "citations": [citation.to_json() for citation in self.citations],
            "figures": list(self.figures),
            **_flags(self),
        }

    def content_json(self) -> Json:
        """Return the half a candidate may see: kind, stimulus, and the question of each part."""
        return {
            "kind": self.kind.value,
            "stimulus": self.stimulus,
            "parts": [part.content_json() for part in self.parts],
        }

    def key_json(self) -> Json:
        """Return the other half: keys, rubrics, rationale, citations, and the bank's data about the item."""
        return {
            "id": self.id,
            "unit": self.unit,
            "tiers": [tier.value for tier in self.tiers],
            "difficulty": self.difficulty,
            "parts": [part.key_json() for part in self.parts],
            "rationale": self.rationale,
            "citations": [citation.to_json() for citation in self.citations],
            "figures": list(self.figures),
            **_flags(self),
        }

    @classmethod
    def join(cls, content: Mapping[str, Any], key: Mapping[str, Any]) -> Self:
        """Put `content_json` and `key_json` of one item together again.

        Raises:
            ItemError: if the halves do not fit each other, or the result breaks a rule.
        """
        where = said("试题 %(id)s", id=key["id"]) if key.get("id") else said("试题")
        seen, hidden = content.get("parts"), key.get("parts")
        if not isinstance(seen, Sequence) or not isinstance(hidden, Sequence) or len(seen) != len(hidden):
            raise ItemError([Problem(where, "parts", said("题面与答案的小题数不一致"))])
        parts = [{**shown, **kept} for shown, kept in zip(seen, hidden, strict=True)]
        return cls.from_json({**content, **key, "parts": parts})


def _flags(item: Item) -> Json:
    """Return the flag where it is set: an item without it keeps its JSON and its digest."""
    return {"transitional": True} if item.transitional else {}


def _part(data: Mapping[str, Any]) -> Part:
    options = tuple(Option(option["id"], option["text"]) for option in data["options"])
    return Part(
        type=PartType(data["type"]),
        stem=data["stem"],
        options=options,
        key=_key(data["key"], [option.id for option in options]),
        points=Decimal(str(data["points"])),
        rubric=tuple(RubricPoint(Decimal(str(p["points"])), p["text"]) for p in data["rubric"]),
    )


def _key(key: Any, option_order: Sequence[str]) -> Key:
    """Freeze a checked key; a multiple key is put into the order of the options, so that keys compare."""
    if not isinstance(key, list):
        return key  # type: ignore[no-any-return]  # checked: str, bool or None
    if key and isinstance(key[0], list):
        return tuple(tuple(accepted) for accepted in key)
    return tuple(sorted(key, key=option_order.index))


def _key_json(key: Key) -> object:
    if isinstance(key, tuple):
        return [list(entry) if isinstance(entry, tuple) else entry for entry in key]
    return key
