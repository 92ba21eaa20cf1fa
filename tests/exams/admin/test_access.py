"""Who may call which page of the administrator: persona, address, status."""

import pytest
from sqlalchemy import select

from tests.exams.admin.factories import ADMIN, DAY, Room, a_result
from tests.support.world import csrf_token, sign_in
from tiejun.exams.make_up_service import open_case, schedule, settle
from tiejun.exams.models import Exam, Registration
from tiejun.exams.result_models import FollowUpCase, Verdict

PERSONAS = (
    "exam_admin",
    "province_admin",
    "national_admin",
    "unit_admin",
    "stranger",
    "invigilator",
    "marker",
    "item_writer",
    "auditor",
    "officer1",
    "officer2",
)
ADMINS = {"exam_admin", "province_admin", "national_admin"}
VIEWERS = {*ADMINS, "unit_admin", "stranger", "invigilator", "auditor"}
LEADERS = {*ADMINS, "unit_admin", "stranger"}
# address, who gets it, who may use such pages but has no such thing within reach (404); others get 403
READS = [
    ("/exams", VIEWERS, set()),
    ("/exams/new", {*ADMINS, "stranger"}, set()),
    ("/sittings/new", {*ADMINS, "stranger"}, set()),
    ("/sittings/new?exam={exam}", ADMINS, {"stranger"}),
    ("/sittings/{sitting}", VIEWERS - {"stranger"}, {"stranger"}),
    ("/sittings/{sitting}/candidates.xlsx", VIEWERS - {"stranger"}, {"stranger"}),
    ("/sittings/{sitting}/edit", ADMINS, {"stranger"}),
    ("/sittings/{sitting}/register", ADMINS, {"stranger"}),
    ("/make-ups", {*ADMINS, "stranger"}, set()),
    ("/make-ups.xlsx", {*ADMINS, "stranger"}, set()),
    ("/make-ups/{case}/notice.pdf", ADMINS, {"stranger"}),
    ("/my/make-ups/{case}/notice.pdf", {"officer2"}, {"officer1"}),
    ("/follow-ups", LEADERS, set()),
    ("/follow-ups.xlsx", LEADERS, set()),
    ("/follow-ups/{follow_up}", LEADERS - {"stranger"}, {"stranger"}),
]
WRITES = [
    ("/exams/new", {*ADMINS, "stranger"}, set()),
    ("/sittings/new?exam={exam}", ADMINS, {"stranger"}),
    ("/sittings/{sitting}/edit", ADMINS, {"stranger"}),
    ("/sittings/{sitting}/register", ADMINS, {"stranger"}),
    ("/sittings/{sitting}/register/list", ADMINS, {"stranger"}),
    ("/sittings/{sitting}/unregister", ADMINS, {"stranger"}),
    ("/make-ups/schedule", {*ADMINS, "stranger"}, set()),
    ("/follow-ups/{follow_up}/talk", LEADERS - {"stranger"}, {"stranger"}),
    ("/follow-ups/{follow_up}/decision", LEADERS - {"stranger"}, {"stranger"}),
]


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def addresses(room: Room) -> dict[str, object]:
    """officer1 has failed twice, officer2 once and is scheduled; a third sitting lies ahead."""
    one, two = room.officers()[:2]
    rows = {row.person_id: row for row in room.register(room.sitting(), [one, two])}
    make_up = room.make_up_sitting(10 * DAY, form=1)
    ahead = room.sitting(20 * DAY, form_ids=(room.form_ids[2],))
    room.register(ahead, room.officers()[2:3])
    with room.database.transaction() as db:
        cases = [open_case(db, a_result(db, rows[p], Verdict.FAIL, room.now), room.now) for p in (one, two)]
        ids = [case.id for case in cases if case is not None]
        seats = schedule(db, ids, make_up, "", ADMIN, room.now)
        first = next(case for case in seats if case.person_id == one)
        seat = db.get_one(Registration, first.registration_id)
        settle(db, a_result(db, seat, Verdict.FAIL, room.now), room.now)
        exam = make_up.exam_id
        return {
            "sitting": ahead.public_id,
            "exam": db.get_one(Exam, exam).public_id,
            "case": next(case for case in seats if case.person_id == two).public_id,
            "follow_up": db.scalars(select(FollowUpCase)).one().public_id,
        }


def test_each_page_opens_for_those_it_is_for(app, addresses):
    wrong = {}
    for who in PERSONAS:
        client = app.test_client()
        sign_in(client, who)
        for address, allowed, unknown in READS:
            expected = 200 if who in allowed else 404 if who in unknown else 403
            status = client.get(address.format(**addresses)).status_code
            if status != expected:
                wrong[who, address] = (status, expected)

    assert wrong == {}


def test_each_act_is_open_to_those_it_is_for(app, addresses):
    """Empty forms: who may act is told what is missing (422) or that nothing was chosen (303)."""
    wrong = {}
    for who in PERSONAS:
        client = app.test_client()
        sign_in(client, who)
        token = csrf_token(client, "/password")
        for address, allowed, unknown in WRITES:
            status = client.post(address.format(**addresses), data={"csrf_token": token}).status_code
            expected = {422, 303} if who in allowed else {404} if who in unknown else {403}
            if status not in expected:
                wrong[who, address] = (status, expected)

    assert wrong == {}


def test_nobody_sees_a_page_without_signing_in(client, addresses):
    for address, _allowed, _unknown in READS:
        answer = client.get(address.format(**addresses))
        assert answer.status_code in (302, 303), address
        assert "/sign-in" in answer.headers["Location"]


def test_no_act_goes_through_without_the_token(client, addresses):
    sign_in(client, "exam_admin")

    for address, _allowed, _unknown in WRITES:
        assert client.post(address.format(**addresses), data={}).status_code == 400, address
