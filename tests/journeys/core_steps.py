"""The steps of the core journey, each as the person in front of the screen does it."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from question_bank.item import PartType
from tests.journeys.demo_town import sign_in
from tests.support.server import Server
from tiejun.bank.form_service import SlotKey, slot_keys
from tiejun.clock import beijing
from tiejun.db import Database
from tiejun.exams.models import Registration, Sitting
from tiejun.people.models import Account, Person

ESSAY = "应由两名以上执法人员出示证件后现场检查，固定证据，告知陈述申辩和听证权利，经法制审核后作出决定。"


class Town:
    """The served demo beside its database, which is only looked up in: everything is done over the pages."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url
        self.database = Database(server.database_url)

    def login_of(self, name: str) -> str:
        """Return how an officer signs in."""
        with self.database.reading() as db:
            query = select(Account.login).join(Person, Person.id == Account.person_id)
            return db.scalars(query.where(Person.name == name)).one()

    def latest(self, name: str) -> tuple[str, list[SlotKey], int]:
        """Return the public id, the keys and the form of the last sitting an officer is registered for."""
        with self.database.reading() as db:
            registration, sitting = db.execute(
                select(Registration, Sitting)
                .join(Sitting, Sitting.id == Registration.sitting_id)
                .join(Person, Person.id == Registration.person_id)
                .where(Person.name == name)
                .order_by(Sitting.id.desc())
                .limit(1)
            ).one()
            keys = slot_keys(db, registration.form_id)
            return str(sitting.public_id), keys, registration.form_id


def begin(page: Page) -> None:
    """Follow the first duty of the first page, which is the open exam, and open the paper."""
    duty = page.locator(".tj-duty").first
    duty.locator("a.tj-btn-primary").click()
    enter = page.get_by_role("link", name="进入考试")
    start = page.get_by_role("button", name="开始答题")
    expect(enter.or_(start).first).to_be_visible()
    if enter.count():
        enter.first.click()
    start.click()
    expect(page.locator("#q-1")).to_be_visible()


def answer(page: Page, keys: Iterable[SlotKey]) -> None:
    """Give the right answer to each question, by clicking and typing."""
    for key in keys:
        page.locator(f"button[data-go='{key.slot}']").click()
        expect(page.locator(f"#q-{key.slot}")).to_be_visible()
        answer_one(page, key)


def answer_one(page: Page, slot: SlotKey) -> None:
    """Give the right answer to the question that is shown."""
    kind, key = slot.part.type, cast(Any, slot.part.key)
    if kind is PartType.ESSAY:
        page.locator(f"#essay-{slot.slot}").fill(ESSAY)
    elif kind is PartType.FILL_IN:
        for number, accepted in enumerate(key, start=1):
            page.locator(f"#blank-{slot.slot}-{number}").fill(accepted[0])
    elif kind is PartType.TRUE_FALSE:
        page.locator(".tj-opt", has_text="正确" if key else "错误").click()
    else:
        for chosen in [key] if isinstance(key, str) else key:
            page.locator(f".tj-opt:has(input[value='{slot.option_ids[chosen]}'])").click()


def hand_in(page: Page) -> None:
    """Hand in, in two steps; ends on the receipt."""
    page.locator("#hand-in").click()
    page.get_by_role("button", name="交卷，下一步确认").click()
    page.get_by_role("button", name="确认交卷").click()
    expect(page.locator("#receipt-title")).to_have_text("已交卷")


def sit_badly(context: BrowserContext, town: Town, name: str) -> None:
    """Sign in, open the exam, answer nothing and hand in."""
    page = context.new_page()
    sign_in(page, town.url, town.login_of(name))
    begin(page)
    hand_in(page)


def close_sitting(page: Page, town: Town, sitting: str) -> None:
    """Collect all papers, as the invigilator does from the board."""
    page.goto(f"{town.url}/sittings/{sitting}/board")
    form = page.locator("form[action$='/board/closing']")
    form.locator("xpath=ancestor-or-self::details").locator("summary").click()
    form.locator("[name=reason]").fill("全部考生已交卷")
    confirm = form.locator("[name=word]")
    if confirm.count():
        confirm.fill("收卷")
    form.locator("button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("收卷")


def mark_all(page: Page, town: Town, sitting: str) -> int:
    """Give full points for every essay that waits for this marker; return how many there were."""
    page.goto(f"{town.url}/marking/{sitting}")
    marked = 0
    while page.get_by_role("link", name="开始评阅").count():
        page.get_by_role("link", name="开始评阅").first.click()
        points = page.locator("#points")
        points.fill(points.get_attribute("max") or "0")
        page.get_by_role("button", name="保存，下一份").click()
        page.goto(f"{town.url}/marking/{sitting}")
        marked += 1
    return marked


def declare_and_release(page: Page, town: Town, sitting: str) -> None:
    """Declare the results, then release them with the typed word."""
    page.goto(f"{town.url}/sittings/{sitting}/results")
    page.get_by_role("button", name=re.compile(r"^宣布 \d+ 人的成绩$")).click()
    page.locator("#word").fill("公布")
    page.get_by_role("button", name=re.compile(r"^发布 \d+ 人的成绩$")).click()
    expect(page.locator(".tj-err")).to_be_visible()
    page.locator("#word").fill("发布")
    page.get_by_role("button", name=re.compile(r"^发布 \d+ 人的成绩$")).click()
    expect(page.get_by_role("button", name=re.compile(r"^发布 \d+ 人的成绩$"))).to_have_count(0)


def schedule_make_up(page: Page, town: Town, exam: str, name: str, start: datetime) -> None:
    """Tick one officer on the board and make a sitting for the make-up, with a paper of its own."""
    page.goto(f"{town.url}/make-ups")
    page.get_by_label(f"选择{name}", exact=True).check()
    chosen = page.locator("label.tj-pick", has_text=exam).locator("input[value^='new-']")
    expect(chosen).to_be_checked()
    page.locator("#starts_at").fill(f"{beijing(start):%Y-%m-%dT%H:%M}")
    page.locator("#venue").fill("补考考点")
    page.locator("[data-mu=act]").click()
    expect(page.get_by_text(re.compile("已安排1人"))).to_be_visible()


def record_talk(page: Page, town: Town, name: str, fields: Mapping[str, str]) -> None:
    """Open the follow-up case of an officer and keep the record of the talk."""
    page.goto(f"{town.url}/follow-ups")
    page.locator("tbody tr", has_text=name).get_by_role("link").first.click()
    for field, value in fields.items():
        page.locator(f"[name={field}]").fill(value)
    page.get_by_role("button", name="保存约谈记录").click()
    expect(page.locator("main")).to_contain_text("处理决定")
