"""Items cite paragraphs and items of articles: checked against the text, shown, linked, edited."""

import json
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from question_bank.item import Citation as Cited
from question_bank.item import Item as ItemText
from tests.bank.samples import CODE, OLD_CODE, item, law_json, old_law_json
from tests.bank.test_editor import fields, put
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.audit import Actor
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.bank.models import Citation, ItemPurpose, ItemVersion
from tiejun.bank.queries import item_detail
from tiejun.bank.rules import place_number, place_of
from tiejun.bank.secrecy import EVERYTHING
from tiejun.bank.service import exchange_citation, save_item
from tiejun.db import Database
from tiejun.errors import Rejected

LISTED = "有下列情形之一的，处罚：\n（一）无证的；\n（二）超标的。\n拒不改正的，停产。"


@pytest.fixture
def listed(database: Database, clock: ManualClock, writer: Actor) -> Database:
    """Return a database with a law whose first article has two paragraphs, the first with two items."""
    law = law_json()
    law["articles"][0]["text"] = LISTED
    files = [("new.json", json.dumps(law).encode()), ("old.json", json.dumps(old_law_json()).encode())]
    with database.transaction() as db:
        import_laws(db, parse_laws(files), writer, clock())
    return database


def citing(*places: Cited, code: str = "P") -> ItemText:
    return replace(item(code), citations=places)


def faults(database: Database, made: ItemText, writer: Actor, clock: ManualClock) -> list[str]:
    with pytest.raises(Rejected) as refused, database.transaction() as db:
        save_item(db, made, ItemPurpose.EXAM, writer, clock())
    return [problem.message for problem in refused.value.problems]


def test_a_place_is_found_by_paragraph_and_item():
    assert place_of(LISTED, 2, None) == "p2"
    assert place_of(LISTED, 1, 2) == place_of(LISTED, None, 2) == "p1-2"
    assert place_of(LISTED, 3, None) is place_of(LISTED, 2, 1) is place_of(LISTED, None, 3) is None


@pytest.mark.parametrize(
    ("typed", "number"), [("2", 2), ("二", 2), ("第三款", 3), ("（十二）", 12), ("", ""), ("款？", "款？")]
)
def test_places_are_typed_in_digits_or_in_chinese(typed: str, number: int | str):
    assert place_number(typed) == number


def test_several_places_of_one_article_are_kept_each(listed: Database, writer: Actor, clock: ManualClock):
    made = citing(Cited(CODE, "1", 1, 2), Cited(CODE, "1", 2), Cited(CODE, "2"))
    with listed.transaction() as db:
        save_item(db, made, ItemPurpose.EXAM, writer, clock())

    with listed.reading() as db:
        rows = db.execute(select(Citation.article, Citation.paragraph, Citation.item).order_by(Citation.id))
        assert rows.all() == [("1", 1, 2), ("1", 2, 0), ("2", 0, 0)]
        detail = item_detail(db, EVERYTHING, "P")
        assert detail.text.citations == made.citations
        assert [one.place for one in detail.citations] == ["p1-2", "p2", None]


@pytest.mark.parametrize("place", [Cited(CODE, "1", 3), Cited(CODE, "1", 1, 3), Cited(CODE, "2", None, 1)])
def test_a_place_that_the_text_does_not_have_is_named(
    listed: Database, writer: Actor, clock: ManualClock, place: Cited
):
    (message,) = faults(listed, citing(place), writer, clock)
    assert message.startswith(f"《样例办法》第 {place.article} 条没有第")


def test_another_article_in_its_place_is_cited_as_a_whole(
    listed: Database, writer: Actor, clock: ManualClock
):
    with listed.transaction() as db:
        made = citing(Cited(CODE, "1", 1, 2), Cited(CODE, "1", 2))
        save_item(db, made, ItemPurpose.EXAM, writer, clock())
        exchange_citation(db, made, Cited(CODE, "1"), Cited(CODE, "2"), writer, clock())

    with listed.reading() as db:
        assert item_detail(db, EVERYTHING, "P").text.citations == (Cited(CODE, "2"),)


def test_a_corrected_article_keeps_the_place_while_the_text_has_it(
    listed: Database, writer: Actor, clock: ManualClock
):
    with listed.transaction() as db:
        made = citing(Cited(CODE, "1", 2))
        save_item(db, made, ItemPurpose.EXAM, writer, clock())
        same = Cited(CODE, "1")
        assert exchange_citation(db, made, same, same, writer, clock()).current_version == 1
        law = law_json()
        import_laws(db, parse_laws([("new.json", json.dumps(law).encode())]), writer, clock())
        assert exchange_citation(db, made, same, same, writer, clock()).current_version == 2

    with listed.reading() as db:
        assert item_detail(db, EVERYTHING, "P").text.citations == (same,)


def test_the_editor_takes_places_and_the_mark_and_the_page_leads_to_the_paragraph(
    client: FlaskClient, world: World, listed: Database, writer: Actor, clock: ManualClock
):
    with listed.transaction() as db:
        save_item(db, citing(Cited(CODE, "2")), ItemPurpose.EXAM, writer, clock())
    sign_in(client, "item_writer")

    form = fields(client.get("/items/P/edit").get_data(as_text=True))
    put(form, new_law=CODE, new_article="第一条", new_paragraph="一", new_item="（二）", act="check")
    form = fields(client.post("/items/P/edit", data=form).get_data(as_text=True))
    put(form, new_law=OLD_CODE, new_article="1", transitional="1", act="save")
    answer = client.post("/items/P/edit", data=form)

    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = client.get(answer.location).get_data(as_text=True)
    assert f'href="/laws/{CODE}/articles/1#p1-2"' in page
    assert "第1条第1款第2项" in page
    with listed.reading() as db:
        text = item_detail(db, EVERYTHING, "P").text
    assert text.citations == (Cited(CODE, "2"), Cited(CODE, "1", 1, 2), Cited(OLD_CODE, "1"))
    assert text.transitional
    assert "新旧衔接" in client.get("/items/P/compare").get_data(as_text=True)


def test_a_place_that_is_no_number_is_refused_and_kept_in_the_editor(
    client: FlaskClient, world: World, listed: Database, writer: Actor, clock: ManualClock
):
    with listed.transaction() as db:
        save_item(db, citing(Cited(CODE, "2")), ItemPurpose.EXAM, writer, clock())
    sign_in(client, "item_writer")
    form = fields(client.get("/items/P/edit").get_data(as_text=True))
    put(form, new_law=CODE, new_article="1", new_paragraph="末款", act="save")

    answer = client.post("/items/P/edit", data=form)

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "款、项应为 1 到 99 的整数" in page
    assert fields(page)["cite-1-paragraph"] == "末款"


def test_the_list_can_be_limited_to_what_is_marked(
    client: FlaskClient, world: World, listed: Database, writer: Actor, clock: ManualClock
):
    with listed.transaction() as db:
        for code, mark in (("NEW", False), ("PASSAGE", True)):
            made = replace(citing(Cited(CODE, "2"), code=code), transitional=mark)
            save_item(db, made, ItemPurpose.EXAM, writer, clock())
        marks = db.scalars(select(ItemVersion.is_transitional).order_by(ItemVersion.id)).all()
    sign_in(client, "item_writer")

    page = client.get("/items?transitional=1").get_data(as_text=True)

    assert list(marks) == [False, True]
    assert "/items/PASSAGE" in page
    assert "/items/NEW" not in page.replace("/items/new", "")
