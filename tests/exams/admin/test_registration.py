"""Registering officers: seats, forms, lists, and what is refused."""

import pytest
from sqlalchemy import select

from tests.exams.admin.factories import ADMIN, DAY, HOUR
from tiejun.crypto import digest
from tiejun.db import Database
from tiejun.errors import Conflict, Rejected
from tiejun.exams.models import Attempt, Registration, Sitting
from tiejun.exams.registration_service import people_of_list, register, unregister
from tiejun.people.models import Person, Posting

NUMBER = "511923199001010011"


def seats(database: Database) -> list[tuple[int, int]]:
    with database.reading() as db:
        rows = db.scalars(select(Registration).order_by(Registration.seat))
        return [(row.seat, row.form_id) for row in rows]


def problems_of(call, *args) -> list[tuple[str, str]]:
    with pytest.raises(Rejected) as caught:
        call(*args)
    return [(problem.where, problem.message) for problem in caught.value.problems]


def test_everybody_gets_a_seat_and_neighbours_get_different_forms(room, database):
    sitting = room.sitting(forms=2)
    room.register(sitting, room.officers()[:3])
    room.register(sitting, room.officers()[3:])

    first, second = room.form_ids[:2]
    assert seats(database) == [(1, first), (2, second), (3, first), (4, second)]


def test_who_is_registered_already_is_named_and_nobody_is_added(room, database):
    sitting = room.sitting()
    room.register(sitting, room.officers()[:1])

    with database.transaction() as db:
        found = problems_of(register, db, sitting.id, room.officers(), ADMIN, room.now)

    assert found == [("officer1", "已在本场名单中。")]
    assert len(seats(database)) == 1


def test_a_sitting_collected_early_no_longer_stands_in_the_way(room, database):
    long = room.sitting(ends_at=room.now + 30 * DAY)
    room.register(long, room.officers()[:1])
    other = room.sitting(5 * DAY, form_ids=(room.form_ids[1],))

    with database.transaction() as db:
        assert len(problems_of(register, db, other.id, room.officers()[:1], ADMIN, room.now)) == 1
        db.get_one(Sitting, long.id).closed_at = room.now + 3 * DAY
        db.flush()
        assert len(register(db, other.id, room.officers()[:1], ADMIN, room.now)) == 1


@pytest.mark.parametrize(
    ("starts_in", "clash"), [(2 * DAY + HOUR, True), (2 * DAY + 2 * HOUR, False)], ids=["overlap", "after"]
)
def test_nobody_sits_in_two_rooms_at_the_same_time(room, database, starts_in, clash):
    room.register(room.sitting(), room.officers()[:1])
    other = room.sitting(starts_in, form_ids=(room.form_ids[1],))

    with database.transaction() as db:
        if clash:
            found = problems_of(register, db, other.id, room.officers(), ADMIN, room.now)
            assert [where for where, _ in found] == ["officer1"]
        else:
            assert len(register(db, other.id, room.officers(), ADMIN, room.now)) == 4


def test_who_has_left_before_the_day_cannot_be_registered(room, database):
    sitting = room.sitting()
    left = room.officers()[0]
    with database.transaction() as db:
        posting = db.scalars(select(Posting).where(Posting.person_id == left)).one()
        posting.effective_to = room.now.date()

    with database.transaction() as db:
        found = problems_of(register, db, sitting.id, room.officers(), ADMIN, room.now)

    assert found == [("officer1", "考试当天没有在岗任职记录，不能登记。")]


def test_nobody_is_registered_once_the_sitting_has_begun(room, database):
    sitting = room.sitting()

    with database.transaction() as db, pytest.raises(Conflict) as caught:
        register(db, sitting.id, room.officers(), ADMIN, sitting.starts_at)

    assert caught.value.code == "sitting_started"


def test_before_the_start_a_candidate_may_be_taken_off_again(room, database):
    sitting = room.sitting()
    rows = room.register(sitting, room.officers())

    with database.transaction() as db:
        assert unregister(db, sitting.id, [rows[1].id], ADMIN, room.now) == 1

    assert [seat for seat, _ in seats(database)] == [1, 3, 4]


def test_who_has_opened_the_paper_stays(room, database):
    sitting = room.sitting()
    row = room.register(sitting, room.officers()[:1])[0]
    with database.transaction() as db:
        db.add(
            Attempt(
                registration_id=row.id,
                sitting_id=sitting.id,
                person_id=row.person_id,
                form_id=row.form_id,
                started_at=room.now,
                deadline=room.now + HOUR,
            )
        )

    with database.transaction() as db, pytest.raises(Conflict) as caught:
        unregister(db, sitting.id, [row.id], ADMIN, room.now)

    assert caught.value.code == "attempt_exists"


def listed(room, database, text, may_see=lambda unit: True):
    with database.reading() as db:
        return people_of_list(db, text, may_see, digest, room.now)


def test_a_list_may_hold_id_numbers_and_logins(room, database):
    one, two = room.officers()[:2]
    with database.transaction() as db:
        db.get_one(Person, two).id_number_hash = digest(NUMBER)

    assert listed(room, database, f"officer1\n{NUMBER}\n") == [one, two]


def test_faulty_lines_of_a_list_are_named(room, database):
    found = problems_of(listed, room, database, "officer1\nnobody\n\nofficer1\n511923199001019999\n")

    assert [where for where, _ in found] == ["第2行", "第4行", "第5行"]
    assert "第1行重复" in found[1][1]
    assert "511923199001019999" not in found[2][1], "an ID number is not laid open again"


def test_a_list_reaches_no_further_than_the_one_who_pastes(room, database):
    found = problems_of(listed, room, database, "officer1", lambda unit: unit.path.startswith("/nowhere/"))

    assert [where for where, _ in found] == ["第1行"]


def test_an_empty_list_is_refused(room, database):
    assert problems_of(listed, room, database, " \n\n")[0][0] == "名单"
