"""The figures of a dashboard against a year that was lived through the services, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.exams.admin.factories import ADMIN, DAY
from tests.reports.factories import Country
from tiejun.access import Role
from tiejun.certificates.models import Certificate, ResultStatement
from tiejun.certificates.rules import Outcome
from tiejun.errors import NotFound
from tiejun.exams.admin_rules import Phase
from tiejun.exams.models import Exam, Sitting
from tiejun.exams.result_models import FollowUpCase, MakeUpCase, Result, Verdict
from tiejun.home.agenda import agenda
from tiejun.people.models import Person, Posting
from tiejun.reports.view import FIRST_YEAR, view
from tiejun.study.ledger import HourSpec, Recorder, record_hours
from tiejun.study.rules import Category, HourKind

PASS, FAIL, ABSENT = Verdict.PASS, Verdict.FAIL, Verdict.ABSENT


@pytest.fixture
def province(country: Country):
    return country.persona(Role.PROVINCE_ADMIN, "sichuan")


def held(country: Country) -> list[int]:
    """Hold a first sitting: two pass, one fails, one stays away; return the people."""
    people = country.room.officers()
    country.held(dict(zip(people, (PASS, PASS, FAIL, ABSENT), strict=True)), 2 * DAY)
    return people


def test_first_attempts_make_ups_and_absence_are_counted_apart(country, province):
    people = held(country)
    country.make_up({people[2]: PASS, people[3]: FAIL}, form=1)

    year = country.cells(province, "quarters")

    #            due absent sat passed rate  | absent sat passed rate
    assert year["4 季度"] == [4, 1, 3, 2, pytest.approx(2 / 3), 0, 2, 1, 0.5]
    assert year["1 季度"] == [0, 0, 0, 0, None, 0, 0, 0, None]
    assert year["合计"] == year["4 季度"]
    assert country.cells(province, "exams")["岗位培训考试（4 季度）"] == year["4 季度"]


def test_a_correction_counts_once_and_what_is_not_released_not_at_all(country, province):
    people = country.room.officers()
    rows = country.held({people[0]: FAIL, people[1]: FAIL}, 2 * DAY)
    with country.database.transaction() as db:
        sitting = db.get_one(Sitting, rows[0].sitting_id)
        country.release(db, sitting.id, rows[:1], {people[0]: PASS})
    assert country.cells(province, "quarters")["合计"][:4] == [2, 0, 2, 1]

    with country.database.transaction() as db:
        for result in db.query(Result).all():
            result.released_at = None
    assert country.cells(province, "quarters")["合计"][:4] == [0, 0, 0, 0]


def test_a_sitting_belongs_to_the_year_and_quarter_in_beijing(country, province):
    people = country.room.officers()
    rows = country.held({people[0]: PASS}, 2 * DAY)
    with country.database.transaction() as db:
        sitting = db.get_one(Sitting, rows[0].sitting_id)
        # 2026-12-31 23:59 in UTC is New Year's morning in Beijing.
        sitting.starts_at = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
        sitting.ends_at = sitting.starts_at + timedelta(hours=2)

    assert country.cells(province, "quarters")["合计"][0] == 0
    assert country.cells(province, "quarters", year=2027)["1 季度"][0] == 1

    with country.database.transaction() as db:
        sitting = db.get_one(Sitting, rows[0].sitting_id)
        sitting.starts_at = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    assert country.cells(province, "quarters")["4 季度"][0] == 1


def test_results_stand_under_the_units_right_below_and_lead_down(country, province):
    held(country)
    city_people = country.officers("bazhong-agency", 2)
    country.held({person.id: PASS for person in city_people}, 2 * DAY, form=1)

    below_province = country.cells(province, "units")
    below_city = country.cells(province, "units", "bazhong")
    below_county = country.cells(province, "units", "pingchang")

    assert below_province == {
        "巴中市": below_province["合计"],
        "省总队": [0, 0, 0, 0, None, 0, 0, 0, None],
        "合计": below_province["合计"],
    }
    assert below_province["合计"][:4] == [6, 1, 5, 4]
    assert below_city["平昌县"][:4] == [4, 1, 3, 2]
    assert below_city["巴中支队"][:4] == [2, 0, 2, 2]
    assert below_county["平昌大队"][:4] == [4, 1, 3, 2]
    assert country.cells(province, "units", "pingchang-agency")["平昌大队"][:4] == [4, 1, 3, 2]


def test_the_unit_itself_stands_among_its_branches_when_it_has_figures_of_its_own(country, province):
    person = country.officers("sichuan-agency", 1)[0]
    with country.database.transaction() as db:
        posting = db.query(Posting).filter_by(person_id=person.id).one()
        posting.unit_id = country.room.world.units["sichuan"].id

    assert list(country.cells(province, "staff")) == ["四川省本级", "省总队", "巴中市", "合计"]


def test_the_neighbour_sees_nothing_and_may_not_ask(country):
    held(country)
    neighbour = country.persona(Role.PROVINCE_ADMIN, "shaanxi")

    shown = country.shown(neighbour)

    assert shown.view.unit.name == "陕西省"
    assert all(table.is_empty for name, table in shown.tables.items() if name not in ("staff", "hours"))
    assert shown.staff.officers == 0
    with pytest.raises(NotFound):
        country.shown(neighbour, "sichuan")
    with pytest.raises(NotFound):
        country.shown(country.persona(Role.UNIT_ADMIN, "bazhong"), "sichuan")


def test_who_holds_several_units_begins_at_the_first_and_may_choose(country):
    held(country)
    who = country.persona(Role.UNIT_ADMIN, "shaanxi", "pingchang", "pingchang-agency")

    first = country.shown(who).view

    assert {unit.name for unit in first.roots} == {"平昌县", "陕西省"}
    assert first.unit in first.roots
    assert country.shown(who, "pingchang").attempts.first.sat == 3
    assert [unit.name for unit in country.shown(who, "pingchang-agency").view.trail] == ["平昌县", "平昌大队"]


def test_the_nation_leads_down_province_by_province(country):
    held(country)
    nation = country.persona(Role.NATIONAL_ADMIN, "ministry")

    found = country.cells(nation, "units")

    assert list(found) == ["四川省", "陕西省", "新疆生产建设兵团", "合计"]
    assert found["四川省"][:4] == [4, 1, 3, 2]
    trail = country.shown(nation, "pingchang").view.trail
    assert [unit.name for unit in trail] == ["生态环境部", "四川省", "巴中市", "平昌县"]


@pytest.mark.parametrize(
    ("left", "column"),
    [(-1, 0), (0, 1), (30, 1), (31, 2), (60, 2), (61, 3), (120, 3), (121, 4)],
)
def test_a_make_up_stands_where_its_days_left_put_it(country, province, left, column):
    people = country.room.officers()
    country.held({people[0]: FAIL}, 2 * DAY)
    today = country.shown(province).view.today
    with country.database.transaction() as db:
        db.query(MakeUpCase).one().due_on = today + timedelta(days=left)

    row = country.cells(province, "make-up-units")["巴中市"]
    stack = list(country.cells(province, "make-ups").values())

    assert row == [*(int(at == column) for at in range(5)), 1, 1]
    assert stack[column] == [1, 0, 1]


def test_an_arranged_make_up_is_told_from_one_that_waits(country, province):
    people = held(country)
    country.room.now = country.clock()
    country.arrange(people[2:3], country.room.make_up_sitting(20 * DAY, form=1))

    assert country.cells(province, "make-ups")["合计"] == [1, 1, 2]
    assert country.cells(province, "make-up-units")["合计"][-2:] == [2, 1]
    assert country.cells(province, "duties")["安排补考"][-1] == 1


def test_duties_are_those_of_the_first_page(country, province):
    """A failed make-up calls for a talk, a bare sitting for preparation, as the first page says too."""
    people = held(country)
    country.make_up({people[2]: FAIL}, form=1)
    country.room.now = country.clock()
    country.room.sitting(5 * DAY, form_ids=(country.room.form_ids[2],), staff=())
    with country.database.transaction() as db:
        db.query(FollowUpCase).one().talk_due_on = country.clock().date() - DAY

    found = country.cells(province, "duties")
    with country.database.reading() as db:
        listed = agenda(db, province, country.settings, country.clock()).duties

    assert found["补考不合格后约谈"] == [1, 0, 0, 0, 1]
    assert found["准备场次"] == [0, 1, 0, 0, 1]
    assert found["安排补考"] == [0, 0, 0, 1, 1]
    assert sum(cells[-1] for cells in found.values()) == len(listed) == 3
    assert listed[0].title.startswith("约谈")


def test_a_sitting_that_ended_is_due_and_one_that_is_far_is_not(country, province):
    far = country.room.sitting(15 * DAY, staff=())
    near = country.room.sitting(2 * DAY, form_ids=(country.room.form_ids[1],))
    country.room.register(near, country.room.officers()[:2])
    assert country.cells(province, "duties")["准备场次"][-1] == 0

    country.clock.time = near.ends_at + DAY
    shown = country.shown(province)

    assert [(one.sitting.id, one.phase, one.own) for one in shown.held] == [
        (near.id, Phase.ENDED, 2),
        (far.id, Phase.PREPARING, 0),
    ]
    assert country.cells(province, "duties")["评阅并宣布成绩"] == [1, 0, 0, 0, 1]
    assert country.cells(province, "duties")["准备场次"] == [0, 0, 1, 0, 1]


def test_a_county_sees_the_sittings_it_sends_people_to_but_the_duties_stay_with_the_holder(country):
    sitting = country.room.sitting()
    country.room.register(sitting, country.room.officers()[:1])
    county = country.persona(Role.UNIT_ADMIN, "pingchang")
    country.clock.time = sitting.ends_at + DAY

    assert [one.own for one in country.shown(county).held] == [1]
    assert country.cells(county, "duties")["评阅并宣布成绩"][-1] == 0
    assert country.shown(country.persona(Role.UNIT_ADMIN, "shaanxi")).held == []


def test_certificates_are_counted_by_month_level_and_tier(country, province):
    one, two, *_others = country.room.world.people.values()
    country.certify(one)
    country.clock.time += 14 * DAY  # into December
    country.certify(two, tier="intermediate")

    months = country.cells(province, "certificates")

    assert months["11月"] == [0, 0, 1, 0, 1]
    assert months["12月"] == [0, 0, 0, 1, 1]
    assert months["合计"] == [0, 0, 1, 1, 2]
    assert country.cells(province, "certificates", year=2025)["合计"][-1] == 0
    assert country.shown(province).issued == 2


def test_who_holds_a_valid_certificate_is_counted_once_and_only_while_in_post(country, province):
    one, two, *_others = country.room.world.people.values()
    country.certify(one)
    country.certify(one, attempt="00000000-0000-0000-0000-000000000001", tier="intermediate")
    country.certify(two)

    assert country.cells(province, "staff")["巴中市"] == [4, 2, 0.5]

    with country.database.transaction() as db:
        row = db.query(Certificate).filter_by(person_id=two.id).one()
        row.revoked_at, row.revoke_reason = country.clock(), "误发"
    assert country.cells(province, "staff")["巴中市"] == [4, 1, 0.25]

    with country.database.transaction() as db:
        posting = db.query(Posting).filter_by(person_id=one.id).one()
        posting.effective_to = country.clock().date() - DAY
    assert country.cells(province, "staff")["巴中市"] == [3, 0, 0.0]


@pytest.mark.parametrize(
    ("ends_on", "column"),
    [
        ("2026-11-19", None),
        ("2026-11-20", 0),
        ("2026-12-20", 0),
        ("2026-12-21", 1),
        ("2027-02-20", 1),
        ("2027-02-21", 2),
        ("2027-05-20", 2),
        ("2027-05-21", 3),
        ("2027-11-20", 3),
        ("2027-11-21", None),
    ],
)
def test_a_certificate_that_ends_stands_under_the_months_it_has_left(country, province, ends_on, column):
    country.certify(country.room.world.people["officer1"])
    with country.database.transaction() as db:
        row = db.query(Certificate).one()
        row.issued_on = row.issued_on.replace(year=2021)
        row.valid_until = datetime.fromisoformat(ends_on).date()

    counts = [cells[0] for cells in country.cells(province, "expiring").values()]

    assert counts == [int(at == column) for at in range(4)] + [int(column is not None)]


def test_a_certificate_that_a_later_one_replaces_does_not_count_as_ending(country, province):
    country.certify(country.room.world.people["officer1"])
    with country.database.transaction() as db:
        row = db.query(Certificate).one()
        row.issued_on, row.valid_until = row.issued_on.replace(year=2021), country.clock().date() + 5 * DAY
    assert country.cells(province, "expiring")["合计"] == [1]

    country.certify(country.room.world.people["officer1"], tier="intermediate")

    assert country.cells(province, "expiring")["合计"] == [0]


def test_a_blocked_pass_is_due_today(country, province):
    with country.database.transaction() as db:
        db.add(
            ResultStatement(
                key="a:1",
                attempt="a",
                revision=1,
                name="某人",
                unit_name="平昌大队",
                unit_path=country.room.world.units["pingchang-agency"].path,
                payload={},
                received_at=country.clock(),
                outcome=Outcome.BLOCKED,
                reason="编号用尽",
            )
        )

    assert country.cells(province, "duties")["处理暂不能发证的合格成绩"] == [0, 1, 0, 0, 1]


def learnt(country: Country, person: Person, hours: int, year: int = 2026) -> None:
    """Enter hours of 45 minutes into the ledger, as an administrator does."""
    spec = HourSpec(date(year, 3, 2), HourKind.CLASS, Category.LAW, "培训班", hours * 45, "结业证")
    by = Recorder(ADMIN, None, (country.room.world.units["ministry"].path,))
    with country.database.transaction() as db:
        record_hours(db, person.public_id, spec, by, country.clock())


def test_hours_are_shown_per_officer_against_what_everybody_owes(country, province):
    one, two, three, _four = country.room.world.people.values()
    learnt(country, one, 60)
    learnt(country, two, 59)
    learnt(country, three, 60, year=2025)

    found = country.cells(province, "hours")

    assert found["巴中市"] == [4, 29.8, 1, 3, 0.25]
    assert found["合计"] == found["巴中市"]
    assert country.cells(province, "hours", year=2025)["巴中市"] == [4, 15.0, 1, 3, 0.25]
    hours = country.shown(province).hours
    assert (hours.officers, hours.reached, hours.missing) == (4, 1, 30.2)


def test_links_lead_only_where_somebody_may_go(country, province):
    held(country)
    auditor = country.persona(Role.AUDITOR, "sichuan")

    def address(who) -> str:
        return next(row.address for row in country.shown(who).tables["duties"].rows if row.name == "安排补考")

    assert address(province).startswith("/make-ups?show=unscheduled")
    assert address(auditor) == ""


def test_an_empty_province_has_zeroes_and_no_rates(country):
    shown = country.shown(country.persona(Role.PROVINCE_ADMIN, "xpcc"))

    assert shown.attempts.first.rate is None
    assert all(table.is_empty for table in shown.tables.values())
    assert [row.name for row in shown.tables["units"].rows] == ["新疆生产建设兵团", "合计"]


@pytest.mark.parametrize(
    ("asked", "year"), [(None, 2026), (FIRST_YEAR, 2022), (2027, 2027), (2028, 2026), (1, 2026)]
)
def test_a_year_that_cannot_be_chosen_is_the_present_one(country, province, asked, year):
    with country.database.reading() as db:
        assert view(db, province, None, asked, country.clock()).year == year


def test_exams_with_one_title_stay_apart(country, province):
    held(country)
    with country.database.transaction() as db:
        first = db.query(Exam).one()
        db.add(
            Exam(
                title=first.title,
                level=first.level,
                tier=first.tier,
                blueprint_id=first.blueprint_id,
                unit_id=first.unit_id,
                created_by=ADMIN.name,
                created_at=country.clock(),
            )
        )
    assert len(country.shown(province).tables["exams"].rows) == 2
