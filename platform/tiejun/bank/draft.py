"""One item while somebody works on it: just what stands in the editor's fields, right or wrong. Pure.

The fields of the page are named `part-0-stem`, `part-0-option-2`, `cite-1-law` and so on; `Draft.read`
takes them from the posted form, `to_json` makes of them what `Item.from_json` checks. Nothing is repaired
on the way except that empty rows, which nobody ticked as right, are left out. What stands in the edited
version and nobody touched stays as it is there, to the letter.
"""

import re
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any, NamedTuple

from question_bank.item import Citation, Item, Problem
from question_bank.markup import image_digests
from question_bank.terms import ItemKind, Tier
from question_bank.words import said
from tiejun.bank.draft_part import WRITTEN, DraftPart, Fields, number, numbers
from tiejun.bank.draft_scoring import without_letter
from tiejun.bank.rules import article_number, place_number

__all__ = ["MOST_ROWS", "WRITTEN", "Draft", "DraftCitation", "DraftPart", "Fields"]
MOST_ROWS = 12
FIGURES = re.compile(r"[；;\n]")
_PLAIN_PARAGRAPHS = re.compile(r"(?:<p>[^<]*</p>\s*)+")


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
    base: Item | None = field(default=None, compare=False)
    """The version that is being edited."""

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
            parts=[DraftPart.of(part, place) for place, part in enumerate(item.parts)],
            rationale=item.rationale,
            citations=[DraftCitation.of(citation) for citation in item.citations],
            figures="；".join(item.figures),
            transitional=item.transitional,
            base=item,
        )

    @classmethod
    def read(cls, form: Fields, base: Item | None = None) -> "Draft":
        """Return what was typed into the editor; anything that is no field of it is ignored.

        Args:
            base: the version that is being edited, None for a new item.
        """
        draft = cls.new(form.get("kind", ""))
        draft.base = base
        draft.unit = form.get("unit", "")
        draft.tiers = form.getlist("tiers")
        draft.difficulty = form.get("difficulty", "")
        draft.purpose = form.get("purpose", "")
        draft.stimulus = form.get("stimulus", "").replace("\r\n", "\n")
        draft.rationale = form.get("rationale", "").replace("\r\n", "\n")
        draft.figures = form.get("figures", "")
        draft.transitional = "transitional" in form
        parts = base.parts if base else ()
        draft.parts = [DraftPart.read(form, f"part-{n}", parts) for n in numbers(form, "part-{}-type")]
        draft.citations = [
            DraftCitation(*(form.get(f"cite-{n}-{name}", "") for name in DraftCitation._fields))
            for n in numbers(form, "cite-{}-law")
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
        """Carry out a button of the editor, such as "option-add-0" or "cite-remove-1".

        A table that was chosen and is empty gets something to begin with, whatever the button.
        """
        for part in self.parts:
            part.begin_table()
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
        share = number(self.difficulty)
        own: dict[str, Any] = {
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
        return own if self.base is None else own | self._kept(self.base)

    def _kept(self, base: Item) -> dict[str, Any]:
        """Return what nobody touched as it stands in the edited version, and where that came from."""
        before, told = Draft.of(base, self.purpose), base.to_json()
        names = [name for name in _KEPT if getattr(self, name) == getattr(before, name)]
        names += ["tiers"] * (sorted(self.tiers) == sorted(before.tiers))
        return {name: told[name] for name in (*names, *(("source",) if base.source else ()))}

    def problems(self) -> list[Problem]:
        """Return what is wrong with how the parts are written, such as a line that says nothing."""
        where = [
            said("第 %(number)s 小题", number=n) if len(self.parts) > 1 else said("试题")
            for n in range(1, len(self.parts) + 1)
        ]
        faults = [(at, part.faults()) for at, part in zip(where, self.parts, strict=True)]
        return [Problem(at, name, message) for at, found in faults for name, message in found]


_KEPT = ("difficulty", "stimulus", "rationale", "figures")
_ROWS = ("option", "blank", "rubric")


def _change_rows(part: DraftPart, what: str, verb: str, place: list[int]) -> None:
    """Add a row to, or take row `place[0]` from, the options, blanks or rubric of a part."""
    rows: Any = {"option": part.options, "blank": part.blanks, "rubric": part.rubric}[what]
    if verb == "add" and len(rows) < MOST_ROWS:
        rows.append(("", "") if what == "rubric" else "")
        part.ids += [""] * (what == "option")
    elif verb == "remove" and place and place[0] < len(rows):
        gone = place[0]
        del rows[gone]
        if what == "option":
            del part.ids[gone : gone + 1]
            part.right = {str(n - (n > gone)) for n in map(int, part.right) if n != gone}
            part.table = without_letter(part.table, gone)


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
