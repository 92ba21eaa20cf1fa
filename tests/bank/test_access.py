"""Who may open which page of the bank: URL x persona x status."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.bank.samples import CODE, OLD_CODE, TEXTLESS
from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import Actor
from tiejun.bank.form_service import freeze_form
from tiejun.bank.models import Blueprint, ExamForm, Item
from tiejun.db import Database

LAWS = ("/laws", f"/laws/{CODE}", f"/laws/{OLD_CODE}/articles/1")
ITEMS = ("/items", "/items.xlsx", "/items/single")
WRITING = ("/items/new", "/items/new?kind=case", "/items/single/edit")
IMPORT = ("/items/import", "/items/import/template.xlsx")
FORMS = ("/blueprints",)
ALL = LAWS + ITEMS + WRITING + IMPORT + FORMS
MAY = {
    "officer1": LAWS,
    "trainer": LAWS + ITEMS,
    "item_writer": LAWS + ITEMS + WRITING + IMPORT,
    "item_reviewer": LAWS + ITEMS,
    "marker": LAWS,
    "invigilator": LAWS,
    "exam_admin": LAWS + ITEMS + FORMS,
    "unit_admin": LAWS,
    "province_admin": LAWS + ITEMS + FORMS,
    "national_admin": LAWS + ITEMS + FORMS,
    "auditor": LAWS,
}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("login", MAY)
def test_each_persona_sees_what_its_role_is_for(
    client: FlaskClient, world: World, bank: Database, login: str
):
    sign_in(client, login)

    seen = {address: client.get(address).status_code for address in ALL}

    expected = {address: 200 if address in MAY[login] else 403 for address in ALL}
    if login == "trainer":
        expected["/items/single"] = 404  # an exam item: that there is one is not told either
    assert seen == expected


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_nobody_sees_a_page_without_signing_in(client: FlaskClient, bank: Database):
    answers = [client.get(address) for address in ALL]

    assert {answer.status_code // 100 for answer in answers} == {3}
    assert {answer.location.split("?")[0] for answer in answers} == {"/sign-in"}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("login", ["officer1", "trainer", "item_reviewer", "exam_admin"])
def test_only_writers_write(client: FlaskClient, world: World, bank: Database, login: str):
    sign_in(client, login)
    token = {"csrf_token": csrf_token(client, "/laws"), "act": "save"}

    for address in ("/items/new", "/items/single/edit", "/items/import"):
        assert client.post(address, data=token).status_code == 403
    with bank.reading() as db:
        assert set(db.scalars(select(Item.current_version))) == {1}


def test_a_post_without_a_token_is_refused(client: FlaskClient, world: World, bank: Database):
    sign_in(client, "item_writer")

    assert client.post("/items/new", data={"act": "save"}).status_code == 400


def test_forms_are_for_those_who_manage_them(
    client: FlaskClient,
    world: World,
    starter: Database,
    blueprint: Blueprint,
    clock: ManualClock,
    writer: Actor,
):
    with starter.transaction() as db:
        form: ExamForm = freeze_form(db, blueprint.id, "seed", writer, clock())
        form.is_sealed = False
    pages = (
        f"/blueprints/{blueprint.public_id}",
        f"/forms/{form.public_id}",
        f"/forms/{form.public_id}/paper.json",
    )
    for login, status in (("item_writer", 403), ("exam_admin", 200)):
        sign_in(client, login)
        assert {client.get(page).status_code for page in pages} == {status}
        client.post("/sign-out", data={"csrf_token": csrf_token(client, "/laws")})


MISSING = {
    "/laws/no-such-law": "法规库中没有代码为“no-such-law”的法规",
    "/laws/no-such-law/articles/1": "法规库中没有代码为“no-such-law”的法规",
    f"/laws/{CODE}/articles/99": "没有第99条",
    f"/laws/{TEXTLESS}/articles/1": "正文尚未导入",
    "/items/no-such-item": "题库中没有这道试题",
    "/items/single?version=7": "没有这一版",
    "/items/batches/00000000-0000-0000-0000-000000000000": "没有这次导入的记录",
    f"/items/import/{'0' * 64}": "上传的文件已不在",
    "/items/import/../../secret_key": "没有找到这个页面",
}


def test_what_does_not_exist_is_404_in_clear_words(client: FlaskClient, world: World, bank: Database):
    sign_in(client, "item_writer")

    for address, words in MISSING.items():
        answer = client.get(address)
        assert answer.status_code == 404
        assert words in answer.get_data(as_text=True), address
