"""An item's document in the making, and the elements that its parts share.

Public: `Draft`, `Given`, `variable`, `value`, `prompt`, `SCORE`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

from question_bank.formats.qti_write_text import Address, add_text
from question_bank.formats.qti_write_tree import make
from question_bank.item import Option, Part, number_json

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
    """An item's document in the making; `responses` is how many it will have.

    `told` is how values of the part being written are told to rules of its source (`rule_scoring`), empty
    where names are ours; `answers` the same for each part of an item that goes out with its source's rules,
    whose responses are then called as there; `types` are the base types of the source's responses.
    """

    address: Address
    responses: int
    answers: Sequence[Mapping[str, Any]] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    parts: int = 0
    declarations: list[etree._Element] = field(default_factory=list)
    variables: list[etree._Element] = field(default_factory=list)
    rules: list[etree._Element] = field(default_factory=list)

    def declare(self, cardinality: str, base_type: str, *inside: etree._Element) -> str:
        """Declare a response and return its identifier."""
        number = len(self.declarations) + 1
        name = "RESPONSE" if self.responses == 1 else f"RESPONSE_{number}"
        if self.answers:
            name = [response for told in self.answers for response in told["of"]][number - 1]
        kind = {"cardinality": cardinality, "baseType": base_type}
        self.declarations.append(make("responseDeclaration", *inside, identifier=name, **kind))
        return name

    def begin(self, part: Part) -> None:
        """Begin the next part."""
        scoring = part.scoring or {}
        if self.answers:
            self.told = self.answers[self.parts]
        elif "rule" in scoring:
            self.told = scoring["answers"]
            self.types = {name: one["type"] for name, one in scoring["rule"]["responses"].items()}
        else:
            self.told = {}
        self.parts += 1

    def named(self, options: Sequence[Option], letter: str = "C") -> dict[str, str]:
        """Return the identifiers of options by their ids.

        Ids may begin with a digit, and be the same left and right; so ours are a letter and a number.
        """
        names = self.told.get("names", {})
        return {option.id: names.get(option.id, f"{letter}{n}") for n, option in enumerate(options, 1)}

    @property
    def has_pairs(self) -> bool:
        """Return whether the part is answered with pairs without direction."""
        return bool(self.told) and self.types[self.told["of"][0]] == "pair"

    @property
    def most(self) -> int:
        """Return how many choices the part's source allows, 0 for any number."""
        return int(self.told.get("most", 0))

    def counter(self) -> str:
        """Return the identifier of a new number that rules count with; it begins with 0."""
        return self.variable("single", "float", make("defaultValue", make("value", "0")))

    def variable(self, cardinality: str, base_type: str, *inside: etree._Element) -> str:
        """Declare an outcome that rules compute with and return its identifier."""
        name = f"COUNT_{len(self.variables) + 1}"
        kind = {"cardinality": cardinality, "baseType": base_type}
        self.variables.append(make("outcomeDeclaration", *inside, identifier=name, **kind))
        return name


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
