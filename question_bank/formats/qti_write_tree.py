"""Elements of QTI that we write: built in the names of QTI 2, spelled in the vocabulary of a version.

Public: `QtiVersion`, `QTI_22`, `QTI_30`, `make`, `say`, `spelled`, `as_file`.
"""

import re
from dataclasses import dataclass

from lxml import etree

HTML = frozenset(
    {"p", "div", "br", "img", "strong", "em", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tr"}
    | {"th", "td", "object"}
)
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CAPITAL = re.compile("[A-Z]")


@dataclass(frozen=True, slots=True)
class QtiVersion:
    """What differs between the versions: names, namespaces and addresses of schemas."""

    name: str
    namespace: str
    schema: str
    item_type: str
    package_namespace: str
    package_schema: str
    package_name: str
    package_version: str
    metadata_namespace: str
    metadata_schema: str
    is_hyphenated: bool


QTI_22 = QtiVersion(
    name="QTI 2.2",
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p2",
    schema="http://www.imsglobal.org/xsd/qti/qtiv2p2/imsqti_v2p2.xsd",
    item_type="imsqti_item_xmlv2p2",
    package_namespace="http://www.imsglobal.org/xsd/imscp_v1p1",
    package_schema="http://www.imsglobal.org/xsd/qti/qtiv2p2/qtiv2p2_imscpv1p2_v1p0.xsd",
    package_name="QTIv2.2 Package",
    package_version="1.0.0",
    metadata_namespace="http://www.imsglobal.org/xsd/imsqti_metadata_v2p2",
    metadata_schema="http://www.imsglobal.org/xsd/qti/qtiv2p2/imsqti_metadata_v2p2.xsd",
    is_hyphenated=False,
)
QTI_30 = QtiVersion(
    name="QTI 3.0",
    namespace="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    item_type="imsqti_item_xmlv3p0",
    package_namespace="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    package_schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
    package_name="QTI Package",
    package_version="3.0.0",
    metadata_namespace="http://www.imsglobal.org/xsd/imsqti_metadata_v3p0",
    metadata_schema="https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_metadatav3p0_v1p0.xsd",
    is_hyphenated=True,
)


def make(name: str, *inside: etree._Element | str, **attributes: str) -> etree._Element:
    """Return an element with elements and texts in it.

    Raises:
        ValueError: if XML cannot hold a character of a text; what `lxml` raises.
    """
    element = etree.Element(name, attributes)
    for one in inside:
        if isinstance(one, str):
            say(element, one)
        else:
            element.append(one)
    return element


def say(holder: etree._Element, text: str) -> None:
    """Append a text to what stands in an element."""
    if len(holder):
        holder[-1].tail = (holder[-1].tail or "") + text
    else:
        holder.text = (holder.text or "") + text


def spelled(
    element: etree._Element, version: QtiVersion, namespaces: dict[str | None, str]
) -> etree._Element:
    """Return a copy in the names and the namespace of a version."""
    name = str(element.tag)
    is_ours = version.is_hyphenated and name not in HTML
    tag = f"{{{version.namespace}}}{f'qti-{_hyphenated(name)}' if is_ours else name}"
    copy = etree.Element(tag, nsmap=namespaces)
    copy.text, copy.tail = element.text, element.tail
    for attribute, value in element.attrib.items():
        copy.set(_hyphenated(attribute) if is_ours and not attribute.startswith("{") else attribute, value)
    for child in element:
        # QTI 2 has no body around what a rubric or a feedback says.
        if child.tag == "contentBody" and not version.is_hyphenated:
            copy.extend(spelled(one, version, namespaces) for one in child)
        else:
            copy.append(spelled(child, version, namespaces))
    return copy


def _hyphenated(name: str) -> str:
    return _CAPITAL.sub(lambda match: f"-{match[0].lower()}", name)


def as_file(root: etree._Element) -> bytes:
    """Return a document as a file; nothing is indented, since blanks in texts count."""
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"
