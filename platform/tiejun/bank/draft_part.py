"""One part of a draft: what stands in its fields, and the JSON that the library reads. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from question_bank.item import Part, number_json
from question_bank.scoring_check import WITH_POLICY
from question_bank.terms import MARKED_TYPES, PartType
from question_bank.words import Words, said
from tiejun.bank.draft_areas import part_of_areas
from tiejun.bank.draft_ids import new_ids, with_ids
from tiejun.bank.draft_lines import LINED, as_part, lines_of_part, part_of_lines, usual_most
from tiejun.bank.draft_scoring import (
    LETTERS,
    LIMITS,
    MAP,
    RULE,
    TABLES,
    TableDraft,
    best_faults,
    scoring_of,
    table_of,
    usual_table,
    value_names,
)
from tiejun.bank.draft_text import all_lines, cut, number_of, one_line, read, written

MOST_READ = 200
"""Rows of one kind that are read: more than any file brings."""
WRITTEN = frozenset(PartType)
"""The types of parts that the editor writes."""
WITH_MOST = frozenset({PartType.MATCH, PartType.GAP_MATCH, PartType.HOTSPOT})
"""The types that say how many choices are allowed, and not in their lines."""
PART_POINTS = {"true_false": "1", "essay": "10", "upload": "10"}
OTHER_POINTS = "2"
_ENDINGS = re.compile(r"[\s,，、;；]+")
Json = dict[str, Any]


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
    most: str = ""
    """How many choices are allowed; "" for what the lines mean."""
    image: str = ""
    """The digest of a hotspot's picture."""
    accept: str = ""
    """Endings of the files that may be uploaded."""
    policy: str = ""
    """How points are earned: a policy, "map", "areas" or "rule"; "" for the rule of the type."""
    table: TableDraft = field(default_factory=TableDraft)
    ids: list[str] = field(default_factory=list)
    """The id of each option; "" for a new one."""
    origin: str = field(default="", compare=False)
    """The number, from 0, of the part of the edited version that this was."""
    base: Part | None = field(default=None, compare=False)
    """That part."""

    def __post_init__(self) -> None:
        self.ids += [""] * (len(self.options) - len(self.ids))

    @classmethod
    def new(cls, part_type: str) -> "DraftPart":
        """Return an empty part with the rows that its type usually has."""
        return cls(
            type=part_type,
            points=PART_POINTS.get(part_type, OTHER_POINTS),
            options=[""] * (4 if part_type in ("single", "multiple") else 0),
            blanks=[""] * (part_type == "fill_in"),
            rubric=[("", "")] * (3 if part_type in MARKED_TYPES else 0),
        )

    @classmethod
    def of(cls, part: Part, origin: int = 0) -> "DraftPart":
        """Return a part of an item as a draft."""
        draft = cls(
            type=part.type.value,
            stem=_lines(part.stem),
            points=str(number_json(part.points)),
            rubric=[(str(number_json(point.points)), one_line(_lines(point.text))) for point in part.rubric],
            accept=" ".join(part.accept),
            image=part.image or "",
            policy=_policy_of(part),
            table=table_of(part),
            origin=str(origin),
            base=part,
        )
        if part.type in LINED:
            draft.stem, draft.lines = map(_lines, lines_of_part(part))
            usual = usual_most(part)
            draft.most = str(part.most) if part.type in WITH_MOST and part.most != usual else ""
            return draft
        draft.options, draft.ids = (
            [one_line(_lines(option.text)) for option in part.options],
            [*part.option_ids],
        )
        if isinstance(part.key, bool):
            draft.right = {"true" if part.key else "false"}
        elif part.type is PartType.FILL_IN and isinstance(part.key, tuple):
            draft.blanks = ["|".join(written(one, "|｜") for one in spellings) for spellings in part.key]
        elif part.key is not None:
            chosen = part.key if isinstance(part.key, tuple) else (part.key,)
            draft.right = {str(n) for n, letter in enumerate(part.option_ids) if letter in chosen}
        return draft

    @classmethod
    def read(cls, form: Fields, prefix: str, parts: tuple[Part, ...] = ()) -> "DraftPart":
        """Return what was typed into the fields of a part.

        Args:
            parts: those of the version that is being edited.
        """

        def rows(name: str) -> list[str]:
            return [_get(form, name.format(n)) for n in numbers(form, name)]

        def get(name: str) -> str:
            return _get(form, f"{prefix}-{name}")

        part_type, origin = get("type"), get("from")
        number = int(origin) if origin.isdecimal() else len(parts)
        base = parts[number] if number < len(parts) else None
        options = rows(prefix + "-option-{}")
        return cls(
            type=part_type if part_type in WRITTEN else PartType.SINGLE.value,
            stem=get("stem"),
            lines=get("lines"),
            most=get("most").strip(),
            image=get("image"),
            accept=get("accept"),
            policy=get("policy"),
            table=TableDraft(get("table"), {n: get(n) for n in LIMITS if get(n)}, f"{prefix}-case" in form),
            points=get("points"),
            options=options,
            ids=[get(f"option-{n}-id") for n in range(len(options))],
            right={n for n in form.getlist(f"{prefix}-right") if n.isdecimal() or n in ("true", "false")},
            blanks=rows(prefix + "-blank-{}"),
            rubric=[
                (get(f"rubric-{n}-points"), get(f"rubric-{n}-text"))
                for n in numbers(form, prefix + "-rubric-{}-text")
            ],
            origin=origin,
            base=base if base is not None and base.type == part_type else None,
        )

    @property
    def is_lined(self) -> bool:
        """Return whether the part is written as lines."""
        return self.type in LINED

    @property
    def is_marked(self) -> bool:
        """Return whether people mark the part, by a rubric."""
        return self.type in MARKED_TYPES

    @property
    def has_most(self) -> bool:
        """Return whether the part says in a field how many choices are allowed."""
        return self.type in WITH_MOST

    @property
    def has_policy(self) -> bool:
        """Return whether the part may say how its choices earn points."""
        return self.type in WITH_POLICY

    @property
    def has_rule(self) -> bool:
        """Return whether the version that is being edited brings rules of its source for this part."""
        return self.base is not None and RULE in (self.base.scoring or {})

    @property
    def as_part(self) -> Part | None:
        """Return a part of a further type for the preview, None while it is not well-formed."""
        if not self.is_lined and self.type != PartType.UPLOAD:
            return None
        own = self._own()
        if self.type == PartType.HOTSPOT:
            # The picture shows before an area is marked as right.
            areas = {"areas": [["default", [], 1]], "full": 1}
            first = [one["id"] for one in own["options"][:1]]
            own |= {"key": first, "most": own["most"] or 1} if first else {"key": [[0, 0]], "scoring": areas}
        return as_part(self.type, own)

    @property
    def shown_options(self) -> list[str]:
        """Return the texts of the options that are filled in, for the preview."""
        return [text for text in self.options if text.strip()]

    @property
    def is_untouched(self) -> bool:
        """Return whether the fields are as the version that is being edited gives them."""
        return self.base is not None and self == DraftPart.of(self.base)

    def begin_table(self) -> None:
        """Fill in an empty table that was just chosen: what is right earns 1."""
        if self.policy == MAP and not self.table.lines.strip():
            built = as_part(self.type, self._own())
            self.table = replace(self.table, lines=usual_table(built) if built else "")

    def to_json(self) -> Json:
        """Return the part as the library reads it; one that nobody touched is what it was."""
        if self.base is not None and self.is_untouched:
            return self.base.content_json() | self.base.key_json()
        return self._read()[0]

    def faults(self) -> list[tuple[str, Words]]:
        """Return what is wrong with the fields as they are written: field and complaint."""
        return [] if self.is_untouched else [*self._own_faults(), *self._read()[1]]

    def _own_faults(self) -> Iterator[tuple[str, Words]]:
        if self.type != PartType.HOTSPOT:
            return
        if not self.image:
            yield "image", said("还没有图片，请选择一幅再点“上传”")
        if not self.lines.strip():
            yield "options", said("还没有写区域")
        yield from (("options", message) for message in part_of_areas(self.lines)[1])

    def _read(self) -> tuple[Json, list[tuple[str, Words]]]:
        part: Json = {"type": self.type, "points": number(self.points), "rubric": []} | self._own()
        messages: list[Words] = []
        if self.policy in TABLES:
            names = value_names(part, self._letters())
            part["scoring"], messages = scoring_of(self.policy, self.table, part, names)
        elif self.policy == RULE and self.base is not None and self.has_rule:
            part["scoring"] = dict(self.base.scoring or {})
            messages = [*self._rule_faults(part, self.base)]
        elif self.policy and self.has_policy:
            part["scoring"] = {"policy": self.policy}
        return part, [("scoring", message) for message in messages]

    def _rule_faults(self, part: Json, base: Part) -> Iterator[Words]:
        there = {one["id"] for one in [*part["options"], *part.get("targets", ())]}
        gone = [one for one in (*base.options, *base.targets) if one.id not in there]
        for one in gone:
            message = said(
                "来源的计分规则用到选项“%(text)s”，不能删除：请加回来，或改为“按本题型的规则计分”",
                text=one.text[:40],
            )
            yield message
        built = None if gone else as_part(self.type, part)
        if built is not None:
            yield from best_faults(built, base)

    def _own(self) -> Json:
        if not self.is_lined:
            return self._plain()
        own = part_of_lines(self.type, self.stem, self.lines)
        if self.type == PartType.HOTSPOT:
            own["image"] = self.image or None
        if self.most and self.has_most:
            own["most"] = int(self.most) if self.most.isdecimal() else self.most
        return own if self.base is None or self.type == PartType.SLIDER else with_ids(own, self.base)

    def _letters(self) -> Mapping[str, str]:
        return {option_id: LETTERS[int(row)] for row, option_id in self._row_ids().items()}

    def _row_ids(self) -> dict[str, str]:
        """Return the id of each option that is filled in or ticked, by its row."""
        rows = [(row, id_) for row, id_ in enumerate(self.ids) if self._is_filled(row)]
        keeps = self.base is not None and self.policy in (MAP, RULE)
        kept = {id_ for _, id_ in rows if id_} if keeps else set()
        fresh = new_ids(kept | set(self.base.option_ids if self.base and keeps else ()))
        return {str(row): id_ if id_ in kept else next(fresh) for row, id_ in rows}

    def _is_filled(self, row: int) -> bool:
        return bool(self.options[row].strip()) or str(row) in self.right

    def _plain(self) -> Json:
        ids = self._row_ids()
        texts = {row: all_lines(self.options[int(row)].strip()) for row in ids}
        own = {
            "stem": self.stem.strip(),
            "options": [{"id": option_id, "text": texts[row]} for row, option_id in ids.items()],
            "key": self._key([option_id for row, option_id in ids.items() if row in self.right]),
            "rubric": [
                {"points": number(points), "text": all_lines(text.strip())}
                for points, text in self.rubric
                if points.strip() or text.strip()
            ],
        }
        endings = [one.lower().lstrip(".") for one in _ENDINGS.split(self.accept) if one.strip(".")]
        return own | ({"accept": endings} if self.type == PartType.UPLOAD else {})

    def _key(self, right_ids: list[str]) -> Any:
        if self.type == PartType.SINGLE:
            return right_ids[0] if len(right_ids) == 1 else None
        if self.type == PartType.MULTIPLE:
            return right_ids
        if self.type == PartType.TRUE_FALSE:
            return {"true": True, "false": False}.get(next(iter(self.right), ""))
        if self.type == PartType.FILL_IN:
            return [[read(one) for one in cut(text, "|｜") if one] for text in self.blanks if text.strip()]
        return None


def numbers(form: Fields, name: str) -> list[int]:
    """Return the numbers for which a field of this name was posted, from 0 without a gap."""
    found = 0
    while found < MOST_READ and name.format(found) in form:
        found += 1
    return list(range(found))


def number(text: str) -> int | float | str:
    """Return the number that `text` writes, or the text itself, which the library will refuse by name."""
    found = number_of(text)
    return text if found is None else found


def _get(form: Fields, name: str) -> str:
    return _lines(form.get(name, ""))


def _lines(text: str) -> str:
    """Return a text with the ends of lines that we keep: browsers send others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _policy_of(part: Part) -> str:
    scoring = part.scoring or {}
    return str(scoring.get("policy") or next((kind for kind in (*TABLES, RULE) if kind in scoring), ""))
