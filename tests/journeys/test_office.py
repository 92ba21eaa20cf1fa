"""From the roster to the make-up at the desk; from the first sign-in to the certificate on a phone."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from question_bank.item import PartType
from tests.journeys import core_steps as core
from tests.journeys import office_steps as office
from tests.journeys.core_steps import Town
from tests.journeys.demo_town import served_demo, sign_in
from tests.journeys.office_steps import Newcomer, sound
from tests.support.browser import PHONE, Contexts
from tiejun.bank.form_service import SlotKey
from tiejun.clock import ShiftedClock, beijing

EXAM = "2026年第四季度新进人员初级岗位培训考试"
PASSES, MISSES = Newcomer("顾晓舟", 801), Newcomer("贺兰山", 802)


@pytest.fixture
def town(laid_demo: Path, tmp_path: Path) -> Iterator[Town]:
    with served_demo(laid_demo, tmp_path) as server:
        made = Town(server)
        yield made
        made.database.dispose()


@pytest.fixture
def clock(town: Town) -> ShiftedClock:
    return ShiftedClock(Path(town.server.environment["TIEJUN_DATA_DIR"]) / "clock-shift")


def test_from_the_roster_to_certificate_and_make_up(contexts: Contexts, town: Town, clock: ShiftedClock):
    admin = as_(contexts, town, "demo-province")
    accounts = office.import_roster(admin, town, [PASSES, MISSES])
    office.import_training(admin, town, [PASSES, MISSES])
    label = office.freeze_a_form(admin, town)
    tomorrow = (beijing(clock()) + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    sitting = office.new_sitting(admin, town, EXAM, label, tomorrow)
    office.register(admin, town, sitting, [accounts[who.name][0] for who in (PASSES, MISSES)])

    officer = contexts.new(viewport=PHONE, has_touch=True).new_page()
    office.first_sign_in(officer, town, *accounts[PASSES.name])
    expect(officer.locator(".tj-duty").first).to_contain_text(EXAM)
    clock.advance(tomorrow + timedelta(minutes=1) - clock())
    login = accounts[PASSES.name][0]
    sit_on_a_phone(as_(contexts, town, login, office.NEW_PASSWORD, phone=True), town)

    core.close_sitting(as_(contexts, town, "demo-invigilator"), town, sitting)
    assert core.mark_all(as_(contexts, town, "demo-marker"), town, sitting) > 0
    clock.advance(timedelta(minutes=3))
    admin = as_(contexts, town, "demo-province")
    core.declare_and_release(admin, town, sitting)

    hold_the_certificate(as_(contexts, town, login, office.NEW_PASSWORD, phone=True), town)
    arrange_the_make_up(admin, town, clock)


def as_(
    contexts: Contexts, town: Town, login: str, password: str | None = None, *, phone: bool = False
) -> Page:
    page = contexts.new(**({"viewport": PHONE, "has_touch": True} if phone else {})).new_page()
    sign_in(page, town.url, login, password)
    return page


def sit_on_a_phone(page: Page, town: Town) -> None:
    """Answer one question after the other by the button below, and hand in from the sheet."""
    _sitting, keys, _form = town.latest(PASSES.name)
    page.goto(f"{town.url}/")
    core.begin(page)
    sound(page)
    for number, key in enumerate(keys):
        if number:
            page.locator("#next").tap()
        expect(page.locator(f"#q-{key.slot}")).to_be_visible()
        answer(page, key)
    expect(page.locator("#conn-words")).to_contain_text(f"{len(keys)} 题")
    page.locator("#open-card").tap()
    page.locator("#hand-in-2").tap()
    sound(page)
    page.get_by_role("button", name="交卷，下一步确认").tap()
    page.get_by_role("button", name="确认交卷").tap()
    expect(page.locator("#receipt-title")).to_have_text("已交卷")
    sound(page)


def answer(page: Page, slot: SlotKey) -> None:
    if slot.part.type in (PartType.ESSAY, PartType.FILL_IN):
        core.answer_one(page, slot)
        return
    key = slot.part.key
    if isinstance(key, bool):
        page.locator(".tj-opt:visible", has_text="正确" if key else "错误").tap()
        return
    for chosen in [key] if isinstance(key, str) else key:
        page.locator(f".tj-opt:has(input[value='{slot.option_ids[chosen]}'])").tap()


def hold_the_certificate(page: Page, town: Town) -> None:
    """The officer sees the result and holds the certificate, still on the phone."""
    sound(page)
    page.goto(f"{town.url}/my/results")
    sound(page)
    expect(page.locator("tbody tr").first).to_contain_text("合格")
    page.goto(f"{town.url}/my/certificates")
    sound(page)
    expect(page.locator("main")).to_contain_text(EXAM)
    address = page.get_by_role("link", name="下载 PDF").first.get_attribute("href")
    assert page.request.get(town.url + str(address)).body().startswith(b"%PDF")


def arrange_the_make_up(page: Page, town: Town, clock: ShiftedClock) -> None:
    """Who did not come stands on the board with a last day, and is put into a sitting of their own."""
    page.goto(f"{town.url}/make-ups")
    sound(page)
    row = page.locator("tbody tr", has_text=MISSES.name)
    expect(row).to_contain_text("缺考")
    start = (beijing(clock()) + timedelta(days=30)).replace(hour=9, minute=0, second=0, microsecond=0)
    core.schedule_make_up(page, town, EXAM, MISSES.name, start)
    row = page.locator("tbody tr", has_text=MISSES.name)
    expect(row.get_by_role("link", name=re.compile("通知书"))).to_be_visible()
    notice = row.get_by_role("link", name=re.compile("通知书")).get_attribute("href")
    assert page.request.get(town.url + str(notice)).body().startswith(b"%PDF")
