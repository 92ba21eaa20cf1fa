"""One question of a QTI item as it is read: our fields, and how our values are told to the item's rules.

Public: `Asked`, `option_ids`, `number_attribute`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from string import ascii_lowercase
from typing import Any

from lxml import etree

from question_bank.formats.qti_values import Bag, QtiRefused, Response, Single, Value
from question_bank.terms import PartType
from question_bank.words import said

Json = dict[str, Any]


@dataclass(slots=True)
class Asked:
    """A question: its part as JSON, `points` and `scoring` still to come.

    `responses` are those of the item that it fills, one for each blank or one; `names` our option ids as the
    item calls them, `gaps` the item's gaps; `most` how many choices the item allows (0 for any number);
    `pool` what may be answered in each response.
    """

    part: Json
    responses: Sequence[Response]
    pool: Sequence[Sequence[Single]]
    names: Mapping[str, str] = field(default_factory=dict)
    gaps: Sequence[str] = ()
    most: int = 0
    needs_rule: bool = False
    """Whether our own way to score this type is not the item's."""
    scale: tuple[float, float] = (1, 1)
    """How much wider and higher the picture is than the item draws it."""

    @property
    def type(self) -> PartType:
        """Return the type of the part."""
        return PartType(self.part["type"])

    @property
    def takes_points(self) -> bool:
        """Return whether points of a picture are the answer."""
        return self.type is PartType.HOTSPOT and not self.part["options"]

    def answers_json(self) -> Json:
        """Return how values are told to the rules, as `rule_scoring` reads it."""
        found: Json = {"of": [response.id for response in self.responses]}
        if self.names:
            found["names"] = dict(self.names)
        if self.gaps:
            found["gaps"] = list(self.gaps)
        return found | ({"most": self.most} if self.most else {})

    def some_answers(self, random: Random) -> dict[str, Value]:
        """Return an arbitrary response, in the item's words."""
        return {
            response.id: _some(response, list(pool), self.most, random)
            for response, pool in zip(self.responses, self.pool, strict=True)
        }


def _some(response: Response, pool: list[Single], most: int, random: Random) -> Value:
    if not pool or random.random() < 0.1:
        return None
    if response.cardinality == "single":
        return random.choice(pool)
    random.shuffle(pool)
    found = tuple(pool[: random.randint(1, min(most or len(pool), len(pool)))])
    return Bag(found, response.cardinality == "ordered")


def option_ids(count: int, start: int = 0) -> list[str]:
    """Return that many ids of options, a to z and then o27, o28 …"""
    names = [*ascii_lowercase, *(f"o{n}" for n in range(27, start + count + 1))]
    return names[start : start + count]


def number_attribute(element: etree._Element, name: str, default: int) -> int:
    """Return a count that an element states.

    Raises:
        QtiRefused: if it is none.
    """
    text = element.get(name, str(default)).strip()
    if not text.isdecimal():
        message = said("%(name)s“%(text)s”不是数字", name=name, text=text[:40])
        raise QtiRefused(said("选项"), message)
    return int(text)


def identifiers(elements: Iterator[etree._Element] | Sequence[etree._Element]) -> list[str]:
    """Return the identifiers of options.

    Raises:
        QtiRefused: if two are the same.
    """
    names = [element.get("identifier", "") for element in elements]
    if len(set(names)) != len(names):
        raise QtiRefused(said("选项"), said("选项 id 重复"))
    return names
