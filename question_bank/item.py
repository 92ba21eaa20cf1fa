"""One item (试题): what a candidate sees, what the marker needs, and what the bank knows about it.

Public: `Item`, `Part`, `Option`, `RubricPoint`, `Citation`, `Source`, `Key`, and from `terms` `ItemKind`,
`PartType`, `Tier`, `ItemError`, `Problem`.

An item has one part, or is a case with a stimulus and several parts. It is immutable: a change is a
new version. `content_json` and `key_json` cut an item in two, so that a platform can keep keys in a
table of their own which is never read while a candidate is served.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from question_bank.interaction_check import MARK, OWN_FIELDS
from question_bank.item_check import check_item
from question_bank.terms import (
    BLANK_TYPES,
    ItemError,
    ItemKind,
    PartType,
    Problem,
    Tier,
    number_json,
)
from question_bank.value_shapes import BLANK, Bounds, ResponseShape
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
    "Source",
    "Tier",
    "number_json",
]

Key = str | bool | int | float | tuple[Any, ...] | None
"""Option id; option ids; true or false; accepted spellings per blank; None for what people mark.

Of the further types: an option id or None per blank; pairs of option and target; option ids in the right
order; points (x, y) of a picture; a number.
"""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Option:
    """One option; `id` is canonical within the item and never shown to a candidate."""

    id: str
    text: str
    blank: int | None = None
    """The blank of an inline choice it belongs to, from 1."""
    shape: str | None = None
    coords: tuple[int, ...] = ()
    """The area of a hotspot, in pixels of its picture."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build an option from its checked JSON object."""
        coords = tuple(data.get("coords", ()))
        return cls(data["id"], data["text"], data.get("blank"), data.get("shape"), coords)

    def to_json(self) -> Json:
        """Return the option as `from_json` reads it, with no field that it has not."""
        area = {} if self.shape is None else {"shape": self.shape, "coords": list(self.coords)}
        blank = {} if self.blank is None else {"blank": self.blank}
        return {"id": self.id, "text": self.text} | blank | area


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
    targets: tuple[Option, ...] = ()
    """The right column of a match."""
    most: int = 1
    """How many choices are allowed; see `ResponseShape`."""
    image: str | None = None
    """The digest of a hotspot's picture."""
    bounds: Bounds | None = None
    accept: tuple[str, ...] = ()
    """Endings of the files that may be uploaded; empty for any."""
    scoring: Mapping[str, Any] | None = field(default=None, hash=False)
    """How points are earned, where not by the rule of the type; see `policies`."""

    @property
    def blanks(self) -> int:
        """Return how many blanks the stem has; 0 for types without."""
        return len(BLANK.findall(self.stem)) if self.type in BLANK_TYPES else 0

    @property
    def running_text(self) -> str:
        """Return the stem as it is read: the fragments of a hottext in their places."""
        if self.type is not PartType.HOTTEXT:
            return self.stem
        texts = {option.id: option.text for option in self.options}
        return MARK.sub(lambda mark: texts.get(mark[1], mark[0]), self.stem)

    @property
    def response_shape(self) -> ResponseShape:
        """Return what may be answered, in canonical ids."""
        return ResponseShape(
            self.type,
            {option.id: option.blank for option in self.options},
            self.blanks,
            tuple(target.id for target in self.targets),
            self.most,
            self.bounds,
            self.accept,
        )

    @property
    def option_ids(self) -> tuple[str, ...]:
        """Return the canonical option ids in their canonical order."""
        return tuple(option.id for option in self.options)

    def content_json(self) -> Json:
        """Return what a candidate may see of this part."""
        own = {
            "targets": [target.to_json() for target in self.targets],
            "most": self.most,
            "image": self.image,
            "bounds": self.bounds and self.bounds.to_json(),
            "accept": list(self.accept),
        }
        return {
            "type": self.type.value,
            "stem": self.stem,
            "options": [option.to_json() for option in self.options],
            "points": number_json(self.points),
            **{name: value for name, value in own.items() if name in OWN_FIELDS[self.type]},
        }

    def key_json(self) -> Json:
        """Return what only a marker may see of this part."""
        return {
            "key": _key_json(self.key),
            "rubric": [{"points": number_json(point.points), "text": point.text} for point in self.rubric],
            **({} if self.scoring is None else {"scoring": dict(self.scoring)}),
        }


@dataclass(frozen=True, slots=True)
class Source:
    """Where an imported item came from: its format, its own name there, and its rules word for word.

    `declarations` are what the rules compute with, word for word too; `answers` how values of each part are
    told to them, as `rule_scoring` reads it. Items taken in before these were kept have neither.
    """

    format: str
    identifier: str
    processing: str
    declarations: str = ""
    answers: tuple[Json, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build a source from its checked JSON object."""
        return cls(**{**data, "answers": tuple(data.get("answers", ()))})

    def to_json(self) -> Json:
        """Return the source as an item keeps it."""
        told = {"format": self.format, "identifier": self.identifier, "processing": self.processing}
        if not self.answers:
            return told
        return {**told, "declarations": self.declarations, "answers": list(self.answers)}


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
    source: Source | None = None

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
            source=Source.from_json(data["source"]) if data.get("source") else None,
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
            **({} if self.source is None else {"source": self.source.to_json()}),
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
            **({} if self.source is None else {"source": self.source.to_json()}),
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
    part_type, bounds = PartType(data["type"]), data.get("bounds")
    options = tuple(Option.from_json(option) for option in data["options"])
    targets = tuple(Option.from_json(target) for target in data.get("targets", ()))
    return Part(
        type=part_type,
        stem=data["stem"],
        options=options,
        key=_key(part_type, data["key"], [option.id for option in options + targets]),
        points=Decimal(str(data["points"])),
        rubric=tuple(RubricPoint(Decimal(str(p["points"])), p["text"]) for p in data["rubric"]),
        targets=targets,
        most=data.get("most", 1),
        image=data.get("image"),
        bounds=Bounds.from_json(bounds) if bounds else None,
        accept=tuple(data.get("accept", ())),
        scoring=data.get("scoring"),
    )


def _key(part_type: PartType, key: Any, option_order: Sequence[str]) -> Key:
    """Freeze a checked key; where its order means nothing it gets that of the options, and keys compare."""
    if not isinstance(key, list):
        return key  # type: ignore[no-any-return]  # checked: str, bool, number or None
    frozen = tuple(tuple(entry) if isinstance(entry, list) else entry for entry in key)
    if part_type is PartType.MATCH:
        return tuple(sorted(frozen, key=lambda pair: [option_order.index(one) for one in pair]))
    chosen = part_type in (PartType.MULTIPLE, PartType.HOTTEXT, PartType.HOTSPOT)
    return tuple(sorted(frozen, key=option_order.index)) if chosen and option_order else frozen


def _key_json(key: Key) -> object:
    if isinstance(key, tuple):
        return [list(entry) if isinstance(entry, tuple) else entry for entry in key]
    return key
