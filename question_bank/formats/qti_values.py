"""Values of QTI variables, and what an item declares about its responses and outcomes.

Public: `Bag`, `Value`, `members`, `Response`, `Outcome`, `responses`, `outcomes`, `parsed`, `number`,
`QtiRefused`.
"""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from lxml import etree

from question_bank.words import Words, said


class QtiRefused(ValueError):
    """The item becomes nothing; `field` is what of it, the message says why."""

    def __init__(self, field: str, message: Words) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Bag:
    """A container: `multiple` (order does not count) or `ordered`."""

    values: tuple["Single", ...]
    ordered: bool = False


Single = str | bool | Decimal
Value = Single | Bag | None
"""None is QTI's NULL: no answer, or a variable without value."""


def members(value: Value) -> tuple[Single, ...]:
    """Return the values in a container; a single value as if it were in one, none for NULL."""
    return value.values if isinstance(value, Bag) else () if value is None else (value,)


@dataclass(frozen=True, slots=True)
class MapEntry:
    """What an answer earns."""

    key: Single
    points: Decimal
    exact_case: bool


@dataclass(slots=True)
class Mapping:
    """What each answer earns; others earn `default`, and the sum stays within the bounds."""

    entries: tuple[MapEntry, ...]
    default: Decimal
    lower: Decimal | None
    upper: Decimal | None
    _exact: dict[Single, Decimal] = field(init=False)
    _by_letters: dict[str, Decimal] = field(init=False)

    def __post_init__(self) -> None:
        # Of two entries with the same key the first counts.
        entries = self.entries[::-1]
        self._exact = {entry.key: entry.points for entry in entries}
        self._by_letters = {str(e.key).casefold(): e.points for e in entries if not e.exact_case}

    def points(self, value: Value) -> Decimal:
        """Return what a response earns: each different answer in it counts once."""
        answers = dict.fromkeys(members(value))
        total = sum((self._of(answer) for answer in answers), Decimal(0))
        total = total if self.lower is None else max(total, self.lower)
        return total if self.upper is None else min(total, self.upper)

    def _of(self, answer: Single) -> Decimal:
        # Files give "York" and "york" different points and say nothing of case: the exact one comes first.
        if answer in self._exact:
            return self._exact[answer]
        found = self._by_letters.get(answer.casefold()) if isinstance(answer, str) else None
        return self.default if found is None else found


@dataclass(frozen=True, slots=True)
class Response:
    """A `responseDeclaration`; with a default the candidate finds an answer filled in."""

    id: str
    cardinality: str
    base_type: str
    correct: Value
    mapping: Mapping | None
    has_default: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """An `outcomeDeclaration`; `maximum` is its normalMaximum."""

    id: str
    base_type: str
    default: Value
    maximum: Decimal | None
    is_marked_by_people: bool = field(default=False)


def parsed(text: str, base_type: str) -> Single:
    """Return a value as its base type says.

    Raises:
        QtiRefused: if it is no value of this type.
    """
    if base_type in ("float", "integer"):
        return number(text)
    if base_type == "boolean":
        return text.strip() in ("true", "1")
    return text.strip()


def number(text: str) -> Decimal:
    """Return a finite number.

    Raises:
        QtiRefused: if it is none.
    """
    try:
        found = Decimal(text.strip())
    except InvalidOperation as error:
        raise QtiRefused(said("评分规则"), said("“%(text)s”不是数字", text=text.strip()[:40])) from error
    if not found.is_finite() or abs(found) > Decimal("1e12"):
        raise QtiRefused(said("评分规则"), said("“%(text)s”不是数字", text=text.strip()[:40]))
    return found


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
    # Points and files have no key that we could hold; their interactions are refused by name.
    typed = base_type not in ("point", "file")
    return Response(
        declaration.get("identifier", ""),
        cardinality,
        base_type,
        correct,
        _mapping(mapping, base_type) if mapping is not None and typed else None,
        declaration.find("defaultValue/value") is not None,
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
    lower, upper = element.get("lowerBound"), element.get("upperBound")
    return Mapping(
        entries,
        number(element.get("defaultValue", "0")),
        None if lower is None else number(lower),
        None if upper is None else number(upper),
    )


def outcomes(item: etree._Element) -> dict[str, Outcome]:
    """Return what the item declares about its outcomes, by identifier; numbers without default are 0."""
    found: dict[str, Outcome] = {}
    for declaration in item.iterfind("outcomeDeclaration"):
        base_type = declaration.get("baseType", "")
        default = _values(
            declaration.find("defaultValue"), base_type, declaration.get("cardinality", "single")
        )
        if default is None and base_type in ("float", "integer"):
            default = Decimal(0)
        maximum = declaration.get("normalMaximum")
        name = declaration.get("identifier", "")
        found[name] = Outcome(
            name,
            base_type,
            default,
            None if maximum is None else number(maximum),
            declaration.get("externalScored") == "human",
        )
    return found
