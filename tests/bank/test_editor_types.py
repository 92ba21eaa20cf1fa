"""The editor's page for files, pictures and scoring of its own: saved, opened again, refused by line."""

import hashlib
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from question_bank.item import Item as ItemText
from question_bank.scoring import score_response
from tests.bank.test_editor import open_form, put, writer_client
from tests.bank.test_editor_lines import TYPED, newest
from tests.question_bank.builders import item_json, part_json
from tests.question_bank.moodle import image_bytes
from tests.support.fields import fields
from tiejun.audit import SYSTEM
from tiejun.bank.models import Item, ItemImage, ItemPurpose, ItemVersion
from tiejun.bank.service import save_item
from tiejun.db import Database

__all__ = ["writer_client"]
PHOTO = image_bytes("red")
AREAS = "*圆 12,8,4 = 排污口\n矩形 1,2,10,9 = 车间"
only_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def page(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def send(client: FlaskClient, form: MultiDict[str, Any], address: str = "/items/new") -> TestResponse:
    return client.post(address, data=form, content_type="multipart/form-data")


def with_picture(client: FlaskClient, kind: str = "hotspot", photo: bytes = PHOTO) -> MultiDict[str, Any]:
    form = put(
        open_form(client, f"/items/new?kind={kind}&unit=B5"), part_0_stem="选出排污口。", act="picture-0"
    )
    form["part-0-picture"] = (io.BytesIO(photo), "现场.png")
    return fields(page(send(client, form)))


def save(client: FlaskClient, form: MultiDict[str, Any], code: str = "") -> TestResponse:
    return send(client, put(form, act="save"), f"/items/{code}/edit" if code else "/items/new")


def stored(bank: Database, clock, **changes: Any) -> ItemText:
    """Return an item in the bank of one part; `kind` is its type."""
    kind = changes.pop("kind")
    text = ItemText.from_json(
        item_json(kind, id="T-1", parts=[part_json(kind) | changes], citations=[], figures=[])
    )
    with bank.transaction() as db:
        save_item(db, text, ItemPurpose.EXAM, SYSTEM, clock())
    return text


def test_a_hotspot_is_written_with_its_picture_and_opened_again(writer_client: FlaskClient, bank: Database):
    form = with_picture(writer_client)
    digest = hashlib.sha256(PHOTO).hexdigest()
    assert form["part-0-image"] == digest
    put(form, part_0_lines=AREAS, part_0_most="2")

    answer = save(writer_client, form)

    assert answer.status_code == 303, page(answer)
    part = newest(bank).parts[0]
    assert (part.image, part.most, part.key) == (digest, 2, ("o1",))
    assert [(one.text, one.shape, one.coords) for one in part.options] == [
        ("排污口", "circle", (12, 8, 4)),
        ("车间", "rect", (1, 2, 10, 9)),
    ]
    assert "data:image/png" in page(writer_client.get(answer.location))
    again = open_form(writer_client, f"/items/{newest(bank).id}/edit")
    assert (again["part-0-lines"], again["part-0-most"]) == (AREAS, "2")
    assert save(writer_client, again, newest(bank).id).status_code == 303
    with bank.reading() as db:
        row = db.scalars(select(Item).order_by(Item.id.desc())).first()
        assert row is not None
        assert row.current_version == 1


@pytest.mark.parametrize(
    ("lines", "table", "warned"),
    [
        (AREAS, "", ()),
        ("*圆 12,8,4 = 排污口\n矩形 1,2,10,90 = 车间\n圆 3,8,4 = 门", "", ("第 2、3 行超出图片",)),
        ("多边形 0,0 40,0 40,30 = 围墙\n*全图 = 其他地方", "", ("第 1 行超出图片",)),
        ("点 12,8", "圆 12,8,4 = 1", ()),
        ("点 12,20", "圆 2,2,1 = 0\n椭圆 12,8,4,90 = 2", ("第 1 行超出图片", "第 2 行超出图片")),
    ],
)
def test_what_reaches_beyond_the_picture_is_told_and_not_refused(
    writer_client: FlaskClient, bank: Database, lines: str, table: str, warned: tuple[str, ...]
):
    form = with_picture(writer_client, photo=image_bytes("red", size=(24, 16)))
    put(form, part_0_lines=lines, act="check")
    if table:
        put(form, part_0_policy="areas", part_0_table=table)

    shown = page(send(writer_client, form))

    assert re.findall("第 [0-9、]+ 行超出图片", shown) == list(warned)
    assert save(writer_client, form).status_code == 303


def test_a_picture_stays_where_saving_with_it_is_refused(writer_client: FlaskClient, bank: Database):
    form = put(open_form(writer_client, "/items/new?kind=hotspot&unit=B5"), part_0_stem="题干")
    form["part-0-picture"] = (io.BytesIO(PHOTO), "现场.png")

    answer = save(writer_client, form)

    assert answer.status_code == 422
    assert "还没有写区域" in page(answer)
    assert fields(page(answer))["part-0-image"] == hashlib.sha256(PHOTO).hexdigest()
    with bank.reading() as db:
        assert db.scalar(select(func.count(ItemImage.sha256))) == 1


@only_sqlite
def test_what_is_no_picture_is_refused_at_the_field_and_the_rest_stays(writer_client: FlaskClient):
    form = put(open_form(writer_client, "/items/new?kind=hotspot"), part_0_stem="题干", act="picture-0")
    form["part-0-picture"] = (io.BytesIO(b"%PDF-1.7"), "现场.pdf")

    answer = send(writer_client, form)

    assert answer.status_code == 422
    assert 'id="part-0-image-err"' in page(answer)
    assert "不是 PNG、JPEG 或 GIF 图片" in page(answer)
    assert fields(page(answer))["part-0-stem"] == "题干"


@only_sqlite
@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("*圆 12,8,4 = 甲\n方块 1,2 = 乙", "第 2 行：每行以圆、矩形、椭圆、多边形、全图或点开头"),
        ("\n*圆 12,8 = 甲", "第 2 行：圆要写圆心的横、纵坐标和半径"),
        ("*矩形 1,2,x,4 = 甲", "第 1 行：矩形要写左、上、右、下"),
        ("*圆 12,8,4", "第 1 行：“=”后面要写区域的名称"),
        ("*圆 12,8,4 = 甲\n点 3,4", "第 2 行：有了供选择的区域，就不能再写点"),
        ("圆 12,8,4 = 甲", "没有答案"),
        ("*圆 12,8,4 = 甲\n圆 9,8,4 = 甲", "选项文字重复"),
    ],
)
def test_a_faulty_line_of_a_hotspot_is_named(writer_client: FlaskClient, bank: Database, lines, complaint):
    form = put(with_picture(writer_client), part_0_lines=lines)
    with bank.reading() as db:
        before = db.scalar(select(func.count(ItemVersion.id)))

    answer = save(writer_client, form)

    assert answer.status_code == 422
    assert complaint in page(answer)
    assert fields(page(answer))["part-0-lines"].strip() == lines.strip()
    with bank.reading() as db:
        assert db.scalar(select(func.count(ItemVersion.id))) == before


def test_points_of_a_picture_earn_by_areas(writer_client: FlaskClient, bank: Database):
    form = put(
        with_picture(writer_client),
        part_0_lines="点 12,8",
        part_0_policy="areas",
        part_0_table="圆 12,8,4 = 2\n矩形 1,2,10,9 = -1",
        part_0_lower="0",
    )

    answer = save(writer_client, form)

    assert answer.status_code == 303, page(answer)
    part = newest(bank).parts[0]
    assert part.scoring == {
        "areas": [["circle", [12, 8, 4], 2], ["rect", [1, 2, 10, 9], -1]],
        "lower": 0,
        "full": 2,
    }
    again = open_form(writer_client, f"/items/{newest(bank).id}/edit")
    assert again["part-0-table"] == "圆 12,8,4 = 2\n矩形 1,2,10,9 = -1"
    assert (again["part-0-lower"], again["part-0-full"]) == ("0", "")


def test_an_upload_is_written_with_its_endings_and_rubric(writer_client: FlaskClient, bank: Database):
    form = put(
        open_form(writer_client, "/items/new?kind=upload&unit=B5"),
        part_0_stem="上传现场照片。",
        part_0_accept=".PDF，docx jpg",
        part_0_points="6",
    )
    form["part-0-rubric-0-text"], form["part-0-rubric-0-points"] = "位置清楚", "6"

    answer = save(writer_client, form)

    assert answer.status_code == 303, page(answer)
    part = newest(bank).parts[0]
    assert (part.accept, part.points) == (("pdf", "docx", "jpg"), Decimal(6))
    assert [(point.text, point.points) for point in part.rubric] == [("位置清楚", Decimal(6))]
    again = open_form(writer_client, f"/items/{newest(bank).id}/edit")
    assert again["part-0-accept"] == "pdf docx jpg"


@only_sqlite
def test_an_ending_that_is_none_is_refused_at_its_field(writer_client: FlaskClient):
    form = put(open_form(writer_client, "/items/new?kind=upload"), part_0_stem="题", part_0_accept="照片")

    assert 'id="part-0-accept-err"' in page(save(writer_client, form))


TABLES = {
    "single": ("A = 1\nB = 0.5", {"map": [["a", 1], ["b", 0.5]]}),
    "true_false": ("正确 = 1\n错误 = 0.5", {"map": [["true", 1], ["false", 0.5]]}),
    "fill_in": ("五年 = 2\n5年 = 1", {"map": [["五年", 2], ["5年", 1]]}),
    "inline_choice": ("1 次日 = 1\n1 当日 = -1", {"map": [["o1", 1], ["o2", -1]]}),
    "match": ("立案=七日内=1\n结案 = 九十日内 = 2", {"map": [["o1 t1", 1], ["o2 t2", 2]]}),
    "order": ("立案 = 1", {"map": [["o1", 1]]}),
    "hottext": ("错误 = 1\n正确 = -1", {"map": [["o1", 1], ["o2", -1]]}),
    "gap_match": ("1 立案 = 1\n2 送达 = 0.5", {"map": [["o1 1", 1], ["o3 2", 0.5]]}),
    "slider": ("7 = 1\n8 = 0.5", {"map": [[7, 1], [8, 0.5]]}),
}
PLAIN: dict[str, dict[str, str]] = {
    "single": {"part-0-option-0": "甲", "part-0-option-1": "乙", "part-0-right": "0"},
    "true_false": {"part-0-right": "true"},
    "fill_in": {"part-0-stem": "期限为____。", "part-0-blank-0": "五年|5年"},
}


def typed(client: FlaskClient, kind: str) -> MultiDict[str, Any]:

    form = put(open_form(client, f"/items/new?kind={kind}&unit=B5"), part_0_stem="题干", part_0_policy="map")
    if kind in TYPED:
        form["part-0-stem"], form["part-0-lines"] = TYPED[kind]
    form.update(PLAIN.get(kind, {}))
    for name, value in PLAIN.get(kind, {}).items():
        form[name] = value
    return form


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_points_is_written_in_the_words_of_the_type(
    writer_client: FlaskClient, bank: Database, kind: str
):
    lines, scoring = TABLES[kind]

    answer = save(writer_client, put(typed(writer_client, kind), part_0_table=lines))

    assert answer.status_code == 303, page(answer)
    part = newest(bank).parts[0]
    assert part.scoring is not None
    assert part.scoring["map"] == scoring["map"]
    key = [one[0] for one in part.key] if kind == "fill_in" else part.key
    assert score_response(part, list(key) if isinstance(key, tuple) else key).points == part.points
    again = open_form(writer_client, f"/items/{newest(bank).id}/edit")
    assert again["part-0-table"].replace(" ", "") == lines.replace(" ", "")
    assert save(writer_client, again, newest(bank).id).status_code == 303


@only_sqlite
@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("single", "A = 1"),
        ("fill_in", "五年 = 1\n5年 = 1"),
        ("match", "立案 = 七日内 = 1\n结案 = 九十日内 = 1"),
        ("gap_match", "1 立案 = 1\n2 决定 = 1"),
        ("slider", "7 = 1"),
    ],
)
def test_a_table_just_chosen_begins_with_the_answer(writer_client: FlaskClient, kind: str, lines: str):
    form = put(typed(writer_client, kind), act="check")

    assert fields(page(send(writer_client, form)))["part-0-table"] == lines


@only_sqlite
@pytest.mark.parametrize(
    ("lines", "more", "complaint"),
    [
        ("A = 1\nE = 1", {}, "第 2 行：本题没有“E”"),
        ("A = 1\nB", {}, "第 2 行：应写成“名称 = 分值”"),
        ("A = 1\n\na = 2", {}, "第 3 行：“a”前面已经写过"),
        ("A = 许多", {}, "第 1 行：应写成“名称 = 分值”"),
        ("", {}, "分值对照表还没有内容"),
        ("B = 1", {}, "按正确答案作答只得 0 分"),
        ("A = 1", {"part-0-upper": "多"}, "最高分应为数字"),
    ],
)
def test_a_faulty_line_of_a_table_is_named(writer_client: FlaskClient, lines, more, complaint):
    form = put(typed(writer_client, "single"), part_0_table=lines)
    for name, value in more.items():
        form[name] = value

    answer = save(writer_client, form)

    assert answer.status_code == 422
    assert complaint in page(answer)
    assert 'id="part-0-scoring-err"' in page(answer)
    assert fields(page(answer))["part-0-table"].strip() == lines.strip()


@only_sqlite
def test_a_table_follows_its_options_when_one_is_taken_away(
    writer_client: FlaskClient, bank: Database, clock
):
    stored(bank, clock, kind="multiple", scoring={"map": [["a", 1], ["b", -1], ["c", 1]], "full": 2})
    form = put(open_form(writer_client, "/items/T-1/edit"), act="option-remove-0-1")

    after = fields(page(send(writer_client, form, "/items/T-1/edit")))
    assert after["part-0-table"] == "A = 1\nB = 1"
    assert save(writer_client, after, "T-1").status_code == 303
    part = newest(bank).parts[0]
    assert (part.option_ids, part.key) == (("a", "c", "d"), ("a", "c"))
    assert part.scoring == {"map": [["a", 1], ["c", 1]], "full": 2}


def imported(bank: Database, clock) -> ItemText:
    """Return an item in the bank that brings rules: 甲 earns all, 乙 half."""
    tree = {
        "responses": {"R": {"cardinality": "single", "type": "identifier", "correct": ["choiceA"]}},
        "outcomes": {"SCORE": {"cardinality": "single", "type": "float", "default": ["0"]}},
        "rules": [
            [
                "if",
                [
                    [
                        ["match", {}, ["variable", "R"], ["correct", "R"]],
                        [["set", "SCORE", ["base", "float", "2"]]],
                    ],
                    [
                        ["match", {}, ["variable", "R"], ["base", "identifier", "choiceB"]],
                        [["set", "SCORE", ["base", "float", "1"]]],
                    ],
                ],
                [],
            ]
        ],
    }
    names = {"a": "choiceA", "b": "choiceB", "c": "choiceC"}
    options = [{"id": one, "text": text} for one, text in zip("abc", "甲乙丙", strict=True)]
    scoring = {"rule": tree, "answers": {"of": ["R"], "names": names}, "full": 2}
    return stored(bank, clock, kind="single", options=options, key="a", scoring=scoring)


def test_rules_of_the_source_are_shown_in_words_and_kept(writer_client: FlaskClient, bank: Database, clock):
    before = imported(bank, clock).parts[0]

    shown = page(writer_client.get("/items/T-1/edit"))
    assert "如果 作答 等于 作答的正确答案：" in shown
    assert "　得分 = 2" in shown
    assert "否则，如果 作答 等于 乙：" in shown
    form = put(fields(shown), part_0_stem="改过的题干", rationale="改过的解析")
    form["part-0-option-1"] = "改过的乙"
    answer = save(writer_client, form, "T-1")

    assert answer.status_code == 303, page(answer)
    part = newest(bank).parts[0]
    assert part.scoring == before.scoring
    assert [option.text for option in part.options] == ["甲", "改过的乙", "丙"]
    assert [score_response(part, one).points for one in "abc"] == [2, 1, 0]


@only_sqlite
def test_rules_of_the_source_refuse_what_they_do_not_know_and_can_be_dropped(
    writer_client: FlaskClient, bank: Database, clock
):
    imported(bank, clock)
    fewer = fields(
        page(
            send(
                writer_client,
                put(open_form(writer_client, "/items/T-1/edit"), act="option-remove-0-2"),
                "/items/T-1/edit",
            )
        )
    )
    answer = save(writer_client, fewer, "T-1")
    assert answer.status_code == 422
    assert "来源的计分规则用到选项“丙”，不能删除" in page(answer)

    more = fields(
        page(
            send(
                writer_client,
                put(open_form(writer_client, "/items/T-1/edit"), act="option-add-0"),
                "/items/T-1/edit",
            )
        )
    )
    more["part-0-option-3"] = "丁"
    answer = save(writer_client, more, "T-1")
    assert answer.status_code == 422
    assert "来源的计分规则里没有选项“丁”" in page(answer)

    other = put(open_form(writer_client, "/items/T-1/edit"), part_0_right="2")
    answer = save(writer_client, other, "T-1")
    assert answer.status_code == 422
    assert "改过的答案得不到满分" in page(answer)

    assert save(writer_client, put(fewer, part_0_policy=""), "T-1").status_code == 303
    part = newest(bank).parts[0]
    assert part.scoring is None
    assert part.option_ids == ("a", "b")
    assert "来源的计分规则" not in page(writer_client.get("/items/T-1/edit"))


@only_sqlite
def test_the_preview_shows_the_picture_and_its_areas_before_one_is_right(writer_client: FlaskClient):
    form = put(with_picture(writer_client), part_0_lines="圆 12,8,4 = 排污口", act="preview")

    shown = page(writer_client.post("/items/new", data=form))

    assert "data:image/png" in shown
    assert '<circle cx="12" cy="8" r="4"/>' in shown
    assert "排污口" in shown


@only_sqlite
def test_in_a_case_the_part_of_a_fault_is_named(writer_client: FlaskClient):
    form = put(open_form(writer_client, "/items/new?kind=case"), act="part-add_hotspot")
    form = put(fields(page(send(writer_client, form))), part_3_lines="方块 1,2 = 甲")

    told = page(save(writer_client, form))

    assert 'id="part-3-image-err"' in told
    assert "第 4 小题图片" in told
    assert "第 1 行：每行以圆、矩形" in told
