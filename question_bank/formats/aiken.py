"""Aiken (一行一个选项的文本题) in and out: single choice only.

Public: `read_aiken`, `write_aiken`, `looks_like_aiken`, and from `text_file` `TextRefused`.

A question is its stem, its options "A. …" or "A) …" a line each, and a line "ANSWER: B". Letters and marks
may be full-width. Nothing is guessed: a question that is not exactly so is named by its line.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from question_bank.assembly.form import item_images
from question_bank.formats.cells import LETTERS
from question_bank.formats.report import QuestionReport
from question_bank.formats.row import POINTS, ImportDefaults
from question_bank.formats.spreadsheet import COLUMN_NAMES
from question_bank.formats.text_file import TextRefused, read_text
from question_bank.formats.written import Written, beyond
from question_bank.item import Item, ItemError, ItemKind, PartType, Problem, number_json
from question_bank.scoring import normalise
from question_bank.words import Words, said

__all__ = ["TextRefused", "looks_like_aiken", "read_aiken", "write_aiken"]

MAX_QUESTIONS = 20_000
_OPTION = re.compile(r"\s*([A-ZＡ-Ｚ])[.)．）、](?:[ \t\u3000]+|(?=\S))(\S.*)")
_ANSWER = re.compile(r"ANSWER:\s*([A-Z])\s*")
_ANSWER_LINE = re.compile(r"^\s*[AＡ][NＮ][SＳ][WＷ][EＥ][RＲ]\s*[:：]", re.MULTILINE)


class _Fault(ValueError):
    """A question is not Aiken; the arguments say what of it and why."""

    def __init__(self, column: str, message: Words) -> None:
        super().__init__(message)
        self.column = column
        self.message = message


@dataclass(slots=True)
class _Question:
    """The lines of a question with their numbers, from 1."""

    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def where(self) -> str:
        """Return its place."""
        return said("第 %(line)s 行", line=self.lines[0][0])


def looks_like_aiken(text: str) -> bool:
    """Return whether a text has a line that begins as an answer of Aiken does."""
    return bool(_ANSWER_LINE.search(text))


def read_aiken(content: bytes, defaults: ImportDefaults | None = None) -> QuestionReport:
    """Read the questions of an Aiken file.

    Args:
        defaults: what items have that Aiken does not say: unit, tiers, difficulty.

    Raises:
        TextRefused: if the file is no text, or has too many questions. Then nothing was read.
    """
    report, defaults = QuestionReport(), defaults or ImportDefaults()
    first: dict[str, str] = {}
    for question in _questions(read_text(content)):
        report.read += 1
        if report.read > MAX_QUESTIONS:
            raise TextRefused(said("超过 %(most)s 题，请分成几个文件导入", most=MAX_QUESTIONS))
        where = question.where
        try:
            item = _item(question, f"{defaults.id_prefix}{report.read:04d}", defaults)
        except _Fault as fault:
            report.problems.append(Problem(where, fault.column, fault.message))
        except ItemError as error:
            report.problems += [
                Problem(where, COLUMN_NAMES.get(p.field, p.field), p.message) for p in error.problems
            ]
        else:
            report.items.append(item)
            report.rows.append(where)
            earlier = first.setdefault(normalise(item.parts[0].stem), where)
            if earlier != where:
                message = said("与%(place)s的题干相同", place=earlier)
                report.warnings.append(Problem(where, said("题干"), message))
            continue
        report.faulty_rows.append(where)
    return report


def _questions(text: str) -> Iterator[_Question]:
    """Return the questions: each ends with its answer, or where a blank line follows its options."""
    question = _Question()
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            question.lines.append((number, line.strip()))
            if not _ANSWER_LINE.match(line):
                continue
        elif not any(_OPTION.match(kept) for _, kept in question.lines):
            continue  # a blank line below a stem is no end yet
        yield question
        question = _Question()
    if question.lines:
        yield question


def _item(question: _Question, item_id: str, defaults: ImportDefaults) -> Item:
    stem, options = _stem_and_options(question.lines[:-1])
    number, last = question.lines[-1]
    answer = _ANSWER.fullmatch(unicodedata.normalize("NFKC", last))
    if not answer:
        raise _Fault(said("答案"), said("第 %(line)s 行应为“ANSWER: B”这样的答案", line=number))
    if not stem:
        raise _Fault(said("题干"), said("没有题干"))
    if len(options) > len(LETTERS):
        raise _Fault(said("选项"), said("选项有 %(n)s 个，最多 8 个", n=len(options)))
    if answer[1] not in LETTERS[: len(options)]:
        message = said("第 %(line)s 行的答案 %(letter)s 不在选项之中", line=number, letter=answer[1])
        raise _Fault(said("答案"), message)
    part = {
        "type": PartType.SINGLE.value,
        "stem": stem,
        "options": [{"id": i.lower(), "text": text} for i, text in zip(LETTERS, options, strict=False)],
        "key": answer[1].lower(),
        "points": number_json(POINTS[PartType.SINGLE]),
        "rubric": [],
    }
    return Item.from_json(
        {
            "id": item_id,
            "unit": defaults.unit,
            "tiers": [tier.value for tier in defaults.tiers],
            "kind": ItemKind.SINGLE.value,
            "difficulty": defaults.difficulty,
            "stimulus": None,
            "parts": [part],
            "rationale": "",
            "citations": [],
            "figures": [],
        }
    )


def _stem_and_options(lines: Iterable[tuple[int, str]]) -> tuple[str, list[str]]:
    stem: list[str] = []
    options: list[str] = []
    for number, line in lines:
        option = _OPTION.fullmatch(line)
        if not option:
            if options:
                message = said("第 %(line)s 行既不是选项也不是答案，选项应写在一行之内", line=number)
                raise _Fault(said("选项"), message)
            stem.append(line)
            continue
        letter, due = unicodedata.normalize("NFKC", option[1]), chr(ord("A") + len(options))
        if letter != due:
            raise _Fault(said("选项"), said("第 %(line)s 行的选项应为 %(letter)s", line=number, letter=due))
        options.append(option[2].strip())
    return "\n".join(stem), options


def write_aiken(items: Iterable[Item]) -> Written:
    """Return an Aiken file of the single-choice items, keys included: for people who may see keys only.

    Aiken has stems, options and answers; what else an item has does not go with it.
    """
    made, questions = Written(), []
    for item in items:
        question = "" if (reason := _unfit(item)) else _question(item)
        if reason is None and not _comes_back(item, question):
            reason = said("题干或选项含有换行，或写法与 Aiken 的标记相同")
        if reason is not None:
            made.left_out.append((item.id, reason))
            continue
        questions.append(question)
        made.written += 1
    made.content = "\n".join(questions).encode()
    return made


def _unfit(item: Item) -> Words | None:
    if item.kind is not ItemKind.SINGLE:
        return said("Aiken 只有单选题，没有%(type)s", type=item.kind.label)
    if reason := beyond(item, "Aiken"):
        return reason
    return said("Aiken 不能带图片") if item_images(item) else None


def _question(item: Item) -> str:
    part = item.parts[0]
    options = [f"{letter}) {option.text}" for letter, option in zip(LETTERS, part.options, strict=False)]
    right = LETTERS[part.option_ids.index(str(part.key))]
    return "\n".join([part.stem, *options, f"ANSWER: {right}"]) + "\n"


def _comes_back(item: Item, question: str) -> bool:
    """Return whether stem, options and key come back; other systems want a line for each."""
    part = item.parts[0]
    try:
        report = read_aiken(question.encode())
    except (TextRefused, UnicodeEncodeError):
        return False
    if "\n" in part.stem or len(report.items) != 1:
        return False
    found = report.items[0].parts[0]
    right = found.option_ids.index(str(found.key)) == part.option_ids.index(str(part.key))
    return right and (found.stem, [o.text for o in found.options]) == (
        part.stem,
        [o.text for o in part.options],
    )
