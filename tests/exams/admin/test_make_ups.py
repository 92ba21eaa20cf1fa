"""Make-ups: when they are due, who is scheduled where, what follows from the result."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.exams.admin.factories import (
    ADMIN,
    DAY,
    HOUR,
    a_blueprint,
    a_form,
    a_result,
    the_case,
    the_follow_up,
)
from tiejun.audit import AuditEvent
from tiejun.calendar_cn import load_calendar
from tiejun.errors import Conflict, NotFound, Rejected
from tiejun.exams.admin_service import ExamSpec, create_exam, create_sitting, edit_sitting
from tiejun.exams.make_up_rules import Urgency, schedule_problems, share_used, urgency
from tiejun.exams.make_up_service import open_case, schedule, settle
from tiejun.exams.models import Registration
from tiejun.exams.result_models import FollowUpState, MakeUpCase, MakeUpState, Verdict


def beijing_day(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=8)


def failed(room, *people: int, verdict: Verdict = Verdict.FAIL, now: datetime | None = None) -> list[int]:
    """Let people fail the first sitting; return the ids of their make-up cases."""
    sitting = room.sitting(title="第一场")
    rows = room.register(sitting, list(people))
    with room.database.transaction() as db:
        cases = [open_case(db, a_result(db, row, verdict, now or room.now), now or room.now) for row in rows]
        return [case.id for case in cases if case is not None]


@pytest.mark.parametrize(
    ("published_at", "due_on"),
    [
        (beijing_day(date(2026, 8, 31)), date(2027, 3, 1)),  # 02-28 is a Sunday
        (beijing_day(date(2027, 8, 31)), date(2028, 2, 29)),  # leap year, a Tuesday
        (beijing_day(date(2027, 8, 29)), date(2028, 2, 29)),
        (beijing_day(date(2026, 12, 31)), date(2027, 6, 30)),
        (beijing_day(date(2026, 4, 1)), date(2026, 10, 8)),  # National Day block of 2026
        (beijing_day(date(2026, 11, 20), 0) - timedelta(seconds=1), date(2027, 5, 19)),
        (beijing_day(date(2026, 11, 20), 0), date(2027, 5, 20)),
    ],
)
def test_the_make_up_is_due_half_a_year_after_publication_by_the_working_calendar(
    room, database, published_at, due_on
):
    failed(room, room.officers()[0], now=published_at)

    case = the_case(database, room.officers()[0])
    assert case.due_on == due_on
    assert case.state == MakeUpState.DUE
    assert case.unit_id == room.world.units["pingchang-agency"].id
    assert case.due_is_provisional is (due_on.year not in load_calendar().years)


def test_absence_opens_a_case_as_failure_does_and_a_pass_opens_none(room, database):
    one, two = room.officers()[:2]
    rows = room.register(room.sitting(), [one, two])
    with database.transaction() as db:
        by_person = {row.person_id: row for row in rows}
        assert open_case(db, a_result(db, by_person[one], Verdict.ABSENT, room.now), room.now) is not None
        assert open_case(db, a_result(db, by_person[two], Verdict.PASS, room.now, 88), room.now) is None

    assert the_case(database, one).state == MakeUpState.DUE


def test_a_further_revision_opens_no_second_case_and_a_corrected_pass_withdraws_it(room, database):
    person = room.officers()[0]
    row = room.register(room.sitting(), [person])[0]
    with database.transaction() as db:
        first = open_case(db, a_result(db, row, Verdict.FAIL, room.now), room.now)
        again = open_case(db, a_result(db, row, Verdict.FAIL, room.now, 55), room.now)
        assert first is not None
        assert again is first

    with database.transaction() as db:
        assert open_case(db, a_result(db, row, Verdict.PASS, room.now, 61), room.now) is None

    with database.reading() as db:
        assert db.scalar(select(func.count(MakeUpCase.id))) == 0
        assert "make_up.withdrawn" in db.scalars(select(AuditEvent.action)).all()


def test_people_are_scheduled_with_a_form_that_none_of_them_has_had(room, database):
    ids = failed(room, *room.officers())
    sitting = room.make_up_sitting(10 * DAY, form=1)

    with database.transaction() as db:
        schedule(db, ids, sitting, "", ADMIN, room.now)

    with database.reading() as db:
        had = {
            (row.person_id, row.form_id)
            for row in db.scalars(select(Registration).where(Registration.sitting_id != sitting.id))
        }
        now_has = db.scalars(select(Registration).where(Registration.sitting_id == sitting.id)).all()
        assert len(now_has) == 4
        assert {(row.person_id, row.form_id) for row in now_has} & had == set()
        assert {case.state for case in db.scalars(select(MakeUpCase))} == {MakeUpState.SCHEDULED}


@pytest.mark.parametrize(
    ("days_before_due", "reason", "accepted"),
    [(0, "", True), (-1, "", False), (-1, "汛期应急值守", True)],
    ids=["on the due day", "the day after, no reason", "the day after, with a reason"],
)
def test_after_the_due_day_a_reason_is_needed(room, database, days_before_due, reason, accepted):
    person = room.officers()[0]
    ids = failed(room, person)
    due = the_case(database, person).due_on
    starts_at = beijing_day(due - days_before_due * DAY)
    sitting = room.make_up_sitting(starts_at - room.now, form=1)

    with database.transaction() as db:
        if accepted:
            schedule(db, ids, sitting, reason, ADMIN, room.now)
        else:
            with pytest.raises(Rejected) as caught:
                schedule(db, ids, sitting, reason, ADMIN, room.now)
            assert [problem.field for problem in caught.value.problems] == ["逾期原因"]

    case = the_case(database, person)
    assert case.state == (MakeUpState.SCHEDULED if accepted else MakeUpState.DUE)
    assert case.overdue_reason == (reason or None if accepted else None)


def test_a_reason_is_kept_only_for_those_who_are_late(room, database):
    one, two = room.officers()[:2]
    ids = failed(room, one, two)
    with database.transaction() as db:
        late = db.scalars(select(MakeUpCase).where(MakeUpCase.person_id == one)).one()
        late.due_on = room.now.date() - DAY
    sitting = room.make_up_sitting(10 * DAY, form=1)

    with database.transaction() as db:
        schedule(db, ids, sitting, "公务", ADMIN, room.now)

    assert the_case(database, one).overdue_reason == "公务"
    assert the_case(database, two).overdue_reason is None


def test_who_is_scheduled_already_is_moved_and_the_old_seat_is_free(room, database):
    ids = failed(room, *room.officers()[:2])
    early, later = room.make_up_sitting(10 * DAY, form=1), room.make_up_sitting(20 * DAY, form=2)
    with database.transaction() as db:
        schedule(db, ids, early, "", ADMIN, room.now)

    with database.transaction() as db:
        schedule(db, ids[:1], later, "", ADMIN, room.now)

    with database.reading() as db:
        places = dict(db.execute(select(Registration.person_id, Registration.sitting_id)).all())
        assert sorted(places.values()) == sorted([early.id, later.id])


def test_nobody_is_moved_out_of_a_make_up_that_has_begun(room, database):
    ids = failed(room, room.officers()[0])
    early, later = room.make_up_sitting(10 * DAY, form=1), room.make_up_sitting(20 * DAY, form=2)
    with database.transaction() as db:
        schedule(db, ids, early, "", ADMIN, room.now)

    with database.transaction() as db, pytest.raises(Rejected) as caught:
        schedule(db, ids, later, "", ADMIN, early.starts_at)

    assert "已经开始" in caught.value.problems[0].message


def test_a_make_up_is_of_the_same_exam(room, database):
    ids = failed(room, room.officers()[0])
    with database.transaction() as db:
        other = a_blueprint(db, room.now, "省级中级", "intermediate")
        form = a_form(db, other.id, "A", room.now)
        unit_id = room.world.units["sichuan"].id
        exam = create_exam(
            db, ExamSpec("中级考试", "provincial", "intermediate", other.id, unit_id), ADMIN, room.now
        )
        spec = replace(room.spec(5 * DAY), exam_id=exam.id, form_ids=(form.id,), is_make_up=True)
        sitting = create_sitting(db, spec, ADMIN, room.now)
        with pytest.raises(Rejected) as caught:
            schedule(db, ids, sitting, "", ADMIN, room.now)

    assert "中级考试" in caught.value.problems[0].message


def test_nothing_is_scheduled_into_a_sitting_that_has_begun_or_for_an_unknown_case(room, database):
    ids = failed(room, room.officers()[0])
    sitting = room.make_up_sitting(10 * DAY, form=1)

    with database.transaction() as db, pytest.raises(Conflict):
        schedule(db, ids, sitting, "", ADMIN, sitting.starts_at)
    with database.transaction() as db, pytest.raises(NotFound):
        schedule(db, [*ids, 999], sitting, "", ADMIN, room.now)

    assert the_case(database, room.officers()[0]).state == MakeUpState.DUE


def make_up_of(room, person: int) -> Registration:
    """Let a person fail and be scheduled for the make-up; return the seat there."""
    ids = failed(room, person)
    sitting = room.make_up_sitting(10 * DAY, form=1)
    with room.database.transaction() as db:
        schedule(db, ids, sitting, "", ADMIN, room.now)
    with room.database.reading() as db:
        return db.scalars(select(Registration).where(Registration.sitting_id == sitting.id)).one()


@pytest.mark.parametrize(
    ("verdict", "state", "talks"),
    [
        (Verdict.PASS, MakeUpState.PASSED, False),
        (Verdict.FAIL, MakeUpState.FAILED, True),
        (Verdict.ABSENT, MakeUpState.FAILED, True),
    ],
)
def test_the_make_up_settles_the_case_and_failure_or_absence_calls_for_a_talk(
    room, database, verdict, state, talks
):
    person = room.officers()[0]
    seat = make_up_of(room, person)
    released = beijing_day(date(2026, 12, 4))
    with database.transaction() as db:
        result = a_result(db, seat, verdict, released)
        settle(db, result, released)
        assert open_case(db, result, released) is None, "there is no make-up of a make-up"

    assert the_case(database, person).state == state
    follow_up = the_follow_up(database, person)
    assert (follow_up is not None) is talks
    if follow_up is not None:
        # Thirty days on is 2027-01-03, a Sunday at the New Year: the next working day.
        assert follow_up.talk_due_on == load_calendar().on_or_after(date(2027, 1, 3)).day
        assert follow_up.state == FollowUpState.TALK_DUE


def test_a_corrected_make_up_turns_the_case_round_and_withdraws_the_talk(room, database):
    person = room.officers()[0]
    seat = make_up_of(room, person)
    with database.transaction() as db:
        settle(db, a_result(db, seat, Verdict.FAIL, room.now), room.now)
        settle(db, a_result(db, seat, Verdict.FAIL, room.now, 59), room.now)
    assert the_follow_up(database, person) is not None

    with database.transaction() as db:
        settle(db, a_result(db, seat, Verdict.PASS, room.now, 60), room.now)

    assert the_case(database, person).state == MakeUpState.PASSED
    assert the_follow_up(database, person) is None


def test_a_result_that_is_no_make_up_settles_nothing(room, database):
    row = room.register(room.sitting(), room.officers()[:1])[0]
    with database.transaction() as db:
        assert settle(db, a_result(db, row, Verdict.FAIL, room.now), room.now) is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, Urgency.OVERDUE), (0, Urgency.SOON), (30, Urgency.SOON), (31, Urgency.LATER)],
)
def test_the_day_after_the_due_day_is_overdue_and_thirty_days_are_soon(days, expected):
    today = date(2026, 11, 20)

    assert urgency(today + timedelta(days=days), today) == expected


def test_the_share_of_time_used_stays_between_none_and_all():
    first, last = date(2026, 5, 20), date(2026, 11, 20)

    assert share_used(first, last, first - DAY) == 0
    assert share_used(first, last, date(2026, 8, 20)) == pytest.approx(0.5)
    assert share_used(first, last, last + DAY) == 1
    assert share_used(first, first, first) == 1


def test_an_empty_choice_is_refused():
    assert [problem.field for problem in schedule_problems([], 1, date(2026, 12, 5), "", "考试")] == ["人员"]


@pytest.mark.parametrize("days_after_due", [0, 1], ids=["to the due day", "past it"])
def test_a_make_up_is_not_moved_past_a_due_day_unseen(room, database, days_after_due):
    person = room.officers()[0]
    ids = failed(room, person)
    sitting = room.make_up_sitting(10 * DAY, form=1)
    with database.transaction() as db:
        schedule(db, ids, sitting, "", ADMIN, room.now)
    starts_at = beijing_day(the_case(database, person).due_on + days_after_due * DAY)
    spec = replace(
        room.spec(), starts_at=starts_at, ends_at=starts_at + 2 * HOUR, form_ids=(room.form_ids[1],)
    )

    with database.transaction() as db:
        if days_after_due:
            with pytest.raises(Rejected) as caught:
                edit_sitting(db, sitting.id, spec, ADMIN, room.now)
            assert "officer1" in caught.value.problems[0].message
        else:
            edit_sitting(db, sitting.id, spec, ADMIN, room.now)
