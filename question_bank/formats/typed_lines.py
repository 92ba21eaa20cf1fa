"""What one line of a typed question paper is: a heading, a question, an option, a named field.

Public: `heading`, `question`, `options`, `fields`, `type_tag`, `answer_in_brackets`.

Pure pattern work for `typed_text`. Letters and marks may be full-width; positions stay those of the line.
"""

import re
from dataclasses import dataclass

from question_bank.formats.cells import LETTERS, TYPES, fold
from question_bank.item import PartType

FIELD_NAMES = {
    "answer": (
        "答案",
        "正确答案",
        "标准答案",
        "参考答案",
        "参考答案及要点",
        "答案要点",
        "评分要点",
        "评分标准",
        "答",
    ),
    "rationale": ("解析", "答案解析", "试题解析", "题目解析", "解释"),
    "citation": ("依据", "法律依据", "法规依据", "出处"),
    "difficulty": ("难度", "难易度", "难度系数"),
    "unit": ("知识点", "单元", "所属单元", "大纲单元"),
    "tier": ("层级", "适用层级"),
    "points": ("分值", "分数"),
}
_FIELDS = {name: field for field, names in FIELD_NAMES.items() for name in names}
_NAMES = "|".join(sorted(_FIELDS, key=len, reverse=True))
_KINDS = {name: kind for kind, names in TYPES.items() for name in names}
_KIND = "|".join(sorted(_KINDS, key=len, reverse=True))
_HEADING = re.compile(
    rf"\s*(?:第?[一二三四五六七八九十]+(?:部分|大题)?\s*[、.:]?\s*)?(?:[(\[【])?({_KIND})(?:[)\]】])?\s*(?:[(:].*)?"
)
_POINTS = re.compile(r"每(?:小)?(?:题|空)\s*([0-9]+(?:\.[0-9]+)?)\s*分")
_QUESTION = re.compile(r"\s*(?:第\s*)?([0-9]{1,4})\s*(?:题\s*[.、:)]?|[.、:)])\s*(?![0-9])")
_TAG = re.compile(rf"\s*[(\[【]\s*({_KIND})\s*[)\]】]\s*[.、:]?\s*")
# At the beginning of a line, or within it after a blank or the end of a sentence.
_FIELD = re.compile(rf"(?:^\s*|(?<=[\s。；;.]))(?:[【\[]\s*({_NAMES})\s*[】\]]\s*:?|({_NAMES})\s*:)\s*")
_OPTION = re.compile(r"(?<![A-Z0-9])[(]?([A-H])[)]?\s*[.、:)]\s*|(?<![A-Z0-9])[(]([A-H])[)]\s*")
_LETTERS_IN_BRACKETS = re.compile(r"[(【]\s*([A-H](?:[\s,、]*[A-H])*)\s*[)】]")
_TRUTH_IN_BRACKETS = re.compile(r"[(【]\s*(√|✓|✔|×|✗|✘|对|错|正确|错误)\s*[)】]\s*[。.]?\s*$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading over questions of one type; `points` is what each is worth, as written, or empty."""

    kind: PartType
    points: str


def heading(line: str) -> Heading | None:
    """Return the heading a line is, such as "一、单项选择题（每题2分，共40分）", or None."""
    folded = fold(line)
    match = _HEADING.fullmatch(folded.strip())
    if match is None:
        return None
    points = _POINTS.search(folded)
    return Heading(_KINDS[match[1]], points[1] if points else "")


def question(line: str) -> tuple[int, str] | None:
    """Return the number and the rest of a line that begins like "12. …" or "第12题 …", or None."""
    match = _QUESTION.match(fold(line))
    return (int(match[1]), line[match.end() :]) if match else None


def type_tag(stem: str) -> tuple[PartType | None, str]:
    """Return the type that a stem names at its beginning, as in "【多选题】…", and the stem without it."""
    match = _TAG.match(fold(stem))
    return (_KINDS[match[1]], stem[match.end() :]) if match else (None, stem)


def fields(line: str) -> list[tuple[str, str]]:
    """Return the pieces of a line that are named, as in "答案：B 解析：…"; what stands before has no name."""
    found, name, start = [], "", 0
    for match in _FIELD.finditer(fold(line)):
        found.append((name, line[start : match.start()]))
        name, start = _FIELDS[match[1] or match[2]], match.end()
    found.append((name, line[start:]))
    return found if found[0][0] or found[0][1].strip() else found[1:]


def options(text: str, after: str = "") -> tuple[str, list[tuple[str, str]]]:
    """Return what stands before the first option, and the options as (letter, text).

    Letters count only in their order, beginning after `after`: "A.甲 B.乙" are two options, "甲类 B.乙" is
    one text. A first option that skips letters is given as it is, so that the reader can complain.
    """
    folded, pieces, last, start, before = fold(text), list[tuple[str, str]](), after, 0, text
    for match in _OPTION.finditer(folded):
        letter = match[1] or match[2]
        at_line_start = not folded[: match.start()].strip() and not pieces
        if letter != _next(last) and not (at_line_start and letter > _next(last) and after):
            continue
        if pieces:
            pieces[-1] = (pieces[-1][0], text[start : match.start()])
        else:
            before = text[: match.start()]
        pieces.append((letter, text[match.end() :]))
        last, start = letter, match.end()
    return (before, pieces) if pieces else (text, [])


def answer_in_brackets(stem: str, *, is_choice: bool) -> tuple[str, str]:
    """Return the answer that stands in the one filled bracket of a stem, and the stem with it emptied.

    Both as they are where there is none, or more than one.
    """
    pattern = _LETTERS_IN_BRACKETS if is_choice else _TRUTH_IN_BRACKETS
    found = list(pattern.finditer(fold(stem)))
    if len(found) != 1:
        return "", stem
    match = found[0]
    empty = "（　　）" if is_choice else ""
    return match[1], stem[: match.start()] + empty + stem[match.end() :]


def _next(letter: str) -> str:
    at = LETTERS.index(letter) + 1 if letter else 0
    return LETTERS[at] if at < len(LETTERS) else ""
