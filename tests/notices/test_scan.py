"""What a scan finds: everything that is so and was not told, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select, update

from tests.exams.admin.factories import ADMIN, DAY, HOUR, Room, a_result
from tests.exams.results.factories import Hall, a_hall
from tests.support.clock import ManualClock
from tests.support.contents import exam_bank
from tests.support.world import make_world
from tiejun.db import Database
from tiejun.exams.admin_service import edit_sitting
from tiejun.exams.make_up_service import open_case, schedule, settle
from tiejun.exams.models import Registration, Sitting
from tiejun.exams.registration_service import unregister
from tiejun.exams.result_models import MakeUpCase, Verdict
from tiejun.notices.models import Notice
from tiejun.notices.rules import Topic
from tiejun.notices.service import scan
from tiejun.notices.sources import drafts
from tiejun.notices.wording import unpacked
from tiejun.people.models import Account


class Teller:
    """Scans, and says what is told to whom."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database = database
        self.clock = clock

    def scan(self) -> int:
        return scan(self.database, self.clock(), with_mail=False)

    def notices(self, login: str) -> list[Notice]:
        """Return all notices of an account, the oldest first."""
        with self.database.reading() as db:
            query = (
                select(Notice).join(Account, Account.id == Notice.account_id).where(Account.login == login)
            )
            return list(db.scalars(query.order_by(Notice.id)))

    def told(self, login: str) -> list[tuple[str, str]]:
        """Return topic and body of all notices of an account, the oldest first."""
        return [
            (str(row.topic), f"{unpacked(row.title)}\n{unpacked(row.body)}") for row in self.notices(login)
        ]

    def topics(self, login: str) -> list[str]:
        return [topic for topic, _text in self.told(login)]


@pytest.fixture
def teller(database: Database, clock: ManualClock) -> Teller:
    return Teller(database, clock)


@pytest.fixture
def case(room: Room, clock: ManualClock) -> MakeUpCase:
    """Return the open make-up of officer1, whose result was released today."""
    sitting = room.sitting(forms=1)
    (place,) = room.register(sitting, room.officers()[:1])
    with room.database.transaction() as db:
        case = open_case(db, a_result(db, place, Verdict.FAIL, clock()), clock())
        assert case is not None
        # The sitting is over and done: only the make-up shall speak here.
        db.execute(update(Sitting).values(starts_at=clock() - DAY, ends_at=clock() - HOUR))
    return case


def test_a_registration_is_told_with_time_place_and_seat_and_only_once(room: Room, teller: Teller):
    room.register(room.sitting(), room.officers()[:1])

    assert [teller.scan(), teller.scan()] == [1, 0]
    ((topic, text),) = teller.told("officer1")
    assert topic == Topic.REGISTERED
    for words in ("岗位培训考试", "2026年11月22日 09:00至11:00", "三楼机考室", "座位 1 号", "居民身份证"):
        assert words in text
    assert teller.told("officer2") == []


def test_a_change_there_and_back_is_told_each_time_and_a_change_of_staff_not(room: Room, teller: Teller):
    sitting = room.sitting()
    room.register(sitting, room.officers()[:1])
    teller.scan()
    for changed in ({"venue": "五楼"}, {"venue": "三楼机考室"}, {"venue": "三楼机考室", "staff": ()}):
        with room.database.transaction() as db:
            edit_sitting(db, sitting.id, room.spec(**changed), ADMIN, room.now)
        teller.scan()

    told = teller.told("officer1")
    assert [topic for topic, _text in told] == [Topic.REGISTERED, Topic.CHANGED, Topic.CHANGED]
    assert "五楼" in told[1][1]
    assert "三楼机考室" in told[2][1]


def test_who_is_taken_off_is_told_and_who_comes_back_too(room: Room, teller: Teller):
    sitting = room.sitting()
    for _turn in range(2):
        (place,) = room.register(sitting, room.officers()[:1])
        teller.scan()
        with room.database.transaction() as db:
            unregister(db, sitting.id, [place.id], ADMIN, room.now)
        teller.scan()

    assert teller.topics("officer1") == [Topic.REGISTERED, Topic.WITHDRAWN] * 2


def test_a_sitting_that_has_begun_is_told_to_nobody(room: Room, teller: Teller, clock: ManualClock):
    sitting = room.sitting()
    room.register(sitting, room.officers())
    clock.time = sitting.starts_at

    assert teller.scan() == 0


def test_tomorrows_sitting_is_told_from_nine_on_the_day_before(
    room: Room, teller: Teller, clock: ManualClock
):
    room.register(room.sitting(2 * DAY), room.officers()[:1])
    teller.scan()
    clock.time += DAY - timedelta(minutes=1)  # 08:59 in Beijing
    assert teller.scan() == 0

    clock.time += timedelta(minutes=1)

    assert [teller.scan(), teller.scan()] == [1, 0]
    assert teller.topics("officer1") == [Topic.REGISTERED, Topic.TOMORROW]


def test_midnight_in_beijing_decides_what_tomorrow_is(room: Room, teller: Teller, clock: ManualClock):
    # 00:00 and 23:59 of the 22nd in Beijing; the clock says 09:00 of the 20th.
    first = room.sitting(DAY + 15 * HOUR, venue="零点")
    last = room.sitting(2 * DAY + 15 * HOUR - timedelta(minutes=1), form_ids=(room.form_ids[1],))
    room.register(first, room.officers()[:1])
    room.register(last, room.officers()[1:2])
    assert teller.scan() == 2

    clock.time += DAY

    teller.scan()
    assert teller.topics("officer1")[1:] == [Topic.TOMORROW]
    assert teller.topics("officer2")[1:] == [Topic.TOMORROW]


def test_a_moved_sitting_is_announced_anew_the_day_before(room: Room, teller: Teller, clock: ManualClock):
    sitting = room.sitting(DAY)
    room.register(sitting, room.officers()[:1])
    teller.scan()
    with room.database.transaction() as db:
        edit_sitting(db, sitting.id, room.spec(2 * DAY), ADMIN, room.now)
    clock.time += DAY
    teller.scan()

    assert teller.topics("officer1") == [Topic.REGISTERED, Topic.TOMORROW, Topic.CHANGED, Topic.TOMORROW]


@pytest.mark.parametrize("database_content", [exam_bank])
def test_a_released_result_is_told_without_what_it_says(
    database: Database, clock: ManualClock, teller: Teller
):
    with database.transaction() as db:
        world = make_world(db, clock())
    hall: Hall = a_hall(database, world, clock())
    hall.scores("officer1", 30, essays=False)
    hall.score()
    hall.declare()
    clock.time = hall.over
    assert Topic.RESULT not in {topic for login in world.people for topic in teller.topics(login)}
    teller.scan()
    assert Topic.RESULT not in teller.topics("officer1"), "declared is not released"

    hall.release()

    teller.scan()
    assert teller.scan() == 0
    (text,) = (text for topic, text in teller.told("officer1") if topic == Topic.RESULT)
    assert not any(word in text for word in ("30", "合格", "分，"))
    clock.time += 31 * DAY
    with database.transaction() as db:
        db.execute(Notice.__table__.delete().where(Notice.topic == Topic.RESULT))  # type: ignore[attr-defined]
    teller.scan()
    assert Topic.RESULT not in teller.topics("officer1"), "results of long ago are no news"


def test_a_make_up_is_told_at_each_threshold(case: MakeUpCase, teller: Teller, clock: ManualClock):
    assert teller.scan() == 0
    on_the_day = []
    for days in (120, 60, 30, 7):
        clock.time += timedelta(days=(case.due_on - clock().date()).days - days - 1)
        before = len(teller.topics("officer1"))
        teller.scan()
        assert len(teller.topics("officer1")) == before, f"{days + 1} days before"
        clock.time += DAY
        teller.scan()
        on_the_day.append(teller.told("officer1")[-1][1])

    assert teller.topics("officer1") == [Topic.MAKE_UP] * 4
    assert all(f"还剩 {days} 天" in text for days, text in zip((120, 60, 30, 7), on_the_day, strict=True))
    assert all("2027年5月20日" in text and "还没有安排" in text for text in on_the_day)


def test_after_an_outage_only_the_threshold_in_turn_is_told(
    case: MakeUpCase, teller: Teller, clock: ManualClock
):
    clock.time += timedelta(days=(case.due_on - clock().date()).days - 20)
    teller.scan()

    ((_topic, text),) = teller.told("officer1")
    assert "还剩 20 天" in text


def test_an_arranged_make_up_is_named_and_a_passed_one_is_not_reminded_of(
    case: MakeUpCase, room: Room, teller: Teller, clock: ManualClock
):
    clock.time += timedelta(days=(case.due_on - clock().date()).days - 30)
    held = room.make_up_sitting(clock() - room.now + 10 * DAY, 1)
    with room.database.transaction() as db:
        schedule(db, [case.id], db.get_one(Sitting, held.id), "", ADMIN, clock())
    teller.scan()
    reminders = [text for topic, text in teller.told("officer1") if topic == Topic.MAKE_UP]
    assert len(reminders) == 1
    assert "补考已安排：2027年4月30日" in reminders[0]

    clock.time = held.ends_at
    teller.scan()
    with room.database.transaction() as db:
        place = db.scalars(select(Registration).where(Registration.sitting_id == held.id)).one()
        settle(db, a_result(db, place, Verdict.PASS, clock(), 80), clock())
    clock.time += timedelta(days=15)
    teller.scan()
    assert teller.topics("officer1").count(Topic.MAKE_UP) == 1


def test_an_overdue_make_up_is_for_the_administrators(case: MakeUpCase, teller: Teller, clock: ManualClock):
    clock.time += timedelta(days=(case.due_on - clock().date()).days + 1)
    teller.scan()

    assert teller.told("officer1") == []
    for admin in ("unit_admin", "exam_admin"):
        ((_topic, text),) = teller.told(admin)
        assert "1 人补考已逾期" in text
        assert "officer1" in text
    assert teller.told("stranger") == [], "the neighbour's administrator hears nothing"


def test_administrators_get_one_digest_a_week(case: MakeUpCase, teller: Teller, clock: ManualClock):
    clock.time += timedelta(days=(case.due_on - clock().date()).days - 100)
    for _day in range(14):
        teller.scan()
        clock.time += DAY

    assert len(teller.topics("unit_admin")) in (2, 3)
    assert len(set(teller.told("unit_admin"))) == 1


def test_only_the_latest_digest_waits_to_be_read(case: MakeUpCase, teller: Teller, clock: ManualClock):
    clock.time += timedelta(days=(case.due_on - clock().date()).days - 100)
    for _week in range(3):
        teller.scan()
        clock.time += 7 * DAY

    newest, *older = reversed(teller.notices("unit_admin"))
    assert newest.read_at is None
    assert len(older) == 2
    assert all(one.read_at is not None for one in older)
    assert teller.notices("officer1")[0].read_at is None, "a reminder of one's own is put away by nobody"


def test_who_has_no_account_or_a_closed_one_is_passed_over(room: Room, teller: Teller):
    room.register(room.sitting(), room.officers())
    with room.database.transaction() as db:
        db.execute(update(Account).where(Account.login == "officer1").values(is_active=False))
        db.execute(update(Account).where(Account.login == "officer2").values(person_id=None))

    assert teller.scan() == 2


def test_two_scans_at_once_tell_everybody_once(room: Room, clock: ManualClock, teller: Teller):
    crowd = Database(room.database.url, threads=8)
    room.register(room.sitting(DAY), room.officers())
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: scan(crowd, clock(), with_mail=True), range(8)))
    crowd.dispose()

    assert sum(made) == 2 * len(room.officers())
    assert all(teller.topics(f"officer{n}") == [Topic.REGISTERED, Topic.TOMORROW] for n in (1, 2, 3, 4))


def test_a_scan_asks_the_same_few_questions_however_many_people_there_are(
    room: Room, clock: ManualClock, teller: Teller
):
    def questions() -> int:
        asked: list[str] = []
        note = lambda _c, _cursor, sql, *_rest: asked.append(sql)  # noqa: E731
        event.listen(room.database.engine, "before_cursor_execute", note)
        with room.database.reading() as db:
            drafts(db, clock())
        event.remove(room.database.engine, "before_cursor_execute", note)
        return len([sql for sql in asked if sql.startswith("SELECT")])

    sitting = room.sitting(DAY)
    room.register(sitting, room.officers()[:1])
    few = questions()
    room.register(sitting, room.officers()[1:])

    assert questions() == few <= 12


def test_the_due_day_is_the_last_good_day(case: MakeUpCase):
    assert case.due_on == date(2027, 5, 20)
