"""The demo: laid once by the real services, and never in production."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from tests.support.clock import ManualClock
from tests.support.world import csrf_token, sign_in
from tiejun.app import create_app
from tiejun.audit import COMMAND_LINE, AuditEvent, record
from tiejun.certificates.models import Certificate
from tiejun.clock import ShiftedClock
from tiejun.demo.cli import BEGUN, demo, demo_environment, prepare_demo
from tiejun.demo.people import PASSWORD, accounts
from tiejun.exams.result_models import MakeUpCase, Result
from tiejun.installation import Core, opened
from tiejun.notices.models import Notice
from tiejun.operations import migrate
from tiejun.people.models import Account
from tiejun.settings import Settings


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    folder = tmp_path_factory.mktemp("demo")
    with opened(Settings.from_env(demo_environment({"TIEJUN_DATA_DIR": str(folder)}, 8000))) as core:
        prepare_demo(core)
        yield core


@pytest.fixture
def app(laid: Core) -> Flask:
    return create_app(laid.settings, laid.clock)


def test_the_demo_holds_people_results_certificates_and_make_ups(laid: Core) -> None:
    with laid.database.reading() as db:
        assert len(accounts(db)) == 15
        assert db.scalar(select(func.count()).select_from(Result)) == 16
        numbers = db.scalars(select(Certificate.number).order_by(Certificate.number)).all()
        assert db.scalar(select(func.count()).select_from(MakeUpCase)) == 6
    assert [int(number[-4:]) for number in numbers] == list(range(1, len(numbers) + 1))
    assert len(numbers) == 9


@pytest.mark.parametrize("at", ["2026-11-28T16:56:00", "2026-12-31T16:20:00"])
def test_it_can_be_laid_at_any_hour_also_after_midnight_in_beijing(at: str, tmp_path: Path) -> None:
    clock = ManualClock(datetime.fromisoformat(at).replace(tzinfo=UTC))
    with opened(Settings.from_env(demo_environment({"TIEJUN_DATA_DIR": str(tmp_path)}, 8000))) as core:
        prepare_demo(replace(core, clock=clock))
        with core.database.reading() as db:
            assert len(accounts(db)) == 15


def test_officers_and_the_unit_find_notices_waiting(laid: Core) -> None:
    with laid.database.reading() as db:
        query = select(Account.login, Notice.topic).join(Notice, Notice.account_id == Account.id)
        told = {(login, topic) for login, topic in db.execute(query)}
    assert {("demo-officer", "registered"), ("demo-officer", "tomorrow")} <= told
    assert {("demo-officer2", topic) for topic in ("registered", "tomorrow", "result")} <= told
    assert ("demo-unit", "make_up_digest") in told


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("demo-trainer", "审核案例"),
        ("demo-reviewer", "审核案例"),
        ("demo-marker", "道主观题等您评阅"),
        ("demo-writer", "3 道题所引法条已变动"),
    ],
)
def test_trainer_reviewer_and_marker_find_work_waiting(app: Flask, login: str, words: str) -> None:
    client = app.test_client()
    sign_in(client, login, PASSWORD)
    assert words in client.get("/").get_data(as_text=True)


def test_laying_it_again_keeps_what_is_there(laid: Core) -> None:
    (laid.settings.data_dir / "uploads").mkdir(exist_ok=True)
    with laid.database.reading() as db:
        before = db.scalars(select(Certificate.code).order_by(Certificate.id)).all()
    prepare_demo(laid)
    with laid.database.reading() as db:
        assert db.scalars(select(Certificate.code).order_by(Certificate.id)).all() == before


def test_every_demo_account_can_sign_in_and_see_its_first_page(laid: Core, app: Flask) -> None:
    with laid.database.reading() as db:
        logins = [account.login for account in accounts(db)]
    for login in logins:
        client = app.test_client()
        sign_in(client, login, PASSWORD)
        assert client.get("/").status_code == 200, login


def test_the_clock_moves_for_everybody(laid: Core, app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "demo-province", PASSWORD)
    before = laid.clock()
    answer = client.post(
        "/demo/clock", data={"number": "2", "unit": "days", "csrf_token": csrf_token(client, "/demo/clock")}
    )
    assert answer.status_code == 303
    assert timedelta(days=2) <= laid.clock() - before < timedelta(days=2, minutes=1)
    assert isinstance(laid.clock, ShiftedClock)
    laid.clock.advance(timedelta(days=-2))


def test_production_has_no_clock_page(tmp_path: Path, laid: Core) -> None:
    settings = Settings(
        mode="production",
        data_dir=laid.settings.data_dir,
        secret_key=laid.settings.secret_key,
        data_key=laid.settings.data_key,
        password_days=laid.settings.password_days,
    )
    client = create_app(settings).test_client()
    sign_in(client, "demo-province", PASSWORD)
    assert client.get("/demo/clock").status_code == 404


def test_the_demo_command_refuses_production(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(click.ClickException, match="只用于演示"):
        demo_environment({"TIEJUN_MODE": "production"}, 8000)
    monkeypatch.setenv("TIEJUN_MODE", "production")
    assert CliRunner().invoke(demo, ["clock", "--advance", "1"]).exit_code == 1


def test_reset_deletes_a_demo_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(tmp_path))
    precious = tmp_path / "thesis.txt"
    precious.write_text("years of work")
    assert CliRunner().invoke(demo, ["--reset"]).exit_code == 1
    assert precious.exists()
    (tmp_path / "installed").write_text("")
    assert CliRunner().invoke(demo, ["--reset"]).exit_code == 0
    assert not tmp_path.exists()


def test_a_database_that_no_demo_made_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(Settings.from_env(demo_environment({"TIEJUN_DATA_DIR": str(tmp_path)}, 8000))) as core:
        migrate.upgrade(core.database)
        with core.database.transaction() as db:
            record(db, COMMAND_LINE, "sign_in", ("account", 1), core.clock())
        with pytest.raises(click.ClickException, match="不是演示的数据库"):
            prepare_demo(core)
        with core.database.reading() as db:
            assert db.scalar(select(func.count()).select_from(AuditEvent)) == 1
    monkeypatch.delenv("TIEJUN_MODE", raising=False)
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(tmp_path))
    for arguments in (["clock", "--advance", "1"], ["--reset"]):
        assert CliRunner().invoke(demo, arguments).exit_code == 1, arguments
    assert not (tmp_path / "clock-shift").exists()


def test_a_demo_that_was_cut_off_is_laid_anew(tmp_path: Path) -> None:
    with opened(Settings.from_env(demo_environment({"TIEJUN_DATA_DIR": str(tmp_path)}, 8000))) as core:
        (tmp_path / BEGUN).write_text("")
        migrate.upgrade(core.database)
        prepare_demo(core)
        with core.database.reading() as db:
            assert len(accounts(db)) == 15
