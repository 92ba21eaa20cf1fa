"""Items as JSON: nothing is lost, images go with them, and a file that is not ours is refused whole."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.formats.item_json import FORMAT, JsonRefused, Picture, read_json, write_json
from question_bank.item import Item
from question_bank.markup import image_mark
from question_bank.starter import load_starter
from tests.bank.samples import item, item_json, part_json
from tests.question_bank.moodle import image_bytes

RED = image_bytes("red")
DIGEST = hashlib.sha256(RED).hexdigest()
SHOWN = item("T-1", stem=f"看图{image_mark(DIGEST, '排放口')}")


def envelope(*rows: object, **changes: object) -> bytes:
    return json.dumps({"format": FORMAT, "version": 1, "items": rows} | changes).encode()


def test_the_whole_starter_bank_comes_back_the_same_with_its_codes():
    written = write_json(load_starter(), {})
    report = read_json(written.content)
    assert (tuple(report.items), report.problems, written.left_out) == (load_starter(), [], [])
    assert report.codes == {one.id for one in load_starter()}


TRICKY = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30
).filter(str.strip)


@settings(max_examples=60)
@given(words=st.lists(TRICKY, min_size=6, max_size=6, unique_by=str.strip))
def test_every_text_comes_back_character_by_character(words: list[str]):
    options = [{"id": f"x{n}", "text": text} for n, text in enumerate(words[:4])]
    part = part_json("single", stem=words[4], options=options, key="x2")
    one = Item.from_json(item_json("T-1", parts=[part]) | {"rationale": words[5], "figures": words[:2]})
    assert read_json(write_json([one], {}).content).items == [one]


def test_images_stand_beside_the_items_that_show_them_and_no_others():
    written = write_json([SHOWN], {DIGEST: Picture("a.png", RED), "0" * 64: Picture("b.png", b"other")})
    assert json.loads(written.content)["images"].keys() == {DIGEST}
    report = read_json(written.content)
    assert (report.items, report.images, report.image_names) == ([SHOWN], {DIGEST: RED}, {DIGEST: "a.png"})


def test_a_file_with_items_only_is_read_as_before():
    assert read_json(json.dumps({"items": [item_json("T-1")]}).encode()).codes == {"T-1"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "items"),
        (b"[]", "items"),
        (b"{", "items"),
        (b"[" * 200_000, "items"),
        (b'{"items": {}}', "items"),
        (b'{"items": [' + b"9" * 5000 + b"]}", "items"),
        (b"\xff\xfe\xff", "items"),
        (envelope(format="qti"), "qti 1"),
        (envelope(version=2), "tiejun-items 2"),
        (envelope(images=[]), "images"),
        (envelope(*[0] * 20_001), "20000 题"),
        (b" " * (64 * 1024 * 1024 + 1), "64 MB"),
    ],
)
def test_what_is_not_ours_is_refused_whole(content: bytes, message: str):
    with pytest.raises(JsonRefused, match=message):
        read_json(content)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (1, "应为 JSON 对象"),
        (item_json("T-1") | {"more": 1}, "没有这个字段"),
        (item_json("T-1") | {"rationale": "\0"}, "NUL"),
        (item_json("../x"), "编号格式不正确"),
        (item_json("T-0"), "在文件中重复"),
    ],
)
def test_one_bad_item_is_named_and_the_others_are_read(row: object, message: str):
    report = read_json(envelope(item_json("T-0"), row))
    assert (report.read, len(report.items), len(report.faulty_rows)) == (2, 1, 1)
    assert message in str(report.problems[0])
    assert "第 2 题" in report.problems[0].where


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("x", "应有 name 和 data"),
        ({"name": "a.png"}, "应有 name 和 data"),
        ({"name": "a.png", "data": "%%%"}, "base64 已损坏"),
        ({"name": "a.png", "data": "A" * 7_000_000}, "超过 5 MB"),
    ],
)
def test_a_damaged_image_refuses_the_items_that_show_it_only(entry: object, message: str):
    content = envelope(SHOWN.to_json(), item_json("T-2"), images={DIGEST: entry})
    report = read_json(content)
    assert [one.id for one in report.items] == ["T-2"]
    assert message in str(report.problems[0])
