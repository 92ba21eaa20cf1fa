"""The invigilator's pages: who sees which, what they show, what they do."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.api.callers import a_session, sign_in
from tests.exams.engine.factories import (
    HOUR,
    a_sitting,
    a_staff_member,
    a_unit,
    an_account,
    opened,
    record,
    sent,
    the_attempt,
)
from tests.support.clock import START
from tiejun.access import Role
from tiejun.audit import Actor
from tiejun.exams.invigilation_duties import duties
from tiejun.exams.late_service import Opinion, decide
from tiejun.exams.models import EndKind, Sitting, TakeoverCode
from tiejun.people.models import Account
from tiejun.people.sign_in import load_persona
from tiejun.settings import Settings

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(database):
    return a_sitting(database, candidates=3)


@pytest.fixture
def page(app, client, database, clock, world):
    """Return the page of the sitting's invigilator."""
    a_staff_member(database, world, "invigilator1")
    return Pages(app, client, database, world, "invigilator1")


class Pages:
    """One signed-in person before the pages of one sitting."""

    def __init__(self, app, client, database, world, login):
        self.client, self.world = client, world
        self.csrf = sign_in(app, client, database, login)

    def get(self, path="board"):
        return self.client.get(f"/sittings/{self.world.sitting}/{path}")

    def post(self, path, **form):
        sent_form = {"csrf_token": self.csrf, **form}
        return self.client.post(f"/sittings/{self.world.sitting}/{path}", data=sent_form)


def test_the_board_shows_the_worst_first_and_progress_in_numbers(database, clock, world, page):
    well, silent = opened(database, world, START, 0), opened(database, world, START, 1)
    record(database, silent, START + MINUTE, sent(1), queued=3)
    clock.time = START + 5 * MINUTE
    record(database, well, clock.time - timedelta(seconds=4), sent(1), sent(2, 3, True))

    text = page.get().text

    assert text.index("张1") < text.index("张0") < text.index("张2")
    assert "4 分 0 秒没有心跳" in text
    assert "本机待传 2 题" in text
    assert "2/5" in text
    assert "4 秒前保存" in text
    assert "510***********1234" in text
    assert "未到场" in text
    assert "00:55:00" in text


@pytest.mark.parametrize(
    ("role", "serves", "status"),
    [
        (Role.INVIGILATOR, True, 200),
        (Role.INVIGILATOR, False, 404),
        (Role.EXAM_ADMIN, False, 200),
        (Role.PROVINCE_ADMIN, False, 200),
        (Role.OFFICER, False, 403),
        (Role.MARKER, True, 403),
        (Role.UNIT_ADMIN, False, 403),
        (Role.AUDITOR, False, 403),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_board_is_for_the_staff_of_the_sitting_and_its_administrators(
    app, client, database, world, role, serves, status
):
    a_staff_member(database, world, "somebody1", role, serves=serves)
    pages = Pages(app, client, database, world, "somebody1")
    opened(database, world, START)
    more = {"minutes": "5", "reason": "停电", "word": "收卷"}

    assert pages.get().status_code == status
    assert pages.get("board/1").status_code == status
    acted = 303 if status == 200 else status
    assert pages.post("board/1/extension", **more).status_code == acted
    assert pages.post("board/extension", **more).status_code == acted
    assert pages.post("board/1/takeover-code").status_code == status
    assert pages.post("board/1/closing", **more).status_code == acted
    assert pages.post("board/closing", **more).status_code == acted


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_administrator_of_another_unit_finds_nothing(app, client, database, world):
    with database.transaction() as db:
        an_account(db, a_unit(db, START, "520100"), "elsewhere1", Role.EXAM_ADMIN, START)
    pages = Pages(app, client, database, world, "elsewhere1")

    assert pages.get().status_code == 404
    assert pages.get("late").status_code == 404


def test_nobody_signed_in_is_sent_to_sign_in(client, world):
    assert client.get(f"/sittings/{world.sitting}/board").status_code == 303


def test_a_code_is_shown_once_and_opens_a_second_device(database, world, page):
    opened(database, world, START)

    text = page.post("board/1/takeover-code").text

    code = re.sub(r"\D", "", re.search(r"data-code>([\d ]+)<", text).group(1))
    assert len(code) == 6
    assert "data-code" not in page.get("board/1").text
    assert opened(database, world, START, device="device-two", takeover_code=code).last_seq == 0
    with database.reading() as db:
        issued = db.scalars(select(TakeoverCode)).one()
    assert "invigilator1" in issued.issued_by


def test_more_time_for_one_and_for_all(database, world, page):
    mine = opened(database, world, START)

    assert page.post("board/1/extension", minutes="5", reason="更换键盘").status_code == 303
    assert page.post("board/extension", minutes="10", reason="停电").status_code == 303

    assert the_attempt(database, mine).deadline == START + HOUR + 15 * MINUTE
    text = page.get().text
    assert "延长 5 分钟，原因：更换键盘" in text
    assert "全场延长 10 分钟，原因：停电" in text


@pytest.mark.parametrize("path", ["board/1/extension", "board/extension"])
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_faulty_extension_changes_nothing_and_keeps_what_was_typed(database, world, page, path):
    mine = opened(database, world, START)

    reply = page.post(path, minutes="500", reason="更换了键盘和鼠标")

    assert reply.status_code == 422
    assert "更换了键盘和鼠标" in reply.text
    assert the_attempt(database, mine).deadline == START + HOUR


def test_closing_needs_the_word_and_ends_the_attempt(database, world, page):
    mine = opened(database, world, START)

    assert page.post("board/1/closing", reason="身体不适", word="").status_code == 422
    assert the_attempt(database, mine).ended_at is None
    assert page.post("board/1/closing", reason="身体不适", word="收卷").status_code == 303
    assert the_attempt(database, mine).end_kind == EndKind.CLOSED


def test_closing_the_room_closes_it_for_those_who_have_not_come(database, world, page):
    opened(database, world, START)

    page.post("board/closing", reason="考试结束", word="收卷")

    with database.reading() as db:
        assert db.get_one(Sitting, world.sitting_id).closed_at == START
    assert "全场收卷，原因：考试结束" in page.get().text


def test_a_locked_account_is_an_alarm_and_is_unlocked_here(database, world, page):
    with database.transaction() as db:
        db.execute(
            update(Account)
            .where(Account.login == "officer2")
            .values(failures=5, locked_until=START + HOUR, last_failure_at=START)
        )
    assert "账号已锁定" in page.get().text

    assert page.post("board/3/unlocking").status_code == 303

    assert "账号已锁定" not in page.get().text


def test_an_act_without_the_forms_token_is_refused(database, world, page):
    opened(database, world, START)
    page.csrf = ""

    assert page.post("board/1/takeover-code").status_code == 400


def test_two_people_see_the_outage_and_decide_about_late_answers(app, client, database, world, page):
    attempt = opened(database, world, START)
    record(database, attempt, START + 50 * MINUTE, sent(1))
    record(database, attempt, START + 63 * MINUTE, sent(2, 1, "q2", START + 55 * MINUTE))
    a_staff_member(database, world, "invigilator2")

    text = page.get("late").text
    assert "13 分 0 秒" in text
    last = re.search(r'name="last_event_id" value="(\d+)"', text).group(1)
    decision = {"accepts": "yes", "reason": "监考记录有断网", "last_event_id": last}

    assert page.post("late/1", **{**decision, "reason": ""}).status_code == 422
    assert page.post("late/1", **decision).status_code == 303
    assert "还需要另一名工作人员核查" in page.get("late").text
    assert page.post("late/1", **decision).status_code == 409

    second = Pages(app, client, database, world, "invigilator2")
    assert second.post("late/1", **decision).status_code == 303
    assert "已计入" in second.get("late").text


def test_the_first_page_names_sittings_to_watch_and_late_answers_to_judge(app, database, world):
    account = a_staff_member(database, world, "invigilator1")
    with database.reading() as db:
        who = load_persona(db, a_session(database, "invigilator1", START), START, Settings())

    def due(now):
        with app.test_request_context(), database.reading() as db:
            return duties(db, who, now)

    watch = due(START)
    assert [duty.address for duty in watch] == [f"/sittings/{world.sitting}/board"]

    attempt = opened(database, world, START)
    record(database, attempt, START + 3 * HOUR, sent(1))
    judge = due(START + 3 * HOUR)
    assert [duty.address for duty in judge] == [f"/sittings/{world.sitting}/late"]

    with database.transaction() as db:
        opinion = Opinion(account, None, True, "断网属实", 1_000)
        decide(db, the_attempt(database, attempt), opinion, Actor(account, "监考"), START + 3 * HOUR)
    assert due(START + 3 * HOUR) == []
