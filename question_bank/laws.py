"""Legal instruments: the register of versions, the articles of one version, and what is in force when.

Public: `load_register`, `Instrument`, `parse_law`, `LawVersion`, `Article`, `LawError`, `in_force`.

An item cites an article of a *version*; a revision is a new version with its own id. The register
holds facts only (titles, numbers, dates); texts are brought in by each installation.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, TypeGuard

from question_bank.terms import Problem, ProblemsError, is_storable
from question_bank.words import said

PREFIX = "中华人民共和国"
REQUIRED = ("id", "title", "kind", "adopted", "effective")
KINDS = ("法律", "行政法规", "司法解释", "部门规章", "规范性文件", "地方性法规", "地方政府规章")
CHANGE_TYPES = ("制定", "修订", "修正")
PLACES = ("part", "subpart", "chapter", "section")
# Addresses are made of it, and "search" is none: at least one hyphen; "five-years" is another page's.
LAW_ID = re.compile(r"(?!five-years$)[a-z0-9]+(?:-[a-z0-9]+)+")
ENVIRONMENT = frozenset(
    {
        "air",
        "auto-monitoring",
        "basin",
        "clean-production",
        "code",
        "disclosure",
        "eco-damage",
        "ecology",
        "eia",
        "low-carbon",
        "marine",
        "monitoring",
        "noise",
        "permit",
        "radiation",
        "soil",
        "solid-waste",
        "tax",
        "water",
    }
)
"""Topics of the register that are of the ecological environment."""
LARGEST = 9999  # number of an article
LONGEST = {
    "id": 80,
    "title": 200,
    "kind": 20,
    "tier": 20,
    "change_type": 20,
    "doc_no": 80,
    "superseded_by": 80,
}


class LawError(ProblemsError):
    """A law file is incomplete or contradicts itself."""


def in_force(effective: date, ceased: date | None, day: date) -> bool:
    """Return whether a version applies on `day`: from its first day on, until the day before it ceases."""
    return effective <= day and (ceased is None or day < ceased)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of one instrument, by its metadata; `article_count` counts articles, 第X条之N included."""

    id: str
    title: str
    kind: str
    tier: str
    topics: tuple[str, ...]
    adopted: date
    effective: date
    ceased: date | None
    superseded_by: str | None
    status: str
    change_type: str
    doc_no: str | None
    article_count: int

    @property
    def short_title(self) -> str:
        """Return the title as one speaks it, without 中华人民共和国."""
        return self.title.removeprefix(PREFIX)

    def in_force_on(self, day: date) -> bool:
        """Return whether this version applies on `day`."""
        return in_force(self.effective, self.ceased, day)


@dataclass(frozen=True, slots=True)
class Article:
    """One article; `sub` is N of 第X条之N, else 0; paragraphs of `text` are separated by newlines."""

    number: int
    sub: int
    label: str
    path: tuple[str, ...]
    text: str

    @property
    def key(self) -> str:
        """Return the key that citations use: "120" or "120-1"."""
        return article_key(self.number, self.sub)


@dataclass(frozen=True, slots=True)
class LawVersion:
    """One version with its text; `supersedes` has the ids of the versions that end on its first day."""

    instrument: Instrument
    articles: tuple[Article, ...]
    supersedes: tuple[str, ...] = ()

    def article(self, key: str) -> Article | None:
        """Return the article of that key, or None."""
        return next((article for article in self.articles if article.key == key), None)


def article_key(number: int, sub: int = 0) -> str:
    """Return the key of 第`number`条, or 第`number`条之`sub`."""
    return f"{number}-{sub}" if sub else str(number)


def follows(number: tuple[int, int], previous: tuple[int, int]) -> bool:
    """Return whether the article `number` (with its 之) may stand right after `previous`, without a gap."""
    return number in ((previous[0] + 1, 0), (previous[0], previous[1] + 1))


@cache
def load_register() -> Mapping[str, Instrument]:
    """Return the shipped register: instrument id -> metadata, as known on the day of its `as_of` entry."""
    content = resources.files("question_bank").joinpath("data/laws.json").read_bytes()
    rows = json.loads(content)["laws"]
    return {row["id"]: _instrument(row, row["articles"]) for row in rows}


def is_environmental(law_id: str, title: str) -> bool:
    """Return whether a version is on the ecological environment, by its topics in the register or its title.

    Of a version that the shipped register does not know nothing is known: True, a person must say no.
    """
    known = load_register().get(law_id)
    return known is None or bool(ENVIRONMENT & set(known.topics)) or "生态环境" in title


def _instrument(data: Mapping[str, Any], article_count: int) -> Instrument:
    ceased = data.get("ceased")
    return Instrument(
        id=data["id"],
        title=data["title"],
        kind=data["kind"],
        tier=data.get("tier") or "ref",
        topics=tuple(data.get("topics") or ()),
        adopted=date.fromisoformat(data["adopted"]),
        effective=date.fromisoformat(data["effective"]),
        ceased=date.fromisoformat(ceased) if ceased else None,
        superseded_by=data.get("superseded_by"),
        status=data.get("status") or (data.get("status_as_of") or {}).get("status") or "",
        change_type=data.get("change_type") or "",
        doc_no=data.get("doc_no"),
        article_count=article_count,
    )


def parse_law(content: bytes, source_name: str) -> LawVersion:
    """Read the JSON of one law version.

    Args:
        source_name: name of the file, for messages only.

    Raises:
        LawError: with every fault: not JSON, missing fields, impossible dates, article numbers that
            repeat, go backwards or leave a gap, articles without text. Nothing is repaired. The first
            article may have any number: the registered part of a code begins where it begins. A file
            without articles says so by `"registered_only": true`: the version is registered, its text is
            not there yet (正文缺).
    """
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise LawError([Problem(source_name, "", said("不是有效的 JSON 文件（应为 UTF-8 编码）"))]) from error
    if not is_storable(data):
        raise LawError([Problem(source_name, "", said("含有不能保存的字符（NUL 或不成对的代理字符）"))])
    problems = _head_problems(data, source_name)
    if not problems:
        problems = _article_problems(data.get("articles") or [], source_name)
    if problems:
        raise LawError(problems)
    articles = tuple(_article(article) for article in data.get("articles") or ())
    return LawVersion(_instrument(data, len(articles)), articles, tuple(data.get("supersedes") or ()))


def _head_problems(data: object, where: str) -> list[Problem]:
    if not isinstance(data, dict):
        return [Problem(where, "", said("应为 JSON 对象"))]
    problems = [Problem(where, name, said("缺少这个字段")) for name in REQUIRED if not data.get(name)]
    is_bare = data.get("registered_only") is True
    if is_bare == bool(data.get("articles")):
        message = said("只登记的法规没有条文") if is_bare else said("缺少这个字段")
        problems.append(Problem(where, "articles", message))
    for name, longest in LONGEST.items():
        if data.get(name) and not isinstance(data[name], str):
            problems.append(Problem(where, name, said("应为文字")))
        elif len(data.get(name) or "") > longest:
            problems.append(Problem(where, name, said("最多 %(n)s 个字", n=longest)))
    if isinstance(data.get("id"), str) and data["id"] and not LAW_ID.fullmatch(data["id"]):
        words = said("应为小写字母和数字，中间用连字符，如 water-law-2017")
        problems.append(Problem(where, "id", words))
    for name in ("articles", "supersedes"):
        if data.get(name) and not isinstance(data[name], list):
            problems.append(Problem(where, name, said("应为列表")))
        elif name == "supersedes" and not all(isinstance(one, str) for one in data.get(name) or ()):
            problems.append(Problem(where, name, said("应为文字")))
    return problems + _day_problems(data, where)


def _day_problems(data: dict[str, Any], where: str) -> list[Problem]:
    problems = []
    days: dict[str, date] = {}
    for name in ("adopted", "effective", "ceased"):
        if data.get(name):
            try:
                days[name] = date.fromisoformat(data[name])
            except (TypeError, ValueError):
                problems.append(Problem(where, name, said("日期不正确：%(data)s", data=data[name])))
    if "effective" in days and "ceased" in days and days["ceased"] <= days["effective"]:
        problems.append(Problem(where, "ceased", said("失效日期应晚于施行日期")))
    return problems


def _article_problems(articles: list[Any], where: str) -> list[Problem]:
    problems = []
    previous = (0, 0)
    for position, article in enumerate(articles, start=1):
        here = said("%(where)s 第 %(position)s 个条文", where=where, position=position)
        if not isinstance(article, dict):
            problems.append(Problem(here, "articles", said("应为对象")))
            continue
        number, sub = article.get("number"), article.get("sub") or 0
        if not _is_count(number, 1) or not _is_count(sub, 0):
            problems.append(Problem(here, "number", said("条号应为正整数")))
            continue
        wrong = _number_problem((number, sub), previous) if position > 1 else None
        if wrong:
            problems.append(Problem(here, "number", wrong))
        previous = max(previous, (number, sub))
        if not isinstance(article.get("text"), str) or not article["text"].strip():
            words = said("第 %(number)s 条没有条文", number=article_key(number, sub))
            problems.append(Problem(here, "text", words))
        if not _is_short(article.get("label"), 40) or not all(_is_short(article.get(p), 80) for p in PLACES):
            problems.append(Problem(here, "label", said("条号和编章节名称应为不长的文字")))
    return problems


def _is_short(value: object, longest: int) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= longest)


def _number_problem(number: tuple[int, int], previous: tuple[int, int]) -> str | None:
    key, before = article_key(*number), article_key(*previous)
    if number == previous:
        return said("条号 %(number)s 重复", number=key)
    if number < previous:
        return said("条号 %(number)s 排在 %(value)s 之后", number=key, value=before)
    return None if follows(number, previous) else said("条号 %(value)s 之后缺条", value=before)


def _is_count(value: object, least: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= LARGEST


def _article(data: Mapping[str, Any]) -> Article:
    number, sub = data["number"], data.get("sub") or 0
    return Article(
        number=number,
        sub=sub,
        label=data.get("label") or f"第{number}条" + (f"之{sub}" if sub else ""),
        path=tuple(data[place] for place in PLACES if data.get(place)),
        text=data["text"],
    )
