"""HTML of other people's files as the plain text our stems and options are.

Public: `plain_text`, `PlainText`.

Layout that carries meaning is kept where text can carry it (paragraphs, lists, rows of a table, raised
and lowered digits) and named where it cannot. Nothing of the HTML itself survives.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from question_bank.words import said

BLOCKS = frozenset(
    {"address", "article", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "figure", "h1", "h2"}
    | {"h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead"}
    | {"tr", "ul"}
)
DROPPED = frozenset({"script", "style", "head", "title", "noscript", "template"})
UNREADABLE = frozenset(
    {"applet", "audio", "canvas", "embed", "form", "frame", "iframe", "input", "math", "object", "select"}
    | {"svg", "textarea", "video"}
)
"""Without these the question is another one."""
RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_UNSAFE = re.compile(r"\s*(?:java|vb)script:|\s*data:", re.IGNORECASE)
PLUGINFILE = "@@PLUGINFILE@@/"

ImageOf = Callable[[str, str], str]
"""Gives the mark of the image at an address (`src`, `alt`), or raises."""


@dataclass(slots=True)
class PlainText:
    """What a piece of HTML says, what got lost on the way, and what forbids to take it over."""

    text: str = ""
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, image_of: ImageOf) -> None:
        super().__init__(convert_charrefs=True)
        self.image_of = image_of
        self.pieces: list[str] = []
        self.found = PlainText()
        self.hidden = 0
        self.lists: list[int | None] = []
        self.level = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in DROPPED:
            self.hidden += 1
            self.note(said("已去掉 %(tag)s", tag=f"<{tag}>"))
        elif tag in UNREADABLE:
            self.found.faults.append(said("含有本系统不能显示的 %(tag)s", tag=f"<{tag}>"))
        elif tag == "img":
            self.image(values)
        elif tag == "a":
            self.link(values.get("href", ""))
        elif tag == "br":
            self.pieces.append("\n")
        elif tag in ("sub", "sup"):
            self.level = tag
        else:
            self.block(tag)

    def block(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.pieces.append(" ｜ ")
        elif tag in BLOCKS:
            self.pieces.append("\n")
        if tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            number = self.lists[-1] if self.lists else None
            if number is not None:
                self.lists[-1] = number + 1
            self.pieces.append("· " if number is None else f"{number + 1}. ")
        elif tag == "table":
            self.note(said("表格已改为逐行文字，请核对"))

    def handle_endtag(self, tag: str) -> None:
        if tag in DROPPED:
            self.hidden = max(0, self.hidden - 1)
        elif tag in ("sub", "sup"):
            self.level = ""
        elif tag in BLOCKS:
            self.pieces.append("\n")
            if tag in ("ul", "ol") and self.lists:
                self.lists.pop()

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", data)
        if self.level:
            moved = text.strip().translate(RAISED if self.level == "sup" else LOWERED)
            if any(c.isalnum() and c in text for c in moved):
                self.note(said("上标或下标“%(text)s”已改为普通文字，请核对", text=text.strip()))
            text = moved
        self.pieces.append(text)

    def image(self, values: dict[str, str]) -> None:
        try:
            self.pieces.append(self.image_of(values.get("src", ""), values.get("alt", "")))
        except ValueError as problem:
            self.found.faults.append(problem.args[0])

    def link(self, address: str) -> None:
        if address.startswith(PLUGINFILE):
            name = address.removeprefix(PLUGINFILE)
            self.note(said("附件“%(name)s”不是图片，没有保存；试题离开它可能不成立，请核对", name=name))
        elif _UNSAFE.match(address):
            self.note(said("已去掉会执行脚本的链接，只留文字"))
        elif address:
            self.note(said("链接“%(address)s”只留文字", address=address[:100]))

    def note(self, message: str) -> None:
        if message not in self.found.notes:
            self.found.notes.append(message)


def plain_text(html: str, image_of: ImageOf) -> PlainText:
    """Return what `html` says.

    Args:
        image_of: gives the mark for an image; it raises `ValueError` with a sentence if there is none.
    """
    reader = _Reader(image_of)
    reader.feed(html)
    reader.close()
    text = "".join(reader.pieces).replace("\xa0", " ")
    lines = [re.sub(r"^(?: *｜ *)+| +$", "", line).strip(" ") for line in text.split("\n")]
    reader.found.text = re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()
    return reader.found
