"""Question papers as people type them: what each line is, and that nothing is taken half."""

import pytest

from question_bank.formats.report import QuestionReport
from question_bank.formats.row import ImportDefaults
from question_bank.formats.typed_text import (
    MAX_QUESTIONS,
    NOT_TEXT,
    Line,
    looks_typed,
    read_typed,
    read_typed_text,
)
from question_bank.item import Item
from question_bank.starter import load_starter
from question_bank.terms import ItemKind, PartType

WORDS = {PartType.SINGLE: "单项选择题", PartType.MULTIPLE: "多选题", PartType.TRUE_FALSE: "判断题"}


def read(text: str) -> QuestionReport:
    return read_typed([Line(number, line) for number, line in enumerate(text.split("\n"), start=1)])


def only(text: str) -> Item:
    report = read(text)
    assert [problem.message for problem in report.problems] == []
    (item,) = report.items
    return item


def test_a_paper_with_all_types_is_read_as_a_person_reads_it() -> None:
    report = read("""一、单项选择题（每题2.5分，共5分）
1. 现场检查时，执法人员不得少于（　　）。
A. 一人　　B. 两人
C. 三人　　D. 四人
答案：B 解析：两人以上才合法。
依据：《生态环境行政处罚办法》第二十六条
2．下列说法正确的是（ C ）。 A.甲类 B.乙类 C.丙类 D.丁类
二、多项选择题
1、证据包括（  ）
A．书证
B．物证，
包括样品
Ｃ．证人证言
D．猜测
【答案】ＡＢＣ
【解析】猜测不是证据。
第三部分 判断题
1. 检查可以不出示证件。（×）
2. 期限为1.5年的说法对吗（√）
四、简答题（每题8分）
1. 简述取证要点。
答案：
1. 合法
2. 真实
2. 简述送达方式。
答：直接送达；留置送达。
五、填空题
1. 复议期限为____日，诉讼期限为（　　）个月。
答案：六十；六""")

    assert [problem.message for problem in report.problems + report.warnings] == []
    assert report.rows == [f"第 {line} 行" for line in (2, 7, 9, 18, 19, 21, 25, 28)]
    parts = [item.parts[0] for item in report.items]
    assert [part.type for part in parts] == [
        *[PartType.SINGLE] * 2,
        PartType.MULTIPLE,
        *[PartType.TRUE_FALSE] * 2,
        *[PartType.ESSAY] * 2,
        PartType.FILL_IN,
    ]
    assert [part.key for part in parts[:5]] == ["b", "c", ("a", "b", "c"), False, True]
    assert [float(part.points) for part in parts] == [2.5, 2.5, 2, 1, 1, 8, 8, 2]
    assert [option.text for option in parts[1].options] == ["甲类", "乙类", "丙类", "丁类"]
    assert parts[1].stem == "下列说法正确的是（　　）。"
    assert parts[2].options[1].text == "物证，\n包括样品"
    assert (parts[3].stem, parts[4].stem) == ("检查可以不出示证件。", "期限为1.5年的说法对吗")
    assert parts[5].rubric[0].text == "1. 合法\n2. 真实"
    assert [(cited.law, cited.article) for cited in report.items[0].citations] == [
        ("eco-penalty-rules-2023", "26")
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1. 问（　　）。\nA. 甲\nB. 乙\n答案：A", ItemKind.SINGLE),
        ("1. 问（　　）。\nA. 甲\nB. 乙\nC. 丙\n答案：A、C", ItemKind.MULTIPLE),
        ("1. 【多选题】问（　　）。\nA. 甲\nB. 乙\n答案：AB", ItemKind.MULTIPLE),
        ("1. 这样做合法。\n答案：错误", ItemKind.TRUE_FALSE),
        ("1. 期限是____。\n答案：五年", ItemKind.FILL_IN),
        ("第1题 试述理由。\n参考答案：事实清楚。", ItemKind.ESSAY),
        ("1）(单选)问\nA) 甲 B) 乙\n正确答案: B", ItemKind.SINGLE),
    ],
)
def test_without_a_heading_the_type_is_what_tag_options_and_answer_say(text: str, kind: ItemKind) -> None:
    assert only(text).kind is kind


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("1. 问（　　）。\nA. 甲\nC. 丙\n答案：A", "选项", "缺少选项 B"),
        ("1. 问（　　）。\nA. 甲\nB. 乙\n答案：D", "答案", "不在选项之中"),
        ("1. 问（　　）。\nA. 甲\nB. 乙", "答案", "没有答案"),
        ("一、单选题\n1. 问（　　）。\nA. 甲\nB. 乙\n答案：AB", "答案", "单选题有 2 个答案"),
        (f"1. 看图{NOT_TEXT}回答（　　）。\nA. 甲\nB. 乙\n答案：A", "题干", "图片或公式"),
        ("1. \nA. 甲\nB. 乙\n答案：A", "题干", "没有题干"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_place_and_becomes_nothing(
    text: str, column: str, words: str
) -> None:
    report = read("\n" + text)

    (problem,) = report.problems
    assert problem.where in ("第 2 行", "第 3 行")
    assert problem.field == column
    assert words in problem.message
    assert (report.items, report.read) == ([], 1)
    assert report.faulty_rows == [problem.where]


def test_lines_before_the_first_question_are_named_not_swallowed() -> None:
    report = read("某省2026年测试卷\n\n1. 这样做合法。\n答案：对")

    assert [(warning.where, warning.message) for warning in report.warnings] == [
        ("第 1 行", "没有题号，这一行没有读取")
    ]
    assert len(report.items) == 1


def test_a_list_in_an_answer_is_no_question_and_the_question_after_it_is_one() -> None:
    report = read("""1. 简述步骤。
答案：1. 立案
2. 调查
3. 决定
解析：三步。
2. 简述例外。
答案：当场处罚。""")

    assert [item.parts[0].stem for item in report.items] == ["简述步骤。", "简述例外。"]
    assert report.items[0].parts[0].rubric[0].text == "1. 立案\n2. 调查\n3. 决定"


def test_figures_and_letters_within_sentences_are_no_numbers_and_no_options() -> None:
    item = only("""1. 罚款为
1.5万元，依据甲类A级标准（　　）。
A. PM2.5 B级以上
B. 其他
答案：A""")

    assert item.parts[0].stem == "罚款为\n1.5万元，依据甲类A级标准（　　）。"
    assert [option.text for option in item.parts[0].options] == ["PM2.5 B级以上", "其他"]


def test_too_many_questions_are_refused_one_by_one() -> None:
    report = read("\n".join(f"{n}. 第{n}个说法合法。（对）" for n in range(1, MAX_QUESTIONS + 2)))

    assert len(report.items) == MAX_QUESTIONS
    assert "一次最多" in report.problems[0].message


def test_what_a_paper_does_not_say_comes_from_the_defaults() -> None:
    report = read_typed([Line(1, "1. 这样做合法。（对）")], ImportDefaults(unit="B5", id_prefix="word-"))

    assert (report.items[0].unit, report.items[0].id) == ("B5", "word-0001")


def test_a_file_of_text_is_read_in_the_encodings_of_windows() -> None:
    report = read_typed_text("1. 这样做合法。\r\n答案：对\r\n".encode("gb18030"))

    assert [item.parts[0].key for item in report.items] == [True]


@pytest.mark.parametrize(
    ("text", "is_typed"),
    [
        ("1. 问（　　）。\nA. 甲\nB. 乙\n答案：A", True),
        ("一、判断题\n1. 合法。（√）", True),
        ("问题\nA. 甲\nB. 乙\nANSWER: A", False),
        ("::一:: 问 {=甲 ~乙}", False),
        ("1. 只有一行字", False),
    ],
)
def test_a_typed_paper_is_known_by_numbers_and_answers(text: str, is_typed: bool) -> None:
    assert looks_typed(text) is is_typed


def typed(item: Item, number: int) -> str:
    """Return an item as a person types it."""
    part = item.parts[0]
    lines = [f"{number}. 【{WORDS[part.type]}】{part.stem}"]
    lines += [f"{option.id.upper()}. {option.text}" for option in part.options]
    key = part.key
    answer = {True: "正确", False: "错误"}[key] if isinstance(key, bool) else "".join(key or ()).upper()
    return "\n".join([*lines, f"答案：{answer}", f"解析：{item.rationale}"])


def test_the_starter_bank_typed_out_is_read_back_as_it_was() -> None:
    items = [item for item in load_starter() if item.kind in tuple(WORDS)]
    report = read("\n".join(typed(item, number) for number, item in enumerate(items, start=1)))

    assert [problem.message for problem in report.problems] == []
    assert [
        (item.parts[0].stem, [option.text for option in item.parts[0].options], item.parts[0].key)
        for item in report.items
    ] == [
        (item.parts[0].stem, [option.text for option in item.parts[0].options], item.parts[0].key)
        for item in items
    ]
    assert [item.rationale for item in report.items] == [item.rationale for item in items]
