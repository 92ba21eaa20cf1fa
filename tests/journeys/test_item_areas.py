"""Writing a hotspot: what is drawn over its picture by mouse, or written as lines, is what is saved."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.demo_town import served_demo, sign_in
from tests.question_bank.moodle import image_bytes
from tests.support.axe import violations
from tests.support.browser import Contexts
from tests.support.server import Server

WRITER = "demo-writer"
WIDTH, HEIGHT = 400, 240
PICTURE = {"name": "site.png", "mimeType": "image/png", "buffer": image_bytes("white", size=(WIDTH, HEIGHT))}


@pytest.fixture(scope="module")
def town(laid_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_demo(laid_demo, tmp_path_factory.mktemp("areas")) as server:
        yield server


@pytest.fixture
def page(town: Server, contexts: Contexts) -> Page:
    page = contexts.new().new_page()
    sign_in(page, town.url, WRITER)
    page.goto(f"{town.url}/items/new?kind=hotspot&unit=B5")
    page.locator("#part-0-stem").fill("在厂区图上选出总排放口。")
    page.locator("#part-0-image").set_input_files(PICTURE)
    page.get_by_role("button", name="上传").click()
    expect(drawing(page)).to_be_visible()
    return page


def drawing(page: Page) -> Locator:
    return page.locator(".tj-drawing svg")


def drag(page: Page, start: tuple[int, int], end: tuple[int, int], *, cancel: bool = False) -> None:
    """Drag from one place of the picture to another, in its pixels."""
    drawing(page).evaluate("element => element.scrollIntoView({block: 'center'})")
    box = drawing(page).bounding_box()
    assert box is not None
    places = [
        (box["x"] + x * box["width"] / WIDTH, box["y"] + y * box["height"] / HEIGHT) for x, y in (start, end)
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=3)
    if cancel:
        page.keyboard.press("Escape")
    page.mouse.up()


def numbers(line: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", line.partition("=")[0])]


def test_an_area_is_drawn_saved_and_the_same_when_opened_again(page: Page, town: Server):
    lines = page.locator("#part-0-options")
    drag(page, (40, 30), (140, 110))
    page.get_by_role("radio", name="圆", exact=True).check()
    drag(page, (300, 150), (340, 150))
    drag(page, (10, 10), (90, 90), cancel=True)

    drawn = lines.input_value().splitlines()
    assert [line.split()[0] for line in drawn] == ["矩形", "圆"]
    for line, wanted in zip(drawn, ([40, 30, 140, 110], [300, 150, 40]), strict=True):
        assert all(abs(one - other) <= 2 for one, other in zip(numbers(line), wanted, strict=True)), drawn
    lines.fill(f"*{drawn[0].partition('=')[0]}= 总排放口\n{drawn[1]}")
    expect(drawing(page).locator("text")).to_have_text(["1 ✓", "2"])
    expect(page.locator("#aside")).to_contain_text("总排放口")
    expect(page.locator("#aside .tj-hotspot .tj-area")).to_have_count(2)
    assert violations(page) == []

    written = lines.input_value()
    page.locator(".tj-subhead").get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("已保存")
    page.get_by_role("link", name="修改").click()
    expect(lines).to_have_value(written)
    expect(drawing(page).locator("text")).to_have_text(["1 ✓", "2"])


def test_points_are_set_freely_and_their_areas_go_into_the_table(page: Page):
    page.get_by_role("radio", name="点", exact=True).check()
    drag(page, (200, 100), (200, 100))
    expect(page.locator("#part-0-options")).to_have_value(re.compile(r"^点 \d+,\d+$"))
    page.locator("#part-0-scoring").select_option("areas")
    page.get_by_role("radio", name="圆", exact=True).check()
    drag(page, (200, 100), (200, 100))

    expect(page.locator("#part-0-table")).to_have_value(re.compile(r"^圆 \d+,\d+,24 = 1$"))
    expect(drawing(page).locator(".tj-area")).to_have_count(2)
    page.locator(".tj-subhead").get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("已保存")


def test_what_is_written_by_hand_is_drawn_and_half_a_line_is_not(page: Page):
    lines = page.locator("#part-0-options")
    lines.fill("*多边形 10,10 90,10 90,80 = 围墙\n椭圆 200,100,40,20 = 水池\n圆 300,100 = 半行")

    expect(drawing(page).locator("polygon")).to_have_count(1)
    expect(drawing(page).locator("ellipse")).to_have_count(1)
    expect(drawing(page).locator("text")).to_have_text(["1 ✓", "2"])
    expect(page.locator("#advice + ul")).to_contain_text("第 3 行：圆要写圆心的横、纵坐标和半径")
