"""From a `<question>` of Moodle to the parts of an item, by its type.

Public: `parts_json`, `HELD`.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from question_bank.formats import moodle_gaps, moodle_plain
from question_bank.formats.moodle_cloze import CLOZE, cloze
from question_bank.formats.moodle_question import Answer, Question, number_in, told
from question_bank.formats.moodle_typed import numerical
from question_bank.item import PartType, number_json
from question_bank.words import said

Json = dict[str, Any]
_READERS: Mapping[str, Callable[[Question, Json, Sequence[Answer]], Json]] = {
    **moodle_plain.READERS,
    **moodle_gaps.READERS,
    "numerical": numerical,
}
_TYPES = {
    "multichoice": PartType.SINGLE,
    "truefalse": PartType.TRUE_FALSE,
    "shortanswer": PartType.FILL_IN,
    "essay": PartType.ESSAY,
    "matching": PartType.MATCH,
}
"""What a question is taken for unless its reader says otherwise."""
HELD = frozenset({*_READERS, *CLOZE})
"""Moodle's names of the types that can come in."""
_WITHOUT_ANSWERS = ("essay", "matching", "gapselect", "ddwtos")


def parts_json(question: Question) -> Json:
    """Return `parts`, the material (`stimulus`) or None, and `rationale`: what people are told afterwards.

    Raises:
        QuestionRefused: if it cannot be held; nothing of it must be taken over then.
    """
    rationale = question.read(question.element.find("generalfeedback"), said("解析"))
    found = cloze(question) if question.type in CLOZE else _one_part(question)
    notes = found.pop("told")
    return found | {"rationale": "\n".join([rationale, *notes] if rationale else notes)}


def _one_part(question: Question) -> Json:
    part: Json = {"options": [], "key": None, "rubric": []}
    if question.type in _TYPES:
        part["type"] = _TYPES[question.type].value
    part["stem"] = question.read(question.element.find("questiontext"), said("题干"))
    part["points"] = number_json(_points(question))
    answers = [] if question.type in _WITHOUT_ANSWERS else question.answers()
    part |= _READERS[question.type](question, part, answers)
    return {"parts": [part], "stimulus": None, "told": told(answers)}


def _points(question: Question) -> Decimal:
    return number_in(question.raw("defaultgrade") or "1", said("分值"), said("分值"))
