"""The one door for HTML that a person typed or a file brought."""

import bleach
import nh3
from bleach.css_sanitizer import CSSSanitizer

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


def clean(text: str) -> str:
    """Return `text` with only harmless tags left.

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
    return nh3.clean(
        once,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(PROTOCOLS),
        link_rel="noopener noreferrer",
    )


def _allowed(tag: str, name: str, value: str) -> bool:
    if name not in ATTRIBUTES.get(tag, []):
        return False
    # A link without a scheme but with a host would leave the intranet unseen.
    return not (name in ("href", "src") and value.lstrip().startswith(("//", "\\")))
