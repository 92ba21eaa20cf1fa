"""Moodle XML: what we hold comes in whole, what we do not is refused by name, and nothing hostile works."""

import hashlib
import io
import json
import re
import time
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from question_bank.formats.moodle_xml import XmlRefused, read_moodle
from question_bank.formats.report import QuestionReport
from question_bank.formats.row import ImportDefaults
from question_bank.markup import image_digests, markup_problems
from question_bank.scoring import score_response
from question_bank.terms import PartType
from tests.question_bank.builders import ANSWERS
from tests.question_bank.moodle import answer, choice, file, html, image_bytes, question, quiz

RED, BLUE = image_bytes("red"), image_bytes("blue")


def read(*questions: str) -> QuestionReport:
    return read_moodle(quiz(*questions))


def only_problem(*questions: str) -> str:
    report = read(*questions)
    assert (report.items, len(report.problems)) == ([], 1)
    return str(report.problems[0])


def test_the_four_types_we_hold_come_in():
    report = read(
        choice(),
        choice(answer("甲", 50), answer("乙", 50), answer("丙", 0), single=False),
        question("truefalse", answer("true", 0), answer("false", 100)),
        question("shortanswer", answer("五年", 100), answer("5年", 100), stem="期限为____。"),
        question("essay", html("写出三性", tag="graderinfo"), "<defaultgrade>5</defaultgrade>"),
    )
    assert report.problems == []
    parts = [item.parts[0] for item in report.items]
    assert [part.type for part in parts] == [PartType(kind) for kind in ANSWERS]
    assert [part.key for part in parts] == ["a", ("a", "b"), False, (("五年", "5年"),), None]
    assert [(point.points, point.text) for point in parts[4].rubric] == [(5, "写出三性")]


@pytest.mark.parametrize("kind", ["ddmarker", "ddimageortext", "randomsamatch", "calculated", "stack", ""])
def test_types_we_do_not_hold_are_refused_with_name_and_type(kind: str):
    problem = only_problem(question(kind, name="动物与食物"))
    assert "动物与食物" in problem
    assert f"（{kind}）" in problem


def test_pairs_come_in_as_a_match_each_scored_by_itself():
    def pair(left: str, right: str) -> str:
        return (
            f'<subquestion format="html"><text><![CDATA[{left}]]></text>'
            f"<answer><text>{right}</text></answer></subquestion>"
        )

    report = read(question("matching", pair("<p>猫</p>", "鱼"), pair("<p>牛</p>", "草"), pair("", "铁")))
    assert report.problems == []
    part = report.items[0].parts[0]
    assert part.type is PartType.MATCH
    assert [target.text for target in part.targets] == ["鱼", "草", "铁"]
    assert part.key == (("a1", "t1"), ("a2", "t2"))
    assert score_response(part, [["a1", "t1"], ["a2", "t3"]], maximum=Decimal(2)).points == 1


def test_one_refused_question_leaves_the_others_alone():
    report = read(choice(), question("ddmarker"), choice(stem="另一题"))
    assert (report.read, len(report.items), len(report.faulty_rows)) == (3, 2, 1)


def test_a_category_that_names_a_unit_files_what_follows_and_another_is_mentioned():
    def category(path: str) -> str:
        return f'<question type="category"><category><text>{path}</text></category></question>'

    report = read(category("$course$/top/B5 某单元"), choice(), category("$course$/其他"), choice(stem="二"))
    assert [item.unit for item in report.items] == ["B5", None]
    assert any("$course$/其他" in str(warning) for warning in report.warnings)


def test_tags_that_name_unit_and_tier_are_used_and_others_mentioned():
    tags = "".join(f"<tag><text>{tag}</text></tag>" for tag in ("C2", "中级", "旧题"))
    report = read(choice(answer("甲", 100), answer("乙", 0), f"<tags>{tags}</tags>"))
    assert (report.items[0].unit, [t.value for t in report.items[0].tiers]) == ("C2", ["intermediate"])
    assert any("旧题" in warning.message for warning in report.warnings)


def test_descriptions_are_no_items_and_are_mentioned():
    report = read(question("description", name="导言"), choice())
    assert (report.read, len(report.items)) == (1, 1)
    assert any("导言" in warning.message for warning in report.warnings)


@pytest.mark.parametrize(
    ("answers", "single", "problem"),
    [
        ((answer("甲", 100), answer("乙", 100)), True, "合计不是 100%"),
        ((answer("甲", 0), answer("乙", 0)), True, "没有一个选项得分"),
        ((answer("甲", 50), answer("乙", 20)), False, "合计不是 100%"),
        ((answer("甲", "一半"), answer("乙", 20)), False, "不是数字"),
        ((answer("甲", 100), answer("甲", 0)), True, "选项文字重复"),
        ((answer("甲", 100),), True, "选项应有 2 到 8 个"),
        (tuple(answer(str(n), 100 if n == 0 else 0) for n in range(9)), True, "最多 8 个"),
    ],
)
def test_choices_whose_key_is_unsure_are_refused(answers: tuple[str, ...], single: bool, problem: str):
    assert problem in only_problem(choice(*answers, single=single))


@pytest.mark.parametrize(
    ("answers", "single", "warning"),
    [
        ((answer("甲", 100), answer("乙", 50)), True, "部分得分"),
        ((answer("甲", 100), answer("乙", -50)), True, "倒扣分"),
        ((answer("甲", 75), answer("乙", 25), answer("丙", 0)), False, "得分比例不同"),
        ((answer("甲", 75), answer("乙", 25), answer("丙", 0)), True, "按多选题读取"),
        ((answer("甲", 33.33333), answer("乙", 33.33333), answer("丙", 33.33333)), False, None),
    ],
)
def test_scores_we_do_not_give_are_warned_of(answers: tuple[str, ...], single: bool, warning: str | None):
    report = read(choice(*answers, single=single))
    assert len(report.items) == 1
    messages = [str(warning) for warning in report.warnings]
    assert any(warning in message for message in messages) if warning else messages == []


@pytest.mark.parametrize(
    ("answers", "stem", "problem"),
    [
        ((answer("*蛙*", 100),), "两栖动物____", "通配符"),
        ((answer("蛙", 80),), "两栖动物____", "没有得 100%"),
        ((answer("蛙", 100),), "____和____", "有 2 个空"),
    ],
)
def test_short_answers_we_cannot_mark_are_refused(answers: tuple[str, ...], stem: str, problem: str):
    assert problem in only_problem(question("shortanswer", *answers, stem=stem))


def test_a_short_answer_without_a_blank_gets_one_and_an_escaped_star_is_a_star():
    item = read(question("shortanswer", answer(r"5\*3", 100), stem="算式？")).items[0]
    assert (item.parts[0].stem, item.parts[0].key) == ("算式？\n____", (("5*3",),))


def test_an_essay_that_needs_text_and_file_is_refused_and_one_without_rubric_is_warned_of():
    both = "<responseformat>editor</responseformat><attachmentsrequired>1</attachmentsrequired>"
    assert "既要文字又要附件" in only_problem(question("essay", both))
    report = read(question("essay"))
    assert any("评分要点" in warning.field for warning in report.warnings)


def test_feedback_becomes_the_rationale():
    general = html("见条文。", tag="generalfeedback")
    report = read(choice(answer("甲", 100, "对。"), answer("乙", 0, "错在期限。"), general))
    assert report.items[0].rationale == "见条文。\n“甲”：对。\n“乙”：错在期限。"


def test_html_becomes_text_that_still_says_the_same():
    stem = "<p>排放 CO<sub>2</sub> 与<br>10<sup>-3</sup>&nbsp;mg：</p><ol><li>甲</li><li>乙</li></ol>"
    assert read(choice(stem=stem)).items[0].parts[0].stem == "排放 CO₂ 与\n10⁻³ mg：\n1. 甲\n2. 乙"


def test_scripts_and_script_links_leave_nothing_but_a_warning():
    stem = (
        '<script>alert(1)</script><a href="javascript:alert(1)" onclick="x()">甲</a><b onmouseover=x>乙</b>'
    )
    report = read(choice(stem=stem))
    assert report.items[0].parts[0].stem == "甲乙"
    assert len(report.warnings) == 2


@pytest.mark.parametrize("tag", ["iframe", "object", "svg", "math", "video", "form"])
def test_what_cannot_be_shown_refuses_the_question(tag: str):
    assert f"<{tag}>" in only_problem(choice(stem=f"<p>看</p><{tag}></{tag}>"))


def test_angle_brackets_that_are_text_stay_text():
    assert read(choice(stem="若 a &lt;b&gt; c")).items[0].parts[0].stem == "若 a <b> c"


def test_images_of_stem_and_option_are_kept_where_they_stand():
    stem = html('<p>看<img src="@@PLUGINFILE@@/a.png" alt="排放口">图</p>', file("a.png", RED))
    option = answer('<img src="@@PLUGINFILE@@/%E4%B9%99.png">', 0, "", file("乙.png", BLUE))
    report = read(choice(stem, answer("甲", 100), option))
    part = report.items[0].parts[0]
    red, blue = hashlib.sha256(RED).hexdigest(), hashlib.sha256(BLUE).hexdigest()
    assert part.stem == f"看![排放口](image:{red})图"
    assert part.options[1].text == f"![](image:{blue})"
    assert report.images == {red: RED, blue: BLUE}


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("@@PLUGINFILE@@/no.png", "缺少图片“no.png”"),
        ("https://example.com/a.png", "不在文件之内"),
        ("//example.com/a.png", "不在文件之内"),
        ("file:///etc/passwd", "不在文件之内"),
        ("@@PLUGINFILE@@/broken.png", "base64 已损坏"),
        ("@@PLUGINFILE@@/empty.png", "是空的"),
    ],
)
def test_images_that_are_not_in_the_file_refuse_the_question(source: str, problem: str):
    broken = '<file name="broken.png" encoding="base64">@@@</file><file name="empty.png" encoding="base64"/>'
    assert problem in only_problem(choice(html(f'<img src="{source}">', broken), answer("甲", 100)))


def test_no_mark_of_an_image_can_break_out_of_its_attribute():
    alt = "x&quot; onerror=&quot;alert(1)](image:y)[&lt;script&gt;____"
    stem = html(f'<img src="@@PLUGINFILE@@/a.png" alt="{alt}">', file("a.png", RED))
    text = read(choice(stem, answer("甲", 100), answer("乙", 0))).items[0].parts[0].stem
    assert len(image_digests([text])) == 1
    assert re.fullmatch(r"!\[[^\[\]<>_]*\]\(image:[0-9a-f]{64}\)", text)
    assert markup_problems(f"<p>{text}</p>") == []


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"&a;" * 10) for n in range(9))
    + b"]><quiz><question type='essay'><name><text>&a8;</text></name></question></quiz>"
)
EXTERNAL = (
    b'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<quiz><question type='essay'><questiontext><text>&x;</text></questiontext></question></quiz>"
)
REMOTE_DTD = b'<!-- a --><?b c?>\n<!DOCTYPE quiz SYSTEM "http://example.com/x.dtd"><quiz/>'


@pytest.mark.parametrize(
    "content",
    [BOMB, EXTERNAL, REMOTE_DTD, BOMB.decode().encode("utf-16")],
    ids=["entity bomb", "external entity", "remote DTD", "bomb in UTF-16"],
)
def test_document_types_and_entities_are_refused_outright(content: bytes):
    started = time.perf_counter()
    with pytest.raises(XmlRefused, match="DOCTYPE"):
        read_moodle(content)
    assert time.perf_counter() - started < 5


def test_the_word_doctype_in_a_question_is_just_text():
    assert (
        read(choice(stem="<p>&lt;!DOCTYPE html&gt; 是什么</p>"))
        .items[0]
        .parts[0]
        .stem.startswith("<!DOCTYPE")
    )


def test_an_undefined_entity_and_broken_xml_are_refused_with_their_line():
    with pytest.raises(XmlRefused, match="第 3 行"):
        read_moodle(b'<?xml version="1.0"?>\n<quiz>\n<name>&nbsp;</name></quiz>')
    with pytest.raises(XmlRefused, match="第 2 行"):
        read_moodle(b"<quiz>\n<question></quiz>")


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("quiz.xml", "<quiz/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (_zip(), "第 1 行有不合|不是 XML"),
        (b"", "不是 XML"),
        (b"PK", "不是 XML"),
        (b"<questestinterop/>", "最外层应为 quiz"),
        (b"<quiz>" + b"A" * (50 * 1024 * 1024), "超过 20 MB"),
        (b"<quiz><file>" + b"A" * (11 * 1024 * 1024) + b"</file></quiz>", "过大"),
        (b"<a>" * 3000, "第 1 行"),
        ('<?xml version="1.0" encoding="GB18030"?><quiz>题</quiz>'.encode() + b"\xff", "gb18030"),
        ("<quiz>\n题</quiz>".encode("gb18030"), "第 2 行有不合 utf-8"),
        (b'<?xml version="1.0" encoding="UTF-7"?><quiz/>', "utf-7"),
        (b'<?xml version="1.0" encoding="x-no-such"?><quiz/>', "x-no-such"),
    ],
)
def test_what_is_no_moodle_xml_is_refused_in_clear_words(content: bytes, reason: str):
    with pytest.raises(XmlRefused, match=reason):
        read_moodle(content)


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030", "GBK", "GB2312", "UTF-16"])
def test_declared_encodings_are_read(encoding: str):
    stem = read_moodle(quiz(choice(stem="<p>排污许可</p>"), encoding=encoding)).items[0].parts[0].stem
    assert stem == "排污许可"


def test_a_file_named_after_gb2312_may_hold_rarer_characters():
    content = quiz(choice(stem="镕㐀"), encoding="GB18030").replace(b"GB18030", b"GB2312")
    assert read_moodle(content).items[0].parts[0].stem == "镕㐀"


def test_defaults_are_what_the_importer_says():
    item = read_moodle(quiz(choice()), ImportDefaults(unit="B1", difficulty=0.4)).items[0]
    assert (item.unit, item.difficulty) == ("B1", 0.4)


def _plain(html_text: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html_text).split())


def test_the_real_files_give_the_recorded_items_keys_images_and_refusals(test_data: Path):
    entries = [
        entry
        for entry in json.loads((test_data / "MANIFEST.json").read_text(encoding="utf-8"))
        if str(entry.get("file")).startswith("moodlexml/")
    ]
    assert len(entries) == 12
    for entry in entries:
        expected = entry["expected"]
        report = read_moodle((test_data / entry["file"]).read_bytes())
        # A number that nobody can give for all the points has no key.
        refused = [one for one in expected["items"] if one["type"] == "numerical" and not one["correct"]]
        taken = [one for one in expected["items"] if one not in refused]
        assert (report.read, len(report.items)) == (expected["questions"], len(taken)), entry["file"]
        assert len(report.problems) == len(report.faulty_rows) == len(refused)
        for item, problem in zip(refused, report.problems, strict=True):
            assert item["name"][:60] in problem.where
            assert "没有得 100%" in problem.message
        for item, recorded in zip(report.items, taken, strict=True):
            part = item.parts[0]
            assert float(part.points) == recorded["defaultgrade"]
            text = re.sub(r"\[\[[0-9]\]\]|_", "", recorded["text"])
            assert " ".join(part.stem.replace("____", "").split())[:40] == " ".join(text.split())[:40]
            if recorded["type"] == "matching":
                assert _pairs(part) == [tuple(pair) for pair in recorded["pairs"]]
                continue
            if recorded["type"] == "gapselect":
                assert len(part.key) == part.blanks == recorded["gaps"]
                assert [option.text for option in part.options[::3]] == recorded["options"]
                continue
            if recorded["type"] == "numerical":
                # 70 lies within 69 and its tolerance, which stands first and earns 60 per cent.
                assert (part.key, recorded["correct"]) == ((("82",),), ["70", "82"])
                earned = [score_response(part, [n], maximum=Decimal(10)).points for n in ("70", "82", "91.1")]
                assert earned == [6, 10, 4]
                continue
            assert _key_texts(part) == [_plain(text) for text in recorded.get("correct", [])]
            assert len(part.options) == recorded.get("choices", 0)
        pictures = {f for item in taken for f in item["files"] if f.endswith((".jpg", ".png", ".gif"))}
        assert set(report.image_names.values()) == pictures


def _pairs(part) -> list[tuple[str, str]]:
    texts = {one.id: " ".join(one.text.split()) for one in (*part.options, *part.targets)}
    return [(texts[left], texts[right]) for left, right in part.key]


def _key_texts(part) -> list[str]:
    if part.type is PartType.TRUE_FALSE:
        return [str(part.key).lower()]
    if part.type is PartType.FILL_IN:
        return [spelling for blank in part.key for spelling in blank]
    texts = [option.text for option in part.options if option.id in (part.key or ())]
    return [" ".join(re.sub(r"!\[[^]]*\]\([^)]*\)", "", text).split()) for text in texts]
