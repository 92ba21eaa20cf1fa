"""Rules of the bank room: what is in force, how articles and forms are named. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from question_bank.formats.citations import chinese_number
from question_bank.laws import article_key, in_force
from question_bank.words import said

_ARTICLE = re.compile(
    r"第?([0-9零〇一二两三四五六七八九十百千]+)条?(?:(?:之|-)([0-9一二三四五六七八九十]+))?"
)
_N = "[0-9零〇一二两三四五六七八九十百千]"
_ASKED = re.compile(
    r"(?P<law>.*?)\s*"
    rf"(?:(?P<article>第(?:{_N} *)+条(?:之{_N}+)?)|(?P<bare>[0-9]{{1,4}}(?:-[0-9]{{1,2}})?)条?)"
    rf"(?: *第?(?P<paragraph>{_N}+)款)?(?: *第?\(?(?P<item>{_N}+)\)?项)?"
)
_ITEM = re.compile(rf"[（(]({_N}+)[）)]")
_WITHIN_ITEM = re.compile(r"[0-9]+[.．、]")
MOST_TERMS = 6


class LawState(StrEnum):
    """What a law version is on a certain day."""

    UPCOMING = "upcoming"
    IN_FORCE = "in_force"
    CEASED = "ceased"


def law_state(effective: date | None, ceased: date | None, day: date) -> LawState:
    """Return whether a version is not yet, is, or is no longer in force on `day`.

    A version without an effective date is never in force.
    """
    if ceased is not None and day >= ceased:
        return LawState.CEASED
    if effective is None or not in_force(effective, ceased, day):
        return LawState.UPCOMING
    return LawState.IN_FORCE


def article_number(text: str) -> str | None:
    """Return the number of an article as citations write it, or None if `text` names none.

    >>> article_number("第一百二十条之一"), article_number("1060"), article_number("第２０条")
    ('120-1', '1060', '20')
    """
    match = _ARTICLE.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    if match is None:
        return None
    try:
        number, sub = chinese_number(match[1]), chinese_number(match[2] or "0")
    except ValueError:
        return None
    return article_key(number, sub) if number else None


class AskedArticle(NamedTuple):
    """What somebody looks for who names an article: words of the law's title, may be none, and its number.

    `place` is the paragraph or item within it, as `places` calls it, or empty.
    """

    law: str
    number: str
    place: str = ""


class Place(NamedTuple):
    """A line of an article; `name` is "p2" for 第二款, "p2-1" for its 第一项, "" for what is neither."""

    name: str
    paragraph: int
    is_item: bool
    text: str


def places(text: str) -> list[Place]:
    r"""Return the lines of an article with their places: （一） is an item, any other line a paragraph.

    >>> [place.name for place in places("甲：\n（一）乙；\n（二）丙。\n丁。")]
    ['p1', 'p1-1', 'p1-2', 'p2']
    """
    found: list[Place] = []
    names: set[str] = set()
    paragraph = 0
    for line in filter(None, map(str.strip, text.splitlines())):
        item = _ITEM.match(line)
        is_within = bool(found and found[-1].is_item and _WITHIN_ITEM.match(line))
        is_item = bool(item and paragraph) or is_within
        paragraph += 0 if is_item else 1
        name = f"p{paragraph}"
        if is_item:
            name = f"p{paragraph}-{_count(item[1])}" if item else ""
        found.append(Place("" if name in names else name, paragraph, is_item, line))
        names.add(name)
    return found


def place_of(text: str, paragraph: int | None, item: int | None) -> str | None:
    r"""Return the name of the place that a citation within an article means; None if the text has none.

    An item without its paragraph is the first of that number.

    >>> place_of("甲：\n（一）乙；\n（二）丙。\n丁。", None, 2), place_of("甲。", 2, None)
    ('p1-2', None)
    """
    wanted = f"p{paragraph}-{item}" if paragraph and item else f"p{paragraph}" if paragraph else f"-{item}"
    names = [place.name for place in places(text)]
    if paragraph:
        return wanted if wanted in names else None
    return next((name for name in names if name.endswith(wanted)), None)


def within_words(paragraph: int | None, item: int | None) -> str:
    """Return how a paragraph and an item are called behind an article's number; empty for all of it."""
    if paragraph and item:
        return said("第%(paragraph)s款第%(item)s项", paragraph=paragraph, item=item)
    if paragraph:
        return said("第%(paragraph)s款", paragraph=paragraph)
    return said("第%(item)s项", item=item) if item else ""


def place_number(text: str) -> int | str:
    """Return the number of a paragraph or item as people type it ("2", "（三）"), or else the text itself."""
    flat = "".join(unicodedata.normalize("NFKC", text).split()).strip("第款项()")
    return _count(flat) or text


def _count(numeral: str | None) -> int:
    """Return the number a numeral writes; 0 where there is none, or none that can be read."""
    try:
        return chinese_number(numeral) if numeral else 0
    except ValueError:
        return 0


def asked_article(text: str) -> AskedArticle | None:
    """Return the article that a search names, or None if it is a search for words.

    A bare number counts in digits only and with a law before it: 二十 is a word of the text, 59 a number.

    >>> asked_article("《环境保护法》第五十九条"), asked_article("法典 59")
    (AskedArticle(law='环境保护法', number='59'), AskedArticle(law='法典', number='59'))
    """
    flat = unicodedata.normalize("NFKC", text).strip()
    found = _ASKED.fullmatch(flat)
    if found is None:
        return None
    law = "".join(found["law"].split()).strip("《》")
    number = article_number(found["article"] or found["bare"])
    if not number or not (law or found["article"]):
        return None
    paragraph, item = map(_count, found.group("paragraph", "item"))
    place = f"p{paragraph or 1}" + (f"-{item}" if item else "") if paragraph or item else ""
    return AskedArticle(law, number, place)


def search_terms(text: str) -> list[str]:
    """Return the words that must all be found, at most `MOST_TERMS`."""
    return list(dict.fromkeys(text.split()))[:MOST_TERMS]


def marked(text: str, terms: Iterable[str], length: int = 150) -> list[tuple[bool, str]]:
    """Return the part of `text` around the first hit as pieces, each with whether it is a hit.

    >>> marked("应当立即改正", ["立即"])
    [(False, '应当'), (True, '立即'), (False, '改正')]
    """
    line = re.sub(r"\s+", " ", text).strip()
    pattern = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    first = re.search(pattern, line, re.IGNORECASE) if pattern else None
    start = max(0, first.start() - length // 4) if first and len(line) > length else 0
    part = line[start : start + length]
    pieces = re.split(f"({pattern})", part, flags=re.IGNORECASE) if pattern else [part]
    found = [(position % 2 == 1, piece) for position, piece in enumerate(pieces) if piece]
    if start:
        found.insert(0, (False, "…"))
    if start + length < len(line):
        found.append((False, "…"))
    return found


def form_label(position: int) -> str:
    """Return the label of a blueprint's form by its position from 0: A … Z, AA, AB …"""
    label = ""
    number = position + 1
    while number:
        number, letter = divmod(number - 1, 26)
        label = chr(ord("A") + letter) + label
    return label


def excerpt(text: str, length: int = 120) -> str:
    """Return `text` on one line, cut to `length` characters."""
    # Full-width blanks stay: they are the bracket to be filled in.
    line = re.sub(r"[ \t\r\n]+", " ", text).strip()
    return line if len(line) <= length else line[: length - 1] + "…"
