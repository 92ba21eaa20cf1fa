"""Shared stimuli (材料): the text of another file of the package, before the question as candidates see it.

Public: `with_stimuli`.
"""

import posixpath
from collections.abc import Mapping

from lxml import etree

from question_bank.formats.qti_assets import is_elsewhere, resolved
from question_bank.formats.qti_tree import cut, need_bounds, normalised
from question_bank.formats.qti_values import QtiRefused
from question_bank.formats.xml_document import XmlRefused, parse_xml
from question_bank.words import said

STIMULUS = said("材料")


def with_stimuli(item: etree._Element, files: Mapping[str, bytes] | None, folder: str) -> None:
    """Put the stimuli that an item refers to at the beginning of its body.

    Args:
        item: its tree, `normalised`; it is changed.
        files: those of the package; None if the item came alone.
        folder: where the item's file is.

    Raises:
        QtiRefused: if a stimulus is not there or cannot be read.
    """
    body = item.find("itemBody")
    for place, reference in enumerate(item.findall("assessmentStimulusRef")):
        href = reference.get("href", "")
        name = next((one for one in resolved(folder, href) if one in (files or {})), None)
        if files is None or name is None:
            raise QtiRefused(
                STIMULUS, said("引用的材料“%(href)s”不在文件之内，请导入整个包", href=href[:120])
            )
        stimulus = _read(files[name], name)
        _move_addresses(stimulus, posixpath.dirname(name), folder)
        if body is not None:
            body.insert(place, stimulus)
        cut(reference)


def _read(content: bytes, name: str) -> etree._Element:
    try:
        root = parse_xml(content)
        need_bounds(root)
    except XmlRefused as refused:
        reason = said("材料“%(name)s”：%(reason)s", name=name[:120], reason=refused.message)
        raise QtiRefused(STIMULUS, reason) from refused
    found = normalised(root).find("stimulusBody")
    if found is None:
        raise QtiRefused(STIMULUS, said("材料“%(name)s”里没有正文（stimulusBody）", name=name[:120]))
    found.tag, found.tail = "div", None
    return found


def _move_addresses(stimulus: etree._Element, source: str, target: str) -> None:
    """Write the addresses of images, which are relative to the file they stand in, relative to the item's."""
    for element in stimulus.iter("img", "object"):
        for attribute in ("src", "data"):
            address = element.get(attribute)
            if address and not is_elsewhere(address) and not address.startswith("/"):
                moved = posixpath.relpath(posixpath.join("/", source, address), posixpath.join("/", target))
                element.set(attribute, moved)
