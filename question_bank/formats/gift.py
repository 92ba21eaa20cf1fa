"""GIFT (Moodle 的文本题库格式) in: the types we hold become items, all others are refused by name.

Public: `read_gift`, and from `text_file` `TextRefused`.

GIFT is another spelling of Moodle's questions, so each becomes a `<question>` element, and the rules of
`moodle_parts` hold for both. It carries no files: an image inside a text refuses its question.
"""

import re

from lxml import etree

from question_bank.formats.gift_text import FORMAT, Block, blocks, shown
from question_bank.formats.item_note import DAMAGED, NOTE, read_note
from question_bank.formats.moodle_question import QuestionRefused, number_in
from question_bank.formats.question_reading import Reading
from question_bank.formats.report import QuestionReport
from question_bank.formats.row import ImportDefaults
from question_bank.formats.text_file import TextRefused, read_text
from question_bank.words import Words, said

__all__ = ["TextRefused", "read_gift"]

MAX_QUESTIONS = 20_000
_TITLE = re.compile(r"\s*::(.*?)::", re.DOTALL)
_WEIGHT = re.compile(r"\s*%\s*([-+]?[0-9.]{1,20})\s*%")
_TRUTH = {"t": "true", "true": "true", "f": "false", "false": "false"}
_CLOZE = re.compile(
    r"\s*[0-9]*:(?:SHORTANSWER|SA|MW|NUMERICAL|NM|MULTICHOICE|MULTIRESPONSE|MC|MR)(?:_?[A-Z]{1,3})?:",
    re.IGNORECASE,
)
_ORDER = re.compile(r">\s*[0-9]")
"""How Moodle's plugin for orders writes them, without escapes: not to be read back safely."""
_TAG = re.compile(r"\[tag:([^\[\]]{1,100})\]")
_FORMATS = {"moodle": "moodle_auto_format"}
_WITHOUT_GAP = ("truefalse", "essay", "matching")
"""Types of ours that make no sense with a gap in the middle of the sentence."""


def read_gift(content: bytes, defaults: ImportDefaults | None = None) -> QuestionReport:
    """Read the questions of a GIFT file.

    Args:
        defaults: what items have that GIFT does not say: unit, tiers, difficulty.

    Raises:
        TextRefused: if the file is no text, or has too many questions. Then nothing was read.
    """
    found = list(blocks(read_text(content)))
    if len(found) > MAX_QUESTIONS:
        raise TextRefused(said("超过 %(most)s 题，请分成几个文件导入", most=MAX_QUESTIONS))
    reading = Reading(defaults or ImportDefaults())
    for block in found:
        _take(block, reading)
    reading.finish()
    return reading.report


class _Fault(ValueError):
    """A block is not GIFT; the argument says why."""

    def __init__(self, message: Words) -> None:
        super().__init__(message)
        self.message = message


def _take(block: Block, reading: Reading) -> None:
    element = etree.Element("question")
    element.sourceline = block.line
    if block.category is not None:
        element.set("type", "category")
        etree.SubElement(etree.SubElement(element, "category"), "text").text = shown(block.category)
        reading.take(element)
        return
    ours = next((comment for comment in block.comments if comment.startswith(NOTE)), None)
    note = read_note(ours) if ours is not None else None
    try:
        _fill(element, block)
        if ours is not None and note is None:
            raise _Fault(DAMAGED)
    except _Fault as fault:
        message = said("%(reason)s（第 %(line)s 行）", reason=fault.message, line=block.line)
        reading.take(element, fault=message)
    else:
        reading.take(element, note)


def _fill(element: etree._Element, block: Block) -> None:
    """Make `element` the question that stands in `block`.

    Raises:
        _Fault: if the block is no question, or of a form that no type of ours takes.
    """
    text = block.text
    title = _TITLE.match(text)
    if title:
        text = text[title.end() :]
    _text(etree.SubElement(element, "name"), title[1] if title else "")
    tags = etree.SubElement(element, "tags")
    for name in _TAG.findall("\n".join(block.comments)):
        _text(etree.SubElement(tags, "tag"), name)
    kind, text = _format(text, "moodle_auto_format")
    stem, answer, rest = _cut(text)
    if answer is None:
        element.set("type", "description")
        return
    answer, _, feedback = answer.rpartition("####") if "####" in answer else (answer, "", "")
    _rich(etree.SubElement(element, "generalfeedback"), feedback, kind)
    type_ = _type(answer)
    element.set("type", type_)
    if rest:
        if type_ in _WITHOUT_GAP:
            message = said("答案后面还有文字，只有选择和填空可以这样写（%(type)s）", type=type_)
            raise _Fault(message)
        stem = f"{stem}____{rest}"
    _text(etree.SubElement(element, "questiontext", format=kind), stem)
    if type_ in _ANSWERS:
        _ANSWERS[type_](element, answer.strip(), kind)


def _cut(text: str) -> tuple[str, str | None, str]:
    """Return what stands before, between and after the braces."""
    opening, closing = text.count("{"), text.count("}")
    if not opening and not closing:
        return text, None, ""
    if _CLOZE.match(text[text.find("{") + 1 :]):
        raise _Fault(said("GIFT 里嵌入的完形填空（cloze）不读，请从 Moodle 导出 Moodle XML"))
    if (opening, closing) != (1, 1) or text.find("}") < text.find("{"):
        raise _Fault(said("花括号不成一对；文字里的花括号请写作 \\{ 和 \\}"))
    stem, _, rest = text.partition("{")
    answer, _, after = rest.partition("}")
    return stem, answer, after.rstrip()


def _type(answer: str) -> str:
    """Return Moodle's type for what stands between the braces, by Moodle's own rules.

    Raises:
        _Fault: if it is a type that we read from Moodle XML only.
    """
    text = answer.strip()
    if not text:
        return "essay"
    if text.startswith("#"):
        return "numerical"
    if _ORDER.match(text):
        raise _Fault(said("GIFT 里的排序题（ordering）不读，请从 Moodle 导出 Moodle XML"))
    if "~" in text:
        return "multichoice"
    if "=" in text and "->" in text:
        return "matching"
    return "truefalse" if text.partition("#")[0].strip().lower() in _TRUTH else "shortanswer"


def _true_false(element: etree._Element, answer: str, kind: str) -> None:
    word, *told = answer.split("#")
    right = _TRUTH[word.strip().lower()]
    wrong = "false" if right == "true" else "true"
    for text, share, said_of in zip((wrong, right), ("0", "100"), [*told, "", ""][:2], strict=True):
        _answer(element, (text, share, said_of), "plain", kind)


def _choice(element: etree._Element, answer: str, kind: str) -> None:
    pieces = re.split("([~=])", answer)
    if pieces[0].strip():
        raise _Fault(said("第一个选项前面多出“%(text)s”", text=shown(pieces[0]).strip()[:60]))
    signs = pieces[1::2]
    etree.SubElement(element, "single").text = "true" if "=" in signs else "false"
    for sign, piece in zip(signs, pieces[2::2], strict=True):
        _answer(element, _weighed(piece, "100" if sign == "=" else "0"), kind, kind)


def _short_answer(element: etree._Element, answer: str, kind: str) -> None:
    for number, piece in enumerate(answer.split("=")):
        if piece.strip() or number:
            _answer(element, _weighed(piece, "100"), kind, kind)


def _numerical(element: etree._Element, answer: str, kind: str) -> None:
    text, _, told = answer.removeprefix("#").partition("~")
    for number, piece in enumerate(text.split("=")):
        if not piece.strip() and not number:
            continue
        value, share, feedback = _weighed(piece, "100")
        middle, tolerance = _range(value)
        holder = _answer(element, (middle, share, feedback), "plain", kind)
        etree.SubElement(holder, "tolerance").text = tolerance
    if told:
        _answer(element, ("*", "0", told.partition("#")[2]), "plain", kind)


def _range(text: str) -> tuple[str, str]:
    """Return a number and its tolerance, for `3:2` as for `1..5`."""
    lower, dots, upper = text.strip().partition("..")
    if not dots:
        value, _, tolerance = text.strip().partition(":")
        return value.strip(), tolerance.strip() or "0"
    try:
        low, high = (number_in(end, said("答案"), said("答案")) for end in (lower, upper))
    except QuestionRefused as refused:
        raise _Fault(said("“%(text)s”不是数字的范围", text=shown(text).strip()[:60])) from refused
    return str((low + high) / 2), str(abs(high - low) / 2)


def _matching(element: etree._Element, answer: str, kind: str) -> None:
    for number, piece in enumerate(answer.split("=")):
        if not piece.strip() and not number:
            continue
        left, arrow, right = piece.partition("->")
        if not arrow:
            raise _Fault(said("连线题的“%(text)s”缺少 ->", text=shown(piece).strip()[:60]))
        holder = etree.SubElement(element, "subquestion")
        _rich(holder, left, kind)
        # Some write feedback behind a pair, which Moodle has none for.
        _rich(etree.SubElement(holder, "answer"), right.partition("#")[0], kind)


def _weighed(piece: str, share: str) -> tuple[str, str, str]:
    """Return text, share and feedback of an answer."""
    weight = _WEIGHT.match(piece)
    if weight:
        share, piece = weight[1], piece[weight.end() :]
    text, _, told = piece.partition("#")
    return text, share, told


def _answer(
    element: etree._Element, answer: tuple[str, str, str], kind: str, told_kind: str
) -> etree._Element:
    text, share, told = answer
    holder = etree.SubElement(element, "answer", fraction=share)
    _rich(holder, text, kind)
    _rich(etree.SubElement(holder, "feedback"), told, told_kind)
    return holder


def _format(text: str, otherwise: str) -> tuple[str, str]:
    """Return the format that a text begins with, and what follows."""
    found = FORMAT.match(text)
    if not found:
        return otherwise, text
    name = found[1].lower()
    return _FORMATS.get(name, name), text[found.end() :]


def _rich(holder: etree._Element, text: str, otherwise: str) -> None:
    kind, text = _format(text, otherwise)
    holder.set("format", kind)
    _text(holder, text)


def _text(holder: etree._Element, text: str) -> None:
    etree.SubElement(holder, "text").text = shown(text.strip())


_ANSWERS = {
    "truefalse": _true_false,
    "multichoice": _choice,
    "shortanswer": _short_answer,
    "numerical": _numerical,
    "matching": _matching,
}
