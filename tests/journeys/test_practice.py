"""An officer practises on a phone: by touch, by keys, and what was typed survives a reload."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from tests.support import axe
from tests.support.browser import PHONE
from tests.support.contents import practice_bank
from tests.support.world import PASSWORD, make_world
from tiejun.bank.models import Item
from tiejun.db import Database


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def database_content():
    return practice_bank


@pytest.fixture
def officer(live_server, contexts):
    database, now = Database(live_server.database_url), datetime.now(UTC)
    with database.transaction() as db:
        make_world(db, now)
        # The journey needs to know what comes: one choice, one essay.
        db.execute(update(Item).where(Item.kind.not_in(("single", "essay"))).values(state="retired"))
    database.dispose()
    page = contexts.new(viewport=PHONE).new_page()
    page.goto(f"{live_server.url}/sign-in")
    page.locator("#login").fill("officer1")
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"{live_server.url}/")
    return page


def fits(page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_an_officer_practises_on_a_phone(live_server, officer):
    page, url = officer, live_server.url
    page.goto(f"{url}/practice?kind=single")
    assert axe.violations(page) == []
    assert fits(page)
    page.get_by_role("button", name="练 10 题").click()
    page.wait_for_url("**/practice/runs/*/1")
    assert axe.violations(page) == []
    assert fits(page)

    page.keyboard.press("a")
    expect(page.locator(".tj-opt > input").first).to_be_checked()
    page.reload()
    page.get_by_role("button", name="不会，看答案").click()
    page.get_by_role("heading", name="答错了").wait_for()
    expect(page.get_by_role("heading", name="解析")).to_be_visible()
    assert axe.violations(page) == []
    assert fits(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/practice/runs/*/2")

    page.goto(f"{url}/practice/notebook")
    assert axe.violations(page) == []
    assert fits(page)
    page.locator("td a").first.click()
    page.get_by_role("button", name="移出错题本").wait_for()
    assert axe.violations(page) == []
    page.get_by_role("button", name="移出错题本").click()
    page.get_by_text("错题本是空的").wait_for()


def test_what_is_typed_survives_a_reload_and_is_judged_by_the_rubric(live_server, officer):
    page = officer
    page.goto(f"{live_server.url}/practice?kind=essay")
    page.get_by_role("button", name="练 10 题").click()
    page.locator("textarea").fill("先核对管辖，再立案。")
    page.reload()
    expect(page.locator("textarea")).to_have_value("先核对管辖，再立案。")
    page.get_by_role("button", name="提交，看答案").click()
    page.get_by_role("heading", name="对照要点自评").wait_for()
    assert axe.violations(page) == []
    assert fits(page)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="保存自评").click()
    page.get_by_role("heading", name="答对了").wait_for()
