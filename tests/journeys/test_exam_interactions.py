"""The further types in the exam room: answered by keyboard, stored at once, there again later."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.exam_paper import further_paper
from tests.journeys.exam_room import ExamRoom
from tests.journeys.test_exam_face import AXE, SIZES, faults, overflow
from tests.journeys.test_exam_sitting import saved


def answer_inline_choice(page: Page) -> Any:
    page.get_by_label("第 1 空").select_option(label="调查取证")
    page.get_by_label("第 2 空").select_option(label="告知")
    return ["s1", "s2"]


def answer_match(page: Page) -> Any:
    page.get_by_label("立案").select_option(label="七日内")
    return [["s0", "t0"]]


def answer_match_several(page: Page) -> Any:
    row = page.get_by_role("group", name="告知")
    row.get_by_label("七日内").check()
    row.get_by_label("当场").check()
    expect(row.get_by_label("三十日内")).to_be_disabled()
    return [["s2", "t0"], ["s2", "t2"]]


def answer_order(page: Page) -> Any:
    for name in ("告知", "立案", "决定"):
        page.get_by_role("button", name=f"放入顺序：{name}").press("Enter")
    page.get_by_role("button", name="上移：立案").press("Enter")
    expect(page.get_by_role("button", name="下移：立案")).to_be_focused()
    return ["s0", "s2", "s3"]


def answer_hottext(page: Page) -> Any:
    page.get_by_role("checkbox", name="立案").press("Space")
    page.get_by_role("checkbox", name="告知").press("Space")
    expect(page.get_by_role("checkbox", name="调查取证")).to_be_disabled()
    return ["s0", "s2"]


def answer_gap_match(page: Page) -> Any:
    page.get_by_label("第 2 空").select_option(label="告知")
    expect(page.get_by_label("第 1 空").locator("option", has_text="告知")).to_be_disabled()
    return [None, "s2"]


def answer_hotspot(page: Page) -> Any:
    page.get_by_role("checkbox", name="排放口").check()
    return ["a1"]


def answer_points(page: Page) -> Any:
    page.get_by_role("button", name="添加一点").click()
    page.get_by_label("第 1 点距左边的像素").fill("12")
    page.get_by_label("第 1 点距上边的像素").fill("34")
    page.get_by_label("第 1 点距上边的像素").press("Tab")
    return [[12, 34]]


def answer_slider(page: Page) -> Any:
    page.get_by_label("数值", exact=True).fill("２.５")
    page.get_by_label("数值", exact=True).press("Tab")
    return 2.5


STEPS: list[Callable[[Page], Any]] = [
    answer_inline_choice,
    answer_match,
    answer_match_several,
    answer_order,
    answer_hottext,
    answer_gap_match,
    answer_hotspot,
    answer_points,
    answer_slider,
]


@pytest.fixture
def room(exam_room: Callable[..., ExamRoom]) -> ExamRoom:
    return exam_room(paper=further_paper())


def test_every_further_type_is_answered_stored_and_there_after_a_reload(room, contexts):
    page = room.sit_down(contexts.new())
    given = {}
    for slot, answer in enumerate(STEPS, start=1):
        page.locator(f"button[data-go='{slot}']").click()
        given[slot] = answer(page)
        saved(page, slot)
    assert room.responses() == given
    assert page.locator("#foot-status").text_content().endswith("还有 0 题未作答")

    page.reload()
    expect(page.locator("#q-9")).to_be_visible()
    expect(page.get_by_label("数值", exact=True)).to_have_value("2.5")
    page.locator("button[data-go='1']").click()
    expect(page.get_by_label("第 2 空")).to_have_value("s2")
    page.locator("button[data-go='4']").click()
    expect(page.locator("ol.tj-order li span:first-of-type").first).to_have_text("立案")
    page.get_by_role("button", name="清除本题答案").click()
    expect(page.locator("ol.tj-order li")).to_have_count(0)
    saved(page, 8)
    assert 4 not in room.responses()


def test_a_number_out_of_bounds_is_no_answer_and_says_so(room, contexts):
    page = room.sit_down(contexts.new())
    page.locator("button[data-go='9']").click()
    field = page.get_by_label("数值", exact=True)
    field.fill("5")
    field.press("Tab")
    saved(page, 1)
    field.fill("50")
    field.press("Tab")

    expect(page.get_by_role("alert").filter(has_text="没有保存为作答")).to_be_visible()
    saved(page, 0)
    expect(field).to_have_value("50")


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_further_type_is_accessible_at_every_size(room, contexts, theme):
    page = room.sit_down(contexts.new(color_scheme=theme))
    for slot, answer in enumerate(STEPS, start=1):
        page.locator(f"button[data-go='{slot}']").click()
        answer(page)
        for width, height in (SIZES["desktop"], SIZES["phone"]):
            page.set_viewport_size({"width": width, "height": height})
            assert overflow(page) <= 0
            assert faults(page) == []
        page.set_viewport_size({"width": 1366, "height": 768})
