"""Blueprints (命题细目表): what a paper contains, by section and by syllabus module.

Public: `Blueprint`, `Section`, `PartPoints`, `BlueprintError`, `module_quota`, `load_blueprint`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from importlib import resources
from typing import Any, Self

from question_bank.item import Item, ItemKind, PartType, number_json
from question_bank.syllabus import load_syllabus
from question_bank.terms import Problem, ProblemsError, Tier
from question_bank.uploads import taken
from question_bank.words import said

MAX_MINUTES = 600
MAX_ITEMS = 500


class BlueprintError(ProblemsError):
    """A blueprint contradicts itself."""


def module_quota(weights: Mapping[str, int | float | Decimal], total: int) -> dict[str, int]:
    """Share `total` items among modules in proportion to their weights, by largest remainder.

    Each module gets its exact share rounded down or up; equal remainders go to the earlier code, so
    the result depends on nothing but the arguments.

    Raises:
        ValueError: if `total` is negative, a weight is negative, or all weights are 0.
    """
    exact = {module: Fraction(str(weight)) for module, weight in weights.items()}
    whole = sum(exact.values(), Fraction(0))
    if total < 0 or whole <= 0 or any(weight < 0 for weight in exact.values()):
        raise ValueError("weights must be non-negative with a positive sum, and the total not negative")
    shares = {module: weight * total / whole for module, weight in exact.items()}
    quota = {module: share.numerator // share.denominator for module, share in shares.items()}
    by_remainder = sorted(shares, key=lambda module: (quota[module] - shares[module], module))
    for module in by_remainder[: total - sum(quota.values())]:
        quota[module] += 1
    return quota


@dataclass(frozen=True, slots=True)
class PartPoints:
    """The type and full score of one part of every item in a section."""

    type: PartType
    points: Decimal


@dataclass(frozen=True, slots=True)
class Section:
    """`count` items of one kind. `parts` has one entry, or for cases one per sub-question, in order."""

    title: str
    instructions: str
    kind: ItemKind
    count: int
    parts: tuple[PartPoints, ...]

    @property
    def points(self) -> Decimal:
        """Return the full score of the section."""
        return self.count * sum((part.points for part in self.parts), Decimal(0))

    def admits(self, item: Item) -> bool:
        """Return whether an item has the kind and the part types of this section.

        An item that asks for files of kinds that nobody can check fits nowhere.
        """
        if item.kind is not self.kind or [p.type for p in item.parts] != [p.type for p in self.parts]:
            return False
        return all(taken(part.accept) for part in item.parts if part.type is PartType.UPLOAD)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What every form of an exam has in common.

    `module_weights` are shares of the items, in any unit (the syllabus uses per cent); empty means that
    modules do not matter. `cut_score` (合格分数线) and `total_points` are in points.
    """

    title: str
    tier: Tier
    duration_minutes: int
    total_points: Decimal
    cut_score: Decimal
    sections: tuple[Section, ...]
    module_weights: Mapping[str, int | float]

    @property
    def item_count(self) -> int:
        """Return the number of items; a case counts as one."""
        return sum(section.count for section in self.sections)

    @property
    def slot_count(self) -> int:
        """Return the number of things to answer."""
        return sum(section.count * len(section.parts) for section in self.sections)

    def module_counts(self) -> dict[str, int]:
        """Return how many items each module should have; empty if modules do not matter."""
        return module_quota(self.module_weights, self.item_count) if self.module_weights else {}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build a blueprint from its JSON object. Without `module_weights` those of the syllabus hold.

        Raises:
            BlueprintError: if a value is missing or has the wrong type, or the parts do not add up.
        """
        try:
            tier = Tier(data["tier"])
            weights = data.get("module_weights")
            blueprint = cls(
                title=str(data["title"]),
                tier=tier,
                duration_minutes=int(data["duration_minutes"]),
                total_points=_decimal(data["total_points"]),
                cut_score=_decimal(data["cut_score"]),
                sections=tuple(_section(section) for section in data["sections"]),
                module_weights=load_syllabus().module_weights(tier) if weights is None else _weights(weights),
            )
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise BlueprintError(
                [Problem(said("蓝图"), "", said("内容不完整或不正确：%(error)s", error=error))]
            ) from error
        problems = blueprint.problems()
        if problems:
            raise BlueprintError(problems)
        return blueprint

    def to_json(self) -> dict[str, Any]:
        """Return the blueprint as `from_json` reads it, weights included."""
        return {
            "title": self.title,
            "tier": self.tier.value,
            "duration_minutes": self.duration_minutes,
            "total_points": number_json(self.total_points),
            "cut_score": number_json(self.cut_score),
            "sections": [
                {
                    "title": section.title,
                    "instructions": section.instructions,
                    "kind": section.kind.value,
                    "count": section.count,
                    "parts": [{"type": p.type.value, "points": number_json(p.points)} for p in section.parts],
                }
                for section in self.sections
            ],
            "module_weights": dict(self.module_weights),
        }

    def problems(self) -> list[Problem]:
        """Return every contradiction; an empty list means that forms can be assembled from it."""
        found = []
        if not self.title.strip():
            found.append(Problem(said("蓝图"), "title", said("不能为空")))
        if not 1 <= self.duration_minutes <= MAX_MINUTES:
            found.append(
                Problem(
                    said("蓝图"),
                    "duration_minutes",
                    said("时长应为 1 到 %(max_minutes)s 分钟", max_minutes=MAX_MINUTES),
                )
            )
        if not 1 <= self.item_count <= MAX_ITEMS:
            found.append(
                Problem(
                    said("蓝图"), "sections", said("试题总数应为 1 到 %(max_items)s", max_items=MAX_ITEMS)
                )
            )
        total = sum((section.points for section in self.sections), Decimal(0))
        if total != self.total_points:
            found.append(
                Problem(
                    said("蓝图"),
                    "total_points",
                    said(
                        "各部分合计 %(total)s 分，应为 %(total_points)s 分",
                        total=total,
                        total_points=self.total_points,
                    ),
                )
            )
        if not 0 < self.cut_score <= self.total_points:
            found.append(Problem(said("蓝图"), "cut_score", said("合格分数线应大于 0 且不超过总分")))
        weights = self.module_weights.values()
        if weights and (min(weights) < 0 or sum(weights) <= 0):
            found.append(Problem(said("蓝图"), "module_weights", said("模块权重不能为负，也不能全为 0")))
        return found + [problem for section in self.sections for problem in _section_problems(section)]


def load_blueprint(name: str) -> Blueprint:
    """Return a shipped blueprint, e.g. "demo-primary"."""
    file = resources.files("question_bank").joinpath("data", "blueprints", f"{name}.json")
    return Blueprint.from_json(json.loads(file.read_bytes()))


def _section(data: Mapping[str, Any]) -> Section:
    kind = ItemKind(data["kind"])
    parts = data.get("parts") or [{"type": data["kind"], "points": data["points"]}]
    return Section(
        title=str(data["title"]),
        instructions=str(data.get("instructions") or ""),
        kind=kind,
        count=int(data["count"]),
        parts=tuple(PartPoints(PartType(part["type"]), _decimal(part["points"])) for part in parts),
    )


def _weights(data: Mapping[str, Any]) -> dict[str, int | float]:
    return {str(module): number_json(_decimal(weight)) for module, weight in data.items()}


def _decimal(value: object) -> Decimal:
    number = Decimal(str(value))
    if isinstance(value, bool) or not number.is_finite():
        raise ValueError(f"{value} is not a number")
    return number


def _section_problems(section: Section) -> list[Problem]:
    where = said("蓝图「%(title)s」", title=section.title)
    found = []
    if section.count < 1:
        found.append(Problem(where, "count", said("题数应至少为 1")))
    if any(part.points <= 0 for part in section.parts):
        found.append(Problem(where, "points", said("分值应大于 0")))
    if section.kind is not ItemKind.CASE and [part.type.value for part in section.parts] != [
        section.kind.value
    ]:
        found.append(Problem(where, "parts", said("非案例部分只能有一种同题型的小题")))
    if section.kind is ItemKind.CASE and len(section.parts) < 2:
        found.append(Problem(where, "parts", said("案例部分至少有两个小题")))
    return found
