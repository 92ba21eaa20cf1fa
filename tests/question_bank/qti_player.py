"""A small player of QTI: carries out the rules that we write, knowing nothing of how we read rules."""

import copy
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lxml import etree

from question_bank.areas import inside
from question_bank.formats.qti_tree import normalised

Given = Mapping[str, str | list[str] | None]


class Player:
    """Plays one item; names are those of QTI 2."""

    def __init__(self, document: etree._Element) -> None:
        tree = normalised(copy.deepcopy(document))
        self.declared = {one.get("identifier"): one for one in tree.iterfind("responseDeclaration")}
        self.outcomes: dict[str, Any] = {}
        self.defaults = {
            one.get("identifier"): Decimal(one.findtext("defaultValue/value") or "0")
            for one in tree.iterfind("outcomeDeclaration[@baseType='float']")
        }
        self.rules = tree.find("responseProcessing")
        self.given: Given = {}

    def score(self, given: Given) -> Decimal:
        assert given.keys() == self.declared.keys()
        self.given, self.outcomes = given, dict(self.defaults)
        self.run(self.rules)
        return Decimal(self.outcomes["SCORE"])

    def run(self, rules: etree._Element | list[etree._Element]) -> None:
        for rule in rules:
            if rule.tag == "setOutcomeValue":
                self.outcomes[rule.get("identifier")] = self.value(rule[0])
            else:
                assert rule.tag == "responseCondition"
                chosen = next((one for one in rule if self.value(one[0]) is True), [])
                self.run(list(chosen)[1:])

    def value(self, element: etree._Element) -> Any:
        return getattr(self, f"do_{element.tag}")(element)

    def values(self, element: etree._Element) -> list[Any]:
        return [self.value(child) for child in element]

    def do_baseValue(self, element: etree._Element) -> Any:  # noqa: N802 - named after the element
        return Decimal(element.text) if element.get("baseType") == "float" else element.text

    def do_variable(self, element: etree._Element) -> Any:
        name = element.get("identifier")
        return self.given[name] or None if name in self.given else self.outcomes[name]

    def do_correct(self, element: etree._Element) -> Any:
        declared = self.declared[element.get("identifier")]
        found = [value.text for value in declared.iterfind("correctResponse/value")]
        return found[0] if declared.get("cardinality") == "single" else found

    def do_match(self, element: etree._Element) -> bool | None:
        one, other = self.values(element)
        if one is None or other is None:
            return None
        names = [v.get("identifier") for v in element.iter("variable")]
        is_ordered = any(self.declared[name].get("cardinality") == "ordered" for name in names)
        loose = isinstance(one, list) and not is_ordered
        return sorted(one) == sorted(other) if loose else one == other

    def do_equal(self, element: etree._Element) -> bool | None:
        one, other = self.values(element)
        return None if one is None or other is None else Decimal(one) == Decimal(other)

    def do_and(self, element: etree._Element) -> bool:
        return all(value is True for value in self.values(element))

    def do_not(self, element: etree._Element) -> bool | None:
        (value,) = self.values(element)
        return None if value is None else not value

    def do_isNull(self, element: etree._Element) -> bool:  # noqa: N802 - named after the element
        return self.values(element) == [None]

    def do_member(self, element: etree._Element) -> bool | None:
        one, container = self.values(element)
        return None if container is None else one in container

    def do_index(self, element: etree._Element) -> Any:
        (container,) = self.values(element)
        at = int(element.get("n"))
        return container[at - 1] if container and at <= len(container) else None

    def do_sum(self, element: etree._Element) -> Decimal:
        return sum(self.values(element), Decimal(0))

    def do_lt(self, element: etree._Element) -> bool:
        one, other = self.values(element)
        return bool(one < other)

    def do_gt(self, element: etree._Element) -> bool:
        one, other = self.values(element)
        return bool(one > other)

    def do_roundTo(self, element: etree._Element) -> Decimal:  # noqa: N802 - named after the element
        (value,) = self.values(element)
        return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def do_mapResponse(self, element: etree._Element) -> Decimal:  # noqa: N802 - named after the element
        mapping, given = self._mapped(element, "mapping")
        rows = [
            (row.get("mapKey"), Decimal(row.get("mappedValue")), row.get("caseSensitive")) for row in mapping
        ]

        def points(value: str) -> Decimal | None:
            for key, worth, case in rows:
                if key == value or (case == "false" and key.casefold() == value.casefold()):
                    return worth
                if self._is_number(element) and Decimal(key) == Decimal(value):
                    return worth
            return None

        return self._clamped(mapping, [points(value) for value in dict.fromkeys(given)])

    def _is_number(self, element: etree._Element) -> bool:
        return bool(self.declared[element.get("identifier")].get("baseType") == "float")

    def do_mapResponsePoint(self, element: etree._Element) -> Decimal:  # noqa: N802 - named after the element
        mapping, given = self._mapped(element, "areaMapping")
        points: list[Decimal | None] = []
        hit: dict[int, Decimal] = {}
        for spot in given:
            x, y = map(int, spot.split())
            found = {
                n: Decimal(row.get("mappedValue"))
                for n, row in enumerate(mapping)
                if inside(row.get("shape"), [int(c) for c in row.get("coords").split(",")], (x, y))
            }
            hit |= dict([row for row in found.items() if row[0] not in hit][:1])
            points += [] if found else [None]
        return self._clamped(mapping, [*points, *hit.values()])

    def _mapped(self, element: etree._Element, name: str) -> tuple[etree._Element, list[str]]:
        response = element.get("identifier")
        given = self.given[response]
        return self.declared[response].find(name), [] if not given else [given] if isinstance(
            given, str
        ) else given

    def _clamped(self, mapping: etree._Element, points: list[Decimal | None]) -> Decimal:
        default = Decimal(mapping.get("defaultValue"))
        total = sum((default if one is None else one for one in points), Decimal(0))
        bounds: list[tuple[str, Callable[[Decimal, Decimal], Decimal]]] = [
            ("lowerBound", max),
            ("upperBound", min),
        ]
        for bound, keep in bounds:
            if mapping.get(bound) is not None:
                total = keep(total, Decimal(mapping.get(bound)))
        return total
