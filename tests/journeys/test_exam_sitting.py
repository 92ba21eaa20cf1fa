"""An officer sits an exam from the first click to the receipt: by mouse, by keyboard, on a phone."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.journeys.exam_room import Plan
from tests.support.browser import PHONE
from tiejun.exams.models import EndKind


def options_of(room, slot):
    for section in room.paper["sections"]:
        for one in section["slots"]:
            if one["slot"] == slot:
                return [option["id"] for option in one["options"]]
    raise LookupError(slot)


def saved(page: Page, count: int) -> None:
    """Wait until the connection sentence says that so many answers are on the server, and none elsewhere."""
    expect(page.locator("#conn-words")).to_have_text(f"{count} 题已存服务器")


def pick(page: Page, words: str) -> None:
    """Click the card with these words."""
    page.locator(".tj-opt", has_text=words).click()


def hand_in(page: Page) -> None:
    page.locator("#hand-in").click()
    page.get_by_role("button", name="交卷，下一步确认").click()
    page.get_by_role("button", name="确认交卷").click()
    expect(page.locator("#receipt-title")).to_be_visible()


def test_an_exam_is_sat_by_mouse_with_every_type_of_question(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new())

    pick(page, "正确")
    page.locator("button[data-go='4']").click()
    page.locator(".tj-opt").nth(1).click()
    page.locator("button[data-go='8']").click()
    page.locator(".tj-opt").nth(0).click()
    page.locator(".tj-opt").nth(2).click()
    page.locator("button[data-go='10']").click()
    page.get_by_label("第 1 空").fill("七")
    page.get_by_label("第 2 空").fill("三十")
    page.locator("button[data-go='14']").click()
    expect(page.locator("#material")).to_contain_text("总铬")
    page.locator("#essay-14").fill("应当听取申辩，\n并记录在案。")
    page.locator("button[data-go='15']").click()
    expect(page.locator("#material")).to_be_hidden()
    page.locator("#essay-15").fill("依法处理。")
    page.locator("button[data-go='1']").click()
    saved(page, 6)
    expect(page.locator("#save-1")).to_have_text(re.compile(r"\d\d:\d\d:\d\d 已存服务器"))
    hand_in(page)

    assert room.responses() == {
        1: True,
        4: options_of(room, 4)[1],
        8: [options_of(room, 8)[0], options_of(room, 8)[2]],
        10: ["七", "三十"],
        14: "应当听取申辩，\n并记录在案。",
        15: "依法处理。",
    }
    expect(page.locator("#receipt-answered")).to_have_text("6 题，共 15 题")
    page.reload()
    expect(page.locator("main").first).to_contain_text("已交卷")
    expect(page.locator("main").first).to_contain_text("6 题，共 15 题")


def test_an_exam_is_sat_wholly_by_keyboard(exam_room, contexts):
    room = exam_room()
    page = contexts.new().new_page()
    room.sign_in(page)
    start = page.get_by_role("button", name="开始答题")
    expect(start).to_be_enabled()  # before that, Tab passes it by
    for _ in range(6):
        page.keyboard.press("Tab")
        if start.evaluate("element => element === document.activeElement"):
            break
    expect(start).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#q-1")).to_be_visible()

    page.keyboard.press("b")
    page.keyboard.press("f")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#q-4")).to_be_focused()
    page.keyboard.press("3")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("a")
    page.keyboard.press("d")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("abcf 7")
    page.keyboard.press("Tab")
    page.keyboard.type("30")
    page.keyboard.press("Escape")
    expect(page.locator("#q-10")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#q-9")).to_be_visible()
    saved(page, 4)

    assert room.responses() == {
        1: False,
        4: options_of(room, 4)[2],
        8: [options_of(room, 8)[0], options_of(room, 8)[3]],
        10: ["abcf 7", "30"],
    }
    expect(page.locator("button[data-go='1']")).to_have_attribute("aria-label", "第 1 题，已存服务器，已标记")
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    page.locator("#next").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#hand-in-summary-h")).to_be_focused()
    page.locator("#hand-in-on").press("Enter")
    page.locator("#hand-in-sure").press("Enter")
    expect(page.locator("#receipt-title")).to_be_focused()
    assert room.attempt().end_kind == EndKind.SUBMITTED


def test_letters_choose_nothing_once_the_shortcuts_are_off(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new())

    page.get_by_role("button", name="关闭快捷键").click()
    page.locator("#q-1").focus()
    page.keyboard.press("a")
    page.keyboard.press("f")

    expect(page.locator("#flag")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("input:checked")).to_have_count(0)


def test_the_paper_opens_by_itself_when_the_start_comes(exam_room, contexts):
    room = exam_room(Plan(starts_in=timedelta(seconds=8)))
    page = contexts.new().new_page()
    room.sign_in(page)

    expect(page.locator("#wait-left")).to_have_text(re.compile(r"^00:00:0\d$"))
    for check in ("#check-connection", "#check-clock", "#check-storage"):
        expect(page.locator(check)).to_have_class(re.compile("tj-ok"))

    expect(page.locator("#q-1")).to_be_visible(timeout=30_000)


def test_on_a_phone_the_answer_card_is_a_sheet_and_the_material_folds(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new(viewport=PHONE, has_touch=True))

    expect(page.locator("#card")).to_be_hidden()
    page.get_by_role("button", name="答题卡").tap()
    expect(page.locator("#card")).to_be_visible()
    page.locator("button[data-go='12']").tap()
    expect(page.locator("#card")).to_be_hidden()
    expect(page.locator("#material-body")).to_be_visible()
    page.locator("#material-fold").tap()
    expect(page.locator("#material-body")).to_be_hidden()
    page.locator(".tj-opt").nth(3).tap()
    saved(page, 1)
    page.get_by_role("button", name="答题卡").tap()
    page.locator("#hand-in-2").tap()
    page.get_by_role("button", name="交卷，下一步确认").tap()
    page.get_by_role("button", name="确认交卷").tap()
    expect(page.locator("#receipt-title")).to_be_visible()

    assert room.responses() == {12: options_of(room, 12)[3]}
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


def test_handing_in_can_be_thought_over_until_the_last_step(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new())
    pick(page, "正确")
    page.locator("#flag").click()

    page.locator("#hand-in").click()
    expect(page.locator("#hand-in-unanswered-cells button")).to_have_count(14)
    expect(page.locator("#hand-in-flagged-cells button")).to_have_count(1)
    page.get_by_role("button", name="交卷，下一步确认").click()
    expect(page.locator("#hand-in-open")).to_contain_text("还有 14 题没有作答")
    page.get_by_role("button", name="返回作答").click()
    pick(page, "错误")
    saved(page, 1)

    assert room.attempt().end_kind is None
    assert room.responses() == {1: False}


def test_an_answer_can_be_cleared(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new())
    pick(page, "正确")
    saved(page, 1)

    page.get_by_role("button", name="清除本题答案").click()
    saved(page, 0)

    assert [event.value for event in room.events()] == [True, None]
    expect(page.locator("#save-1")).to_contain_text("已清除，已存服务器")


def test_a_whole_section_can_be_shown_at_once(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new())
    page.get_by_role("button", name="改为整部分显示").click()

    expect(page.locator(".tj-ex-item")).to_have_count(3)
    page.locator("[data-slot='2'] .tj-opt").nth(1).click()
    expect(page.locator("button[data-go='2']")).to_have_attribute("aria-current", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("a")
    page.locator("button[data-go='13']").click()
    expect(page.locator(".tj-ex-item")).to_have_count(3)
    expect(page.locator("#material")).to_be_visible()
    page.locator("#essay-14").fill("写在最后。")
    page.locator("button[data-go='14']").click()
    assert page.locator("#exam > header").bounding_box()["y"] == 0
    page.reload()
    expect(page.locator(".tj-ex-item")).to_have_count(3)
    saved(page, 3)

    assert room.responses() == {2: False, 3: True, 14: "写在最后。"}
