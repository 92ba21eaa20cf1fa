"""The make-up board and the follow-up pages, without JavaScript and with."""

import io
import zipfile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.exams.admin.factories import ADMIN, DAY, Room, a_result, the_case, the_follow_up
from tests.exams.admin.test_pages import failed, page, post
from tests.support.world import sign_in
from tiejun.exams.make_up_service import schedule, settle
from tiejun.exams.models import Registration, Sitting
from tiejun.exams.result_models import FollowUpState, MakeUpCase, MakeUpState, Verdict

SATURDAY, YESTERDAY = "2026-12-19T09:00", "2026-11-19T09:00"


@pytest.fixture
def engine() -> str:
    """Services and queries are tested on both databases; here it is the pages."""
    return "sqlite"


@pytest.fixture
def admin(client: FlaskClient, room: Room) -> FlaskClient:
    sign_in(client, "exam_admin")
    return client


def overdue(room: Room, case_id: int) -> None:
    with room.database.transaction() as db:
        db.get_one(MakeUpCase, case_id).due_on = room.now.date() - DAY


def test_the_board_groups_by_unit_and_filters_by_address(admin, room):
    cases = failed(room, *room.officers()[:3])
    overdue(room, next(iter(cases.values())))

    text = page(admin, "/make-ups")
    assert "平昌大队" in text
    assert "逾期 1 天" in text
    assert "全部 3" in text
    assert page(admin, "/make-ups?show=overdue").count('name="case"') == 1
    assert page(admin, "/make-ups?show=soon").count('name="case"') == 0
    assert page(admin, "/make-ups?q=officer2").count('name="case"') == 1
    assert page(admin, f"/make-ups?unit={room.world.units['bazhong'].id}").count('name="case"') == 3
    assert "没有符合条件的人员" in page(admin, "/make-ups?q=nobody")


def test_people_are_scheduled_in_one_act(admin, room, database):
    cases = failed(room, *room.officers()[:2])
    sitting = room.make_up_sitting(15 * DAY, form=1)

    status, _ = post(admin, "/make-ups/schedule", case=list(cases.values()), sitting=sitting.id)

    assert status == 303
    assert the_case(database, room.officers()[0]).state == MakeUpState.SCHEDULED
    text = page(admin, "/make-ups")
    assert "已安排2人，12月5日补考" in text
    assert text.count("/notice.pdf") == 2


def test_without_scripts_the_board_first_says_what_would_follow(admin, room, database):
    cases = failed(room, *room.officers()[:2])
    overdue(room, cases[room.officers()[0]])
    sitting = room.make_up_sitting(15 * DAY, form=1)

    status, text = post(
        admin, "/make-ups/schedule", case=list(cases.values()), sitting=sitting.id, step="preview"
    )

    assert status == 200
    assert "安排 2 人，12月5日补考" in text
    assert "officer1到考试当天已超过补考期限" in text
    assert the_case(database, room.officers()[0]).state == MakeUpState.DUE


def test_overdue_people_need_a_reason_and_the_choice_stays(admin, room, database):
    cases = failed(room, room.officers()[0])
    overdue(room, cases[room.officers()[0]])
    sitting = room.make_up_sitting(15 * DAY, form=1)
    data = {"case": list(cases.values()), "sitting": sitting.id}

    status, text = post(admin, "/make-ups/schedule", **data)
    assert status == 422
    assert "须写明原因" in text
    assert " checked></label>" in text

    assert post(admin, "/make-ups/schedule", **data, reason="汛期应急值守")[0] == 303
    assert the_case(database, room.officers()[0]).overdue_reason == "汛期应急值守"


@pytest.mark.parametrize(
    ("data", "status", "told"),
    [
        ({}, 422, "没有选择人员"),
        ({"case": ["x"]}, 422, "没有选择人员"),
        ({"case": ["999"]}, 404, "管辖范围"),
        ({"case": ["{case}"]}, 422, "请选择补考场次"),
        ({"case": ["{case}"], "sitting": "999"}, 404, "没有找到这个补考场次"),
        ({"case": ["{case}"], "sitting": "new-{exam}"}, 422, "请填写新场次的开始时间"),
        ({"case": ["{case}"], "sitting": "new-{exam}", "starts_at": YESTERDAY}, 422, "开始时间已过"),
        (
            {"case": ["{case}"], "sitting": "new-999", "starts_at": SATURDAY},
            404,
            "没有找到这个考试",
        ),
        (
            {"case": ["{case}"], "sitting": "new-{exam}", "starts_at": SATURDAY},
            422,
            "没有安排任何人",
        ),
    ],
    ids=[
        "nobody",
        "no number",
        "unknown",
        "no sitting",
        "unknown sitting",
        "no time",
        "past",
        "exam",
        "no items",
    ],
)
def test_bad_input_is_told_and_schedules_nobody(admin, room, database, data, status, told):
    cases = failed(room, room.officers()[0])
    known = {"case": next(iter(cases.values())), "exam": room.exam_id}
    filled = {
        name: [one.format(**known) for one in value] if isinstance(value, list) else value.format(**known)
        for name, value in data.items()
    }

    answered, text = post(admin, "/make-ups/schedule", **filled)

    assert answered == status
    assert told in text
    assert the_case(database, room.officers()[0]).state == MakeUpState.DUE
    with database.reading() as db:
        assert len(db.scalars(select(Sitting)).all()) == 1


def test_cases_of_another_province_are_neither_shown_nor_scheduled(client, room, database):
    cases = failed(room, room.officers()[0])
    sitting = room.make_up_sitting(15 * DAY, form=1)
    sign_in(client, "stranger")

    assert "没有人需要补考" in page(client, "/make-ups")
    assert post(client, "/make-ups/schedule", case=list(cases.values()), sitting=sitting.id)[0] == 404
    assert the_case(database, room.officers()[0]).state == MakeUpState.DUE


def test_the_list_is_exported_as_text_never_as_a_formula(admin, room, database):
    failed(room, room.officers()[0])
    with database.transaction() as db:
        room.world.people["officer1"].name = "=1+1"
        db.merge(room.world.people["officer1"])

    answer = admin.get("/make-ups.xlsx")

    book = zipfile.ZipFile(io.BytesIO(answer.data))
    assert "=1+1" in book.read("xl/sharedStrings.xml").decode()
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def twice_failed(room: Room, person: int):
    cases = failed(room, person)
    sitting = room.make_up_sitting(10 * DAY, form=1)
    with room.database.transaction() as db:
        schedule(db, list(cases.values()), sitting, "", ADMIN, room.now)
        seat = db.scalars(select(Registration).where(Registration.sitting_id == sitting.id)).one()
        settle(db, a_result(db, seat, Verdict.FAIL, room.now), room.now)
    return the_follow_up(room.database, person)


def test_a_unit_leader_records_the_talk_and_then_the_decision(client, room, database):
    case = twice_failed(room, room.officers()[0])
    sign_in(client, "unit_admin")
    address = f"/follow-ups/{case.public_id}"
    assert "不是自动的处理" in page(client, address)

    status, text = post(client, f"{address}/talk", talked_on="2026-11-21", leader="张局长", text="谈了。")
    assert status == 422
    assert "约谈日期不能晚于今天" in text
    assert "张局长" in text
    good = {"talked_on": "2026-11-20", "leader": "张局长", "text": "谈了。"}
    assert post(client, f"{address}/talk", **good)[0] == 303
    assert post(client, f"{address}/talk", **good)[0] == 409
    assert post(client, f"{address}/decision", outcome="moved", reason="多次不合格")[0] == 422
    assert post(client, f"{address}/decision", outcome="kept", reason="愿意重新培训")[0] == 303

    assert the_follow_up(database, room.officers()[0]).state == FollowUpState.KEPT
    assert "愿意重新培训" in page(client, address)


def duties(room: Room, client: FlaskClient, login: str) -> list[str]:
    """Return the titles on the first page of somebody."""
    sign_in(client, login)
    text = page(client, "/")
    client.post("/sign-out", data={"csrf_token": text.split('name="csrf_token" value="')[1].split('"')[0]})
    return text


def test_the_first_page_tells_officer_administrator_and_leader_what_to_do(client, room):
    two = room.officers()[1]
    cases = failed(room, two)
    room.sitting(5 * DAY, form_ids=(room.form_ids[3],), title="冬季场")

    assert "等待安排岗位培训考试的补考" in duties(room, client, "officer2")
    told = duties(room, client, "exam_admin")
    assert "安排 1 人补考" in told
    assert "准备岗位培训考试·冬季场" in told

    sitting = room.make_up_sitting(15 * DAY, form=1)
    with room.database.transaction() as db:
        schedule(db, list(cases.values()), sitting, "", ADMIN, room.now)
        seat = db.scalars(select(Registration).where(Registration.sitting_id == sitting.id)).one()
    assert "参加岗位培训考试的补考" in duties(room, client, "officer2")
    with room.database.transaction() as db:
        settle(db, a_result(db, seat, Verdict.ABSENT, room.now), room.now)
    assert "约谈officer2" in duties(room, client, "unit_admin")
    assert "的补考" not in duties(room, client, "officer1").split("<main")[1]
