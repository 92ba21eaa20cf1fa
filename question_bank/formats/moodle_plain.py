"""The plain types of Moodle's questions: choices, true or false, short answers, essays, files, pairs.

Public: `READERS`.

Only what we hold as Moodle holds it becomes a part. Where Moodle scores in a way we do not, the question
is refused by name if the key itself would change, and else taken over with a warning.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from question_bank.formats.cells import LETTERS, with_blanks
from question_bank.formats.moodle_question import FULL, NO_RUBRIC, Answer, Question, QuestionRefused
from question_bank.formats.written import BY_PLACE, MINUS
from question_bank.item import PartType
from question_bank.value_shapes import BLANK
from question_bank.words import said

Json = dict[str, Any]
ROUNDING = Decimal("0.01")
"""Moodle writes a third as 33.33333."""
WILDCARD = re.compile(r"(?<!\\)\*")
_BETWEEN = re.compile(r"[\s,;:]+")
_ENDING = re.compile(r"\.[a-z0-9]{1,8}")


def _choice(question: Question, part: Json, answers: Sequence[Answer]) -> Json:
    if len(answers) > len(LETTERS):
        raise QuestionRefused(said("选项"), said("选项有 %(n)s 个，最多 8 个", n=len(answers)))
    ids = [letter.lower() for letter in LETTERS[: len(answers)]]
    options = [{"id": i, "text": answer.text} for i, answer in zip(ids, answers, strict=True)]
    whole = [i for i, answer in zip(ids, answers, strict=True) if answer.fraction == FULL]
    right = [i for i, answer in zip(ids, answers, strict=True) if answer.fraction > 0]
    single = question.raw("single").lower() not in ("false", "0")
    minus = _takes_off(answers, single)
    if not minus and any(answer.fraction < 0 for answer in answers):
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
    found: Json = {"type": PartType.MULTIPLE.value, "options": options, "key": right}
    return found | ({"scoring": MINUS} if minus else {})


def _takes_off(answers: Sequence[Answer], single: bool) -> bool:
    """Return whether every wrong choice of several takes off what every right one brings."""
    right = {answer.fraction for answer in answers if answer.fraction > 0}
    wrong = {-answer.fraction for answer in answers if answer.fraction <= 0}
    return not single and len(right) == 1 and right == wrong


def _check_shares(question: Question, shares: list[Decimal]) -> None:
    """Refuse a choice whose right options do not make up the whole together: its key is unknown."""
    if not shares:
        raise QuestionRefused(said("答案"), said("没有一个选项得分，无法确定答案"))
    if abs(sum(shares, Decimal()) - FULL) > ROUNDING * len(shares):
        raise QuestionRefused(said("答案"), said("正确选项的得分比例合计不是 100%%，无法确定答案"))
    if len(set(shares)) > 1:
        question.warn(said("答案"), said("各正确选项的得分比例不同，本系统不区分，按多选题规则计分"))


def _true_false(question: Question, part: Json, answers: Sequence[Answer]) -> Json:
    right = [answer.text.strip().lower() for answer in answers if answer.fraction == FULL]
    if len(right) != 1 or right[0] not in ("true", "false"):
        raise QuestionRefused(said("答案"), said("判断题应恰有一个得 100%% 的答案 true 或 false"))
    return {"key": right[0] == "true"}


def _short_answer(question: Question, part: Json, answers: Sequence[Answer]) -> Json:
    stem = with_blanks(part["stem"])
    blanks = len(BLANK.findall(stem))
    if blanks > 1:
        raise QuestionRefused(said("题干"), said("题干有 %(n)s 个空，而 Moodle 的简短回答只有一个", n=blanks))
    accepted = [answer.text for answer in answers if answer.fraction == FULL]
    if not accepted:
        raise QuestionRefused(said("答案"), said("没有得 100%% 的答案"))
    for text in accepted:
        if WILDCARD.search(text):
            raise QuestionRefused(said("答案"), said("答案“%(text)s”含通配符 *，本系统没有", text=text[:60]))
    partial = [answer.text for answer in answers if 0 < answer.fraction < FULL]
    if partial:
        said_so = said("部分得分的答案“%(texts)s”在本系统不得分，没有收入", texts="、".join(partial)[:200])
        question.warn(said("答案"), said_so)
    if question.raw("usecase") == "1":
        question.warn(said("答案"), said("本系统判填空不分大小写"))
    spellings = list(dict.fromkeys(text.replace("\\*", "*") for text in accepted))
    return {"stem": stem if blanks else f"{stem}\n____", "key": [spellings]}


def _essay(question: Question, part: Json, answers: Sequence[Answer]) -> Json:
    allowed, required = (question.raw(name) or "0" for name in ("attachments", "attachmentsrequired"))
    if question.raw("responseformat") == "noinline":
        return _upload(question, part, allowed, required)
    if required != "0":
        raise QuestionRefused(said("题型"), said("论述题既要文字又要附件，本系统没有"))
    if allowed != "0":
        question.warn(said("题型"), said("本系统的论述题不能附文件作答"))
    _note_template(question)
    notes = question.read(question.element.find("graderinfo"), said("评分要点"))
    if not notes:
        question.warn(said("评分要点"), NO_RUBRIC)
    return {"rubric": [{"points": part["points"], "text": notes or str(NO_RUBRIC)}]}


def _note_template(question: Question) -> None:
    if question.read(question.element.find("responsetemplate"), said("题干")):
        question.warn(said("题干"), said("作答框里预填的文字没有保存"))


def _upload(question: Question, part: Json, allowed: str, required: str) -> Json:
    """Read an essay that takes no text but a file."""
    if allowed == "0" or required not in ("0", "1"):
        message = said("要求上传 %(n)s 个附件作答，本系统的上传题收一个文件", n=required)
        raise QuestionRefused(said("题型"), message)
    if allowed != "1":
        question.warn(said("题型"), said("原题可以交几个文件，本系统只收一个"))
    _note_template(question)
    notes = question.read(question.element.find("graderinfo"), said("评分要点"))
    rubric = [{"points": part["points"], "text": notes}] if notes else []
    return {"type": PartType.UPLOAD.value, "accept": _endings(question), "rubric": rubric}


def _endings(question: Question) -> list[str]:
    """Return the endings of files that are accepted; none where Moodle names groups or media types."""
    names = [name.removeprefix("*").lower() for name in _BETWEEN.split(question.raw("filetypeslist")) if name]
    if all(_ENDING.fullmatch(name) for name in names):
        return [name.removeprefix(".") for name in dict.fromkeys(names)]
    listed = "、".join(names)[:200]
    question.warn(said("题型"), said("文件类型“%(types)s”不是扩展名，没有保存，任何文件都收", types=listed))
    return []


def _matching(question: Question, part: Json, answers: Sequence[Answer]) -> Json:
    """Read pairs; a right side without a left one is a distractor, one named twice stands once."""
    pairs = [
        (question.read(holder, said("选项")), question.read(holder.find("answer"), said("选项")))
        for holder in question.element.findall("subquestion")
    ]
    rights = list(dict.fromkeys(right for _, right in pairs if right))
    lefts = [left for left, _ in pairs if left]
    if len(set(lefts)) < len(lefts):
        raise QuestionRefused(said("选项"), said("左边有相同的项，无法确定答案"))
    ids = {left: f"a{n}" for n, left in enumerate(lefts, start=1)}
    targets = {right: f"t{n}" for n, right in enumerate(rights, start=1)}
    if any(left and not right for left, right in pairs):
        raise QuestionRefused(said("答案"), said("左边有一项没有对应的右项"))
    return {
        "options": [{"id": i, "text": left} for left, i in ids.items()],
        "targets": [{"id": i, "text": right} for right, i in targets.items()],
        "most": 1,
        "key": [[ids[left], targets[right]] for left, right in pairs if left],
        "scoring": BY_PLACE,
    }


READERS: Mapping[str, Callable[[Question, Json, Sequence[Answer]], Json]] = {
    "multichoice": _choice,
    "truefalse": _true_false,
    "shortanswer": _short_answer,
    "essay": _essay,
    "matching": _matching,
}
