"""The syllabus (大纲): ten modules, their units, teaching hours and weights per tier.

Public: `load_syllabus`, `read_syllabus`, `Syllabus`, `Module`, `Unit`, `SyllabusError`.

This is a proposal of this project, in its own words; an installation may replace it by the ministry's.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from question_bank.terms import Problem, ProblemsError, Tier
from question_bank.words import said

FULL_WEIGHT = 100


class SyllabusError(ProblemsError):
    """The syllabus file contradicts itself."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: `hours` are study hours (学时, 45 minutes), `weights` per cent of a paper, both per tier."""

    code: str
    title: str
    title_en: str
    points: str
    anchors: str
    hours: dict[Tier, float]
    weights: dict[Tier, int]

    @property
    def module(self) -> str:
        """Return the code of the module this unit belongs to."""
        return self.code[0]


@dataclass(frozen=True, slots=True)
class Module:
    """One module with its units."""

    code: str
    title: str
    title_en: str
    units: tuple[Unit, ...]

    def weight(self, tier: Tier) -> int:
        """Return the share of a paper, in per cent."""
        return sum(unit.weights[tier] for unit in self.units)

    def hours(self, tier: Tier) -> float:
        """Return the study hours (学时)."""
        return sum(unit.hours[tier] for unit in self.units)


@dataclass(frozen=True, slots=True)
class Syllabus:
    """All modules in order."""

    modules: tuple[Module, ...]

    def units(self) -> tuple[Unit, ...]:
        """Return all units in order."""
        return tuple(unit for module in self.modules for unit in module.units)

    def unit(self, code: str) -> Unit | None:
        """Return the unit of that code, or None."""
        return next((unit for unit in self.units() if unit.code == code), None)

    def module(self, code: str) -> Module | None:
        """Return the module of that code, or None."""
        return next((module for module in self.modules if module.code == code), None)

    def module_weights(self, tier: Tier) -> dict[str, int]:
        """Return module code -> per cent of a paper."""
        return {module.code: module.weight(tier) for module in self.modules}


@cache
def load_syllabus() -> Syllabus:
    """Return the shipped syllabus."""
    return read_syllabus(resources.files("question_bank").joinpath("data/syllabus.json").read_bytes())


def read_syllabus(content: bytes) -> Syllabus:
    """Read a syllabus file.

    Raises:
        SyllabusError: if codes repeat or do not belong, or the weights of a tier do not sum to 100.
    """
    syllabus = Syllabus(
        tuple(
            Module(m["code"], m["title"], m["title_en"], tuple(_unit(unit) for unit in m["units"]))
            for m in json.loads(content)
        )
    )
    problems = list(_problems(syllabus))
    if problems:
        raise SyllabusError(problems)
    return syllabus


def _unit(data: dict[str, str | float]) -> Unit:
    return Unit(
        code=str(data["code"]),
        title=str(data["title"]),
        title_en=str(data["title_en"]),
        points=str(data["points"]),
        anchors=str(data["anchors"]),
        hours={tier: float(data[f"hours_{tier}"]) for tier in Tier},
        weights={tier: int(data[f"weight_{tier}"]) for tier in Tier},
    )


def _problems(syllabus: Syllabus) -> Iterable[Problem]:
    seen: set[str] = set()
    for module in syllabus.modules:
        for code in [module.code, *(unit.code for unit in module.units)]:
            if code in seen:
                yield Problem(code, "code", said("代码重复"))
            seen.add(code)
        for unit in module.units:
            if unit.module != module.code:
                yield Problem(unit.code, "code", said("单元不属于模块 %(code)s", code=module.code))
    for tier in Tier:
        total = sum(module.weight(tier) for module in syllabus.modules)
        if total != FULL_WEIGHT:
            yield Problem(
                tier.label,
                f"weight_{tier}",
                said("权重合计 %(total)s，应为 %(full_weight)s", total=total, full_weight=FULL_WEIGHT),
            )
