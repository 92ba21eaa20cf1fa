"""Our texts as the HTML of QTI: lines, images, blanks; and a case's material.

Public: `add_text`, `paragraph`, `material`, `Address`.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from lxml import etree
from lxml.html import fragment_fromstring

from question_bank.formats.plain import plain_text
from question_bank.formats.qti_write_tree import make, say
from question_bank.markup import image_mark
from question_bank.value_shapes import BLANK

Address = Callable[[str], str]
"""Gives the address of an image, by its digest, in the package."""

_INLINE = frozenset({"strong", "em", "br"})
_FLOW = _INLINE | {"p", "ul", "ol", "table"}
_ROWS = frozenset({"tr"})
_INSIDE = {
    "div": _FLOW,
    "li": _FLOW,
    "td": _FLOW,
    "th": _FLOW,
    "p": _INLINE,
    "strong": _INLINE,
    "em": _INLINE,
    "caption": _INLINE,
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "table": frozenset({"caption", "thead", "tbody"}),
    "thead": _ROWS,
    "tbody": _ROWS,
    "tr": frozenset({"th", "td"}),
    "br": frozenset(),
}
"""What QTI lets stand in an element of those that a material may use."""
_NO_TEXT = frozenset({"ul", "ol", "table", "thead", "tbody", "tr", "br"})
_NOT_EMPTY = frozenset({"ul", "ol", "table", "thead", "tbody", "tr"})
_TABLE = re.compile("(caption )?(thead )?(tbody )+")
_PIECE = re.compile(
    r"(?P<break>\n)|!\[(?P<shows>[^\[\]<>\n]{0,200})\]\(image:(?P<digest>[0-9a-f]{64})\)"
    rf"|(?P<blank>{BLANK.pattern})|\{{\{{(?P<mark>[a-z0-9]{{1,8}})\}}\}}"
)


class _LooseError(ValueError):
    """A material is nested as QTI does not allow."""


def add_text(
    holder: etree._Element,
    text: str,
    address: Address,
    blanks: Iterable[etree._Element] = (),
    marks: Mapping[str, etree._Element] | None = None,
) -> None:
    """Append a text to an element: its lines apart, its images shown.

    Args:
        blanks: what stands in place of its blanks; further blanks stay text.
        marks: what stands in place of its marks, by the id in them; others stay text.
    """
    at, rest, places = 0, iter(blanks), marks or {}
    for found in _PIECE.finditer(text):
        if found["break"]:
            piece = make("br")
        elif found["digest"]:
            piece = make("img", src=address(found["digest"]), alt=found["shows"])
        else:
            piece = next(rest, None) if found["blank"] else places.get(found["mark"])
        if piece is None:
            continue
        say(holder, text[at : found.start()])
        holder.append(piece)
        at = found.end()
    say(holder, text[at:])


def paragraph(text: str, address: Address, blanks: Iterable[etree._Element] = ()) -> etree._Element:
    """Return a text as one paragraph."""
    holder = make("p")
    add_text(holder, text, address, blanks)
    return holder


def material(stimulus: str, address: Address) -> etree._Element:
    """Return a case's material as it is laid out, or line by line where QTI does not let elements nest so."""
    try:
        return _copied(fragment_fromstring(stimulus, create_parent="div"), address)
    except _LooseError:
        lines = plain_text(stimulus, image_mark).text.split("\n")
        return make("div", *(paragraph(line, address) for line in lines))


def _copied(source: etree._Element, address: Address) -> etree._Element:
    name = str(source.tag)
    spans = {key: source.get(key, "") for key in ("colspan", "rowspan") if source.get(key)}
    copy = make(name, **spans)
    _tell(copy, source.text, address)
    for child in source:
        copy_of_child, holder = _copied(child, address), copy
        if name == "table" and child.tag == "tr":
            holder = copy[-1] if len(copy) and copy[-1].tag == "tbody" else etree.SubElement(copy, "tbody")
        elif child.tag not in _INSIDE[name]:
            raise _LooseError
        holder.append(copy_of_child)
        _tell(copy, child.tail, address)
    is_table_in_order = name != "table" or _TABLE.fullmatch("".join(f"{one.tag} " for one in copy))
    if not is_table_in_order or (name in _NOT_EMPTY and not len(copy)):
        raise _LooseError
    return copy


def _tell(holder: etree._Element, text: str | None, address: Address) -> None:
    if not text or (holder.tag in _NO_TEXT and not text.strip()):
        return
    if holder.tag in _NO_TEXT:
        raise _LooseError
    add_text(holder, text.replace("\n", " "), address)
