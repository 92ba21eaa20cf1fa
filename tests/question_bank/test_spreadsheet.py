"""Excel import: layouts, faults by row and column, the real files."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from question_bank.formats.row import ImportDefaults
from question_bank.formats.spreadsheet import ImportReport, SpreadsheetRefused, read_items
from question_bank.formats.template import COLUMNS, EXAMPLES, write_template
from question_bank.item import Citation, Item, Part
from question_bank.terms import Tier
from tests.question_bank.workbooks import HEADER, ONE_CELL_HEADER, make_xlsx

OPTIONS = ["甲说", "乙说", "丙说", "丁说"]


def read(
    *rows: list[Any], header: list[str] | None = None, defaults: ImportDefaults | None = None
) -> ImportReport:
    return read_items(make_xlsx([header or HEADER, *rows]), "题库.xlsx", defaults)


def only_part(report: ImportReport) -> Part:
    assert report.problems == []
    assert len(report.items) == 1
    return report.items[0].parts[0]


@pytest.mark.parametrize(
    ("row", "kind", "key"),
    [
        (["单选题", "题", *OPTIONS, "B"], "single", "b"),
        (["单项选择题", "题", *OPTIONS, " ｂ "], "single", "b"),
        (["单选", "题", *OPTIONS, "乙说"], "single", "b"),
        (["多选题", "题", *OPTIONS, "ACD"], "multiple", ("a", "c", "d")),
        (["多项选择题", "题", *OPTIONS, "D、A，C"], "multiple", ("a", "c", "d")),
        (["判断题", "题", "", "", "", "", "正确"], "true_false", True),
        (["是非题", "题", "", "", "", "", "×"], "true_false", False),
        (["判断", "题", "", "", "", "", "√"], "true_false", True),
        (["判断题", "题", "正确", "错误", "", "", "B"], "true_false", False),
        (["判断题", "题", "错误", "正确", "", "", "B"], "true_false", True),
        (["判断题", "题", "", "", "", "", "A"], "true_false", True),
        (["判断题", "题", "", "", "", "", True], "true_false", True),
        (["填空题", "期限为____日", "", "", "", "", "九十|90"], "fill_in", (("九十", "90"),)),
        (["填空题", "期限为（　）日", "", "", "", "", 90], "fill_in", (("90",),)),
        (["填空题", "甲___乙__", "", "", "", "", "一**二"], "fill_in", (("一",), ("二",))),
        (["填空题", "甲___乙__", "", "", "", "", "一；二"], "fill_in", (("一",), ("二",))),
        (["数字类选择题", "为()%", "", "", "", "", 1.5], "fill_in", (("1.5",),)),
        (["简答题", "为什么？", "", "", "", "", "因为"], "essay", None),
    ],
)
def test_a_row_becomes_an_item(row: list[Any], kind: str, key: object) -> None:
    part = only_part(read(row))

    assert (part.type, part.key) == (kind, key)


@pytest.mark.parametrize(
    "cell",
    [
        "A.甲说**B.乙说**C.丙说**D.丁说",
        "**A.甲说**B.乙说**C.丙说**D.丁说",
        "A、甲说##B、乙说##C、丙说##D、丁说",
        "Ａ．甲说**Ｂ．乙说**Ｃ：丙说**Ｄ 丁说",
        "A.甲说\nB.乙说\nC.丙说\nD.丁说",
        "甲说**乙说**丙说**丁说",
    ],
)
def test_options_in_one_cell_are_split_and_unlabelled(cell: str) -> None:
    part = only_part(read(["单选题", "题", cell, "B"], header=ONE_CELL_HEADER))

    assert [option.text for option in part.options] == OPTIONS
    assert part.key == "b"


def test_letters_without_a_separator_are_taken_off_with_a_warning() -> None:
    report = read(["单选题", "题", "A甲说**B乙说**C丙说**D丁说", "B"], header=ONE_CELL_HEADER)

    assert [option.text for option in only_part(report).options] == OPTIONS
    assert ["核对" in warning.message for warning in report.warnings] == [True]


def test_letters_that_are_the_option_stay() -> None:
    part = only_part(read(["单选题", "题", "A类**B类**C类**D类", "B"], header=ONE_CELL_HEADER))

    assert [option.text for option in part.options] == ["A类", "B类", "C类", "D类"]


@pytest.mark.parametrize(
    ("stem", "cleaned"),
    [
        ("12、某企业排放废水", "某企业排放废水"),
        ("12.某企业", "某企业"),
        ("（12）某企业", "某企业"),
        ("12\t某企业", "某企业"),
        ("12．某企业", "某企业"),
        ("2026年8月15日起施行", "2026年8月15日起施行"),
        ("3D打印企业", "3D打印企业"),
        ("12.5%的硫酸", "12.5%的硫酸"),
        ("1，3-丁二烯属于", "1，3-丁二烯属于"),
        ("10 日内", "10 日内"),
    ],
)
def test_a_number_that_belongs_to_the_sentence_stays(stem: str, cleaned: str) -> None:
    assert only_part(read(["单选题", stem, *OPTIONS, "A"])).stem == cleaned


def test_a_column_that_is_numbered_through_loses_its_numbers() -> None:
    stems = ["1某企业", "2 某单位", "3.2026年某日", "4、某人", "5D打印"]
    report = read(*([["单选题", stem, *OPTIONS, "A"] for stem in stems]))

    assert [item.parts[0].stem for item in report.items] == [
        "某企业",
        "某单位",
        "2026年某日",
        "某人",
        "D打印",
    ]


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (["", "题", *OPTIONS, "A"], "题型", "没有题型"),
        (["连线题", "题", *OPTIONS, "A"], "题型", "不认识的题型"),
        (["单选题", "", *OPTIONS, "A"], "题干", "没有题干"),
        (["单选题", "题", *OPTIONS, ""], "答案", "没有答案"),
        (["单选题", "题", *OPTIONS, "Z"], "答案", "不在选项之中"),
        (["单选题", "题", *OPTIONS[:3], "", "D"], "答案", "不在选项之中"),
        (["单选题", "题", *OPTIONS, "AB"], "答案", "2 个答案"),
        (["单选题", "题", *OPTIONS, "看情况"], "答案", "不是选项字母"),
        (["单选题", "题", "甲说", "", "", "", "A"], "选项", "至少要有两个"),
        (["单选题", "题", "甲说", "", "丙说", "", "A"], "选项", "选项 B 为空"),
        (["单选题", "题", "甲说", "甲说", "丙说", "", "A"], "选项", "重复"),
        (["多选题", "题", *OPTIONS, "AAC"], "答案", "重复"),
        (["多选题", "题", *OPTIONS, "AE"], "答案", "E 不在选项之中"),
        (["判断题", "题", "", "", "", "", ""], "答案", "没有答案"),
        (["判断题", "题", "", "", "", "", "也许"], "答案", "无法识别"),
        (["判断题", "题", "正确", "", "", "", "B"], "答案", "不在选项之中"),
        (["填空题", "没有空", "", "", "", "", "五年"], "题干", "没有空"),
        (["填空题", "甲____乙____", "", "", "", "", "五年"], "答案", "2 个空"),
        (["填空题", "甲____", "", "", "", "", "|"], "答案", "没有答案"),
        (["论述题", "题", "", "", "", "", ""], "答案", "没有答案"),
    ],
)
def test_a_faulty_row_is_named_and_becomes_nothing(row: list[Any], column: str, message: str) -> None:
    report = read(["单选题", "好题", *OPTIONS, "A"], row)

    assert (report.read, len(report.items)) == (2, 1)
    assert report.faulty_rows == [("Sheet1", 3)]
    assert [(p.where, p.field) for p in report.problems] == [("Sheet1!3", column)]
    assert message in report.problems[0].message


def test_an_option_without_its_letter_among_lettered_ones_is_a_fault() -> None:
    report = read(["多选题", "题", "**A:甲***B:乙**C:丙**D:丁", "BCD"], header=ONE_CELL_HEADER)

    assert report.faulty_rows == [("Sheet1", 2)]
    assert "第 2 个选项应标为 B" in report.problems[0].message


def test_blank_rows_and_an_empty_first_column_are_passed_over() -> None:
    header = ["", *HEADER]
    good = ["", "单选题", "题", *OPTIONS, "A"]
    report = read([""], good, ["", " ", "\t"], [""] * 8, good, header=header)

    assert report.read == 2
    assert [row for _, row in report.rows] == [3, 6]


def test_equal_stems_are_warned_about() -> None:
    report = read(["单选题", "1、同一题", *OPTIONS, "A"], ["单选题", "2、同一题", *OPTIONS, "B"])

    assert len(report.items) == 2
    assert [(w.where, w.message) for w in report.warnings] == [("Sheet1!3", "与 Sheet1!2 的题干相同")]


def test_a_title_above_the_header_and_further_sheets_do_no_harm() -> None:
    good = [["题库（2026年）"], [], HEADER, ["单选题", "题一", *OPTIONS, "A"]]
    more = [HEADER, ["单选题", "题二", *OPTIONS, "A"]]
    report = read_items(make_xlsx(good, more, [["别的"]], [], names=["一", "二", "三", "四"]), "x.xlsx")

    assert report.rows == [("一", 4), ("二", 2)]
    assert [item.id for item in report.items] == ["import-0001", "import-0002"]
    assert [warning.where for warning in report.warnings] == ["三"]


OPTIONAL = [*HEADER, "知识点", "层级", "难度", "分值", "依据", "解析"]


def with_options(*optional: Any) -> list[Any]:
    return ["单选题", "题", *OPTIONS, "A", *optional]


def test_optional_columns_are_read() -> None:
    cited = "《中华人民共和国生态环境法典》第一千零五十四条、第1060条，《刑法》第三百三十八条"
    report = read(with_options("B5", "初级", "难", 3, cited, "因为"), header=OPTIONAL)
    item = report.items[0]

    assert report.warnings == []
    assert (item.unit, item.tiers, item.difficulty, item.rationale) == ("B5", (Tier.PRIMARY,), 0.4, "因为")
    assert item.parts[0].points == 3
    assert item.citations == (
        Citation("eco-env-code-2026", "1054"),
        Citation("eco-env-code-2026", "1060"),
        Citation("criminal-law", "338"),
    )


def test_the_caller_decides_what_rows_leave_open() -> None:
    defaults = ImportDefaults(unit="C3", tiers=(Tier.INTERMEDIATE,), difficulty=0.5, id_prefix="hb-")
    item = read(with_options("", "", "", "", "", ""), header=OPTIONAL, defaults=defaults).items[0]

    assert (item.id, item.unit, item.tiers, item.difficulty) == ("hb-0001", "C3", (Tier.INTERMEDIATE,), 0.5)
    assert read(["单选题", "题", *OPTIONS, "A"]).items[0].unit is None


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (with_options("焊接", "", "", "", "", ""), "知识点"),
        (with_options("", "特级", "", "", "", ""), "层级"),
        (with_options("", "", "很怪", "", "", ""), "难度"),
        (with_options("", "", 1.01, "", "", ""), "难度"),
        (with_options("", "", "", "", "《没有的法》第一条", ""), "依据"),
        (with_options("", "", "", "", "环保法", ""), "依据"),
    ],
)
def test_what_an_optional_column_says_in_vain_is_warned_about(row: list[Any], column: str) -> None:
    report = read(row, header=OPTIONAL)

    assert len(report.items) == 1
    assert [(w.where, w.field) for w in report.warnings] == [("Sheet1!2", column)]


@pytest.mark.parametrize("points", ["很多", -1, 0, 101])
def test_points_that_are_none_are_a_fault(points: object) -> None:
    report = read(with_options("", "", "", points, "", ""), header=OPTIONAL)

    assert [(p.where, p.field) for p in report.problems] == [("Sheet1!2", "分值")]


@pytest.mark.parametrize("rows", [[["姓名", "年龄"], ["甲", 3]], [[]], [["题型", "题干"], ["单选题", "题"]]])
def test_a_workbook_without_the_three_columns_is_refused(rows: list[list[Any]]) -> None:
    with pytest.raises(SpreadsheetRefused, match=r"「题库\.xlsx」中没有找到"):
        read_items(make_xlsx(rows), "上传/题库.xlsx")


def test_the_template_reads_as_an_empty_bank_and_its_examples_as_items() -> None:
    assert read_items(write_template(), "模板.xlsx") == ImportReport()
    assert write_template() == write_template()

    filled = [[name for name, _ in COLUMNS]]
    for kind, stem, a, b, c, d, answer in EXAMPLES:
        filled.append([kind, stem, a, b, c, d, "", "", answer])
    report = read_items(make_xlsx(filled), "模板.xlsx")

    assert report.problems == []
    assert [item.kind.label for item in report.items] == ["判断题", "单选题", "多选题", "填空题"]


KIND_OF = {
    "truefalse": "true_false",
    "single": "single",
    "multiple": "multiple",
    "数字类选择题": "fill_in",
    "blank": "fill_in",
    "essay": "essay",
}


def test_the_real_files_give_the_recorded_items_and_exactly_the_recorded_faults(test_data: Path) -> None:
    manifest = json.loads((test_data / "MANIFEST.json").read_text())
    entries = [entry for entry in manifest if str(entry["file"]).startswith("xlsx-zh-nolicence/")]
    assert len(entries) == 4
    for entry in entries:
        expected = entry["expected"]
        report = read_items((test_data / entry["file"]).read_bytes(), entry["file"])

        assert report.read == expected["items"]
        assert [row for _, row in report.faulty_rows] == expected["flagged_rows"]
        assert len(report.items) == expected["items"] - expected["flagged"]
        wanted = Counter({KIND_OF[name]: count for name, count in expected["types"].items()})
        missing = wanted - Counter(item.kind.value for item in report.items)
        assert missing.total() == expected["flagged"]
        assert all(Item.from_json(item.to_json()) == item for item in report.items)
