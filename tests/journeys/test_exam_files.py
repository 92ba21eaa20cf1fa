"""Files in the exam room: chosen, kept over cuts and reloads, never called saved too soon, marked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.exams.results.factories import a_hall_with_a_file
from tests.files.samples import docx, pdf, picture
from tests.journeys.exam_paper import files_paper
from tests.journeys.exam_room import ExamRoom
from tests.journeys.test_exam_face import AXE, SIZES, faults, overflow
from tests.journeys.test_exam_sitting import hand_in, pick, saved
from tests.support.world import PASSWORD, make_world
from tiejun.db import Database
from tiejun.exams.models import Standing
from tiejun.exams.result_models import SlotScore

PLAN = {"name": "现场图.pdf", "mimeType": "application/pdf", "buffer": pdf(2)}
PICTURE = {"name": "手绘图.png", "mimeType": "image/png", "buffer": picture(size=(800, 600))}


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def room(exam_room: Callable[..., ExamRoom]) -> ExamRoom:
    return exam_room(paper=files_paper())


def go(page: Page, slot: int) -> None:
    page.locator(f"button[data-go='{slot}']").click()


def choose(page: Page, slot: int, file: Any) -> None:
    go(page, slot)
    page.locator(f"#file-{slot}").set_input_files(file)


def files_kept(page: Page) -> int:
    """Return how many files this browser still holds for sending."""
    return page.evaluate(
        """async () => {
            const db = await new Promise((resolve) => {
                const request = indexedDB.open("tiejun-exam");
                request.onsuccess = () => resolve(request.result);
            });
            const all = db.transaction("files").objectStore("files").getAll();
            return new Promise((resolve) => { all.onsuccess = () => resolve(all.result.length); });
        }"""
    )


def test_a_file_chosen_while_cut_off_survives_a_reload_and_comes_through(room, contexts):
    page = room.sit_down(contexts.new())
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/files", lambda route: route.abort())
    choose(page, 2, PLAN)

    state = page.locator("#file-2-state")
    expect(state).to_contain_text("现场图.pdf")
    expect(state).to_contain_text("尚未上传，连接不畅，会自动重试")
    expect(page.locator("#save-2")).to_have_text("尚未上传")
    expect(page.locator("#conn-words")).to_contain_text("0 题已存服务器", use_inner_text=True)
    page.reload()
    expect(page.locator("#file-2-state")).to_contain_text("尚未上传，连接不畅，会自动重试")
    go(page, 1)
    pick(page, "正确")
    saved_words = page.locator("#conn-words")
    expect(saved_words).to_contain_text("1 题已存服务器", use_inner_text=True)
    assert [event.slot for event in room.events()] == [1]

    page.unroute("**/files")
    saved(page, 2)
    go(page, 2)
    expect(page.locator("#file-2-state")).to_contain_text("现场图.pdf")
    expect(page.locator("#save-2")).to_contain_text("已存服务器")
    assert room.responses()[2]["name"] == "现场图.pdf"
    assert files_kept(page) == 0
    page.reload()
    expect(page.locator("#file-2-state")).to_contain_text("现场图.pdf")


def test_a_file_is_replaced_taken_back_and_stopped_by_keyboard(room, contexts):
    page = room.sit_down(contexts.new())
    choose(page, 2, PLAN)
    saved(page, 1)
    page.route("**/files", lambda route: route.abort())
    choose(page, 2, PICTURE)
    state = page.locator("#file-2-state")
    expect(state).to_contain_text("新文件传完之前，以这个为准")
    page.get_by_role("button", name="取消上传 手绘图.png").press("Enter")
    expect(page.locator("#file-2")).to_be_focused()
    expect(state).not_to_contain_text("手绘图.png")
    assert room.responses()[2]["name"] == "现场图.pdf"
    page.unroute("**/files")
    choose(page, 2, PICTURE)
    expect(state).to_contain_text("手绘图.png")
    expect(state).not_to_contain_text("现场图.pdf")
    saved(page, 1)
    assert room.responses()[2]["name"] == "手绘图.png"

    page.get_by_role("button", name="移除文件 手绘图.png").press("Enter")
    saved(page, 0)
    assert room.responses() == {}


def test_a_file_that_cannot_be_an_answer_is_refused_in_words(room, contexts):
    page = room.sit_down(contexts.new())
    choose(page, 3, PLAN)
    alert = page.get_by_role("alert").filter(has_text="不是本题可以上传的文件")
    expect(alert).to_contain_text("可以上传：docx")
    choose(page, 2, {**PLAN, "buffer": b"%PDF-1.7 torn"})
    expect(page.locator("#file-2-wrong")).to_contain_text("已损坏或有密码，打不开，没有保存")
    choose(page, 2, {**PLAN, "buffer": b"0" * (10 * 1024 * 1024 + 1)})
    expect(page.locator("#file-2-wrong")).to_contain_text("超过 10 MB，没有上传")
    choose(page, 3, {"name": "笔录.docx", "mimeType": "", "buffer": docx()})
    saved(page, 1)
    assert list(room.responses()) == [3]


def test_handing_in_warns_and_waits_for_the_file(room, contexts):
    page = room.sit_down(contexts.new())
    page.route("**/files", lambda route: route.abort())
    choose(page, 2, PLAN)
    expect(page.locator("#file-2-state")).to_contain_text("尚未上传")
    page.locator("#hand-in").click()
    expect(page.locator("#hand-in-files")).to_contain_text("还有 1 个文件没有传到服务器")
    expect(page.locator("#hand-in-named-files")).to_have_text("第 2 题：现场图.pdf（尚未上传）")
    page.get_by_role("button", name="交卷，下一步确认").click()
    expect(page.locator("#hand-in-files-2")).to_be_visible()
    page.get_by_role("button", name="确认交卷").click()
    expect(page.locator("#hand-in-waits")).to_contain_text("还有 1 题的作答正在送往服务器")
    assert room.attempt().submitted_at is None

    page.unroute("**/files")
    expect(page.locator("#receipt-title")).to_be_visible(timeout=20_000)
    expect(page.locator("#receipt-files")).to_have_text("第 2 题：现场图.pdf")
    assert room.responses()[2]["name"] == "现场图.pdf"


def test_a_file_that_arrives_after_the_end_is_kept_as_late(room, contexts):
    page = room.sit_down(contexts.new())
    page.route("**/files", lambda route: route.abort())
    pick(page, "正确")
    saved(page, 1)
    room.time_left(timedelta(seconds=10))
    choose(page, 2, PLAN)
    expect(page.locator("#file-2-state")).to_contain_text("尚未上传")
    go(page, 1)
    pick(page, "错误")
    expect(page.locator("#over-title")).to_have_text("考试时间到", timeout=40_000)
    expect(page.locator("#over-facts")).to_contain_text("1 题暂存本机")

    page.unroute("**/files")
    expect(page.locator("#over-title")).to_have_text("考试时间到，考试已结束")
    expect(page.locator("#over-facts")).to_contain_text("1 次改动在截止后才送到，已保留")
    assert room.standings()[-1] == Standing.LATE
    assert files_kept(page) == 0


def test_a_file_left_on_the_computer_is_sent_when_the_page_is_opened_after_the_end(room, contexts):
    page = room.sit_down(contexts.new())
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/files", lambda route: route.abort())
    choose(page, 2, PLAN)
    expect(page.locator("#file-2-state")).to_contain_text("会自动重试")
    room.end_by_invigilator()
    page.reload()
    expect(page.locator("#over-title")).to_have_text("考试已结束，本机还有没送到的作答")
    page.unroute("**/files")

    expect(page.locator("#over-facts")).to_contain_text("1 题的作答已送到服务器")
    assert room.standings() == [Standing.LATE]
    assert files_kept(page) == 0


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_field_is_accessible_at_every_size(room, contexts, theme):
    page = room.sit_down(contexts.new(color_scheme=theme))
    choose(page, 2, {**PLAN, "name": "一份名字很长的现场检查示意图_" * 4 + ".pdf"})
    saved(page, 1)
    page.route("**/files", lambda route: route.abort())
    choose(page, 2, PICTURE)
    expect(page.locator("#file-2-state")).to_contain_text("会自动重试")
    for width, height in (SIZES["desktop"], SIZES["phone"]):
        page.set_viewport_size({"width": width, "height": height})
        assert overflow(page) <= 0
        assert faults(page) == []


def sign_in(page: Page, url: str, login: str, target: str) -> None:
    page.goto(f"{url}/sign-in?next={target}")
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()


def test_from_the_candidate_to_the_marker(live_server, contexts):
    database = Database(live_server.database_url)
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=61)
    with database.transaction() as db:
        world = make_world(db, start)
    hall = a_hall_with_a_file(database, world, start)
    slot = next(key.slot for key in hall.keys if key.part.type == "upload")
    page = contexts.new().new_page()
    sign_in(page, live_server.url, "officer1", f"/sit/{hall.sitting.public_id}")
    page.get_by_role("button", name="开始答题").click()
    choose(page, slot, PLAN)
    saved(page, 1)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="打开").focus()
        with page.expect_download():
            page.keyboard.press("Enter")
    opened.value.close() if not opened.value.is_closed() else None
    hand_in(page)
    hall.score(datetime.now(UTC))

    desk = contexts.new().new_page()
    sign_in(desk, live_server.url, "marker", f"/marking/{hall.sitting.public_id}")
    desk.get_by_role("link", name="开始评阅").first.click()
    expect(desk.locator("#response")).to_contain_text("PDF 文件")
    image = desk.locator("#response img").first
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("one => one.naturalWidth") > 100
    desk.locator(".tj-rubric-in input").first.fill("3")
    desk.get_by_role("button", name="保存，下一份").click()
    expect(desk.locator("main")).to_contain_text("已保存")

    with database.reading() as db:
        rows = db.scalars(select(SlotScore).where(SlotScore.round == 1)).all()
    assert [(row.slot, row.awarded) for row in rows] == [(slot, [3, 0])]
    database.dispose()
