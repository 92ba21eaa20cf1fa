"""Question papers as people type them in Word: numbered questions, options by letter, 答案 and 解析 below.

Public: `read_typed`, `read_typed_text`, `looks_typed`, `Line`.

    一、单项选择题（每题2分）
    1. 现场检查时，执法人员不得少于（　　）。
    A. 一人　　B. 两人
    C. 三人　　D. 四人
    答案：B
    解析：…

The type comes from the heading, from a tag before the stem (【多选题】), or from the answer. Each question
stands for itself: it becomes an item as a whole, or is named by its first line and becomes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from question_bank.formats import typed_lines
from question_bank.formats.cells import RIGHT, WRONG, CellProblem
from question_bank.formats.report import QuestionReport
from question_bank.formats.row import ImportDefaults, Row, item_json
from question_bank.formats.spreadsheet import COLUMN_NAMES
from question_bank.formats.text_file import read_text
from question_bank.formats.typed_lines import Heading
from question_bank.item import Item, ItemError, PartType, Problem
from question_bank.scoring import normalise
from question_bank.value_shapes import BLANK
from question_bank.words import said

MAX_LINES = 100_000
MAX_QUESTIONS = 5_000
PROBED = 400
NOT_TEXT = "\ufffc"
"""Stands where a file has a picture or a formula that text cannot hold."""
TYPE_CELLS = {
    PartType.SINGLE: "单选题",
    PartType.MULTIPLE: "多选题",
    PartType.TRUE_FALSE: "判断题",
    PartType.FILL_IN: "填空题",
    PartType.ESSAY: "论述题",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the paper; `number` is what a message calls it, from 1."""

    number: int
    text: str


@dataclass(slots=True)
class _Question:
    """The lines of one question, sorted to the fields of a row; `last` is the field that goes on below."""

    line: int
    number: int
    under: Heading | None
    texts: dict[str, list[str]] = field(default_factory=lambda: {"stem": []})
    options: list[tuple[str, str]] = field(default_factory=list)
    last: str = "stem"

    def add(self, name: str, text: str) -> None:
        """Add a line to a field."""
        self.last = name
        self.texts.setdefault(name, []).append(text)

    def go_on(self, text: str) -> None:
        """Add a line to whatever stood before it."""
        if self.last == "options":
            letter, option = self.options[-1]
            self.options[-1] = (letter, f"{option}\n{text.strip()}")
        else:
            self.add(self.last, text)

    def text(self, name: str) -> str:
        """Return a field's lines as one text."""
        return "\n".join(line.strip() for line in self.texts.get(name, ())).strip()

    @property
    def may_list(self) -> bool:
        """Whether numbered lines may belong to it: in the answer of a question without options."""
        answered = self.last in ("answer", "rationale")
        return answered and not self.options and normalise(self.text("answer")) not in RIGHT | WRONG


def read_typed(lines: Sequence[Line], defaults: ImportDefaults | None = None) -> QuestionReport:
    """Read a typed paper.

    Args:
        lines: its lines in order; `NOT_TEXT` in a line stands for a picture or formula.
        defaults: what questions have that do not say otherwise.
    """
    report, chosen = QuestionReport(), defaults or ImportDefaults()
    for question in _questions(lines, report):
        report.read += 1
        where = said("第 %(line)s 行", line=question.line)
        problems = _read(question, where, chosen, report)
        if problems:
            report.problems += problems
            report.faulty_rows.append(where)
        else:
            report.rows.append(where)
    return report


def read_typed_text(content: bytes, defaults: ImportDefaults | None = None) -> QuestionReport:
    """Read a typed paper from the bytes of a text file, as `read_typed`.

    Raises:
        TextRefused: if it is no text that can be read.
    """
    lines = read_text(content).split("\n")
    return read_typed([Line(number, line) for number, line in enumerate(lines, start=1)], defaults)


def looks_typed(text: str) -> bool:
    """Return whether a text is a typed paper: it has a numbered line, and an answer named or in brackets."""
    lines = [line for line in text.split("\n") if line.strip()][:PROBED]
    return any(typed_lines.question(line) for line in lines) and any(
        any(name == "answer" for name, _piece in typed_lines.fields(line))
        or any(typed_lines.answer_in_brackets(line, is_choice=one)[0] for one in (True, False))
        for line in lines
    )


def _questions(lines: Sequence[Line], report: QuestionReport) -> Iterable[_Question]:
    """Yield the questions; lines that belong to none are named in the report."""
    under: Heading | None = None
    current: _Question | None = None
    for at, line in enumerate(lines):
        if not line.text.strip():
            continue
        title = typed_lines.heading(line.text)
        begins = None if title else _begins(lines, at, current)
        if title or begins:
            if current:
                yield current
            current, under = None, title or under
        if begins:
            current = _Question(line.number, begins[0], under)
            _sort(current, begins[1])
        elif not title and current:
            _sort(current, line.text)
        elif not title:
            where = said("第 %(line)s 行", line=line.number)
            report.warnings.append(Problem(where, said("题干"), said("没有题号，这一行没有读取")))
    if current:
        yield current


def _begins(lines: Sequence[Line], at: int, current: _Question | None) -> tuple[int, str] | None:
    """Return number and rest if a line begins a question, and not a numbered line within an answer."""
    found = typed_lines.question(lines[at].text)
    if found is None or current is None or not current.may_list:
        return found
    return found if found[0] > current.number and _has_answer(lines, at) else None


def _has_answer(lines: Sequence[Line], at: int) -> bool:
    """Return whether options or an answer follow before the next numbered line: then it is a question."""
    for line in lines[at + 1 :]:
        if typed_lines.question(line.text) or typed_lines.heading(line.text):
            break
        if typed_lines.options(line.text)[1] or typed_lines.fields(line.text)[0][0] == "answer":
            return True
    return any(typed_lines.answer_in_brackets(lines[at].text, is_choice=one)[0] for one in (True, False))


def _sort(question: _Question, text: str) -> None:
    """Sort a line to the fields of a question."""
    for name, piece in typed_lines.fields(text):
        if name:
            question.add(name, piece)
        elif question.last in ("stem", "options"):
            _sort_option(question, piece)
        else:
            question.go_on(piece)


def _sort_option(question: _Question, text: str) -> None:
    after = question.options[-1][0] if question.options else ""
    before, found = typed_lines.options(text, after)
    # Options on the line of the stem: at least two, or it is part of the sentence.
    if found and before.strip() and (len(found) == 1 or question.options):
        before, found = text, []
    if before.strip():
        question.go_on(before)
    if found:
        question.options += found
        question.last = "options"


def _read(question: _Question, where: str, defaults: ImportDefaults, report: QuestionReport) -> list[Problem]:
    """Append the question's item to the report, or return what is wrong with it."""
    if report.read > MAX_QUESTIONS:
        return [Problem(where, said("题干"), said("一次最多 %(n)s 题，请分成几份", n=MAX_QUESTIONS))]
    row = Row(where, question.line, _values(question))
    item_id = f"{defaults.id_prefix}{len(report.rows) + len(report.faulty_rows) + 1:04d}"
    try:
        if any(NOT_TEXT in text for text in row.texts.values()):
            row.reading = said("题干")
            raise CellProblem(said("含有图片或公式，不能作为文字导入；请改用 Moodle XML，或改写成文字"))
        _check_letters(question, row)
        report.items.append(Item.from_json(item_json(row, item_id, defaults)))
    except CellProblem as problem:
        return [Problem(where, row.reading, problem.args[0])]
    except ItemError as error:
        return [Problem(where, COLUMN_NAMES.get(p.field, p.field), p.message) for p in error.problems]
    report.warnings += [Problem(where, name, text) for name, text in row.warnings]
    return []


def _check_letters(question: _Question, row: Row) -> None:
    letters = [letter for letter, _text in question.options]
    row.reading = said("选项")
    for letter, expected in zip(letters, "ABCDEFGH", strict=False):
        if letter != expected:
            raise CellProblem(said("缺少选项 %(letter)s", letter=expected))


def _values(question: _Question) -> dict[str, Any]:
    """Return the cells that a spreadsheet would have for this question."""
    kind, stem = typed_lines.type_tag(question.text("stem"))
    answer = question.text("answer")
    if not answer:
        answer, stem = typed_lines.answer_in_brackets(stem, is_choice=bool(question.options))
    kind = kind or (question.under.kind if question.under else None) or _kind(question, stem, answer)
    points = question.text("points") or (question.under.points if question.under else "")
    named = {name: question.text(name) for name in ("rationale", "citation", "difficulty", "unit", "tier")}
    letters = {letter: text.strip() for letter, text in question.options}
    return {"type": TYPE_CELLS[kind], "stem": stem, "answer": answer, "points": points} | named | letters


def _kind(question: _Question, stem: str, answer: str) -> PartType:
    """Return the type that options and answer tell; nothing else of it is guessed."""
    if question.options:
        letters = [character for character in answer.upper() if character.isalpha()]
        return PartType.MULTIPLE if len(letters) > 1 else PartType.SINGLE
    if normalise(answer) in RIGHT | WRONG:
        return PartType.TRUE_FALSE
    return PartType.FILL_IN if BLANK.search(stem) or "____" in stem else PartType.ESSAY
