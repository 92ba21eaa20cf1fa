"""The rules of an imported item, word for word as its source has them, made ready to be written again.

Public: `Kept`, `kept_rules`.

What the source calls its responses, options and gaps is called so again. Only what is translated differs:
names of elements and attributes between QTI 2 and 3 (`qti_write_tree`), and the addresses of the three
standard templates, which each of them has at its own place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from lxml import etree

from question_bank.formats.qti_rule_tree import ATTRIBUTES, template_of
from question_bank.formats.qti_tree import need_bounds, normalised
from question_bank.formats.qti_write_tree import QtiVersion
from question_bank.formats.xml_document import XmlRefused, parse_xml
from question_bank.item import Item
from question_bank.response_rules import READS
from question_bank.rule_operators import OPERATORS
from question_bank.terms import MARKED_TYPES

Json = Mapping[str, Any]
_STANDARD = {
    True: "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{}.xml",
    False: "http://www.imsglobal.org/question/qti_v2p2/rptemplates/{}",
}
"""Where the standard templates are, by whether names are hyphenated there."""
_TEMPLATES = frozenset({"match_correct", "map_response", "map_response_point"})
_VARIABLE = frozenset({"identifier", "cardinality", "baseType"})
_NUMBERS = frozenset({"defaultValue", "lowerBound", "upperBound"})
_DECLARING: Mapping[str, frozenset[str]] = {
    "responseDeclaration": _VARIABLE,
    "outcomeDeclaration": _VARIABLE
    | {"view", "interpretation", "longInterpretation", "normalMaximum", "normalMinimum", "masteryValue"}
    | {"externalScored", "variableIdentifierRef"},
    "defaultValue": frozenset({"interpretation"}),
    "correctResponse": frozenset({"interpretation"}),
    "value": frozenset({"fieldIdentifier", "baseType"}),
    "mapping": _NUMBERS,
    "mapEntry": frozenset({"mapKey", "mappedValue", "caseSensitive"}),
    "areaMapping": _NUMBERS,
    "areaMapEntry": frozenset({"shape", "coords", "mappedValue"}),
    "matchTable": frozenset({"defaultValue"}),
    "matchTableEntry": frozenset({"sourceValue", "targetValue"}),
    "interpolationTable": frozenset({"defaultValue"}),
    "interpolationTableEntry": frozenset({"sourceValue", "includeBoundary", "targetValue"}),
}
"""The elements that declarations consist of, and their attributes; whatever else is no part of the rules."""
_RULES = READS | OPERATORS.keys() | {"baseValue", "setOutcomeValue", "exitResponse", "responseCondition"}
_RULES |= {"responseProcessing", "responseProcessingFragment", "responseIf", "responseElseIf", "responseElse"}
_NEEDED: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("responseDeclaration", "outcomeDeclaration"), frozenset({"identifier", "cardinality"})),
    **dict.fromkeys([*READS, "setOutcomeValue"], frozenset({"identifier"})),
    **dict.fromkeys(("stringMatch", "substring"), frozenset({"caseSensitive"})),
    "baseValue": frozenset({"baseType"}),
    "mapEntry": frozenset({"mapKey", "mappedValue"}),
    "areaMapEntry": frozenset({"shape", "coords", "mappedValue"}),
    "equalRounded": frozenset({"figures"}),
    "roundTo": frozenset({"figures", "roundingMode"}),
    "index": frozenset({"n"}),
    "mathOperator": frozenset({"name"}),
}
"""What the schemas want an element to say; files in the wild leave some of it out."""
_SAYING = frozenset({"identifier", "baseType", "template", "templateLocation", *ATTRIBUTES})


@dataclass(frozen=True, slots=True)
class Kept:
    """An item's own declarations and rules, in the names of QTI 2; `answers` has one entry for each part."""

    responses: Sequence[etree._Element]
    outcomes: Sequence[etree._Element]
    processing: etree._Element
    answers: Sequence[Json]

    def free_name(self, name: str) -> str:
        """Return a name for an outcome of ours that nothing here has."""
        known = {one.get("identifier") for one in (*self.responses, *self.outcomes)}
        known |= {one.get("identifier") for one in self.processing.iter(etree.Element)}
        names = (name if n == 1 else f"{name}_{n}" for n in count(1))
        return next(one for one in names if one not in known)

    def declares(self, name: str) -> bool:
        """Return whether an outcome of this name is declared."""
        return any(one.get("identifier") == name for one in self.outcomes)


def kept_rules(item: Item, version: QtiVersion) -> Kept | None:
    """Return what an item keeps of its source's rules; None if that is nothing, or cannot stand in a file.

    Whether the item is still scored by them is for the caller to see.
    """
    source = item.source
    if source is None or len(source.answers) != len(item.parts):
        return None
    if all(part.type in MARKED_TYPES for part in item.parts):
        return None
    try:
        found = _parsed(source.declarations + source.processing)
    except XmlRefused:
        return None
    responses = [one for one in found if one.tag == "responseDeclaration"]
    outcomes = [one for one in found if one.tag == "outcomeDeclaration"]
    others = [one for one in found if one.tag not in ("responseDeclaration", "outcomeDeclaration")]
    if [one.tag for one in others] != ["responseProcessing"]:
        return None
    (processing,) = others
    if not all(map(_is_declaration, [*responses, *outcomes])) or not _are_rules(processing):
        return None
    _translate(processing, source.format, version)
    return Kept(responses, outcomes, processing, source.answers)


def _parsed(written: str) -> list[etree._Element]:
    root = parse_xml(f"<kept>{written}</kept>".encode())
    need_bounds(root)
    etree.strip_attributes(root, "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")
    found = [*normalised(root)]
    for one in found:
        one.tail = None
    return found


def _is_declaration(declaration: etree._Element) -> bool:
    """Return whether a declaration has a name and consists of what QTI lets stand in it."""
    return bool(declaration.get("identifier", "").strip()) and all(
        one.tag in _DECLARING and _needed(one) <= set(one.attrib) <= _DECLARING[str(one.tag)]
        for one in declaration.iter(etree.Element)
    )


def _are_rules(processing: etree._Element) -> bool:
    return all(
        one.tag in _RULES and _needed(one) <= set(one.attrib) <= _SAYING
        for one in processing.iter(etree.Element)
    )


def _needed(element: etree._Element) -> frozenset[str]:
    return _NEEDED.get(str(element.tag), frozenset())


def _translate(processing: etree._Element, source_format: str, version: QtiVersion) -> None:
    """Give a standard template its address in the other vocabulary."""
    name = template_of(processing)
    if name in _TEMPLATES and source_format.startswith("qti-3") is not version.is_hyphenated:
        processing.set("template", _STANDARD[version.is_hyphenated].format(name))
