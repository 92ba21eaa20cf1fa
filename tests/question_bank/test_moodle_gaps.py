"""Moodle's questions with gaps, orders, files and embedded questions as others write them: what comes in."""

import time
from decimal import Decimal
from typing import Any

import pytest

from question_bank.formats.moodle_xml import read_moodle
from question_bank.formats.report import QuestionReport
from question_bank.item import Item
from question_bank.scoring import score_response
from question_bank.terms import ItemKind, PartType
from tests.question_bank.moodle import answer, html, question, quiz


def read(*questions: str) -> QuestionReport:
    return read_moodle(quiz(*questions))


def only(*questions: str) -> Item:
    report = read(*questions)
    assert report.problems == []
    (item,) = report.items
    return item


def refusal(text: str) -> str:
    report = read(text)
    assert (report.items, len(report.problems)) == ([], 1)
    return str(report.problems[0])


def warned(text: str) -> str:
    return " ".join(str(warning) for warning in read(text).warnings)


def points(item: Item, response: Any, part: int = 0) -> Decimal:
    return score_response(item.parts[part], response).points


def word(text: str, group: int = 1, *, tag: str = "selectoption", again: bool = False) -> str:
    endless = "<infinite/>" if again else ""
    return f"<{tag}><text><![CDATA[{text}]]></text><group>{group}</group>{endless}</{tag}>"


def drag(text: str, group: int = 1, *, again: bool = False) -> str:
    return word(text, group, tag="dragbox", again=again)


GRADE = "<defaultgrade>6</defaultgrade>"


def test_missing_words_are_lists_for_each_gap_and_a_group_may_serve_several():
    text = question(
        "gapselect", GRADE, word("甲"), word("乙"), word("日", 2), word("月", 2), stem="[[2]][[1]]个[[3]]"
    )
    (part,) = only(text).parts
    assert (part.type, part.stem) == (PartType.INLINE_CHOICE, "____ ____个____")
    lists = {n: [o.text for o in part.options if o.blank == n] for n in (1, 2, 3)}
    assert lists == {1: ["甲", "乙"], 2: ["甲", "乙"], 3: ["日", "月"]}
    texts = {option.id: option.text for option in part.options}
    assert [texts[one] for one in part.key] == ["乙", "甲", "日"]
    assert points(only(text), [part.key[0], None, part.key[2]]) == 4


def test_a_word_that_fits_no_gap_is_named():
    text = question("gapselect", word("甲"), word("乙"), word("丙", 2), stem="[[1]]")
    assert [option.text for option in only(text).parts[0].options] == ["甲", "乙"]
    assert "“丙”" in warned(text)


@pytest.mark.parametrize(("again", "most"), [(False, 1), (True, 0)])
def test_words_to_be_dragged_are_one_pool(again: bool, most: int):
    words = [drag(text, again=again) for text in ("立案", "调查", "<b>决定</b>")]
    (part,) = only(question("ddwtos", *words, stem="先[[1]]，再[[3]]")).parts
    assert (part.type, part.most, part.key) == (PartType.GAP_MATCH, most, ("o1", "o3"))
    assert [option.text for option in part.options] == ["立案", "调查", "决定"]


def test_words_in_groups_are_lists_where_that_is_the_same_and_else_refused():
    alone = question("ddwtos", drag("甲"), drag("乙"), drag("日", 2), drag("月", 2), stem="[[1]]和[[3]]")
    assert only(alone).kind is ItemKind.INLINE_CHOICE
    assert "按选择填空题读取" in warned(alone)
    shared = question(
        "ddwtos", drag("甲"), drag("乙"), drag("日", 2), drag("月", 2), stem="[[1]]和[[3]][[2]]"
    )
    assert "只能用一次" in refusal(shared)
    assert "有的只能用一次" in refusal(
        question("ddwtos", drag("甲"), drag("乙", again=True), stem="[[1]][[2]]")
    )


@pytest.mark.parametrize(
    ("stem", "problem"),
    [
        ("没有空", "没有 [[1]]"),
        ("[[3]]", "[[3]] 没有对应的选项"),
        ("[[0]]", "[[0]] 没有对应的选项"),
        ("____[[1]]", "下划线"),
        ("[[1]]和[[1]]", "最多用 1 次"),
    ],
)
def test_gaps_that_make_no_sense_are_refused(stem: str, problem: str):
    assert problem in refusal(question("ddwtos", drag("甲"), drag("乙"), stem=stem))


def ordering(grading: str = "ABSOLUTE_POSITION", shown: str = "ALL", count: int = 3) -> str:
    ways = f"<selecttype>{shown}</selecttype><selectcount>{count}</selectcount>"
    ways += f"<gradingtype>{grading}</gradingtype>" if grading else ""
    steps = [answer(text, f"{n}.0000000") for n, text in enumerate(("立案", "调查", "决定"), start=1)]
    return question("ordering", GRADE, ways, *steps)


@pytest.mark.parametrize(
    ("grading", "swapped"), [("ABSOLUTE_POSITION", 2), ("absolute", 2), ("ALL_OR_NOTHING", 0)]
)
def test_an_order_is_scored_as_moodle_does(grading: str, swapped: int):
    item = only(ordering(grading))
    assert [option.text for option in item.parts[0].options] == ["立案", "调查", "决定"]
    first, second, third = item.parts[0].key
    assert (points(item, [first, second, third]), points(item, [second, first, third])) == (6, swapped)


@pytest.mark.parametrize("grading", ["RELATIVE_NEXT_EXCLUDE_LAST", "LONGEST_ORDERED_SUBSET", ""])
def test_an_order_scored_by_neighbours_is_refused_by_name(grading: str):
    assert (grading or "RELATIVE") in refusal(ordering(grading))


def test_an_order_that_shows_some_only_is_refused_and_one_that_shows_as_many_as_there_are_is_not():
    assert "只显示其中几项" in refusal(ordering(shown="RANDOM", count=2))
    assert only(ordering(shown="RANDOM", count=3)).kind is ItemKind.ORDER


def upload(types: str = "", allowed: int = 1, required: int = 1) -> str:
    return question(
        "essay",
        f"<responseformat>noinline</responseformat><attachments>{allowed}</attachments>",
        f"<attachmentsrequired>{required}</attachmentsrequired><filetypeslist>{types}</filetypeslist>",
    )


def test_an_essay_without_text_is_a_file_to_hand_in():
    (part,) = only(upload(".pdf, *.docx")).parts
    assert (part.type, part.accept, part.rubric) == (PartType.UPLOAD, ("pdf", "docx"), ())
    assert only(upload("document")).parts[0].accept == ()
    assert "document" in warned(upload("document,.pdf"))
    assert "只收一个" in warned(upload(allowed=-1, required=0))


@pytest.mark.parametrize(("allowed", "required"), [(3, 2), (0, 0)])
def test_several_files_or_none_are_refused(allowed: int, required: int):
    assert "收一个文件" in refusal(upload(allowed=allowed, required=required))


def number(*answers: tuple[str, int, str], more: str = "", stem: str = "多少？") -> str:
    held = [
        answer(text, share).replace("</answer>", f"<tolerance>{tolerance}</tolerance></answer>")
        for text, share, tolerance in answers
    ]
    return question("numerical", GRADE, *held, more, stem=stem)


def test_a_number_earns_what_the_first_tolerance_it_lies_in_says():
    item = only(number(("10", 100, "0.5"), ("10", 50, "2"), ("*", 0, "0")))
    assert item.parts[0].key == (("10",),)
    assert [points(item, [n]) for n in ("10", "9.50", "8", "7.99", "1e1", "十")] == [6, 6, 3, 0, 6, 0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (number(("10", 50, "0")), "没有得 100%"),
        (number(("*", 100, "0")), "任何数都得分"),
        (number(("十", 100, "0")), "不是数字"),
        (number(("10", 100, "x")), "误差"),
        (number(("10", 100, "1e-999999999")), "误差"),
        (number(("1e999999999", 100, "0")), "不是数字"),
        (number(("10", 100, "0"), stem="____加____"), "有 2 个空"),
        (
            number(("10", 100, "0"), more="<units><unit><multiplier>1</multiplier></unit></units>"),
            "单位换算",
        ),
    ],
)
def test_numbers_without_a_key_or_with_units_are_refused(text: str, problem: str):
    assert problem in refusal(text)


def cloze(text: str, kind: str = "cloze") -> str:
    return question(kind, html(text))


def test_embedded_lists_are_an_inline_choice():
    item = only(cloze("<p>自{1:MULTICHOICE:=八月#对~七月#早了}起，{:MCV:三日~=五日}内</p>", "multianswer"))
    (part,) = item.parts
    assert (part.type, part.stem, part.points) == (PartType.INLINE_CHOICE, "自____起，____内", 2)
    assert item.rationale == "“八月”：对\n“七月”：早了"
    assert points(item, [part.key[0], None]) == 1


def test_embedded_lists_of_unequal_worth_earn_what_moodle_says():
    item = only(cloze("{3:MC:=甲~%50%乙~丙}和{1:MC:=丁~%-100%戊}"))
    assert [points(item, one) for one in (["o1", "o4"], ["o2", "o4"], ["o3", "o4"], ["o1", "o5"])] == [
        4,
        Decimal("2.5"),
        1,
        2,
    ]
    assert "不低于 0" in warned(cloze("{3:MC:=甲~乙}{1:MC:=丁~%-100%戊}"))


def test_embedded_texts_are_blanks():
    (part,) = only(cloze("{1:SHORTANSWER:=五年~=5年~*#不对}{1:SA:=\\}\\#&#126;&amp;} ")).parts
    assert (part.stem, part.key) == ("____ ____", (("五年", "5年"), ("}#~&",)))
    assert part.scoring is None


def test_embedded_texts_and_numbers_with_shares_are_scored_by_moodles_rule():
    item = only(cloze("{1:SA:=五年~%40%5年}与{2:NUMERICAL:=3.5:0.5~%50%3:1}与{1:SAC:=pH}"))
    assert item.points == 4
    for response, expected in [
        (["五年", "3.5", "pH"], "4"),
        (["5年", "4", "PH"], "2.4"),
        (["", "2", "pH"], "2"),
        (["别的", "1.9", "ph"], "0"),
    ]:
        assert points(item, response) == Decimal(expected)


def test_lists_and_texts_together_are_a_case_with_a_part_for_each():
    item = only(cloze("<p>某厂 &lt;甲&gt;</p><p>属{2:MC:=无证~%25%超标}，罚{1:NM:=20:0}万元</p>"))
    assert item.kind is ItemKind.CASE
    assert item.stimulus == "<p>某厂 &lt;甲&gt;</p><p>属（1）____，罚（2）____万元</p>"
    assert [part.type for part in item.parts] == [PartType.SINGLE, PartType.FILL_IN]
    assert (points(item, "a"), points(item, "b"), points(item, ["20.0"], 1)) == (2, Decimal("0.5"), 1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("没有", "没有嵌入的题"),
        ("{1:MR:=甲~=乙~丙}", "（MR）"),
        ("{1:MC:%50%甲~乙}", "没有得 100%"),
        ("{1:SA:=甲*}", "通配符"),
        ("{0:SA:=甲}", "没有一空计分"),
        ("____{1:SA:=甲}", "下划线"),
        ("{1:MC:=甲}{1:MC:=甲~乙}", "至少要有 2 个选项"),
        ("{1:NM:=三}", "不是数字"),
        ("{1:NM:=3:1e999999999}", "不是数字"),
        ("{1:SA:%" + "9" * 5000 + "%甲}", "不是数字"),
        ("{1:SA:=甲}{1:SA:=乙", "不完整"),
        ("".join(["{1:MC:=甲~乙}{1:SA:=甲}"] * 3), "最多 5 个"),
    ],
)
def test_embedded_questions_we_cannot_hold_are_refused_by_name(text: str, problem: str):
    assert problem in refusal(cloze(text))


@pytest.mark.parametrize("text", ["{1:SA:=甲" * 100_000, "[[1]" * 200_000, "{1:SA:" + "\\\\" * 200_000])
def test_texts_made_to_keep_the_reader_busy_are_refused_at_once(text: str):
    started = time.perf_counter()
    for kind in ("cloze", "gapselect"):
        assert read(question(kind, html(text), word("甲"))).items == []
    assert time.perf_counter() - started < 5
