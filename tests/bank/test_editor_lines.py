"""The further types in the editor: written as lines, saved, opened again; and how choices earn points."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from question_bank.item import Item as ItemText
from tests.bank.test_editor import fields, put, writer_client
from tiejun.bank.models import Item
from tiejun.bank.queries import item_detail
from tiejun.bank.secrecy import EVERYTHING
from tiejun.db import Database

__all__ = ["writer_client"]
TYPED = {
    "inline_choice": ("自____起算。", "*次日 | 当日"),
    "match": ("配对。", "立案 = 七日内\n结案 = 九十日内\n= 当场"),
    "order": ("排列。", "立案\n调查\n决定"),
    "hottext": ("下文有[[*错误]]，也有[[正确]]的。", "1"),
    "gap_match": ("先____，后____。", "立案\n决定\n送达"),
    "slider": ("几日内？", "0 30 1 = 7"),
}


def written(client: FlaskClient, kind: str, **more: str) -> FlaskClient:
    form = fields(client.get(f"/items/new?kind={kind}&unit=B5").get_data(as_text=True))
    stem, lines = TYPED[kind]
    form = put(form, part_0_stem=stem, part_0_lines=lines, act="save", **more)
    return client.post("/items/new", data=form)


def newest(bank: Database) -> ItemText:
    with bank.reading() as db:
        code = db.scalars(select(Item.code).order_by(Item.id.desc())).first()
        return item_detail(db, EVERYTHING, str(code)).text


@pytest.mark.parametrize("kind", TYPED)
def test_a_further_type_is_written_saved_and_opened_again(
    writer_client: FlaskClient, bank: Database, kind: str
):
    answer = written(writer_client, kind)
    assert answer.status_code == 303
    item = newest(bank)
    assert item.kind == kind
    assert writer_client.get(answer.location).status_code == 200

    opened = fields(writer_client.get(f"/items/{item.id}/edit").get_data(as_text=True))
    assert (opened["part-0-stem"], opened["part-0-lines"]) == TYPED[kind]
    assert writer_client.post(f"/items/{item.id}/edit", data=put(opened, act="save")).status_code == 303
    assert newest(bank).parts == item.parts


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_scoring_is_chosen_and_kept(writer_client: FlaskClient, bank: Database):
    written(writer_client, "order", part_0_policy="per_option")

    item = newest(bank)
    assert item.parts[0].scoring == {"policy": "per_option"}
    assert "逐项得分" in writer_client.get(f"/items/{item.id}").get_data(as_text=True)
    opened = fields(writer_client.get(f"/items/{item.id}/edit").get_data(as_text=True))
    assert opened["part-0-policy"] == "per_option"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_faulty_lines_are_named_and_stay(writer_client: FlaskClient, bank: Database):
    form = fields(writer_client.get("/items/new?kind=slider&unit=B5").get_data(as_text=True))
    answer = writer_client.post(
        "/items/new", data=put(form, part_0_stem="几日内？", part_0_lines="9 3 1 = 5", act="save")
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "下限应小于上限" in page
    assert fields(page)["part-0-lines"] == "9 3 1 = 5"
