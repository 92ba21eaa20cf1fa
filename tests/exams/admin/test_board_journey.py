"""The administrator's pages in Chromium: the panel follows the ticks, everything fits, axe finds nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.exams.admin.factories import DAY, Room, a_result, a_room
from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE
from tests.support.world import PASSWORD
from tiejun.clock import SystemClock, beijing
from tiejun.db import Database
from tiejun.exams.make_up_service import open_case
from tiejun.exams.result_models import MakeUpCase, Verdict


@pytest.fixture
def room(live_server):
    database = Database(live_server.database_url)
    made = a_room(database, SystemClock()())
    rows = made.register(made.sitting(title="第一场"), made.officers()[:3])
    with database.transaction() as db:
        for row in rows:
            open_case(db, a_result(db, row, Verdict.FAIL, made.now), made.now)
        late = db.query(MakeUpCase).filter_by(person_id=made.officers()[0]).one()
        late.due_on = beijing(made.now).date() - DAY
    yield made
    database.dispose()


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.locator("input[name=login]").fill("exam_admin")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"{address}/")


def test_the_panel_says_what_follows_from_the_ticks_and_schedules(live_server, page: Page, room: Room):
    sitting = room.make_up_sitting(15 * DAY, form=1)
    day = beijing(sitting.starts_at)
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/make-ups")
    act = page.locator("[data-mu=act]")

    expect(act).to_have_attribute("aria-disabled", "true")
    page.get_by_label("选择officer2").check()
    page.get_by_label("选择officer3").check()
    expect(act).to_have_text(f"安排 2 人，{day.month}月{day.day}日补考")
    expect(page.locator("[data-mu=late]")).to_be_hidden()
    page.get_by_label("选择平昌大队全部未安排人员").check()
    expect(page.locator("[data-mu=why]")).to_have_text("officer1到考试当天已超过补考期限。")
    page.locator("input[name=sitting]").nth(1).check()
    expect(page.get_by_label("新场次开始时间")).to_be_visible()
    page.locator("input[name=sitting]").first.check()
    page.get_by_label("逾期原因").fill("汛期应急值守")
    act.click()

    expect(page.get_by_text(f"已安排3人，{day.month}月{day.day}日补考。")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_fit_and_are_accessible(live_server, contexts, room: Room, size):
    sitting = room.sitting(8 * DAY, form_ids=(room.form_ids[2],))
    room.register(sitting, room.officers()[3:])
    room.make_up_sitting(15 * DAY, form=1)
    page = contexts.new(viewport=size).new_page()
    sign_in(page, live_server.url)
    base = f"/sittings/{sitting.public_id}"
    found = {}
    for address in (
        "/exams",
        "/exams/new",
        "/sittings/new",
        base,
        f"{base}/edit",
        f"{base}/register?fitting=0",
        "/make-ups",
        "/follow-ups",
    ):
        page.goto(live_server.url + address)
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        found[address] = [*violations(page), *(["sideways"] if page.evaluate(over) > 0 else [])]

    assert {address: faults for address, faults in found.items() if faults} == {}
    assert contexts.refused == []
