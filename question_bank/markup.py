"""The small HTML a case's material may use, and the mark by which any text of an item shows an image.

The HTML is checked so strictly that it needs no further cleaning. An image stands in a text as
`![what it shows](image:<SHA-256 of the file that was handed in>)`: plain text, so that it survives an
editor, a spreadsheet and every digest; whoever shows the text says where images are found.
"""

import re
from collections.abc import Callable, Iterable

from question_bank.words import said

VOID = frozenset({"br"})
ALLOWED = (
    "p",
    "br",
    "strong",
    "em",
    "ul",
    "ol",
    "li",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
)
_TAG = re.compile(rf'<(/?)({"|".join(ALLOWED)})((?: (?:colspan|rowspan)="[1-9][0-9]?")*)\s*/?>')

IMAGE = re.compile(r"!\[([^\[\]<>\n]{0,200})\]\(image:([0-9a-f]{64})\)")


def image_mark(digest: str, shows: str = "") -> str:
    """Return the mark of an image; what would break it, or look like a blank, is left out of `shows`."""
    words = re.sub(r"[\[\]<>\s]+|_{2,}", " ", shows).strip()
    return f"![{words[:200]}](image:{digest})"


def image_digests(texts: Iterable[str]) -> list[str]:
    """Return the digests of all images that stand in `texts`, each once, in order."""
    return list(dict.fromkeys(match[2] for text in texts for match in IMAGE.finditer(text)))


def show_images(html: str, address: Callable[[str], str]) -> str:
    """Return `html` (text already escaped, or checked material) with its marks as `<img>`.

    Args:
        address: gives the address of an image by its digest; it must need no escaping.
    """

    def shown(match: re.Match[str]) -> str:
        words = match[1].replace('"', "&quot;")
        return f'<img src="{address(match[2])}" alt="{words}">'

    return IMAGE.sub(shown, html)


def without_images(text: str) -> str:
    """Return `text` with each image as 〔图〕 or 〔图：what it shows〕, for lists and excerpts."""
    return IMAGE.sub(lambda match: f"〔图：{match[1]}〕" if match[1] else "〔图〕", text)


def markup_problems(html: str) -> list[str]:
    """Return what is wrong with a piece of material; an empty list means it is safe to show as it is.

    Only the tags of `ALLOWED` without attributes (but colspan and rowspan) count as tags; any other
    "<" is refused, which leaves no room for scripts, links, images or styles. Tags must be balanced.
    """
    problems: list[str] = []
    if "<" in _TAG.sub("", html):
        problems.append(said("材料只能使用 p、strong、em、ul、ol、li、table 等标签，小于号请写作 &lt;"))
    open_tags: list[str] = []
    for match in _TAG.finditer(html):
        closing, tag, attributes = match.groups()
        if closing and attributes:
            problems.append(said("结束标签 %(tag)s 不能带属性", tag=tag))
        if tag in VOID:
            continue
        if not closing:
            open_tags.append(tag)
        elif not open_tags or open_tags.pop() != tag:
            problems.append(said("标签 %(tag)s 没有正确配对", tag=tag))
            return problems
    if open_tags:
        problems.append(said("标签 %(tag)s 没有结束", tag=open_tags[-1]))
    return problems
