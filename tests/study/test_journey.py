"""An officer opens a lesson in Chromium and watches the minutes count."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import served_settings
from tests.support.axe import violations
from tests.support.databases import SqliteDatabases
from tests.support.server import Server
from tests.support.world import PASSWORD, make_world
from tiejun.audit import SYSTEM
from tiejun.clock import SystemClock
from tiejun.db import Database
from tiejun.settings import Settings
from tiejun.study.library import install_courses


@pytest.fixture
def served(sqlite_databases: SqliteDatabases, tmp_path: Path):
    """Serve the small country with the shipped courses, beats every second."""
    data_dir = tmp_path / "served"
    url = sqlite_databases.copy_to(data_dir / "tiejun.db")
    database, now = Database(url), SystemClock()()
    with database.transaction() as db:
        make_world(db, now)
        install_courses(db, replace(Settings(), data_dir=data_dir), SYSTEM, now)
    database.dispose()
    environment = {**served_settings(data_dir), "TIEJUN_STUDY_BEAT_SECONDS": "1"}
    server = Server(tmp_path, environment, url)
    server.start()
    yield server
    server.stop()


def test_an_officer_reads_an_article_and_sees_the_seconds_booked(served: Server, page: Page):
    page.goto(f"{served.url}/sign-in")
    page.locator("#login").fill("officer1")
    page.locator("#password").fill(PASSWORD)
    page.locator("form button[type=submit]").last.click()
    page.goto(f"{served.url}/study")
    assert violations(page) == []
    page.get_by_role("link", name="开始：平台使用与学习纪律").click()

    expect(page.locator("[data-tj-study-words]")).to_have_text("正在计时")
    assert violations(page) == []
    with page.expect_response("**/beats") as first:
        pass
    with page.expect_response("**/beats") as second:
        pass
    assert second.value.json()["credited"] > first.value.json()["credited"] >= 1

    page.goto(f"{served.url}/study/hours")
    # The page that is left says so in the background: the entry may come a moment later.
    for _look in range(20):
        if "学时怎样计算" in page.locator("#entries").inner_text():
            break
        page.reload()
    expect(page.locator("#entries")).to_contain_text("学时怎样计算")
    page.goto(f"{served.url}/study")
    expect(page.locator("#continue")).to_contain_text("平台使用与学习纪律")
