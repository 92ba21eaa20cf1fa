"""The one door for HTML that a person typed or a file brought."""

import re
from html import escape
from html.parser import HTMLParser

import bleach
import nh3
from bleach.css_sanitizer import CSSSanitizer

# Stored beside a text; raise it when the lists below change, so that old rows can be cleaned anew.
CLEANER = "1"
TAGS = frozenset(
    [
        "p",
        "br",
        "strong",
        "b",
        "em",
        "i",
        "u",
        "s",
        "sub",
        "sup",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "caption",
        "blockquote",
        "h3",
        "h4",
        "img",
        "a",
        "span",
    ]
)
ATTRIBUTES = {
    "a": ["href", "title"],
    "img": ["src", "alt", "width", "height"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan", "scope"],
}
PROTOCOLS = frozenset({"https", "http", "mailto"})
_EMPTY_IMAGE = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")
_BLOCKS = frozenset({"p", "br", "li", "tr", "th", "td", "caption", "blockquote", "h3", "h4"})


def clean(text: str, *, images: str | None = None) -> str:
    """Return `text` with only harmless tags left.

    Args:
        text: HTML from outside.
        images: where the pictures of this text lie; a picture from any other address is taken out. None
            leaves all addresses that `PROTOCOLS` allows.

    bleach is no longer maintained, therefore nh3 has the last word. `bleach.clean` builds its own cleaner
    at each call: a shared one mixes the texts of two threads.
    """
    once = bleach.clean(
        text,
        tags=TAGS,
        attributes=_allowed,
        protocols=PROTOCOLS,
        strip=True,
        css_sanitizer=CSSSanitizer(allowed_css_properties=[]),
    )

    def address(tag: str, name: str, value: str) -> str | None:
        elsewhere = tag == "img" and name == "src" and not value.startswith(images or "")
        return None if elsewhere else value

    cleaned = nh3.clean(
        once,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(PROTOCOLS),
        link_rel="noopener noreferrer",
        attribute_filter=address,
    )
    # What nh3 writes is regular: an attribute's value holds no ">".
    return _EMPTY_IMAGE.sub("", cleaned)


def paragraphs(text: str) -> str:
    """Return text typed into a plain field as HTML, one paragraph a line; what has tags stays as it is."""
    if "<" in text:
        return text
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines if line)


class _Words(HTMLParser):
    """Collects the text of HTML, a new line at each block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def plain(text: str) -> str:
    """Return the words of cleaned HTML without tags, a line for each block; for searching and counting."""
    reader = _Words()
    reader.feed(text)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.found).split("\n"))
    return "\n".join(line for line in lines if line)


def _allowed(tag: str, name: str, value: str) -> bool:
    if name not in ATTRIBUTES.get(tag, []):
        return False
    # A link without a scheme but with a host would leave the intranet unseen.
    return not (name in ("href", "src") and value.lstrip().startswith(("//", "\\")))
