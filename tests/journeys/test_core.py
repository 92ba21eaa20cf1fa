"""The core, lived through once in a browser: exam, certificate; or make-up, and what follows it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import core_steps as steps
from tests.journeys.core_steps import Town
from tests.journeys.demo_town import OFFICER, served_demo, sign_in
from tests.support.browser import Contexts
from tiejun.certificates.rules import masked_name
from tiejun.clock import ShiftedClock, beijing
from tiejun.demo.story import OPEN_EXAM

PASSES, FAILS = "李明", "吴敏"


@pytest.fixture
def town(laid_demo: Path, tmp_path: Path) -> Iterator[Town]:
    with served_demo(laid_demo, tmp_path) as server:
        made = Town(server)
        yield made
        made.database.dispose()


@pytest.fixture
def clock(town: Town) -> ShiftedClock:
    """Return the clock of the served demo."""
    return ShiftedClock(Path(town.server.environment["TIEJUN_DATA_DIR"]) / "clock-shift")


def as_(contexts: Contexts, town: Town, login: str) -> Page:
    page = contexts.new().new_page()
    sign_in(page, town.url, login)
    return page


def test_an_officer_passes_and_another_comes_to_the_talk(contexts: Contexts, town: Town, clock: ShiftedClock):
    sitting, _keys, first_form = town.latest(FAILS)
    sit_well(contexts.new(), town)
    steps.sit_badly(contexts.new(), town, FAILS)
    steps.close_sitting(as_(contexts, town, "demo-invigilator"), town, sitting)
    assert steps.mark_all(as_(contexts, town, "demo-marker"), town, sitting) > 0
    clock.advance(timedelta(minutes=3))
    admin = as_(contexts, town, "demo-province")
    steps.declare_and_release(admin, town, sitting)

    hold_certificate(contexts, town)

    start = (beijing(clock()) + timedelta(days=9)).replace(hour=9, minute=0, second=0, microsecond=0)
    steps.schedule_make_up(admin, town, OPEN_EXAM, FAILS, start)
    make_up, _keys, second_form = town.latest(FAILS)
    assert make_up != sitting
    assert second_form != first_form
    clock.advance(start + timedelta(minutes=1) - clock())
    steps.sit_badly(contexts.new(), town, FAILS)
    steps.close_sitting(as_(contexts, town, "demo-invigilator"), town, make_up)
    clock.advance(timedelta(minutes=3))
    admin = as_(contexts, town, "demo-province")
    steps.declare_and_release(admin, town, make_up)
    today = f"{beijing(clock()):%Y-%m-%d}"
    told = {"talked_on": today, "leader": "副局长赵宁", "text": "了解备考情况，商定参加下一期岗位培训。"}
    steps.record_talk(admin, town, FAILS, told)
    expect(admin.locator("main")).to_contain_text("副局长赵宁")


def sit_well(context: BrowserContext, town: Town) -> None:
    """The officer's part: the exam first, every question answered, the network cut for a while, receipt."""
    _sitting, keys, _form = town.latest(PASSES)
    page = context.new_page()
    sign_in(page, town.url, OFFICER)
    expect(page.locator(".tj-duty").first).to_contain_text(OPEN_EXAM)
    steps.begin(page)
    steps.answer(page, keys[:3])
    expect(page.locator("#conn-words")).to_have_text("3 题已存服务器")
    context.set_offline(True)
    steps.answer(page, keys[3:6])
    expect(page.locator("#conn-words")).to_contain_text("3 题暂存本机")
    page.wait_for_timeout(2000)
    context.set_offline(False)
    steps.answer(page, keys[6:])
    expect(page.locator("#conn-words")).to_have_text(f"{len(keys)} 题已存服务器")
    steps.hand_in(page)
    expect(page.locator("#receipt-answered")).to_have_text(f"{len(keys)} 题，共 {len(keys)} 题")


def hold_certificate(contexts: Contexts, town: Town) -> None:
    """The officer sees result and certificate; a stranger verifies it."""
    page = as_(contexts, town, OFFICER)
    page.goto(f"{town.url}/my/results")
    expect(page.locator("tbody tr").first).to_contain_text("合格")
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="我的证书").last.click()
    expect(page.locator("main")).to_contain_text(OPEN_EXAM)
    address = page.get_by_role("link", name="下载 PDF").first.get_attribute("href")
    assert page.request.get(town.url + str(address)).body().startswith(b"%PDF")
    page.get_by_role("link", name="查看与核验").first.click()
    verify = page.get_by_role("link", name=re.compile("核验页")).get_attribute("href")
    stranger = contexts.new().new_page()
    stranger.goto(str(verify))
    expect(stranger.locator("main")).to_contain_text(masked_name(PASSES))
    expect(stranger.locator("main")).to_contain_text("有效")
    expect(stranger.locator("main")).not_to_contain_text(PASSES)
