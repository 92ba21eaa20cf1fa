"""Legal instruments: the register of versions, the articles of one version, and what is in force when.

Public: `load_register`, `Instrument`, `parse_law`, `LawVersion`, `Article`, `LawError`, `in_force`.

An item cites an article of a *version*; a revision is a new version with its own id. The register
holds facts only (titles, numbers, dates); texts are brought in by each installation.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, TypeGuard

from question_bank.terms import Problem, ProblemsError
from question_bank.words import said

PREFIX = "中华人民共和国"
REQUIRED = ("id", "title", "kind", "adopted", "effective", "articles")
PLACES = ("part", "subpart", "chapter", "section")


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
    """One version with its text."""

    instrument: Instrument
    articles: tuple[Article, ...]

    def article(self, key: str) -> Article | None:
        """Return the article of that key, or None."""
        return next((article for article in self.articles if article.key == key), None)


def article_key(number: int, sub: int = 0) -> str:
    """Return the key of 第`number`条, or 第`number`条之`sub`."""
    return f"{number}-{sub}" if sub else str(number)


@cache
def load_register() -> Mapping[str, Instrument]:
    """Return the shipped register: instrument id -> metadata, as known on the day of its `as_of` entry."""
    content = resources.files("question_bank").joinpath("data/laws.json").read_bytes()
    rows = json.loads(content)["laws"]
    return {row["id"]: _instrument(row, row["articles"]) for row in rows}


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
            repeat or go backwards, articles without text. Nothing is repaired.
    """
    try:
        data = json.loads(content)
    except (UnicodeDecodeError, ValueError) as error:
        raise LawError([Problem(source_name, "", said("不是有效的 JSON 文件（应为 UTF-8 编码）"))]) from error
    problems = _head_problems(data, source_name)
    if not problems:
        problems = _article_problems(data["articles"], source_name)
    if problems:
        raise LawError(problems)
    articles = tuple(_article(article) for article in data["articles"])
    return LawVersion(_instrument(data, len(articles)), articles)


def _head_problems(data: object, where: str) -> list[Problem]:
    if not isinstance(data, dict):
        return [Problem(where, "", said("应为 JSON 对象"))]
    problems = [Problem(where, name, said("缺少这个字段")) for name in REQUIRED if not data.get(name)]
    for name in ("id", "title", "kind"):
        if data.get(name) and not isinstance(data[name], str):
            problems.append(Problem(where, name, said("应为文字")))
    if data.get("articles") and not isinstance(data["articles"], list):
        problems.append(Problem(where, "articles", said("应为列表")))
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
        if (number, sub) == previous:
            problems.append(
                Problem(here, "number", said("条号 %(number)s 重复", number=article_key(number, sub)))
            )
        elif (number, sub) < previous:
            problems.append(
                Problem(
                    here,
                    "number",
                    said(
                        "条号 %(number)s 排在 %(value)s 之后",
                        number=article_key(number, sub),
                        value=article_key(*previous),
                    ),
                )
            )
        previous = max(previous, (number, sub))
        if not isinstance(article.get("text"), str) or not article["text"].strip():
            problems.append(
                Problem(here, "text", said("第 %(number)s 条没有条文", number=article_key(number, sub)))
            )
    return problems


def _is_count(value: object, least: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _article(data: Mapping[str, Any]) -> Article:
    number, sub = data["number"], data.get("sub") or 0
    return Article(
        number=number,
        sub=sub,
        label=data.get("label") or f"第{number}条" + (f"之{sub}" if sub else ""),
        path=tuple(data[place] for place in PLACES if data.get(place)),
        text=data["text"],
    )
