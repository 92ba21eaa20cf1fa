"""One spelling for all versions of QTI: element and attribute names as QTI 2 writes them, no namespaces.

Public: `normalised`, `source_of`, `need_bounds`, `text_of`, `cut`, `qti2_name`.

QTI 3.0 writes `qti-choice-interaction` and `max-choices` where 2.1 and 2.2 write `choiceInteraction` and
`maxChoices`; 2.x, APIP and 3.0 each have namespaces of their own. After `normalised` there is one tree, so
that everything else is said once.
"""

import re

from lxml import etree

from question_bank.formats.xml_document import XmlRefused
from question_bank.words import said

MAX_ELEMENTS, MAX_DEPTH = 20_000, 100
"""Of one item. The largest that we know of has 400 elements, 13 deep."""
_PREFIX = "qti-"
_HYPHEN = re.compile(r"-([a-z0-9])")
_VERSION = re.compile(r"v([23])p(\d)")
_OWN = ("data-", "aria-")
"""Attributes that HTML spells with hyphens."""


def normalised(root: etree._Element) -> etree._Element:
    """Return `root` itself with all its names in one spelling; lines stay those of the file."""
    for element in root.iter(etree.Element):
        is_qti = etree.QName(element).localname.startswith(_PREFIX)
        element.tag = qti2_name(element)
        attributes: dict[str, str] = {}
        for spelled, value in element.attrib.items():
            local = etree.QName(spelled).localname
            kept = local if not is_qti or local.startswith(_OWN) else _camel(local)
            attributes.setdefault(kept, value)
        element.attrib.clear()
        element.attrib.update(attributes)
    return root


def qti2_name(element: etree._Element) -> str:
    """Return what QTI 2 calls an element."""
    name = etree.QName(element).localname
    return _camel(name.removeprefix(_PREFIX)) if name.startswith(_PREFIX) else name


def source_of(root: etree._Element) -> dict[str, str]:
    """Return what an item as it came says of its origin.

    That is `format`, `identifier`, and word for word its rules (`processing`) and its `declarations`.
    """
    version = _VERSION.search(etree.QName(root).namespace or "")
    return {
        "format": f"qti-{version[1]}.{version[2]}" if version else "qti",
        "identifier": root.get("identifier", ""),
        "processing": _written(root, "responseProcessing"),
        "declarations": _written(root, "responseDeclaration", "outcomeDeclaration"),
    }


def _written(root: etree._Element, *names: str) -> str:
    """Return the children that QTI 2 calls so, as they stand in the file."""
    found = []
    for child in root.iterchildren(etree.Element):
        if qti2_name(child) in names:
            found.append(str(etree.tostring(child, encoding="unicode", with_tail=False)))
    return "".join(found)


def need_bounds(root: etree._Element) -> None:
    """Refuse an item that is too large or too deep to be gone through again and again.

    Raises:
        XmlRefused: if it is.
    """
    elements = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if elements > MAX_ELEMENTS or depth > MAX_DEPTH:
            bounds = {"elements": MAX_ELEMENTS, "depth": MAX_DEPTH}
            raise XmlRefused(said("一题的 XML 超过 %(elements)s 个元素或 %(depth)s 层，不读取", **bounds))


def _camel(name: str) -> str:
    return _HYPHEN.sub(lambda match: match[1].upper(), name)


def text_of(element: etree._Element | None) -> str:
    """Return all text in an element, trimmed, its blanks and line breaks collapsed."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def cut(element: etree._Element, leaves: str = "") -> None:
    """Take an element out of its parent; `leaves` and the text that followed it stay in its place."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    rest = leaves + (element.tail or "")
    if rest and before is not None:
        before.tail = (before.tail or "") + rest
    elif rest:
        parent.text = (parent.text or "") + rest
    parent.remove(element)
