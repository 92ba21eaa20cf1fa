"""The bank as an Excel sheet: what nobody changed comes back the same, what was changed is just that."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.formats.bank_sheet import COLUMNS, write_bank
from question_bank.formats.spreadsheet import ImportReport, read_items
from question_bank.formats.workbook import read_sheets
from question_bank.item import Item
from question_bank.starter import load_starter
from tests.bank.samples import item, item_json, part_json
from tests.question_bank.workbooks import make_xlsx

NAMES = [name for name, _ in COLUMNS]


def back(*items: Item) -> ImportReport:
    return read_items(write_bank(items).content, "题库.xlsx")


def rows_of(*items: Item) -> list[list[object]]:
    return read_sheets(write_bank(items).content)[0].rows


def test_the_whole_starter_bank_comes_back_the_same():
    report = back(*load_starter())
    assert report.problems == []
    assert tuple(report.items) == load_starter()
    assert report.codes == {one.id for one in load_starter()}


TRICKY = st.text(
    st.sampled_from("甲乙丙ABab12 \n\t=+-@\"'<>&|*；;【】分_（）().、…\xa0\u3000\u200b😀"),
    min_size=1,
    max_size=30,
).filter(str.strip)


@settings(max_examples=60)
@given(texts=st.lists(TRICKY, min_size=14, max_size=14, unique_by=str.strip), blanks=st.integers(1, 3))
def test_texts_of_every_kind_come_back_character_by_character(texts: list[str], blanks: int):
    options = [{"id": f"x{n}", "text": text} for n, text in enumerate(texts[:4])]
    spelled = [texts[n : n + 2] for n in range(blanks)]
    rubric = [{"points": 1.5, "text": texts[5]}, {"points": 2.5, "text": texts[6]}]
    stem = "____".join(["某", *(["空"] * blanks)])
    parts = [
        part_json("single", stem=texts[7], options=options, key="x1"),
        part_json("multiple", stem=texts[8], options=options, key=["x2", "x0"]),
        part_json("fill_in", stem=stem, key=spelled),
        part_json("essay", stem=texts[9], rubric=rubric),
    ]
    other = {"rationale": texts[10], "figures": texts[11:13], "stimulus": None}
    items = [
        Item.from_json(item_json(f"T-{n}", part["type"], parts=[part]) | other)
        for n, part in enumerate(parts)
    ]
    assert back(*items).items == items


def test_a_case_stands_in_rows_under_one_code_and_comes_back_as_one_item():
    case = item("case-1", "case")
    assert [row[:3] for row in rows_of(case)[1:]] == [
        ["case-1", "", "案例分析题"],
        ["case-1", "1", "单选题"],
        ["case-1", "2", "多选题"],
        ["case-1", "3", "论述题"],
    ]
    report = back(case, item("B5-1"))
    assert (report.read, report.items) == (2, [case, item("B5-1")])


def test_no_cell_is_a_formula_or_a_link():
    stems = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "http://example.com"]
    items = [item(f"T-{n}", stem=stem) for n, stem in enumerate(stems)]
    assert [row[NAMES.index("题干")] for row in rows_of(*items)[1:]] == stems
    assert back(*items).items == items


@pytest.mark.parametrize("stem", ["响铃\x07", "<r>甲</r>", "甲_x0041_", "行\r尾"])
def test_items_that_excel_cannot_hold_are_left_out_by_name_and_no_fault_on_the_way_back(stem: str):
    sheet = write_bank([item("T-1", stem=stem), item("T-2")])
    assert (sheet.written, [code for code, _ in sheet.left_out]) == (1, ["T-1"])
    report = read_items(sheet.content, "题库.xlsx")
    assert ([one.id for one in report.items], report.problems) == (["T-2"], [])


def test_more_text_than_a_cell_takes_leaves_the_item_out():
    rubric = [{"points": 2, "text": "字" * 19_000}] * 2
    sheet = write_bank([item("T-1", "essay", parts=[part_json("essay", rubric=rubric)])])
    assert (sheet.written, len(sheet.left_out)) == (0, 1)


def edited(column: str, value: str, *items: Item, row: int = 1) -> ImportReport:
    rows = rows_of(*items)
    rows[row][NAMES.index(column)] = value
    return read_items(make_xlsx(rows), "题库.xlsx")


@pytest.mark.parametrize(
    ("column", "value", "row", "where"),
    [
        ("答案", "E", 2, "Sheet1!3"),
        ("依据", "《没有这部法》第1条", 1, "Sheet1!2"),
        ("依据", "第一条", 1, "Sheet1!2"),
        ("知识点", "Z9", 1, "Sheet1!2"),
        ("层级", "高级", 1, "Sheet1!2"),
        ("难度", "很难", 1, "Sheet1!2"),
        ("分值", "两分", 2, "Sheet1!3"),
        ("题型", "连线题", 3, "Sheet1!4"),
        ("选项代码", "a b", 2, "Sheet1!3"),
        ("答案", "写出三性", 4, "Sheet1!5"),
        ("答案", "【1分】写出三性", 4, "Sheet1!2"),
    ],
)
def test_a_cell_that_cannot_be_understood_is_named_and_nothing_is_guessed(
    column: str, value: str, row: int, where: str
):
    report = edited(column, value, item("case-1", "case"), row=row)
    assert report.items == []
    assert report.problems[0].where == where
    assert len(report.faulty_rows) == 1


def test_the_same_code_twice_and_a_part_without_its_case_are_refused():
    assert "重复" in back(item("B5-1"), item("B5-1")).problems[0].message
    rows = rows_of(item("case-1", "case"))
    del rows[1]
    assert read_items(make_xlsx(rows), "题库.xlsx").problems[0].field == "小题"


def test_a_row_without_a_code_is_a_new_item():
    report = edited("题库编号", "", item("B5-1"))
    assert (len(report.items), report.codes) == (1, set())


def test_a_running_number_is_no_code():
    report = read_items(
        make_xlsx([["编号", "题型", "题干", "答案"], ["1", "判断题", "某句", "对"]]), "a.xlsx"
    )
    assert report.codes == set()
    assert io.BytesIO(write_bank([]).content).read(2) == b"PK"
