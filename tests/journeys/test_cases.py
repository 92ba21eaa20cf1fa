"""A case from the trainer's editor to an officer's desk: written, reviewed, read, its law opened."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bank.samples import CODE, law_file
from tests.files.samples import docx, photo
from tests.journeys.demo_town import OFFICER, served_demo, sign_in
from tests.support.axe import violations
from tests.support.browser import PHONE, Contexts, until
from tests.support.server import Server
from tiejun.audit import SYSTEM
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.clock import SystemClock
from tiejun.db import Database

TITLE = "冷却塔旁的第二个排口"
TEXT = "执法人员沿墙根查到一根没有登记的管子，当场拍照、测流量，请厂方人员在记录上签字。"


@pytest.fixture(scope="module")
def town(laid_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_demo(laid_demo, tmp_path_factory.mktemp("cases")) as server:
        database = Database(server.database_url)
        with database.transaction() as db:
            import_laws(db, parse_laws([law_file()]), SYSTEM, SystemClock()())
        database.dispose()
        yield server


@pytest.fixture
def enter(town: Server, contexts: Contexts):
    def open_page(login: str) -> Page:
        page = contexts.new().new_page()
        sign_in(page, town.url, login)
        return page

    return open_page


def begin(page: Page, town: Server, title: str = TITLE) -> Page:
    page.goto(f"{town.url}/cases/mine")
    page.locator("#title").fill(title)
    page.get_by_role("button", name="新建并编写").click()
    expect(page.locator("[contenteditable]")).to_be_visible()
    return page


def tool(page: Page, key: str) -> None:
    """Press a button of the editor, which follows the selection a moment later."""
    button = page.locator(f'[data-menu-key="{key}"]')
    expect(button).not_to_have_class(re.compile("disabled"))
    button.click()


def write(page: Page, words: str = TEXT) -> None:
    page.locator("[contenteditable]").click()
    page.keyboard.type(words)


def compose(trainer: Page, document: Path, picture: Path) -> None:
    """Write a case that may be submitted, with a picture and an attachment, and save it."""
    trainer.locator("#summary").fill("墙根下的一根管子，引出登记之外的排口。")
    write(trainer, "一、经过")
    tool(trainer, "header3")
    expect(trainer.locator("[contenteditable] h3")).to_have_text("一、经过")
    trainer.keyboard.press("Enter")
    for _ in range(3):
        trainer.keyboard.type(TEXT)
        trainer.keyboard.press("Enter")
    with trainer.expect_file_chooser() as chooser:
        tool(trainer, "uploadImage")
    chooser.value.set_files(picture)
    expect(trainer.locator("[contenteditable] img")).to_be_visible()
    tool(trainer, "insertLink")
    expect(trainer.locator(".w-e-modal")).to_be_visible()
    trainer.locator("#summary").click()
    trainer.locator("#new-unit").select_option("E2")
    trainer.locator("#new-law").select_option(CODE)
    trainer.locator("#new-article").fill("第二条")
    trainer.locator("#files").set_input_files(document)
    trainer.locator("#is_anonymous").check()
    trainer.locator('main button[value="save"]:visible').last.click()
    expect(trainer.get_by_text("草稿已保存。")).to_be_visible()
    expect(trainer.locator("[contenteditable] h3")).to_have_text("一、经过")
    expect(trainer.get_by_text("证据目录.docx")).to_be_visible()
    expect(trainer.locator("#restore")).to_be_hidden()


def test_a_case_goes_from_the_editor_through_review_to_its_reader(town: Server, enter, tmp_path: Path):
    document, picture = tmp_path / "证据目录.docx", tmp_path / "现场.jpg"
    document.write_bytes(docx())
    picture.write_bytes(photo())
    trainer = begin(enter("demo-trainer"), town)
    assert violations(trainer) == []

    compose(trainer, document, picture)
    trainer.get_by_role("button", name="提交审核").click()
    trainer.wait_for_url(f"{town.url}/cases/mine")

    reviewer = enter("demo-reviewer")
    reviewer.get_by_role("link", name=f"去审核：审核案例《{TITLE}》").click()
    reviewer.wait_for_url("**/review")
    expect(reviewer.get_by_role("heading", name=TITLE)).to_be_visible()
    assert violations(reviewer) == []
    reviewer.get_by_role("radio", name="同意公布").check(force=True)
    reviewer.get_by_role("button", name="作出结论").click()
    expect(reviewer.get_by_text("已公布，学员现在可以读到。")).to_be_visible()

    officer = enter(OFFICER)
    officer.get_by_role("navigation", name="主导航").get_by_role("link", name="案例").click()
    officer.get_by_role("link", name=TITLE).click()
    expect(officer.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(officer.locator(".tj-case h3")).to_have_text("一、经过")
    until(officer, "document.querySelector('.tj-case img').naturalWidth > 0")
    assert violations(officer) == []
    officer.set_viewport_size(PHONE)
    assert violations(officer) == []
    with officer.expect_download() as download:
        officer.get_by_role("link", name="证据目录.docx").click()
    assert Path(download.value.path()).read_bytes() == docx()
    officer.get_by_role("link", name="《样例办法》第2条").click()
    expect(officer.get_by_role("heading", name="引用本条的案例")).to_be_visible()
    officer.get_by_role("link", name=TITLE).click()
    expect(officer.get_by_role("heading", name=TITLE)).to_be_visible()


def test_what_was_typed_is_offered_again_after_the_window_was_closed(town: Server, enter):
    trainer = begin(enter("demo-trainer"), town, "没有存就关掉的案例")
    address = trainer.url
    write(trainer)
    trainer.locator("#place").fill("某市某县")
    expect(trainer.locator("#kept")).to_contain_text("已暂存在这台电脑")
    context = trainer.context
    trainer.close()

    again = context.new_page()
    again.goto(address)
    expect(again.locator("#restore")).to_contain_text("还没有保存到服务器的内容")
    assert violations(again) == []
    again.get_by_role("button", name="恢复这些内容").click()
    expect(again.locator("[contenteditable]")).to_contain_text(TEXT)
    expect(again.locator("#place")).to_have_value("某市某县")
    again.locator('main button[value="save"]:visible').last.click()
    expect(again.get_by_text("草稿已保存。")).to_be_visible()
    expect(again.locator("[contenteditable]")).to_contain_text(TEXT)
    expect(again.locator("#restore")).to_be_hidden()


def test_a_picture_that_is_none_is_refused_in_words_beside_the_text(town: Server, enter, tmp_path: Path):
    trainer = begin(enter("demo-trainer"), town, "图片有误的案例")
    broken = tmp_path / "坏图.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    write(trainer)

    with trainer.expect_file_chooser() as chooser:
        tool(trainer, "uploadImage")
    chooser.value.set_files(broken)

    expect(trainer.locator("#rich-err")).to_contain_text("坏图.png")


def test_without_scripts_the_text_is_written_into_the_field_itself(town: Server, contexts: Contexts):
    page = contexts.new(java_script_enabled=False).new_page()
    sign_in(page, town.url, "demo-trainer")
    page.goto(f"{town.url}/cases/mine")
    page.locator("#title").fill("没有脚本的案例")
    page.get_by_role("button", name="新建并编写").click()

    page.locator("#body").fill("第一段\n第二段")
    page.locator('main button[value="save"]').last.click()

    expect(page.locator("#body")).to_have_value("<p>第一段</p><p>第二段</p>")
