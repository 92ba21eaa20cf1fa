"""Markers at work: whose mark counts, and who may give it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.exams.results.factories import POLICY, TEXT, Hall
from tiejun.audit import AuditEvent
from tiejun.errors import Conflict, DomainError, Forbidden, NotFound, Rejected
from tiejun.exams import marking_queries as queries
from tiejun.exams.marking_service import essay
from tiejun.exams.models import SittingStaff
from tiejun.exams.result_models import SlotScore


@pytest.fixture
def marked_hall(hall: Hall) -> Hall:
    """Return a hall in which officer1 has 50 machine points and two essays."""
    hall.scores("officer1", 50)
    hall.score()
    return hall


def rows(hall: Hall) -> list[tuple[int, int, float]]:
    with hall.database.reading() as db:
        wanted = select(SlotScore).where(SlotScore.round > 0).order_by(SlotScore.slot, SlotScore.round)
        return [(row.slot, row.round, row.points) for row in db.scalars(wanted)]


def test_far_from_the_cut_one_marker_is_enough(marked_hall: Hall):
    hall = marked_hall
    short, long = hall.essays

    assert hall.mark("marker", "officer1", short, 3) == 1
    assert hall.total("officer1") is None
    assert hall.mark("marker", "officer1", long, 3.5) == 1
    assert hall.waiting("officer1") == {}
    assert hall.total("officer1") == Decimal("56.5")


def test_near_the_cut_a_second_person_marks_and_the_mean_counts(marked_hall: Hall):
    hall = marked_hall
    short, long = hall.essays
    hall.mark("marker", "officer1", short, 4)
    hall.mark("marker", "officer1", long, 6)
    assert hall.waiting("officer1") == {short: 2, long: 2}

    assert hall.mark("trainer", "officer1", short, 5) == 2
    assert hall.mark("trainer", "officer1", long, 6) == 2
    assert hall.total("officer1") == Decimal("60.5")


def test_marks_far_apart_go_to_a_third_person(marked_hall: Hall):
    hall = marked_hall
    short, long = hall.essays
    for slot, points in ((short, 4), (long, 6)):
        hall.mark("marker", "officer1", slot, points)
    hall.mark("trainer", "officer1", short, 4)
    hall.mark("trainer", "officer1", long, 9)
    assert hall.waiting("officer1") == {long: 3}

    with pytest.raises(Conflict):
        hall.mark("item_writer", "officer1", short, 1)
    assert hall.mark("item_writer", "officer1", long, 5) == 3
    assert hall.total("officer1") == 59


def test_the_same_person_never_marks_twice_but_may_correct(marked_hall: Hall):
    hall = marked_hall
    short, long = hall.essays
    for slot, points in ((short, 4), (long, 6)):
        hall.mark("marker", "officer1", slot, points)

    with hall.database.reading() as db:
        found = queries.sheets(db, hall.sitting, hall.over, POLICY)
        assert queries.tasks(found, hall.markers["marker"]) == []
        assert len(queries.tasks(found, hall.markers["trainer"])) == 2
    assert hall.mark("marker", "officer1", short, 4.5) == 1
    assert rows(hall) == [(short, 1, 4.5), (long, 1, 6)]
    hall.mark("trainer", "officer1", short, 4)
    with pytest.raises(Conflict) as refused:
        hall.mark("marker", "officer1", short, 8)
    assert refused.value.code == "already_marked"


def test_a_marker_sees_neither_name_nor_other_marks(marked_hall: Hall):
    hall = marked_hall
    short, long = hall.essays
    hall.mark("marker", "officer1", short, 4)
    hall.mark("marker", "officer1", long, 6)

    with hall.database.reading() as db:
        seen = essay(db, hall.place(db, "officer1", short), hall.desk("trainer"), hall.over)
    assert seen.text == TEXT
    assert seen.mark is None
    assert len(seen.part.rubric) > 0
    assert sum(point.points for point in seen.part.rubric) > 0


def test_nobody_marks_his_own_answers(marked_hall: Hall):
    hall = marked_hall
    hall.markers["marker"] = replace(hall.markers["marker"], person_id=hall.world.people["officer1"].id)

    with pytest.raises(Forbidden):
        hall.mark("marker", "officer1", hall.essays[0], 8)
    with hall.database.reading() as db:
        found = queries.sheets(db, hall.sitting, hall.over, POLICY)
        assert queries.tasks(found, hall.markers["marker"]) == []


def test_who_does_not_serve_as_marker_is_told_nothing(marked_hall: Hall):
    hall = marked_hall
    with hall.database.transaction() as db:
        wanted = select(SittingStaff).where(
            SittingStaff.account_id == hall.markers["marker"].account_id, SittingStaff.duty == "marker"
        )
        db.delete(db.scalars(wanted).one())

    with pytest.raises(NotFound):
        hall.mark("marker", "officer1", hall.essays[0], 8)


@pytest.mark.parametrize("points", ["-0.5", "8.5", "3.25"])
def test_points_out_of_range_are_refused_naming_the_field(marked_hall: Hall, points: str):
    hall = marked_hall

    with pytest.raises(Rejected) as refused:
        hall.mark("marker", "officer1", hall.essays[0], float(points))
    assert [problem.field for problem in refused.value.problems] == ["points"]
    assert rows(hall) == []


def test_an_objective_slot_is_not_marked_by_hand(marked_hall: Hall):
    with pytest.raises(NotFound):
        marked_hall.mark("marker", "officer1", 1, 1)


def test_an_attempt_that_is_not_scored_yet_waits(hall: Hall):
    hall.scores("officer1", 50)

    with pytest.raises(Conflict) as refused:
        hall.mark("marker", "officer1", hall.essays[0], 4)
    assert refused.value.code == "not_markable"


def test_two_people_saving_the_same_essay_at_once_leave_one_mark(marked_hall: Hall):
    hall = marked_hall
    slot = hall.essays[0]

    def give(marker: str) -> object:
        try:
            return hall.mark(marker, "officer1", slot, 3)
        except DomainError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(give, ("marker", "trainer")))
    assert sorted(map(str, answers)) == ["1", "already_marked"]
    assert rows(hall) == [(slot, 1, 3)]


def test_each_mark_is_in_the_audit_trail(marked_hall: Hall):
    hall = marked_hall
    hall.mark("marker", "officer1", hall.essays[0], 3)

    with hall.database.reading() as db:
        event = db.scalars(select(AuditEvent).where(AuditEvent.action == "marking.scored")).one()
    assert event.subject_id == str(hall.attempts["officer1"].public_id)
    assert event.details == {"slot": hall.essays[0], "round": 1, "points": 3.0}


def test_a_declared_result_takes_no_more_marks(marked_hall: Hall):
    hall = marked_hall
    for slot in hall.essays:
        hall.mark("marker", "officer1", slot, 1)
    hall.declare()

    with pytest.raises(Conflict) as refused:
        hall.mark("marker", "officer1", hall.essays[0], 2)
    assert refused.value.code == "declared"


def test_the_next_essay_is_of_the_same_question_if_possible(hall: Hall):
    for login in ("officer1", "officer2"):
        hall.scores(login, 50)
    hall.score()
    with hall.database.reading() as db:
        waiting = queries.tasks(queries.sheets(db, hall.sitting, hall.over, POLICY), hall.markers["marker"])
    short, long = hall.essays

    assert [task.slot for task in waiting] == [short, short, long, long]
    form_id = waiting[0].form_id
    after = queries.next_task(waiting[1:], form_id, short)
    assert after is not None
    assert after.slot == short
    last = queries.next_task(waiting[2:], form_id, short)
    assert last is not None
    assert last.slot == long
    assert queries.next_task([], form_id, short) is None
