"""The day after the law changed: a writer finds what it left without ground, and decides on it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bank.law_reviews.conftest import new_law, old_law
from tests.bank.samples import OLD_CODE, item
from tests.journeys.demo_town import served_demo, sign_in
from tests.support.axe import violations
from tests.support.browser import PHONE, Contexts
from tests.support.server import Server
from tiejun.audit import SYSTEM
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.bank.models import ItemPurpose
from tiejun.bank.service import save_item
from tiejun.clock import SystemClock
from tiejun.db import Database

WRITER = "demo-writer"


@pytest.fixture(scope="module")
def town(laid_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_demo(laid_demo, tmp_path_factory.mktemp("law-reviews")) as server:
        database, now = Database(server.database_url), SystemClock()()
        with database.transaction() as db:
            import_laws(db, parse_laws([law_file(old_law())]), SYSTEM, now)
            for number in ("1", "2", "3"):
                made = item(
                    f"LAW-{number}",
                    stem=f"依照第{number}条，下列哪一项正确（　　）。",
                    citations=[{"law": OLD_CODE, "article": number}],
                )
                save_item(db, made, ItemPurpose.EXAM, SYSTEM, now)
        with database.transaction() as db:
            import_laws(db, parse_laws([law_file(new_law())]), SYSTEM, now)
        database.dispose()
        yield server


def law_file(law: dict[str, object]) -> tuple[str, bytes]:
    return f"{law['id']}.json", json.dumps(law).encode()


def test_a_writer_goes_from_the_first_page_through_the_queue_to_its_end(town: Server, contexts: Contexts):
    page: Page = contexts.new().new_page()
    sign_in(page, town.url, WRITER)
    expect(page.get_by_text("6 道题所引法条已变动")).to_be_visible()  # three of them the demo's own
    page.get_by_role("link", name="去核对").click()
    expect(page.get_by_role("heading", name="法规变动待核")).to_be_visible()
    page.locator("select[name=law]").select_option(OLD_CODE)
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("#reviews table tbody tr")).to_have_count(3)
    assert violations(page) == []

    page.locator("#reviews table a").first.click()
    expect(page.locator("ins").first).to_be_visible()
    assert violations(page) == []
    page.get_by_text("候选 2").click()
    expect(page.locator("#candidate-2 .tj-diff")).to_be_visible()

    page.get_by_role("button", name="题目不变，改引第2条").click()
    expect(page.get_by_text("已改引：LAW-1 现为第 2 版。")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("LAW-2")

    page.get_by_label("条号").fill("99")
    page.get_by_role("button", name="题目不变，改引这一条").click()
    expect(page.get_by_role("alert")).to_contain_text("没有第 99 条")
    expect(page.get_by_label("条号")).to_have_value("99")
    assert violations(page) == []
    page.get_by_label("条号").fill("第四条")
    page.get_by_role("button", name="题目不变，改引这一条").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("LAW-3")
    page.get_by_label("理由").fill("新办法没有这一制度")
    page.get_by_role("button", name="停用这道题").click()
    expect(page.get_by_text("已停用：LAW-3")).to_be_visible()
    # With this law done, the next is what another law left.
    expect(page.get_by_role("heading", level=1)).to_contain_text("OLD-001")
    page.goto(f"{town.url}/law-reviews?law={OLD_CODE}")
    expect(page.get_by_text("没有符合条件的待核内容")).to_be_visible()


def test_the_queue_and_a_review_fit_a_phone(town: Server, contexts: Contexts):
    page = contexts.new(viewport=PHONE).new_page()
    sign_in(page, town.url, WRITER)
    page.goto(f"{town.url}/law-reviews?state=all&law={OLD_CODE}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert violations(page) == []
    page.locator("#reviews table a").first.click()
    expect(page.locator("ins").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert violations(page) == []
