"""Advice on items beyond what `item_check` demands, and whether their citations still hold.

Public: `lint`, `balance_problems`, `citation_problems`, `figure_problems`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Protocol

from question_bank.item import Item, Part, PartType, Problem
from question_bank.syllabus import Syllabus
from question_bank.terms import MARKED_TYPES
from question_bank.uploads import ENDINGS, taken
from question_bank.words import Words, said

SINGLE_OPTIONS = range(3, 6)
MULTIPLE_OPTIONS = range(4, 7)
LEAST_STEPS = 3
_CATCH_ALL = re.compile(r"以上(都|均|皆|全|说法)|都不(是|对|正确)|均不(是|对|正确)|全部(正确|错误)")
# 不予处罚, 不起诉 and the like are terms, not a second negation.
_DOUBLE_NEGATION = re.compile(
    r"(?:不能|不得|不可|不会|没有|并非|并不|不属于|不是|无不|未必)(?:不(?!予|起诉|服|合格|动产|法|良|当)|没有|未(?!批先建|遂))"
)
_ASKS_FOR_THE_WRONG = re.compile(r"(?:不|没有|未|错误|例外|除外)[^，。；？]{0,10}的(?:是|有|一项)")
_NEGATIVE_OPTION = re.compile(r"(?:不|没有|未|无需|无须|并非)")
MUCH_LONGER, LONGER_BY = 1.5, 6
MUCH_UNLIKE, UNLIKE_BY = 3, 12
MOST_ON_ONE_PLACE, LEAST_TO_JUDGE = 0.4, 20
TRUE_SHARE = (0.35, 0.65)
MOST_ON_ONE_LETTER = 0.8


class Dated(Protocol):
    """A version of an instrument as a register knows it."""

    @property
    def short_title(self) -> str:
        """Its title as one speaks it."""
        ...

    @property
    def superseded_by(self) -> str | None:
        """The id of what took its place."""
        ...

    def in_force_on(self, day: date) -> bool:
        """Return whether it applies on `day`."""
        ...


class Worded(Protocol):
    """The words of an article."""

    @property
    def text(self) -> str:
        """All of them."""
        ...


class WithText(Protocol):
    """A version with its text."""

    def article(self, key: str) -> Worded | None:
        """Return an article by the key that citations use, or None."""
        ...


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
    found += [problem for part in item.parts for problem in _lint_part(part, where)]
    return found + [Problem(where, *advice) for part in item.parts for advice in _given_away(part)]


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
    if part.type in MARKED_TYPES and not part.rubric:
        found.append(Problem(where, "rubric", said("没有评分要点")))
    if part.type is PartType.UPLOAD and not taken(part.accept):
        endings = " ".join(ENDINGS)
        found.append(Problem(where, "accept", said("考场只能收这些类型的文件：%(endings)s", endings=endings)))
    return found + _lengths(part, where) + _negations(part, where)


def _given_away(part: Part) -> Iterator[tuple[str, Words]]:
    """Yield what makes a part of a further type easy without knowing anything: field and advice."""
    key = part.key if isinstance(part.key, tuple) else ()
    if part.type in (PartType.HOTTEXT, PartType.HOTSPOT) and part.options and len(key) == len(part.options):
        yield "key", said("每一处都是答案，全选就对")
    if part.type is PartType.ORDER and len(part.options) < LEAST_STEPS:
        yield "options", said("只有两项可排，不懂也有一半机会排对")
    if part.type is PartType.MATCH and part.most == 1 and len(key) == len(part.options) == len(part.targets):
        yield "targets", said("没有多余的右项，最后一对不用想就能连上")
    if part.type is PartType.GAP_MATCH and part.most == 1 and set(key) == set(part.option_ids):
        yield "options", said("没有多余的词，最后一空不用想就能填")
    if part.type is PartType.SLIDER and part.bounds and part.key in (part.bounds.lower, part.bounds.upper):
        yield "key", said("答案在取值范围的一端，容易猜中")


def _lengths(part: Part, where: str) -> list[Problem]:
    """Return what the lengths of the options give away."""
    lengths = {option.id: len(option.text) for option in part.options}
    if part.type is PartType.SINGLE and isinstance(part.key, str):
        others = max(length for option, length in lengths.items() if option != part.key)
        key = lengths[part.key]
        if key > MUCH_LONGER * others and key - others >= LONGER_BY:
            return [Problem(where, "options", said("正确选项比其他选项长得多，不懂也能猜中"))]
    if part.type in (PartType.SINGLE, PartType.MULTIPLE):
        longest, shortest = max(lengths.values()), min(lengths.values())
        if longest > MUCH_UNLIKE * shortest and longest - shortest >= UNLIKE_BY:
            return [Problem(where, "options", said("各选项长短悬殊，宜写得相近"))]
    return []


def _negations(part: Part, where: str) -> list[Problem]:
    """Return double negations: within the question, or between it and an option."""
    if _DOUBLE_NEGATION.search(part.stem):
        return [Problem(where, "stem", said("题干有双重否定，宜改成肯定的说法"))]
    if _ASKS_FOR_THE_WRONG.search(part.stem) and any(
        _NEGATIVE_OPTION.match(option.text) for option in part.options
    ):
        return [Problem(where, "stem", said("题干问否定，选项又以否定开头，等于双重否定"))]
    return []


def balance_problems(items: Iterable[Item]) -> list[Problem]:
    """Return which key is a good guess over a whole bank: a place, a letter, or “true”.

    Fewer than 20 parts of a type say nothing. Places are those of the bank; papers shuffle options.
    """
    where, keys = said("全部试题"), [(part.type, part.key) for item in items for part in item.parts]
    singles = Counter(key for kind, key in keys if kind is PartType.SINGLE)
    multiples = [key for kind, key in keys if kind is PartType.MULTIPLE and isinstance(key, tuple)]
    letters = Counter(letter for key in multiples for letter in key)
    truths = [key for kind, key in keys if kind is PartType.TRUE_FALSE]
    found = []
    for place, count in singles.items():
        if singles.total() >= LEAST_TO_JUDGE and count > MOST_ON_ONE_PLACE * singles.total():
            message = said(
                "单选题的答案有 %(n)s%% 在 %(place)s", n=_share(count, singles.total()), place=place
            )
            found.append(Problem(where, "key", message))
    for place, count in letters.items():
        if len(multiples) >= LEAST_TO_JUDGE and count > MOST_ON_ONE_LETTER * len(multiples):
            message = said(
                "多选题的答案有 %(n)s%% 含 %(place)s", n=_share(count, len(multiples)), place=place
            )
            found.append(Problem(where, "key", message))
    low, high = TRUE_SHARE
    if len(truths) >= LEAST_TO_JUDGE and not low <= truths.count(True) / len(truths) <= high:
        message = said("判断题有 %(n)s%% 的答案是“正确”", n=_share(truths.count(True), len(truths)))
        found.append(Problem(where, "key", message))
    return found


def _share(count: int, total: int) -> int:
    return round(100 * count / total)


def citation_problems(item: Item, register: Mapping[str, Dated], day: date) -> list[Problem]:
    """Return the citations that an examination on `day` must not rest on.

    Unknown instruments, and versions not in force on that day, unless the item is transitional (新旧衔接).
    Whether an article really exists and says so, only its text can tell: `figure_problems`.
    """
    where = said("试题 %(id)s", id=item.id)
    found = []
    for citation in item.citations:
        law = register.get(citation.law)
        if law is None:
            found.append(Problem(where, "citations", said("法规库中没有 %(law)s", law=citation.law)))
        elif not item.transitional and not law.in_force_on(day):
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


def figure_problems(item: Item, laws: Mapping[str, WithText]) -> list[Problem]:
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
