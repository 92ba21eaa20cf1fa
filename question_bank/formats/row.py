"""One spreadsheet row on its way to an item.

Public: `Row`, `ImportDefaults`, `item_json`.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from question_bank.formats.cells import (
    LETTERS,
    CellProblem,
    blank_answers,
    cell_text,
    choice_letters,
    is_day,
    is_transitional,
    part_type,
    split_options,
    truth,
    unlabel,
    with_blanks,
)
from question_bank.formats.citations import find_citations
from question_bank.item import PartType, Tier, number_json
from question_bank.laws import load_register
from question_bank.syllabus import load_syllabus
from question_bank.value_shapes import BLANK
from question_bank.words import said

MIN_OPTIONS = 2
DIFFICULTIES = {
    "易": 0.8,
    "容易": 0.8,
    "简单": 0.8,
    "低": 0.8,
    "中": 0.6,
    "中等": 0.6,
    "一般": 0.6,
    "难": 0.4,
    "困难": 0.4,
    "较难": 0.4,
    "高": 0.4,
}
POINTS = {
    PartType.TRUE_FALSE: Decimal(1),
    PartType.SINGLE: Decimal(2),
    PartType.MULTIPLE: Decimal(2),
    PartType.FILL_IN: Decimal(2),
    PartType.ESSAY: Decimal(10),
}


@dataclass(frozen=True, slots=True)
class ImportDefaults:
    """What an imported item has where its row does not say: unit, tiers, difficulty; and how ids begin."""

    unit: str | None = None
    tiers: tuple[Tier, ...] = (Tier.PRIMARY, Tier.INTERMEDIATE)
    difficulty: float = 0.6
    id_prefix: str = "import-"


@dataclass(slots=True)
class Row:
    """The cells of one row by field; `reading` is the column being read, for the message if it fails."""

    where: str
    number: int
    values: Mapping[str, Any]
    texts: dict[str, str] = field(init=False)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    reading: str = said("题型")

    def __post_init__(self) -> None:
        self.texts = {"stem": ""} | {name: cell_text(value) for name, value in self.values.items()}

    @property
    def is_blank(self) -> bool:
        """Return whether no column we know has anything in it."""
        return not any(self.texts.values())

    def text(self, name: str, column: str) -> str:
        """Return the text of a field, remembering that `column` is being read."""
        self.reading = column
        return self.texts.get(name, "")

    def warn(self, message: str) -> None:
        """Note something about the column being read that a person should look at."""
        self.warnings.append((self.reading, message))


def item_json(row: Row, item_id: str, defaults: ImportDefaults) -> dict[str, Any]:
    """Return the JSON of the row's item, still to be checked by `Item.from_json`.

    Raises:
        CellProblem: if a cell cannot be understood; `row.reading` names its column.
    """
    kind = part_type(row.text("type", said("题型")))
    stem = row.text("stem", said("题干"))
    if not stem:
        raise CellProblem(said("没有题干"))
    points = _points(row, kind)
    if is_day(row.values.get("answer")):
        row.reading = said("答案")
        row.warn(
            said("答案单元格是日期（%(texts)s），可能是 Excel 自动改写，请核对", texts=row.texts["answer"])
        )
    part: dict[str, Any] = {"type": kind.value, "stem": stem, "options": [], "key": None, "rubric": []}
    part |= {"points": number_json(points)} | _answer(row, kind, stem, points)
    return {
        "id": item_id,
        "unit": _unit(row, defaults),
        "tiers": [tier.value for tier in _tiers(row, defaults)],
        "kind": kind.value,
        "difficulty": _difficulty(row, defaults),
        "stimulus": None,
        "parts": [part],
        "rationale": row.text("rationale", said("解析")),
        "citations": _citations(row),
        "figures": [],
        "transitional": is_transitional(row.text("transitional", said("新旧衔接"))),
    }


def _answer(row: Row, kind: PartType, stem: str, points: Decimal) -> dict[str, Any]:
    """Return the members of the part that its type decides."""
    if kind is PartType.FILL_IN:
        blanked = with_blanks(stem)
        blanks = len(BLANK.findall(blanked))
        if not blanks:
            row.reading = said("题干")
            raise CellProblem(said("填空题题干中没有空，请用 ____ 或（ ）标出"))
        return {"stem": blanked, "key": blank_answers(row.text("answer", said("答案")), blanks)}
    if kind is PartType.ESSAY:
        answer = row.text("answer", said("答案"))
        if not answer:
            raise CellProblem(said("没有答案（评分要点）"))
        return {"rubric": [{"points": number_json(points), "text": answer}]}
    options = _options(row)
    answer = row.text("answer", said("答案"))
    if kind is PartType.TRUE_FALSE:
        return {"key": truth(answer, options)}
    if len(options) < MIN_OPTIONS:
        row.reading = said("选项")
        raise CellProblem(said("选择题至少要有两个选项"))
    letters = choice_letters(answer, options)
    shown = [{"id": letter.lower(), "text": text} for letter, text in zip(LETTERS, options, strict=False)]
    if kind is PartType.MULTIPLE:
        if len(letters) == 1:
            row.warn(said("多选题只有一个答案，请核对"))
        return {"options": shown, "key": [letter.lower() for letter in letters]}
    if len(letters) > 1:
        raise CellProblem(said("单选题有 %(n)s 个答案", n=len(letters)))
    return {"options": shown, "key": letters[0].lower()}


def _options(row: Row) -> list[str]:
    """Return the texts of the options, from one cell or from the columns A to H."""
    one_cell = row.text("options", said("选项"))
    if one_cell:
        pieces = split_options(one_cell)
        if len(pieces) > len(LETTERS):
            raise CellProblem(said("选项超过 %(n)s 个", n=len(LETTERS)))
        texts, loose = unlabel(pieces)
        if loose:
            row.warn(said("有的选项字母后没有分隔符，已按标号处理，请核对"))
        return texts
    cells = [row.texts.get(letter, "") for letter in LETTERS]
    while cells and not cells[-1]:
        cells.pop()
    for letter, text in zip(LETTERS, cells, strict=False):
        if not text:
            raise CellProblem(said("选项 %(letter)s 为空", letter=letter))
    try:
        texts, loose = unlabel(cells)
    except CellProblem:  # the columns are the labels; a text that looks like one is the author's
        return cells
    return cells if loose else texts


def _points(row: Row, kind: PartType) -> Decimal:
    text = row.text("points", said("分值"))
    if not text:
        return POINTS[kind]
    try:
        return Decimal(unicodedata.normalize("NFKC", text).removesuffix("分").strip())
    except InvalidOperation as error:
        raise CellProblem(said("分值「%(text)s」不是数字", text=text)) from error


def _unit(row: Row, defaults: ImportDefaults) -> str | None:
    text = row.text("unit", said("知识点"))
    for unit in load_syllabus().units() if text else ():
        if text.upper().split(maxsplit=1)[0] == unit.code or text == unit.title:
            return unit.code
    if text:
        row.warn(
            said(
                "大纲中没有「%(text)s」，按默认单元 %(value)s 处理",
                text=text,
                value=defaults.unit or said("（无）"),
            )
        )
    return defaults.unit


def _tiers(row: Row, defaults: ImportDefaults) -> tuple[Tier, ...]:
    text = row.text("tier", said("层级"))
    named = tuple(tier for tier in Tier if tier.label in text)
    if text and not named:
        row.warn(said("不认识的层级「%(text)s」，按默认处理", text=text))
    return named or defaults.tiers


def _difficulty(row: Row, defaults: ImportDefaults) -> float:
    text = re.sub(r"\s", "", row.text("difficulty", said("难度")))
    if text in DIFFICULTIES:
        return DIFFICULTIES[text]
    try:
        value = float(text) if text else defaults.difficulty
    except ValueError:
        value = -1.0
    if 0 <= value <= 1:
        return value
    row.warn(said("难度「%(text)s」应为 易、中、难 或 0 到 1 之间的数，按默认处理", text=text))
    return defaults.difficulty


def _citations(row: Row) -> list[dict[str, Any]]:
    text = row.text("citation", said("依据"))
    if not text:
        return []
    found, unknown = find_citations(text, load_register())
    for title in unknown:
        row.warn(said("法规库中没有《%(title)s》", title=title))
    if not found and not unknown:
        row.warn(said("没有识别出条文，请写作《法规名称》第×条"))
    return [citation.to_json() for citation in found]
