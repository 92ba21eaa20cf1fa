"""Moodle's text with questions inside (cloze, multianswer): `{1:SHORTANSWER:=五年~%50%5年#差一点}`.

Public: `cloze`, `CLOZE`.

Only lists make an inline choice, only what is typed makes blanks; both together make a case, of which the
text is the material and each gap a part. Points and shares are Moodle's in every one of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

from question_bank.formats.cells import LETTERS
from question_bank.formats.moodle_question import FULL, Answer, Question, QuestionRefused, number_in, told
from question_bank.formats.moodle_typed import (
    Gap,
    credits_of,
    full_of,
    number_gap,
    texts_until_any,
    typed,
)
from question_bank.formats.written import BY_PLACE
from question_bank.item import PartType, number_json
from question_bank.item_check import MAX_CASE_PARTS
from question_bank.value_shapes import BLANK
from question_bank.words import said

Json = dict[str, Any]
CLOZE = ("cloze", "multianswer")
_START = re.compile(
    r"\{([0-9]{0,4}):((?:NUMERICAL|NM|(?:SHORTANSWER|SA|MW)(?:_?C)?|(?:MULTICHOICE|MC)(?:_?[VH]?S?)"
    r"|(?:MULTIRESPONSE|MR)(?:_?H?S?))):"
)
# Without an opening brace inside, or a file of such beginnings would be read over and over.
EMBEDDED = re.compile(rf"{_START.pattern}((?:[^\\{{}}]|\\.)*)\}}", re.DOTALL)
_NEXT = re.compile(r"(?<!\\)~")
_TOLD = re.compile(r"(?<![\\&])(?<!&amp;)#")
_SHARE = re.compile(r"\s*(?:(=)|%(-?[0-9]+(?:[.,][0-9]*)?)%)")
_ESCAPE = re.compile(r"\\([}#~\"/])")
_HOLE = "\ue000"
"""Stands for a gap while HTML is made text."""


@dataclass(frozen=True, slots=True)
class _Embedded:
    """A gap of the text; one with a list takes what stands in it and nothing else."""

    gap: Gap
    has_list: bool


def cloze(question: Question) -> Json:
    """Return the parts, the material if there are several, and what is told afterwards.

    Raises:
        QuestionRefused: if it cannot be held.
    """
    holder = question.element.find("questiontext")
    raw = question.raw("questiontext/text")
    found = [_embedded(question, match) for match in EMBEDDED.finditer(raw)]
    if holder is None or not found:
        raise QuestionRefused(said("题干"), said("题干中没有嵌入的题"))
    kind = (holder.get("format") or "html").strip()
    stem = question.plain(holder, EMBEDDED.sub(_HOLE, raw), kind, said("题干"))
    if stem.count(_HOLE) != len(found) or BLANK.search(stem) or _START.search(stem):
        raise QuestionRefused(said("题干"), said("题干中除了嵌入的题还有下划线，或有的题写得不完整"))
    gaps = [one.gap for one in found]
    if any(answer.fraction < 0 for gap in gaps for answer in gap.answers):
        question.warn(said("答案"), said("选错倒扣分，但本系统一题的得分不低于 0"))
    notes = told([answer for gap in gaps for answer in gap.answers])
    # Two gaps side by side are two all the same.
    text = re.sub(f"{_HOLE}(?={_HOLE})", f"{_HOLE} ", stem)
    if len({one.has_list for one in found}) > 1:
        return _case(text, found) | {"told": notes}
    part = _choices(gaps) if found[0].has_list else typed("", gaps)
    whole: Json = {"options": [], "rubric": [], "points": full_of(gaps)} | part
    return {"parts": [whole | {"stem": text.replace(_HOLE, "____")}], "stimulus": None, "told": notes}


def _embedded(question: Question, match: re.Match[str]) -> _Embedded:
    kind = match[2]
    if kind.startswith(("MULTIRESPONSE", "MR")):
        raise QuestionRefused(said("题型"), said("文中的多选空（%(type)s）本系统没有", type=kind))
    worth = number_in(match[1] or "1", said("分值"), said("分值"))
    answers = [_answer(question, piece) for piece in _NEXT.split(match[3])]
    if kind.startswith(("MULTICHOICE", "MC")):
        return _Embedded(Gap(worth, answers), has_list=True)
    if kind in ("NUMERICAL", "NM"):
        pairs = [answer.text.partition(":") for answer in answers]
        numbers = [Answer(pair[0], a.fraction, a.feedback) for pair, a in zip(pairs, answers, strict=True)]
        tolerances = [pair[2].replace(",", ".") for pair in pairs]
        return _Embedded(number_gap(worth, numbers, tolerances), has_list=False)
    texts = texts_until_any(answers)
    return _Embedded(Gap(worth, texts, case=kind.endswith("C")), has_list=False)


def _answer(question: Question, piece: str) -> Answer:
    share = _SHARE.match(piece)
    fraction = Decimal(0)
    if share:
        text = "100" if share[1] else share[2].replace(",", ".")
        fraction = number_in(text, said("答案"), said("答案的得分比例"))
        piece = piece[share.end() :]
    text, _, feedback = _split(piece)
    return Answer(_shown(question, text, said("选项")), fraction, _shown(question, feedback, said("解析")))


def _split(piece: str) -> tuple[str, str, str]:
    mark = _TOLD.search(piece)
    return (piece[: mark.start()], "#", piece[mark.end() :]) if mark else (piece, "", "")


def _shown(question: Question, text: str, column: str) -> str:
    """Return a piece of an embedded question, which is HTML whatever the text around it is."""
    holder = question.element.find("questiontext")
    return question.plain(holder, _ESCAPE.sub(r"\1", text), "html", column)


def _key(gap: Gap) -> int:
    """Return the index of the first right choice."""
    right = [index for index, answer in enumerate(gap.answers) if answer.fraction == FULL]
    if not right:
        raise QuestionRefused(said("答案"), said("没有得 100%% 的答案"))
    return right[0]


def _is_plain(gap: Gap) -> bool:
    return [answer.fraction for answer in gap.answers if answer.fraction] == [FULL]


def _choices(gaps: Sequence[Gap]) -> Json:
    """Return an inline choice: equal lists each for themselves, others by what each choice earns."""
    options: list[Json] = []
    key: list[str] = []
    table: list[list[Any]] = []
    for blank, gap in enumerate(gaps, start=1):
        ids = [f"o{n}" for n in range(len(options) + 1, len(options) + len(gap.answers) + 1)]
        options += [
            {"id": id_, "text": answer.text, "blank": blank}
            for id_, answer in zip(ids, gap.answers, strict=True)
        ]
        key.append(ids[_key(gap)])
        table += _table(ids, gap)
    even = all(_is_plain(gap) and gap.worth == gaps[0].worth for gap in gaps)
    scoring = BY_PLACE if even else {"map": table, "full": full_of(gaps)}
    return {"type": PartType.INLINE_CHOICE.value, "options": options, "key": key, "scoring": scoring}


def _table(ids: Sequence[str], gap: Gap) -> list[list[Any]]:
    return [[id_, number_json(credit)] for id_, credit in zip(ids, credits_of(gap), strict=True) if credit]


def _case(text: str, found: Sequence[_Embedded]) -> Json:
    """Return lists and what is typed as a case: a part for each gap."""
    if len(found) > MAX_CASE_PARTS:
        message = said(
            "选择与填写混在一起，而空有 %(n)s 个，最多 %(most)s 个", n=len(found), most=MAX_CASE_PARTS
        )
        raise QuestionRefused(said("题型"), message)
    numbers = iter(range(1, len(found) + 1))
    shown = re.sub(_HOLE, lambda _: f"（{next(numbers)}）____", text)
    lines = "".join(f"<p>{escape(line, quote=False)}</p>" for line in shown.split("\n") if line.strip())
    parts = [_part_of_case(number, one) for number, one in enumerate(found, start=1)]
    return {"parts": parts, "stimulus": lines}


def _part_of_case(number: int, embedded: _Embedded) -> Json:
    gap = embedded.gap
    part: Json = {"options": [], "rubric": [], "points": number_json(gap.worth)}
    if not embedded.has_list:
        return part | typed(str(said("第（%(n)s）空：____", n=number)), [gap])
    if len(gap.answers) > len(LETTERS):
        raise QuestionRefused(said("选项"), said("选项有 %(n)s 个，最多 8 个", n=len(gap.answers)))
    ids = [letter.lower() for letter in LETTERS[: len(gap.answers)]]
    options = [{"id": id_, "text": answer.text} for id_, answer in zip(ids, gap.answers, strict=True)]
    key = ids[_key(gap)]
    scoring = {} if _is_plain(gap) else {"scoring": {"map": _table(ids, gap), "full": full_of([gap])}}
    stem = str(said("第（%(n)s）空应选哪一项？", n=number))
    return part | {"type": PartType.SINGLE.value, "stem": stem, "options": options, "key": key} | scoring
