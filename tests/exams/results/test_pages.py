"""Pages of marking and results: who may open them when, what they say, what they never show."""

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from tests.exams.results.factories import TEXT, Hall
from tests.support.world import csrf_token, sign_in
from tiejun.exams.marking_rules import code_of
from tiejun.exams.result_models import MakeUpCase, SlotScore, Verdict
from tiejun.people.models import RoleGrant

MARKING = {"marker": 200, "trainer": 403, "exam_admin": 403, "officer1": 403, "invigilator": 403}
RESULTS = {
    "exam_admin": 200,
    "province_admin": 200,
    "national_admin": 200,
    "auditor": 200,
    "unit_admin": 200,
    "invigilator": 403,
    "marker": 403,
    "item_writer": 403,
    "officer1": 403,
    "stranger": 404,
}
RECORD = {"exam_admin": 200, "invigilator": 200, "unit_admin": 403, "stranger": 404, "officer1": 403}
MINE = {"officer1": 200, "exam_admin": 403, "marker": 403}
OWN = {"officer1": 404, "officer2": 404}
TABLE = [
    (address, who, status)
    for address, statuses in (
        ("/marking", MARKING),
        ("/marking/{sitting}", MARKING),
        ("/marking/{sitting}/{code}/{slot}", MARKING),
        ("/sittings/{sitting}/results", RESULTS),
        ("/sittings/{sitting}/results.xlsx", RESULTS),
        ("/sittings/{sitting}/record.pdf", RECORD),
        ("/my/results", MINE),
        ("/my/results/{sitting}", OWN),
    )
    for who, status in statuses.items()
]


@pytest.fixture
def busy(hall: Hall, clock, settings) -> Hall:
    """Return a hall after the exam: officer1 and officer2 wrote essays, the others did not come."""
    hall.scores("officer1", 70)
    hall.scores("officer2", 20)
    hall.score()
    clock.time, hall.key = hall.over, settings.data_key
    return hall


def address_of(hall: Hall, address: str, login: str = "officer1", slot: int | None = None) -> str:
    code = code_of(hall.attempts[login].public_id, hall.key)
    return address.format(sitting=hall.sitting.public_id, code=code, slot=slot or hall.essays[0])


def get(client: FlaskClient, hall: Hall, address: str) -> str:
    answer = client.get(address_of(hall, address))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def post(client: FlaskClient, address: str, **data: str) -> tuple[int, str]:
    token = csrf_token(client, "/password")
    answer = client.post(address, data={"csrf_token": token, **data})
    return answer.status_code, answer.get_data(as_text=True)


def marked(hall: Hall) -> Hall:
    for login in ("officer1", "officer2"):
        for slot in hall.essays:
            hall.mark("marker", login, slot, 3)
    return hall


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_each_page_opens_to_those_it_is_for(busy: Hall, app):
    found = []
    for who in dict.fromkeys(who for _address, who, _status in TABLE):
        client = app.test_client()
        sign_in(client, who)
        for address, reader, _status in TABLE:
            if reader == who:
                found.append((address, who, client.get(address_of(busy, address)).status_code))

    assert sorted(found) == sorted(TABLE)
    nobody = app.test_client()
    assert {nobody.get(address_of(busy, address)).status_code for address, _w, _s in TABLE} == {303}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("act", ["declare", "release"])
def test_only_the_administration_declares_and_releases(busy: Hall, app, act: str):
    for who, status in {"auditor": 403, "unit_admin": 403, "marker": 403, "stranger": 404}.items():
        client = app.test_client()
        sign_in(client, who)
        address = address_of(busy, "/sittings/{sitting}/" + act)
        assert post(client, address, word="发布")[0] == status, who


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_marker_who_does_not_serve_here_finds_nothing(busy: Hall, app):
    with busy.database.transaction() as db:
        unit_id = busy.world.units["sichuan"].id
        db.add(RoleGrant(account_id=busy.world.accounts["auditor"].id, role="marker", unit_id=unit_id))
    client = app.test_client()
    sign_in(client, "auditor")

    assert "没有安排您阅卷的场次" in get(client, busy, "/marking")
    for address in ("/marking/{sitting}", "/marking/{sitting}/{code}/{slot}"):
        assert client.get(address_of(busy, address)).status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_marker_reads_the_response_and_never_a_name(busy: Hall, client: FlaskClient):
    sign_in(client, "marker")
    pages = [get(client, busy, a) for a in ("/marking", "/marking/{sitting}")]
    pages.append(get(client, busy, "/marking/{sitting}/{code}/{slot}"))

    assert TEXT in pages[-1]
    assert "评分要点" in pages[-1]
    for login in ("officer1", "officer2"):
        person = busy.world.people[login]
        for page in pages:
            assert person.name not in page
            assert person.id_number_masked not in page
            assert str(busy.attempts[login].public_id) not in page


def test_saving_a_mark_leads_to_the_next_essay(busy: Hall, client: FlaskClient):
    sign_in(client, "marker")
    address = address_of(busy, "/marking/{sitting}/{code}/{slot}")
    token = csrf_token(client, address)

    answer = client.post(address, data={"csrf_token": token, "points": "2.5", "comment": "缺程序"})
    assert answer.status_code == 303
    other = code_of(busy.attempts["officer2"].public_id, busy.key)
    assert answer.location == f"/marking/{busy.sitting.public_id}/{other}/{busy.essays[0]}"
    with busy.database.reading() as db:
        row = db.scalars(select(SlotScore).where(SlotScore.round == 1)).one()
    assert (row.points, row.maximum, row.comment) == (2.5, 8, "缺程序")


def test_rubric_points_add_up_and_are_kept_with_the_mark(busy: Hall, client: FlaskClient):
    sign_in(client, "marker")
    address = address_of(busy, "/marking/{sitting}/{code}/{slot}")
    given = {"awarded-0": "1.5", "awarded-1": "1", "points": ""}
    assert post(client, address, **given)[0] == 303
    with busy.database.reading() as db:
        row = db.scalars(select(SlotScore).where(SlotScore.round == 1)).one()
    assert row.points == 2.5
    assert row.awarded[:2] == [1.5, 1]
    assert set(row.awarded[2:]) == {0}

    assert post(client, address, **{**given, "points": "3"})[0] == 303
    with busy.database.reading() as db:
        row = db.scalars(select(SlotScore).where(SlotScore.round == 1)).one()
    assert (row.points, row.awarded[0]) == (3, 1.5)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("typed", ["9", "-0.5", "0.3", "x"])
def test_a_rubric_point_gets_no_more_than_it_is_worth(busy: Hall, client: FlaskClient, typed: str):
    sign_in(client, "marker")
    address = address_of(busy, "/marking/{sitting}/{code}/{slot}")
    status, page = post(client, address, comment="我的评语", **{"awarded-0": typed, "points": "2"})
    assert status == 422
    assert "我的评语" in page
    assert f'value="{typed}"' in page
    with busy.database.reading() as db:
        assert db.scalars(select(SlotScore).where(SlotScore.round > 0)).all() == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_progress_is_told_by_question_and_by_marker(busy: Hall, client: FlaskClient):
    busy.mark("trainer", "officer1", busy.essays[0], 3)
    sign_in(client, "marker")
    page = get(client, busy, "/marking/{sitting}")
    assert "已阅 1 / 2" in page
    assert "已阅 0 / 2" in page
    seen = get(client, busy, "/marking/{sitting}/{code}/{slot}")
    assert "这份作答由其他阅卷人评阅" in seen
    assert 'name="points"' not in seen


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_second_marker_is_called_and_sees_nothing_of_the_first(
    hall: Hall, client: FlaskClient, clock, settings
):
    hall.scores("officer1", 50)
    hall.score()
    clock.time, hall.key = hall.over, settings.data_key
    for slot, points in zip(hall.essays, (4, 6), strict=True):
        hall.mark("trainer", "officer1", slot, points)
    sign_in(client, "marker")
    assert "已阅 1 / 1，其中 1 份须第二人评阅" in get(client, hall, "/marking/{sitting}")
    page = get(client, hall, "/marking/{sitting}/{code}/{slot}")
    assert 'id="points"' in page
    assert 'value="4"' not in page


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_is_typed_stays_when_somebody_else_was_quicker(busy: Hall, client: FlaskClient):
    sign_in(client, "marker")
    address = address_of(busy, "/marking/{sitting}/{code}/{slot}")
    busy.mark("trainer", "officer1", busy.essays[0], 3)
    status, page = post(client, address, points="2", comment="我的评语")
    assert status == 409
    assert "您填写的内容还在" in page
    assert "我的评语" in page


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("typed", ["8.5", "-1", "3.3", "abc", ""])
def test_bad_points_are_refused_at_the_field_and_stay_typed(busy: Hall, client: FlaskClient, typed: str):
    sign_in(client, "marker")
    address = address_of(busy, "/marking/{sitting}/{code}/{slot}")

    status, page = post(client, address, points=typed, comment="我的评语")
    assert status == 422
    assert 'id="points-err"' in page
    assert "我的评语" in page
    assert typed in page
    with busy.database.reading() as db:
        assert db.scalars(select(SlotScore).where(SlotScore.round > 0)).all() == []


def test_from_blocked_to_released_on_one_page(busy: Hall, client: FlaskClient):
    sign_in(client, "exam_admin")
    page = get(client, busy, "/sittings/{sitting}/results")
    assert "主观题待评阅4题" in page
    assert 'aria-disabled="true"' in page
    assert post(client, address_of(busy, "/sittings/{sitting}/declare"))[0] == 409

    marked(busy)
    busy.trains("officer1")
    assert post(client, address_of(busy, "/sittings/{sitting}/declare"))[0] == 303
    page = get(client, busy, "/sittings/{sitting}/results")
    assert "发布后将立即为 1 名合格且已完成培训的人员分配证书编号，编号不可更改。" in page
    assert "1 人不合格、2 人缺考" in page

    status, page = post(client, address_of(busy, "/sittings/{sitting}/release"), word="发")
    assert status == 422
    assert 'value="发"' in page
    assert post(client, address_of(busy, "/sittings/{sitting}/release"), word=" 发布 ")[0] == 303
    assert "已发布" in get(client, busy, "/sittings/{sitting}/results")
    assert busy.result("officer1").released_at is not None
    assert post(client, address_of(busy, "/sittings/{sitting}/release"), word="发布")[0] == 409


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_unit_sees_its_own_people_only_after_the_release(busy: Hall, client: FlaskClient):
    marked(busy).declare()
    sign_in(client, "unit_admin")

    page = get(client, busy, "/sittings/{sitting}/results")
    assert "成绩还没有发布" in page
    assert "officer1" not in page
    busy.release()
    assert "officer1" in get(client, busy, "/sittings/{sitting}/results")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_list_is_searched_filtered_and_exported(busy: Hall, client: FlaskClient):
    marked(busy).declare()
    sign_in(client, "exam_admin")

    page = get(client, busy, "/sittings/{sitting}/results?q=officer2")
    assert "officer2" in page
    assert "officer3" not in page
    page = get(client, busy, "/sittings/{sitting}/results?verdict=absent")
    assert "officer3" in page
    assert "officer2" not in page
    made = client.get(address_of(busy, "/sittings/{sitting}/results.xlsx?verdict=fail"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made.data)).get_sheet_by_index(0).to_python()
    assert rows[2][1] == "officer2"
    assert rows[2][4:9] == [20, 6, 26, "不合格", "已宣布"]
    assert len(rows) == 3


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_record_sheet_is_a_pdf(busy: Hall, client: FlaskClient):
    sign_in(client, "invigilator")
    made = client.get(address_of(busy, "/sittings/{sitting}/record.pdf"))

    assert made.mimetype == "application/pdf"
    assert made.data.startswith(b"%PDF")


def test_a_candidate_sees_points_by_section_and_what_follows(busy: Hall, app):
    busy.trains("officer1")
    marked(busy).declare()
    expected = {
        "officer1": ("76", "我的证书"),
        "officer2": ("26", "最迟"),
        "officer3": ("缺考", "最迟"),
    }
    for released in (False, True):
        for login, (score, follows) in expected.items():
            client = app.test_client()
            sign_in(client, login)
            address = address_of(busy, "/my/results/{sitting}")
            if not released:
                assert client.get(address).status_code == 404
                continue
            page = client.get(address).get_data(as_text=True)
            assert score in page
            assert follows in page
            assert TEXT not in page
            assert score in client.get("/my/results").get_data(as_text=True)
        if not released:
            busy.release()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_who_passed_untrained_is_told_that_training_is_missing(busy: Hall, client: FlaskClient):
    marked(busy).declare()
    busy.release()
    sign_in(client, "officer1")

    assert "合格，待培训" in get(client, busy, "/my/results/{sitting}")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_make_up_deadline_is_told(busy: Hall, client: FlaskClient):
    marked(busy).declare()
    busy.release(busy.over + timedelta(days=1))
    with busy.database.reading() as db:
        person_id = busy.world.people["officer2"].id
        case = db.scalars(select(MakeUpCase).where(MakeUpCase.person_id == person_id)).one()
    assert busy.result("officer2").verdict == Verdict.FAIL
    sign_in(client, "officer2")

    due = f"{case.due_on.year}年{case.due_on.month}月{case.due_on.day}日"
    assert f"最迟 {due} 补考。" in get(client, busy, "/my/results/{sitting}")
