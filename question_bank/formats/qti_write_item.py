"""One item of ours as an `assessmentItem`.

Public: `item_document`.
"""

from lxml import etree

from question_bank.formats.qti_kept import Kept
from question_bank.formats.qti_write_draft import SCORE, Draft
from question_bank.formats.qti_write_parts import add_part, responses_of
from question_bank.formats.qti_write_text import Address, material, paragraph
from question_bank.formats.qti_write_tree import LANG, XSI, QtiVersion, make, spelled
from question_bank.item import Item, number_json
from question_bank.markup import without_images

FEEDBACK, RATIONALE = "FEEDBACK", "RATIONALE"
LANGUAGE = "zh-CN"
TITLE = 60
"""Characters of the stem in the title."""


def identifier(code: str) -> str:
    """Return an item's code as a name in XML, which never begins with a digit; no two codes have the same."""
    return code if code[0].isalpha() else f"_{code}"


def title(item: Item) -> str:
    """Return what an item is about, in a line; its code where it only shows a picture."""
    return " ".join(without_images(item.parts[0].stem).split())[:TITLE] or item.id


def item_document(
    item: Item, version: QtiVersion, address: Address, kept: Kept | None = None
) -> etree._Element:
    """Return an item as a document.

    Args:
        address: where the file finds an image.
        kept: the rules of its source, where it is to go out with them.

    Raises:
        ValueError: if XML cannot hold a character of it.
    """
    body, draft = make("itemBody"), Draft(address, sum(map(responses_of, item.parts)))
    if kept is not None:
        draft.answers = kept.answers
        draft.types = {one.get("identifier", ""): one.get("baseType", "") for one in kept.responses}
    if item.stimulus is not None:
        body.append(material(item.stimulus, address))
    for part in item.parts:
        shown = add_part(draft, part)
        asked = [element for element in shown if element.tag != "rubricBlock"]
        body.extend([make("div", *asked)] if item.stimulus is not None else asked)
        # A rubric may stand in the body itself only.
        body.extend(element for element in shown if element.tag == "rubricBlock")
    declared, scored = _ours(item, draft) if kept is None else _of_source(item, kept)
    root = make(
        "assessmentItem",
        *declared,
        body,
        *scored,
        *_feedback(item, address, FEEDBACK if kept is None else kept.free_name(FEEDBACK)),
        identifier=identifier(item.id),
        title=title(item),
        adaptive="false",
        timeDependent="false",
    )
    root.set(LANG, LANGUAGE)
    written = spelled(root, version, {None: version.namespace, "xsi": XSI})
    written.set(f"{{{XSI}}}schemaLocation", f"{version.namespace} {version.schema}")
    etree.cleanup_namespaces(written, keep_ns_prefixes=["xsi"])
    return written


_Elements = list[etree._Element]


def _ours(item: Item, draft: Draft) -> tuple[_Elements, _Elements]:
    """Return what is declared and the rules, as we score the item."""
    rules = [*draft.rules, *_rationale_rules(item)]
    declared = [*draft.declarations, *_outcomes(item, draft)]
    return declared, [make("responseProcessing", *rules)] if rules else []


def _of_source(item: Item, kept: Kept) -> tuple[_Elements, _Elements]:
    """Return what is declared and the rules, as the item's source has them.

    No rule of ours is among them: the rationale is shown by a value that its outcome has from the start.
    """
    declared = [*kept.responses, *kept.outcomes]
    if not kept.declares("MAXSCORE"):
        most = make("value", str(number_json(item.points)))
        declared.append(_outcome("MAXSCORE", "float", most))
    if item.rationale.strip():
        declared.append(_outcome(kept.free_name(FEEDBACK), "identifier", make("value", RATIONALE)))
    return declared, [kept.processing]


def _outcomes(item: Item, draft: Draft) -> list[etree._Element]:
    """Return SCORE with its most, which people give where nothing is scored by rules, and MAXSCORE."""
    most = str(number_json(item.points))
    by_people = {} if draft.rules else {"externalScored": "human"}
    found = [
        _outcome(SCORE, "float", make("value", "0"), normalMaximum=most, **by_people),
        _outcome("MAXSCORE", "float", make("value", most)),
    ]
    found += draft.variables
    return [*found, _outcome(FEEDBACK, "identifier")] if item.rationale.strip() else found


def _outcome(name: str, base_type: str, *default: etree._Element, **other: str) -> etree._Element:
    values = [make("defaultValue", *default)] if default else []
    kind = {"cardinality": "single", "baseType": base_type}
    return make("outcomeDeclaration", *values, identifier=name, **kind, **other)


def _rationale_rules(item: Item) -> list[etree._Element]:
    """Return the rule that shows the rationale to whoever has answered."""
    if not item.rationale.strip():
        return []
    shown = make("baseValue", RATIONALE, baseType="identifier")
    return [make("setOutcomeValue", shown, identifier=FEEDBACK)]


def _feedback(item: Item, address: Address, outcome: str) -> list[etree._Element]:
    if not item.rationale.strip():
        return []
    inside = make("contentBody", paragraph(item.rationale, address))
    how = {"outcomeIdentifier": outcome, "identifier": RATIONALE, "showHide": "show"}
    return [make("modalFeedback", inside, **how)]
