"""An exam administrator composes a blueprint without a mouse, is shown what is missing, and saves it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.demo_town import served_demo, sign_in
from tests.support.axe import violations
from tests.support.browser import PHONE, Contexts
from tests.support.server import Server


@pytest.fixture(scope="module")
def town(laid_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_demo(laid_demo, tmp_path_factory.mktemp("compose")) as server:
        yield server


def add(page: Page, kind: str) -> None:
    page.locator("#sections").get_by_role("button", name=kind, exact=True).press("Enter")


def test_a_blueprint_is_composed_by_keyboard(town: Server, contexts: Contexts):
    page = contexts.new().new_page()
    sign_in(page, town.url, "demo-exam")
    page.goto(f"{town.url}/blueprints")
    page.get_by_role("link", name="新建细目表").press("Enter")
    page.get_by_label("名称").fill("季度小测")
    add(page, "单选题")
    add(page, "案例分析题")
    expect(page.get_by_role("heading", name="第 2 部分·案例分析题")).to_be_in_viewport()
    page.get_by_label("名称").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("命题细目表没有保存。")
    assert violations(page) == []

    page.get_by_label("时长（分钟）").fill("30")
    page.get_by_label("合格线（分）").fill("18")
    page.locator("#section-0-count").fill("6")
    page.get_by_label("每题分值").fill("2")
    page.locator("#section-1-count").fill("1")
    page.locator("#section-1-parts").get_by_role("button", name="多选题", exact=True).press("Enter")
    for place, points in enumerate(("4", "8", "6")):
        page.locator(f"#section-1-part-{place}").fill(points)
    page.get_by_role("radio", name="不限模块").check()
    page.get_by_role("button", name="核对题库够不够").press("Enter")
    expect(page.locator("#offer")).to_be_in_viewport()
    expect(page.locator("#offer")).to_contain_text("0，不够")  # a case ends with its essay
    assert violations(page) == []

    page.get_by_role("button", name="移除第 2 小题").press("Enter")
    page.locator("#section-1-parts").get_by_role("button", name="论述题", exact=True).press("Enter")
    page.locator("#section-1-part-2").fill("8")
    page.get_by_role("button", name="保存细目表").press("Enter")
    expect(page.get_by_text("已建立“季度小测”。")).to_be_visible()
    page.get_by_role("button", name="组卷", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("核对 A 卷")


def test_the_page_fits_a_phone(town: Server, contexts: Contexts):
    page = contexts.new(viewport=PHONE).new_page()
    sign_in(page, town.url, "demo-exam")
    page.goto(f"{town.url}/blueprints/new?like=demo-primary")
    page.get_by_role("button", name="核对题库够不够").click()
    expect(page.locator("#offer")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")
    assert violations(page) == []
