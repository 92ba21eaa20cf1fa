"""Aiken: single choice to the letter; a question that is not exactly so is named by its line."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.formats.aiken import TextRefused, looks_like_aiken, read_aiken, write_aiken
from question_bank.formats.report import QuestionReport
from question_bank.formats.row import ImportDefaults
from question_bank.item import Item, ItemKind
from question_bank.starter import load_starter
from tests.bank.samples import item, item_json, part_json

GOOD = "期限为多久？\nA) 五年\nB) 十年\nANSWER: B\n"


def read(text: str) -> QuestionReport:
    return read_aiken(text.encode(), ImportDefaults(unit="B5"))


def says(one: Item) -> tuple[str, list[str], int]:
    """Return what Aiken carries of an item."""
    part = one.parts[0]
    return part.stem, [option.text for option in part.options], part.option_ids.index(str(part.key))


def test_questions_come_in_with_their_options_and_answer():
    report = read(f"{GOOD}\n第二题\n是什么？\n\nA. 甲\nB. 乙\nC. 丙\nANSWER: A")
    assert report.problems == []
    assert [says(one) for one in report.items] == [
        ("期限为多久？", ["五年", "十年"], 1),
        ("第二题\n是什么？", ["甲", "乙", "丙"], 0),
    ]
    assert report.rows == ["第 1 行", "第 6 行"]
    assert {one.unit for one in report.items} == {"B5"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_full_width_letters_and_marks_are_as_good_in_any_encoding(encoding: str):
    text = "期限为多久？\r\nＡ．五年\r\nＢ）十年\r\nＣ、 二十年\r\nＡＮＳＷＥＲ：Ｂ\r\n"
    (one,) = read_aiken(text.encode(encoding)).items
    assert says(one) == ("期限为多久？", ["五年", "十年", "二十年"], 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("题\nA) 甲\nB) 乙\nANSWER: C", "第 4 行的答案 C 不在选项之中"),
        ("题\nA) 甲\nB) 乙\nANSWER: b", "第 4 行应为"),
        ("题\nA) 甲\nB) 乙\nanswer: B", "第 4 行应为"),
        ("题\nA) 甲\nB) 乙\nANSWER: AB", "第 4 行应为"),
        ("题\nA) 甲\nB) 乙\n答案：B", "第 4 行应为"),
        ("题\nA) 甲\nB) 乙", "第 3 行应为"),
        ("题\nA) 甲\nC) 乙\nANSWER: A", "第 3 行的选项应为 B"),
        ("题\nA) 甲\n接着写\nB) 乙\nANSWER: A", "第 3 行既不是选项也不是答案"),
        ("A) 甲\nB) 乙\nANSWER: A", "没有题干"),
        ("题\nA) 甲\nANSWER: A", "选项应有 2 到 8 个"),
        ("题\nA) 甲\nB) 甲\nANSWER: A", "选项文字重复"),
        ("题\nANSWER: A", "不在选项之中"),
        ("题\n" + "".join(f"{c}) {c}\n" for c in "ABCDEFGHI") + "ANSWER: A", "选项有 9 个"),
    ],
)
def test_what_is_not_exactly_so_is_named_by_its_line_and_the_next_is_read(text: str, message: str):
    report = read(f"{text}\n\n{GOOD}")
    assert (report.read, len(report.items), len(report.faulty_rows)) == (2, 1, 1)
    assert message in " ".join(map(str, report.problems))
    assert report.rows == [f"第 {text.count(chr(10)) + 3} 行"]


def test_the_same_stem_twice_is_a_warning():
    assert "与第 1 行的题干相同" in str(read(f"{GOOD}\n{GOOD}").warnings[0])


def test_markup_is_text():
    (one,) = read('有 <script>alert(1)</script> & <a href="javascript:x">\nA) <b>\nB) &lt;\nANSWER: A').items
    assert says(one)[1] == ["<b>", "&lt;"]


def test_what_is_no_text_is_refused():
    with pytest.raises(TextRefused, match="NUL"):
        read(GOOD + "\0")
    with pytest.raises(TextRefused, match="20000 题"):
        read("x\nANSWER: A\n" * 20_001)


def test_it_is_known_by_its_answers():
    assert looks_like_aiken(GOOD)
    assert looks_like_aiken("题\nＡＮＳＷＥＲ：Ａ")
    assert not looks_like_aiken("THE ANSWER: A{T}")


def test_the_single_choices_of_the_starter_bank_come_back_and_the_others_are_named():
    singles = [one for one in load_starter() if one.kind is ItemKind.SINGLE]
    written = write_aiken(load_starter())
    assert [says(one) for one in read_aiken(written.content).items] == [says(one) for one in singles]
    assert written.written == len(singles)
    assert [code for code, _ in written.left_out] == [
        one.id for one in load_starter() if one.kind is not ItemKind.SINGLE
    ]


TRICKY = st.text(
    st.sampled_from("甲乙ABab12 \n\t=ANSWER:.、)）Ａ．:\"'<>\xa0\u3000😀"), min_size=1, max_size=20
).filter(str.strip)


@settings(max_examples=60)
@given(words=st.lists(TRICKY, min_size=5, max_size=5, unique_by=str.strip))
def test_what_goes_out_comes_back_the_same_and_the_rest_is_named(words: list[str]):
    options = [{"id": f"x{n}", "text": text} for n, text in enumerate(words[:4])]
    part = part_json("single", stem=words[4], options=options, key="x2")
    one = Item.from_json(item_json("T-1", parts=[part]))
    written = write_aiken([one])
    assert [says(found) for found in read_aiken(written.content).items] == [says(one)] * written.written
    assert written.written + len(written.left_out) == 1


def test_images_and_several_lines_are_left_out_by_name():
    items = [item("T-1", stem=f"![](image:{'0' * 64})"), item("T-2", stem="一\n二"), item("T-3", stem="留")]
    assert [code for code, _ in write_aiken(items).left_out] == ["T-1", "T-2"]


def test_the_real_file_gives_the_recorded_answers(test_data: Path):
    manifest = json.loads((test_data / "MANIFEST.json").read_text(encoding="utf-8"))
    (entry,) = [entry for entry in manifest if entry.get("format") == "aiken"]
    report = read_aiken((test_data / entry["file"]).read_bytes())
    assert (report.read, report.problems) == (entry["expected"]["questions"], [])
    assert [says(one) for one in report.items] == [
        (one["text"], one["options"], "ABCD".index(one["answer"])) for one in entry["expected"]["items"]
    ]
