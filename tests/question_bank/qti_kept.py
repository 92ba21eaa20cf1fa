"""Imported items whose rules are kept, and what holds an exported file against its source."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from random import Random
from typing import Any

from lxml import etree

from question_bank.formats.item_json import Picture
from question_bank.formats.qti import read_qti
from question_bank.formats.qti_rule_tree import rule_tree
from question_bank.formats.qti_tree import normalised
from question_bank.formats.qti_values import outcomes, responses
from question_bank.formats.qti_write import write_qti
from question_bank.formats.qti_write_tree import QtiVersion
from question_bank.formats.report import QuestionReport
from question_bank.item import Item, Part
from question_bank.response_rules import Tree, score_of
from question_bank.rule_values import Bag, Single, Value, parsed
from tests.question_bank.moodle import image_bytes
from tests.question_bank.qti import (
    MAP_RESPONSE,
    MAP_RESPONSE_POINT,
    MATCH_CORRECT,
    areas,
    associate,
    choice,
    declared,
    entry,
    gap_match,
    hotspot,
    hottext,
    inline,
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
)
from tests.question_bank.test_qti_write import documents, need_valid, without_notes

PHOTO = image_bytes("red")
SPOTS = areas(("circle", "10,10,5", 2), ("rect", "1,1,3,3", 1))
TABLE = (
    '<outcomeDeclaration identifier="GRADE" cardinality="single" baseType="float" interpretation="等第">'
    '<defaultValue><value>0</value></defaultValue><interpolationTable defaultValue="0">'
    '<interpolationTableEntry sourceValue="2" targetValue="5"/></interpolationTable></outcomeDeclaration>'
)
FEEDBACK = (
    '<outcomeDeclaration identifier="FEEDBACK" cardinality="multiple" baseType="identifier">'
    "<defaultValue><value>none</value></defaultValue></outcomeDeclaration>"
)
TOLD = '<modalFeedback outcomeIdentifier="FEEDBACK" identifier="good" showHide="show">'
TOLD += "<p>正是。</p></modalFeedback>"


def text_value(value: str, kind: str = "identifier") -> str:
    return f'<baseValue baseType="{kind}">{value}</baseValue>'


X = '<variable identifier="RESPONSE"/>'
PARTLY = rules(
    "<responseProcessingFragment>"
    + rule(
        right(),
        sets("SCORE", number(3)) + sets("FEEDBACK", f"<multiple>{text_value('good')}</multiple>"),
        rule(f"<member>{text_value('A')}{X}</member>", sets("SCORE", number(1)), sets("SCORE", number(0))),
    )
    + "</responseProcessingFragment>",
    sets("GRADE", f"<product>{number(2)}<variable identifier='SCORE'/></product>".replace("'", '"')),
)
EARLY = rules(
    rule(f"<isNull>{X}</isNull>", "<exitResponse/>"),
    plus(number(1)),
    rule(right(), plus(number(1)) + "<exitResponse/>", sets("SCORE", '<default identifier="SCORE"/>')),
)
NEAR = 'toleranceMode="absolute" tolerance="0.5 0.5" includeUpperBound="false"'
NUMBERS = rules(
    rule(
        f"<equal {NEAR}>{X}{number(5)}</equal>",
        sets("SCORE", number(2)),
        rule(
            f'<equalRounded roundingMode="decimalPlaces" figures="0">{X}{number(6)}</equalRounded>',
            plus(number(1)),
        ),
    )
)
LETTERS = rules(
    rule(
        f'<stringMatch caseSensitive="false" substring="true">{X}{text_value("mg", "string")}</stringMatch>',
        sets("SCORE", number(2)),
    )
)
PAIRS = mapping('defaultValue="-1" lowerBound="0" upperBound="3"')


def _pairs(**points: float) -> str:
    return mapping('defaultValue="-1" lowerBound="0"', **points).replace("_", " ")


KEPT: dict[str, list[Any]] = {
    "one of several": [choice("甲", "乙", "丙"), declared("B")],
    "true and false": [choice("错误", "正确"), declared("B")],
    "some of several, mapped": [
        choice("甲", "乙", "丙", most=2),
        declared("A", "C", many=True, mapping=mapping('lowerBound="0" upperBound="2"', A=1, C=1, B=-2)),
        MAP_RESPONSE,
    ],
    "rules with feedback and a table": [
        choice("甲", "乙", "丙", most=0),
        declared("A", "C", many=True) + TABLE + FEEDBACK,
        PARTLY,
        TOLD,
    ],
    "rules that leave": [choice("甲", "乙"), declared("A"), EARLY],
    "a number within bounds": [f"<p>几年？{entry()}</p>", declared("5", kind="float"), NUMBERS],
    "a piece of text": [f"<p>单位{entry()}</p>", declared("mg/L", kind="string"), LETTERS],
    "spellings with points": [
        f"<p>填{entry()}</p>",
        declared("五年", kind="string", mapping=mapping(五年=2, 四年=0.5)),
        MAP_RESPONSE,
    ],
    "lists in a sentence": [
        f"<p>由{inline('甲', '乙', name='R1')}罚{inline('丙', '丁', name='R2')}</p>",
        declared("A", name="R1") + declared("B", name="R2"),
        rules(rule(right("R1"), plus(number(1))), rule(right("R2"), plus(number(2)))),
    ],
    "an order": [order("A", "B", "C"), ordered("B", "A", "C")],
    "the beginning of an order": [
        order("A", "B", "C", more='maxChoices="2" minChoices="1"'),
        ordered("B", "A"),
        rules(
            rule(right(), sets("SCORE", number(2))),
            rule(
                f"<and><not>{right()}</not><match>{X}<ordered>{text_value('B')}{text_value('C')}</ordered></match></and>",
                sets("SCORE", number(1)),
            ),
        ),
    ],
    "lines between columns": [
        match(limit=2),
        declared("A Y", "B X", many=True, kind="directedPair", mapping=_pairs(A_Y=1, B_X=1, A_X=0)),
        MAP_RESPONSE,
    ],
    "pairs of one list": [
        associate("P", "Q", "R", "S"),
        declared("P S", "Q R", many=True, kind="pair", mapping=_pairs(P_S=2, Q_R=1)),
        MAP_RESPONSE,
    ],
    "marks in a text": [hottext(most=2), declared("A", "C", many=True)],
    "words for gaps": [
        gap_match(),
        declared("A G1", "B G2", many=True, kind="directedPair", mapping=_pairs(A_G1=1, B_G2=1, C_G2=0.5)),
        MAP_RESPONSE,
    ],
    "places in a picture": [hotspot(), declared("B")],
    "points on a picture": [
        select_point(2),
        declared(
            "9 9", many=True, kind="point", mapping=areas(("circle", "10,10,5", 2), ("rect", "1,1,3,3", 1))
        ),
        MAP_RESPONSE_POINT,
    ],
    "a scale": [slider(), declared("30", kind="float", mapping=mapping(**{"30": 3, "40": 1})), MAP_RESPONSE],
    "two questions": [
        f"<p>某厂夜间排放。</p>{choice('甲', '乙', name='R1')}<p>罚{entry('R2')}万元</p>",
        declared("A", name="R1")
        + declared("20", name="R2", kind="integer", mapping=mapping(**{"20": 2, "10": 1})),
        rules(rule(right("R1"), plus(number(1))), plus('<mapResponse identifier="R2"/>')),
    ],
}


def written_as(name: str, source: str) -> bytes:
    body, declarations, *rest = KEPT[name]
    scoring = rest[0] if rest else MATCH_CORRECT
    return item(body, declarations, scoring=scoring, version=source, more="".join(rest[1:]))


def reading(content: bytes) -> QuestionReport:
    report = read_qti(package({"a.xml": content, "a.png": PHOTO}, "a.xml"))
    assert report.problems == []
    return report


def sent(one: Item, version: QtiVersion, images: Mapping[str, bytes]) -> bytes:
    """Return a package with one item, which is valid."""
    pictures = {digest: Picture("图.png", image) for digest, image in images.items()}
    written = write_qti([one], pictures, version)
    assert written.left_out == []
    need_valid(written.content, version)
    return written.content


TEMPLATES = ("match_correct", "map_response", "map_response_point")
STANDARD = {
    "2": "http://www.imsglobal.org/question/qti_v2p2/rptemplates/{}",
    "3": "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{}.xml",
}
SCORED = ("responseDeclaration", "outcomeDeclaration", "responseProcessing")


def plain(element: etree._Element) -> list[Any]:
    """Return an element without namespaces and the order of its attributes; texts as they are."""
    inside = [plain(child) for child in element.iterchildren(etree.Element)]
    text = [(element.text or "").strip(), *((child.tail or "").strip() for child in element)]
    return [etree.QName(element).localname, dict(element.attrib), text, inside]


def scoring_of(root: etree._Element, *, in_own_words: bool) -> list[list[Any]]:
    """Return declarations and rules of an item, in its own spelling or in that of QTI 2."""
    copy = deepcopy(root)
    names = {one: etree.QName(one).localname.removeprefix("qti-").replace("-", "").lower() for one in copy}
    wanted = {name.lower() for name in SCORED}
    found = [one for one, name in names.items() if name in wanted]
    if not in_own_words:
        normalised(copy)
    return [plain(one) for one in found]


def need_verbatim(
    source: etree._Element, file: etree._Element, item_source: Any, version: QtiVersion
) -> None:
    """Hold what a file says of scoring against what its source said: that, and two outcomes of ours."""
    was, is_ = item_source.format[4:5], version.name[4]
    same = was == is_
    expected = scoring_of(source, in_own_words=same)
    if not same:
        for name, attributes, *_ in expected:
            template = attributes.get("template", "").rpartition("/")[2].removesuffix(".xml")
            if name == "responseProcessing" and template in (
                "match_correct",
                "map_response",
                "map_response_point",
            ):
                attributes["template"] = STANDARD[is_].format(template)
    found = scoring_of(file, in_own_words=same)
    ours = [one for one in found if one not in expected]
    assert [one for one in found if one in expected] == expected
    assert {one[1]["identifier"].partition("_")[0] for one in ours} <= {"MAXSCORE", "FEEDBACK"}


def tree_of(root: etree._Element) -> Tree:
    root = normalised(deepcopy(root))
    return rule_tree(root, responses(root), outcomes(root))


def some_values(tree: Tree, body: etree._Element, random: Random) -> Iterator[dict[str, Value]]:
    """Return the declared answers, none at all, and arbitrary ones of what the item names and mentions."""
    words = [str(one.get("identifier")) for one in body.iter(etree.Element) if one.get("identifier")]
    words += [text.strip() for text in body.itertext() if text.strip()][:20]
    yield {}
    pools = {name: _pool(one, words) for name, one in tree["responses"].items()}
    right = {name: _value(one, one.get("correct", ())) for name, one in tree["responses"].items()}
    yield right
    for _ in range(60):
        given = dict(right) if random.random() < 0.3 else {}
        for name, pool in pools.items():
            if random.random() < 0.8:
                kind = tree["responses"][name]
                most = 1 if kind["cardinality"] == "single" else random.randint(1, 4)
                given[name] = _value(kind, random.sample(pool, min(most, len(pool))))
        yield given


def _pool(declaration: Mapping[str, Any], words: list[str]) -> list[str]:
    known = [str(row[0]) for row in declaration.get("map", {}).get("rows", ())]
    known += declaration.get("correct", [])
    kind = declaration["type"]
    if kind in ("float", "integer"):
        return [*known, "0", "4.6", "5.5", "6.2", "-3"]
    if kind == "point":
        return [*known, "10 14", "2 2", "0 0", "99 99"]
    if kind in ("pair", "directedPair"):
        return [*known, *(f"{one} {other}" for one in words[:6] for other in words[:6])]
    return list(dict.fromkeys([*known, *words, "MG", "无"]))


def _value(declaration: Mapping[str, Any], texts: Any) -> Value:
    values: tuple[Single, ...] = tuple(parsed(text, declaration["type"]) for text in texts)
    if not values:
        return None
    single = declaration["cardinality"] == "single"
    return values[0] if single else Bag(values, declaration["cardinality"] == "ordered")


def need_same_scores(source: etree._Element, file: etree._Element) -> None:
    """Hold the scores that a file's rules give against those of its source's rules."""
    was, is_ = tree_of(source), tree_of(file)
    scores = set()
    for given in some_values(was, source, Random(1)):
        scores.add(score_of(was, given))
        assert score_of(is_, given) == score_of(was, given), given
    assert len(scores) > 1


def comparable(part: Part) -> Any:
    return part.type, part.key, part.points, part.scoring, part.option_ids


def need_kept(one: Item, source: etree._Element, version: QtiVersion, images: Mapping[str, bytes]) -> None:
    """Send an item out and take it in again: its rules are the source's, and it is the same item."""
    content = sent(one, version, images)
    (file,) = documents(content)
    need_verbatim(source, file, one.source, version)
    need_same_scores(source, file)
    assert read_qti(content).items == [one]
    bare = read_qti(without_notes(content))
    assert bare.problems == []
    assert [*map(comparable, bare.items[0].parts)] == [*map(comparable, one.parts)]
    assert bare.items[0].rationale == one.rationale
