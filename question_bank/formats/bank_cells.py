"""How one item stands in the cells of the bank's own sheet, exactly enough to come back the same.

Public: the pairs of a writer and its reader: `write_blanks`/`read_blanks` and so on.

Each value is written as people write it; where that would not read back the same, it is written as
JSON, which its reader knows by the opening bracket. Readers raise `CellProblem`.
"""

import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from question_bank.formats.cells import LETTERS, CellProblem
from question_bank.formats.citations import find_citations
from question_bank.item import Citation, Part, PartType, number_json
from question_bank.laws import load_register
from question_bank.terms import Tier
from question_bank.words import said

Json = Any
_RUBRIC_LINE = re.compile(r"^【([0-9]+(?:\.[0-9]+)?)分】", re.MULTILINE)
_CODED_CITATION = re.compile(
    r"([a-z0-9][a-z0-9-]{0,79}):([1-9][0-9]*(?:-[1-9][0-9]*)?)(?:第([1-9][0-9]?)款)?(?:第([1-9][0-9]?)项)?"
)
TRUTH = {True: "正确", False: "错误"}


def _exact(value: Json, plain: str, read: Callable[[str], Json]) -> str:
    """Return `plain` if it reads back as `value`, else `value` as JSON."""
    try:
        if read(plain) == value:
            return plain
    except CellProblem:
        pass
    return json.dumps(value, ensure_ascii=False)


def _from_json(text: str) -> list[Any] | None:
    """Return the list that a cell holds as JSON; None if it does not look like one."""
    if not text.startswith(("[[", '["')):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


def write_blanks(key: Sequence[Sequence[str]]) -> str:
    """Return the accepted spellings of each blank: blanks apart by **, spellings by |."""
    plain = "**".join("|".join(spellings) for spellings in key)
    return _exact([list(spellings) for spellings in key], plain, read_blanks)


def read_blanks(text: str) -> list[list[str]]:
    """Return the accepted spellings of each blank."""
    found = _from_json(text)
    if found is not None:
        return found
    return [[s.strip() for s in blank.split("|") if s.strip()] for blank in text.split("**")]


def write_rubric(part: Part) -> str:
    """Return the scoring points, each begun by its points: 【3分】…"""
    rubric = [[number_json(point.points), point.text] for point in part.rubric]
    return _exact(rubric, "\n".join(f"【{points}分】{text}" for points, text in rubric), _rubric_pairs)


def read_rubric(text: str) -> list[dict[str, Json]]:
    """Return the scoring points as an item's JSON has them."""
    return [{"points": points, "text": words} for points, words in _rubric_pairs(text)]


def _rubric_pairs(text: str) -> list[list[Json]]:
    found = _from_json(text)
    if found is not None:
        if not all(isinstance(pair, list) and len(pair) == 2 for pair in found):
            raise CellProblem(said("评分要点的写法无法识别，请每行一点，写作 【3分】要点"))
        return found
    starts = list(_RUBRIC_LINE.finditer(text))
    if not starts or starts[0].start():
        raise CellProblem(said("评分要点请每行一点，写作 【3分】要点"))
    ends = [match.start() - 1 for match in starts[1:]] + [len(text)]
    return [
        [number_json(Decimal(match[1])), text[match.end() : end]]
        for match, end in zip(starts, ends, strict=True)
    ]


def write_citations(citations: Sequence[Citation]) -> str:
    """Return the citations a line each: 《title》第…条, or code:number where the title is not enough."""
    register = load_register()
    named = "\n".join(
        f"《{register[c.law].short_title}》{_article_words(c.article)}{_within(c)}"
        if c.law in register
        else "?"
        for c in citations
    )
    if find_citations(named, register)[0] == list(citations) and "?" not in named:
        return named
    return "\n".join(f"{c.law}:{c.article}{_within(c)}" for c in citations)


def _article_words(article: str) -> str:
    number, _, sub = article.partition("-")
    return f"第{number}条之{sub}" if sub else f"第{number}条"


def _within(citation: Citation) -> str:
    paragraph = f"第{citation.paragraph}款" if citation.paragraph else ""
    return paragraph + (f"第{citation.item}项" if citation.item else "")


def _coded(match: re.Match[str]) -> Citation:
    paragraph, item = (int(number) if number else None for number in match.group(3, 4))
    return Citation(match[1], match[2], paragraph, item)


def read_citations(text: str) -> list[dict[str, Any]]:
    """Return the citations; nothing that was written is passed over."""
    citations: list[Citation] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        coded = _CODED_CITATION.fullmatch(line)
        found, unknown = ([_coded(coded)], []) if coded else find_citations(line, load_register())
        if unknown:
            raise CellProblem(said("法规库中没有《%(title)s》", title=unknown[0]))
        if not found:
            raise CellProblem(said("没有识别出条文“%(text)s”，请写作《法规名称》第×条", text=line[:40]))
        citations += found
    return [citation.to_json() for citation in citations]


def write_tiers(tiers: Sequence[Tier]) -> str:
    """Return the tiers in their order."""
    return "、".join(tier.label for tier in tiers)


def read_tiers(text: str) -> list[str]:
    """Return the tiers in the order in which they are written."""
    by_label = {tier.label: tier.value for tier in Tier}
    names = [name for name in re.split(r"[、，,;；\s]+", text) if name]
    for name in names:
        if name not in by_label:
            raise CellProblem(said("不认识的层级“%(name)s”，请写 初级、中级", name=name))
    return [by_label[name] for name in names]


def write_figures(figures: Sequence[str]) -> str:
    """Return the figures on which an answer turns, apart by ；."""
    return _exact(list(figures), "；".join(figures), read_figures) if figures else ""


def read_figures(text: str) -> list[str]:
    """Return the figures on which an answer turns."""
    found = _from_json(text)
    if found is not None:
        return found
    return [figure.strip() for figure in re.split("[；;\n]", text) if figure.strip()]


def write_option_ids(part: Part) -> str:
    """Return the option ids, where they are not just the letters of the columns."""
    usual = tuple(letter.lower() for letter in LETTERS[: len(part.options)])
    return "" if part.option_ids == usual else " ".join(part.option_ids)


def read_option_ids(text: str, count: int) -> list[str]:
    """Return the ids of `count` options."""
    ids = text.split() or [letter.lower() for letter in LETTERS[:count]]
    if len(ids) != count:
        raise CellProblem(said("选项有 %(n)s 个，选项代码有 %(m)s 个", n=count, m=len(ids)))
    return ids


def read_number(text: str, name: str) -> int | float:
    """Return a number."""
    try:
        number = Decimal(text.removesuffix("分").strip())
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise CellProblem(said("%(name)s“%(text)s”不是数字", name=name, text=text))
    return number_json(number)


def write_key(part: Part) -> str:
    """Return the answer cell of a part."""
    if isinstance(part.key, bool):
        return TRUTH[part.key]
    if part.type is PartType.ESSAY:
        return write_rubric(part)
    if part.type is PartType.FILL_IN and isinstance(part.key, tuple):
        return write_blanks([list(spellings) for spellings in part.key])
    chosen = part.key if isinstance(part.key, tuple) else (part.key,)
    return "".join(
        letter for letter, option in zip(LETTERS, part.option_ids, strict=False) if option in chosen
    )
