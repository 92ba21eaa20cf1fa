"""Response rules: what others recorded for their items is what ours give; and element by element."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from question_bank.formats.qti_rule_tree import rule_tree
from question_bank.formats.qti_tree import normalised
from question_bank.formats.qti_values import QtiRefused, outcomes, responses
from question_bank.formats.xml_document import parse_xml
from question_bank.response_rules import MAX_STEPS, Runner, Tree, score_of
from question_bank.rule_values import Bag, RuleError, Value, parsed
from tests.question_bank.qti import choice, declared, item, mapping, rules, sets

FOLDERS = ("qti22", "qti21", "qti30", "qti30-scoring")


def tree_of(root: etree._Element) -> Tree:
    root = normalised(root)
    found = rule_tree(root, responses(root), outcomes(root))
    # What is stored is JSON and comes back as it was.
    assert json.loads(json.dumps(found)) == found
    return found


def given(tree: Tree, answers: Mapping[str, Any]) -> dict[str, Value]:
    """Return plain answers as the values their declarations ask for."""
    found: dict[str, Value] = {}
    for name, answer in answers.items():
        declared_as = tree["responses"][name]
        values = tuple(
            parsed(str(one), declared_as["type"])
            for one in (answer if isinstance(answer, list) else [answer])
        )
        single = declared_as["cardinality"] == "single"
        found[name] = values[0] if single else Bag(values, declared_as["cardinality"] == "ordered")
    return found


def entries(test_data: Path) -> list[dict[str, Any]]:
    return [
        entry
        for entry in json.loads((test_data / "MANIFEST.json").read_text(encoding="utf-8"))
        if str(entry.get("file")).split("/")[0] in FOLDERS
    ]


def recorded(test_data: Path) -> Iterator[tuple[str, bytes, Mapping[str, Any]]]:
    """Return each item with recorded scores: its file, its XML, and what is recorded."""
    for entry in entries(test_data):
        path = test_data / entry["file"]
        for one in entry["expected"].get("items", []):
            if "skip" in (one.get("scores") or {"skip": "no item"}):
                continue
            if path.suffix != ".zip":
                yield path.name, path.read_bytes(), one
                continue
            with zipfile.ZipFile(path) as archive:
                name = next(name for name in archive.namelist() if f"/{name}".endswith("/" + one["file"]))
                yield path.name, archive.read(name), one


def test_every_recorded_score_is_what_the_rules_give(test_data: Path):
    checked = 0
    for file, content, expected in recorded(test_data):
        root, here = parse_xml(content), (file, expected["identifier"])
        tree = tree_of(root)
        assert score_of(tree, {}) == Decimal(str(expected["scores"]["empty"])), here
        correct = {
            name: response["correct"]
            for name, response in expected["responses"].items()
            if response["correct"] is not None
        }
        if not str(expected["scores"]["correct"]).startswith("no "):
            recorded_score = Decimal(str(expected["scores"]["correct"]))
            assert score_of(tree, given(tree, correct)) == recorded_score, here
        checked += 1
    assert checked == 90


def test_the_published_outcomes_of_ten_responses_are_what_the_rules_give(test_data: Path):
    vectors = next(
        entry["expected"]
        for entry in json.loads((test_data / "MANIFEST.json").read_text(encoding="utf-8"))
        if str(entry.get("name")).startswith("scoring vectors")
    )
    paths = {path.name: path for path in (test_data / "qti30-scoring").rglob("*.xml")}
    for file, answers, expected in vectors:
        tree = tree_of(parse_xml(paths[file].read_bytes()))
        found = Runner(tree).run(given(tree, answers))
        for name, value in expected.items():
            # Whether all was answered is the delivery's to say, not the rules'.
            if name != "completionStatus":
                assert found[name] == value, (file, answers, name)
    assert len(vectors) == 10


# --- element by element

X = '<variable identifier="X"/>'
BASE = '<baseValue baseType="{}">{}</baseValue>'


def base(value: str, kind: str = "float") -> str:
    return BASE.format(kind, value)


def outcome(expression: str, x: Value = None, kind: str = "float", more: str = "") -> Value:
    """Return what an expression gives where response X has a value."""
    declaration = declared(name="X", kind=kind, mapping=more)
    content = item(choice("甲", "乙"), declaration, scoring=rules(sets("FOUND", expression)))
    return Runner(tree_of(parse_xml(content))).run({"X": x})["FOUND"]


NULL = "<null/>"
TRUE, FALSE = base("true", "boolean"), base("false", "boolean")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"<and>{TRUE}{TRUE}</and>", True),
        (f"<and>{TRUE}{NULL}</and>", None),
        (f"<and>{FALSE}{NULL}</and>", False),
        (f"<or>{TRUE}{NULL}</or>", True),
        (f"<or>{FALSE}{NULL}</or>", None),
        (f"<not>{FALSE}</not>", True),
        (f"<not>{NULL}</not>", None),
        (f"<isNull>{NULL}</isNull>", True),
        (f"<isNull>{base('', 'string')}</isNull>", True),
        (f"<isNull>{base('0')}</isNull>", False),
        (f"<sum>{base('1')}{base('2.5')}</sum>", Decimal("3.5")),
        (f"<sum>{base('1')}{NULL}</sum>", None),
        (f"<divide>{base('1')}{base('4')}</divide>", Decimal("0.25")),
        (f"<divide>{base('1')}{base('0')}</divide>", None),
        (f'<mathOperator name="abs">{base("-4")}</mathOperator>', 4),
        (f"<gt>{base('2')}{base('2')}</gt>", False),
        (f"<gte>{base('2')}{base('2')}</gte>", True),
        (f"<lt>{base('1.9')}{base('2')}</lt>", True),
        (f"<lte>{base('2.1')}{base('2')}</lte>", False),
        (f"<lt>{NULL}{base('2')}</lt>", None),
        (f"<match>{base('1')}{base('1.0')}</match>", True),
        (f"<match>{NULL}{base('1')}</match>", None),
        (f"<equal>{base('2')}{base('2.0')}</equal>", True),
        (f'<equal toleranceMode="absolute" tolerance="0.1">{base("2")}{base("2.1")}</equal>', True),
        (f'<equal toleranceMode="absolute" tolerance="0.1 0.2">{base("2")}{base("2.2")}</equal>', True),
        (f'<equal toleranceMode="absolute" tolerance="0.1 0.2">{base("2")}{base("1.8")}</equal>', False),
        (f'<equal toleranceMode="relative" tolerance="10">{base("2")}{base("2.2")}</equal>', True),
        (
            (
                '<equal toleranceMode="absolute" tolerance="1" includeUpperBound="false">'
                f"{base('2')}{base('3')}</equal>"
            ),
            False,
        ),
        (f'<equalRounded figures="3">{base("1.234")}{base("1.2344")}</equalRounded>', True),
        (f'<equalRounded figures="3">{base("1.234")}{base("1.236")}</equalRounded>', False),
        (
            (
                f'<equalRounded roundingMode="decimalPlaces" figures="1">{base("1.25")}{base("1.3")}'
                "</equalRounded>"
            ),
            True,
        ),
        (f'<roundTo roundingMode="decimalPlaces" figures="1">{base("1.25")}</roundTo>', Decimal("1.3")),
        (f'<roundTo roundingMode="significantFigures" figures="2">{base("1250")}</roundTo>', 1300),
        (f'<roundTo roundingMode="decimalPlaces" figures="1">{NULL}</roundTo>', None),
        (f'<index n="2"><ordered>{base("4")}{base("5")}</ordered></index>', 5),
        (f'<index n="3"><ordered>{base("4")}{base("5")}</ordered></index>', None),
        (f'<index n="1">{NULL}</index>', None),
        (f"<multiple>{base('1')}{NULL}{base('1')}</multiple>", Bag((Decimal(1), Decimal(1)))),
        (f"<multiple>{NULL}</multiple>", None),
        (f"<ordered>{base('2')}{base('1')}</ordered>", Bag((Decimal(2), Decimal(1)), ordered=True)),
        (
            (
                f"<match><multiple>{base('2')}{base('1')}</multiple><multiple>{base('1')}{base('2')}</multiple>"
                "</match>"
            ),
            True,
        ),
        (
            (
                f"<match><ordered>{base('2')}{base('1')}</ordered><ordered>{base('1')}{base('2')}</ordered>"
                "</match>"
            ),
            False,
        ),
        (f"<member>{base('2')}<multiple>{base('1')}{base('2')}</multiple></member>", True),
        (f"<member>{base('3')}<multiple>{base('1')}{base('2')}</multiple></member>", False),
        (
            f'<stringMatch caseSensitive="false">{base("Pb", "string")}{base("PB", "string")}</stringMatch>',
            True,
        ),
        (
            f'<stringMatch caseSensitive="true">{base("Pb", "string")}{base("PB", "string")}</stringMatch>',
            False,
        ),
        (f'<substring caseSensitive="true">{base("污", "string")}{base("排污", "string")}</substring>', True),
        (
            f'<substring caseSensitive="true">{base("排污", "string")}{base("污", "string")}</substring>',
            False,
        ),
    ],
)
def test_each_operator_gives_what_qti_says(expression: str, expected: object):
    assert outcome(expression) == expected


def test_of_branches_the_first_that_is_met_is_done_and_null_is_not_met():
    def chosen(*tests: str) -> Value:
        first, second = tests
        condition = (
            f"<responseCondition><responseIf>{first}{sets('FOUND', base('1'))}</responseIf>"
            f"<responseElseIf>{second}{sets('FOUND', base('2'))}</responseElseIf>"
            f"<responseElse>{sets('FOUND', base('3'))}</responseElse></responseCondition>"
        )
        content = item(choice("甲", "乙"), declared("A"), scoring=rules(condition))
        return Runner(tree_of(parse_xml(content))).run({})["FOUND"]

    assert [chosen(TRUE, TRUE), chosen(NULL, TRUE), chosen(FALSE, NULL)] == [1, 2, 3]


def test_a_mapping_counts_each_answer_once_by_case_with_default_and_bounds():
    table = '<mapping defaultValue="-1" lowerBound="-2" upperBound="3">'
    table += '<mapEntry mapKey="Pb" mappedValue="2" caseSensitive="true"/>'
    table += '<mapEntry mapKey="Hg" mappedValue="2"/></mapping>'
    points = '<mapResponse identifier="X"/>'

    def earned(*answers: str) -> Value:
        return outcome(points, Bag(answers) if answers else None, "string", table)

    assert earned() == 0
    assert earned("Pb", "Pb") == 2
    assert earned("PB") == -1
    assert earned("hg") == 2
    assert earned("Pb", "Hg") == 3
    assert earned("a", "b", "c") == -2


def test_areas_count_once_each_and_points_outside_earn_the_default():
    table = '<areaMapping defaultValue="-1"><areaMapEntry shape="circle" coords="10,10,5" mappedValue="2"/>'
    table += '<areaMapEntry shape="rect" coords="20,20,30,30" mappedValue="1"/></areaMapping>'
    points = '<mapResponsePoint identifier="X"/>'
    assert outcome(points, Bag(("11 11", "9 9", "20 30")), "point", table) == 3
    assert outcome(points, Bag(("11 11", "90 9")), "point", table) == 1
    assert outcome(points, None, "point", table) == 0


def test_the_two_of_a_pair_come_in_any_order_but_not_those_of_a_directed_one():
    match = f"<match>{X}<multiple>{base('b a', '{}')}</multiple></match>"
    for kind, expected in (("pair", True), ("directedPair", False)):
        answer = Bag((parsed("a b", kind),))
        assert outcome(match.format(kind), answer, kind) is expected


def test_rules_may_end_early_and_a_score_that_nothing_sets_is_0():
    content = item(
        choice("甲", "乙"), declared("A"), scoring=rules("<exitResponse/>", sets("SCORE", base("1")))
    )
    assert score_of(tree_of(parse_xml(content)), {}) == 0


@pytest.mark.parametrize("name", ["truncate", "round", "inside", "random", "patternMatch", "power"])
def test_an_element_that_is_not_known_is_named(name: str):
    with pytest.raises(QtiRefused, match=name):
        outcome(f"<{name}>{base('1')}</{name}>")


@pytest.mark.parametrize(
    "expression",
    [
        f'<index n="0">{base("1")}</index>',
        f'<index n="N">{base("1")}</index>',
        f"<roundTo>{base('1')}</roundTo>",
    ],
)
def test_a_place_or_figures_that_no_number_states_are_an_error(expression: str):
    with pytest.raises(RuleError, match="没有写明"):
        outcome(expression)


def test_what_runs_too_long_or_maps_without_a_table_is_an_error():
    many = [sets("SCORE", base("1"))] * 600
    tree = tree_of(parse_xml(item(choice("甲", "乙"), declared("A"), scoring=rules(*many))))
    runner = Runner(tree)
    runner.steps = MAX_STEPS - 600
    with pytest.raises(RuleError, match="过于复杂"):
        runner.run({})
    with pytest.raises(RuleError, match="没有映射表"):
        outcome('<mapResponse identifier="X"/>', "A", "string")
    assert outcome('<mapResponse identifier="X"/>', "A", "string", mapping(A=2)) == 2
