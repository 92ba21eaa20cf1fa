"""The text of a law as people paste it: 第X条 with its paragraphs, under 编, 分编, 章 and 节.

Public: `parse_pasted`, `PastedText`.

A line that opens with 第X条 and a blank begins an article; each further line is a paragraph of it. What a
page brings along (title, preamble, 目录, page numbers, appendix) is left out, and said so. Numbering that has
a gap or a double is refused with its line: a missing article is a slip of the hand far more often than a
feature of the law.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from question_bank.formats.citations import chinese_number
from question_bank.laws import Article, LawError, follows
from question_bank.terms import UNSTORABLE, Problem
from question_bank.words import said

LEVELS = {"编": 0, "分编": 1, "章": 2, "节": 3}
LONGEST_HEADING = 40
_N = "[0-9０-９零〇一二两三四五六七八九十百千]"
_ARTICLE = re.compile(rf"第\s*({_N}(?:\s*{_N})*)\s*条(?:\s*之\s*({_N}+))?(?P<blank>[\s:：]+|$)?(?P<text>.*)")
_HEADING = re.compile(rf"第\s*({_N}(?:\s*{_N})*)\s*(分编|编|章|节)(\s*)(.*)")
# Headings without 第X章, as judicial interpretations have them: only where an article or heading follows.
_LOOSE = re.compile(r"附\s*则|[一二三四五六七八九十]+、.+")
_CONTENTS = re.compile(r"目\s*[录次]")
_APPENDIX = re.compile(r"附(?:[件录表]\s*[一二三四五六七八九十0-9]*)?\s*(?:[:：].{0,60}|\s.{0,40})?")
_PAGE = re.compile(r"[-—–－·.\s]*(?:第\s*)?\d{1,4}\s*页?(?:\s*[/／,，]?\s*共?\s*\d{1,4}\s*页)?[-—–－·.\s]*")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
# 第五条规定的…, 第五条第二款…, 第五条、第六条…: a line may open by citing an article.
_CITES = tuple("第、，,；;。和或及与至到以中所规之的款项前内外（(》”")
_SENTENCE_ENDS = tuple("。；，、：;,:")
_PARAGRAPH_ENDS = (*_SENTENCE_ENDS, *"！？）)”")


@dataclass(frozen=True, slots=True)
class PastedText:
    """The articles of a pasted text; `notes` say by line what was left out of it."""

    articles: tuple[Article, ...]
    notes: tuple[Problem, ...]


def parse_pasted(text: str, first: int = 1) -> PastedText:
    """Read pasted text.

    Args:
        first: number of the article it must begin with; more than 1 for the registered part of a code.

    Raises:
        LawError: naming each line where the numbering has a gap or a double or an article has no text.
    """
    notes: list[Problem] = []
    lines = list(_lines(text, notes))
    reader = _Reader(first, is_close=_writes_close(lines, first), notes=notes)
    for position, (at, line) in enumerate(lines):
        following = lines[position + 1][1] if position + 1 < len(lines) else ""
        if (
            reader.articles
            and _APPENDIX.fullmatch(line)
            and not any(_opening(later) for _, later in lines[position:])
        ):
            reader.notes.append(_about(at, said("附件从这一行起没有导入")))
            break
        reader.take(at, line, following)
    return reader.result()


@dataclass(frozen=True, slots=True)
class _Opening:
    """A line that opens with 第X条; `is_close` without a blank after it, as a citation would, too."""

    number: tuple[int, int]
    label: str
    text: str
    is_close: bool

    @property
    def cites(self) -> bool:
        return self.is_close and self.text.startswith(_CITES)


@dataclass
class _Open:
    """An article whose paragraphs are being read."""

    at: int
    number: int
    sub: int
    label: str
    path: tuple[str, ...]
    paragraphs: list[tuple[int, str]]


@dataclass
class _Reader:
    """What has been read so far."""

    first: int
    is_close: bool
    articles: list[_Open] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)
    seen: dict[tuple[int, int], int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    before: int = 0
    contents: list[str] | None = None
    untitled: int | None = None

    def take(self, at: int, line: str, following: str) -> None:
        """Read one line; `following` is the next one with content."""
        opening = _opening(line)
        if opening and self._begins(at, opening):
            self._begin(at, opening)
        elif _is_heading(line):
            self._head(line)
        elif self.untitled is not None and _may_be_title(line) and _stands_over(following):
            self.places[self.untitled] += f" {_title(line)}"
            self.untitled = None
        elif _LOOSE.fullmatch(line) and _may_be_title(line) and _stands_over(following):
            self._place(0 if 0 in self.places and line.startswith("附") else LEVELS["章"], _title(line))
        elif self.articles:
            self.articles[-1].paragraphs.append((at, line))
        else:
            self.before += 1
            if _CONTENTS.fullmatch(line):
                self.contents = []

    def _begins(self, at: int, opening: _Opening) -> bool:
        """Return whether it is an article, and not a paragraph that opens by citing one."""
        if not opening.is_close:
            return True
        last = self.articles[-1] if self.articles else None
        is_next = follows(opening.number, (last.number, last.sub) if last else (self.first - 1, 0))
        if self.is_close:
            return is_next or not opening.cites
        if is_next and opening.cites:
            words = said("“%(label)s”之后没有空格，按上一条的文字读入", label=opening.label)
            self.notes.append(_about(at, words))
        return is_next and not opening.cites

    def result(self) -> PastedText:
        """Return the articles, or raise all that is wrong with them."""
        for article in self.articles:
            if not article.paragraphs:
                self.problems.append(_about(article.at, said("“%(label)s”没有条文", label=article.label)))
        if not self.articles:
            words = said("没有找到条文：每一条应另起一行，以“第X条”和一个空格开头")
            self.problems.append(Problem(said("正文"), said("条文"), words))
        if self.problems:
            raise LawError(self.problems)
        if self.before:
            words = said("条文之前的 %(n)s 行（标题、题注、目录等）没有导入", n=self.before)
            self.notes.insert(0, Problem(said("正文"), said("条文"), words))
        self._note_broken_lines()
        return PastedText(tuple(map(_article, self.articles)), tuple(self.notes))

    def _note_broken_lines(self) -> None:
        """Say where a paragraph may have been broken into lines, as text from a PDF is."""
        broken = [
            at
            for article in self.articles
            for at, line in article.paragraphs[:-1]
            if not line.endswith(_PARAGRAPH_ENDS)
        ]
        if broken:
            words = said("%(n)s 行不以标点结尾，可能是一段断成了几行，请核对", n=len(broken))
            self.notes.insert(0, _about(broken[0], words))

    def _begin(self, at: int, opening: _Opening) -> None:
        self._check(at, opening.number, opening.label)
        self.untitled = None
        if not self.articles and self.contents is not None:
            self._forget_contents(self.contents)
        path = tuple(self.places[level] for level in sorted(self.places))
        paragraphs = [(at, opening.text)] if opening.text else []
        self.articles.append(_Open(at, *opening.number, opening.label, path, paragraphs))

    def _forget_contents(self, listed: list[str]) -> None:
        """Drop the headings that only 目录 has: those of the text come a second time."""
        self.places = {
            level: title
            for level, title in self.places.items()
            if not title.startswith("第") or listed.count(title.split(" ")[0]) > 1
        }

    def _check(self, at: int, number: tuple[int, int], label: str) -> None:
        last = self.articles[-1] if self.articles else None
        if number in self.seen:
            words = said("“%(label)s”重复，第 %(line)s 行已有", label=label, line=self.seen[number])
        elif last is None and number != (self.first, 0):
            words = said("应从第 %(n)s 条开始，这里是“%(label)s”", n=self.first, label=label)
        elif last is not None and not follows(number, (last.number, last.sub)):
            words = said("条号不连续：“%(previous)s”之后是“%(label)s”", previous=last.label, label=label)
        else:
            words = None
        if words:
            self.problems.append(_about(at, words))
        self.seen.setdefault(number, at)

    def _head(self, line: str) -> None:
        found = _HEADING.fullmatch(line)
        assert found
        number, level, title = "".join(found[1].split()), found[2], _title(found[4])
        self._place(LEVELS[level], f"第{number}{level} {title}".strip())
        self.untitled = None if title else LEVELS[level]

    def _place(self, level: int, title: str) -> None:
        self.places = {place: words for place, words in self.places.items() if place < level}
        self.places[level] = title
        if self.contents is not None and not self.articles:
            self.contents.append(title.split(" ")[0])


def _lines(text: str, notes: list[Problem]) -> Iterator[tuple[int, str]]:
    """Yield (number, line) of the lines with content; page numbers are noted and passed over."""
    for at, raw in enumerate(UNSTORABLE.sub("", text).splitlines(), start=1):
        line = _INVISIBLE.sub("", raw).strip()
        if not line:
            continue
        if _PAGE.fullmatch(line):
            notes.append(_about(at, said("“%(line)s”是页码，没有导入", line=line)))
        else:
            yield at, line


def _article(read: _Open) -> Article:
    text = "\n".join(line for _at, line in read.paragraphs)
    return Article(read.number, read.sub, read.label, read.path, text)


def _writes_close(lines: list[tuple[int, str]], first: int) -> bool:
    """Return whether this text has no blank after 第X条, as its first article shows."""
    openings = (_opening(line) for _, line in lines)
    return next((found.is_close for found in openings if found and found.number == (first, 0)), False)


def _opening(line: str) -> _Opening | None:
    found = _ARTICLE.match(line)
    if found is None:
        return None
    numeral, sub = (
        unicodedata.normalize("NFKC", "".join((part or "").split())) for part in found.group(1, 2)
    )
    try:
        number = (chinese_number(numeral), chinese_number(sub) if sub else 0)
    except ValueError:
        return None
    label = f"第{numeral}条" + (f"之{sub}" if sub else "")
    return _Opening(number, label, found["text"].strip(), found["blank"] is None)


def _is_heading(line: str) -> bool:
    found = _HEADING.fullmatch(line)
    return bool(found and _may_be_title(line) and (found[3] or not found[4].startswith(_CITES)))


def _may_be_title(line: str) -> bool:
    return len(line) <= LONGEST_HEADING and not line.endswith(_SENTENCE_ENDS)


def _title(text: str) -> str:
    """Return a heading's title; 总　则 is set apart to fill the line."""
    close = "".join(text.split())
    return close if len(close) <= len("监督管理") else text.strip()


def _stands_over(line: str) -> bool:
    """Return whether what precedes `line` may be a heading: an article or a numbered heading follows it."""
    found = _opening(line)
    return bool(found and not found.cites) or _is_heading(line)


def _about(at: int, message: str) -> Problem:
    return Problem(said("第 %(n)s 行", n=at), said("条文"), message)
