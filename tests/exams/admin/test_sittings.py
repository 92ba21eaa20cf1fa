"""Exams and sittings: what is made, what is refused, and that a refusal changes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.exams.admin.factories import ADMIN, DAY, HOUR, a_blueprint
from tiejun.audit import AuditEvent
from tiejun.db import Database
from tiejun.errors import Conflict, NotFound, Rejected
from tiejun.exams.admin_service import ExamSpec, create_exam, create_sitting, edit_sitting, form_ids
from tiejun.exams.models import Exam, Registration, Sitting, SittingForm, SittingStaff


def count(database: Database, table: type) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def refused(call, *args) -> list[tuple[str, str]]:
    with pytest.raises(Rejected) as caught:
        call(*args)
    return [(problem.field, problem.message) for problem in caught.value.problems]


def test_a_sitting_is_made_with_forms_and_staff_and_leaves_a_trace(room, database):
    sitting = room.sitting(forms=2)

    assert sitting.title == "2026年11月22日场"
    assert sitting.unit_id == room.world.units["sichuan"].id
    with database.reading() as db:
        assert form_ids(db, sitting.id) == room.form_ids[:2]
        staff = db.scalars(select(SittingStaff)).all()
        assert [(row.sitting_id, row.duty) for row in staff] == [(sitting.id, "invigilator")]
        assert "sitting.created" in db.scalars(select(AuditEvent.action)).all()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda room: {"starts_at": room.now - HOUR}, "开始时间"),
        (lambda room: {"ends_at": room.now + 2 * DAY - HOUR}, "结束时间"),
        (lambda room: {"duration_seconds": 7201}, "考试时长"),
        (lambda room: {"form_ids": ()}, "试卷"),
        (lambda room: {"form_ids": (999,)}, "试卷"),
        (lambda room: {"staff": ((999, "invigilator"),)}, "工作人员"),
        (lambda room: {"staff": ((room.world.accounts["marker"].id, "boss"),)}, "工作人员"),
    ],
    ids=["start past", "end before start", "too long", "no form", "unknown form", "nobody", "unknown duty"],
)
def test_a_faulty_sitting_is_refused_by_field_and_nothing_is_kept(room, database, change, field):
    spec = replace(room.spec(), **change(room))
    with database.transaction() as db:
        problems = refused(create_sitting, db, spec, ADMIN, room.now)

    assert field in [name for name, _ in problems]
    assert count(database, Sitting) == count(database, SittingForm) == 0


def test_a_form_used_in_one_sitting_is_burnt_for_every_other(room, database):
    room.sitting(title="上午场")

    with database.transaction() as db:
        problems = refused(create_sitting, db, room.spec(starts_in=5 * DAY), ADMIN, room.now)

    assert problems == [("试卷", "试卷A已用于场次“上午场”，不能再用。")]
    assert count(database, Sitting) == 1


def test_a_form_of_another_blueprint_is_refused(room, database):
    with database.transaction() as db:
        other = a_blueprint(db, room.now, "省级中级", "intermediate")
        spec = ExamSpec("中级考试", "provincial", "intermediate", other.id, room.world.units["sichuan"].id)
        exam = create_exam(db, spec, ADMIN, room.now)
        problems = refused(create_sitting, db, replace(room.spec(), exam_id=exam.id), ADMIN, room.now)

    assert problems == [("试卷", "试卷A不属于本考试的命题细目表。")]


def test_an_exam_takes_level_and_tier_from_its_blueprint_and_a_name_of_its_own(room, database):
    unit_id = room.world.units["sichuan"].id
    wrong = ExamSpec("岗位培训考试", "national", "primary", room.blueprint_id, unit_id)
    with database.transaction() as db:
        problems = refused(create_exam, db, wrong, ADMIN, room.now)

    assert [name for name, _ in problems] == ["命题细目表", "考试名称"]
    assert count(database, Exam) == 1


def test_before_the_start_a_sitting_may_be_changed_and_forms_are_dealt_again(room, database):
    sitting = room.sitting()
    room.register(sitting, room.officers())
    changed = room.spec(starts_in=3 * DAY, form_ids=tuple(room.form_ids[2:4]), venue="二楼")

    with database.transaction() as db:
        edit_sitting(db, sitting.id, changed, ADMIN, room.now)

    with database.reading() as db:
        rows = db.scalars(select(Registration).order_by(Registration.seat)).all()
        assert [row.form_id for row in rows] == [room.form_ids[2], room.form_ids[3]] * 2
        assert db.get_one(Sitting, sitting.id).venue == "二楼"
        assert form_ids(db, sitting.id) == room.form_ids[2:4]


@pytest.mark.parametrize(
    ("before", "allowed"),
    [(timedelta(seconds=1), True), (timedelta(0), False)],
    ids=["a second before", "at the start"],
)
def test_a_sitting_that_has_begun_stays_as_it_is(room, database, before, allowed):
    sitting = room.sitting()
    now = sitting.starts_at - before
    spec = room.spec(starts_in=4 * DAY)

    with database.transaction() as db:
        if allowed:
            edit_sitting(db, sitting.id, spec, ADMIN, now)
        else:
            with pytest.raises(Conflict) as caught:
                edit_sitting(db, sitting.id, spec, ADMIN, now)
            assert caught.value.code == "sitting_started"


def test_there_is_no_sitting_of_an_unknown_exam(room, database):
    with database.transaction() as db, pytest.raises(NotFound):
        create_sitting(db, replace(room.spec(), exam_id=999), ADMIN, room.now)
