"""Writing an item: the preview follows as people type, and nothing is saved by it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.demo_town import served_demo, sign_in
from tests.support.axe import violations
from tests.support.browser import Contexts
from tests.support.server import Server

WRITER = "demo-writer"


@pytest.fixture(scope="module")
def town(laid_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_demo(laid_demo, tmp_path_factory.mktemp("editor")) as server:
        yield server


@pytest.fixture
def page(town: Server, contexts: Contexts) -> Page:
    page = contexts.new().new_page()
    sign_in(page, town.url, WRITER)
    return page


def test_the_preview_follows_what_is_typed(page: Page, town: Server):
    page.goto(f"{town.url}/items/new?kind=single")
    beside = page.locator("#aside")

    page.locator("#part-0-stem").fill("现场检查时应当出示（　　）。")
    expect(beside).to_contain_text("现场检查时应当出示（　　）。")
    page.get_by_role("textbox", name="选项 A").fill("行政执法证件")
    expect(beside).to_contain_text("行政执法证件")
    expect(page.locator("#part-0-stem")).to_have_value("现场检查时应当出示（　　）。")

    assert violations(page) == []
    page.goto(f"{town.url}/items?q=现场检查时应当出示（　　）")
    expect(page.locator("main")).not_to_contain_text("现场检查时应当出示（　　）。")


def test_a_lost_connection_leaves_the_form_and_the_last_preview(page: Page, town: Server):
    page.goto(f"{town.url}/items/new?kind=true_false")
    stem = page.locator("#part-0-stem")
    stem.fill("第一句。")
    expect(page.locator("#aside")).to_contain_text("第一句。")

    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        stem.fill("第二句。")
    expect(stem).to_have_value("第二句。")
    expect(page.locator("#aside")).to_contain_text("第一句。")
    page.context.set_offline(False)
    stem.fill("第三句。")
    expect(page.locator("#aside")).to_contain_text("第三句。")
