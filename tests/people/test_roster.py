"""The roster and the training completions from Excel: all or nothing, row by row."""

import io
import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, make_world, sign_in
from tiejun.audit import COMMAND_LINE
from tiejun.cli import commands
from tiejun.clock import beijing
from tiejun.db import Database
from tiejun.demo.people import id_number
from tiejun.errors import Rejected
from tiejun.outbox import OutboxMessage
from tiejun.people.initial_passwords import hash_initial, initial_fits, new_initial_password
from tiejun.people.models import Account, CardEvent, Person, Posting, TrainingCompletion
from tiejun.people.roster import NewAccount, RosterPlan, plan_roster, write_roster
from tiejun.people.roster_rules import HEADINGS
from tiejun.people.rules import ID_CHECK_DIGITS, id_number_fault, masked_id_number, normal_id_number
from tiejun.people.training import HEADINGS as TRAINING_HEADINGS
from tiejun.people.training import plan_training, write_training
from tiejun.people.workbooks import roster_template, training_template, workbook
from tiejun.settings import Settings

ALICE, BOB = id_number(1, date(1980, 3, 4)), id_number(2, date(1990, 5, 6))
BAZHONG = "/1/"
Cells = dict[str, str]


def roster(*officers: Cells) -> bytes:
    return workbook(
        {"人员名册": [tuple(HEADINGS), *(tuple(o.get(h, "") for h in HEADINGS) for o in officers)]}
    )


def officer(name: str, number: str, **others: str) -> Cells:
    base = {"姓名": name, "证件号码": number, "单位": "511923-1", "职务": "一般", "到岗日期": "2024-03-01"}
    return {**base, **others}


@pytest.fixture
def world(database: Database, clock: ManualClock) -> World:
    with database.transaction() as db:
        return make_world(db, clock(), officers=0)


Plan = Callable[..., RosterPlan]
Import = Callable[..., list[NewAccount]]


@pytest.fixture
def plan(database: Database, settings: Settings, clock: ManualClock, world: World) -> Plan:
    def planned(content: bytes, scope: str = "bazhong") -> RosterPlan:
        with database.reading() as db:
            return plan_roster(db, content, (world.units[scope].path,), settings, beijing(clock()).date())

    return planned


@pytest.fixture
def take(database: Database, settings: Settings, clock: ManualClock, plan: Plan) -> Import:
    def written(content: bytes) -> list[NewAccount]:
        made = plan(content)
        with database.transaction() as db:
            return write_roster(db, made, settings, COMMAND_LINE, clock())

    return written


def test_an_officer_gets_a_person_a_post_a_card_and_a_sign_in(
    take: Import, database: Database, client: FlaskClient
) -> None:
    cards = {"首次领证日期": "2019-05-20", "最近换领日期": "2024-05-20", "证件有效期至": "2029/05/19"}
    (made,) = take(roster(officer("李明", ALICE, **cards)))
    with database.reading() as db:
        person = db.scalars(select(Person)).one()
        assert person.id_number_masked == masked_id_number(ALICE)
        assert ALICE not in str(person.id_number_sealed)
        assert db.scalars(select(Posting)).one().effective_from == date(2024, 3, 1)
        kinds = db.scalars(select(CardEvent.kind).order_by(CardEvent.happened_on)).all()
        assert kinds == ["first_issue", "renewal"]
    sign_in(client, made.login, made.password.lower())
    assert client.get("/").headers["Location"].endswith("/password")


def test_importing_again_changes_nothing(take: Import, plan: Plan) -> None:
    content = roster(officer("李明", ALICE), officer("周强", BOB))
    take(content)
    report = plan(content).report
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)


def test_an_address_is_taken_over_and_an_empty_cell_takes_nobodys_away(
    take: Import, plan: Plan, database: Database
) -> None:
    def address() -> str | None:
        with database.reading() as db:
            return db.scalars(select(Account.email).join(Person, Person.id == Account.person_id)).one()

    take(roster(officer("李明", ALICE, 电子邮箱="li@example.cn")))
    assert address() == "li@example.cn"
    assert plan(roster(officer("李明", ALICE))).report.unchanged == 1
    take(roster(officer("李明", ALICE, 手机="13900000000")))
    assert address() == "li@example.cn"
    take(roster(officer("李明", ALICE, 手机="13900000000", 电子邮箱="ming@example.cn")))
    assert address() == "ming@example.cn"


def test_a_faulty_address_is_named(plan: Plan) -> None:
    (problem,) = plan(roster(officer("李明", ALICE, 电子邮箱="li@"))).report.problems
    assert (problem.where, problem.field) == ("人员名册!2", "电子邮箱")


def test_a_move_ends_the_old_post_the_day_before(take: Import, database: Database) -> None:
    take(roster(officer("李明", ALICE)))
    take(roster(officer("李明", ALICE, 单位="511900-1", 职务="负责人", 到岗日期="2026-10-08")))
    with database.reading() as db:
        first, second = db.scalars(select(Posting).order_by(Posting.effective_from)).all()
        assert first.effective_to == date(2026, 10, 7)
        assert second.effective_to is None
        assert db.scalars(select(Account)).all()[-1].unit_id == second.unit_id


FAULTS = [
    (officer("", ALICE), "姓名", "不能为空"),
    (officer("李明", ALICE[:-1]), "证件号码", "应为18位"),
    (officer("李明", ALICE[:-1] + ("0" if ALICE[-1] != "0" else "1")), "证件号码", "校验位不正确"),
    (officer("李明", "519900190002290012"), "证件号码", "出生日期"),
    (officer("李明", ALICE, 单位="610000-1"), "单位", "管理范围内没有单位"),
    (officer("李明", ALICE, 职务="科员"), "职务", "主要负责人"),
    (officer("李明", ALICE, 到岗日期="去年"), "到岗日期", "不是有效的日期"),
    (officer("李明", ALICE, 到岗日期="2026-11-21"), "到岗日期", "不能晚于今天"),
    (officer("李明", ALICE, 编制="借调"), "编制", "正式编制"),
    (officer("李" * 16, ALICE), "姓名", "不能超过15个字"),
    (officer("李明", ALICE, 登录名="province_admin"), "登录名", "已被使用"),
]


@pytest.mark.parametrize(("row", "field", "words"), FAULTS, ids=[fault[2] for fault in FAULTS])
def test_a_faulty_row_is_named_and_nothing_is_written(
    plan: Plan, take: Import, database: Database, row: Cells, field: str, words: str
) -> None:
    content = roster(officer("周强", BOB), row)
    report = plan(content).report
    assert [(p.where, p.field) for p in report.problems] == [("人员名册!3", field)]
    assert words in report.problems[0].message
    assert report.rejected == 1
    with pytest.raises(Rejected):
        take(content)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 0


def test_the_same_person_twice_in_one_file_is_named(plan: Plan) -> None:
    report = plan(roster(officer("李明", ALICE), officer("李明", ALICE))).report
    assert [(p.where, p.message) for p in report.problems] == [("人员名册!3", "与 人员名册!2 重复")]


def test_somebody_of_another_province_is_not_taken_over(
    take: Import, plan: Plan, database: Database, settings: Settings, clock: ManualClock, world: World
) -> None:
    take(roster(officer("李明", ALICE)))
    with database.reading() as db:
        scope = (world.units["shaanxi"].path,)
        content = roster(officer("李明", ALICE, 单位="610000-1"))
        report = plan_roster(db, content, scope, settings, beijing(clock()).date()).report
    assert "其他地区任职" in report.problems[0].message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "旧版 Excel"),
        (b"PK\x03\x04 half a file", "文件"),
        (b"", "不是有效的"),
        (roster(officer("李明", ALICE))[:2000], "文件"),
        (workbook({"Sheet1": [("姓名", "电话"), ("李明", "1")]}), "缺少列"),
    ],
    ids=["xls named xlsx", "half a zip", "empty", "half a spreadsheet", "another table"],
)
def test_a_file_that_is_no_roster_is_refused_on_the_page(
    client: FlaskClient, world: World, content: bytes, words: str
) -> None:
    sign_in(client, "unit_admin")
    data = {"csrf_token": csrf_token(client, "/people/import"), "file": (io.BytesIO(content), "名册.xlsx")}
    answer = client.post("/people/import", data=data)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_an_upload_beyond_the_limit_is_refused_before_it_is_read(client: FlaskClient, world: World) -> None:
    sign_in(client, "unit_admin")
    answer = client.post(
        "/people/import",
        input_stream=io.BytesIO(b"--x"),
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)},
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "过大" in answer.get_data(as_text=True)


def test_the_page_shows_a_dry_run_and_takes_over_after_confirmation(
    client: FlaskClient, world: World, database: Database
) -> None:
    sign_in(client, "unit_admin")
    token = csrf_token(client, "/people/import")
    file = (io.BytesIO(roster(officer("李明", ALICE))), "名册.xlsx")
    page = client.post("/people/import", data={"csrf_token": token, "file": file}).get_data(as_text=True)
    assert "还没有写入任何内容" in page
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 0
    address = page.split('<form method="post" action="/people/import/', 1)[1].split('"', 1)[0]
    done = client.post(f"/people/import/{address}", data={"csrf_token": token})
    assert "初始密码" in done.get_data(as_text=True)
    assert "李明" in client.get("/people").get_data(as_text=True)


def test_the_command_refuses_everything_for_one_faulty_row(
    app: Flask,
    world: World,
    settings: Settings,
    tmp_path,
    monkeypatch: pytest.MonkeyPatch,
    database: Database,
) -> None:
    for name in ("mode", "data_dir", "database_url", "secret_key", "data_key"):
        monkeypatch.setenv(f"TIEJUN_{name.upper()}", str(getattr(settings, name)))
    path = tmp_path / "roster.xlsx"
    path.write_bytes(roster(officer("李明", ALICE), officer("周强", "1")))
    run = CliRunner().invoke(commands, ["people", "import", str(path), "--json"])
    report = json.loads(run.output)
    assert run.exit_code == 1
    assert (report["read"], report["created"], report["rejected"]) == (2, 1, 1)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 0


def test_the_templates_can_be_filled_in_and_imported(plan: Plan) -> None:
    assert plan(roster_template()).report.read == 0
    assert training_template()


def completions(*rows: Cells) -> bytes:
    head = tuple(TRAINING_HEADINGS)
    return workbook({"培训记录": [head, *(tuple(row.get(h, "") for h in head) for row in rows)]})


def completed(name: str, number: str, **others: str) -> Cells:
    base = {"姓名": name, "证件号码": number, "级别": "省级", "层级": "初级", "班次": "第三期"}
    return {**base, "结业日期": "2026-07-24", "学时": "60", **others}


@pytest.fixture
def train(
    database: Database, settings: Settings, clock: ManualClock, world: World, take: Import
) -> Callable[[bytes], list[str]]:
    take(roster(officer("李明", ALICE)))

    def written(content: bytes) -> list[str]:
        with database.transaction() as db:
            scope = (world.units["bazhong"].path,)
            made = plan_training(db, content, scope, settings, beijing(clock()).date())
            if not made.report.problems:
                write_training(db, made, COMMAND_LINE, clock())
            return [f"{p.where} {p.field}：{p.message}" for p in made.report.problems]

    return written


def test_a_completion_is_recorded_and_announced(
    train: Callable[[bytes], list[str]], database: Database
) -> None:
    assert train(completions(completed("李明", ALICE))) == []
    with database.reading() as db:
        assert db.scalars(select(TrainingCompletion)).one().hours == 60
        message = db.scalars(select(OutboxMessage)).one()
    assert message.topic == "training.recorded"


def test_the_same_completion_again_announces_nothing(
    train: Callable[[bytes], list[str]], database: Database
) -> None:
    train(completions(completed("李明", ALICE)))
    assert train(completions(completed("李明", ALICE))) == []
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(OutboxMessage)) == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (completed("李明", BOB), "先导入名册"),
        (completed("李明明", ALICE), "不符"),
        (completed("李明", ALICE, 级别="市级"), "应为国家级或省级"),
        (completed("李明", ALICE, 结业日期="2026-11-21"), "不能晚于今天"),
        (completed("李明", ALICE, 学时="0"), "大于0"),
        (completed("李明", ALICE, 学时="很多"), "大于0"),
    ],
)
def test_a_faulty_completion_is_named(train: Callable[[bytes], list[str]], row: Cells, words: str) -> None:
    (problem,) = train(completions(row))
    assert words in problem


def test_people_of_another_unit_cannot_see_an_officer(
    client: FlaskClient, take: Import, database: Database
) -> None:
    take(roster(officer("李明", ALICE)))
    with database.reading() as db:
        address = f"/people/{db.scalars(select(Person.public_id)).one()}"
    sign_in(client, "stranger")
    assert client.get(address).status_code == 404
    assert "李明" not in client.get("/people").get_data(as_text=True)


@pytest.mark.parametrize(
    ("login", "address", "status"),
    [
        ("officer1", "/people", 403),
        ("marker", "/people", 403),
        ("auditor", "/people", 200),
        ("auditor", "/people/import", 403),
        ("exam_admin", "/people", 200),
        ("exam_admin", "/people/import", 403),
        ("unit_admin", "/people/import", 200),
        ("unit_admin", "/training/import", 200),
        ("province_admin", "/people/import", 200),
        ("province_admin", "/people/template.xlsx", 200),
        ("trainer", "/training/import", 403),
    ],
)
def test_who_may_open_which_page(
    app: Flask, database: Database, clock: ManualClock, login: str, address: str, status: int
) -> None:
    with database.transaction() as db:
        make_world(db, clock(), officers=1)
    client = app.test_client()
    sign_in(client, login)
    assert client.get(address).status_code == status


@given(
    serial=st.integers(0, 999), born=st.dates(date(1930, 1, 1), date(2006, 1, 1)), place=st.integers(6, 16)
)
def test_one_wrong_digit_is_always_noticed(serial: int, born: date, place: int) -> None:
    number = id_number(serial, born)
    assert id_number_fault(number, date(2026, 11, 20)) is None
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    assert id_number_fault(wrong, date(2026, 11, 20)) is not None


def test_full_width_and_small_letters_are_read_as_an_id_number() -> None:
    assert normal_id_number("５１９９ 00ｘ") == "519900X"
    assert set(ID_CHECK_DIGITS) == set("0123456789X")


@given(st.text(max_size=20))
def test_only_the_initial_password_fits_its_hash(other: str) -> None:
    password = new_initial_password()
    stored = hash_initial(password)
    assert initial_fits(stored, password)
    assert initial_fits(stored, password.replace("-", "").lower())
    assert not initial_fits(stored, other) or other.upper().replace("-", "").replace(
        " ", ""
    ) == password.replace("-", "")


def test_a_new_initial_password_ends_sessions(
    app: Flask, client: FlaskClient, take: Import, database: Database, clock: ManualClock
) -> None:
    (made,) = take(roster(officer("李明", ALICE)))
    officers_browser = app.test_client()
    sign_in(officers_browser, made.login, made.password)
    sign_in(client, "unit_admin")
    clock.time += timedelta(minutes=1)
    with database.reading() as db:
        address = f"/people/{db.scalars(select(Person.public_id)).one()}"
    token = csrf_token(client, "/people/import")
    page = client.post(f"{address}/initial-password", data={"csrf_token": token})
    assert page.status_code == 200
    assert officers_browser.get("/password").status_code == 303
