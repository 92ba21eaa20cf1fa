"""QTI out: valid, the same when it comes back, and true by itself for whoever cannot read our notes."""

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from question_bank.formats import qti_write
from question_bank.formats.item_json import Picture
from question_bank.formats.qti import read_qti
from question_bank.formats.qti_write import QTI_22, QTI_30, write_qti
from question_bank.formats.qti_write_tree import QtiVersion
from question_bank.item import Item, Part
from question_bank.scoring import MultiplePolicy, score_response
from question_bank.starter import load_starter
from tests.bank.samples import item, item_json, part_json
from tests.question_bank import builders
from tests.question_bank.builders import DIGEST
from tests.question_bank.moodle import image_bytes
from tests.question_bank.qti import zipped
from tests.question_bank.qti_player import Player
from tests.question_bank.test_interactions import FREE, WITH_POLICY, values_of

PHOTO = Picture("排放口.png", image_bytes("red"))
POLICIES = [policy.value for policy in MultiplePolicy]
SCHEMAS = Path(__file__).parent / "schemas"
VERSIONS = pytest.mark.parametrize("version", [QTI_22, QTI_30], ids=["2.2", "3.0"])
SHORT = {QTI_22: "qti22", QTI_30: "qti30"}
MANIFEST = "imsmanifest.xml"
NOTE = ".tiejun.json"


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def documents(content: bytes) -> Iterator[etree._Element]:
    for name, file in files_of(content).items():
        if name.endswith(".xml") and name != MANIFEST:
            yield etree.fromstring(file)


GRAMMARS = {
    (version, kind): etree.RelaxNG(etree.parse(SCHEMAS / f"{name}_{kind}.rng"))
    for version, name in SHORT.items()
    for kind in ("item", "manifest")
}


def need_valid(content: bytes, version: QtiVersion) -> None:
    """Hold a package against our own grammars of what we write."""
    GRAMMARS[version, "manifest"].assertValid(etree.fromstring(files_of(content)[MANIFEST]))
    for document in documents(content):
        GRAMMARS[version, "item"].assertValid(document)


@VERSIONS
def test_the_whole_starter_bank_goes_out_valid_and_comes_back_the_same(version: QtiVersion):
    items = [*load_starter()]
    written = write_qti(items, {}, version)
    assert (written.written, written.left_out) == (len(items), [])
    need_valid(written.content, version)
    report = read_qti(written.content)
    assert (report.problems, report.warnings, report.items) == ([], [], items)
    assert report.codes == {one.id for one in items}


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
TEXT = st.one_of(
    ANY_TEXT, st.text("ab 甲乙\n\t　  <>&\"'_*#{}[]!", max_size=20), st.sampled_from(["正确", "错", "5 年"])
).filter(str.strip)
POINTS = st.sampled_from([1, 2, 3, 0.5, 1.25, 10])


@st.composite
def choices(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    texts = draw(st.lists(TEXT, min_size=2, max_size=8, unique_by=str.strip))
    ids = draw(st.permutations(["1", "2", "c", "dd", "e5", "f", "g", "h"]))
    options = [{"id": name, "text": text} for name, text in zip(ids, texts, strict=False)]
    names = [option["id"] for option in options]
    one, several = st.sampled_from(names), st.lists(st.sampled_from(names), min_size=1, unique=True)
    key = draw(one if kind == "single" else several)
    return part_json(kind, stem=draw(TEXT), options=options, key=key, points=draw(POINTS))


@st.composite
def fill_ins(draw: st.DrawFn) -> dict[str, Any]:
    key = draw(st.lists(st.lists(TEXT, min_size=1, max_size=3), min_size=1, max_size=4))
    words = draw(
        st.lists(TEXT.map(lambda text: text.replace("_", "") + "为"), min_size=len(key), max_size=len(key))
    )
    stem = "____".join([*words, "。"])
    return part_json("fill_in", stem=stem, key=key, points=draw(POINTS))


@st.composite
def essays(draw: st.DrawFn) -> dict[str, Any]:
    rubric = [{"points": 1.5, "text": text} for text in draw(st.lists(TEXT, max_size=3))]
    points = 1.5 * len(rubric) if rubric else draw(POINTS)
    return part_json(
        "essay", stem=draw(TEXT), rubric=rubric if rubric else [{"points": points, "text": "甲"}]
    ) | {"points": points}


def true_false() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda stem, key: part_json("true_false", stem=stem, key=key), TEXT, st.booleans())


PARTS = {
    "single": choices("single"),
    "multiple": choices("multiple"),
    "true_false": true_false(),
    "fill_in": fill_ins(),
    "essay": essays(),
}


@st.composite
def further_parts(draw: st.DrawFn) -> dict[str, Any]:
    part = builders.part_json(draw(st.sampled_from([*builders.FURTHER])), points=draw(POINTS))
    texts = draw(st.lists(TEXT, min_size=9, max_size=9, unique_by=str.strip))
    for option in [*part["options"], *part.get("targets", [])]:
        option["text"] = texts.pop()
    if "____" not in part["stem"] and "{{" not in part["stem"]:
        part["stem"] = texts.pop()
    if part["type"] in WITH_POLICY:
        part["scoring"] = {"policy": draw(st.sampled_from(POLICIES))}
    return part


PARTS["further"] = further_parts()
ESCAPED = TEXT.map(lambda text: html.escape(text, quote=False))
CELLS = st.builds('<tr><td colspan="2">{}</td><th><p>{}</p></th></tr>'.format, ESCAPED, ESCAPED)
MATERIAL = st.lists(
    st.one_of(
        ESCAPED,
        ESCAPED.map("<p>{}<br>次行</p>".format),
        ESCAPED.map("<p><ul><li>{}</li></ul></p>".format),
        ESCAPED.map("<ul><li><strong>{}</strong></li></ul>".format),
        ESCAPED.map("<ol>{}</ol>".format),
        CELLS.map("<table><caption>表</caption>{}</table>".format),
        CELLS.map("<table><thead>{0}</thead><tbody>{0}</tbody></table>".format),
    ),
    min_size=1,
    max_size=3,
).map("".join)


@st.composite
def any_items(draw: st.DrawFn) -> Item:
    kind = draw(st.sampled_from([*PARTS, "further", "case"]))
    several = st.lists(st.one_of(*PARTS.values()), min_size=2, max_size=5)
    parts = draw(several) if kind == "case" else [draw(PARTS[kind])]
    kind = kind if kind == "case" else parts[0]["type"]
    data = item_json(
        draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True)),
        kind,
        parts=parts,
        unit=draw(st.sampled_from(["B5", None])),
        tiers=draw(st.sampled_from([["primary"], ["intermediate", "primary"]])),
        difficulty=draw(st.floats(0, 1)),
        stimulus=draw(MATERIAL) if kind == "case" else None,
        rationale=draw(ANY_TEXT),
        citations=draw(st.sampled_from([[], [{"law": "sample-rules-2026", "article": "2-1"}]])),
        figures=draw(st.lists(TEXT, max_size=2)),
    )
    if draw(st.booleans()):
        data["source"] = {"format": "qti-3.0", "identifier": "Q 1", "processing": "<a/>"}
    return Item.from_json(data)


LAST = item("last")
NOT_XML = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@settings(max_examples=120, deadline=None)
@given(
    items=st.lists(any_items(), min_size=1, max_size=3, unique_by=lambda one: one.id), is_new=st.booleans()
)
def test_any_items_go_out_valid_and_come_back_equal(items: list[Item], is_new: bool):
    version = QTI_30 if is_new else QTI_22
    written = write_qti([*items, LAST], {DIGEST: PHOTO}, version)
    need_valid(written.content, version)
    report = read_qti(written.content)
    left_out = dict(written.left_out)
    assert report.problems == []
    assert report.items == [one for one in [*items, LAST] if one.id not in left_out]
    assert all(NOT_XML.search(" ".join(_texts(one.to_json()))) for one in items if one.id in left_out)


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    for inside in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _texts(inside)


def without_notes(content: bytes) -> bytes:
    return zipped({name: file for name, file in files_of(content).items() if not name.endswith(NOTE)})


@VERSIONS
def test_without_our_notes_the_package_still_asks_and_answers_the_same(version: QtiVersion):
    items = [*load_starter()]
    report = read_qti(without_notes(write_qti(items, {}, version).content))
    assert report.problems == []
    for read, sent in zip(report.items, items, strict=True):
        assert (read.kind, read.rationale) == (sent.kind, sent.rationale)
        assert [part.stem for part in read.parts] == [part.stem for part in sent.parts]
        assert [_right(part) for part in read.parts] == [_right(part) for part in sent.parts]
        if len(read.parts) == 1:
            assert read.points == sent.points


def _right(part: Any) -> object:
    texts = {option.id: option.text for option in part.options}
    if part.type == "fill_in":
        return [accepted[0] for accepted in part.key]
    keys = part.key if isinstance(part.key, tuple) else (part.key,)
    return [*texts.values()], [texts.get(one, one) for one in keys]


@VERSIONS
@pytest.mark.parametrize("points", [2, 1, 0.5, 7])
def test_its_own_rules_score_blanks_as_we_do(version: QtiVersion, points: float):
    key = [["五年", "5 年"], ["甲"], ["ＡＢ"]]
    part = part_json("fill_in", stem="____、____、____", key=key, points=points)
    one = Item.from_json(item_json("T-1", "fill_in", parts=[part]))
    for answers in (["五年", "甲", "ＡＢ"], ["5年", "乙", "ab"], ["", "甲", "x"], ["六年", "乙", "c"]):
        assert played(one, version, answers) == score_response(one.parts[0], answers).points


CHOSEN = st.lists(st.sampled_from("abcd"), min_size=1, unique=True)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("kind", ["multiple", *WITH_POLICY])
@settings(max_examples=40, deadline=None)
@given(data=st.data(), points=st.sampled_from([4, 1, 0.5, 7]))
def test_its_own_rules_score_choices_as_our_policies_do(
    kind: str, policy: str, data: st.DataObject, points: float
):
    changes: dict[str, Any] = {}
    if kind == "match":
        changes = {"most": 0, "key": [["a", "y"], ["b", "x"], ["b", "z"]]}
    elif kind == "order":
        changes = {"key": data.draw(st.sampled_from([["c", "a", "d", "b"], ["b", "d"]]))}
    elif kind == "inline_choice":
        changes = {"key": data.draw(st.sampled_from([["b", "c"], [None, "d"]]))}
    part = builders.part_json(kind, points=points, scoring={"policy": policy}, **changes)
    one = builders.make_item(kind, parts=[part])
    value = data.draw(CHOSEN if kind == "multiple" else values_of(kind))
    assert played(one, QTI_22, value) == score_response(one.parts[0], value).points
    key = [list(entry) if isinstance(entry, tuple) else entry for entry in one.parts[0].key]
    assert played(one, QTI_30, key) == one.parts[0].points


TABLES: list[tuple[str, dict[str, Any], list[Any]]] = [
    ("single", {"map": [["b", 2], ["c", 1]], "default": -1, "full": 2}, ["a", "b", "c"]),
    ("true_false", {"map": [["true", 3]], "default": 0, "full": 3}, [True, False]),
    ("multiple", {"map": [["a", 1], ["c", 1], ["b", -1]], "full": 2}, [["a"], ["a", "c"], ["a", "b"], ["b"]]),
    ("fill_in", {"map": [["五年", 3], ["5 年", 1]], "full": 3}, [["五年"], ["5年"], ["六年"]]),
    ("fill_in", {"map": [["AB", 3], ["ab", 1]], "case": True, "full": 3}, [["AB"], ["ab"], ["Ab"]]),
    (
        "inline_choice",
        {"map": [["b", 2], ["c", 1], ["d", -1]], "upper": 2, "lower": 1, "full": 2},
        [["b", "c"], ["b", "d"], ["a", "e"], [None, "c"]],
    ),
    (
        "match",
        {"map": [["a y", 1.5], ["b x", 1]], "default": -0.5, "full": 2.5},
        [[["a", "y"]], [["a", "x"], ["b", "x"]]],
    ),
    ("gap_match", {"map": [["d 1", 2], ["a 3", 1]], "full": 3}, [["d", None, "a"], ["a", "d", None]]),
    ("order", {"map": [["a", 1]], "full": 1}, [["a"], ["b", "c"]]),
    ("hottext", {"map": [["a", 1], ["c", 2]], "default": -1, "full": 3}, [["a", "c"], ["b", "c"]]),
    ("slider", {"map": [[2.5, 3], [3, 1]], "full": 3}, [2.5, 3, 4]),
]


@VERSIONS
@pytest.mark.parametrize(("kind", "scoring", "answers"), TABLES)
@pytest.mark.parametrize("points", [4, 1])
def test_its_own_rules_score_by_the_table_of_the_item_as_we_do(
    version: QtiVersion, kind: str, scoring: dict[str, Any], answers: list[Any], points: int
):
    stem = {"stem": "____"} if kind == "fill_in" else {}
    part = builders.part_json(kind, points=points, scoring=scoring) | stem
    one = builders.make_item(kind, parts=[part])
    for answer in answers:
        assert played(one, version, answer) == score_response(one.parts[0], answer).points, answer


@VERSIONS
@pytest.mark.parametrize("points", [3, 1])
def test_its_own_rules_score_points_on_a_picture_as_we_do(version: QtiVersion, points: int):
    one = builders.make_item("hotspot", parts=[builders.part_json("hotspot", **FREE) | {"points": points}])
    for answer in ([[10, 10], [50, 50]], [[11, 10], [12, 10]], [[99, 99]], [[50, 50], [2, 90]]):
        assert played(one, version, answer) == score_response(one.parts[0], answer).points


@VERSIONS
def test_points_on_a_picture_come_back_without_our_note(version: QtiVersion):
    one = builders.make_item("hotspot", parts=[builders.part_json("hotspot", **FREE) | {"points": 3}])
    report = read_qti(without_notes(write_qti([one], {DIGEST: PHOTO}, version).content))
    assert report.problems == []
    (sent,), (read,) = one.parts, report.items[0].parts
    for answer in ([[10, 10], [50, 50]], [[11, 10]], [[99, 99], [10, 10]], [[50, 50], [2, 90]]):
        assert score_response(read, answer).points == score_response(sent, answer).points


def played(one: Item, version: QtiVersion, value: Any) -> Decimal:
    """Return what the item's own rules give a response of ours."""
    written = write_qti([one], {DIGEST: PHOTO}, version)
    assert written.left_out == []
    need_valid(written.content, version)
    (document,) = documents(written.content)
    player = Player(document)
    given = as_given(one.parts[0], value)
    names = [*player.declared]
    assert len(names) == len(given)
    return player.score(dict(zip(names, given, strict=True)))


def as_given(part: Part, value: Any) -> list[Any]:
    """Return a response in the names of the file, one for each of its responses."""
    plain = part.type in ("single", "multiple")
    names = {option: "ABCDEFGH"[n] if plain else f"C{n + 1}" for n, option in enumerate(part.option_ids)}
    targets = {target.id: f"T{n}" for n, target in enumerate(part.targets, 1)}
    if part.type == "match":
        return [[f"{names[left]} {targets[right]}" for left, right in value]]
    if part.type == "gap_match":
        return [[f"{names[word]} G{n}" for n, word in enumerate(value, 1) if word is not None]]
    if part.type == "true_false":
        return ["T" if value else "F"]
    if part.type == "slider":
        return [str(value)]
    if part.type == "fill_in":
        return [*value]
    if part.type == "hotspot" and not names:
        return [[f"{x} {y}" for x, y in value]]
    if part.type == "inline_choice":
        return [names.get(one) for one in value]
    return [names[value]] if isinstance(value, str) else [[names[one] for one in value]]


CASE = item(
    "C-1",
    "case",
    stimulus="<table><tr><td>夜间</td><td>排放</td></tr></table>",
    parts=[
        part_json(
            "single", options=[{"id": f"x{n}", "text": text} for n, text in enumerate("甲乙丙")], key="x1"
        ),
        part_json("fill_in", key=[["五年", "５年"]], points=3),
        part_json("essay", points=6, rubric=[{"points": 2, "text": "一"}, {"points": 4, "text": "二"}]),
    ],
    citations=[{"law": "sample-rules-2026", "article": "2"}],
)


def changed(content: bytes, old: str, new: str) -> bytes:
    files = files_of(content)
    for name in files:
        if name.endswith(".xml"):
            files[name] = files[name].replace(old.encode(), new.encode())
    return zipped(files)


@VERSIONS
def test_what_somebody_changed_in_a_file_counts_and_the_rest_stays(version: QtiVersion):
    written = write_qti([CASE], {}, version).content
    (read,) = read_qti(changed(written, ">丙<", ">丁<")).items
    expected = CASE.to_json()
    expected["parts"][0]["options"][2]["text"] = "丁"
    assert read.to_json() == expected


@VERSIONS
def test_a_file_that_only_looks_otherwise_is_the_same_item(version: QtiVersion):
    written = write_qti([CASE], {}, version).content
    assert read_qti(changed(written, "?>", "?><!-- looked at -->")).items == [CASE]


@pytest.mark.parametrize(
    ("old", "new", "part", "field", "value"),
    [
        (">B</value>", ">C</value>", 0, "key", "x2"),
        ('mapKey="５年"', 'mapKey="六年"', 1, "key", [["五年", "六年", "5年"]]),
        ("<p>一（2 分）</p>", "", 2, "rubric", [{"points": 10, "text": "二（4 分）"}]),
        (
            '<simpleChoice identifier="C">丙</simpleChoice>',
            "",
            0,
            "options",
            [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}],
        ),
    ],
)
def test_a_changed_key_rubric_or_option_is_the_one_that_counts(
    old: str, new: str, part: int, field: str, value: object
):
    (read,) = read_qti(changed(write_qti([CASE], {}, QTI_22).content, old, new)).items
    assert read.to_json()["parts"][part][field] == value
    assert (read.id, read.citations) == (CASE.id, CASE.citations)


@pytest.mark.parametrize("note", [b"{", b"[]", b'{"format": "tiejun-qti-note", "version": 2, "images": {}}'])
def test_a_damaged_note_refuses_its_item(note: bytes):
    files = files_of(write_qti([CASE, item("T-2")], {}).content)
    files[f"items/0001-C-1{NOTE}"] = note
    report = read_qti(zipped(files))
    assert [one.id for one in report.items] == ["T-2"]
    assert "已损坏" in str(report.problems[0])


def test_a_note_whose_item_breaks_a_rule_refuses_it():
    files = files_of(write_qti([CASE], {}).content)
    name = f"items/0001-C-1{NOTE}"
    note = json.loads(files[name])
    note["item"]["difficulty"] = 2
    report = read_qti(zipped({**files, name: json.dumps(note).encode()}))
    assert (report.items, report.read) == ([], 1)
    assert "难度" in str(report.problems[0])


def test_the_same_code_twice_is_refused_once():
    files = files_of(write_qti([item("T-1"), item("T-2")], {}).content)
    files[f"items/0002-T-2{NOTE}"] = files[f"items/0001-T-1{NOTE}"]
    report = read_qti(zipped(files))
    assert [one.id for one in report.items] == ["T-1"]
    assert "重复" in str(report.problems[0])


SHOWN = item("P-1", stem=f"看图![排放口](image:{DIGEST})答题")


@VERSIONS
def test_images_go_along_and_keep_the_names_that_texts_know_them_by(version: QtiVersion):
    written = write_qti([SHOWN], {DIGEST: PHOTO}, version).content
    assert files_of(written)[f"images/{DIGEST}.png"] == PHOTO.data
    need_valid(written, version)
    report = read_qti(written)
    assert (report.items, report.images) == ([SHOWN], {DIGEST: PHOTO.data})
    without = read_qti(without_notes(written))
    assert [*without.images.values()] == [PHOTO.data]
    assert without.items[0].parts[0].stem.startswith("看图![排放口](image:")


def test_what_cannot_go_out_is_left_out_by_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(qti_write, "MAX_ITEMS", 1)
    text = Picture("说明.txt", b"no image")
    items = [
        SHOWN,
        item("T-2", stem="响铃\x07"),
        item("T-3", stem=f"![](image:{'1' * 64})"),
        item("T-4"),
        item("T-5", stem="多了"),
    ]
    written = write_qti(items, {"1" * 64: text})
    assert [code for code, _ in written.left_out] == ["P-1", "T-2", "T-3", "T-5"]
    reasons = [str(reason) for _, reason in written.left_out]
    for told, reason in zip(["没有图片", "字符", "不是 PNG", "超过一个 QTI 包"], reasons, strict=True):
        assert told in reason
    assert [one.id for one in read_qti(written.content).items] == ["T-4"]


@pytest.mark.parametrize("step", [1, 0.5, 0.25])
@VERSIONS
def test_a_slider_says_its_step_which_would_be_1_without_it(version: QtiVersion, step: float):
    part = builders.part_json("slider", bounds={"lower": 0, "upper": 10, "step": step}, key=2)
    one = builders.make_item("slider", parts=[part])
    (read,) = read_qti(without_notes(write_qti([one], {}, version).content)).items
    assert read.parts[0].bounds == one.parts[0].bounds


@VERSIONS
def test_gaps_say_that_all_may_be_filled_where_one_is_the_usual(version: QtiVersion):
    (document,) = documents(write_qti([builders.make_item("gap_match")], {}, version).content)
    (most,) = document.xpath("//@maxAssociations | //@max-associations")
    assert most == "0"


AREA = {"id": "a", "text": "排口", "shape": "rect", "coords": [-5, 0, 10, 10]}
UNFIT = [
    ("slider", {"bounds": {"lower": -5, "upper": 5, "step": 1}, "key": 0}, "低于 0"),
    ("hotspot", {"options": [AREA], "key": ["a"], "most": 1}, "伸出图片"),
    ("hotspot", FREE | {"scoring": {"areas": [["circle", [-1, 5, 5], 2]], "full": 2}}, "伸出图片"),
]


@pytest.mark.parametrize(("kind", "changes", "reason"), UNFIT)
@VERSIONS
def test_numbers_that_the_format_has_not_are_left_out_by_name(
    kind: str, changes: dict[str, Any], reason: str, version: QtiVersion
):
    one = builders.make_item(kind, parts=[builders.part_json(kind, **changes)])
    ((code, told),) = write_qti([one], {DIGEST: PHOTO}, version).left_out
    assert code == one.id
    assert reason in str(told)


@VERSIONS
def test_the_same_items_make_the_same_file(version: QtiVersion):
    assert write_qti([CASE], {}, version).content == write_qti([CASE], {}, version).content
