"""The administrator's pages as a browser without JavaScript uses them."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.exams.admin.factories import DAY, Room, a_chief, a_result
from tests.support.world import csrf_token, make_officer, sign_in
from tiejun.exams.make_up_service import open_case
from tiejun.exams.models import Exam, Registration, Sitting, SittingForm
from tiejun.exams.result_models import Verdict
from tiejun.people.models import Person, Post
from tiejun.people.roster import id_hash

NUMBER = "511923199001010011"


@pytest.fixture
def engine() -> str:
    """Services and queries are tested on both databases; here it is the pages."""
    return "sqlite"


@pytest.fixture
def admin(client: FlaskClient, room: Room) -> FlaskClient:
    sign_in(client, "exam_admin")
    return client


def post(client: FlaskClient, address: str, **data: object) -> tuple[int, str]:
    answer = client.post(address, data={"csrf_token": csrf_token(client, "/password"), **data})
    return answer.status_code, answer.get_data(as_text=True)


def page(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def sitting_data(room: Room, **other: object) -> dict[str, object]:
    sound = {
        "starts_at": "2026-12-05T09:00",
        "ends_at": "2026-12-05T11:00",
        "minutes": "120",
        "venue": "三楼机考室",
        "forms": [str(room.form_ids[0])],
        "invigilators": [str(room.world.accounts["invigilator"].id)],
    }
    return {**sound, **other}


def new_sitting_address(room: Room) -> str:
    with room.database.reading() as db:
        return f"/sittings/new?exam={db.get_one(Exam, room.exam_id).public_id}"


def failed(room: Room, *people: int) -> dict[int, int]:
    """Let people fail; return their case ids."""
    rows = room.register(room.sitting(title="第一场"), list(people))
    with room.database.transaction() as db:
        cases = [open_case(db, a_result(db, row, Verdict.FAIL, room.now), room.now) for row in rows]
        return {case.person_id: case.id for case in cases if case is not None}


def test_an_exam_leads_on_to_its_first_sitting(admin, room, database):
    unit_id = room.world.units["sichuan"].id
    answer = admin.post(
        "/exams/new",
        data={
            "csrf_token": csrf_token(admin, "/exams/new"),
            "title": "下半年考试",
            "blueprint": room.blueprint_id,
            "unit": unit_id,
        },
    )

    assert answer.status_code == 303
    assert "/sittings/new?exam=" in answer.headers["Location"]
    with database.reading() as db:
        made = db.scalars(select(Exam).where(Exam.title == "下半年考试")).one()
        assert (made.level, made.tier, made.unit_id) == ("provincial", "primary", unit_id)


def test_an_exam_out_of_reach_is_refused(admin, room):
    status, text = post(
        admin,
        "/exams/new",
        title="外省考试",
        blueprint=room.blueprint_id,
        unit=room.world.units["shaanxi"].id,
    )

    assert status == 422
    assert "管辖范围内的主办单位" in text
    assert "外省考试" in text, "what was typed is still there"


def test_times_are_typed_in_beijing_and_stored_in_utc(admin, room, database):
    status, _ = post(admin, new_sitting_address(room), **sitting_data(room))

    assert status == 303
    with database.reading() as db:
        sitting = db.scalars(select(Sitting)).one()
        assert sitting.starts_at.isoformat() == "2026-12-05T01:00:00+00:00"
        shown = page(admin, f"/sittings/{sitting.public_id}/edit")
    assert 'value="2026-12-05T09:00"' in shown


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ends_at": "2026-12-05T08:00"}, "结束时间应晚于开始时间"),
        ({"starts_at": "明天"}, "请按“年-月-日 时:分”填写"),
        ({"starts_at": "2026-11-19T09:00"}, "开始时间已过"),
        ({"minutes": "180"}, "考试时长超过开放时段"),
        ({"forms": []}, "请至少选择一份试卷"),
        ({"invigilators": ["999"]}, "已不可选"),
        ({"forms": ["x"]}, "已不可选|请从列表中选择|无效"),
    ],
    ids=["end before start", "no time", "past", "too long", "no form", "not offered", "no number"],
)
def test_a_fault_is_told_at_its_field_and_nothing_typed_is_lost(admin, room, database, change, told):
    status, text = post(admin, new_sitting_address(room), **sitting_data(room, **change))

    assert status == 422
    assert any(words in text for words in told.split("|"))
    assert "三楼机考室" in text
    with database.reading() as db:
        assert db.scalars(select(Sitting)).all() == []


def test_a_burnt_form_is_neither_offered_nor_taken(admin, room, database):
    room.sitting()
    address = new_sitting_address(room)

    assert "试卷A（" not in page(admin, address)
    assert "试卷B（" in page(admin, address)
    assert post(admin, address, **sitting_data(room))[0] == 422
    with database.reading() as db:
        assert len(db.scalars(select(SittingForm)).all()) == 1


def test_officers_are_shown_with_the_reason_and_registered_by_ticks(admin, room, database):
    sitting = room.sitting()
    address = f"/sittings/{sitting.public_id}/register"

    assert "首次申领执法证件" in page(admin, address)
    status, _ = post(admin, address, person=room.officers()[:2])

    assert status == 303
    with database.reading() as db:
        assert len(db.scalars(select(Registration)).all()) == 2
    assert "officer1" in page(admin, f"/sittings/{sitting.public_id}")


def test_all_due_of_a_unit_are_registered_at_once_but_not_the_others(admin, room, database):
    with database.transaction() as db:
        chief = a_chief(db, room)
    sitting = room.sitting()
    unit = room.world.units["pingchang"].id

    status, _ = post(admin, f"/sittings/{sitting.public_id}/register", all_due="1", unit=unit, fitting="1")

    assert status == 303
    with database.reading() as db:
        there = set(db.scalars(select(Registration.person_id)))
        assert there == set(room.officers())
        assert chief.id not in there


def test_a_mismatch_needs_an_explicit_tick(admin, room, database):
    with database.transaction() as db:
        chief = a_chief(db, room)
    address = f"/sittings/{room.sitting().public_id}/register"

    status, text = post(admin, address, person=[chief.id])
    assert status == 422
    assert "仍要登记" in text
    assert "县大队长" in text

    assert post(admin, address, person=[chief.id], confirm="1")[0] == 303


def test_who_should_sit_the_make_up_is_not_counted_as_due(admin, room, database):
    failed(room, room.officers()[0])
    address = f"/sittings/{room.sitting(5 * DAY, form_ids=(room.form_ids[1],)).public_id}/register"

    status, text = post(admin, address, person=[room.officers()[0]])

    assert status == 422
    assert "应参加补考" in text


def test_nobody_out_of_reach_is_registered(client, room, database):
    sitting = room.sitting()
    with database.transaction() as db:
        stranger = make_officer(db, "外省人", room.world.units["shaanxi-agency"], Post.STAFF, room.now)
    sign_in(client, "exam_admin")

    status, text = post(client, f"/sittings/{sitting.public_id}/register", person=[stranger.id], confirm="1")

    assert status == 422
    assert "不在您的管辖范围内" in text
    with database.reading() as db:
        assert db.scalars(select(Registration)).all() == []


def test_a_pasted_list_with_a_faulty_line_changes_nothing(admin, room, database, settings):
    with database.transaction() as db:
        person = db.get_one(Person, room.officers()[1])
        person.id_number_hash = id_hash(NUMBER, settings)
    address = f"/sittings/{room.sitting().public_id}/register/list"

    status, text = post(admin, address, people=f"officer1\n{NUMBER}\nnobody")
    assert status == 422
    assert "第3行" in text
    assert "officer1\n" in text, "the list is still there"
    with database.reading() as db:
        assert db.scalars(select(Registration)).all() == []

    assert post(admin, address, people=f"officer1\n{NUMBER}")[0] == 303
    with database.reading() as db:
        assert len(db.scalars(select(Registration)).all()) == 2


def test_a_candidate_is_taken_off_before_the_start_and_stays_after_it(admin, room, database, clock):
    sitting = room.sitting()
    rows = room.register(sitting, room.officers())
    address = f"/sittings/{sitting.public_id}/unregister"

    assert post(admin, address, registration=[rows[0].id])[0] == 303
    clock.time = sitting.starts_at
    sign_in(admin, "exam_admin")
    assert post(admin, address, registration=[rows[1].id])[0] == 409

    with database.reading() as db:
        assert len(db.scalars(select(Registration)).all()) == 3
