"""Rules of the bank room: what is in force, how articles and forms are named. Pure."""

import re
import unicodedata
from datetime import date
from enum import StrEnum

from question_bank.formats.citations import chinese_number
from question_bank.laws import article_key, in_force

_ARTICLE = re.compile(
    r"第?([0-9零〇一二两三四五六七八九十百千]+)条?(?:(?:之|-)([0-9一二三四五六七八九十]+))?"
)


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
