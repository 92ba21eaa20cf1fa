"""The further interactions of QTI: each comes in from every version, and is scored as its item says."""

import hashlib
from itertools import permutations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.formats.image_size import image_size
from question_bank.formats.qti import read_qti
from question_bank.formats.qti_rules import Rules
from question_bank.formats.qti_tree import normalised
from question_bank.formats.qti_values import Bag, Value, outcomes, responses
from question_bank.formats.xml_document import parse_xml
from question_bank.item import Item, Part
from question_bank.rule_parts import adds_up, needed_for_score
from question_bank.scoring import score_response
from question_bank.terms import PartType
from tests.question_bank.moodle import image_bytes
from tests.question_bank.qti import (
    MAP_RESPONSE,
    MAP_RESPONSE_POINT,
    MATCH_CORRECT,
    VERSIONS,
    areas,
    associate,
    choice,
    declared,
    gap_match,
    hotspot,
    hottext,
    item,
    mapping,
    match,
    number,
    order,
    ordered,
    package,
    plus,
    right,
    rule,
    rules,
    select_point,
    sets,
    slider,
    upload,
)

TEXT = "<p>某企业夜间排放。</p>"
POINT = sets("SCORE", number(1))


def only(content: bytes) -> Item:
    report = read_qti(content)
    assert (report.problems, len(report.items)) == ([], 1)
    return report.items[0]


def part(content: bytes) -> Part:
    return only(content).parts[0]


def refusal(content: bytes) -> str:
    report = read_qti(content)
    assert report.items == []
    return str(report.problems[0])


def told(content: bytes) -> str:
    return " ".join(str(warning) for warning in read_qti(content).warnings)


def points(asked: Part, *values: Any) -> list[float]:
    return [float(score_response(asked, value).points) for value in values]


PAIRS: dict[str, Any] = {"kind": "directedPair", "many": True}
SAMPLES = {
    PartType.MATCH: (match(), declared("A Y", "B X", **PAIRS), (("a", "t2"), ("b", "t1"))),
    PartType.ORDER: (order("A", "B", "C"), ordered("C", "A", "B"), ("c", "a", "b")),
    PartType.HOTTEXT: (hottext(), declared("B"), ("b",)),
    PartType.GAP_MATCH: (gap_match(), declared("C G1", "A G2", **PAIRS), ("c", "a")),
    PartType.SLIDER: (slider(), declared("70", kind="integer"), 70),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", SAMPLES)
def test_each_comes_in_alike_from_every_version_and_its_key_scores(kind: PartType, version: str):
    body, declaration, key = SAMPLES[kind]
    found = part(item(body, declaration, version=version))
    assert (found.type, found.key, found.points, found.scoring) == (kind, key, 1, None)
    assert points(found, found.key, None) == [1, 0]


def test_the_stem_keeps_what_stands_around_the_answers():
    found = part(item(hottext(), declared("B")))
    assert found.stem == "凡{{a}}者，{{b}}，{{c}}。"
    assert [option.text for option in found.options] == ["A项", "B项", "C项"]
    found = part(item(gap_match(), declared("C G1", "A G2", **PAIRS)))
    assert found.stem == "填空。\n由____罚____。"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_hotspot_comes_with_its_picture_and_its_areas(version: str):
    photo = image_bytes("red")
    content = item(hotspot(), declared("A"), version=version)
    found = part(package({"q.xml": content, "a.png": photo}, "q.xml"))
    assert found.image == hashlib.sha256(photo).hexdigest()
    assert [(o.text, o.shape, o.coords) for o in found.options] == [
        ("排口", "circle", (10, 10, 5)),
        ("区域 2", "poly", (1, 1, 2, 2, 3, 1)),
    ]
    assert points(found, ["a"], ["b"]) == [1, 0]
    assert "请导入含图片的整个 ZIP 包" in refusal(content)


def test_areas_are_told_in_the_pixels_of_the_picture_itself():
    photo = image_bytes(size=(40, 20))
    drawn = hotspot().replace("data=", 'width="20" height="10" data=')
    found = part(package({"q.xml": item(drawn, declared("A")), "a.png": photo}, "q.xml"))
    assert [option.coords for option in found.options] == [(20, 20, 10), (2, 2, 4, 4, 6, 2)]


SPOTS = areas(("circle", "10,10,5", 2), ("rect", "12,8,30,12", 1), ("poly", "0,50,9,50,9,59", -1))


def pointed(asked: str, *correct: str, scoring: str = MAP_RESPONSE_POINT, **how: Any) -> bytes:
    declaration = declared(*correct, kind="point", **how)
    return package({"q.xml": item(asked, declaration, scoring=scoring), "a.png": image_bytes()}, "q.xml")


@pytest.mark.parametrize("version", VERSIONS)
def test_points_of_a_picture_earn_by_the_areas_they_lie_in(version: str):
    content = item(
        select_point(),
        declared("9 9", kind="point", mapping=SPOTS),
        scoring=MAP_RESPONSE_POINT,
        version=version,
    )
    found = part(package({"q.xml": content, "a.png": image_bytes()}, "q.xml"))
    assert (found.type, found.options, found.key, found.points, found.most) == (
        PartType.HOTSPOT,
        (),
        ((9, 9),),
        2,
        1,
    )
    assert points(found, [[10, 14]], [[20, 10]], [[8, 55]], [[99, 99]]) == [2, 1, 0, 0]


def test_several_points_have_an_area_each_where_areas_overlap():
    found = part(pointed(select_point(0), many=True, mapping=SPOTS))
    assert found.points == 3
    both = [14, 10]
    assert points(found, [both], [both, both], [both, [25, 10]], [both, both, [8, 55]]) == [2, 3, 3, 2]
    assert points(found, list(map(list, found.key or ()))) == [3]


def test_areas_of_points_are_told_in_the_pixels_of_the_picture_itself():
    drawn = select_point().replace("data=", 'width="20" height="10" data=')
    files = {"a.png": image_bytes(size=(40, 20))}
    content = item(drawn, declared("10 5", kind="point", mapping=SPOTS), scoring=MAP_RESPONSE_POINT)
    found = part(package({"q.xml": content, **files}, "q.xml"))
    assert found.key == ((20, 10),)
    assert (found.scoring or {})["areas"][1] == ["rect", [24, 16, 60, 24], 1]


READ = '<mapResponsePoint identifier="RESPONSE"/>'
LOST = areas(("circle", "9,9,5", -1))


@pytest.mark.parametrize(
    ("declaration", "scoring", "message"),
    [
        (declared("9 9", kind="point"), MAP_RESPONSE_POINT, "没有写明各区域的分值"),
        (declared("9 9", kind="point", mapping=SPOTS), MATCH_CORRECT, "只能按区域"),
        (declared("9 9", kind="point", mapping=SPOTS), rules(plus(READ + READ)), "只能按区域"),
        (
            declared("9 9", kind="point", mapping=SPOTS),
            rules(plus(READ + number(1))),
            "不作答也得分",
        ),
        (declared("9 9", kind="point", mapping=LOST), MAP_RESPONSE_POINT, "都不给分"),
        (declared("here", kind="point", mapping=SPOTS), MAP_RESPONSE_POINT, "不是图上的点"),
        (declared("A", kind="identifier"), MAP_RESPONSE_POINT, "不能是 identifier"),
    ],
)
def test_points_scored_otherwise_are_refused(declaration: str, scoring: str, message: str):
    files = {"q.xml": item(select_point(), declaration, scoring=scoring), "a.png": image_bytes()}
    assert message in refusal(package(files, "q.xml"))


@pytest.mark.parametrize("kind", ["PNG", "GIF", "JPEG"])
def test_the_size_of_a_picture_is_read_from_its_first_bytes(kind: str):
    content = image_bytes(kind=kind, size=(37, 11))
    assert image_size(content) == (37, 11)
    assert image_size(content[:9]) is None
    assert image_size(b"") is None


def test_an_upload_is_marked_by_people_with_the_notes_for_them():
    notes = '<rubricBlock view="scorer"><p>表格齐全。</p></rubricBlock>'
    content = item(upload('type="application/pdf"') + notes, declared(kind="file"), scoring="")
    found = part(content)
    assert (found.type, found.key, found.accept, found.points) == (PartType.UPLOAD, None, ("pdf",), 10)
    assert [point.text for point in found.rubric] == ["表格齐全。"]
    other = item(upload('type="model/x"'), declared(kind="file"), scoring="")
    assert part(other).accept == ()
    assert "文件类型“model/x”不认识" in told(other)


def test_an_associate_is_a_match_whose_columns_are_as_the_right_pairs_divide_them():
    pairs = declared("B A", "C D", many=True, kind="pair", mapping=mapping(**{"A B": 1, "C D": 2}))
    content = item(associate("A", "B", "C", "D", "E"), pairs, scoring=MAP_RESPONSE)
    found = part(content)
    assert [option.text for option in found.options] == ["A项", "C项"]
    assert [option.text for option in found.targets] == ["B项", "D项", "E项"]
    assert points(found, [["a", "t1"], ["b", "t2"]], [["b", "t2"]], [["a", "t3"]]) == [3, 2, 0]
    assert "关联题改为连线题" in told(content)
    ring = declared("A B", "B C", "C A", many=True, kind="pair")
    assert "不能分成左右两组" in refusal(item(associate("A", "B", "C"), ring))
    assert "没有可用的答案" in refusal(item(associate("A", "B"), declared(many=True, kind="pair")))


def test_more_lines_than_the_item_allows_earn_nothing():
    pairs = declared("A X", "B Y", **PAIRS, mapping=mapping(**{"A X": 1, "B Y": 1}))
    found = part(item(match(most=0, limit=2), pairs, scoring=MAP_RESPONSE))
    lines = [["a", "t1"], ["b", "t2"], ["a", "t2"]]
    assert points(found, lines[:2], lines[:1], lines) == [2, 1, 0]


def test_a_key_that_only_the_mapping_or_the_rules_tell_is_found():
    found = part(
        item(match(), declared(**PAIRS, mapping=mapping(**{"A X": 2, "B Y": 1})), scoring=MAP_RESPONSE)
    )
    assert (found.key, found.points) == ((("a", "t1"), ("b", "t2")), 3)
    inner = "".join(f'<baseValue baseType="identifier">{name}</baseValue>' for name in "BAC")
    test = f'<match><variable identifier="RESPONSE"/><ordered>{inner}</ordered></match>'
    content = item(order("A", "B", "C"), ordered(), scoring=rules(rule(test, sets("SCORE", number(3)))))
    assert (part(content).key, part(content).points) == (("b", "a", "c"), 3)


def test_without_rules_the_declared_key_is_taken_with_a_warning():
    content = item(slider(), declared("70", kind="integer"), scoring="")
    assert part(content).key == 70
    assert "没有评分规则" in told(content)
    # A template that maps says nothing where there is no table.
    assert part(item(slider(), declared("70", kind="integer"), scoring=MAP_RESPONSE)).key == 70


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (item(match(), declared(**PAIRS)), "没有声明答案"),
        (item(match(), declared("A Q", **PAIRS)), "答案“A Q”不在选项之中"),
        (item(match(), declared("A X", kind="string", many=True)), "matchInteraction 的作答不能是 string"),
        (item(order("A", "B"), declared("A", "B", many=True)), "orderInteraction 的作答不能是 multiple"),
        (item(match(left=""), declared("A X", **PAIRS)), "左右两组"),
        (item(order("A", "A"), ordered("A", "A")), "选项 id 重复"),
        (
            item(
                slider(),
                declared("70", kind="integer", mapping=mapping(**{"30": 2, "70": 1})),
                scoring=MAP_RESPONSE,
            ),
            "不是得分最高的",
        ),
        (item(slider(), declared("700", kind="integer")), "0 到 100"),
        (item(order("A", "B"), ordered("B", "A"), scoring=rules(POINT)), "都不给分"),
        (
            item(order("A", "B"), ordered("B", "A"), scoring=rules(POINT, rule(right(), plus(number(1))))),
            "不作答也得分",
        ),
    ],
)
def test_what_cannot_be_held_is_refused_with_its_reason(content: bytes, reason: str):
    assert reason in refusal(content)


def test_what_the_source_says_of_scoring_is_kept_word_for_word():
    source = only(item(slider(), declared("70", kind="integer"), version="3.0", name="S-1")).source
    assert source is not None
    assert (source.format, source.identifier) == ("qti-3.0", "S-1")
    assert "qti-response-processing" in source.processing
    assert "match_correct" in source.processing


# --- scored as by its own rules


def own(content: bytes, value: Value) -> float:
    root = normalised(parse_xml(content))
    return float(Rules(root, responses(root), outcomes(root)).score({"RESPONSE": value}))


POINTS = st.sampled_from([-1, 0, 0.5, 1, 2])
PAIR = [f"{one} {other}" for one in "AB" for other in "XYZ"]


@given(
    st.dictionaries(st.sampled_from(PAIR), POINTS, max_size=5),
    POINTS,
    st.sampled_from(["", 'lowerBound="0"', 'upperBound="2"', 'lowerBound="0" upperBound="1"']),
    st.sampled_from([MATCH_CORRECT, MAP_RESPONSE, rules(plus('<mapResponse identifier="RESPONSE"/>'))]),
    st.integers(0, 2),
)
@settings(deadline=None)
def test_every_response_to_a_match_is_scored_as_by_its_own_rules(
    entries: dict[str, float], default: float, bounds: str, scoring: str, limit: int
):
    table = mapping(f'defaultValue="{default}" {bounds}', **entries)
    content = item(match(limit=limit), declared("A Y", **PAIRS, mapping=table), scoring=scoring)
    for taken in read_qti(content).items:
        (asked,) = taken.parts
        for targets in product([None, 1, 2, 3], repeat=2):
            value = [[one, f"t{n}"] for one, n in zip("ab", targets, strict=True) if n]
            given_ = tuple(f"{one.upper()} {'XYZ'[int(n[1]) - 1]}" for one, n in value)
            if value and not (limit and len(value) > limit):
                assert points(asked, value)[0] == max(own(content, Bag(given_)), 0), value


@given(st.lists(st.tuples(st.permutations("ABC"), st.sampled_from([0, 0.5, 1])), min_size=1, max_size=3))
def test_every_order_is_scored_as_by_rules_that_name_some_of_them(known: list[tuple[list[str], float]]):
    conditions = [rule(right(), sets("SCORE", number(2)))]
    for names, worth in known:
        inner = "".join(f'<baseValue baseType="identifier">{name}</baseValue>' for name in names)
        test = f'<match><variable identifier="RESPONSE"/><ordered>{inner}</ordered></match>'
        conditions.append(rule(f"<and>{test}<not>{right()}</not></and>", sets("SCORE", number(worth))))
    content = item(order("A", "B", "C"), ordered("C", "B", "A"), scoring=rules(*conditions))
    asked = part(content)
    for names_ in permutations("ABC"):
        value = [name.lower() for name in names_]
        assert points(asked, value)[0] == own(content, Bag(names_, ordered=True))


@given(st.dictionaries(st.sampled_from([f"{w} {g}" for w in "ABC" for g in ("G1", "G2")]), POINTS), POINTS)
def test_every_filling_of_gaps_is_scored_as_by_its_mapping(entries: dict[str, float], default: float):
    table = mapping(f'defaultValue="{default}" lowerBound="0"', **entries)
    content = item(gap_match(), declared(**PAIRS, mapping=table), scoring=MAP_RESPONSE)
    for taken in read_qti(content).items:
        (asked,) = taken.parts
        for one, other in product([None, "a", "b", "c"], repeat=2):
            if one == other:
                continue
            given_ = [f"{w.upper()} {g}" for w, g in ((one, "G1"), (other, "G2")) if w]
            assert points(asked, [one, other])[0] == own(content, Bag(tuple(given_))), (one, other)


# --- questions that add up


def tree(*conditions: str) -> Any:
    names = [declared("A", name=name) for name in ("R1", "R2")]
    root = normalised(parse_xml(item(choice("甲", "乙", name="R1"), *names, scoring=rules(*conditions))))
    return Rules(root, responses(root), outcomes(root)).tree


def variable(name: str) -> str:
    return f'<variable identifier="{name}"/>'


def total(*names: str) -> str:
    return sets("SCORE", f"<sum>{''.join(map(variable, names))}</sum>")


ONE, TWO = (rule(right(f"R{n}"), plus(number(n))) for n in (1, 2))
S1, S2 = (rule(right(f"R{n}"), sets(f"S{n}", number(1)), sets(f"S{n}", number(0))) for n in (1, 2))


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([ONE, TWO], True),
        ([S1, S2, sets("S1", number(0)), total("SCORE", "S1")], True),
        ([rule(right("R1"), plus(number(1)) + plus(number(2))), TWO], True),
        ([rule(f"<and>{right('R1')}{right('R2')}</and>", plus(number(1)))], False),
        ([ONE, rule(right("R2"), sets("SCORE", number(0)))], False),
        ([rule(right("R1"), TWO)], False),
        ([ONE, TWO, sets("SCORE", f"<product>{variable('SCORE')}{number(2)}</product>")], False),
        ([ONE, TWO, rule(f"<gt>{variable('SCORE')}{number(1)}</gt>", plus(number(1)))], False),
        ([rule(right("R1"), "<exitResponse/>"), TWO], False),
        # An outcome that nothing declares is NULL until it is set, and then so is the sum.
        ([*(rule(right(f"R{n}"), sets(f"S{n}", number(1))) for n in (1, 2)), total("S1", "S2")], False),
        ([sets("SCORE", number(1)), ONE, TWO], True),
    ],
)
def test_rules_add_up_if_no_rule_mixes_two_questions(conditions: list[str], expected: bool):
    assert adds_up(tree(*conditions), [["R1"], ["R2"]]) is expected
    assert adds_up(tree(*conditions), [["R1", "R2"]])


def test_rules_that_only_choose_feedback_are_left_out():
    shown = rule(right("R2"), sets("FB", variable("R2")), sets("FB", number(0)))
    kept = needed_for_score(tree(ONE, shown, rule(right("R1"), sets("FB", number(1)) + plus(number(1)))))
    assert list(kept["responses"]) == ["R1"]
    assert [one[0] for one in kept["rules"]] == ["if", "if"]
    assert list(kept["outcomes"]) == ["SCORE"]


def test_a_case_of_further_questions_is_scored_part_by_part():
    sort = order("A", "B").replace("RESPONSE", "R1")
    mark = hottext().replace("RESPONSE", "R2")
    content = item(
        TEXT + sort + mark,
        ordered("B", "A").replace("RESPONSE", "R1"),
        declared("C", name="R2"),
        scoring=rules(rule(right("R1"), plus(number(3))), rule(right("R2"), plus(number(1)))),
    )
    first, second = only(content).parts
    assert (first.type, second.type, first.points, second.points) == (PartType.ORDER, PartType.HOTTEXT, 3, 1)
    assert points(first, ["b", "a"], ["a", "b"]) == [3, 0]
    assert points(second, ["c"], ["a"]) == [1, 0]


@pytest.mark.parametrize(
    "broken",
    [
        {"rule": {}, "answers": {"of": ["R1"]}},
        {"rule": {"responses": {}, "outcomes": {}, "rules": []}, "answers": {"of": ["R1"]}},
        {"rule": {"responses": {}, "outcomes": {}, "rules": [["set", "SCORE", ["random", {}]]]}},
        {"rule": {"responses": {}, "outcomes": {}, "rules": [["loop"]]}},
    ],
)
def test_a_stored_rule_that_could_not_be_carried_out_is_refused(broken: dict[str, Any]):
    content = item(order("A", "B"), ordered("B", "A"), scoring=rules(rule(right(), sets("SCORE", number(2)))))
    stored = only(content).to_json()
    scoring = stored["parts"][0]["scoring"]
    assert Item.from_json(stored).parts[0].scoring == scoring
    stored["parts"][0]["scoring"] = {**scoring, **broken}
    with pytest.raises(ValueError, match="评分规则不完整"):
        Item.from_json(stored)


def test_a_second_best_line_of_the_same_option_does_not_contest_the_key():
    pairs = declared("A X", "B Y", **PAIRS, mapping=mapping(**{"A X": 1, "A Y": 0.5, "B Y": 1}))
    found = part(item(match(), pairs, scoring=MAP_RESPONSE))
    assert points(found, found.key, [["a", "t2"], ["b", "t2"]]) == [2, 1.5]
    loose = declared("A X", **PAIRS, mapping=mapping('defaultValue="0.5"', **{"A X": 1}))
    assert "没有的答案也得分" in refusal(item(match(), loose, scoring=MAP_RESPONSE))
