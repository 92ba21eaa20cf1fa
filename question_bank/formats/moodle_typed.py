"""What is typed into a gap and judged by Moodle's rules: texts, and numbers within a tolerance.

Public: `Gap`, `typed`, `numerical`, `number_gap`, `texts_until_any`, `credits_of`, `full_of`.

The first answer that a response fits says what it earns. Where our own rule for blanks gives the same, a part
has no scoring; else Moodle's way is written down as a rule (`rule_scoring`) and carried out to the point.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from question_bank.formats.cells import with_blanks
from question_bank.formats.moodle_plain import WILDCARD
from question_bank.formats.moodle_question import FULL, Answer, Question, QuestionRefused, number_in
from question_bank.item import PartType, number_json
from question_bank.value_shapes import BLANK
from question_bank.words import said

Json = dict[str, Any]
SCORE = "SCORE"
_SUM = {"cardinality": "single", "type": "float"}


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap, what it is worth, and its answers in the order in which Moodle compares them.

    `tolerances` are there for numbers only, one for each answer; `case` says that capitals count.
    """

    worth: Decimal
    answers: Sequence[Answer]
    tolerances: Sequence[Decimal] | None = None
    case: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it takes texts that earn all or nothing, as a blank of ours."""
        partial = any(answer.fraction not in (0, FULL) for answer in self.answers)
        return self.tolerances is None and not self.case and not partial

    def right(self) -> list[str]:
        """Return the answers that earn the whole, as somebody would type them."""
        texts = [answer.text for answer in self.answers if self._earned(answer) == FULL]
        return list(dict.fromkeys(texts))

    def _earned(self, answer: Answer) -> Decimal:
        """Return what an answer earns, typed as it stands: an earlier one may fit it, too."""
        for index, other in enumerate(self.answers):
            if self._fits(index, answer.text):
                return other.fraction
        return Decimal(0)

    def _fits(self, index: int, text: str) -> bool:
        expected = self.answers[index].text
        if self.tolerances is not None:
            return abs(Decimal(text) - Decimal(expected)) <= self.tolerances[index]
        return text == expected if self.case else text.casefold() == expected.casefold()

    def test(self, name: str, index: int) -> list[Any]:
        """Return the condition that the response `name` fits an answer."""
        text = self.answers[index].text
        if self.tolerances is None:
            case = {"caseSensitive": "true" if self.case else "false"}
            return ["stringMatch", case, ["variable", name], ["base", "string", text]]
        tolerance = str(self.tolerances[index])
        near = {"toleranceMode": "absolute", "tolerance": tolerance}
        return ["equal", near, ["base", "float", text], ["variable", name]]


def typed(stem: str, gaps: Sequence[Gap]) -> Json:
    """Return the part whose blanks are these gaps.

    Raises:
        QuestionRefused: if no answer to a gap earns the whole, or its points make no sense.
    """
    key = [gap.right() for gap in gaps]
    if not all(key):
        raise QuestionRefused(said("答案"), said("没有得 100%% 的答案"))
    part: Json = {"type": PartType.FILL_IN.value, "stem": stem, "key": key}
    if all(gap.is_plain and gap.worth == gaps[0].worth for gap in gaps):
        return part
    return part | {"scoring": _rule(gaps)}


def _rule(gaps: Sequence[Gap]) -> Json:
    names = [f"G{n}" for n in range(1, len(gaps) + 1)]
    kinds = ["string" if gap.tolerances is None else "float" for gap in gaps]
    tree = {
        "responses": {n: {"cardinality": "single", "type": k} for n, k in zip(names, kinds, strict=True)},
        "outcomes": {SCORE: _SUM},
        "rules": [["if", _branches(name, gap), []] for name, gap in zip(names, gaps, strict=True)],
    }
    return {"rule": tree, "answers": {"of": names}, "full": full_of(gaps)}


def full_of(gaps: Sequence[Gap]) -> int | float:
    """Return what all gaps together are worth.

    Raises:
        QuestionRefused: if that is nothing.
    """
    full = sum((gap.worth for gap in gaps), Decimal(0))
    if full <= 0:
        raise QuestionRefused(said("分值"), said("没有一空计分"))
    return number_json(full)


def credits_of(gap: Gap) -> list[Decimal]:
    """Return the points that each answer earns."""
    return [gap.worth * answer.fraction / FULL for answer in gap.answers]


def _branches(name: str, gap: Gap) -> list[Any]:
    return [
        [
            gap.test(name, index),
            [["set", SCORE, ["sum", {}, ["variable", SCORE], ["base", "float", str(credit)]]]],
        ]
        for index, credit in enumerate(credits_of(gap))
    ]


def texts_until_any(answers: Sequence[Answer]) -> list[Answer]:
    """Return the answers before one that fits everything, which earns nothing; stars written as stars.

    Raises:
        QuestionRefused: if one with a wildcard earns something, for we have none.
    """
    kept: list[Answer] = []
    for answer in answers:
        if WILDCARD.search(answer.text):
            if answer.fraction:
                message = said("答案“%(text)s”含通配符 *，本系统没有", text=answer.text[:60])
                raise QuestionRefused(said("答案"), message)
            if answer.text.strip() == "*":
                break
            continue
        kept.append(Answer(answer.text.replace("\\*", "*").strip(), answer.fraction, answer.feedback))
    return kept


def number_gap(worth: Decimal, answers: Sequence[Answer], tolerances: Sequence[str]) -> Gap:
    """Return the gap that takes these numbers, each within its tolerance.

    Raises:
        QuestionRefused: if one is no number, or any number earns something.
    """
    kept: list[Answer] = []
    allowed: list[Decimal] = []
    for answer, tolerance in zip(answers, tolerances, strict=True):
        text = answer.text.strip().replace(",", ".")
        if text == "*":
            if answer.fraction:
                raise QuestionRefused(said("答案"), said("任何数都得分，本系统没有这种题"))
            break
        number_in(text, said("答案"), said("答案"))
        kept.append(Answer(text, answer.fraction, answer.feedback))
        allowed.append(abs(number_in(tolerance or "0", said("答案"), said("误差"))))
    return Gap(worth, kept, allowed)


def numerical(question: Question, part: Json, answers: Sequence[Answer]) -> Json:
    """Read a question for a number, whose answers carry a tolerance."""
    if question.element.find("units/unit") is not None:
        raise QuestionRefused(said("答案"), said("答案可以带单位换算，本系统没有"))
    tolerances = [holder.findtext("tolerance") or "0" for holder in question.element.findall("answer")]
    gap = number_gap(Decimal(str(part["points"])), answers, tolerances)
    if question.bounds is not None:
        return _within(question, gap)
    stem = with_blanks(part["stem"])
    blanks = len(BLANK.findall(stem))
    if blanks > 1:
        raise QuestionRefused(said("题干"), said("题干有 %(n)s 个空，而 Moodle 的数值题只有一个", n=blanks))
    return typed(stem if blanks else f"{stem}\n____", [gap])


def _within(question: Question, gap: Gap) -> Json:
    """Read what our own export made of a number between bounds."""
    one = len(gap.answers) == 1 and gap.tolerances == [Decimal(0)] and gap.answers[0].fraction == FULL
    if not one:
        raise QuestionRefused(said("答案"), said("答案改动后，请删去题目旁边以“tiejun:”开头的说明"))
    key = number_json(Decimal(gap.answers[0].text))
    return {"type": PartType.SLIDER.value, "bounds": question.bounds, "key": key}
