"""A blueprint as people compose it on the page: every field a text, until it is read. Pure.

Public: `BlueprintDraft`, `SectionDraft`, `WEIGHINGS`, `MOST_SECTIONS`, `MOST_PARTS`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

from question_bank.assembly.blueprint import Blueprint, PartPoints, Section
from question_bank.item import ItemKind, PartType, number_json
from question_bank.syllabus import load_syllabus
from question_bank.terms import Tier
from question_bank.words import said
from tiejun.errors import Problem, Rejected

MOST_SECTIONS = 12
MOST_PARTS = 5
MOST_TITLE = 120
BY_SYLLABUS, OWN, ANY = "syllabus", "own", "any"
WEIGHINGS = {
    BY_SYLLABUS: said("按大纲各模块的权重"),
    OWN: said("按下面填写的权重"),
    ANY: said("不限模块"),
}
ORDINALS = "一二三四五六七八九十"
_SECTION = re.compile(r"section-(\d+)-kind")
_PART = re.compile(r"section-\d+-part-(\d+)-type")


@dataclass
class SectionDraft:
    """One section: `parts` are the types, in order, and what each is worth; a case has several."""

    kind: str
    title: str = ""
    count: str = ""
    instructions: str = ""
    parts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_case(self) -> bool:
        """Whether each item of the section is a case with sub-questions."""
        return self.kind == ItemKind.CASE

    @property
    def is_full(self) -> bool:
        """Whether it has as many questions as a case may have."""
        return len(self.parts) >= MOST_PARTS


@dataclass
class BlueprintDraft:
    """A blueprint on the page. The total is not typed: it is what the sections add up to."""

    title: str = ""
    level: str = "provincial"
    tier: str = Tier.PRIMARY.value
    minutes: str = ""
    cut: str = ""
    weighing: str = BY_SYLLABUS
    weights: dict[str, str] = field(default_factory=dict)
    sections: list[SectionDraft] = field(default_factory=list)

    @classmethod
    def of_form(cls, form: Mapping[str, str]) -> Self:
        """Read what the page posted; what it does not know is left out."""
        found = sorted({int(match[1]) for match in map(_SECTION.fullmatch, form) if match})
        modules = (module.code for module in load_syllabus().modules)
        return cls(
            title=form.get("title", "").strip(),
            level=form.get("level", ""),
            tier=form.get("tier", ""),
            minutes=form.get("minutes", "").strip(),
            cut=form.get("cut", "").strip(),
            weighing=form.get("weighing", ""),
            weights={code: form.get(f"weight-{code}", "").strip() for code in modules},
            sections=[_section_of(form, f"section-{number}") for number in found[:MOST_SECTIONS]],
        )

    @classmethod
    def of_blueprint(cls, text: Blueprint, level: str) -> Self:
        """Return a blueprint as the page shows it, to be changed into another."""
        of_syllabus = load_syllabus().module_weights(text.tier)
        weighing = ANY if not text.module_weights else OWN
        return cls(
            title=text.title,
            level=level,
            tier=text.tier.value,
            minutes=str(text.duration_minutes),
            cut=str(number_json(text.cut_score)),
            weighing=BY_SYLLABUS if dict(text.module_weights) == of_syllabus else weighing,
            weights={code: str(weight) for code, weight in (text.module_weights or of_syllabus).items()},
            sections=[
                SectionDraft(
                    section.kind.value,
                    section.title,
                    str(section.count),
                    section.instructions,
                    [(part.type.value, str(number_json(part.points))) for part in section.parts],
                )
                for section in text.sections
            ],
        )

    @property
    def is_full(self) -> bool:
        """Whether it has as many sections as a paper may have."""
        return len(self.sections) >= MOST_SECTIONS

    @property
    def shown_weights(self) -> Mapping[str, str]:
        """What the fields of the modules hold: those of the syllabus until somebody writes others."""
        if self.weighing == OWN or self.tier not in set(Tier):
            return self.weights
        return {code: str(weight) for code, weight in load_syllabus().module_weights(Tier(self.tier)).items()}

    def change(self, act: str) -> None:
        """Carry out a button: "add-KIND", "remove-N", "up-N", "part-N-TYPE", "drop-N-M"; else nothing."""
        name, *rest = act.split("-")
        if name == "add" and rest and rest[0] in set(ItemKind) and not self.is_full:
            kind = rest[0]
            parts = [("single", ""), ("essay", "")] if kind == ItemKind.CASE else [(kind, "")]
            self.sections.append(SectionDraft(kind, parts=parts))
            return
        section = self._section(rest)
        if section is None:
            return
        number = self.sections.index(section)
        if name == "remove":
            del self.sections[number]
        elif name == "up" and number:
            self.sections[number - 1 : number + 1] = [section, self.sections[number - 1]]
        elif name == "part" and rest[1:] and rest[1] in set(PartType) and not section.is_full:
            section.parts.append((rest[1], ""))
        elif name == "drop" and rest[1:] and rest[1].isdecimal() and int(rest[1]) < len(section.parts):
            del section.parts[int(rest[1])]

    def _section(self, rest: list[str]) -> SectionDraft | None:
        number = int(rest[0]) if rest and rest[0].isdecimal() else MOST_SECTIONS
        return next((one for at, one in enumerate(self.sections) if at == number), None)

    def text(self) -> Blueprint:
        """Return the blueprint.

        Raises:
            Rejected: if it cannot be one; each problem's field is the name of an input of the page.
        """
        reader = _Reader()
        sections = tuple(self._read_section(reader, number) for number in range(len(self.sections)))
        total = sum((section.points for section in sections), Decimal(0))
        blueprint = Blueprint(
            title=self.title,
            tier=reader.tier("tier", self.tier),
            duration_minutes=reader.whole("minutes", self.minutes),
            total_points=total,
            cut_score=reader.points("cut", self.cut),
            sections=sections,
            module_weights=self._weights(reader),
        )
        if not self.title:
            reader.complain("title", said("不能为空"))
        if len(self.title) > MOST_TITLE:
            reader.complain("title", said("最多 %(n)s 字", n=MOST_TITLE))
        if not sections:
            reader.complain("sections", said("请至少添加一个部分"))
        if not reader.problems:
            reader.problems = [
                Problem(one.where, _INPUTS.get(one.field, one.field), one.message)
                for one in blueprint.problems()
            ]
        if reader.problems:
            raise Rejected(said("命题细目表没有保存。"), reader.problems)
        return blueprint

    def _read_section(self, reader: "_Reader", number: int) -> Section:
        draft, name = self.sections[number], f"section-{number}"
        kind = ItemKind(draft.kind)
        if draft.is_case and len(draft.parts) < 2:
            reader.complain(f"{name}-parts", said("案例至少有两个小题"))
        return Section(
            title=draft.title or heading(number, kind),
            instructions=draft.instructions,
            kind=kind,
            count=reader.whole(f"{name}-count", draft.count),
            parts=tuple(
                PartPoints(PartType(part), reader.points(f"{name}-part-{place}", points))
                for place, (part, points) in enumerate(draft.parts)
            ),
        )

    def _weights(self, reader: "_Reader") -> dict[str, int | float]:
        if self.weighing == BY_SYLLABUS and self.tier in set(Tier):
            return dict(load_syllabus().module_weights(Tier(self.tier)))
        if self.weighing != OWN:
            return {}
        read = {code: reader.share(f"weight-{code}", weight) for code, weight in self.weights.items()}
        if not any(read.values()):
            reader.complain("weighing", said("各模块的权重不能全为 0"))
        return {code: number_json(weight) for code, weight in read.items()}


# Where the library's own words for a contradiction belong on the page.
_INPUTS = {"duration_minutes": "minutes", "cut_score": "cut", "total_points": "sections"}


def heading(number: int, kind: ItemKind) -> str:
    """Return what a section is called whose title was left empty: 二、单选题. Papers are in Chinese."""
    ordinal = ORDINALS[number] if number < len(ORDINALS) else str(number + 1)
    return f"{ordinal}、{kind.label}"


class _Reader:
    """Turns texts into values, and collects what is wrong; a value that cannot be read is 1."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def complain(self, name: str, message: str) -> None:
        self.problems.append(Problem(said("命题细目表"), name, message))

    def tier(self, name: str, text: str) -> Tier:
        if text in set(Tier):
            return Tier(text)
        self.complain(name, said("请选择层级"))
        return Tier.PRIMARY

    def whole(self, name: str, text: str) -> int:
        if text.isdecimal() and 1 <= int(text) <= 9999:
            return int(text)
        self.complain(name, said("应为正整数"))
        return 1

    def points(self, name: str, text: str) -> Decimal:
        number = _decimal(text)
        if number is not None and 0 < number <= 9999:
            return number
        self.complain(name, said("应为大于 0 的数，最多一位小数"))
        return Decimal(1)

    def share(self, name: str, text: str) -> Decimal:
        number = _decimal(text or "0")
        if number is not None and number <= 9999:
            return number
        self.complain(name, said("应为不小于 0 的数，最多一位小数"))
        return Decimal(1)


def _decimal(text: str) -> Decimal | None:
    """Return a number without a sign and with at most one decimal, or None."""
    return Decimal(text) if re.fullmatch(r"\d{1,6}(\.\d)?", text) else None


def _section_of(form: Mapping[str, str], name: str) -> SectionDraft:
    kind = form.get(f"{name}-kind", "")
    own = [match for match in map(_PART.fullmatch, form) if match and match[0].startswith(f"{name}-part-")]
    parts = [
        (form[f"{name}-part-{number}-type"], form.get(f"{name}-part-{number}", "").strip())
        for number in sorted(int(match[1]) for match in own)
    ]
    known = [(part, points) for part, points in parts if part in set(PartType)][:MOST_PARTS]
    return SectionDraft(
        kind=kind if kind in set(ItemKind) else ItemKind.SINGLE.value,
        title=form.get(f"{name}-title", "").strip(),
        count=form.get(f"{name}-count", "").strip(),
        instructions=form.get(f"{name}-instructions", "").strip(),
        parts=known,
    )
