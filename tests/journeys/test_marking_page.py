"""A marker at work in Chromium: rubric points by keys, the total, the next answer; without scripts too."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.exams.results.factories import Hall, a_hall
from tests.support import axe
from tests.support.browser import DESKTOP
from tests.support.contents import exam_bank
from tests.support.world import PASSWORD, make_world
from tiejun.db import Database
from tiejun.exams.result_models import SlotScore


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def database_content():
    return exam_bank


@pytest.fixture
def hall(idle_server):
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=9)
    # The server is still down: its worker would end the attempts of this morning before they are handed in.
    database = Database(idle_server.database_url)
    with database.transaction() as db:
        world = make_world(db, start)
    made = a_hall(database, world, start)
    for login in ("officer1", "officer2", "officer3"):
        made.scores(login, 20)
    made.score()
    idle_server.start()
    yield made
    database.dispose()


def begin(page, url: str, hall: Hall) -> None:
    page.goto(f"{url}/sign-in")
    page.locator("#login").fill("marker")
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/marking/{hall.sitting.public_id}")
    page.get_by_role("link", name="开始评阅").first.click()


def marks(hall: Hall) -> list[SlotScore]:
    with hall.database.reading() as db:
        return list(db.scalars(select(SlotScore).where(SlotScore.round > 0).order_by(SlotScore.id)))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_marker_goes_through_a_question_by_keys(idle_server, contexts, hall, theme):
    page = contexts.new(color_scheme=theme, viewport=DESKTOP).new_page()
    begin(page, idle_server.url, hall)
    first = page.url
    assert axe.violations(page) == []

    worth = [float(i.get_attribute("max") or 0) for i in page.locator(".tj-rubric-in input").all()]
    page.keyboard.press("1")
    page.keyboard.press("Shift+Digit2")
    expect(page.locator("#points")).to_have_value(f"{worth[0] + 0.5:g}")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#adjusted")).to_contain_text("另调整 +0.5 分")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first)
    row = marks(hall)[0]
    assert row.awarded == [worth[0], 0.5, *[0.0] * (len(worth) - 2)]
    assert row.points == worth[0] + 1

    second = page.url
    page.keyboard.press("1")
    page.keyboard.press("0")
    expect(page.locator("#points")).to_have_value("0")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != second)
    assert marks(hall)[1].points == 0
    expect(page.locator("main")).to_contain_text("本题还有 1 份等您评阅")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(second)
    expect(page.locator("main")).to_contain_text("您已评过")


def test_a_marker_needs_no_script(idle_server, contexts, hall):
    page = contexts.new(java_script_enabled=False).new_page()
    begin(page, idle_server.url, hall)
    page.locator(".tj-rubric-in input").first.fill("1.5")
    page.get_by_role("button", name="保存，下一份").click()

    assert marks(hall)[0].points == 1.5
