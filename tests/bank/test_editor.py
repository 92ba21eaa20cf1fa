"""The item editor: a plain form that works without scripts and loses nothing that was typed."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict

from question_bank.item import Item as ItemText
from question_bank.starter import load_starter
from tests.bank.samples import CODE, KINDS, OLD_CODE, item
from tests.support.fields import fields
from tests.support.world import World, sign_in
from tiejun.bank.draft import Draft, DraftPart
from tiejun.bank.item_rows import to_text
from tiejun.bank.models import Item, ItemVersion
from tiejun.bank.queries import item_detail
from tiejun.bank.secrecy import EVERYTHING
from tiejun.db import Database


def put(form: MultiDict[str, str], **values: str) -> MultiDict[str, str]:
    for name, value in values.items():
        form[name.replace("_", "-")] = value
    return form


@pytest.fixture
def writer_client(client: FlaskClient, world: World, bank: Database) -> FlaskClient:
    sign_in(client, "item_writer")
    return client


def open_form(client: FlaskClient, address: str) -> MultiDict[str, str]:
    return fields(client.get(address).get_data(as_text=True))


def new_single(client: FlaskClient) -> MultiDict[str, str]:
    form = open_form(client, "/items/new?kind=single")
    put(form, part_0_stem="新题的题干（　　）。", unit="B5", rationale="理由")
    for number, text in enumerate(("甲", "乙", "丙", "丁")):
        form[f"part-0-option-{number}"] = text
    form["part-0-right"] = "2"
    return form


def test_a_new_item_gets_a_code_and_shows_what_was_typed(writer_client: FlaskClient, bank: Database):
    form = put(new_single(writer_client), new_law=CODE, new_article="第二条", act="save")

    answer = writer_client.post("/items/new", data=form)

    assert answer.status_code == 303, answer.get_data(as_text=True)
    code = answer.location.rpartition("/")[2]
    assert re.fullmatch(r"B5-E\d{5}", code)
    with bank.reading() as db:
        detail = item_detail(db, EVERYTHING, code)
        assert detail.text.id == code
        assert detail.text.parts[0].key == "c"
        assert [(cited.law_id, cited.number) for cited in detail.citations] == [(CODE, "2")]
    page = writer_client.get(answer.location).get_data(as_text=True)
    assert "新题的题干" in page
    assert "第2条的样例文字。" in page


def test_an_error_keeps_everything_that_was_typed_and_names_the_fields(
    writer_client: FlaskClient, bank: Database
):
    form = put(new_single(writer_client), part_0_points="许多", difficulty="200", act="save")

    answer = writer_client.post("/items/new", data=form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="part-0-points-err"' in page
    assert 'id="difficulty-err"' in page
    again = fields(page)
    for name, value in form.items(multi=True):
        if name not in ("act", "csrf_token"):
            assert value in again.getlist(name), name


def test_a_citation_of_a_missing_article_is_an_error_at_the_citations(writer_client: FlaskClient):
    form = put(new_single(writer_client), new_law=CODE, new_article="99", act="save")

    answer = writer_client.post("/items/new", data=form)

    assert answer.status_code == 422
    assert "没有第 99 条" in answer.get_data(as_text=True)


def test_checking_shows_the_article_and_saves_nothing(writer_client: FlaskClient, bank: Database):
    form = put(new_single(writer_client), new_law=OLD_CODE, new_article="3", act="check")

    answer = writer_client.post("/items/new", data=form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "第3条的样例文字。" in page
    assert "已失效" in page
    with bank.reading() as db:
        assert len(db.scalars(select(Item)).all()) == len(KINDS)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "act", "name", "more"),
    [
        ("single", "option-add-0", "part-0-option-4", True),
        ("single", "option-remove-0-1", "part-0-option-3", False),
        ("fill_in", "blank-add-0", "part-0-blank-1", True),
        ("essay", "rubric-remove-0-0", "part-0-rubric-2-text", False),
        ("case", "part-add_essay", "part-3-stem", True),
        ("case", "part-remove-2", "part-2-stem", False),
    ],
)
def test_rows_and_parts_come_and_go_by_buttons(
    writer_client: FlaskClient, kind: str, act: str, name: str, more: bool
):
    form = open_form(writer_client, f"/items/new?kind={kind}")
    form["act"] = act

    after = fields(writer_client.post("/items/new", data=form).get_data(as_text=True))

    assert (name in form) is not more
    assert (name in after) is more


def test_removing_an_option_keeps_the_tick_at_its_option():
    part = DraftPart("multiple", options=["甲", "乙", "丙", "丁"], right={"1", "3"})
    draft = Draft("multiple", parts=[part])

    draft.apply("option-remove-0-0")

    assert [part.options[int(n)] for n in sorted(part.right)] == ["乙", "丁"]


@pytest.mark.parametrize(
    "act", ["option-add-9", "option-remove-0-99", "cite-remove-5", "x", "option--", "save"]
)
def test_a_button_that_does_not_exist_changes_nothing(act: str):
    draft = Draft.new("single")

    draft.apply(act)

    assert draft == Draft.new("single")


@pytest.mark.parametrize("kind", [kind.value for kind in KINDS])
def test_every_kind_goes_through_the_editor_unchanged(writer_client: FlaskClient, bank: Database, kind: str):
    code = kind.replace("_", "-")
    form = open_form(writer_client, f"/items/{code}/edit")
    form["act"] = "save"

    answer = writer_client.post(f"/items/{code}/edit", data=form)

    assert answer.status_code == 303, unescape(answer.get_data(as_text=True))
    with bank.reading() as db:
        detail = item_detail(db, EVERYTHING, code)
    # Nothing was changed, so there is no second version.
    assert detail.item.current_version == 1
    assert [(c.law_id, c.number) for c in detail.citations] == [(CODE, "2")]


def test_a_change_becomes_a_new_version_and_the_old_one_stays(writer_client: FlaskClient, bank: Database):
    form = put(open_form(writer_client, "/items/single/edit"), rationale="改过的解析", act="save")

    assert writer_client.post("/items/single/edit", data=form).status_code == 303

    with bank.reading() as db:
        assert item_detail(db, EVERYTHING, "single").text.rationale == "改过的解析"
        assert item_detail(db, EVERYTHING, "single", 1).text.rationale == "见样例办法。"
    assert writer_client.get("/items/single?version=1").status_code == 200


def test_two_writers_at_once_do_not_overwrite_each_other(writer_client: FlaskClient, bank: Database):
    form = put(open_form(writer_client, "/items/single/edit"), rationale="我的解析", act="save")
    with bank.transaction() as db:
        db.execute(update(Item).where(Item.code == "single").values(current_version=2))
        old = db.scalar(select(ItemVersion).join(Item).where(Item.code == "single"))
        db.add(
            ItemVersion(
                item_id=old.item_id,
                number=2,
                tiers=old.tiers,
                difficulty=old.difficulty,
                content=old.content,
                created_by="别人",
                created_at=old.created_at,
            )
        )

    answer = writer_client.post("/items/single/edit", data=form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "已有第 2 版" in page
    assert fields(page)["rationale"] == "我的解析"


def test_scripts_in_a_case_are_refused_and_never_shown_as_html(writer_client: FlaskClient):
    form = put(open_form(writer_client, "/items/case/edit"), stimulus="<script>alert(1)</script>", act="save")

    answer = writer_client.post("/items/case/edit", data=form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("item_text", load_starter(), ids=lambda one: one.id)
def test_every_starter_item_survives_draft_and_back(item_text: ItemText):
    again = ItemText.from_json(Draft.of(item_text, "exam").to_json(item_text.id))

    assert again == item_text


TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)


@given(
    stem=TEXT,
    options=st.lists(TEXT.map(str.strip).filter(bool), min_size=2, max_size=8, unique=True),
    data=st.data(),
)
def test_any_single_choice_that_the_library_takes_survives_the_editor(stem: str, options: list[str], data):
    right = data.draw(st.integers(0, len(options) - 1))
    draft = Draft("single", parts=[DraftPart("single", stem, "2", options, {str(right)})])

    built = ItemText.from_json(draft.to_json("X-1"))

    assert Draft.of(built, "exam").to_json("X-1") == draft.to_json("X-1")
    assert built.parts[0].options[right].id == built.parts[0].key


def test_joined_halves_are_the_item_that_was_saved(bank: Database):
    with bank.reading() as db:
        detail = item_detail(db, EVERYTHING, "case")
    assert to_text(detail.version) == item("case", "case", citations=[{"law": CODE, "article": "2"}])


def test_the_preview_is_what_stands_beside_the_form_and_saves_nothing(
    writer_client: FlaskClient, bank: Database
):
    form = put(new_single(writer_client), part_0_points="许多", act="preview")

    answer = writer_client.post("/items/new", data=form)

    shown = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "新题的题干（　　）。" in shown
    assert "分值" in shown
    assert "<html" not in shown
    assert "<form" not in shown
    with bank.reading() as db:
        assert db.scalar(select(Item.id).where(Item.excerpt.contains("新题的题干"))) is None


def test_the_preview_shows_no_markup_that_was_typed(writer_client: FlaskClient):
    form = put(new_single(writer_client), part_0_stem="<script>alert(1)</script>", act="preview")

    shown = writer_client.post("/items/new", data=form).get_data(as_text=True)

    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
