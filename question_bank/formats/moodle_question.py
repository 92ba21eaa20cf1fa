"""One `<question>` of a Moodle XML file on its way to an item.

Public: `Question`, `Answer`, `QuestionRefused`, `told`, `number_in`.

What becomes of it is told in `moodle_parts`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from question_bank.formats.moodle_files import Images
from question_bank.formats.plain import plain_text
from question_bank.markup import without_images
from question_bank.words import Words, said

Json = dict[str, Any]
FULL = Decimal(100)
NO_RUBRIC = said("原题没有评分要点，请在阅卷前补写。")
_FIGURES = (-15, 12)
"""Between what powers of ten a number lies that makes sense; others fill the memory once written out."""
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")


class QuestionRefused(ValueError):
    """The question becomes no item; `field` is what of it, the message says why."""

    def __init__(self, field: str, message: Words) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its text, what share of the points it earns (per cent), and what is said about it."""

    text: str
    fraction: Decimal
    feedback: str


@dataclass(slots=True)
class Question:
    """A question element with the images of its file, and what is noted while it is read."""

    element: etree._Element
    images: Images
    bounds: Mapping[str, Any] | None = None
    """Between what numbers our own export says the answer lies, for which Moodle has no word."""
    warnings: list[tuple[str, str]] = field(default_factory=list)

    @property
    def type(self) -> str:
        """Return Moodle's word for the type."""
        return (self.element.get("type") or "").strip()

    @property
    def name(self) -> str:
        """Return the name people gave it."""
        return self.raw("name/text")[:60]

    def raw(self, path: str) -> str:
        """Return the text of the first element at `path` as it stands."""
        return (self.element.findtext(path) or "").strip()

    def read(self, holder: etree._Element | None, column: str) -> str:
        """Return the text of an element with `<text>` and `format`, as plain text with image marks.

        Raises:
            QuestionRefused: if it holds what we cannot show.
        """
        if holder is None:
            return ""
        kind = (holder.get("format") or "html").strip()
        return self.plain(holder, holder.findtext("text") or "", kind, column)

    def plain(self, holder: etree._Element, text: str, kind: str, column: str) -> str:
        """Return a text of `holder` that is of some format of Moodle, as plain text with image marks.

        Raises:
            QuestionRefused: if it holds what we cannot show.
        """
        if kind in ("plain_text", "plain") or (kind != "html" and not _MARKUP.search(text)):
            if kind == "markdown" and text.strip():
                self.warn(column, said("Markdown 按普通文字读取，请核对"))
            return text.strip()
        found = plain_text(text, lambda source, shows: self.images.mark(holder, source, shows))
        if found.faults:
            raise QuestionRefused(column, _sentence(found.faults[0]))
        for note in found.notes:
            self.warn(column, note)
        return found.text

    def answers(self) -> list[Answer]:
        """Return the answers in their order."""
        found = []
        for holder in self.element.findall("answer"):
            share = holder.get("fraction") or "0"
            fraction = number_in(share, said("答案"), said("答案的得分比例"))
            text = self.read(holder, said("选项"))
            found.append(Answer(text, fraction, self.read(holder.find("feedback"), said("解析"))))
        return found

    def warn(self, column: str, message: str) -> None:
        """Note what a person should look at."""
        if (column, message) not in self.warnings:
            self.warnings.append((column, message))


def _sentence(text: str) -> Words:
    return text if isinstance(text, Words) else said("%(text)s", text=text)


def told(answers: Iterable[Answer]) -> list[str]:
    """Return what is said about answers, each with its own text before it."""
    return [
        f"“{without_images(answer.text)}”：{answer.feedback}" if answer.text else answer.feedback
        for answer in answers
        if answer.feedback
    ]


def number_in(text: str, column: str, name: str) -> Decimal:
    """Return a number of a usual size.

    Raises:
        QuestionRefused: if it is none; `name` says what it should be.
    """
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("NaN")
    least, most = _FIGURES
    if not found.is_finite() or not (found.is_zero() or least <= found.adjusted() <= most):
        raise QuestionRefused(column, said("%(name)s“%(text)s”不是数字", name=name, text=text.strip()[:60]))
    return found
