"""The pages of notices: one's own and nobody else's, read one by one or all at once."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import event, select

from tests.exams.admin.factories import DAY, Room, a_room
from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE, Contexts
from tests.support.clock import ManualClock
from tests.support.server import Server
from tests.support.world import PASSWORD, csrf_token, sign_in
from tiejun.audit import AuditEvent
from tiejun.db import Database
from tiejun.notices.models import Notice
from tiejun.notices.service import scan
from tiejun.people.models import Account

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def told(room: Room, clock: ManualClock) -> Room:
    """Two notices for each officer: registered, and tomorrow."""
    room.register(room.sitting(DAY), room.officers())
    assert scan(room.database, clock(), with_mail=False) == 8
    return room


@pytest.fixture
def officer(client: FlaskClient, told: Room) -> FlaskClient:
    sign_in(client, "officer1")
    return client


def notices_of(database: Database, login: str) -> list[Notice]:
    with database.reading() as db:
        query = select(Notice).join(Account, Account.id == Notice.account_id).where(Account.login == login)
        return list(db.scalars(query.order_by(Notice.id)))


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def post(client: FlaskClient, path: str, **data: str):
    return client.post(path, data={**data, "csrf_token": csrf_token(client, "/password")})


def badge(text: str) -> str:
    found = re.search(r'class="tj-bell-n[^>]*>(.*?)<', text)
    return found.group(1) if found else ""


def test_every_page_says_how_many_are_unread(officer: FlaskClient):
    assert [badge(page(officer, path)) for path in ("/", "/my/exams", "/notices")] == ["2", "2", "2"]
    assert "通知，2 条未读" in page(officer, "/laws")


def test_reading_one_goes_on_to_what_it_is_about(officer: FlaskClient, told: Room):
    first, _second = notices_of(told.database, "officer1")
    assert "已登记考试：岗位培训考试" in page(officer, "/")

    answer = post(officer, f"/notices/{first.public_id}/read", open="1")

    assert (answer.status_code, answer.location) == (303, "/my/exams")
    assert badge(page(officer, "/")) == "1"
    assert "已登记考试：岗位培训考试" not in page(officer, "/")
    assert "已登记考试" in page(officer, "/notices?show=read")
    assert "已登记考试" not in page(officer, "/notices?show=unread")


def test_marking_one_stays_in_the_filtered_list(officer: FlaskClient, told: Room):
    first, _second = notices_of(told.database, "officer1")

    answer = post(officer, f"/notices/{first.public_id}/read", show="unread")

    assert answer.location == "/notices?show=unread"
    assert post(officer, f"/notices/{first.public_id}/read", show="//evil.cn").location == "/notices"


def test_all_can_be_marked_as_read_and_only_ones_own(officer: FlaskClient, told: Room):
    assert post(officer, "/notices/read").status_code == 303

    assert badge(page(officer, "/notices")) == ""
    assert "没有未读通知" in page(officer, "/notices?show=unread")
    assert all(one.read_at is None for one in notices_of(told.database, "officer2"))


def test_somebody_elses_notice_is_not_there(officer: FlaskClient, told: Room):
    (others, _second) = notices_of(told.database, "officer2")

    assert post(officer, f"/notices/{others.public_id}/read", open="1").status_code == 404
    assert notices_of(told.database, "officer2")[0].read_at is None


def test_who_has_none_is_told_what_will_come(client: FlaskClient, told: Room):
    sign_in(client, "marker")

    assert "还没有通知" in page(client, "/notices")
    assert "没有已读通知" in page(client, "/notices?show=read")


def test_an_unknown_filter_or_page_shows_something(officer: FlaskClient):
    assert "岗位培训考试" in page(officer, "/notices?show=x&page=99")


def test_the_count_is_one_query_however_many_there_are(app: Flask, officer: FlaskClient):
    asked: list[str] = []
    engine = app.extensions["tiejun"].database.engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cur, sql, *_rest: asked.append(sql))

    page(officer, "/laws")

    assert len([sql for sql in asked if "FROM notice" in sql]) == 1


def test_ones_own_address_is_set_taken_away_and_checked(officer: FlaskClient, told: Room):
    def account() -> tuple[str | None, bool]:
        with told.database.reading() as db:
            found = db.scalars(select(Account).where(Account.login == "officer1")).one()
            return found.email, found.wants_mail

    assert "本系统目前没有接通邮件服务器" in page(officer, "/settings")
    assert post(officer, "/settings", email=" li@example.cn ", wants_mail="y").status_code == 303
    assert account() == ("li@example.cn", True)
    assert 'value="li@example.cn"' in page(officer, "/settings")

    answer = post(officer, "/settings", email="li@example.cn\r\nBcc: x@y.cn", wants_mail="y")
    assert answer.status_code == 422
    assert "邮箱地址应如" in answer.get_data(as_text=True)
    assert account() == ("li@example.cn", True)

    assert post(officer, "/settings", email="").status_code == 303
    assert account() == (None, False)
    with told.database.reading() as db:
        changes = db.scalars(select(AuditEvent).where(AuditEvent.action == "account.mail_changed")).all()
    assert len(changes) == 2
    assert "example" not in str([change.details for change in changes])


@pytest.fixture
def engine() -> str:
    """Pages are the same on both databases; what they read is tested on both elsewhere."""
    return "sqlite"


def test_notices_are_read_in_a_browser_on_desk_and_phone(live_server: Server, contexts: Contexts):
    database = Database(live_server.database_url)
    room = a_room(database, datetime.now(UTC))
    room.register(room.sitting(3 * DAY), room.officers())
    scan(database, room.now, with_mail=False)
    database.dispose()
    tab = contexts.new().new_page()
    tab.goto(f"{live_server.url}/sign-in")
    tab.locator("#login").fill("officer1")
    tab.locator("#password").fill(PASSWORD)
    tab.get_by_role("button", name="登录", exact=True).click()
    tab.get_by_role("link", name="通知，1 条未读").click()

    for size in (PHONE, DESKTOP):
        tab.set_viewport_size(size)
        for path in ("/notices", "/notices?show=read", "/settings", "/"):
            tab.goto(live_server.url + path)
            assert violations(tab) == [], path
            assert tab.evaluate(SIDEWAYS) == 0, path

    tab.get_by_role("button", name="查看：已登记考试：岗位培训考试").click()
    tab.wait_for_url("**/my/exams")
    expect(tab.get_by_role("link", name="通知", exact=True)).to_have_count(1)
