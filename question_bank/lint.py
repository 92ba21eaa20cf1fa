"""Advice on items beyond what `item_check` demands, and whether their citations still hold.

Public: `lint`, `citation_problems`, `figure_problems`.
"""

import re
from collections.abc import Mapping
from datetime import date

from question_bank.item import Item, Part, PartType, Problem
from question_bank.laws import Instrument, LawVersion
from question_bank.syllabus import Syllabus
from question_bank.words import said

SINGLE_OPTIONS = range(3, 6)
MULTIPLE_OPTIONS = range(4, 7)
_CATCH_ALL = re.compile(r"以上(都|均|皆|全|说法)|都不(是|对|正确)|均不(是|对|正确)|全部(正确|错误)")


def lint(item: Item, syllabus: Syllabus) -> list[Problem]:
    """Return what an editor should look at; an empty list is a good sign, not a proof."""
    where = said("试题 %(id)s", id=item.id)
    found = []
    if item.unit is None:
        found.append(Problem(where, "unit", said("没有归入大纲单元，不能用于按模块组卷")))
    elif syllabus.unit(item.unit) is None:
        found.append(Problem(where, "unit", said("大纲中没有单元 %(unit)s", unit=item.unit)))
    if not item.rationale.strip():
        found.append(Problem(where, "rationale", said("没有解析")))
    if not item.citations:
        found.append(Problem(where, "citations", said("没有依据")))
    return found + [problem for part in item.parts for problem in _lint_part(part, where)]


def _lint_part(part: Part, where: str) -> list[Problem]:
    found = []
    if part.type is PartType.SINGLE and len(part.options) not in SINGLE_OPTIONS:
        found.append(Problem(where, "options", said("单选题以 4 个选项为宜（3 到 5 个）")))
    if part.type is PartType.MULTIPLE:
        if len(part.options) not in MULTIPLE_OPTIONS:
            found.append(Problem(where, "options", said("多选题以 4 到 6 个选项为宜")))
        if isinstance(part.key, tuple) and len(part.key) < 2:
            found.append(Problem(where, "key", said("多选题只有一个正确选项")))
    if any(_CATCH_ALL.search(option.text) for option in part.options):
        found.append(Problem(where, "options", said("不宜使用“以上都是”之类的选项：选项顺序每卷不同")))
    if part.type is PartType.ESSAY and not part.rubric:
        found.append(Problem(where, "rubric", said("没有评分要点")))
    return found


def citation_problems(item: Item, register: Mapping[str, Instrument], day: date) -> list[Problem]:
    """Return the citations that an examination on `day` must not rest on.

    Unknown instruments, versions not in force on that day, and numbers beyond the last article.
    Whether an article really exists and says so, only its text can tell: `figure_problems`.
    """
    where = said("试题 %(id)s", id=item.id)
    found = []
    for citation in item.citations:
        law = register.get(citation.law)
        if law is None:
            found.append(Problem(where, "citations", said("法规库中没有 %(law)s", law=citation.law)))
        elif not law.in_force_on(day):
            successor = (
                said("，已由 %(superseded_by)s 代替", superseded_by=law.superseded_by)
                if law.superseded_by
                else ""
            )
            found.append(
                Problem(
                    where,
                    "citations",
                    said(
                        "《%(short_title)s》在 %(isoformat)s 不是有效文本%(successor)s",
                        short_title=law.short_title,
                        isoformat=day.isoformat(),
                        successor=successor,
                    ),
                )
            )
    return found


def figure_problems(item: Item, laws: Mapping[str, LawVersion]) -> list[Problem]:
    """Return the cited articles that do not exist, and the figures that no cited article states verbatim.

    Args:
        laws: texts by instrument id, at least of all instruments the item cites.
    """
    where = said("试题 %(id)s", id=item.id)
    found, texts = [], []
    for citation in item.citations:
        law = laws.get(citation.law)
        article = law.article(citation.article) if law else None
        if article is None:
            found.append(
                Problem(
                    where,
                    "citations",
                    said("%(law)s 没有第 %(article)s 条的条文", law=citation.law, article=citation.article),
                )
            )
        else:
            texts.append(article.text)
    for figure in item.figures:
        if not any(figure in text for text in texts):
            found.append(Problem(where, "figures", said("所引条文中没有「%(figure)s」", figure=figure)))
    return found
