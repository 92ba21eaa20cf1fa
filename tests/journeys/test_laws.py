"""A law from the clipboard to an officer's screen: pasted, mended, compared, confirmed; then found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bank.samples import CODE, law_file
from tests.journeys.demo_town import OFFICER, served_demo, sign_in
from tests.support.axe import settled, violations
from tests.support.browser import PHONE, Contexts
from tests.support.server import Server
from tiejun.audit import SYSTEM
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.clock import SystemClock
from tiejun.db import Database

NEW = "sample-rules-2027"
TEXT = """样例办法
（2027年1月10日修订）
第一条　第1条的样例文字。
第二条　第2条的样例文字，有改动。
第三条　第3条的样例文字。
第四条　夜间检查应当有两人在场。
"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def town(laid_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_demo(laid_demo, tmp_path_factory.mktemp("laws")) as server:
        database = Database(server.database_url)
        with database.transaction() as db:
            import_laws(db, parse_laws([law_file()]), SYSTEM, SystemClock()())
        database.dispose()
        yield server


def looks_right(page: Page) -> None:
    """Check the page as it stands, in both themes, at the desk and on a phone."""
    desk = page.viewport_size
    settled(page)
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
        assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert page.evaluate(SIDEWAYS) == 0
    assert desk is not None
    page.set_viewport_size(desk)


def fill_in(page: Page, text: str) -> None:
    page.get_by_label("名称", exact=True).fill("样例办法")
    page.get_by_label("代码", exact=True).fill(NEW)
    page.locator("#kind").select_option("部门规章")
    page.locator("#adopted").fill("2027-01-10")
    page.locator("#effective").fill("2027-03-01")
    page.locator("#supersedes").select_option(CODE)
    page.locator("#text").fill(text)
    page.get_by_role("button", name="检查正文").click()


def test_a_pasted_law_is_mended_compared_confirmed_and_then_found(town: Server, contexts: Contexts):
    admin = contexts.new().new_page()
    sign_in(admin, town.url, "demo-national")
    admin.goto(f"{town.url}/laws")
    admin.get_by_role("link", name="导入法规文本").click()
    looks_right(admin)

    fill_in(admin, TEXT.replace("第三条　第3条的样例文字。\n", ""))
    expect(admin.get_by_text("条号不连续：“第二条”之后是“第四条”")).to_be_visible()
    looks_right(admin)

    admin.locator("#text").fill(TEXT)
    admin.get_by_role("button", name="检查正文").click()
    expect(admin.locator("ins").first).to_have_text("，有改动")
    expect(admin.get_by_role("link", name="新增 1")).to_be_visible()
    looks_right(admin)
    admin.get_by_role("button", name="导入 4 条").click()
    expect(admin.get_by_text("已导入《样例办法》，共 4 条。")).to_be_visible()

    officer = contexts.new().new_page()
    sign_in(officer, town.url, OFFICER)
    officer.goto(f"{town.url}/laws")
    officer.locator("#find-article").fill("夜间检查")
    officer.get_by_role("button", name="查找条文").click()
    expect(officer.get_by_text("没有这样的条文")).to_be_visible()
    officer.get_by_role("link", name="在全部法规中查找").click()
    expect(officer.locator("mark")).to_have_text("夜间检查")
    looks_right(officer)
    officer.get_by_role("link", name="《样例办法》第四条").click()
    expect(officer.get_by_text("夜间检查应当有两人在场。")).to_be_visible()

    officer.goto(f"{town.url}/laws/{NEW}")
    officer.get_by_role("link", name="与本法规的其他版本比较").click()
    expect(officer.locator("ins").first).to_have_text("，有改动")
    looks_right(officer)
