"""The bank's list by use and statistics: filtered, sorted, shown."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.bank.test_pages import codes, text
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.bank.models import Item
from tiejun.bank.usage.models import ItemUsage
from tiejun.clock import beijing
from tiejun.db import Database


def figures(
    served: int, last: date, facility: float | None, discrimination: float | None
) -> dict[str, object]:
    return {
        "sittings": 1,
        "served": served,
        "last_used_on": last,
        "facility": facility,
        "discrimination": discrimination,
    }


@pytest.fixture
def used(bank: Database, world: World, clock: ManualClock) -> date:
    today = beijing(clock()).date()
    rows = {
        "single": figures(120, today, 0.91, 0.45),
        "multiple": figures(120, today.replace(year=today.year - 3), 0.62, 0.31),
        "essay": figures(8, today.replace(year=today.year - 2, day=1), 0.4, -0.1),
        "case": figures(40, today, 0.75, None),
    }
    with bank.transaction() as db:
        for code, row in rows.items():
            item = db.scalars(select(Item).where(Item.code == code)).one()
            item.difficulty = 0.65
            db.add(ItemUsage(item_id=item.id, **row))
    return today


FOUND = {
    "difficulty=easy": ["single"],
    "difficulty=hard": ["essay"],
    "difficulty=nonsense": ["case", "essay", "fill-in", "multiple", "single", "true-false"],
    "discrimination=negative": ["essay"],
    "discrimination=fair": ["multiple"],
    "discrimination=good": ["single"],
    "discrimination=poor": [],
    "discrimination=unknown": ["case", "fill-in", "true-false"],
    "used=never": ["fill-in", "true-false"],
    "used=year": ["case", "single"],
    "used=over_year": ["essay", "multiple"],
    "used=over_year&difficulty=medium": ["multiple"],
    "writer=nobody": [],
}


def test_the_address_filters_by_use_and_figures(client: FlaskClient, used: date):
    sign_in(client, "item_writer")

    found = {query: sorted(codes(text(client.get(f"/items?{query}")))) for query in FOUND}

    assert found == FOUND


def test_items_without_the_figure_come_last_either_way(client: FlaskClient, used: date):
    sign_in(client, "item_writer")

    up = codes(text(client.get("/items?sort=discrimination")))
    down = codes(text(client.get("/items?sort=-discrimination")))

    assert (up[:3], down[:3]) == (["essay", "multiple", "single"], ["single", "multiple", "essay"])
    assert set(up[3:]) == set(down[3:]) == {"case", "fill-in", "true-false"}


def test_rows_and_item_say_how_an_item_did(client: FlaskClient, used: date):
    sign_in(client, "item_writer")

    row = re.search(r'href="/items/single">.*?</tr>', text(client.get("/items")), re.DOTALL)
    page = text(client.get("/items/essay"))

    assert row is not None
    for figure in ("1 场 120 人", "0.91", "0.45", str(used)):
        assert figure in row[0]
    assert "只有 8 人作答，仅供参考" in page
    assert "-0.10" in page


def test_the_writer_filter_names_the_writers(client: FlaskClient, used: date, bank: Database):
    sign_in(client, "item_writer")
    with bank.transaction() as db:
        db.scalars(select(Item).where(Item.code == "single")).one().created_by = "许知远"

    assert "<option>许知远</option>" in text(client.get("/items"))
    assert codes(text(client.get("/items?writer=许知远"))) == ["single"]
