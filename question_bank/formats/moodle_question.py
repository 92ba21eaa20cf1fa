"""One `<question>` of a Moodle XML file on its way to an item.

Public: `Question`, `QuestionRefused`, `part_json`, `TYPES`.

Only what we hold as Moodle holds it becomes a part. Where Moodle scores in a way we do not, the question
is refused by name if the key itself would change, and else taken over with a warning.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from question_bank.formats.cells import LETTERS, with_blanks
from question_bank.formats.moodle_files import Images
from question_bank.formats.plain import plain_text
from question_bank.item import PartType, number_json
from question_bank.markup import without_images
from question_bank.value_shapes import BLANK
from question_bank.words import Words, said

Json = dict[str, Any]
TYPES = {
    "multichoice": PartType.SINGLE,
    "truefalse": PartType.TRUE_FALSE,
    "shortanswer": PartType.FILL_IN,
    "essay": PartType.ESSAY,
}
FULL = Decimal(100)
ROUNDING = Decimal("0.01")
"""Moodle writes a third as 33.33333."""
NO_RUBRIC = said("原题没有评分要点，请在阅卷前补写。")
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")
_WILDCARD = re.compile(r"(?<!\\)\*")


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
        text, kind = holder.findtext("text") or "", (holder.get("format") or "html").strip()
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
            try:
                fraction = Decimal((holder.get("fraction") or "0").strip())
            except InvalidOperation as error:
                share = said("答案的得分比例“%(text)s”不是数字", text=holder.get("fraction"))
                raise QuestionRefused(said("答案"), share) from error
            text = self.read(holder, said("选项"))
            found.append(Answer(text, fraction, self.read(holder.find("feedback"), said("解析"))))
        return found

    def warn(self, column: str, message: str) -> None:
        """Note what a person should look at."""
        if (column, message) not in self.warnings:
            self.warnings.append((column, message))


def _sentence(text: str) -> Words:
    return text if isinstance(text, Words) else said("%(text)s", text=text)


def part_json(question: Question) -> Json:
    """Return the part, and in `rationale` what Moodle tells people afterwards.

    Raises:
        QuestionRefused: if it cannot be held; nothing of it must be taken over then.
    """
    part: Json = {"type": TYPES[question.type].value, "options": [], "key": None, "rubric": []}
    part["stem"] = question.read(question.element.find("questiontext"), said("题干"))
    part["points"] = number_json(_points(question))
    rationale = question.read(question.element.find("generalfeedback"), said("解析"))
    reader: Callable[[Question, Json, list[Answer]], Json] = _READERS[question.type]
    answers = [] if question.type == "essay" else question.answers()
    part |= reader(question, part, answers)
    told = [
        f"“{without_images(answer.text)}”：{answer.feedback}" if answer.text else answer.feedback
        for answer in answers
        if answer.feedback
    ]
    return {"part": part, "rationale": "\n".join([rationale, *told] if rationale else told)}


def _points(question: Question) -> Decimal:
    text = question.raw("defaultgrade") or "1"
    try:
        points = Decimal(text)
    except InvalidOperation as error:
        raise QuestionRefused(said("分值"), said("分值“%(text)s”不是数字", text=text)) from error
    if not points.is_finite():
        raise QuestionRefused(said("分值"), said("分值“%(text)s”不是数字", text=text))
    return points


def _choice(question: Question, part: Json, answers: list[Answer]) -> Json:
    if len(answers) > len(LETTERS):
        raise QuestionRefused(said("选项"), said("选项有 %(n)s 个，最多 8 个", n=len(answers)))
    ids = [letter.lower() for letter in LETTERS[: len(answers)]]
    options = [{"id": i, "text": answer.text} for i, answer in zip(ids, answers, strict=True)]
    whole = [i for i, answer in zip(ids, answers, strict=True) if answer.fraction == FULL]
    right = [i for i, answer in zip(ids, answers, strict=True) if answer.fraction > 0]
    single = question.raw("single").lower() not in ("false", "0")
    if any(answer.fraction < 0 for answer in answers):
        question.warn(said("答案"), said("选错倒扣分不采用，按本系统的规则计分"))
    if single and len(whole) == 1:
        if len(right) > 1:
            question.warn(said("答案"), said("部分得分的选项在本系统不得分"))
        return {"options": options, "key": whole[0]}
    _check_shares(question, [answer.fraction for answer in answers if answer.fraction > 0])
    if single:
        question.warn(said("答案"), said("标为单选，但要几个选项合起来才得满分，按多选题读取，请核对"))
    if len(right) == 1:
        question.warn(said("答案"), said("多选题只有一个答案，请核对"))
    return {"type": PartType.MULTIPLE.value, "options": options, "key": right}


def _check_shares(question: Question, shares: list[Decimal]) -> None:
    """Refuse a choice whose right options do not make up the whole together: its key is unknown."""
    if not shares:
        raise QuestionRefused(said("答案"), said("没有一个选项得分，无法确定答案"))
    if abs(sum(shares, Decimal()) - FULL) > ROUNDING * len(shares):
        raise QuestionRefused(said("答案"), said("正确选项的得分比例合计不是 100%%，无法确定答案"))
    if len(set(shares)) > 1:
        question.warn(said("答案"), said("各正确选项的得分比例不同，本系统不区分，按多选题规则计分"))


def _true_false(question: Question, part: Json, answers: list[Answer]) -> Json:
    right = [answer.text.strip().lower() for answer in answers if answer.fraction == FULL]
    if len(right) != 1 or right[0] not in ("true", "false"):
        raise QuestionRefused(said("答案"), said("判断题应恰有一个得 100%% 的答案 true 或 false"))
    return {"key": right[0] == "true"}


def _short_answer(question: Question, part: Json, answers: list[Answer]) -> Json:
    stem = with_blanks(part["stem"])
    blanks = len(BLANK.findall(stem))
    if blanks > 1:
        raise QuestionRefused(said("题干"), said("题干有 %(n)s 个空，而 Moodle 的简短回答只有一个", n=blanks))
    accepted = [answer.text for answer in answers if answer.fraction == FULL]
    if not accepted:
        raise QuestionRefused(said("答案"), said("没有得 100%% 的答案"))
    for text in accepted:
        if _WILDCARD.search(text):
            raise QuestionRefused(said("答案"), said("答案“%(text)s”含通配符 *，本系统没有", text=text[:60]))
    partial = [answer.text for answer in answers if 0 < answer.fraction < FULL]
    if partial:
        said_so = said("部分得分的答案“%(texts)s”在本系统不得分，没有收入", texts="、".join(partial)[:200])
        question.warn(said("答案"), said_so)
    if question.raw("usecase") == "1":
        question.warn(said("答案"), said("本系统判填空不分大小写"))
    spellings = list(dict.fromkeys(text.replace("\\*", "*") for text in accepted))
    return {"stem": stem if blanks else f"{stem}\n____", "key": [spellings]}


def _essay(question: Question, part: Json, answers: list[Answer]) -> Json:
    if question.raw("attachmentsrequired") not in ("", "0") or question.raw("responseformat") == "noinline":
        raise QuestionRefused(said("题型"), said("论述题要求上传附件作答，本系统没有"))
    if question.raw("attachments") not in ("", "0"):
        question.warn(said("题型"), said("本系统的论述题不能附文件作答"))
    if question.read(question.element.find("responsetemplate"), said("题干")):
        question.warn(said("题干"), said("作答框里预填的文字没有保存"))
    notes = question.read(question.element.find("graderinfo"), said("评分要点"))
    if not notes:
        question.warn(said("评分要点"), NO_RUBRIC)
    return {"rubric": [{"points": part["points"], "text": notes or str(NO_RUBRIC)}]}


_READERS: dict[str, Callable[[Question, Json, list[Answer]], Json]] = {
    "multichoice": _choice,
    "truefalse": _true_false,
    "shortanswer": _short_answer,
    "essay": _essay,
}
