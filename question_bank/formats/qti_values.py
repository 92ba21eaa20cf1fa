"""Values of QTI variables, and what an item declares about its responses and outcomes.

Public: `Response`, `MapEntry`, `Outcome`, `responses`, `outcomes`, `parsed`, `number`, `QtiRefused`,
`coords_of`, and from `rule_values` `Bag`, `Single`, `Value`, `members`.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree

from question_bank import rule_values
from question_bank.interaction_check import is_area
from question_bank.rule_values import Bag, Single, Value, members
from question_bank.words import Words, said

__all__ = [
    "Bag",
    "MapEntry",
    "Outcome",
    "QtiRefused",
    "Response",
    "Single",
    "Value",
    "coords_of",
    "members",
    "number",
    "outcomes",
    "parsed",
    "responses",
]


class QtiRefused(ValueError):
    """The item becomes nothing; `field` is what of it, the message says why."""

    def __init__(self, field: str, message: Words) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class MapEntry:
    """What an answer earns."""

    key: Single
    points: Decimal
    exact_case: bool


@dataclass(frozen=True, slots=True)
class Mapping:
    """What each answer earns; others earn `default`, and the sum stays within the bounds."""

    entries: tuple[MapEntry, ...]
    default: Decimal
    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True, slots=True)
class Area:
    """What a point in an area earns."""

    shape: str
    coords: tuple[int, ...]
    points: Decimal


@dataclass(frozen=True, slots=True)
class AreaMapping:
    """What points of a picture earn, as `Mapping`."""

    entries: tuple[Area, ...]
    default: Decimal
    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True, slots=True)
class Response:
    """A `responseDeclaration`; with a default the candidate finds an answer filled in."""

    id: str
    cardinality: str
    base_type: str
    correct: Value
    mapping: Mapping | None
    has_default: bool = False
    areas: AreaMapping | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """An `outcomeDeclaration`; `maximum` is its normalMaximum."""

    id: str
    base_type: str
    cardinality: str
    default: Value
    maximum: Decimal | None
    is_marked_by_people: bool = field(default=False)


def parsed(text: str, base_type: str) -> Single:
    """Return a value as its base type says.

    Raises:
        QtiRefused: if it is no value of this type.
    """
    try:
        return rule_values.parsed(text, base_type)
    except rule_values.RuleError as error:
        raise QtiRefused(said("评分规则"), error.message) from error


def number(text: str) -> Decimal:
    """Return a finite number.

    Raises:
        QtiRefused: if it is none.
    """
    return Decimal(str(parsed(text, "float")))


def responses(item: etree._Element) -> dict[str, Response]:
    """Return what the item declares about its responses, by identifier.

    Raises:
        QtiRefused: if two declarations have the same identifier, or a value is not of its type.
    """
    found: dict[str, Response] = {}
    for declaration in item.iterfind("responseDeclaration"):
        response = _response(declaration)
        if response.id in found:
            raise QtiRefused(said("答案"), said("作答“%(id)s”声明了两次", id=response.id[:60]))
        found[response.id] = response
    return found


def _response(declaration: etree._Element) -> Response:
    cardinality = declaration.get("cardinality", "single")
    base_type = declaration.get("baseType", "")
    if cardinality == "record":
        raise QtiRefused(said("答案"), said("作答是一组记录（record），本系统没有"))
    if cardinality == "single" and len(declaration.findall("correctResponse/value")) > 1:
        raise QtiRefused(said("答案"), said("只收一个值的作答声明了几个答案"))
    correct = _values(declaration.find("correctResponse"), base_type, cardinality)
    mapping = declaration.find("mapping")
    # Points earn by areas, and files by people.
    typed = base_type not in ("point", "file")
    return Response(
        declaration.get("identifier", ""),
        cardinality,
        base_type,
        correct,
        _mapping(mapping, base_type) if mapping is not None and typed else None,
        declaration.find("defaultValue/value") is not None,
        _areas(declaration.find("areaMapping")),
    )


def _values(holder: etree._Element | None, base_type: str, cardinality: str) -> Value:
    texts = (
        [] if holder is None else ["".join(value.itertext()).strip() for value in holder.iterfind("value")]
    )
    values = tuple(parsed(text, base_type) for text in texts if text)
    if not values:
        return None
    return values[0] if cardinality == "single" else Bag(values, cardinality == "ordered")


def _mapping(element: etree._Element, base_type: str) -> Mapping:
    entries = tuple(
        MapEntry(
            parsed(entry.get("mapKey", ""), base_type),
            number(entry.get("mappedValue", "0")),
            entry.get("caseSensitive", "false").strip().lower() in ("true", "1"),
        )
        for entry in element.iterfind("mapEntry")
    )
    return Mapping(entries, *_limits(element))


def _areas(element: etree._Element | None) -> AreaMapping | None:
    if element is None:
        return None
    entries = tuple(
        Area(
            entry.get("shape", ""),
            coords_of(entry),
            number(entry.get("mappedValue", "0")),
        )
        for entry in element.iterfind("areaMapEntry")
    )
    return AreaMapping(entries, *_limits(element))


def coords_of(element: etree._Element) -> tuple[int, ...]:
    """Return the whole numbers that describe an area.

    Raises:
        QtiRefused: if they do not describe one of its shape.
    """
    texts = re.split(r"[\s,]+", element.get("coords", "").strip()) if element.get("coords") else []
    coords = [round(number(text)) for text in texts]
    if not is_area(element.get("shape", ""), coords):
        raise QtiRefused(said("评分规则"), said("区域的形状或坐标不正确"))
    return tuple(coords)


def _limits(element: etree._Element) -> tuple[Decimal, Decimal | None, Decimal | None]:
    lower, upper = element.get("lowerBound"), element.get("upperBound")
    return (
        number(element.get("defaultValue", "0")),
        None if lower is None else number(lower),
        None if upper is None else number(upper),
    )


def outcomes(item: etree._Element) -> dict[str, Outcome]:
    """Return what the item declares about its outcomes, by identifier; numbers without default are 0."""
    found: dict[str, Outcome] = {}
    for declaration in item.iterfind("outcomeDeclaration"):
        base_type = declaration.get("baseType", "")
        cardinality = declaration.get("cardinality", "single")
        default = _values(declaration.find("defaultValue"), base_type, cardinality)
        if default is None and base_type in ("float", "integer"):
            default = Decimal(0)
        maximum = declaration.get("normalMaximum")
        name = declaration.get("identifier", "")
        found[name] = Outcome(
            name,
            base_type,
            cardinality,
            default,
            None if maximum is None else number(maximum),
            declaration.get("externalScored") == "human",
        )
    return found
