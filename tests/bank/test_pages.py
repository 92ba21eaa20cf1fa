"""Lists, articles, import and forms as pages: what a person sees and what the buttons do."""

import io
import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from question_bank.formats.workbook import read_sheets
from tests.bank.samples import CODE, OLD_CODE, TEXTLESS, item
from tests.bank.test_import import BAD, GOOD, workbook
from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun import crypto
from tiejun.audit import Actor
from tiejun.bank.models import Blueprint, ExamForm, Item, ItemPurpose
from tiejun.bank.service import save_item
from tiejun.db import Database


@pytest.fixture
def writer_client(client: FlaskClient, world: World, bank: Database) -> FlaskClient:
    sign_in(client, "item_writer")
    return client


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def codes(page: str) -> list[str]:
    return re.findall(r'class="tj-fw" href="/items/([a-z-]+)">', page)


ALL = ["case", "essay", "fill-in", "multiple", "single", "true-false"]
FOUND = {
    "kind=case": ["case"],
    "unit=B&kind=essay": ["essay"],
    "unit=C": [],
    "tier=primary&kind=single": ["single"],
    "tier=intermediate": [],
    "purpose=practice": [],
    "q=出示证件": ["true-false"],
    "q=fill": ["fill-in"],
    "q=%25": [],
    f"law={CODE}&article=2&kind=multiple": ["multiple"],
    f"law={CODE}&article=1": [],
    f"law={OLD_CODE}": [],
    "sort=code": ALL,
    "sort=-code": ALL[::-1],
    "sort=nonsense&page=99": ALL,
}


def test_the_address_searches_filters_and_sorts_the_bank(writer_client: FlaskClient):
    assert {query: codes(text(writer_client.get(f"/items?{query}"))) for query in FOUND} == FOUND


def test_the_excel_export_holds_the_list_as_text_and_no_key(
    writer_client: FlaskClient, bank: Database, clock: ManualClock, writer: Actor
):
    with bank.transaction() as db:
        evil = item("evil", stem='=HYPERLINK("http://example.org","题干")')
        save_item(db, evil, ItemPurpose.PRACTICE, writer, clock())

    answer = writer_client.get("/items.xlsx?purpose=practice")

    (sheet,) = read_sheets(answer.data)
    assert [row[0] for row in sheet.rows] == ["编号", "evil"]
    assert '=HYPERLINK("http://example.org","题干")' in sheet.rows[1]
    assert "见样例办法。" not in str(sheet.rows)


def test_an_item_page_shows_key_rationale_and_a_link_to_the_article(writer_client: FlaskClient):
    page = text(writer_client.get("/items/multiple"))

    assert "见样例办法。" in page
    assert f'href="/laws/{CODE}/articles/2"' in page
    assert "第2条的样例文字。" in page


def test_an_article_says_whether_it_is_in_force_and_what_replaced_it(writer_client: FlaskClient):
    new = text(writer_client.get(f"/laws/{CODE}/articles/2"))
    old = text(writer_client.get(f"/laws/{OLD_CODE}/articles/1"))

    assert "现行有效" in new
    assert 'rel="prev"' in new
    assert 'rel="next"' in new
    assert "引用本条的 6 道试题" in new
    assert "本文本已于 2026年8月15日 失效" in old
    assert f'href="/laws/{CODE}"' in old
    assert 'rel="prev"' not in old


def test_officers_do_not_learn_which_articles_are_examined(client: FlaskClient, world: World, bank: Database):
    sign_in(client, "officer1")

    assert "道试题" not in text(client.get(f"/laws/{CODE}/articles/2"))


LISTED = {
    "": {CODE, TEXTLESS},
    "state=ceased": {OLD_CODE},
    "state=in_force&day=2026-08-14": {OLD_CODE, TEXTLESS},
    "state=in_force&day=2026-08-15": {CODE, TEXTLESS},
    "state=upcoming&day=2026-08-14": {CODE},
    "state=all&q=样例": {CODE, OLD_CODE},
    "state=all&q=样例令第1号&kind=部门规章": {CODE, OLD_CODE},
    "state=all&kind=法律": set(),
    "state=all&q=100%25": set(),
    "day=never": {CODE, TEXTLESS},
}


def listed(page: str) -> set[str]:
    return set(re.findall(r'class="tj-fw" href="/laws/([a-z0-9-]+)">', page))


def test_the_register_is_searched_by_words_kind_and_the_state_on_a_day(writer_client: FlaskClient):
    assert {query: listed(text(writer_client.get(f"/laws?{query}"))) for query in LISTED} == LISTED


def test_articles_are_found_by_word_and_by_number(writer_client: FlaskClient):
    for query in ("q=第3条的", "q=第三条", "q=3"):
        page = text(writer_client.get(f"/laws/{CODE}?{query}"))
        assert f"/laws/{CODE}/articles/3" in page
        assert f"/laws/{CODE}/articles/2" not in page


def upload(client: FlaskClient, content: bytes, **other: str) -> TestResponse:
    data = {
        "file": (io.BytesIO(content), "题库.xlsx"),
        "purpose": "practice",
        "unit": "",
        "csrf_token": csrf_token(client, "/items/import"),
        **other,
    }
    return client.post("/items/import", data=data, content_type="multipart/form-data")


def count(database: Database) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(Item)) or 0


def test_an_import_is_looked_at_and_then_taken_over(writer_client: FlaskClient, bank: Database):
    before = count(bank)
    looked = upload(writer_client, workbook(GOOD))
    assert looked.status_code == 303
    page = text(writer_client.get(looked.location))
    assert "检查人员不得少于几人" in page
    assert count(bank) == before

    token = csrf_token(writer_client, looked.location)
    taken = writer_client.post(looked.location, data={"csrf_token": token})

    assert taken.status_code == 303
    assert count(bank) == before + 1
    report = text(writer_client.get(taken.location))
    assert "题库.xlsx" in report


def test_faulty_rows_are_left_out_only_by_an_explicit_tick(writer_client: FlaskClient, bank: Database):
    before = count(bank)
    preview = upload(writer_client, workbook(GOOD, BAD)).location
    assert "答案 Z 不在选项之中" in text(writer_client.get(preview))
    token = csrf_token(writer_client, preview)

    refused = writer_client.post(preview, data={"csrf_token": token})
    assert refused.status_code == 422
    assert count(bank) == before

    taken = writer_client.post(preview, data={"csrf_token": token, "skip_faulty": "y"})
    assert taken.status_code == 303
    assert count(bank) == before + 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "旧版 Excel"),
        (workbook(GOOD)[:2000], "没有导入任何试题"),
    ],
    ids=["an .xls named .xlsx", "half a spreadsheet"],
)
def test_a_file_that_cannot_be_read_is_refused_beside_the_field_and_not_kept(
    writer_client: FlaskClient, settings, content: bytes, words: str
):
    answer = upload(writer_client, content)

    assert answer.status_code == 422
    assert words in text(answer)
    assert not list((settings.data_dir / "uploads").glob("*"))


def test_the_template_that_is_handed_out_can_be_read_back(writer_client: FlaskClient):
    template = writer_client.get("/items/import/template.xlsx").data

    assert upload(writer_client, template).status_code == 303


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_upload_past_the_limit_is_413_and_saves_nothing(
    writer_client: FlaskClient, settings, bank: Database
):
    body = bytes(settings.max_upload_mb * 1024 * 1024 + 1)

    answer = writer_client.post("/items/import", data=body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 413
    assert "过大" in text(answer)


@pytest.fixture
def admin(client: FlaskClient, world: World, starter: Database) -> FlaskClient:
    sign_in(client, "exam_admin")
    return client


def test_a_shipped_blueprint_is_adopted_once(admin: FlaskClient, starter: Database):
    token = csrf_token(admin, "/blueprints")
    form = {"name": "demo-primary", "level": "provincial", "csrf_token": token}

    assert admin.post("/blueprints", data=form).status_code == 303
    assert admin.post("/blueprints", data=form).status_code == 409
    with starter.reading() as db:
        assert db.scalar(select(func.count()).select_from(Blueprint)) == 1


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


def test_a_form_is_drawn_looked_at_and_frozen(admin: FlaskClient, starter: Database, blueprint: Blueprint):
    address = f"/blueprints/{blueprint.public_id}"
    token = csrf_token(admin, address)
    drawn = text(admin.post(f"{address}/draw", data={"csrf_token": token, "day": "2026-12-01"}))
    form = {name: hidden(drawn, name) for name in ("seed", "hash", "day")} | {"csrf_token": token}
    with starter.reading() as db:
        assert db.scalars(select(ExamForm)).all() == []

    frozen = admin.post(f"{address}/forms", data=form)

    assert frozen.status_code == 303
    assert "已定卷，不可修改" in text(admin.get(frozen.location))
    paper = admin.get(f"{frozen.location}/paper.json")
    assert crypto.digest_bytes(paper.data) == form["hash"]
    assert json.loads(paper.data)["form"] == "A"
    again = admin.post(f"{address}/forms", data=form)
    assert again.status_code == 409
    assert "重新组卷" in text(again)


def test_too_few_items_are_told_on_the_page_and_nothing_is_frozen(
    admin: FlaskClient, starter: Database, blueprint: Blueprint
):
    with starter.transaction() as db:
        for row in db.scalars(select(Item).where(Item.kind == "essay")):
            row.state = "retired"
    address = f"/blueprints/{blueprint.public_id}"

    answer = admin.post(f"{address}/draw", data={"csrf_token": csrf_token(admin, address)})

    assert answer.status_code == 422
    assert "论述题缺 1 题" in text(answer)
    assert "不够" in text(admin.get(address))
