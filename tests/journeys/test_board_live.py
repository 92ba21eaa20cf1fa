"""The invigilator's board in a real browser: it takes itself anew, and ticks in between."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.exams.engine.factories import PASSWORD, a_sitting, a_staff_member, opened, record, sent
from tests.support.axe import violations
from tests.support.browser import PHONE
from tiejun.db import Database


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def board(live_server, page, now):
    """Return the board's address with the invigilator signed in, and the world behind it."""
    database = Database(live_server.database_url)
    world = a_sitting(database, starts_at=now - timedelta(minutes=10))
    a_staff_member(database, world, "invigilator1")
    page.goto(f"{live_server.url}/sign-in")
    page.fill("input[name=login]", "invigilator1")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(f"{live_server.url}/")
    yield f"{live_server.url}/sittings/{world.sitting}/board", database, world
    database.dispose()


def test_an_answer_shows_on_the_board_within_ten_seconds_without_a_reload(page, board, now):
    address, database, world = board
    attempt = opened(database, world, now)
    page.clock.install()
    page.goto(address)
    expect(page.get_by_text("0/5")).to_have_count(1)

    record(database, attempt, now, sent(1, given_at=now), sent(2, 3, True, now))
    page.clock.run_for(10_000)

    page.get_by_text("2/5").wait_for()


def test_a_form_that_is_being_filled_in_survives_the_refresh(page, board, now):
    address, database, world = board
    opened(database, world, now)
    page.clock.install()
    page.goto(address)
    page.click("summary:has-text('全场延长')")
    page.fill("input[name=reason] >> nth=0", "停电")

    with page.expect_response(address):
        page.clock.run_for(10_000)

    assert page.input_value("input[name=reason] >> nth=0") == "停电"


def test_the_board_and_the_seat_are_accessible_and_fit_a_phone(page, board, now):
    address, database, world = board
    opened(database, world, now)
    page.set_viewport_size(PHONE)

    for path in (address, f"{address}/1", address.replace("/board", "/late")):
        page.goto(path)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
