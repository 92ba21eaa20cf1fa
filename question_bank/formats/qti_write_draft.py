"""An item's document in the making, and the elements that its parts share.

Public: `Draft`, `Given`, `variable`, `value`, `prompt`, `SCORE`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree

from question_bank.formats.qti_write_text import Address, add_text
from question_bank.formats.qti_write_tree import make
from question_bank.item import Part, number_json

SCORE = "SCORE"


@dataclass(frozen=True, slots=True)
class Given:
    """One response of a part: what it may be, and what is right.

    `values` are the values that candidates may give, by the names that a table of points has for them
    (`policies`); `right` are those of the key, in its order, none where nothing is to be given.
    """

    cardinality: str
    base_type: str
    values: Mapping[str, str]
    right: tuple[str, ...]


@dataclass(slots=True)
class Draft:
    """An item's document in the making; `responses` is how many it will have."""

    address: Address
    responses: int
    declarations: list[etree._Element] = field(default_factory=list)
    counters: list[str] = field(default_factory=list)
    rules: list[etree._Element] = field(default_factory=list)

    def declare(self, cardinality: str, base_type: str, *inside: etree._Element) -> str:
        """Declare a response and return its identifier."""
        number = len(self.declarations) + 1
        name = "RESPONSE" if self.responses == 1 else f"RESPONSE_{number}"
        kind = {"cardinality": cardinality, "baseType": base_type}
        self.declarations.append(make("responseDeclaration", *inside, identifier=name, **kind))
        return name

    def counter(self) -> str:
        """Return the identifier of a new number that rules count with; it begins with 0."""
        self.counters.append(f"COUNT_{len(self.counters) + 1}")
        return self.counters[-1]


def variable(name: str) -> etree._Element:
    """Return the value of a variable as an expression."""
    return make("variable", identifier=name)


def value(number: Decimal | int) -> etree._Element:
    """Return a number as an expression."""
    return make("baseValue", str(number_json(Decimal(number))), baseType="float")


def added(name: str, *points: etree._Element) -> etree._Element:
    """Return the rule that adds to a variable, SCORE or a counter."""
    return make("setOutcomeValue", make("sum", variable(name), *points), identifier=name)


def correct(*values: str) -> list[etree._Element]:
    """Return the declared answer, in a list that is empty where there is none."""
    return [make("correctResponse", *(make("value", one) for one in values))] if values else []


def prompt(draft: Draft, part: Part) -> etree._Element:
    """Return the stem as part of its interaction: what stands before a case's first one is its material."""
    element = make("prompt")
    add_text(element, part.stem, draft.address)
    return element
