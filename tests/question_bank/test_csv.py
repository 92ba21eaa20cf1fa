"""CSV: the same columns as in Excel, whatever separates them and in whatever encoding they were saved."""

import csv
import hashlib
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.formats.bank_csv import write_csv
from question_bank.formats.bank_sheet import write_bank
from question_bank.formats.spreadsheet import ImportReport, SpreadsheetRefused, read_csv_items, read_items
from question_bank.formats.workbook import read_sheets
from question_bank.item import Item
from question_bank.starter import load_starter
from question_bank.terms import PartType
from tests.bank.samples import item, item_json, part_json
from tests.question_bank.workbooks import make_xlsx

HEADER = ["题型", "题干", "A", "B", "答案"]
ROWS = [
    HEADER,
    ["单选题", "期限，多久？", "五年", '"十"年', "B"],
    ["多选题", "两行\n题干", "甲", "乙；丙", "AB"],
    ["判断题", "水往高处流。", "", "", "错误"],
]


def written(rows: list[list[str]], separator: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def read(content: bytes) -> ImportReport:
    return read_csv_items(content, "题库.csv")


@pytest.mark.parametrize("separator", [",", ";", "\t", "，"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_separator_and_encoding_are_found_out(separator: str, encoding: str):
    report = read(written(ROWS, separator, encoding))
    assert report.problems == []
    assert [one.parts[0].key for one in report.items] == ["b", ("a", "b"), False]
    assert [one.parts[0].stem for one in report.items] == ["期限，多久？", "两行\n题干", "水往高处流。"]
    assert report.items[0].parts[0].options[1].text == '"十"年'


def test_choices_without_a_type_are_told_by_the_letters_of_the_answer():
    report = read(written([["", "Question", "A", "B", "Answer"], ["0", "一", "甲", "乙", "A"]] * 1))
    assert [one.parts[0].type for one in report.items] == [PartType.SINGLE]
    several = read(written([["问题", "A", "B", "C", "答案"], ["一", "甲", "乙", "丙", "A、C"]]))
    assert several.items[0].parts[0].key == ("a", "c")
    assert "没有「题型」一列" in str(several.warnings[0])


def test_excel_still_needs_the_type():
    with pytest.raises(SpreadsheetRefused, match="题型"):
        read_items(make_xlsx([["题干", "A", "B", "答案"], ["一", "甲", "乙", "A"]]), "a.xlsx")


def test_a_faulty_row_is_named_and_the_others_are_read():
    rows = [HEADER, ["单选题", "一", "甲", "乙", "C"], ["单选题", "二", "甲", "乙", "A"]]
    report = read(written(rows))
    assert (report.read, len(report.items), report.faulty_rows) == (2, 1, [("CSV", 2)])
    assert "C 不在选项之中" in str(report.problems[0])


def test_our_own_sheet_saved_as_csv_comes_back_the_same():
    sheet = read_sheets(write_bank(load_starter()).content)[0]
    report = read(written([[str(cell) for cell in row] for row in sheet.rows], encoding="gb18030"))
    assert (tuple(report.items), report.problems) == (load_starter(), [])
    assert report.codes == {one.id for one in load_starter()}


def test_the_whole_starter_bank_goes_out_and_comes_back_the_same():
    made = write_csv(load_starter())
    report = read(made.content)
    assert (tuple(report.items), report.problems, made.left_out) == (load_starter(), [], [])


TRICKY = st.text(
    st.sampled_from("甲乙AB12 \n\t=+-@\"',;<>&|*；_（）.\xa0\u3000😀"), min_size=1, max_size=20
).filter(str.strip)


@settings(max_examples=60)
@given(words=st.lists(TRICKY, min_size=8, max_size=8, unique_by=str.strip))
def test_texts_come_back_character_by_character_and_none_begins_like_a_formula(words: list[str]):
    options = [{"id": f"x{n}", "text": text} for n, text in enumerate(words[:4])]
    rubric = [{"points": 4, "text": words[6]}]
    parts = [
        part_json("single", stem=words[4], options=options, key="x1"),
        part_json("essay", stem=words[5], rubric=rubric, points=4),
        part_json("fill_in", stem="某____空", key=[words[:3]]),
    ]
    items = [
        Item.from_json(item_json(f"T-{n}", part["type"], parts=[part]) | {"rationale": words[7]})
        for n, part in enumerate(parts)
    ]
    made = write_csv(items)
    assert (read(made.content).items, made.left_out) == (items, [])
    rows = csv.reader(io.StringIO(made.content.decode("utf-8-sig"), newline=""))
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))] == []


def test_what_csv_cannot_hold_is_left_out_by_name():
    made = write_csv([item("T-1", stem="响铃\x07"), item("T-2", stem="行\r尾"), item("T-3")])
    assert [code for code, _ in made.left_out] == ["T-1", "T-2"]
    assert [one.id for one in read(made.content).items] == ["T-3"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (written(ROWS) + b"\0", "NUL"),
        (written(ROWS) + '单选题,"没有结束'.encode(), "第 5 行"),
        (written([HEADER, ["单选题", "长" * 200_000, "甲", "乙", "A"]]), "第 2 行"),
        (b"," * 2_000_001, "过大"),
        (b"a,b\n1,2\n", "表头"),
        (b"", "表头"),
        (written([HEADER, *[["判断题", "一", "", "", "对"]] * 20_001]), "20000 行"),
    ],
    ids=["nul", "open quote", "long cell", "wide", "no header", "empty", "many rows"],
)
def test_what_is_no_table_of_items_is_refused_with_the_reason(content: bytes, message: str):
    with pytest.raises(SpreadsheetRefused, match=message):
        read(content)


def test_the_real_files_give_the_recorded_rows_and_keys(test_data: Path):
    entries = [
        entry
        for entry in json.loads((test_data / "MANIFEST.json").read_text(encoding="utf-8"))
        if str(entry.get("file")).startswith("csv-zh/")
    ]
    read_in_all = 0
    for entry in entries:
        expected = entry["expected"]
        report = read((test_data / entry["file"]).read_bytes())
        keys = [str(one.parts[0].key).upper() for one in report.items]
        assert (report.read, report.problems) == (expected["rows"], []), entry["file"]
        assert Counter(keys) == expected["answers"]
        assert hashlib.sha256("".join(keys).encode()).hexdigest()[:16] == expected["sha_answers"]
        twins = [warning for warning in report.warnings if "题干相同" in warning.message]
        assert len(twins) == expected["duplicate_stems"]
        read_in_all += report.read
    assert (len(entries), read_in_all) == (69, 684)
