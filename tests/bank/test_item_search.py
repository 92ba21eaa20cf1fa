"""The search over all that items say: same answers on both databases, new words at once, old ones gone."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from tests.bank.samples import CODE, item, part_json
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.audit import Actor
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import ItemFile
from tiejun.bank.models import Item, ItemPurpose, ItemWords
from tiejun.bank.queries import ItemFilter, find_items
from tiejun.bank.secrecy import EVERYTHING
from tiejun.bank.service import save_item
from tiejun.db import Database
from tiejun.operations import migrate

CITED = [{"law": CODE, "article": "2"}]
PIPE = item(
    "pipe",
    citations=CITED,
    rationale="暗管属于逃避监管，依据见样例办法。",
    parts=[
        part_json(
            stem="雨水井里接出一根PVC管，夜间排放（　　）。",
            options=[
                {"id": "a", "text": "通过暗管排放污染物"},
                {"id": "b", "text": "正常雨水"},
                {"id": "c", "text": "50%的回用水"},
            ],
            key="a",
        )
    ],
)
CASE = item("smell", "case", citations=CITED, stimulus="<p>涂装车间<strong>夜间</strong>异味扰民。</p>")


@pytest.fixture
def bank(laws: Database, clock: ManualClock, writer: Actor) -> Database:
    with laws.transaction() as db:
        save_item(db, PIPE, ItemPurpose.EXAM, writer, clock())
        import_items(db, ItemFile.of([CASE], "案例.json"), ImportPlan(ItemPurpose.PRACTICE), writer, clock())
    return laws


def found(database: Database, words: str) -> list[str]:
    with database.reading() as db:
        return [row.code for row in find_items(db, EVERYTHING, ItemFilter(text=words, sort="code")).rows]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("雨水井里", ["pipe"]),  # of the stem
        ("通过暗管", ["pipe"]),  # of an option
        ("逃避监管", ["pipe"]),  # of the rationale
        ("暗管", ["pipe"]),  # two characters
        ("车间夜间异味", ["smell"]),  # over tags within a sentence
        ("涂装车间", ["smell"]),  # of a stimulus
        ("夜间", ["pipe", "smell"]),
        ("夜间 暗管", ["pipe"]),  # each of the words
        ("夜间 没有这个词", []),
        ("pvc管", ["pipe"]),  # capitals
        ("ＰＶＣ管", ["pipe"]),  # full width
        ("50%的", ["pipe"]),
        ("5_%的", []),  # a sign of LIKE means itself
        ('"雨水井"', []),  # and so does one of FTS5
        ("雨水井 OR 涂装", []),
        ("PIPE", ["pipe"]),  # the code
    ],
)
def test_every_word_asked_for_must_stand_in_the_item(bank: Database, words: str, codes: list[str]):
    assert found(bank, words) == codes


def test_a_new_version_is_found_by_its_words_and_no_more_by_the_old(
    bank: Database, clock: ManualClock, writer: Actor
):
    with bank.transaction() as db:
        changed = replace(
            PIPE,
            rationale="稀释排放不是暗管。",
            parts=(replace(PIPE.parts[0], stem="河边新增一根软管（　　）。"),),
        )
        save_item(db, changed, ItemPurpose.EXAM, writer, clock(), base_version=1)

    assert (found(bank, "河边新增"), found(bank, "雨水井里"), found(bank, "逃避监管")) == (["pipe"], [], [])


def test_the_migration_fills_the_search_from_what_is_there(bank: Database):
    with bank.reading() as db:
        before = {row.item_id: row.words for row in db.scalars(select(ItemWords))}
    migrate.downgrade(bank, "0008")
    migrate.upgrade(bank)

    with bank.reading() as db:
        assert {row.item_id: row.words for row in db.scalars(select(ItemWords))} == before
        assert len(before) == len(db.scalars(select(Item.id)).all())
    assert found(bank, "通过暗管") == ["pipe"]


def test_the_index_answers_for_words_of_three_characters(bank: Database, database: Database):
    asked = "SELECT item_id FROM item_words WHERE words LIKE '%通过暗管%'"
    if database.engine.dialect.name == "postgresql":
        with database.engine.begin() as connection:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = connection.execute(text(f"EXPLAIN {asked}")).scalars().all()
        assert any("ix_item_words_trigrams" in line for line in plan)
    else:
        with database.engine.begin() as connection:
            connection.execute(text("INSERT INTO item_search (item_search) VALUES ('integrity-check')"))


def test_the_list_takes_the_words_from_its_address(client: FlaskClient, world: World, bank: Database):
    sign_in(client, "item_writer")

    page = client.get("/items?q=逃避监管").get_data(as_text=True)

    assert "/items/pipe" in page
    assert "/items/smell" not in page
