"""The Excel template item writers fill in; what it holds is what `spreadsheet.read_items` reads.

Public: `write_template`.
"""

import io
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from question_bank.item import Tier
from question_bank.syllabus import load_syllabus

COLUMNS = (
    ("题型", 10),
    ("题干", 60),
    ("A", 20),
    ("B", 20),
    ("C", 20),
    ("D", 20),
    ("E", 14),
    ("F", 14),
    ("答案", 16),
    ("分值", 8),
    ("知识点", 10),
    ("层级", 10),
    ("难度", 8),
    ("依据", 36),
    ("解析", 48),
)
TYPE_CHOICES = ["单选题", "多选题", "判断题", "填空题", "论述题"]
LAST_ROW = 2_000
NOTES = (
    ("题型", "必填", "单选题、多选题、判断题、填空题、论述题（简答题）之一。案例分析题请在系统中录入。"),
    ("题干", "必填", "题号可写可不写，导入时自动去掉。填空题的空写作 ____（四个下划线）或空括号。"),
    (
        "A 至 H",
        "选择题必填",
        "每列一个选项，从 A 起连续填写；单选一般 4 个，多选 4 到 6 个。判断题不必填写。",
    ),
    ("答案", "必填", "单选写一个字母；多选连写字母，如 ACD；判断写 正确 或 错误；多个空用 ** 隔开。"),
    ("", "", "一个空有几种写法的，用 | 隔开，如 五年|5年。论述题写评分要点。"),
    ("分值", "选填", "不填：判断 1 分，单选、多选、填空 2 分，论述 10 分。"),
    ("知识点", "选填", "大纲单元代码或名称，见下表。不填用导入时选定的单元。"),
    ("层级", "选填", "初级、中级，或 初级、中级。不填为两级都适用。"),
    ("难度", "选填", "易、中、难，或预计答对的比例（0 到 1）。"),
    ("依据", "选填", "写作《法规名称》第×条，可写到第×款第×项，可写多条。应引用现行有效的版本。"),
    ("解析", "选填", "说明为什么，引用法规名称与条号。"),
)
# The shape of rows, not the words of any bank.
EXAMPLES = (
    ("判断题", "执法人员调查取证时，应当出示执法证件。", "", "", "", "", "正确"),
    ("单选题", "下列各项中正确的是（　　）。", "第一种说法", "第二种说法", "第三种说法", "第四种说法", "B"),
    ("多选题", "下列各项中正确的有（　　）。", "第一种说法", "第二种说法", "第三种说法", "第四种说法", "ACD"),
    ("填空题", "期限为____日，延长不得超过____日。", "", "", "", "", "九十|90**三十|30"),
)


def write_template() -> bytes:
    """Return the template workbook: the sheet to fill in, and one that explains it (skipped on import)."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        # A fixed day keeps the file the same from call to call.
        workbook.set_properties({"title": "试题导入模板", "created": datetime(2026, 1, 1, tzinfo=UTC)})
        header = workbook.add_format({"bold": True, "bg_color": "#E8F1EC", "border": 1, "align": "center"})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        _write_form(workbook.add_worksheet("试题"), header, wrapped)
        _write_notes(workbook, header, wrapped)
    return target.getvalue()


def _write_form(sheet: Worksheet, header: Format, wrapped: Format) -> None:
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width, wrapped)
        sheet.write_string(0, column, name, header)
    sheet.freeze_panes(1, 0)
    names = [name for name, _ in COLUMNS]
    tiers = [tier.label for tier in Tier]
    for name, choices in (
        ("题型", TYPE_CHOICES),
        ("层级", [*tiers, "、".join(tiers)]),
        ("难度", ["易", "中", "难"]),
    ):
        column = names.index(name)
        # A hint, not a fence: "0.62" is a difficulty, too.
        rule = {"validate": "list", "source": choices, "error_type": "information"}
        sheet.data_validation(1, column, LAST_ROW, column, rule)


def _write_notes(workbook: Workbook, header: Format, wrapped: Format) -> None:
    sheet = workbook.add_worksheet("填写说明")
    for column, width in enumerate((14, 40, 60, 16, 16, 16, 18)):
        sheet.set_column(column, column, width, wrapped)
    row = _write_table(sheet, 0, [("列", "是否必填", "怎样填写"), *NOTES], header)
    row = _write_table(
        sheet, row + 1, [("示例：题型", "题干", "A", "B", "C", "D", "答案"), *EXAMPLES], header
    )
    units = [(unit.code, unit.title) for unit in load_syllabus().units()]
    _write_table(sheet, row + 1, [("单元代码", "单元名称"), *units], header)


def _write_table(sheet: Worksheet, row: int, rows: list[tuple[str, ...]], header: Format) -> int:
    """Write rows, the first as a header; return the next free row."""
    for offset, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if offset == 0:
                sheet.write_string(row, column, text, header)
            else:
                sheet.write_string(row + offset, column, text)
    return row + len(rows)
