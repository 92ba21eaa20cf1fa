"""The small HTML a case's material may use, checked so strictly that it needs no further cleaning."""

import re

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
    problems = []
    if "<" in _TAG.sub("", html):
        problems.append("材料只能使用 p、strong、em、ul、ol、li、table 等标签，小于号请写作 &lt;")
    open_tags: list[str] = []
    for match in _TAG.finditer(html):
        closing, tag, attributes = match.groups()
        if closing and attributes:
            problems.append(f"结束标签 {tag} 不能带属性")
        if tag in VOID:
            continue
        if not closing:
            open_tags.append(tag)
        elif not open_tags or open_tags.pop() != tag:
            problems.append(f"标签 {tag} 没有正确配对")
            return problems
    if open_tags:
        problems.append(f"标签 {open_tags[-1]} 没有结束")
    return problems
