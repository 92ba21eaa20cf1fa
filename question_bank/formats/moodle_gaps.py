"""Moodle's questions with words to be put into places: missing words, dragged words, and orders.

Public: `READERS`.

Moodle marks a place with the number of the word that is right there, `[[2]]`, and lets into it the words of
that word's group. Every place is scored by itself, as our policy of that name does.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from question_bank.formats.moodle_question import Answer, Question, QuestionRefused
from question_bank.formats.written import BY_PLACE
from question_bank.item import PartType
from question_bank.value_shapes import BLANK
from question_bank.words import said

Json = dict[str, Any]
PLACE = re.compile(r"\[\[([0-9]{1,4})\]\]")
_SIDE_BY_SIDE = re.compile(rf"({PLACE.pattern})(?={PLACE.pattern})")
_LEAST = 2
"""Moodle shows no fewer of the things to be ordered."""
_ABSOLUTE = ("ABS", "ABSOLUTE", "ABSOLUTE_POSITION")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word that fits the places of its group; `again` if it may be used more than once."""

    text: str
    group: str
    again: bool


@dataclass(frozen=True, slots=True)
class _Gaps:
    """A text with blanks; `right` is the index of the right word of each."""

    stem: str
    words: Sequence[_Word]
    right: Sequence[int]

    @property
    def groups(self) -> list[str]:
        """Return the group of each blank."""
        return [self.words[index].group for index in self.right]


def _missing_words(question: Question, part: Json, _: Sequence[Answer]) -> Json:
    return {"type": PartType.INLINE_CHOICE.value} | _lists(_gaps(question, part, "selectoption"))


def _dragged_words(question: Question, part: Json, _: Sequence[Answer]) -> Json:
    """Read words to be dragged: one pool of them, or a list for each blank where that is the same."""
    gaps = _gaps(question, part, "dragbox")
    uses = Counter(gaps.groups)
    if len(uses) == 1:
        return {"type": PartType.GAP_MATCH.value} | _pool(gaps)
    if any(uses[word.group] > 1 and not word.again for word in gaps.words):
        message = said("各组词的空不止一个，词又只能用一次，本系统没有这种题")
        raise QuestionRefused(said("选项"), message)
    question.warn(said("题型"), said("词分了组，每空只能填本组的词，按选择填空题读取"))
    return {"type": PartType.INLINE_CHOICE.value} | _lists(gaps)


def _gaps(question: Question, part: Json, tag: str) -> _Gaps:
    words = [
        _Word(
            question.read(holder, said("选项")),
            (holder.findtext("group") or "1").strip(),
            holder.find("infinite") is not None,
        )
        for holder in question.element.findall(tag)
    ]
    stem = part["stem"]
    numbers = [int(number) for number in PLACE.findall(stem)]
    if not numbers:
        raise QuestionRefused(said("题干"), said("题干中没有 [[1]] 这样的空"))
    strange = next((number for number in numbers if not 0 < number <= len(words)), None)
    if strange is not None:
        raise QuestionRefused(said("题干"), said("题干中的 [[%(n)s]] 没有对应的选项", n=strange))
    if BLANK.search(stem):
        raise QuestionRefused(said("题干"), said("题干中除了 [[1]] 这样的空还有下划线"))
    # Two gaps side by side are two all the same.
    apart = PLACE.sub("____", _SIDE_BY_SIDE.sub(r"\1 ", stem))
    return _used(question, _Gaps(apart, words, [number - 1 for number in numbers]))


def _used(question: Question, gaps: _Gaps) -> _Gaps:
    """Return the gaps without the words that fit none of them."""
    groups = set(gaps.groups)
    lost = [word.text for word in gaps.words if word.group not in groups]
    if not lost:
        return gaps
    listed = "、".join(lost)[:200]
    question.warn(said("选项"), said("选项“%(texts)s”哪一空都不能填，没有保存", texts=listed))
    kept = [index for index, word in enumerate(gaps.words) if word.group in groups]
    words = [gaps.words[index] for index in kept]
    return _Gaps(gaps.stem, words, [kept.index(index) for index in gaps.right])


def _lists(gaps: _Gaps) -> Json:
    """Return a list of options for each blank."""
    options: list[Json] = []
    ids: dict[tuple[int, int], str] = {}
    for index, word in enumerate(gaps.words):
        for blank, group in enumerate(gaps.groups, start=1):
            if group == word.group:
                ids[blank, index] = f"o{len(options) + 1}"
                options.append({"id": ids[blank, index], "text": word.text, "blank": blank})
    key = [ids[blank, index] for blank, index in enumerate(gaps.right, start=1)]
    return {"stem": gaps.stem, "options": options, "key": key, "scoring": BY_PLACE}


def _pool(gaps: _Gaps) -> Json:
    """Return one pool of words for all blanks."""
    again = {word.again for word in gaps.words}
    if len(again) > 1:
        message = said("有的词可以重复用，有的只能用一次，本系统没有这种题")
        raise QuestionRefused(said("选项"), message)
    options = [{"id": f"o{n}", "text": word.text} for n, word in enumerate(gaps.words, start=1)]
    key = [options[index]["id"] for index in gaps.right]
    most = 0 if again.pop() else 1
    return {"stem": gaps.stem, "options": options, "key": key, "most": most, "scoring": BY_PLACE}


def _ordering(question: Question, part: Json, answers: Sequence[Answer]) -> Json:
    """Read things to be ordered; they stand in the right order, whatever number each is given."""
    if not _shows_all(question, len(answers)):
        raise QuestionRefused(said("选项"), said("每次只显示其中几项，本系统的排序题显示全部"))
    grading = question.raw("gradingtype").upper()
    ids = [f"o{n}" for n in range(1, len(answers) + 1)]
    options = [{"id": id_, "text": answer.text} for id_, answer in zip(ids, answers, strict=True)]
    found: Json = {"type": PartType.ORDER.value, "options": options, "key": ids}
    if grading in _ABSOLUTE:
        return found | {"scoring": BY_PLACE}
    if grading == "ALL_OR_NOTHING":
        return found
    message = said("排序题按“%(way)s”计分，本系统没有", way=grading[:60] or "RELATIVE")
    raise QuestionRefused(said("分值"), message)


def _shows_all(question: Question, count: int) -> bool:
    shown = question.raw("selecttype") or question.raw("logical")
    most = question.raw("selectcount") or question.raw("studentsee") or "6"
    if shown.upper() in ("ALL", "EXACT"):
        return True
    return max(int(most) if most.isdecimal() else _LEAST, _LEAST) >= count


READERS: Mapping[str, Callable[[Question, Json, Sequence[Answer]], Json]] = {
    "gapselect": _missing_words,
    "ddwtos": _dragged_words,
    "ordering": _ordering,
}
