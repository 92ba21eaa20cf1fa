"""Rules of case-teaching material: what may be submitted, who may decide, how long reading takes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from typing import Final

from question_bank.words import said
from tiejun.errors import Problem

SIGNS_A_MINUTE: Final = 300  # a Chinese reader who thinks along; reading for pleasure is half as slow again
MINUTES_MAX: Final = 90
TITLE_MAX: Final = 120
SUMMARY_MAX: Final = 300
PLACE_MAX: Final = 60
FIELD_MAX: Final = 5_000
BODY_MAX: Final = 200_000
UNITS_MAX: Final = 6
CITATIONS_MAX: Final = 30
FILES_MAX: Final = 20
BODY_LEAST: Final = 100
# No document sets these: they are what this product proposes to reviewers and authors.
REVIEW_WITHIN: Final = timedelta(days=7)
REWORK_WITHIN: Final = timedelta(days=14)


@dataclass(frozen=True)
class Text:
    """What an author has written, in the form in which it is stored: `words` is `body` without tags."""

    title: str
    summary: str = ""
    body: str = ""
    words: str = ""
    medium: str = ""
    place: str = ""
    decision: str = ""
    points: str = ""
    questions: str = ""
    minutes: int | None = None
    units: Sequence[str] = field(default_factory=tuple)
    citations: Sequence[tuple[str, str]] = field(default_factory=tuple)
    is_local: bool = False
    is_anonymous: bool = False


def reading_minutes(*texts: str) -> int:
    """Return the minutes that reading `texts` takes, from 1 to `MINUTES_MAX`.

    >>> reading_minutes("字" * 300), reading_minutes("字" * 301), reading_minutes("")
    (1, 2, 1)
    """
    signs = sum(not sign.isspace() for text in texts for sign in text)
    return min(max(1, ceil(signs / SIGNS_A_MINUTE)), MINUTES_MAX)


def may_decide(author_id: int | None, reviewer_id: int | None, exchanged_by: int | None = None) -> bool:
    """Return whether this account may decide on a version: who neither wrote it nor exchanged its law."""
    return reviewer_id is not None and reviewer_id not in (author_id, exchanged_by)


def exchange_refusal(state: str, *, is_own: bool, has_author: bool, number: int, by: str) -> str | None:
    """Return why no citation of a case can be exchanged out of the queue, or None.

    What its author is writing is not handed in for them; what they handed in is not changed under its reader.

    Args:
        state: of its latest version.
        is_own: whether this version came about by an exchange of the same person.
        has_author: whether somebody can write at it.
        number: of the latest version.
        by: who works at it.
    """
    if state == "published" or (is_own and state == "in_review"):
        return None
    if state != "in_review" and not has_author:
        return None
    if state == "in_review":
        return said("第 %(n)s 版（%(by)s）正在等第二人审核，之后才能再改引。", n=number, by=by)
    return said("第 %(n)s 版草稿正由%(by)s修改，请在那里改引，或等它公布。", n=number, by=by)


def storage_problems(text: Text) -> list[Problem]:
    """Return why a draft cannot even be stored: it may be unfinished, but not without measure."""
    found = [] if text.title else [Problem(said("案例"), "title", said("请填写标题。"))]
    for name, most in _LONGEST.items():
        if len(getattr(text, name)) > most:
            found.append(Problem(said("案例"), name, said("最多 %(most)s 个字符。", most=most)))
    if len(text.units) > UNITS_MAX:
        found.append(Problem(said("案例"), "units", said("最多归入 %(most)s 个单元。", most=UNITS_MAX)))
    if len(text.citations) > CITATIONS_MAX:
        found.append(Problem(said("案例"), "citations", said("最多引用 %(most)s 条。", most=CITATIONS_MAX)))
    if text.minutes is not None and not 1 <= text.minutes <= MINUTES_MAX:
        found.append(
            Problem(
                said("案例"),
                "minutes",
                said("应为 1 至 %(most)s 的整数，留空则按字数估算。", most=MINUTES_MAX),
            )
        )
    return found


_LONGEST: Final = {
    "title": TITLE_MAX,
    "summary": SUMMARY_MAX,
    "body": BODY_MAX,
    "place": PLACE_MAX,
    "decision": FIELD_MAX,
    "points": FIELD_MAX,
    "questions": FIELD_MAX,
}


def submission_problems(text: Text) -> list[Problem]:
    """Return what is missing before a reviewer is asked."""
    found = []
    if not text.summary:
        found.append(Problem(said("案例"), "summary", said("请用两三句话写明案情，列表和检索都用它。")))
    if len(text.words) < BODY_LEAST:
        found.append(Problem(said("案例"), "body", said("正文至少 %(least)s 个字。", least=BODY_LEAST)))
    if not text.units:
        found.append(Problem(said("案例"), "units", said("请归入至少一个大纲单元。")))
    if not text.citations:
        found.append(Problem(said("案例"), "citations", said("请引用至少一条法律依据。")))
    if not text.is_anonymous:
        found.append(Problem(said("案例"), "is_anonymous", said("提交审核前，请确认材料已脱密脱敏。")))
    return found


def review_due(submitted_on: date) -> date:
    """Return the day by which a reviewer should have decided."""
    return submitted_on + REVIEW_WITHIN


def rework_due(returned_on: date) -> date:
    """Return the day by which an author should have reworked what came back."""
    return returned_on + REWORK_WITHIN
