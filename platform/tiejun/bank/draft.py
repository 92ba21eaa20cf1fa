"""An item while somebody works on it: just what stands in the editor's fields, right or wrong. Pure.

The fields of the page are named `part-0-stem`, `part-0-option-2`, `cite-1-law` and so on; `Draft.read`
takes them from the posted form, `to_json` makes of them what `Item.from_json` checks. Nothing is repaired
on the way except that empty rows, which nobody ticked as right, are left out.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from html import escape, unescape
from typing import Any, NamedTuple, Protocol

from question_bank.item import Citation, Item, Part, number_json
from question_bank.markup import image_digests
from question_bank.scoring_check import WITH_POLICY
from question_bank.terms import PLAIN_TYPES, ItemKind, PartType, Tier
from tiejun.bank.draft_lines import LINED, as_part, fits, lines_of_part, part_of_lines
from tiejun.bank.rules import article_number, place_number

MOST_ROWS = 12
LETTERS = "ABCDEFGHIJKL"
PART_POINTS = {"true_false": "1", "essay": "10"}
OTHER_POINTS = "2"
WRITTEN = PLAIN_TYPES | LINED
"""The types of parts that the editor writes."""
SPELLINGS = re.compile(r"[|｜]")
FIGURES = re.compile(r"[；;\n]")
_PLAIN_PARAGRAPHS = re.compile(r"(?:<p>[^<]*</p>\s*)+")


class Fields(Protocol):
    """A posted form."""

    def get(self, name: str, default: str, /) -> str:
        """Return the first value of a field."""

    def getlist(self, name: str, /) -> list[str]:
        """Return all values of a field."""

    def __contains__(self, name: object, /) -> bool:
        """Return whether the field was posted."""


@dataclass
class DraftPart:
    """One part: `right` holds the numbers of the right options, or "true" or "false"."""

    type: str
    stem: str = ""
    points: str = "2"
    options: list[str] = field(default_factory=list)
    right: set[str] = field(default_factory=set)
    blanks: list[str] = field(default_factory=list)
    rubric: list[tuple[str, str]] = field(default_factory=list)
    lines: str = ""
    """What the types of `draft_lines` have instead of all these."""
    policy: str = ""
    """How points are earned; "" for the rule of the type."""

    @classmethod
    def new(cls, part_type: str) -> "DraftPart":
        """Return an empty part with the rows that its type usually has."""
        return cls(
            type=part_type,
            points=PART_POINTS.get(part_type, OTHER_POINTS),
            options=[""] * (4 if part_type in ("single", "multiple") else 0),
            blanks=[""] * (part_type == "fill_in"),
            rubric=[("", "")] * (3 if part_type == "essay" else 0),
        )

    @property
    def is_lined(self) -> bool:
        """Return whether the part is written as lines."""
        return self.type in LINED

    @property
    def has_policy(self) -> bool:
        """Return whether the part may say how its choices earn points."""
        return self.type in WITH_POLICY

    @property
    def as_part(self) -> Part | None:
        """Return a lined part for the preview, None while it is not well-formed."""
        return as_part(self.type, part_of_lines(self.type, self.stem, self.lines)) if self.is_lined else None

    @property
    def shown_options(self) -> list[str]:
        """Return the texts of the options that are filled in, for the preview."""
        return [text for text in self.options if text.strip()]

    def to_json(self) -> dict[str, Any]:
        """Return the part as the library reads it."""
        scoring = {"scoring": {"policy": self.policy}} if self.policy and self.has_policy else {}
        if self.is_lined:
            own = part_of_lines(self.type, self.stem, self.lines)
            return {"type": self.type, "points": _number(self.points), "rubric": []} | own | scoring
        return self._plain_json() | scoring

    def _plain_json(self) -> dict[str, Any]:
        kept = [
            (str(number), text)
            for number, text in enumerate(self.options)
            if text.strip() or str(number) in self.right
        ]
        ids = {number: LETTERS[place].lower() for place, (number, _) in enumerate(kept)}
        return {
            "type": self.type,
            "stem": self.stem.strip(),
            "options": [{"id": ids[number], "text": text.strip()} for number, text in kept],
            "key": self._key([ids[number] for number, _ in kept if number in self.right]),
            "points": _number(self.points),
            "rubric": [
                {"points": _number(points), "text": text.strip()}
                for points, text in self.rubric
                if points.strip() or text.strip()
            ],
        }

    def _key(self, right_ids: list[str]) -> Any:
        if self.type == PartType.SINGLE:
            return right_ids[0] if len(right_ids) == 1 else None
        if self.type == PartType.MULTIPLE:
            return right_ids
        if self.type == PartType.TRUE_FALSE:
            return {"true": True, "false": False}.get(next(iter(self.right), ""))
        if self.type == PartType.FILL_IN:
            return [
                [spelling.strip() for spelling in SPELLINGS.split(text) if spelling.strip()]
                for text in self.blanks
                if text.strip()
            ]
        return None


class DraftCitation(NamedTuple):
    """A citation as typed; an empty paragraph and item mean the whole article."""

    law: str
    article: str
    paragraph: str = ""
    item: str = ""

    @classmethod
    def of(cls, citation: Citation) -> "DraftCitation":
        """Return an item's citation as the editor shows it."""
        within = (str(number or "") for number in (citation.paragraph, citation.item))
        return cls(citation.law, citation.article, *within)

    @property
    def places(self) -> dict[str, int]:
        """Return the numbers of the paragraph and item that were typed."""
        within = {"paragraph": place_number(self.paragraph), "item": place_number(self.item)}
        return {name: number for name, number in within.items() if isinstance(number, int)}

    def to_json(self) -> dict[str, Any]:
        """Return the citation as the library reads it."""
        within = {"paragraph": self.paragraph, "item": self.item}
        named = {name: place_number(text) for name, text in within.items() if text}
        return {"law": self.law, "article": self.article, **named}


@dataclass
class Draft:
    """One item. `difficulty` is the expected share of right answers in per cent."""

    kind: str
    unit: str = ""
    tiers: list[str] = field(default_factory=lambda: [Tier.PRIMARY.value])
    difficulty: str = "65"
    purpose: str = "exam"
    stimulus: str = ""
    parts: list[DraftPart] = field(default_factory=list)
    rationale: str = ""
    citations: list[DraftCitation] = field(default_factory=list)
    figures: str = ""
    transitional: bool = False

    @property
    def shows_images(self) -> bool:
        """Return whether any text of the draft shows an image."""
        texts = [self.stimulus, *(part.stem for part in self.parts)]
        return bool(image_digests(texts + [text for part in self.parts for text in part.options]))

    @classmethod
    def new(cls, kind: str) -> "Draft":
        """Return an empty draft of a kind; an unknown kind gives a single-choice item."""
        known = ItemKind(kind) if kind == ItemKind.CASE or kind in WRITTEN else ItemKind.SINGLE
        types = ("single", "multiple", "essay") if known is ItemKind.CASE else (known.value,)
        return cls(kind=known.value, parts=[DraftPart.new(part_type) for part_type in types])

    @classmethod
    def of(cls, item: Item, purpose: str) -> "Draft":
        """Return an item's present version as a draft."""
        return cls(
            kind=item.kind.value,
            unit=item.unit or "",
            tiers=[tier.value for tier in item.tiers],
            difficulty=f"{item.difficulty * 100:g}",
            purpose=purpose,
            stimulus=_plain(item.stimulus or ""),
            parts=[_draft_part(part) for part in item.parts],
            rationale=item.rationale,
            citations=[DraftCitation.of(citation) for citation in item.citations],
            figures="；".join(item.figures),
            transitional=item.transitional,
        )

    @classmethod
    def read(cls, form: Fields) -> "Draft":
        """Return what was typed into the editor; anything that is no field of it is ignored."""
        draft = cls.new(form.get("kind", ""))
        draft.unit = form.get("unit", "")
        draft.tiers = form.getlist("tiers")
        draft.difficulty = form.get("difficulty", "")
        draft.purpose = form.get("purpose", "")
        draft.stimulus = form.get("stimulus", "")
        draft.rationale = form.get("rationale", "")
        draft.figures = form.get("figures", "")
        draft.transitional = "transitional" in form
        draft.parts = [_read_part(form, f"part-{n}") for n in _numbers(form, "part-{}-type")]
        draft.citations = [
            DraftCitation(*(form.get(f"cite-{n}-{name}", "") for name in DraftCitation._fields))
            for n in _numbers(form, "cite-{}-law")
        ]
        draft._take_new_citation(form)
        return draft

    def _take_new_citation(self, form: Fields) -> None:
        """Add the citation typed into the picker, however the form was sent: it must not be lost."""
        law, article = form.get("new-law", ""), form.get("new-article", "").strip()
        within = (str(place_number(form.get(f"new-{name}", "").strip())) for name in ("paragraph", "item"))
        cited = DraftCitation(law, article_number(article) or article, *within)
        if law and article and cited not in self.citations:
            self.citations.append(cited)

    def apply(self, act: str) -> None:
        """Carry out a button of the editor, such as "option-add-0" or "cite-remove-1"."""
        what, _, rest = act.partition("-")
        verb, *numbers = rest.split("-")
        if not all(number.isdecimal() for number in numbers):
            return
        place = [int(number) for number in numbers]
        if what == "part" and self.kind == ItemKind.CASE:
            self._change_parts(verb, place)
        elif what == "cite" and verb == "remove" and place and place[0] < len(self.citations):
            del self.citations[place[0]]
        elif what in _ROWS and place and place[0] < len(self.parts):
            _change_rows(self.parts[place[0]], what, verb, place[1:])

    def _change_parts(self, verb: str, place: list[int]) -> None:
        if verb == "remove" and place and place[0] < len(self.parts):
            del self.parts[place[0]]
        elif verb.removeprefix("add_") in WRITTEN:
            self.parts.append(DraftPart.new(verb.removeprefix("add_")))

    def to_json(self, code: str) -> dict[str, Any]:
        """Return the draft as `Item.from_json` reads it."""
        share = _number(self.difficulty)
        return {
            "id": code,
            "unit": self.unit or None,
            "tiers": self.tiers,
            "kind": self.kind,
            "difficulty": round(share / 100, 4) if isinstance(share, int | float) else share,
            "stimulus": _markup(self.stimulus) if self.kind == ItemKind.CASE else None,
            "parts": [part.to_json() for part in self.parts],
            "rationale": self.rationale.strip(),
            "citations": [citation.to_json() for citation in self.citations],
            "figures": [figure.strip() for figure in FIGURES.split(self.figures) if figure.strip()],
            "transitional": self.transitional,
        }


_ROWS = ("option", "blank", "rubric")


def _change_rows(part: DraftPart, what: str, verb: str, place: list[int]) -> None:
    """Add a row to, or take row `place[0]` from, the options, blanks or rubric of a part."""
    rows: Any = {"option": part.options, "blank": part.blanks, "rubric": part.rubric}[what]
    if verb == "add" and len(rows) < MOST_ROWS:
        rows.append(("", "") if what == "rubric" else "")
    elif verb == "remove" and place and place[0] < len(rows):
        gone = place[0]
        del rows[gone]
        if what == "option":
            part.right = {str(n - (n > gone)) for n in map(int, part.right) if n != gone}


def _numbers(form: Fields, name: str) -> list[int]:
    """Return the numbers for which a field of this name was posted, from 0 without a gap."""
    found = 0
    while found < MOST_ROWS and name.format(found) in form:
        found += 1
    return list(range(found))


def _read_part(form: Fields, prefix: str) -> DraftPart:
    part_type = form.get(f"{prefix}-type", "")
    return DraftPart(
        type=part_type if part_type in WRITTEN else PartType.SINGLE.value,
        stem=form.get(f"{prefix}-stem", ""),
        lines=form.get(f"{prefix}-lines", ""),
        policy=form.get(f"{prefix}-policy", ""),
        points=form.get(f"{prefix}-points", ""),
        options=[form.get(f"{prefix}-option-{n}", "") for n in _numbers(form, prefix + "-option-{}")],
        right={n for n in form.getlist(f"{prefix}-right") if n.isdecimal() or n in ("true", "false")},
        blanks=[form.get(f"{prefix}-blank-{n}", "") for n in _numbers(form, prefix + "-blank-{}")],
        rubric=[
            (form.get(f"{prefix}-rubric-{n}-points", ""), form.get(f"{prefix}-rubric-{n}-text", ""))
            for n in _numbers(form, prefix + "-rubric-{}-text")
        ],
    )


def can_edit(item: Item) -> bool:
    """Return whether the editor has fields for all that an item says."""
    return all(
        (part.scoring is None or "policy" in part.scoring)
        and (part.type in PLAIN_TYPES or (part.type in LINED and fits(part)))
        for part in item.parts
    )


def _draft_part(part: Part) -> DraftPart:
    policy = (part.scoring or {}).get("policy", "")
    if part.type in LINED:
        stem, lines = lines_of_part(part)
        points = str(number_json(part.points))
        return DraftPart(part.type.value, stem, points, lines=lines, policy=policy)
    draft = DraftPart(
        type=part.type.value,
        stem=part.stem,
        points=str(number_json(part.points)),
        options=[option.text for option in part.options],
        rubric=[(str(number_json(point.points)), point.text) for point in part.rubric],
        policy=policy,
    )
    if isinstance(part.key, bool):
        draft.right = {"true" if part.key else "false"}
    elif part.type is PartType.FILL_IN and isinstance(part.key, tuple):
        draft.blanks = ["|".join(spellings) for spellings in part.key]
    elif part.key is not None:
        chosen = part.key if isinstance(part.key, tuple) else (part.key,)
        draft.right = {str(n) for n, letter in enumerate(part.option_ids) if letter in chosen}
    return draft


def _number(text: str) -> int | float | str:
    """Return the number that `text` writes, or the text itself, which the library will refuse by name."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return text
    return number_json(number) if number.is_finite() else text


def _markup(text: str) -> str:
    """Return material typed as plain paragraphs as HTML; what already has tags is left as it is."""
    if "<" in text:
        return text.strip()
    return "".join(
        f"<p>{escape(line.strip(), quote=False)}</p>" for line in text.splitlines() if line.strip()
    )


def _plain(markup: str) -> str:
    """Return material as people type it: plain paragraphs without tags, anything richer as HTML."""
    if not _PLAIN_PARAGRAPHS.fullmatch(markup):
        return markup
    return "\n".join(unescape(line) for line in re.findall(r"<p>([^<]*)</p>", markup))
