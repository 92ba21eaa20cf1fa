"""After a failed make-up: the talk, then the decision; people decide, with reasons."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.exams.admin.factories import ADMIN, DAY, a_result, the_follow_up
from tiejun.audit import AuditEvent
from tiejun.errors import Conflict, NotFound, Rejected
from tiejun.exams.follow_up_service import Decision, Talk, decide, record_talk
from tiejun.exams.make_up_service import open_case, schedule, settle
from tiejun.exams.models import Registration
from tiejun.exams.result_models import FollowUpState, Verdict

OPENED_ON = date(2026, 11, 20)  # the clock of the tests, in Beijing
GOOD = Talk(OPENED_ON, "张局长", "谈了考试情况和改进安排。")


@pytest.fixture
def case(room, database):
    """Return the follow-up of officer1, who has failed twice."""
    person = room.officers()[0]
    row = room.register(room.sitting(), [person])[0]
    sitting = room.make_up_sitting(10 * DAY, form=1)
    with database.transaction() as db:
        opened = open_case(db, a_result(db, row, Verdict.FAIL, room.now), room.now)
        assert opened is not None
        schedule(db, [opened.id], sitting, "", ADMIN, room.now)
        seat = db.scalars(select(Registration).where(Registration.sitting_id == sitting.id)).one()
        settle(db, a_result(db, seat, Verdict.FAIL, room.now), room.now)
    return the_follow_up(database, person)


def fields(call, *args) -> list[str]:
    with pytest.raises(Rejected) as caught:
        call(*args)
    return [problem.field for problem in caught.value.problems]


def test_a_talk_then_a_decision_to_keep_close_the_case(room, database, case):
    with database.transaction() as db:
        record_talk(db, case.id, GOOD, ADMIN, room.now)
    with database.transaction() as db:
        decide(db, case.id, Decision(False, "态度端正，愿意重新培训。"), ADMIN, room.now + DAY)

    done = the_follow_up(database, case.person_id)
    assert (done.state, done.leader, done.decided_on) == (FollowUpState.KEPT, "张局长", OPENED_ON + DAY)
    assert done.new_post is None
    with database.reading() as db:
        trail = db.scalars(select(AuditEvent.action).where(AuditEvent.subject == "follow_up")).all()
    assert trail == ["follow_up.opened", "follow_up.talked", "follow_up.decided"]


def test_a_transfer_names_the_new_post(room, database, case):
    with database.transaction() as db:
        record_talk(db, case.id, GOOD, ADMIN, room.now)
        assert fields(decide, db, case.id, Decision(True, "多次不合格。", " "), ADMIN, room.now) == [
            "调往岗位"
        ]
        decide(db, case.id, Decision(True, "多次不合格。", "综合科"), ADMIN, room.now)

    done = the_follow_up(database, case.person_id)
    assert (done.state, done.new_post) == (FollowUpState.MOVED, "综合科")


@pytest.mark.parametrize(
    ("talk", "faulty"),
    [
        (Talk(OPENED_ON + DAY, "张局长", "谈了。"), ["约谈日期"]),
        (Talk(OPENED_ON - DAY, "张局长", "谈了。"), ["约谈日期"]),
        (Talk(OPENED_ON, " ", ""), ["约谈人", "约谈记录"]),
    ],
    ids=["tomorrow", "before the result", "empty"],
)
def test_a_faulty_record_is_refused_by_field(room, database, case, talk, faulty):
    with database.transaction() as db:
        assert fields(record_talk, db, case.id, talk, ADMIN, room.now) == faulty

    assert the_follow_up(database, case.person_id).state == FollowUpState.TALK_DUE


def test_there_is_no_decision_without_a_talk_nor_without_a_reason(room, database, case):
    with database.transaction() as db:
        with pytest.raises(Conflict) as caught:
            decide(db, case.id, Decision(False, "理由"), ADMIN, room.now)
        assert caught.value.code == "talk_missing"
        record_talk(db, case.id, GOOD, ADMIN, room.now)
        assert fields(decide, db, case.id, Decision(False, ""), ADMIN, room.now) == ["理由"]


def test_what_is_on_record_stays(room, database, case):
    with database.transaction() as db:
        record_talk(db, case.id, GOOD, ADMIN, room.now)
        with pytest.raises(Conflict):
            record_talk(db, case.id, GOOD, ADMIN, room.now)
        decide(db, case.id, Decision(False, "理由"), ADMIN, room.now)
        with pytest.raises(Conflict):
            decide(db, case.id, Decision(True, "理由", "别处"), ADMIN, room.now + timedelta(hours=1))
        with pytest.raises(NotFound):
            record_talk(db, 999, GOOD, ADMIN, room.now)
