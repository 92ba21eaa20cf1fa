"""The small HTML a case's material may use, checked so strictly that it needs no further cleaning."""

import re

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
