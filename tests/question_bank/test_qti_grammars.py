"""The grammars that exports are held against let nothing pass that the schemas of the format refuse.

Each change below breaks a rule of the schemas (decision 0034 says which); a package of all types of question
is valid, and no longer so with any of them.
"""

import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree

from question_bank.formats.qti_tree import qti2_name
from question_bank.formats.qti_write import QTI_22, QTI_30, write_qti
from question_bank.formats.qti_write_tree import QtiVersion
from question_bank.item import Item
from question_bank.starter import load_starter
from tests.bank.samples import part_json as plain_part
from tests.question_bank import builders
from tests.question_bank.builders import DIGEST, make_item
from tests.question_bank.qti_kept import KEPT, reading, written_as
from tests.question_bank.test_interactions import FREE, WITH_POLICY
from tests.question_bank.test_qti_write import GRAMMARS, MANIFEST, PHOTO, documents, files_of
from tests.support import tools

VERSIONS = pytest.mark.parametrize("version", [QTI_22, QTI_30], ids=["2.2", "3.0"])
Change = Callable[[etree._Element], bool]
"""Breaks a document; returns whether it had what is to be broken."""


def everything() -> list[Item]:
    """Return items of all types, with all ways to score them, and imported ones with rules of their own."""
    items = [make_item(kind) for kind in [*builders.ANSWERS, *builders.FURTHER, "case"]]
    items += [
        make_item(kind, parts=[builders.part_json(kind, scoring={"policy": policy}, points=1)])
        for kind in ["multiple", *WITH_POLICY]
        for policy in ("partial", "per_option", "minus_per_wrong", "partial_half")
    ]
    table = {"map": [["b", 2], ["c", 1]], "default": -1, "lower": 0, "upper": 2, "full": 3}
    items.append(make_item(parts=[plain_part("single", scoring=table, points=1)]))
    items.append(make_item("hotspot", parts=[builders.part_json("hotspot", **FREE) | {"points": 1}]))
    stimulus = '<p>甲<strong>乙</strong></p><table><tr><td colspan="2">丙</td></tr></table>'
    stimulus += "<ul><li>丁</li></ul>"
    items.append(make_item("case", stimulus=stimulus))
    items.append(make_item(parts=[plain_part("single", stem=f"看![图](image:{DIGEST})")]))
    kept = [reading(written_as(name, "2.2")).items[0] for name in KEPT if "picture" not in name]
    numbered = [one.to_json() | {"id": f"2026-{n}"} for n, one in enumerate([*items, *kept])]
    return [Item.from_json(one) for one in numbered]


ITEMS = everything()
PACKAGES = {version: write_qti(ITEMS, {DIGEST: PHOTO}, version) for version in (QTI_22, QTI_30)}


@VERSIONS
def test_items_of_all_types_are_valid(version: QtiVersion):
    written = PACKAGES[version]
    assert (written.written, written.left_out) == (len(ITEMS), [])
    for document in documents(written.content):
        GRAMMARS[version, "item"].assertValid(document)
    GRAMMARS[version, "manifest"].assertValid(etree.fromstring(files_of(written.content)[MANIFEST]))


OFFICIAL = {
    (QTI_22, "item"): "imsqti_v2p2*.xsd",
    (QTI_22, "manifest"): "qtiv2p2_imscpv1p2*.xsd",
    (QTI_30, "item"): "imsqti_asiv3p0*.xsd",
    (QTI_30, "manifest"): "imsqtiv3p0_imscpv1p2*.xsd",
}


@pytest.mark.parametrize("kind", ["item", "manifest"])
@VERSIONS
def test_what_goes_out_is_valid_by_the_schemas_of_1edtech(kind: str, version: QtiVersion):
    """`TIEJUN_QTI_SCHEMAS` names a folder with them and what they import; they are not ours to pass on."""
    folder, pattern = os.environ.get("TIEJUN_QTI_SCHEMAS", ""), OFFICIAL[version, kind]
    schemas = sorted(Path(folder).rglob(pattern)) if folder else []
    if not schemas:
        reason = f"TIEJUN_QTI_SCHEMAS names no folder with {pattern}"
        tools.missing(f"{version.name} by the schemas of 1EdTech", reason, may_be_absent=True)
    schema = etree.XMLSchema(etree.parse(schemas[0]))
    for written in (PACKAGES[version], write_qti(load_starter(), {}, version)):
        manifest = etree.fromstring(files_of(written.content)[MANIFEST])
        for document in documents(written.content) if kind == "item" else [manifest]:
            schema.assertValid(document)


def found(document: etree._Element, name: str) -> Iterator[etree._Element]:
    """Return the elements that QTI 2 calls so."""
    return (one for one in document.iter(etree.Element) if qti2_name(one) == name)


def _attribute(element: etree._Element, name: str) -> str | None:
    """Return how an attribute is spelled here, None if it is not there."""
    plain = name.replace("-", "").lower()
    return next((str(one) for one in element.attrib if str(one).replace("-", "").lower() == plain), None)


def without(name: str, attribute: str) -> Change:
    """Take an attribute from the first element of a name that has it."""

    def change(document: etree._Element) -> bool:
        for element in found(document, name):
            if spelled := _attribute(element, attribute):
                del element.attrib[spelled]
                return True
        return False

    return change


def saying(name: str, attribute: str, value: str) -> Change:
    """Let the first element of a name that has an attribute say something else with it."""

    def change(document: etree._Element) -> bool:
        for element in found(document, name):
            if spelled := _attribute(element, attribute):
                element.set(spelled, value)
                return True
        return False

    return change


def lacking(parent: str, child: str, left: int = 0) -> Change:
    """Leave so many children of a name in the first parent that has more."""

    def change(document: etree._Element) -> bool:
        for element in found(document, parent):
            gone = [one for one in element if qti2_name(one) == child][left:]
            if gone:
                for one in gone:
                    element.remove(one)
                return True
        return False

    return change


def later(parent: str, child: str) -> Change:
    """Move the first child of a name to the end of its parent."""

    def change(document: etree._Element) -> bool:
        for element in found(document, parent):
            child_there = next((one for one in element if qti2_name(one) == child), None)
            if child_there is not None and child_there.getnext() is not None:
                element.append(child_there)
                return True
        return False

    return change


def holding(parent: str, child: str) -> Change:
    """Put a copy of the first element of a name at the end of the first parent."""

    def change(document: etree._Element) -> bool:
        inside = next(found(document, child), None)
        for element in found(document, parent):
            if inside is not None and inside not in element.iterancestors():
                element.append(deepcopy(inside))
                return True
        return False

    return change


def with_words(name: str) -> Change:
    """Let text stand in an element that holds elements only."""

    def change(document: etree._Element) -> bool:
        element = next(found(document, name), None)
        if element is not None:
            element.text = "文字"
        return element is not None

    return change


def renamed_space(document: etree._Element) -> bool:
    for element in document.iter(etree.Element):
        element.tag = f"{{http://www.imsglobal.org/xsd/imsqti_v2p1}}{etree.QName(element).localname}"
    return True


INTERACTIONS = [
    *("choiceInteraction", "extendedTextInteraction", "matchInteraction", "orderInteraction"),
    *("hottextInteraction", "gapMatchInteraction", "hotspotInteraction", "selectPointInteraction"),
    *("sliderInteraction", "uploadInteraction", "associateInteraction", "textEntryInteraction"),
    "inlineChoiceInteraction",
]
CHOICES = [
    "simpleChoice",
    "inlineChoice",
    "simpleAssociableChoice",
    "hottext",
    "gapText",
    "gap",
    "hotspotChoice",
]
READS = ["variable", "correct", "mapResponse", "mapResponsePoint", "setOutcomeValue", "default"]
REQUIRED = [
    *(("assessmentItem", one) for one in ("identifier", "title", "timeDependent")),
    *(("responseDeclaration", one) for one in ("identifier", "cardinality")),
    *(("outcomeDeclaration", one) for one in ("identifier", "cardinality")),
    *((one, "responseIdentifier") for one in INTERACTIONS),
    *((one, "identifier") for one in [*CHOICES, *READS]),
    *(("mapEntry", one) for one in ("mapKey", "mappedValue")),
    *(("areaMapEntry", one) for one in ("shape", "coords", "mappedValue")),
    *((one, "matchMax") for one in ("simpleAssociableChoice", "gapText")),
    *(("hotspotChoice", one) for one in ("shape", "coords")),
    *(("sliderInteraction", one) for one in ("lowerBound", "upperBound")),
    *(("object", one) for one in ("data", "type")),
    *(("img", one) for one in ("src", "alt")),
    *(("modalFeedback", one) for one in ("outcomeIdentifier", "identifier", "showHide")),
    *(("roundTo", one) for one in ("roundingMode", "figures")),
    *(("interpolationTableEntry", one) for one in ("sourceValue", "targetValue")),
    ("rubricBlock", "view"),
    ("baseValue", "baseType"),
    ("index", "n"),
    ("stringMatch", "caseSensitive"),
    ("equalRounded", "figures"),
]
WRONG = [
    ("assessmentItem", "identifier", "2026-001"),
    ("assessmentItem", "adaptive", "no"),
    ("responseDeclaration", "identifier", "1"),
    ("responseDeclaration", "cardinality", "several"),
    ("responseDeclaration", "baseType", "text"),
    ("outcomeDeclaration", "baseType", "number"),
    ("outcomeDeclaration", "normalMaximum", "-1"),
    ("outcomeDeclaration", "externalScored", "people"),
    ("mapEntry", "mappedValue", "viel"),
    ("mapEntry", "caseSensitive", "no"),
    ("mapping", "defaultValue", ""),
    ("choiceInteraction", "maxChoices", "-1"),
    ("choiceInteraction", "shuffle", "no"),
    ("simpleChoice", "identifier", "a b"),
    ("gapMatchInteraction", "maxAssociations", "many"),
    ("gapText", "matchMax", "-1"),
    ("textEntryInteraction", "expectedLength", "-1"),
    ("sliderInteraction", "lowerBound", "-1"),
    ("sliderInteraction", "step", "-0.5"),
    ("hotspotChoice", "shape", "star"),
    ("hotspotChoice", "coords", "-1,2,3"),
    ("hotspotChoice", "coords", "1,2"),
    ("hotspotChoice", "coords", "1, 2, 3"),
    ("areaMapEntry", "coords", "1,2,3,4,5"),
    ("object", "type", "png"),
    ("rubricBlock", "view", "teacher"),
    ("modalFeedback", "showHide", "always"),
    ("baseValue", "baseType", "number"),
    ("roundTo", "roundingMode", "up"),
    ("equal", "toleranceMode", "about"),
    ("td", "colspan", "all"),
]
CONTENT: list[tuple[str, Change]] = [
    ("a response after the outcomes", later("assessmentItem", "responseDeclaration")),
    ("an outcome after the body", later("assessmentItem", "outcomeDeclaration")),
    ("the body after the rules", later("assessmentItem", "itemBody")),
    ("rules after the feedback", later("assessmentItem", "responseProcessing")),
    ("two bodies", holding("assessmentItem", "itemBody")),
    ("the answer after the points", later("responseDeclaration", "correctResponse")),
    ("a table before the default", later("outcomeDeclaration", "defaultValue")),
    ("no answer in the answer", lacking("correctResponse", "value")),
    ("a mapping of nothing", lacking("mapping", "mapEntry")),
    ("areas of nothing", lacking("areaMapping", "areaMapEntry")),
    ("no choice", lacking("choiceInteraction", "simpleChoice")),
    ("nothing to choose in a line", lacking("inlineChoiceInteraction", "inlineChoice")),
    ("one column", lacking("matchInteraction", "simpleMatchSet", 1)),
    ("three columns", holding("matchInteraction", "simpleMatchSet")),
    ("no words", lacking("gapMatchInteraction", "gapText")),
    ("words after the text", later("gapMatchInteraction", "gapText")),
    ("no text for the words", lacking("gapMatchInteraction", "p")),
    ("no text with marks", lacking("hottextInteraction", "p")),
    ("no picture", lacking("hotspotInteraction", "object")),
    ("areas before the picture", later("hotspotInteraction", "object")),
    ("no place", lacking("hotspotInteraction", "hotspotChoice")),
    ("the question after the choices", later("choiceInteraction", "prompt")),
    ("two questions", holding("orderInteraction", "prompt")),
    ("a paragraph in the question", holding("prompt", "simpleChoice")),
    ("a question in a choice", holding("simpleChoice", "prompt")),
    ("an interaction in the feedback", holding("modalFeedback", "choiceInteraction")),
    ("rubric in an interaction", holding("extendedTextInteraction", "rubricBlock")),
    ("text in the body", with_words("itemBody")),
    ("text in a row", with_words("tr")),
    ("text in an interaction", with_words("choiceInteraction")),
    ("text in a rule", with_words("responseCondition")),
    ("a list of nothing but text", with_words("ul")),
    ("otherwise before if", later("responseCondition", "responseIf")),
    ("no test", lambda root: _first_gone(root, "responseIf")),
    ("a value of two", holding("setOutcomeValue", "baseValue")),
    ("a comparison of three", holding("match", "correct")),
    ("a sum of a comparison", holding("sum", "match")),
    ("nothing negated", lambda root: _first_gone(root, "not")),
    ("another namespace", renamed_space),
]


def _first_gone(document: etree._Element, name: str) -> bool:
    element = next(found(document, name), None)
    if element is not None:
        element.remove(element[0])
    return element is not None


ITEM_CHANGES: list[tuple[str, Change]] = [
    *((f"{name} without {attribute}", without(name, attribute)) for name, attribute in REQUIRED),
    *((f"{name} {attribute} {value}", saying(name, attribute, value)) for name, attribute, value in WRONG),
    *CONTENT,
]
MANIFEST_CHANGES: list[tuple[str, Change]] = [
    ("no schema", lacking("metadata", "schema")),
    ("the version first", later("metadata", "schema")),
    ("resources before organizations", later("manifest", "organizations")),
    ("no organizations", lacking("manifest", "organizations")),
    ("LOM before the facts", later("metadata", "qtiMetadata")),
    ("files before the metadata", later("resource", "metadata")),
    ("no file", lacking("resource", "file")),
    ("a file of nothing", without("file", "href")),
    ("a resource without a name", without("resource", "identifier")),
    ("a name that begins with a digit", saying("resource", "identifier", "1")),
    ("a resource of no type", saying("resource", "type", "item")),
    ("the composition first", later("qtiMetadata", "timeDependent")),
    ("a solution before the interactions", later("qtiMetadata", "interactionType")),
    ("no title", lacking("title", "string")),
]


def need_refused(version: QtiVersion, kind: str, roots: Iterator[etree._Element], change: Change) -> None:
    """Break the first document that can be, and see it refused."""
    for root in roots:
        if change(root):
            assert not GRAMMARS[version, kind].validate(root)
            return
    pytest.fail("nothing that is exported has this")


@VERSIONS
@pytest.mark.parametrize(("what", "change"), ITEM_CHANGES, ids=[what for what, _ in ITEM_CHANGES])
def test_an_item_that_the_schemas_refuse_is_refused(what: str, change: Change, version: QtiVersion):
    need_refused(version, "item", documents(PACKAGES[version].content), change)


@VERSIONS
@pytest.mark.parametrize(("what", "change"), MANIFEST_CHANGES, ids=[what for what, _ in MANIFEST_CHANGES])
def test_a_manifest_that_the_schemas_refuse_is_refused(what: str, change: Change, version: QtiVersion):
    manifest = etree.fromstring(files_of(PACKAGES[version].content)[MANIFEST])
    need_refused(version, "manifest", iter([manifest]), change)


@VERSIONS
def test_responses_have_names_of_their_own_in_the_file(version: QtiVersion):
    """The schemas say of them alone that they are XML IDs, which no grammar of ours can say."""
    for document in documents(PACKAGES[version].content):
        names = [one.get("identifier") for one in found(document, "responseDeclaration")]
        assert len(set(names)) == len(names)
