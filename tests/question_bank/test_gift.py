"""GIFT: what we hold comes in whole, what we do not is refused by name; what goes out comes back the same."""

import json
import re
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.formats.gift import TextRefused, read_gift
from question_bank.formats.gift_write import write_gift
from question_bank.formats.report import QuestionReport
from question_bank.formats.row import ImportDefaults
from question_bank.item import Item, ItemKind, Part
from question_bank.scoring import score_response
from question_bank.starter import load_starter
from question_bank.terms import PartType, Tier
from tests.bank.samples import item, item_json, part_json
from tests.question_bank.builders import ANSWERS
from tests.question_bank.moodle import image_bytes


def read(text: str, **defaults: object) -> QuestionReport:
    return read_gift(text.encode(), ImportDefaults(**defaults))  # type: ignore[arg-type]


def only(text: str) -> Item:
    report = read(text)
    assert (len(report.items), report.problems) == (1, [])
    return report.items[0]


def part(text: str) -> Part:
    return only(text).parts[0]


def refusal(text: str) -> str:
    report = read(text)
    assert (report.items, len(report.problems), len(report.faulty_rows)) == ([], 1, 1)
    return str(report.problems[0])


def texts(part: Part) -> list[str]:
    return [option.text for option in part.options]


def told(text: str) -> str:
    return " ".join(str(warning) for warning in read(text).warnings)


def test_the_five_types_we_hold_come_in():
    report = read(
        "::一::首都是{~上海 =北京 ~广州}\n\n::二::直辖市{~%50%北京 ~%50%天津 ~%-100%广州}\n\n"
        "::三::水往高处流。{F}\n\n::四::期限为____。{=五年 =5年}\n\n::五::论述三性。{}\n"
    )
    assert report.problems == []
    parts = [item.parts[0] for item in report.items]
    assert [part.type for part in parts] == [PartType(kind) for kind in ANSWERS]
    assert [part.key for part in parts] == ["b", ("a", "b"), False, (("五年", "5年"),), None]


def test_pairs_come_in_as_a_match_each_scored_by_itself():
    report = read("::期限::连起来{=公开 -> 七日内 =备案 -> 二十日内 =归档 -> 七日内 = -> 三十日内}")
    assert report.problems == []
    part = report.items[0].parts[0]
    assert [option.text for option in part.options] == ["公开", "备案", "归档"]
    assert [target.text for target in part.targets] == ["七日内", "二十日内", "三十日内"]
    assert part.key == (("a1", "t1"), ("a2", "t2"), ("a3", "t1"))
    one_wrong = [["a1", "t1"], ["a2", "t3"], ["a3", "t1"]]
    assert score_response(part, one_wrong, maximum=Decimal(3)).points == 2
    assert score_response(part, [list(pair) for pair in part.key]).points == part.points


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("::连线::配对{=甲 -> 乙 =丙}", ["连线", "->"]),
        ("::同左::配对{=甲 -> 乙 =甲 -> 丁}", ["同左", "相同的项"]),
        ("::缺右::配对{=甲 -> =丙 -> 丁}", ["缺右", "没有对应的右项"]),
        ("::数::多少{#三}", ["数", "不是数字"]),
        ("::数::多少{#1..五}。", ["数", "不是数字的范围", "第 1 行"]),
        ("::数::多少{#=%50%3:2}", ["数", "没有得 100%"]),
        ("::序::排一排{>3 ALL VERTICAL ABSOLUTE_POSITION SHOW none\n甲\n乙\n丙}", ["序", "ordering", "XML"]),
        ("::空::填 {1:MC:甲~=乙} 吧", ["空", "cloze"]),
        ("::空::填 {:SHORTANSWER_C:=甲} 吧", ["空", "cloze"]),
        ("::错::这里{T}不对", ["错", "truefalse", "第 1 行"]),
        ("::文::请写{}吧", ["文", "essay"]),
        ("::双::集合 {{甲}} 是{T}", ["双", "花括号"]),
        ("::半::没有结束{=甲 ~乙", ["半", "花括号"]),
        ("::反::}反了{", ["反", "花括号"]),
        ("::多::选{甲 =乙 ~丙}", ["多", "“甲”"]),
        ("::两对::选{=甲 =乙 ~丙}", ["两对", "不是 100%"]),
        ("::无::选{~甲 ~乙}", ["无", "没有一个选项得分"]),
        ("::半对::选{~%50%甲 ~%0%乙}", ["半对", "不是 100%"]),
        ("::空选项::选{= ~乙}", ["空选项", "不能为空"]),
        ("::比例::选{~%1.2.3%甲 ~乙}", ["比例", "不是数字"]),
        ("::通配::填{=甲*}", ["通配", "通配符"]),
        ('::图::[html]<img src\\="a.png">{T}', ["图", "图片"]),
        ("::表单::[html]<form>甲</form>{T}", ["表单", "form"]),
    ],
)
def test_what_does_not_fit_is_refused_with_name_and_reason(text: str, names: list[str]):
    problem = refusal(text)
    assert [name for name in names if name not in problem] == []


def test_one_refused_question_leaves_the_others_alone():
    report = read("甲{T}\n\n乙{>3 甲}\n\n丙{F}")
    assert (report.read, len(report.items), report.faulty_rows) == (3, 2, ["第 2 题“无名”"])


@pytest.mark.parametrize(
    ("text", "earned"),
    [
        ("{#3:2}", {"1": 4, "5.0": 4, "5.01": 0, "三": 0}),
        ("{#1..5}", {"1": 4, "5": 4, "0.99": 0}),
        ("{#\n=1822:0\n=%50%1822:2\n}", {"1822": 4, "1821": 2, "1819": 0}),
        ("{#3:2~#全错}", {"3": 4, "9": 0}),
        ("{#3#对！}", {"3": 4, "3.1": 0}),
    ],
)
def test_a_number_earns_what_its_tolerance_says(text: str, earned: dict[str, int]):
    found = part(f"多少？{text}")
    assert found.type is PartType.FILL_IN
    assert {given: score_response(found, [given], maximum=Decimal(4)).points for given in earned} == earned


def test_an_answer_in_the_middle_of_the_sentence_is_a_blank():
    filled = part("自{=八月 =8月}起施行。")
    assert (filled.stem, filled.key) == ("自____起施行。", (("八月", "8月"),))
    chosen = part("自{~七月 =八月}起施行。")
    assert (chosen.stem, chosen.type, chosen.key) == ("自____起施行。", PartType.SINGLE, "b")


def test_a_lone_word_is_a_short_answer_below_the_stem():
    assert (part("谁？{某人}").stem, part("谁？{某人}").key) == ("谁？\n____", (("某人",),))


def test_escaped_marks_are_text():
    found = part(r"\{\}\~\=\#\:\\ 与 \n 换行{=\~ ~\= ~\# ~\{ ~\} ~\: ~\\n ~\ 斜}")
    assert found.stem == "{}~=#:\\ 与 \n 换行"
    assert texts(found) == ["~", "=", "#", "{", "}", ":", "\\n", "\\ 斜"]


def test_a_title_may_hold_escaped_colons():
    assert read(r"::题\:::甲{T}").rows == ["第 1 题“题:”"]


def test_formats_are_told_by_their_marks_and_answers_follow_the_question():
    found = part("[html]<p>太阳从<b>哪边</b>升起？</p>{=<p>东</p> ~[plain]<西>}")
    assert (found.stem, texts(found)) == ("太阳从哪边升起？", ["东", "<西>"])
    assert part("[plain]a<b>c{T}").stem == "a<b>c"
    assert part("[某]地{T}").stem == "[某]地"
    assert part("[plain][html]甲{T}").stem == "[html]甲"
    assert "Markdown" in told("[markdown]**甲**{T}")


def test_script_and_links_that_run_are_taken_out_and_said():
    text = '[html]甲<script>alert(1)</script><a href\\="javascript\\:alert(1)">乙</a>{T}'
    assert part(text).stem == "甲乙"
    assert "<script>" in told(text)
    assert "会执行脚本的链接" in told(text)


def test_comments_stand_anywhere_and_blank_lines_inside_an_answer():
    assert texts(part("// 一\n甲// 不是注释\n{\n=乙\n // 注释 } ~\n\n~丙\n}\n// 完")) == ["乙", "丙"]
    assert part("甲//乙{T}").stem == "甲//乙"


def test_a_category_files_what_follows_and_tags_name_unit_and_tier():
    report = read("$CATEGORY: $course$/B5 某\n甲{T}\n\n$CATEGORY: 其他\n\n// [tag:C1] [tag:初级]\n乙{F}")
    assert [item.unit for item in report.items] == ["B5", "C1"]
    assert report.items[1].tiers == (Tier.PRIMARY,)
    assert "其他" in str(report.warnings[0])


def test_general_feedback_and_feedback_become_the_rationale():
    found = only("甲{=乙#对了 ~丙#错了 ####因为\n如此}")
    assert found.rationale == "因为\n如此\n“乙”：对了\n“丙”：错了"
    assert only("甲{FALSE#错了#对了}").rationale == "“true”：错了\n“false”：对了"


def test_weights_that_we_do_not_hold_are_said():
    assert "倒扣分" in told("甲{~%50%乙 ~%50%丙 ~%-100%丁}")
    assert part("甲{~%33.33333%乙 ~%33.33333%丙 ~%33.33333%丁 ~戊}").key == ("a", "b", "c")
    assert "部分得分" in told("甲{=乙 =%50%丙}")


def test_a_description_is_no_question():
    report = read("::说明::可以用纸笔。\n\n甲{T}")
    assert (report.read, len(report.items), len(report.warnings)) == (1, 1, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_each_encoding_that_people_save_in_is_read(encoding: str):
    assert read_gift("期限为多久？{~五年 =十年}\r\n".encode(encoding)).items[0].parts[0].key == "b"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("甲{T}\n乙\0{F}".encode(), "NUL"),
        ("甲{T}\n乙\x07{F}".encode(), "第 2 行含有控制字符（U\\+0007）"),
        ("甲{T}\n".encode() + b"\xff\xff{T}", "第 2 行不是 UTF-8"),
        ("甲{T}".encode("utf-16-le"), "NUL"),
        (b"a" * (20 * 1024 * 1024 + 1), "20 MB"),
        (b"a{T}\n\n" * 20_001, "20000 题"),
    ],
    ids=["nul", "bell", "no encoding", "utf-16 without mark", "too large", "too many"],
)
def test_what_is_no_text_we_take_is_refused_with_the_reason(content: bytes, message: str):
    with pytest.raises(TextRefused, match=message):
        read_gift(content)


@pytest.mark.parametrize(
    "text",
    ["{" + "\n" * 50_000, "{\n\n" * 9_000, "[tag:" * 50_000, "::" * 50_000, "~" * 50_000, "{=" * 50_000],
)
def test_hostile_files_take_no_longer_than_long_ones(text: str):
    begun = time.process_time()
    read("// " + text + "\n" + text)
    assert time.process_time() - begun < 5


def test_the_starter_bank_comes_back_but_for_what_is_left_out_by_name():
    written = write_gift(load_starter())
    left_out = dict(written.left_out)
    assert written.written + len(left_out) == len(load_starter())
    report = read_gift(written.content)
    assert (report.problems, report.warnings) == ([], [])
    assert report.items == [one for one in load_starter() if one.id not in left_out]
    assert report.codes == {one.id for one in report.items}
    for one in load_starter():
        assert (one.id in left_out) == (one.kind is ItemKind.CASE or one.parts[0].blanks > 1)


TRICKY = st.text(
    st.sampled_from("甲乙ABab12 \n\t=~{}#:\\/%@\"'<>&*->[html]plain_（).、\xa0\u3000😀"),
    min_size=1,
    max_size=30,
).filter(str.strip)


@settings(max_examples=60)
@given(words=st.lists(TRICKY, min_size=9, max_size=9, unique_by=str.strip))
def test_what_goes_out_comes_back_the_same_and_the_rest_is_named(words: list[str]):
    options = [{"id": f"x{n}", "text": text} for n, text in enumerate(words[:4])]
    rubric = [{"points": 4, "text": words[5]}]
    parts = [
        part_json("single", stem=words[7], options=options, key="x1"),
        part_json("multiple", stem=words[8], options=options, key=["x2", "x0", "x3"]),
        part_json("true_false", stem=words[6]),
        part_json("fill_in", stem="某____空", key=[words[:3]]),
        part_json("essay", stem=words[4], rubric=rubric, points=4),
    ]
    items = [
        Item.from_json(item_json(f"T-{n}", part["type"], parts=[part]) | {"rationale": words[6]})
        for n, part in enumerate(parts)
    ]
    written = write_gift(items)
    left_out = {code for code, _ in written.left_out}
    assert read_gift(written.content).items == [one for one in items if one.id not in left_out]
    if all(word == word.strip() for word in words):
        assert left_out <= {"T-3"}, "a blank at an end, or what Moodle takes for a pair"


def test_images_and_what_gift_has_no_words_for_are_left_out_by_name():
    mark = f"看图![](image:{'0' * 64})"
    two = part_json("fill_in", stem="____和____", key=[["甲"], ["乙"]])
    items = [
        item("T-1", stem=mark),
        item("T-2", "case"),
        Item.from_json(item_json("T-3", "fill_in", parts=[two])),
    ]
    written = write_gift([*items, item("T-4", stem="留")])
    assert [code for code, _ in written.left_out] == ["T-1", "T-2", "T-3"]
    assert "没有导出 T-2：GIFT 没有案例分析题" in written.content.decode()
    assert [one.id for one in read_gift(written.content).items] == ["T-4"]
    assert image_bytes("red") not in written.content


def test_a_changed_text_is_the_same_item_changed():
    content = write_gift([item("T-1", stem="原来")]).content.replace("原来".encode(), "后来".encode())
    report = read_gift(content)
    assert report.codes == {"T-1"}
    assert (report.items[0].id, report.items[0].parts[0].stem) == ("T-1", "后来")


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ("tiejun: {", "已损坏"),
        ("tiejun: []", "已损坏"),
        ('tiejun: {"id": "../x"}', "编号格式不正确"),
        ('tiejun: {"id": "T-1", "options": ["a"]}', "选项增减后"),
        ('tiejun: {"id": "T-1", "options": ["a", {}]}', "选项增减后"),
        ('tiejun: {"id": "T-1", "points": true}', "分值应大于 0"),
        ('tiejun: {"id": "T-1", "tiers": 3}', "层级"),
        ('tiejun: {"id": "T-1", "rubric": {}}', "应为列表"),
    ],
)
def test_a_note_that_says_nonsense_refuses_its_question(note: str, message: str):
    assert message in " ".join(map(str, read(f"// {note}\n甲{{=乙 ~丙}}").problems))
    assert read(f"// {note}\n甲{{=乙 ~丙}}").items == []


def test_the_same_code_twice_is_a_fault():
    once = write_gift([item("T-1")]).content
    report = read_gift(once + b"\n" + once)
    assert (len(report.items), "在文件中重复" in str(report.problems[0])) == (1, True)


HELD = {"multichoice", "truefalse", "shortanswer", "essay", "matching", "numerical"}


def test_the_real_files_give_the_recorded_questions_keys_and_refusals(test_data: Path):
    entries = [
        entry
        for entry in json.loads((test_data / "MANIFEST.json").read_text(encoding="utf-8"))
        if entry.get("format") == "gift"
    ]
    assert len(entries) == 27
    read_in_all = 0
    for entry in entries:
        recorded = entry["expected"]["items"]
        report = read_gift((test_data / entry["file"]).read_bytes())
        questions = [one for one in recorded if one["type"] != "description"]
        assert report.read == len(questions), entry["file"]
        assert sum("说明文字" in str(w) for w in report.warnings) == len(recorded) - len(questions)
        places = iter(report.items)
        for number, one in enumerate(questions, start=1):
            where = f"第 {number} 题“{one['name'] or '无名'}”"
            assert (where in report.faulty_rows) == _is_refused(one), (entry["file"], one)
            if not _is_refused(one):
                _compare(next(places), one)
        read_in_all += len(recorded)
    assert read_in_all == 100


def _is_refused(recorded: dict) -> bool:
    no_text = recorded.get("correct") == [""]  # {=#ff0000 ~#00ff00}: all of it is feedback
    lost_image = "PLUGINFILE" in recorded.get("generalfeedback", "")
    gap = recorded.get("missingword") and recorded["type"] == "truefalse"
    return recorded["type"] not in HELD or no_text or lost_image or bool(gap)


def _compare(item: Item, recorded: dict) -> None:
    part = item.parts[0]
    plain = re.sub(r"</?[pb]>", "", recorded["text"])
    assert _squeezed(part.stem).startswith(_squeezed(plain)[:70])
    if recorded["type"] == "truefalse":
        assert part.key is recorded["correct"]
    elif recorded["type"] == "shortanswer":
        assert part.key == (tuple(recorded["correct"]),)
    elif recorded["type"] == "numerical":
        # The narrower range stands first, and decides what lies in both.
        for percent, low, high in reversed(recorded["correct"]):
            for number in (low, high):
                narrower = next(p for p, lo, hi in recorded["correct"] if lo <= number <= hi)
                assert score_response(part, [str(round(number, 6))], maximum=Decimal(100)).points == narrower
            assert percent in (0, 50, 100)
    elif recorded["type"] == "matching":
        texts = {one.id: one.text for one in (*part.options, *part.targets)}
        pairs = [(re.sub(r"^\[[a-z]+\]", "", left), right) for left, right in recorded["pairs"]]
        assert [(texts[left], texts[right]) for left, right in part.key or ()] == [p for p in pairs if p[0]]
        assert {target.text for target in part.targets} == {right for _, right in pairs}
    elif recorded["type"] == "multichoice":
        right = [option.text for option in part.options if option.id in (part.key or ())]
        assert right == [text.replace("<p>", "").replace("</p>", "") for text in recorded["correct"]]
        assert (part.type is PartType.SINGLE) == recorded["single"]
        assert len(part.options) == recorded["choices"]


def _squeezed(text: str) -> str:
    return "".join(text.replace("_", "").split())
