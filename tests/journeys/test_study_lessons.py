"""An officer studies in Chromium: a film, a handout, a cut line, and the same lesson in two tabs."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect
from sqlalchemy import select

from tests.conftest import served_settings
from tests.journeys.demo_town import sign_in
from tests.support.axe import violations
from tests.support.browser import PHONE, until
from tests.support.databases import SqliteDatabases
from tests.support.server import Server
from tests.support.world import PASSWORD, make_world
from tiejun.audit import SYSTEM
from tiejun.clock import SystemClock
from tiejun.db import Database
from tiejun.settings import Settings
from tiejun.study.library import install_courses
from tiejun.study.models import Lesson, LessonKind

COUNTS = re.compile("tj-ok")
WAITS = re.compile("tj-due")
LOST = re.compile("暂时连不上服务器")


@pytest.fixture(scope="module")
def served(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the small country with the shipped courses; a page speaks to the server every second."""
    folder = tmp_path_factory.mktemp("lessons")
    url = sqlite_databases.copy_to(folder / "served" / "tiejun.db")
    database, now = Database(url), SystemClock()()
    with database.transaction() as db:
        make_world(db, now, officers=5)
        install_courses(db, replace(Settings(), data_dir=folder / "served"), SYSTEM, now)
    database.dispose()
    environment = {**served_settings(folder / "served"), "TIEJUN_STUDY_BEAT_SECONDS": "1"}
    server = Server(folder, environment, url)
    server.start()
    yield server
    server.stop()


def lesson_address(served: Server, kind: LessonKind) -> str:
    database = Database(served.database_url)
    with database.reading() as db:
        public_id = db.scalars(select(Lesson.public_id).where(Lesson.kind == kind).limit(1)).one()
    database.dispose()
    return f"{served.url}/study/lessons/{public_id}"


def words(page: Page):
    return page.locator("[data-tj-study-words]")


def box(page: Page):
    return page.locator("[data-tj-study]")


def opened(page: Page, served: Server, kind: LessonKind, login: str) -> str:
    """Sign in and open the lesson; return its address."""
    sign_in(page, served.url, login, PASSWORD)
    address = lesson_address(served, kind)
    with page.expect_response("**/study/streams"):
        page.goto(address)
    return address


def counted(seconds: int):
    """Return whether an answer to a beat says that at least so many seconds are credited."""

    def is_it(answer: Response) -> bool:
        return (
            answer.url.endswith("/beats") and answer.ok and bool(answer.json().get("credited", 0) >= seconds)
        )

    return is_it


def film(page: Page, expression: str) -> float:
    """Evaluate something of the video element."""
    return float(page.locator("video").evaluate(f"video => Number({expression})"))


def test_a_film_counts_while_it_plays_cannot_be_skipped_and_goes_on_where_it_stopped(
    served: Server, page: Page
):
    address = opened(page, served, LessonKind.VIDEO, "officer1")
    expect(words(page)).to_have_text("没有播放新的内容，不计时")
    assert violations(page) == []
    page.locator("video").evaluate("video => { video.muted = true; return video.play(); }")
    with page.expect_response(counted(4)):
        pass
    expect(words(page)).to_have_text("正在计时")
    expect(box(page)).to_have_class(COUNTS)

    # The hand on the slider is put back at once, …
    page.locator("video").evaluate("video => { video.pause(); video.currentTime = 150; }")
    expect(words(page)).to_have_text(re.compile("不能跳过|不计时"))
    until(page, "document.querySelector('video').currentTime < 60")
    # … and who goes round the page's own guard is refused by the server.
    before = film(page, "video.currentTime")
    sent = page.evaluate(
        """async () => {
            const box = document.querySelector("[data-tj-study]");
            const ask = (address, body) => fetch(address, {
                method: "POST", body: JSON.stringify(body),
                headers: {"Content-Type": "application/json", "X-CSRFToken": box.dataset.csrf},
            }).then(answer => answer.json());
            const stream = await ask(box.dataset.open, {source: box.dataset.source});
            return ask(`${box.dataset.open}/${stream.stream}/beats`,
                {nonce: stream.nonce, visible: true, idle: 0, position: 150});
        }"""
    )
    assert sent["state"] == "ahead"
    assert sent["credited"] <= before + 2

    page.goto(f"{served.url}/study")
    page.goto(address)
    until(page, "document.querySelector('video').readyState > 0 && !document.querySelector('video').seeking")
    assert 3 <= film(page, "video.currentTime") <= before + 5


def test_a_handout_shows_its_pages_with_their_text(served: Server, page: Page):
    opened(page, served, LessonKind.PDF, "officer2")
    pictures = page.locator(".tj-study-page img")
    expect(pictures).to_have_count(2)
    until(page, "[...document.querySelectorAll('.tj-study-page img')].every(one => one.naturalWidth > 0)")
    for picture in pictures.all():
        drawn, told = picture.evaluate(
            "one => [one.naturalWidth / one.naturalHeight,"
            " one.getAttribute('width') / one.getAttribute('height')]"
        )
        assert abs(drawn - told) < 0.01
        assert re.fullmatch("第 . 页，共 2 页", picture.get_attribute("alt") or "")
    page.get_by_text("第 1 页的文字").click()
    expect(page.locator(".tj-study-page details[open] .tj-pre")).to_contain_text("未批先建")
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(page) == []


def test_a_cut_line_is_said_in_words_and_counting_goes_on_by_itself(served: Server, page: Page):
    opened(page, served, LessonKind.ARTICLE, "officer3")
    with page.expect_response(counted(1)) as first:
        pass
    page.context.set_offline(True)
    expect(words(page)).to_have_text(LOST)
    expect(box(page)).to_have_class(WAITS)
    assert violations(page) == []

    page.context.set_offline(False)

    credited = first.value.json()["credited"]
    with page.expect_response(counted(credited + 2)):
        pass
    expect(words(page)).to_have_text("正在计时")
    expect(box(page)).to_have_class(COUNTS)


def test_a_second_tab_takes_over_and_the_first_says_so(served: Server, page: Page):
    address = opened(page, served, LessonKind.ARTICLE, "officer4")
    expect(words(page)).to_have_text("正在计时")
    second = page.context.new_page()
    second.goto(address)
    expect(words(second)).to_have_text("正在计时")

    expect(words(page)).to_contain_text("另一个页面或设备")
    here = page.get_by_role("button", name="在这里继续")
    expect(here).to_be_visible()
    here.click()

    expect(words(page)).to_have_text("正在计时")
    expect(here).to_be_hidden()
    expect(words(second)).to_contain_text("另一个页面或设备")


def test_a_tab_that_was_cut_off_does_not_take_the_clock_back_from_another(
    served: Server, page: Page, contexts
):
    address = opened(page, served, LessonKind.ARTICLE, "officer5")
    expect(words(page)).to_have_text("正在计时")
    page.context.set_offline(True)
    expect(words(page)).to_have_text(LOST)
    telephone = contexts.new(viewport=PHONE).new_page()
    sign_in(telephone, served.url, "officer5", PASSWORD)
    telephone.goto(address)
    expect(words(telephone)).to_have_text("正在计时")

    page.context.set_offline(False)

    expect(words(page)).to_contain_text("另一个页面或设备")
    with telephone.expect_response(counted(2)):
        pass
    expect(words(telephone)).to_have_text("正在计时")
