"""A writer chooses all that the list finds, by keyboard, looks at what would change, and changes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.demo_town import served_demo, sign_in
from tests.support.axe import violations
from tests.support.browser import PHONE, Contexts
from tests.support.server import Server

WRITER = "demo-writer"
QUERY = "kind=true_false&purpose=exam"


@pytest.fixture(scope="module")
def town(laid_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_demo(laid_demo, tmp_path_factory.mktemp("bulk")) as server:
        yield server


def test_all_found_are_counted_checked_and_changed(town: Server, contexts: Contexts):
    page: Page = contexts.new().new_page()
    sign_in(page, town.url, WRITER)
    page.goto(f"{town.url}/items?kind=single")
    count = page.locator("[data-tj-count=items]")
    page.locator("input[name=item]").first.check()
    expect(count).to_have_text("1")
    every = page.get_by_label("查到的全部")
    every.focus()
    page.keyboard.press("Space")
    total = count.get_attribute("data-tj-total")
    assert total
    assert int(total) > 50
    expect(count).to_have_text(total)
    page.keyboard.press("Space")
    expect(count).to_have_text("1")

    page.goto(f"{town.url}/items?{QUERY}")
    page.get_by_label("全选本页").check()
    page.get_by_role("button", name="修改或导出所选").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("所选")
    assert violations(page) == []
    page.get_by_label("预计答对").fill("41")
    page.get_by_role("button", name="核对修改").click()
    expect(page.get_by_text("题有新的一版")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="确认修改").click()

    expect(page.get_by_text("已修改")).to_be_visible()
    assert page.url.endswith(f"/items?{QUERY}")
    expect(page.locator('td[data-label="难度"]').first).to_have_text("0.41")


def test_the_pages_fit_a_phone(town: Server, contexts: Contexts):
    page: Page = contexts.new(viewport=PHONE).new_page()
    sign_in(page, town.url, WRITER)
    page.goto(f"{town.url}/items?kind=single")
    page.get_by_label("查到的全部").check()
    page.get_by_role("button", name="修改或导出所选").click()
    page.get_by_label("用途").select_option("practice")
    page.get_by_role("button", name="核对修改").click()
    expect(page.get_by_role("heading", name="不能修改的试题")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")
    assert violations(page) == []
