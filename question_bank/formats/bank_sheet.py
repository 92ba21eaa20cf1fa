"""The bank as an Excel sheet that comes back: our template's columns with each item's stable code.

Public: `write_bank`, `read_group`, `groups`, `CODE`.

A sheet with the column 题库编号 is ours: its cells are read as they stand (no running numbers taken off,
no option letters, no blanks guessed), so that what nobody changed is unchanged. A case is one row with
its material, then a row for each part under the same code. `spreadsheet.read_items` finds such sheets.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from question_bank.formats import bank_cells as cells
from question_bank.formats.cells import (
    LETTERS,
    CellProblem,
    cell_text,
    choice_letters,
    is_transitional,
    part_type,
    truth,
)
from question_bank.formats.row import ImportDefaults, Row
from question_bank.formats.written import Written, beyond
from question_bank.item import Item, ItemKind, Part, PartType, number_json
from question_bank.syllabus import load_syllabus
from question_bank.words import Words, said

CODE = "题库编号"
COLUMNS = (
    (CODE, 14),
    ("小题", 6),
    ("题型", 12),
    ("题干", 60),
    *((letter, 20) for letter in LETTERS),
    ("答案", 30),
    ("分值", 8),
    ("知识点", 10),
    ("层级", 12),
    ("难度", 8),
    ("依据", 36),
    ("解析", 48),
    ("数额期限", 16),
    ("新旧衔接", 8),
    ("选项代码", 10),
)
MAX_CELL = 32_767
LEFT_OUT = "未导出说明"
"""A sheet whose name holds 说明 is not read on import."""
# What Excel cannot hold, or xlsxwriter would take for something else than text.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^<r>")
Json = dict[str, Any]
Cells = dict[str, str]


def write_bank(items: Iterable[Item]) -> Written:
    """Return a workbook of the items, keys included: for people who may see keys only.

    Every cell is written as text, so that no stem can become a formula.
    """
    sheet, target = Written(), io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        workbook.set_properties({"title": "题库", "created": datetime(2026, 1, 1, tzinfo=UTC)})
        header = workbook.add_format({"bold": True, "bg_color": "#E8F1EC", "border": 1, "align": "center"})
        # Text as a format too: what is typed into a cell later stays text, "1-5" no day in May.
        text = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        page = workbook.add_worksheet("试题")
        for column, (name, width) in enumerate(COLUMNS):
            page.set_column(column, column, width, text)
            page.write_string(0, column, name, header)
        page.freeze_panes(1, 2)
        row = 1
        for item in items:
            reason = beyond(item, "Excel")
            rows = [] if reason else list(item_cells(item))
            if (reason := reason or _unwritable(rows)) is not None:
                sheet.left_out.append((item.id, reason))
                continue
            for one in rows:
                _write_row(page, row, one, text)
                row += 1
            sheet.written += 1
        if sheet.left_out:
            _write_left_out(workbook.add_worksheet(LEFT_OUT), sheet.left_out, header)
    sheet.content = target.getvalue()
    return sheet


def _write_row(page: Worksheet, row: int, values: Cells, text: Format) -> None:
    for column, (name, _) in enumerate(COLUMNS):
        if values.get(name):
            page.write_string(row, column, values[name], text)


def _write_left_out(page: Worksheet, left_out: Sequence[tuple[str, Words]], header: Format) -> None:
    page.set_column(0, 0, 20)
    page.set_column(1, 1, 80)
    for row, values in enumerate([(CODE, "没有导出的原因"), *left_out]):
        for column, value in enumerate(values):
            page.write_string(row, column, value, header if row == 0 else None)


def _unwritable(rows: Sequence[Cells]) -> Words | None:
    for row in rows:
        for name, value in row.items():
            if len(value) > MAX_CELL:
                return said("“%(name)s”超过 Excel 一格的 32767 个字符", name=name)
            if _UNWRITABLE.search(value):
                return said("“%(name)s”含有 Excel 不能保存的字符", name=name)
    return None


def item_cells(item: Item) -> Iterator[Cells]:
    """Return the rows of an item, each as column -> text."""
    about = {
        CODE: item.id,
        "知识点": item.unit or "",
        "层级": cells.write_tiers(item.tiers),
        "难度": repr(item.difficulty),
        "依据": cells.write_citations(item.citations),
        "解析": item.rationale,
        "数额期限": cells.write_figures(item.figures),
        "新旧衔接": "是" if item.transitional else "",
    }
    if item.kind is not ItemKind.CASE:
        yield about | _part_cells(item.parts[0])
        return
    yield about | {"题型": item.kind.label, "题干": item.stimulus or ""}
    for number, part in enumerate(item.parts, start=1):
        yield {CODE: item.id, "小题": str(number)} | _part_cells(part)


def _part_cells(part: Part) -> Cells:
    return {
        "题型": part.type.label,
        "题干": part.stem,
        **{letter: option.text for letter, option in zip(LETTERS, part.options, strict=False)},
        "答案": cells.write_key(part),
        "分值": str(number_json(part.points)),
        "选项代码": cells.write_option_ids(part),
    }


def groups(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Return the rows item by item: a row with a number under 小题 belongs to the one before it."""
    group: list[Row] = []
    for row in rows:
        belongs = bool(
            group and row.texts.get("part") and row.texts.get("code") == group[0].texts.get("code")
        )
        if group and not belongs:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def read_group(rows: Sequence[Row], code: str, defaults: ImportDefaults) -> Json:
    """Return the JSON of the item that stands in `rows`, still to be checked by `Item.from_json`.

    Raises:
        CellProblem: if a cell cannot be understood; `reading` of the row at fault names its column.
    """
    head = rows[0]
    if head.texts.get("part"):
        head.reading = said("小题")
        raise CellProblem(said("小题上面没有编号相同的案例分析题"))
    is_case = head.text("type", said("题型")) == ItemKind.CASE.label
    parts = [_part(row) for row in (rows[1:] if is_case else rows)]
    return {
        "id": code,
        "unit": _unit(head, defaults),
        "tiers": cells.read_tiers(head.text("tier", said("层级"))) or [tier.value for tier in defaults.tiers],
        "kind": ItemKind.CASE.value if is_case else parts[0]["type"],
        "difficulty": _difficulty(head, defaults),
        "stimulus": _as_it_stands(head, "stem") if is_case else None,
        "parts": parts,
        "rationale": _as_it_stands(head, "rationale"),
        "citations": cells.read_citations(head.text("citation", said("依据"))),
        "figures": cells.read_figures(_as_it_stands(head, "figures")),
        "transitional": is_transitional(head.text("transitional", said("新旧衔接"))),
    }


def _unit(row: Row, defaults: ImportDefaults) -> str | None:
    text = row.text("unit", said("知识点"))
    for unit in load_syllabus().units() if text else ():
        if text.upper().split(maxsplit=1)[0] == unit.code or text == unit.title:
            return unit.code
    if text:
        raise CellProblem(said("大纲中没有“%(unit)s”", unit=text[:40]))
    return defaults.unit


def _difficulty(row: Row, defaults: ImportDefaults) -> float:
    text = row.text("difficulty", said("难度"))
    return float(cells.read_number(text, said("难度"))) if text else defaults.difficulty


def _part(row: Row) -> Json:
    try:
        return _part_json(row)
    except CellProblem as problem:
        problem.where, problem.column = row.where, row.reading
        raise


def _part_json(row: Row) -> Json:
    kind = part_type(row.text("type", said("题型")))
    part: Json = {"type": kind.value, "stem": _as_it_stands(row, "stem"), "options": [], "key": None}
    part["points"] = cells.read_number(row.text("points", said("分值")), said("分值"))
    part["rubric"] = []
    answer = row.text("answer", said("答案"))
    if kind is PartType.TRUE_FALSE:
        part["key"] = truth(answer, [])
    elif kind is PartType.FILL_IN:
        part["key"] = cells.read_blanks(_as_it_stands(row, "answer"))
    elif kind is PartType.ESSAY:
        part["rubric"] = cells.read_rubric(_as_it_stands(row, "answer"))
    else:
        part |= _choice(row, kind, answer)
    return part


def _choice(row: Row, kind: PartType, answer: str) -> Json:
    texts = [_as_it_stands(row, letter) for letter in LETTERS]
    while texts and not texts[-1]:
        texts.pop()
    row.reading = said("选项代码")
    ids = cells.read_option_ids(row.texts.get("option_ids", ""), len(texts))
    row.reading = said("答案")
    chosen = [ids[LETTERS.index(letter)] for letter in choice_letters(answer, texts)]
    if kind is PartType.SINGLE and len(chosen) > 1:
        raise CellProblem(said("单选题有 %(n)s 个答案", n=len(chosen)))
    options = [{"id": i, "text": text} for i, text in zip(ids, texts, strict=True)]
    return {"options": options, "key": chosen[0] if kind is PartType.SINGLE else chosen}


def _as_it_stands(row: Row, name: str) -> str:
    """Return a cell with its blanks at both ends; only line ends are made alike."""
    value: object = row.values.get(name, "")
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else cell_text(value)
