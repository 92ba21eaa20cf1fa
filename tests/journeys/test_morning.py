"""An invigilator's morning: half past eight to the record sheet, seeing the screen for the first time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import core_steps as core
from tests.journeys.core_steps import Town
from tests.journeys.demo_town import PASSWORD, served_demo, sign_in
from tests.journeys.office_steps import sound
from tests.support.browser import Contexts
from tiejun.clock import ShiftedClock, beijing
from tiejun.demo.story import COMING_TO

FIRST = COMING_TO[0]
WRONG = "not the password"


@pytest.fixture
def town(laid_demo: Path, tmp_path: Path) -> Iterator[Town]:
    with served_demo(laid_demo, tmp_path) as server:
        made = Town(server)
        yield made
        made.database.dispose()


@pytest.fixture
def clock(town: Town) -> ShiftedClock:
    return ShiftedClock(Path(town.server.environment["TIEJUN_DATA_DIR"]) / "clock-shift")


def test_an_invigilators_morning(contexts: Contexts, town: Town, clock: ShiftedClock):
    sitting, keys, _form = town.latest(FIRST)
    half_past_eight = (beijing(clock()) + timedelta(days=13)).replace(hour=8, minute=30, second=0)
    clock.advance(half_past_eight - clock())

    desk = contexts.new().new_page()
    sign_in(desk, town.url, "demo-invigilator")
    sound(desk)
    desk.locator(".tj-duty a.tj-btn-primary").first.click()
    if "/board" not in desk.url:
        desk.goto(f"{town.url}/sittings/{sitting}/board")
    expect(desk.locator("[data-live=figures]")).to_contain_text(f"{len(COMING_TO)}")
    sound(desk)

    candidate = contexts.new().new_page()
    lock_oneself_out(candidate, town, clock)
    seat = unlock(desk, town, sitting)
    sign_in(candidate, town.url, town.login_of(FIRST))
    candidate.goto(f"{town.url}/sit/{sitting}")
    expect(candidate.locator("#wait-box")).to_be_visible()

    clock.advance(half_past_eight + timedelta(minutes=30, seconds=5) - clock())
    candidate.reload()
    candidate.get_by_role("button", name="开始答题").click()
    expect(candidate.locator("#q-1")).to_be_visible()
    core.answer(candidate, keys[:2])
    expect(candidate.locator("#conn-words")).to_have_text("2 题已存服务器")
    desk.goto(f"{town.url}/sittings/{sitting}/board")
    expect(desk.get_by_text(f"2/{len(keys)}").first).to_be_visible()

    other = change_the_computer(contexts, desk, town, sitting, seat)
    expect(other.locator("#conn-words")).to_have_text("2 题已存服务器")
    give_everybody_more_time(desk, town, sitting)
    core.answer(other, keys[2:])
    core.hand_in(other)

    core.close_sitting(desk, town, sitting)
    sound(desk)
    record = desk.request.get(f"{town.url}/sittings/{sitting}/record.pdf")
    assert record.body().startswith(b"%PDF")


def lock_oneself_out(page: Page, town: Town, clock: ShiftedClock) -> None:
    """Type a wrong password until the account is locked."""
    for _try in range(5):
        page.goto(f"{town.url}/sign-in")
        page.locator("#login").fill(town.login_of(FIRST))
        page.locator("#password").fill(WRONG)
        page.locator("main button[type=submit]").click()
        clock.advance(timedelta(seconds=20))
    page.locator("#login").fill(town.login_of(FIRST))
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("锁定")


def unlock(page: Page, town: Town, sitting: str) -> str:
    """Find the candidate on the board, unlock the account; return the address of the seat."""
    page.goto(f"{town.url}/sittings/{sitting}/board")
    page.get_by_role("link", name=FIRST).first.click()
    expect(page.locator("main")).to_contain_text("账号已锁定")
    sound(page)
    page.get_by_role("button", name="解锁账号").click()
    expect(page.locator("main")).not_to_contain_text("账号已锁定")
    return page.url


def change_the_computer(contexts: Contexts, desk: Page, town: Town, sitting: str, seat: str) -> Page:
    """Hand out a takeover code; the candidate goes on at another computer."""
    desk.goto(seat)
    desk.get_by_role("button", name="出示接管码").click()
    code = desk.locator("[data-code]").inner_text().replace(" ", "")
    sound(desk)
    other = contexts.new().new_page()
    sign_in(other, town.url, town.login_of(FIRST))
    other.goto(f"{town.url}/sit/{sitting}")
    other.locator("#start").or_(other.locator("#code")).first.wait_for()
    if other.locator("#start").is_visible():
        other.locator("#start").click()
    other.locator("#code").fill(code)
    other.get_by_role("button", name="在本机继续").click()
    expect(other.locator("#exam")).to_be_visible()
    return other


def give_everybody_more_time(page: Page, town: Town, sitting: str) -> None:
    """Extend the whole room by ten minutes, with a reason that stays."""
    page.goto(f"{town.url}/sittings/{sitting}/board")
    page.locator("summary", has_text="全场延长").click()
    form = page.locator("form[action$='/board/extension'], form[action*='exten']").first
    form.locator("[name=minutes]").fill("10")
    form.locator("[name=reason]").fill("停电五分钟")
    form.locator("button[type=submit]").click()
    expect(page.locator("[data-live=feed]")).to_contain_text("停电五分钟")
