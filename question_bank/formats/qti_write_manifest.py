"""The manifest of a package: which files belong to which item, and what catalogues say about it (LOM).

Public: `Entry`, `interactions`, `manifest_document`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from question_bank.formats.qti_tree import qti2_name
from question_bank.formats.qti_write_item import LANGUAGE, title
from question_bank.formats.qti_write_tree import XSI, QtiVersion, as_file
from question_bank.item import Item

LOM = "http://ltsc.ieee.org/xsd/LOM"
LOM_SCHEMA = "http://www.imsglobal.org/xsd/imsmd_loose_v1p3p2.xsd"
CATALOG = "tiejun"


@dataclass(frozen=True, slots=True)
class Entry:
    """An item in the package: `name` is its file, `beside` are the files that belong to it.

    `interactions` are the kinds of interaction in it, as QTI 2 calls them.
    """

    item: Item
    name: str
    beside: Sequence[str]
    interactions: Sequence[str]


def interactions(document: etree._Element) -> list[str]:
    """Return the kinds of interaction in an item, each once."""
    names = map(qti2_name, document.iter(etree.Element))
    return list(dict.fromkeys(name for name in names if name.endswith("Interaction")))


def manifest_document(entries: Sequence[Entry], version: QtiVersion) -> bytes:
    """Return the manifest as a file."""
    names = {None: version.package_namespace, "lom": LOM, "qti": version.metadata_namespace, "xsi": XSI}
    schemas = [
        *(version.package_namespace, version.package_schema),
        *(LOM, LOM_SCHEMA),
        *(version.metadata_namespace, version.metadata_schema),
    ]
    root = etree.Element(etree.QName(version.package_namespace, "manifest"), nsmap=names)
    root.set("identifier", "MANIFEST")
    root.set(f"{{{XSI}}}schemaLocation", " ".join(schemas))
    add = _Adder(version)
    about = add.package(root, "metadata")
    add.package(about, "schema", version.package_name)
    add.package(about, "schemaversion", version.package_version)
    add.package(root, "organizations")
    resources = add.package(root, "resources")
    for entry in entries:
        _add_resource(add, resources, entry)
    etree.indent(root)
    return as_file(root)


@dataclass(frozen=True, slots=True)
class _Adder:
    """Adds elements of the three vocabularies of a manifest."""

    version: QtiVersion

    def package(self, parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
        return _added(parent, self.version.package_namespace, name, text)

    def lom(self, parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
        return _added(parent, LOM, name, text)

    def qti(self, parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
        return _added(parent, self.version.metadata_namespace, name, text)


def _added(parent: etree._Element, namespace: str, name: str, text: str | None) -> etree._Element:
    element = etree.SubElement(parent, etree.QName(namespace, name))
    element.text = text
    return element


def _add_resource(add: _Adder, resources: etree._Element, entry: Entry) -> None:
    resource = add.package(resources, "resource")
    resource.set("identifier", f"item-{entry.item.id}")
    resource.set("type", add.version.item_type)
    resource.set("href", entry.name)
    about = add.package(resource, "metadata")
    # In this order only; the manifest's schemas are sequences.
    _add_qti(add, about, entry)
    _add_lom(add, about, entry.item)
    for name in (entry.name, *entry.beside):
        add.package(resource, "file").set("href", name)


def _add_lom(add: _Adder, about: etree._Element, item: Item) -> None:
    general = add.lom(add.lom(about, "lom"), "general")
    known = add.lom(general, "identifier")
    add.lom(known, "catalog", CATALOG)
    add.lom(known, "entry", item.id)
    add.lom(add.lom(general, "title"), "string", title(item)).set("language", LANGUAGE)
    add.lom(general, "language", LANGUAGE)
    for word in [item.kind.label, item.unit, *(tier.label for tier in item.tiers)]:
        if word:
            add.lom(add.lom(general, "keyword"), "string", word).set("language", LANGUAGE)


def _add_qti(add: _Adder, about: etree._Element, entry: Entry) -> None:
    facts = add.qti(about, "qtiMetadata")
    add.qti(facts, "timeDependent", "false")
    add.qti(facts, "composite", "true" if len(entry.item.parts) > 1 else "false")
    for name in entry.interactions:
        add.qti(facts, "interactionType", name)
    add.qti(facts, "solutionAvailable", "true")
