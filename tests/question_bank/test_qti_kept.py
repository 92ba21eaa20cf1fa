"""Rules of imported items go out word for word, as long as the item is scored by them."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from question_bank.formats.qti import XmlRefused, read_qti
from question_bank.formats.qti_tree import source_of
from question_bank.formats.qti_write import QTI_22, QTI_30
from question_bank.formats.qti_write_tree import QtiVersion
from question_bank.formats.xml_document import parse_xml
from question_bank.item import Item
from question_bank.scoring import score_response
from tests.question_bank.builders import make_item
from tests.question_bank.qti import (
    MATCH_CORRECT,
    VERSIONS,
    declared,
    essay,
    item,
    number,
    plus,
    right,
    rule,
    rules,
    sets,
)
from tests.question_bank.qti_kept import (
    KEPT,
    need_kept,
    plain,
    reading,
    scoring_of,
    sent,
    text_value,
    written_as,
)
from tests.question_bank.test_qti_write import NOTE, documents, files_of, without_notes

TARGETS = pytest.mark.parametrize("version", [QTI_22, QTI_30], ids=["to 2.2", "to 3.0"])
SOURCES = pytest.mark.parametrize("source", VERSIONS)


@TARGETS
@SOURCES
@pytest.mark.parametrize("name", KEPT)
def test_rules_go_out_as_they_came_in(name: str, source: str, version: QtiVersion):
    content = written_as(name, source)
    report = reading(content)
    need_kept(report.items[0], parse_xml(content), version, report.images)


def test_an_item_that_came_by_2_2_and_went_by_3_0_and_back_still_has_the_rules_of_its_first_file():
    content = written_as("rules with feedback and a table", "2.2")
    first = parse_xml(content)
    (one,) = reading(content).items
    for version in (QTI_30, QTI_22):
        package_of_it = sent(one, version, {})
        (one,) = read_qti(without_notes(package_of_it)).items
    (file,) = documents(package_of_it)
    expected = scoring_of(first, in_own_words=True)
    assert [one for one in scoring_of(file, in_own_words=True) if one in expected] == expected


# --- once the item is scored otherwise


def changed(name: str, **changes: Any) -> Item:
    """Return an imported item whose first part was changed since."""
    data = reading(written_as(name, "2.2")).items[0].to_json()
    data["parts"][0] |= changes
    return Item.from_json(data)


def has_source_rules(one: Item, version: QtiVersion) -> bool:
    (file,) = documents(sent(one, version, {}))
    return one.source is not None and plain(parse_xml(one.source.processing.encode())) in scoring_of(
        file, in_own_words=True
    )


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("one of several", {"key": "c"}),
    ("one of several", {"points": 5}),
    ("spellings with points", {"scoring": None, "key": [["五年", "5年"]]}),
    ("some of several, mapped", {"scoring": {"policy": "partial"}}),
    ("an order", {"scoring": {"policy": "per_option"}}),
]


@TARGETS
@pytest.mark.parametrize(("name", "changes"), CHANGES)
def test_a_changed_item_goes_out_with_rules_of_ours(name: str, changes: dict[str, Any], version: QtiVersion):
    one = changed(name, **changes)
    assert not has_source_rules(one, version)
    read = read_qti(without_notes(sent(one, version, {}))).items[0].parts[0]
    assert (read.key, read.points) == (one.parts[0].key, one.parts[0].points)


def test_changed_texts_and_one_more_wrong_option_change_no_rule():
    data = reading(written_as("one of several", "2.2")).items[0].to_json()
    data["parts"][0]["stem"], data["parts"][0]["options"][0]["text"] = "改过的题干", "改过的选项"
    data["parts"][0]["options"].append({"id": "d", "text": "新加的选项"})
    assert has_source_rules(Item.from_json(data), QTI_22)


RULED = {
    "rules with feedback and a table": "multiple",
    "rules that leave": "single",
    "a number within bounds": "fill_in",
    "a piece of text": "fill_in",
    "spellings with points": "fill_in",
    "lists in a sentence": "inline_choice",
    "the beginning of an order": "order",
}
ANSWERS = {
    "multiple": [["a"], ["c"], ["a", "c"], ["a", "b", "c"], ["b"]],
    "single": ["a", "b"],
    "fill_in": [["5"], ["5.4"], ["5.5"], ["6.1"], ["4.2"], ["ug"], ["MG/l"], ["五年"], ["四年"], [""]],
    "inline_choice": [["a", "d"], ["a", "c"], ["b", "d"], ["b", "c"], [None, "d"]],
    "order": [["b", "a"], ["b", "c"], ["a", "b"], ["b"], ["b", "a", "c"]],
}


@TARGETS
@pytest.mark.parametrize("is_gone", [True, False], ids=["without its source", "with other points"])
@pytest.mark.parametrize("name", RULED)
def test_a_stored_rule_is_written_where_the_rules_of_the_source_cannot_be(
    name: str, is_gone: bool, version: QtiVersion
):
    one = changed(name, points=7)
    if is_gone:
        one = Item.from_json({key: value for key, value in one.to_json().items() if key != "source"})
    read = read_qti(without_notes(sent(one, version, {}))).items[0].parts[0]
    for answer in ANSWERS[one.kind.value]:
        assert score_response(read, answer).points == score_response(one.parts[0], answer).points, answer
    assert score_response(read, None).points == 0


@TARGETS
def test_a_case_with_a_changed_question_keeps_the_rule_of_the_other(version: QtiVersion):
    one = changed("two questions", points=4)
    read = read_qti(without_notes(sent(one, version, {}))).items[0]
    assert [part.points for part in read.parts] == [4, 2]
    for answer in (["20"], ["10"], ["5"]):
        assert score_response(read.parts[1], answer) == score_response(one.parts[1], answer)


@TARGETS
def test_items_taken_in_before_declarations_were_kept_still_go_out(version: QtiVersion):
    data = reading(written_as("rules with feedback and a table", "3.0")).items[0].to_json()
    del data["source"]["declarations"], data["source"]["answers"]
    old = Item.from_json(data)
    assert old.to_json() == data
    read = read_qti(without_notes(sent(old, version, {}))).items[0].parts[0]
    for answer in ANSWERS["multiple"]:
        assert score_response(read, answer) == score_response(old.parts[0], answer)


ANSWER = {"of": ["RESPONSE"], "names": {"a": "A", "b": "B", "c": "C", "d": "D"}}
DECLARED = declared("B") + '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'


@TARGETS
@pytest.mark.parametrize(
    ("declarations", "processing"),
    [
        ("", "<a/>"),
        ("<broken", MATCH_CORRECT),
        (DECLARED, "<responseProcessing><customOperator/></responseProcessing>"),
        (DECLARED, MATCH_CORRECT.replace("template=", 'onload="x" template=')),
        (DECLARED, MATCH_CORRECT.replace("match_correct", "elsewhere")),
        (DECLARED + "<script/>", MATCH_CORRECT),
        (DECLARED.replace("<correctResponse>", "<correctResponse><b/>"), MATCH_CORRECT),
        (DECLARED.replace('cardinality="single"', ""), MATCH_CORRECT),
        (declared("C", name="OTHER") + DECLARED, rules(rule(right("OTHER"), plus(number(2))))),
        (DECLARED.replace("B<", "A<"), MATCH_CORRECT),
    ],
)
def test_what_is_no_rule_of_this_item_does_not_go_out(
    declarations: str, processing: str, version: QtiVersion
):
    source: dict[str, Any] = {"format": "qti-2.2", "identifier": "Q", "processing": processing}
    source |= {"declarations": declarations, "answers": [ANSWER]}
    one = Item.from_json(make_item().to_json() | {"source": source})
    content = sent(one, version, {})
    (file,) = documents(content)
    assert "template" not in str(scoring_of(file, in_own_words=True))
    assert read_qti(content).items == [one]
    assert read_qti(without_notes(content)).items[0].parts[0].key == "b"


@pytest.mark.parametrize("answers", [{}, [{}], [{"of": "RESPONSE"}], [{"of": ["R"], "names": {"a": 1}}], [1]])
def test_answers_that_are_none_are_refused(answers: object):
    source = {
        "format": "qti-2.2",
        "identifier": "Q",
        "processing": "",
        "declarations": "",
        "answers": answers,
    }
    with pytest.raises(ValueError, match="来源"):
        Item.from_json(make_item().to_json() | {"source": source})


@TARGETS
@SOURCES
def test_names_that_the_format_does_not_allow_are_changed_wherever_they_stand(
    source: str, version: QtiVersion
):
    options = "".join(
        f'<simpleChoice identifier="{name}">{name} 项</simpleChoice>' for name in ("1", "_1", "a b")
    )
    body = f'<choiceInteraction responseIdentifier="1" maxChoices="0"><prompt>哪些？</prompt>{options}'
    body += "</choiceInteraction>"
    table = '<mapping lowerBound="0"><mapEntry mapKey="1" mappedValue="1"/>'
    table += '<mapEntry mapKey="a b" mappedValue="2"/></mapping>'
    content = item(
        body,
        declared("1", "a b", name="1", many=True, mapping=table),
        scoring=rules(
            sets("SCORE", '<mapResponse identifier="1"/>'),
            rule(
                f'<match><variable identifier="1"/><multiple>{text_value("_1")}</multiple></match>',
                plus(number(1)),
            ),
        ),
        version=source,
    )
    (one,) = reading(content).items
    package_of_it = sent(one, version, {})
    assert read_qti(package_of_it).items == [one]
    read = read_qti(without_notes(package_of_it)).items[0].parts[0]
    assert "mapResponse" in json.dumps(read.scoring)
    assert sorted(read.scoring["answers"]["names"].values()) == ["_1", "_1_2", "_a_b"]
    for answer in (["a"], ["c"], ["a", "c"], ["b"], ["a", "b"]):
        assert score_response(read, answer) == score_response(one.parts[0], answer)


@TARGETS
def test_what_people_mark_goes_out_without_the_rules_that_would_mark_it(version: QtiVersion):
    content = item(essay(), declared("三性", kind="string"), version="2.2")
    (one,) = reading(content).items
    (file,) = documents(sent(one, version, {}))
    assert "rocessing" not in str(scoring_of(file, in_own_words=True))


# --- a file that somebody changed beside its note


@TARGETS
@pytest.mark.parametrize("kind", ["match", "order", "hottext", "gap_match", "inline_choice", "multiple"])
def test_a_changed_text_in_a_file_leaves_ids_key_and_scores(kind: str, version: QtiVersion):
    data = make_item(kind).to_json()
    for option in [*data["parts"][0]["options"], *data["parts"][0].get("targets", [])]:
        option["id"] = f"z{option['id']}"
    text = json.dumps(data["parts"][0]["key"])
    for letter in "abcdxyz":
        text = text.replace(f'"{letter}"', f'"z{letter}"')
    data["parts"][0] |= {"key": json.loads(text), "scoring": {"policy": "partial"}}
    data["parts"][0]["stem"] = data["parts"][0]["stem"].replace("{{", "{{z")
    one = Item.from_json(data)
    files = files_of(sent(one, version, {}))
    (name,) = [name for name in files if name.startswith("items/") and not name.endswith(NOTE)]
    old = one.parts[0].options[0].text
    assert old.encode() in files[name]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file, content in files.items():
            archive.writestr(
                file, content.replace(f">{old}<".encode(), ">改过<".encode()) if file == name else content
            )
    (read,) = read_qti(out.getvalue()).items
    assert read.id == one.id
    assert read.parts[0].options[0].text == "改过"
    assert (read.parts[0].option_ids, read.parts[0].key) == (one.parts[0].option_ids, one.parts[0].key)
    assert read.parts[0].targets == one.parts[0].targets
    for value in some_of(kind):
        named = json.loads(_with_z(json.dumps(value)))
        assert score_response(read.parts[0], named).points == score_response(one.parts[0], named).points, (
            named
        )


def _with_z(text: str) -> str:
    for letter in "abcdexyz":
        text = text.replace(f'"{letter}"', f'"z{letter}"')
    return text


SOME: dict[str, list[Any]] = {
    "match": [[["a", "y"]], [["a", "x"], ["b", "x"]], [["a", "y"], ["b", "x"]]],
    "order": [["c", "a", "d", "b"], ["c", "a"], ["a", "c"]],
    "hottext": [["a"], ["a", "b"], ["a", "c"]],
    "gap_match": [["d", None, "a"], ["d", None, None], ["a", "b", None]],
    "inline_choice": [["b", "c"], ["b", None], ["a", "c"]],
    "multiple": [["a"], ["a", "c"], ["a", "b"]],
}


def some_of(kind: str) -> list[Any]:
    return SOME[kind]


# --- the files of others

FOLDERS = ("qti21", "qti22", "qti30", "qti30-scoring")


def documents_in(path: Path) -> Iterator[etree._Element]:
    """Return the items in a file of others."""
    contents = [path.read_bytes()]
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            contents = [archive.read(name) for name in archive.namelist() if name.endswith(".xml")]
    for content in contents:
        try:
            root = parse_xml(content)
        except XmlRefused:
            continue
        if etree.QName(root).localname in ("assessmentItem", "qti-assessment-item"):
            yield root


@TARGETS
@pytest.mark.parametrize("folder", FOLDERS)
def test_the_rules_of_real_items_go_out_as_they_came_in(test_data: Path, folder: str, version: QtiVersion):
    kept = others = 0
    for one in json.loads((test_data / "MANIFEST.json").read_text(encoding="utf-8")):
        path = test_data / str(one.get("file"))
        if path.relative_to(test_data).parts[0] != folder:
            continue
        try:
            report = read_qti(path.read_bytes())
        except XmlRefused:
            continue
        sources = {json.dumps(_said(source_of(root))): root for root in documents_in(path)}
        for found in report.items:
            assert found.source is not None
            # Areas of a picture that the source draws smaller than it is are told anew, in its own pixels.
            if not found.source.answers or "areaMapping" in found.source.declarations:
                others += 1
                sent(found, version, report.images)
                continue
            said = {"processing": found.source.processing, "declarations": found.source.declarations}
            root = sources[json.dumps(_said(said | {"identifier": found.source.identifier}))]
            need_kept(found, root, version, report.images)
            kept += 1
    assert (kept, others) == REAL[folder]


def _said(source: Mapping[str, str]) -> list[str]:
    return [source[name] for name in ("identifier", "processing", "declarations")]


REAL = {"qti21": (8, 1), "qti22": (20, 5), "qti30": (31, 4), "qti30-scoring": (2, 1)}
"""How many items of each folder keep their rules, and how many have none: people mark them, mostly."""
