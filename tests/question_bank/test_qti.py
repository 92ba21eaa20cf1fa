"""QTI items: what we hold comes in whole from every version, what we do not is refused by name and reason."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.formats.qti import XmlRefused, is_qti, read_qti
from question_bank.formats.qti_rules import Rules
from question_bank.formats.qti_tree import normalised
from question_bank.formats.qti_values import Bag, Value, outcomes, responses
from question_bank.formats.row import ImportDefaults
from question_bank.formats.xml_document import parse_xml
from question_bank.item import Item, ItemKind, Part
from question_bank.scoring import MultiplePolicy, score_response
from question_bank.terms import PartType
from tests.question_bank.qti import (
    MAP_RESPONSE,
    MATCH_CORRECT,
    SCORE,
    VERSIONS,
    choice,
    declared,
    entry,
    essay,
    inline,
    item,
    mapping,
    number,
    plus,
    right,
    rule,
    rules,
    sets,
)

FEEDBACK = '<outcomeDeclaration identifier="FB" cardinality="single" baseType="identifier"/>'
SQUARED = sets("SCORE", '<product><variable identifier="SCORE"/><variable identifier="SCORE"/></product>')
TEXT = "<p>某企业夜间排放。</p>"


def only(content: bytes) -> Item:
    report = read_qti(content)
    assert (report.problems, len(report.items), len(report.rows)) == ([], 1, 1)
    return report.items[0]


def part(content: bytes) -> Part:
    return only(content).parts[0]


def refusal(content: bytes) -> str:
    report = read_qti(content)
    assert (report.items, report.read, len(report.faulty_rows)) == ([], 1, 1)
    return str(report.problems[0])


def told(content: bytes) -> str:
    return " ".join(str(warning) for warning in read_qti(content).warnings)


def texts(part: Part) -> list[str]:
    return [option.text for option in part.options]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_types_we_hold_come_in_alike_from_every_version(version: str):
    found = [
        part(item(choice("甲", "乙"), declared("B"), version=version)),
        part(item(choice("甲", "乙", "丙", most=0), declared("A", "C", many=True), version=version)),
        part(item(choice("正确", "错误", prompt="水往高处流。"), declared("B"), version=version)),
        part(item(f"<p>期限为{entry()}。</p>", declared("五年", kind="string"), version=version)),
        part(item(essay(), declared(kind="string"), scoring="", version=version)),
    ]
    assert [part.type for part in found] == [
        PartType.SINGLE,
        PartType.MULTIPLE,
        PartType.TRUE_FALSE,
        PartType.FILL_IN,
        PartType.ESSAY,
    ]
    assert [part.key for part in found] == ["b", ("a", "c"), False, (("五年",),), None]
    assert [part.stem for part in found] == [
        "下列哪一项正确？",
        "下列哪一项正确？",
        "水往高处流。",
        "期限为____。",
        "论述三性。",
    ]
    assert texts(found[1]) == ["甲", "乙", "丙"]


def test_the_text_before_and_after_a_choice_is_its_stem():
    body = f"<p>阅读材料。</p>{choice('甲', '乙', prompt='哪一项？')}<p>（单选）</p>"
    assert part(item(body, declared("A"))).stem == "阅读材料。\n哪一项？\n（单选）"


def test_choices_from_lists_in_running_text_are_one_question_with_blanks():
    found = part(item(f"<p>期限为{inline('三年', '五年')}以内。</p>", declared("B")))
    assert (found.type, found.key, found.stem) == (PartType.INLINE_CHOICE, ("b",), "期限为____以内。")
    assert (texts(found), found.scoring) == (["三年", "五年"], None)
    body = f"<p>{inline('甲', '乙', name='R1')}罚{inline('丙', '乙', name='R2')}</p>"
    two = [declared("A", name="R1"), declared("B", name="R2")]
    found = part(item(body, *two, scoring=case_scoring("R1", "R2")))
    assert [(option.text, option.blank) for option in found.options] == [
        ("甲", 1),
        ("乙", 1),
        ("丙", 2),
        ("乙", 2),
    ]
    assert found.key == ("a", "d")
    assert [score_response(found, value).points for value in (["a", "d"], ["a", "c"], ["b", None])] == [
        4,
        2,
        0,
    ]


def test_several_text_entries_are_one_fill_in_and_case_counts_as_the_item_says():
    body = f"<p>从{entry('R1')}到{entry('R2')}。</p>"
    scoring = rules(rule(right("R1"), plus(number(1))), rule(right("R2"), plus(number(1))))
    content = item(
        body,
        declared("A市", name="R1", kind="string"),
        declared("乙", name="R2", kind="string"),
        scoring=scoring,
    )
    found = part(content)
    assert (found.key, found.stem, found.points) == ((("A市",), ("乙",)), "从____到____。", 2)
    assert [score_response(found, [text, "乙"]).points for text in ("A市", "a市")] == [2, 1]


def test_an_item_comes_in_whole_or_is_named_with_its_identifier_interaction_and_reason():
    body = choice("甲", "乙") + '<drawingInteraction responseIdentifier="R2"/>'
    message = refusal(item(body, declared("A"), declared(name="R2"), name="Q-7"))
    assert "Q-7" in message
    assert "绘图题（drawingInteraction）" in message


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("graphicGapMatchInteraction", "拖放到图题"),
        ("graphicOrderInteraction", "图上排序题"),
        ("graphicAssociateInteraction", "图上关联题"),
        ("positionObjectInteraction", "图上摆放题"),
        ("drawingInteraction", "绘图题"),
        ("mediaInteraction", "音视频播放"),
        ("customInteraction", "自定义交互"),
        ("portableCustomInteraction", "可移植自定义交互"),
        ("endAttemptInteraction", "提示或提交按钮"),
        ("quantumInteraction", "未知题型"),
    ],
)
def test_every_other_interaction_is_refused_by_its_name(version: str, name: str, kind: str):
    message = refusal(item(f'<{name} responseIdentifier="RESPONSE"/>', declared("A"), version=version))
    assert f"{kind}（{name}）" in message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (item(choice("甲", "乙"), declared("A"), adaptive="true"), "adaptive"),
        (item(choice("甲", "乙"), declared("A"), more='<templateDeclaration identifier="T"/>'), "模板变量"),
        (item(choice("甲", '<printedVariable identifier="T"/>'), declared("A")), "模板变量"),
        (item('<include href="a.xml"/>' + choice("甲", "乙"), declared("A")), "XInclude"),
        (item("<p>只有文字</p>", declared("A")), "没有要作答的地方"),
        (item(choice("甲", "乙", name="R9"), declared("A")), "没有声明作答“R9”"),
        (item(choice("甲", "乙"), declared("A"), declared("B")), "声明了两次"),
        (item(choice("甲", "乙"), declared("A", "B")), "声明了几个答案"),
        (item(choice("甲", "乙"), declared("Z")), "答案“Z”不在选项之中"),
        (item(choice(*"甲乙丙丁戊己庚辛壬"), declared("A")), "最多 8 个"),
        (item(choice("甲", "甲"), declared("A")), "选项文字重复"),
        (item(choice("甲", "乙", prompt=""), declared("A")), "不能为空"),
        (item(choice("甲", "<video/>"), declared("A")), "不能显示的 <video>"),
        (item(choice("甲", "乙", prompt="<math/>"), declared("A")), "不能显示的 <math>"),
        (
            item(TEXT + '<object data="a.html" type="text/html"/>' + choice("甲", "乙"), declared("A")),
            "object",
        ),
        (item(choice("甲", '<img src="a.png"/>'), declared("A")), "请导入含图片的整个 ZIP 包"),
        (item(choice("甲", '<img src="https://example.org/a.png"/>'), declared("A")), "不在文件之内"),
        (item(choice("甲", '<img src="http://[a.png"/>'), declared("A")), "不在文件之内"),
        (item(choice("甲", '<img src="data:image/png;base64,AA=="/>'), declared("A")), "不是 PNG"),
        (item(choice("甲", '<img src="data:image/png;base64,A"/>'), declared("A")), "base64 已损坏"),
        (
            item(choice("甲", "乙"), declared("A"), scoring='<responseProcessing template="//[x"/>'),
            "不认识的 [x",
        ),
        (item(essay(), declared("A")), "这里是 identifier"),
        (item(essay(), declared(kind="string", many=True)), "一空要填几段"),
    ],
)
def test_what_we_cannot_hold_is_refused_with_its_reason(content: bytes, reason: str):
    assert reason in refusal(content)


def test_scripts_and_handlers_do_not_survive():
    body = '<p onclick="x()">问<script>alert(1)</script><a href="javascript:x()">题</a></p>' + choice(
        "甲", "乙"
    )
    assert part(item(body, declared("A"))).stem == "问题\n下列哪一项正确？"


def test_more_options_than_the_item_lets_choose_earn_nothing():
    content = item(
        choice("甲", "乙", "丙", most=2),
        declared("A", "B", many=True, mapping=mapping(A=1, B=1)),
        scoring=MAP_RESPONSE,
    )
    found = part(content)
    assert [score_response(found, value).points for value in (["a", "b"], ["a"], ["a", "b", "c"])] == [
        2,
        1,
        0,
    ]


def test_an_answer_filled_in_before_is_named_as_lost():
    filled = declared("A", "B", many=True).replace(
        "</responseDeclaration>", "<defaultValue><value>C</value></defaultValue></responseDeclaration>"
    )
    content = item(choice("甲", "乙", "丙", most=2), filled)
    assert part(content).key == ("a", "b")
    assert "预先填好或选好的作答没有保存" in told(content)
    assert told(item(choice("甲", "乙", "丙", most=3), declared("A", "B", many=True))) == ""


def test_ruby_is_read_as_the_word_with_its_reading_in_brackets():
    body = choice("甲", "<ruby>罚<rp>(</rp><rt>fá</rt><rp>)</rp></ruby>款")
    assert texts(part(item(body, declared("A")))) == ["甲", "罚（fá）款"]


# --- keys and scoring


def test_a_template_is_known_by_the_last_part_of_its_address():
    for address in (
        "http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct.xml",
        "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct",
        "/local/CC2_match",
    ):
        scoring = f'<responseProcessing template="{address}"/>'
        assert part(item(choice("甲", "乙"), declared("B"), scoring=scoring)).key == "b"
    other = '<responseProcessing template="http://example.org/bespoke"/>'
    assert "不认识的 bespoke" in refusal(item(choice("甲", "乙"), declared("B"), scoring=other))


def test_a_declared_key_without_rules_is_taken_with_a_warning():
    for content in (
        item(choice("甲", "乙"), declared("B"), scoring=""),
        item(choice("甲", "乙", name="ANSWER"), declared("B", name="ANSWER")),
    ):
        assert part(content).key == "b"
        assert "没有评分规则" in told(content)


def test_a_question_without_a_key_is_refused_but_an_essay_is_not():
    assert "没有声明答案" in refusal(item(choice("甲", "乙"), declared(), scoring=""))
    assert "评分规则对哪个答案都不给分" in refusal(item(choice("甲", "乙"), declared()))
    assert "没有声明答案" in refusal(item(f"<p>是{entry()}</p>", declared(kind="string"), scoring=""))
    assert part(item(essay(), declared(kind="string"), scoring="")).key is None


def test_a_mapping_whose_points_single_out_the_key_is_the_key():
    content = item(
        choice("甲", "乙", "丙", most=0),
        declared("A", "B", many=True, mapping=mapping('lowerBound="0" defaultValue="-1"', A=1, B=1, C=-2)),
        scoring=MAP_RESPONSE,
    )
    found = part(content)
    assert (found.type, found.key, found.points) == (PartType.MULTIPLE, ("a", "b"), 2)
    assert score_response(found, ["a"], policy=MultiplePolicy.ALL_OR_NOTHING).points == 1


def test_a_mapping_that_forgives_wrong_options_keeps_its_key_and_forgives_them_here():
    content = item(
        choice("甲", "乙", "丙", most=0),
        declared("A", "B", many=True, mapping=mapping(A=1, B=1)),
        scoring=MAP_RESPONSE,
    )
    assert part(content).key == ("a", "b")
    assert score_response(part(content), ["a", "b", "c"]).points == 2


def test_of_several_full_answers_one_is_shown_as_the_key_and_all_score():
    content = item(choice("甲", "乙", "丙"), declared(mapping=mapping(A=1, B=1)), scoring=MAP_RESPONSE)
    assert "不止一种" in told(content)
    assert [score_response(part(content), value).points for value in "abc"] == [1, 1, 0]


def test_a_key_that_contradicts_the_rules_is_refused():
    other = declared("A", mapping=mapping(B=1))
    assert "不一致" in refusal(item(choice("甲", "乙"), other, scoring=MAP_RESPONSE))
    text = declared("甲", kind="string", mapping=mapping(甲=1, 乙=2))
    assert "不是得分最高的" in refusal(item(f"<p>{entry()}</p>", text, scoring=MAP_RESPONSE))


def test_points_for_the_second_best_option_are_kept():
    content = item(choice("甲", "乙"), declared("A", mapping=mapping(A=2, B=0.5)), scoring=MAP_RESPONSE)
    assert (part(content).key, part(content).points) == ("a", 2)
    assert score_response(part(content), "b").points == Decimal("0.5")


def test_rules_of_ones_own_are_carried_out_to_find_the_key():
    match = '<match><variable identifier="R"/><multiple><baseValue baseType="identifier">A</baseValue>'
    match += '<baseValue baseType="identifier">C</baseValue></multiple></match>'
    content = item(
        choice("甲", "乙", "丙", name="R", most=3),
        declared(name="R", many=True),
        scoring=rules(rule(match, sets("SCORE", number(4)), sets("SCORE", number(0)))),
    )
    assert (part(content).key, part(content).points) == (("a", "c"), 4)


@pytest.mark.parametrize(
    ("scoring", "reason"),
    [
        (rules(rule(right(), sets("SCORE", "<random/>"))), "不认识的 random"),
        (rules('<lookupOutcomeValue identifier="SCORE"/>'), "不认识的 lookupOutcomeValue"),
        (rules(sets("SCORE", '<baseValue baseType="float">abc</baseValue>')), "“abc”不是数字"),
        (rules(sets("SCORE", number(1))), "对哪个答案都不给分"),
        (rules(sets("SCORE", "<not/>")), "不认识的 not"),
        (rules(rule(right(), "")), "对哪个答案都不给分"),
        (rules(sets("SCORE", number(1e11)), SQUARED * 17), "算出的数过大"),
    ],
)
def test_rules_that_we_cannot_follow_refuse_the_item(scoring: str, reason: str):
    assert reason in refusal(item(choice("甲", "乙"), declared("A"), scoring=scoring))


def test_rules_that_run_too_long_refuse_the_item():
    scoring = rules(*[rule(right(), plus(number(1)))] * 1_000)
    content = item(choice(*"甲乙丙丁戊己庚辛", most=0), declared("A", many=True), scoring=scoring)
    assert "过于复杂" in refusal(content)


def test_accepted_spellings_come_from_the_answer_and_from_what_the_rules_accept():
    spelled = mapping(五年=2, **{"5年": 2, "五": 1})
    content = item(
        f"<p>为{entry()}</p>", declared("五年", kind="string", mapping=spelled), scoring=MAP_RESPONSE
    )
    assert part(content).key == (("五年", "5年"),)
    assert score_response(part(content), ["五"]).points == 1
    also = '<or><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match><match>'
    also += '<variable identifier="RESPONSE"/><baseValue baseType="string">5 年</baseValue></match></or>'
    scoring = rules(rule(also, sets("SCORE", number(1))))
    assert part(item(f"<p>为{entry()}</p>", declared("五年", kind="string"), scoring=scoring)).key == (
        ("五年", "5 年"),
    )


def test_a_number_is_spelled_as_given_and_without_needless_zeros():
    content = item(f"<p>{entry()}日内</p>", declared("10.0", kind="float"))
    assert part(content).key == (("10.0", "10"),)
    given = ("10", "10.00", "1e1", "11", "十")
    assert [score_response(part(content), [text]).points for text in given] == [1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    "test",
    [
        '<equal toleranceMode="relative" tolerance="5">{}<correct identifier="RESPONSE"/></equal>',
        '<gte>{}<baseValue baseType="float">3</baseValue></gte>',
        '<equalRounded figures="2">{}<correct identifier="RESPONSE"/></equalRounded>',
    ],
)
def test_a_range_of_answers_is_scored_as_the_item_says(test: str):
    test = test.format('<variable identifier="RESPONSE"/>')
    scoring = rules(rule(test, sets("SCORE", number(1))))
    content = item(f"<p>约{entry()}</p>", declared("4.1", kind="float"), scoring=scoring)
    assert "范围" in told(content)
    assert [score_response(part(content), [text]).points for text in ("4.1", "4.10", "4.14", "2")] == [
        1,
        1,
        1,
        0,
    ]


def test_blanks_that_take_the_same_answers_in_any_order_are_scored_together():
    test = '<and><not><isNull><variable identifier="R{0}"/></isNull></not><not><match>'
    test += '<variable identifier="R1"/><variable identifier="R2"/></match></not></and>'
    towns = mapping(甲=1, 乙=1)
    scoring = rules(
        rule(test.format(1), plus('<mapResponse identifier="R1"/>')),
        rule(test.format(2), plus('<mapResponse identifier="R2"/>')),
    )
    declarations = [declared(name=name, kind="string", mapping=towns) for name in ("R1", "R2")]
    content = item(f"<p>{entry('R1')}和{entry('R2')}</p>", *declarations, scoring=scoring)
    assert "互相牵连" in told(content)
    found, given = part(content), (["甲", "乙"], ["乙", "甲"], ["甲", "甲"], ["甲", "丙"])
    assert [score_response(found, value).points for value in given] == [2, 2, 0, 1]


def test_blanks_that_count_only_together_earn_nothing_alone():
    both = rules(rule(f"<and>{right('R1')}{right('R2')}</and>", sets("SCORE", number(2))))
    declarations = [declared(text, name=name, kind="string") for name, text in (("R1", "甲"), ("R2", "乙"))]
    content = item(f"<p>{entry('R1')}和{entry('R2')}</p>", *declarations, scoring=both)
    assert part(content).points == 2
    assert [score_response(part(content), ["甲", text]).points for text in "乙丙"] == [2, 0]


def test_an_essay_has_the_notes_for_markers_as_its_rubric_and_the_stated_points():
    notes = '<rubricBlock view="scorer"><p>三性各一分。</p></rubricBlock>'
    maximum = SCORE.replace("/>", ' normalMaximum="9"/>')
    content = item(essay() + notes, declared("来源合法", kind="string"), maximum, scoring="").replace(
        SCORE.encode(), b"", 1
    )
    found = part(content)
    assert [point.text for point in found.rubric] == ["三性各一分。\n参考答案：来源合法"]
    assert part(item(essay(), declared(kind="string"), scoring="")).rubric[0].points == 10


def test_rubrics_for_candidates_are_shown_and_those_for_others_are_not():
    body = '<rubricBlock view="candidate"><p>请选择。</p></rubricBlock>'
    body += '<rubricBlock view="tutor"><p>密</p></rubricBlock>' + choice("甲", "乙")
    content = item(body, declared("A"))
    assert part(content).stem == "请选择。\n下列哪一项正确？"
    assert "给 tutor 看的说明没有保存" in told(content)


def test_what_is_told_to_the_right_answer_and_at_options_is_the_rationale():
    at = '<feedbackInline outcomeIdentifier="FB" identifier="A" showHide="show">想想看</feedbackInline>'
    modal = "".join(
        f'<modalFeedback outcomeIdentifier="FB" identifier="{name}" showHide="show">{text}</modalFeedback>'
        for name, text in (("A", "见第三条。"), ("B", "错了。"))
    )
    scoring = rules(sets("FB", '<variable identifier="RESPONSE"/>'), rule(right(), sets("SCORE", number(1))))
    content = item(choice(f"甲{at}", "乙"), declared("A"), FEEDBACK, scoring=scoring, more=modal)
    found = only(content)
    assert found.rationale == "“甲”：想想看\n见第三条。"
    assert texts(found.parts[0]) == ["甲", "乙"]
    assert "1 段反馈没有保存" in told(content)


def test_a_question_that_changes_with_the_answers_is_refused():
    shown = '<feedbackBlock outcomeIdentifier="FB" identifier="x" showHide="{}"><p>{}</p></feedbackBlock>'
    hidden = item(shown.format("hide", "先看") + choice("甲", "乙"), declared("A"), FEEDBACK)
    asked = item(shown.format("show", choice("甲", "乙")), declared("A"), FEEDBACK)
    assert "题面随作答变化" in refusal(hidden)
    assert "题面随作答变化" in refusal(asked)


# --- several questions in one item


def case_scoring(*names: str) -> str:
    return rules(*(rule(right(name), plus(number(2))) for name in names))


@pytest.mark.parametrize("version", VERSIONS)
def test_several_questions_after_a_text_are_a_case(version: str):
    body = (
        f"<div>{TEXT}<p>罚款&lt;5 万元。</p></div>{choice('甲', '乙', name='R1', prompt='是否违法？')}"
        f"<p>接着问：</p><p>期限{entry('R2')}日。</p>{essay('说明理由。', name='R3')}<p>不少于 100 字。</p>"
    )
    declarations = [
        declared("A", name="R1"),
        declared("十", name="R2", kind="string"),
        declared(name="R3", kind="string"),
    ]
    found = only(item(body, *declarations, scoring=case_scoring("R1", "R2"), version=version))
    assert found.kind is ItemKind.CASE
    assert found.stimulus == "<p>某企业夜间排放。</p><p>罚款&lt;5 万元。</p>"
    assert [(part.type, part.stem, part.points) for part in found.parts] == [
        (PartType.SINGLE, "是否违法？", 2),
        (PartType.FILL_IN, "接着问：\n期限____日。", 2),
        (PartType.ESSAY, "说明理由。\n不少于 100 字。", 10),
    ]


def test_without_a_common_text_the_title_is_the_material():
    two = [declared("A", name="R1"), declared("A", name="R2")]
    apart = choice("甲", "乙", name="R1") + choice("丙", "丁", name="R2")
    content = item(apart, *two, scoring=case_scoring("R1", "R2"))
    assert only(content).stimulus == "<p>某题</p>"
    assert "以题名代替" in told(content)
    assert "没有共同的材料" in refusal(content.replace('title="某题"'.encode(), b'title=""'))


def test_blanks_to_type_in_and_to_choose_in_one_sentence_are_two_questions():
    body = f"{TEXT}<p>由{entry('R1')}罚{inline('甲', '乙', name='R2')}。</p>"
    two = [declared("局", name="R1", kind="string"), declared("A", name="R2")]
    found = only(item(body, *two, scoring=case_scoring("R1", "R2")))
    assert [(part.type, part.stem) for part in found.parts] == [
        (PartType.FILL_IN, "由____罚（　）。"),
        (PartType.INLINE_CHOICE, "由（　）罚____。"),
    ]


def test_questions_that_cannot_be_told_apart_are_refused():
    two = [declared("A", name="R1"), declared("A", name="R2")]
    scoring = case_scoring("R1", "R2")
    together = f"{TEXT}<div>{inline('甲', '乙', name='R1')}和{choice('丙', '丁', name='R2')}</div>"
    assert "不在自己的段落里" in refusal(item(together, *two, scoring=scoring))
    three = f"<div>期限{inline('甲', '乙', name='R1')}日<p>{entry('R2')}</p></div>"
    loose = TEXT + three
    assert "不在自己的段落里" in refusal(item(loose, *two, scoring=scoring))
    shared = TEXT + choice("甲", "乙", name="R1") + choice("丙", "丁", name="R1")
    assert "同一个“R1”" in refusal(item(shared, *two, scoring=scoring))
    many = TEXT + "".join(choice("甲", "乙", name=f"R{n}") for n in range(6))
    declarations = [declared("A", name=f"R{n}") for n in range(6)]
    assert "最多 5 小题" in refusal(item(many, *declarations, scoring=scoring))


def test_questions_whose_points_hang_together_are_refused():
    body = TEXT + choice("甲", "乙", name="R1") + choice("丙", "丁", name="R2")
    two = [declared("A", name="R1"), declared("A", name="R2")]
    both = rules(rule(f"<and>{right('R1')}{right('R2')}</and>", sets("SCORE", number(2))))
    assert "互相牵连" in refusal(item(body, *two, scoring=both))
    first_only = rules(rule(right("R1"), sets("SCORE", number(2))))
    assert "都不给分" in refusal(item(body, *two, scoring=first_only))
    product = "<product>{}{}</product>".format(*(f'<variable identifier="S{n}"/>' for n in (1, 2)))
    scores = "".join(rule(right(f"R{n}"), sets(f"S{n}", number(1))) for n in (1, 2))
    assert "互相牵连" in refusal(item(body, *two, scoring=rules(scores, sets("SCORE", product))))


# --- files


def test_a_file_is_known_as_qti_by_its_root():
    assert is_qti(item(choice("甲", "乙"), declared("A")))
    assert is_qti(item(choice("甲", "乙"), declared("A"), version="3.0"))
    assert is_qti(b'<?xml version="1.0"?><a:assessmentItem xmlns:a="urn:x"/>')
    assert is_qti(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a --><!-- b -->\n<qti-assessment-item>")
    assert not is_qti(b"<quiz><question/></quiz>")
    assert not is_qti(b"<quiz><text>&lt;assessmentItem <assessmentItem/></text></quiz>")
    assert not is_qti(b"<!-- -->" * 500 + b"<assessmentTest>")
    assert not is_qti(b'{"items": []}')


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<quiz/>", "最外层应为 assessmentItem"),
        (b"\x89no xml", "不是 XML 文件"),
        (b"<assessmentItem>\n<m:math/>\n</assessmentItem", "第 2 行"),
        (item("<b>" * 150 + "</b>" * 150), "100 层"),
        (item("<br/>" * 20_001), "20000 个元素"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><assessmentItem/>', "DOCTYPE"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><assessmentItem/>', "DOCTYPE"),
    ],
)
def test_a_file_that_is_unsafe_broken_or_another_is_refused(content: bytes, reason: str):
    with pytest.raises(XmlRefused, match=reason):
        read_qti(content)


def test_what_qti_does_not_say_comes_from_the_defaults_and_ids_are_made_up():
    content = item(choice("甲", "乙"), declared("A"))
    report = read_qti(content, ImportDefaults(unit="B1", difficulty=0.4, id_prefix="x-"))
    assert (report.items[0].id, report.items[0].unit, report.items[0].difficulty) == ("x-0001", "B1", 0.4)
    assert report.codes == set()


PIECES = (
    "<p>甲</p>",
    "<prompt>乙</prompt>",
    '<img src="a.png"/>',
    "<ruby>字<rt>字</rt></ruby>",
    '<feedbackInline outcomeIdentifier="FB" identifier="A" showHide="show">嗯</feedbackInline>',
    '<rubricBlock view="scorer">要点</rubricBlock>',
    "<table><tr><td>丙</td></tr></table>",
    "____",
    entry("R1"),
    entry("R2"),
    inline("丁", "戊", name="R1"),
    choice("己", "庚", name="R3", most=0),
    essay(name="R4"),
    "<sliderInteraction/>",
)
EXPRESSIONS = (
    *(
        f"<{name}>" + "{0}{1}" + f"</{name}>"
        for name in ("and", "or", "match", "equal", "sum", "gt", "member")
    ),
    *(f"<{name}>" + "{0}{1}" + f"</{name}>" for name in ("multiple", "ordered", "contains", "substring")),
    *(
        f"<{name}>" + "{0}" + f"</{name}>"
        for name in ("not", "isNull", "containerSize", "product", "stringMatch")
    ),
    *(f'<variable identifier="{name}"/>' for name in ("R1", "R3", "SCORE", "none")),
    *(f'<{name} identifier="R{n}"/>' for name in ("correct", "mapResponse", "default") for n in (1, 3)),
    *(f'<baseValue baseType="{kind}">{text}</baseValue>' for kind, text in (("float", "1"), ("string", "A"))),
    '<baseValue baseType="boolean">true</baseValue>',
    "<null/>",
)


def expressions() -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(EXPRESSIONS[16:]),
        lambda inner: st.builds(
            lambda pattern, one, other: pattern.format(one, other), st.sampled_from(EXPRESSIONS), inner, inner
        ),
        max_leaves=6,
    )


@given(
    st.lists(st.sampled_from(PIECES), max_size=6),
    st.lists(st.builds(rule, expressions(), st.builds(sets, st.just("SCORE"), expressions())), max_size=3),
    st.lists(st.sampled_from(["A", "B", "", "1.5", "甲"]), max_size=2),
    st.sampled_from(VERSIONS),
)
@settings(max_examples=300)
def test_whatever_an_item_says_it_comes_in_whole_or_is_named(
    pieces: list[str], conditions: list[str], correct: list[str], version: str
):
    kinds = (
        ("R1", "string", False),
        ("R2", "float", False),
        ("R3", "identifier", True),
        ("R4", "string", False),
    )
    declarations = [declared(*correct[:1], name=name, kind=kind, many=many) for name, kind, many in kinds]
    content = item("".join(pieces), *declarations, FEEDBACK, scoring=rules(*conditions), version=version)
    report = read_qti(content)
    assert (report.read, len(report.items) + len(report.faulty_rows)) == (1, 1)
    assert bool(report.problems) == bool(report.faulty_rows)


@given(st.binary(max_size=200), st.integers(0, 10_000))
def test_a_damaged_file_is_refused_or_read_but_never_breaks(junk: bytes, at: int):
    content = item(choice("甲", "乙"), declared("A"))
    at %= len(content)
    try:
        report = read_qti(content[:at] + junk + content[at + len(junk) :])
    except XmlRefused:
        return
    assert report.read == 1


def own_score(content: bytes, given: Value) -> Decimal:
    """Return what the item's own rules give for a response."""
    root = normalised(parse_xml(content))
    return Rules(root, responses(root), outcomes(root)).score({"RESPONSE": given})


POINTS = st.sampled_from([-1, 0, 0.5, 1])


@given(
    st.lists(POINTS, min_size=3, max_size=3),
    POINTS,
    st.sampled_from(["", 'lowerBound="0"', 'upperBound="1"', 'lowerBound="0" upperBound="1"']),
    st.lists(st.sampled_from("ABC"), max_size=2, unique=True),
    st.sampled_from([MATCH_CORRECT, MAP_RESPONSE]),
)
def test_every_response_to_a_choice_is_scored_as_by_its_own_rules(
    points: list[float], default: float, bounds: str, correct: list[str], scoring: str
):
    many = mapping(f'defaultValue="{default}" {bounds}', **dict(zip("ABC", points, strict=True)))
    content = item(
        choice("甲", "乙", "丙", most=0), declared(*correct, many=True, mapping=many), scoring=scoring
    )
    report = read_qti(content)
    for taken in report.items:
        (asked,) = taken.parts
        assert own_score(content, Bag(tuple(key.upper() for key in asked.key))) == asked.points
        for size in (1, 2, 3):
            for chosen in combinations("abc", size):
                own = own_score(content, Bag(tuple(letter.upper() for letter in chosen)))
                assert max(own, 0) == score_response(asked, chosen).points, chosen
                assert own >= 0 or "最低 0 分" in told(content)


@given(
    st.lists(st.tuples(st.sampled_from(["甲", "乙", "A", "a", "B"]), POINTS), max_size=4),
    st.sampled_from(["甲", "A", "丙"]),
    st.sampled_from([MATCH_CORRECT, MAP_RESPONSE]),
)
def test_every_response_to_a_blank_is_scored_as_by_its_own_rules(
    entries: list[tuple[str, float]], correct: str, scoring: str
):
    content = item(
        f"<p>是{entry()}</p>",
        declared(correct, kind="string", mapping=mapping(**dict(entries))),
        scoring=scoring,
    )
    for taken in read_qti(content).items:
        (asked,) = taken.parts
        for answer in ("甲", "乙", "丙", "丁", "A", "a", "B", "b"):
            own, ours = own_score(content, answer), score_response(asked, [answer]).points
            assert max(own, 0) == ours, answer
            assert own >= 0 or "最低 0 分" in told(content)
