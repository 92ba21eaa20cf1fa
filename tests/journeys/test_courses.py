"""A course from the trainer to an officer in Chromium: an article in the editor, a handout beside it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.demo_town import OFFICER, served_demo, sign_in
from tests.support.axe import violations
from tests.support.browser import PHONE, Contexts
from tiejun.study.library import FOLDER

TITLE = "采样怎样签封"
TEXT = "样品瓶盖好以后，先贴封条，再请厂方人员在封条骑缝处签字。"
HANDOUT = FOLDER / "code-on-site" / "handout.pdf"


@pytest.fixture(scope="module")
def town(laid_demo: Path, tmp_path_factory: pytest.TempPathFactory):
    with served_demo(laid_demo, tmp_path_factory.mktemp("courses")) as server:
        yield server


def test_a_trainer_writes_a_course_and_an_officer_reads_it(town, contexts: Contexts):
    page = contexts.new().new_page()
    sign_in(page, town.url, "demo-trainer")
    page.goto(f"{town.url}/courses/new")
    page.locator("#title").fill(TITLE)
    page.get_by_role("button", name="建立草稿").click()
    page.get_by_role("link", name="添加一课").first.click()

    # Only what the kind needs is shown.
    expect(page.locator("[contenteditable]")).to_be_visible()
    expect(page.locator("input[type=file]")).to_be_hidden()
    page.locator("#kind").select_option("pdf")
    expect(page.locator("[contenteditable]")).to_be_hidden()
    expect(page.locator("input[type=file]")).to_be_visible()
    page.locator("#kind").select_option("article")
    assert violations(page) == []

    # What was written survives a reload, and a fault that the server finds.
    page.locator("#title").fill("一、封条")
    page.locator("[contenteditable]").click()
    page.keyboard.type(TEXT)
    page.reload()
    expect(page.locator("[contenteditable]")).to_contain_text(TEXT)
    page.get_by_role("button", name="保存这一课").click()
    expect(page.locator("#minutes-err")).to_be_visible()
    expect(page.locator("[contenteditable]")).to_contain_text(TEXT)
    page.locator("#minutes").fill("4")
    page.get_by_role("button", name="保存这一课").click()
    expect(page.get_by_text("这一课已保存")).to_be_visible()

    page.get_by_role("link", name="添加一课").first.click()
    expect(page.locator("#title")).to_have_value("")
    page.locator("#title").fill("二、讲义")
    page.locator("#kind").select_option("pdf")
    page.locator("#minutes").fill("3")
    page.locator("input[type=file]").set_input_files(HANDOUT)
    page.get_by_role("button", name="保存这一课").click()
    expect(page.get_by_text("这一课已保存")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="发布").click()

    officer = contexts.new(viewport=PHONE).new_page()
    sign_in(officer, town.url, OFFICER)
    officer.goto(f"{town.url}/study")
    officer.get_by_role("link", name=TITLE, exact=True).click()
    officer.get_by_role("link", name="一、封条").first.click()
    expect(officer.get_by_text(TEXT)).to_be_visible()
