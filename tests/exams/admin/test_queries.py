"""What the administrator's pages read, on both databases: reach, filters, order, duties."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.exams.admin.factories import ADMIN, DAY, HOUR, Room, a_chief, a_result
from tiejun.access import Grant, Permission, Persona, Role
from tiejun.errors import NotFound
from tiejun.exams import admin_queries, follow_up_queries, make_up_queries, registration_queries
from tiejun.exams.admin_rules import Phase
from tiejun.exams.make_up_panel import panel
from tiejun.exams.make_up_queries import Asked
from tiejun.exams.make_up_service import open_case, schedule, settle
from tiejun.exams.models import Registration, Sitting
from tiejun.exams.registration_queries import Wanted
from tiejun.exams.result_models import Verdict


def persona(room: Room, role: Role, unit: str, login: str = "") -> Persona:
    """Return somebody with one role in one unit."""
    where = room.world.units[unit]
    account = room.world.accounts.get(login)
    return Persona(
        account_id=account.id if account else 0,
        sid="",
        person_id=account.person_id if account else None,
        public_id=uuid4(),
        login=login,
        name=login,
        unit_id=where.id,
        unit_name=where.name,
        must_change_password=False,
        grants=(Grant(role, where.id, where.path),),
    )


def failed(room: Room, *people: int) -> dict[int, int]:
    rows = room.register(room.sitting(title="第一场"), list(people))
    with room.database.transaction() as db:
        cases = [open_case(db, a_result(db, row, Verdict.FAIL, room.now), room.now) for row in rows]
        return {case.person_id: case.id for case in cases if case is not None}


def titles(room: Room, who: Persona, now=None, text: str = "") -> list[str]:
    with room.database.reading() as db:
        return [row.sitting.title for row in admin_queries.sittings(db, who, now or room.now, text)]


def test_sittings_to_come_stand_before_past_ones(room):
    for number, starts_in in enumerate((1, 3, 5, 7)):
        room.sitting(starts_in * DAY, form_ids=(room.form_ids[number],), title=f"第{number + 1}场")
    who = persona(room, Role.EXAM_ADMIN, "sichuan")

    assert titles(room, who, room.now + 4 * DAY) == ["第3场", "第4场", "第2场", "第1场"]
    assert titles(room, who, text="第2") == ["第2场"]
    assert titles(room, who, text="100%") == []


def test_a_sitting_is_seen_by_its_holder_its_staff_and_who_sends_candidates(room):
    sitting = room.sitting(title="冬季场")
    holder = persona(room, Role.EXAM_ADMIN, "sichuan")
    stranger = persona(room, Role.PROVINCE_ADMIN, "shaanxi")
    sender = persona(room, Role.UNIT_ADMIN, "pingchang")
    invigilator = persona(room, Role.INVIGILATOR, "shaanxi", "invigilator")

    assert titles(room, holder) == titles(room, invigilator) == ["冬季场"]
    assert titles(room, stranger) == titles(room, sender) == []
    room.register(sitting, room.officers()[:1])
    assert titles(room, sender) == ["冬季场"]


def test_who_only_sends_officers_sees_the_own_ones(room, database):
    sitting = room.sitting()
    with database.transaction() as db:
        chief = a_chief(db, room)
    room.register(sitting, [*room.officers()[:2], chief.id])
    with database.transaction() as db:
        row = db.query(Registration).filter_by(person_id=chief.id).one()
        row.unit_id = room.world.units["bazhong-agency"].id

    sender = persona(room, Role.UNIT_ADMIN, "pingchang")
    holder = persona(room, Role.EXAM_ADMIN, "sichuan")
    with database.reading() as db:
        found = admin_queries.sitting_row(db, sender, sitting.public_id, room.now)
        assert found.candidates == 3
        assert len(admin_queries.candidates(db, sender, found)) == 2
        assert len(admin_queries.candidates(db, holder, found)) == 3
        with pytest.raises(NotFound):
            admin_queries.sitting_row(db, sender, sitting.public_id, room.now, Permission.SITTING_MANAGE)


def test_phases_count_candidates_and_invigilators(room):
    sitting = room.sitting(staff=())
    who = persona(room, Role.EXAM_ADMIN, "sichuan")
    with room.database.reading() as db:
        row = admin_queries.sitting_row(db, who, sitting.public_id, room.now)
    assert (row.phase, row.lacking) == (Phase.PREPARING, ["考生", "监考"])


def chosen(room: Room, sitting: Sitting, wanted: Wanted) -> dict[str, tuple[bool, str]]:
    who = persona(room, Role.EXAM_ADMIN, "sichuan")
    with room.database.reading() as db:
        row = admin_queries.sitting_row(db, who, sitting.public_id, room.now)
        found = registration_queries.choices(db, who, row, wanted)
    assert found is not None
    return {choice.service.person.name: (choice.fits, choice.hindrance) for choice in found}


def test_officers_are_offered_with_what_speaks_against_them(room, database):
    one, two, three, _four = room.officers()
    rows = {row.person_id: row for row in room.register(room.sitting(title="第一场"), [one, two])}
    with database.transaction() as db:
        open_case(db, a_result(db, rows[one], Verdict.FAIL, room.now), room.now)
        a_result(db, rows[two], Verdict.PASS, room.now, 80)
        db.get_one(Sitting, rows[one].sitting_id).released_at = room.now
        a_chief(db, room)
    other = room.sitting(4 * DAY, form_ids=(room.form_ids[1],))
    room.register(other, [three])
    sitting = room.sitting(8 * DAY, form_ids=(room.form_ids[2],))

    found = chosen(room, sitting, Wanted(room.world.units["pingchang"].path))

    assert found["officer1"] == (True, "应参加补考，请在补考页安排")
    assert found["officer2"] == (True, "已于2026-11-22考试合格")
    assert found["officer3"] == (True, "已登记同级同层的另一场，成绩尚未发布")
    assert found["officer4"] == (True, "")
    assert found["县大队长"] == (False, "")
    assert set(chosen(room, sitting, Wanted(text="officer4"))) == {"officer4"}
    assert chosen(room, sitting, Wanted(room.world.units["sichuan-agency"].path)) == {}


def test_a_pass_older_than_five_years_no_longer_speaks_against_anybody(room, database):
    row = room.register(room.sitting(), room.officers()[:1])[0]
    with database.transaction() as db:
        a_result(db, row, Verdict.PASS, room.now, 80)
        old = db.get_one(Sitting, row.sitting_id)
        old.released_at = room.now
        five_years = old.starts_at.replace(year=old.starts_at.year - 5)
        old.starts_at, old.ends_at = five_years, five_years + 2 * HOUR
    on_the_day = room.sitting(2 * DAY, form_ids=(room.form_ids[1],))
    day_before = room.sitting(1 * DAY, form_ids=(room.form_ids[2],))

    assert chosen(room, on_the_day, Wanted(text="officer1"))["officer1"] == (True, "")
    assert chosen(room, day_before, Wanted(text="officer1"))["officer1"][1] != ""


def test_the_board_reads_within_reach_and_narrows(room):
    failed(room, *room.officers()[:3])
    admin = persona(room, Role.EXAM_ADMIN, "sichuan")
    stranger = persona(room, Role.PROVINCE_ADMIN, "shaanxi")

    with room.database.reading() as db:
        everybody = make_up_queries.cases(db, admin, Asked(), room.now)
        assert [row.person.name for row in everybody] == ["officer1", "officer2", "officer3"]
        assert make_up_queries.cases(db, stranger, Asked(), room.now) == []
        assert len(make_up_queries.cases(db, admin, Asked(text="officer2"), room.now)) == 1
        assert make_up_queries.cases(db, admin, Asked(show="settled"), room.now) == []
        assert make_up_queries.cases(db, admin, Asked(unit_id=999), room.now) == []
        groups = make_up_queries.grouped(everybody)
        assert [(group.unit.name, len(group.rows), group.unscheduled) for group in groups] == [
            ("平昌大队", 3, 3)
        ]


def test_the_panel_offers_first_the_sitting_that_is_in_time_for_all(room):
    failed(room, *room.officers()[:2])
    late = room.make_up_sitting(200 * DAY, form=1)
    good = room.make_up_sitting(20 * DAY, form=2)
    admin = persona(room, Role.EXAM_ADMIN, "sichuan")

    with room.database.reading() as db:
        rows = make_up_queries.cases(db, admin, Asked(), room.now)
        sittings = make_up_queries.future_sittings(db, admin, [room.exam_id], room.now)
        after = make_up_queries.future_sittings(db, admin, [room.exam_id], good.starts_at)
    act = panel(rows, reversed(sittings), [], "", None)

    assert [option.late for option in act.options] == [("officer1", "officer2"), ()]
    assert act.chosen is not None
    assert act.chosen.value == str(good.id)
    assert panel(rows, sittings, [], str(late.id), None).late == ("officer1", "officer2")
    assert [sitting.id for sitting, _exam in after] == [late.id], "a sitting that begins now is not offered"


def test_duties_follow_the_state_of_sittings_and_cases(room, database):
    admin = persona(room, Role.EXAM_ADMIN, "sichuan")
    officer = persona(room, Role.OFFICER, "pingchang-agency", "officer1")
    leader = persona(room, Role.UNIT_ADMIN, "bazhong")
    cases = failed(room, room.officers()[0])
    with database.transaction() as db:
        db.query(Sitting).one().released_at = room.now

    def told(who: Persona, now=room.now) -> list[str]:
        with database.reading() as db:
            found = admin_queries.duties(db, who, now) + make_up_queries.duties(db, who, now)
        return [duty.title for duty in found]

    assert told(admin) == ["安排 1 人补考"]
    assert told(officer) == ["等待安排岗位培训考试的补考"]
    make_up = room.make_up_sitting(20 * DAY, form=1)
    assert told(admin) == ["安排 1 人补考"], "a sitting three weeks ahead need not be prepared yet"
    assert "准备岗位培训考试·2026年12月10日补考场" in told(admin, make_up.starts_at - 14 * DAY)
    with database.transaction() as db:
        schedule(db, list(cases.values()), make_up, "", ADMIN, room.now)
        seat = db.query(Registration).filter_by(sitting_id=make_up.id).one()
    assert told(officer) == ["参加岗位培训考试的补考"]
    assert told(admin, make_up.ends_at) == ["宣布岗位培训考试·2026年12月10日补考场的成绩"]
    with database.transaction() as db:
        db.get_one(Sitting, make_up.id).declared_at = make_up.ends_at
    assert told(admin, make_up.ends_at + timedelta(hours=1)) == [
        "发布岗位培训考试·2026年12月10日补考场的成绩"
    ]
    with database.transaction() as db:
        settle(db, a_result(db, seat, Verdict.FAIL, make_up.ends_at), make_up.ends_at)
    assert told(leader) == ["约谈officer1"]
    assert told(officer) == []
    with database.reading() as db:
        row = follow_up_queries.follow_ups(db, leader)[0]
        first, second = follow_up_queries.results_of(db, row)
        assert second is not None
        assert first.id != second.id
        assert [words for _at, words, _by in follow_up_queries.history(db, row)] == [
            "补考不合格，建立约谈事项"
        ]
        assert follow_up_queries.follow_ups(db, persona(room, Role.UNIT_ADMIN, "shaanxi")) == []
