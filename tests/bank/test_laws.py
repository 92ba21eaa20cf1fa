"""The law register: shipped metadata, imported texts, and the commands and pages that show them."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import func, select

from question_bank.laws import load_register
from tests.bank.samples import CODE, OLD_CODE, item, law_file, law_json, old_law_json
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.audit import COMMAND_LINE
from tiejun.bank.laws_service import import_laws, parse_laws, read_law_files, sync_register
from tiejun.bank.models import Article, ItemPurpose, LawVersion
from tiejun.bank.rules import LawState, article_number, law_state
from tiejun.bank.service import save_item
from tiejun.bank.shipped import install_starter
from tiejun.cli import commands
from tiejun.db import Database
from tiejun.errors import Problem


def run(database: Database, clock: ManualClock, *files: tuple[str, bytes], dry_run: bool = False):
    with database.transaction() as db:
        return import_laws(db, parse_laws(files), COMMAND_LINE, clock(), dry_run=dry_run)


def test_the_register_has_every_shipped_instrument_however_often_it_is_synchronised(database: Database):
    with database.transaction() as db:
        assert sync_register(db) == len(load_register()) == 188
    with database.transaction() as db:
        assert sync_register(db) == 0
        assert db.scalar(select(func.count()).select_from(LawVersion)) == 188


def test_synchronising_keeps_what_an_imported_file_said(database: Database, clock: ManualClock):
    known = next(iter(load_register()))
    run(database, clock, law_file(known, title="导入文件中的名称", ceased="2030-01-01"))
    with database.transaction() as db:
        sync_register(db)
        law = db.get_one(LawVersion, known)
        assert law.title == "导入文件中的名称"
        assert law.ceased.year == 2030


def test_the_same_file_twice_is_unchanged_and_a_changed_text_is_an_update(
    database: Database, clock: ManualClock
):
    assert run(database, clock, law_file()).created == 1
    again = run(database, clock, law_file())
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert run(database, clock, law_file(articles=5)).updated == 1
    with database.reading() as db:
        numbers = db.scalars(select(Article.number).order_by(Article.position)).all()
    assert numbers == ["1", "2", "3", "4", "5"]


def test_one_bad_file_keeps_all_out(database: Database, clock: ManualClock):
    broken = law_json("broken-2020")
    broken["articles"][2]["number"] = 2
    report = run(database, clock, law_file(), ("broken-2020.json", json.dumps(broken).encode()))
    assert (report.read, report.rejected, report.is_written) == (2, 1, False)
    assert report.problems == [Problem("broken-2020.json 第 3 个条文", "number", "条号 2 重复")]
    with database.reading() as db:
        assert db.scalars(select(LawVersion)).all() == []


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(database: Database, clock: ManualClock):
    report = run(database, clock, law_file(), dry_run=True)
    assert (report.created, report.is_written) == (1, False)
    with database.reading() as db:
        assert db.scalars(select(LawVersion)).all() == []


def test_the_same_law_in_two_files_is_refused(database: Database, clock: ManualClock):
    report = run(database, clock, law_file(), ("copy.json", law_file()[1]))
    assert report.problems == [Problem("copy.json", "id", f"法规代码“{CODE}”在另一个文件中已出现")]


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2014-05-31", LawState.UPCOMING),
        ("2014-06-01", LawState.IN_FORCE),
        ("2026-08-14", LawState.IN_FORCE),
        ("2026-08-15", LawState.CEASED),
    ],
)
def test_a_version_is_in_force_from_its_first_day_until_the_day_before_it_ceases(day: str, state: LawState):
    effective, ceased = date(2014, 6, 1), date(2026, 8, 15)
    assert law_state(effective, ceased, date.fromisoformat(day)) is state


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1060", "1060"),
        ("第一千零六十条", "1060"),
        ("第120条之1", "120-1"),
        ("第一百二十条之一", "120-1"),
        ("120-1", "120-1"),
        ("第２０条", "20"),
        ("0", None),
        ("第条", None),
        ("总则", None),
        ("", None),
    ],
)
def test_an_article_may_be_written_as_people_write_it(text: str, number: str | None):
    assert article_number(text) == number


@pytest.fixture
def command_line(settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)
    return CliRunner()


def test_the_command_takes_a_folder_passes_over_what_is_no_law_and_reports_as_json(
    command_line: CliRunner, database: Database, tmp_path: Path
):
    folder = tmp_path / "laws"
    folder.mkdir()
    for law in (law_json(), old_law_json()):
        (folder / f"{law['id']}.json").write_text(json.dumps(law), encoding="utf-8")
    (folder / "index.json").write_text("{}", encoding="utf-8")
    (folder / "README.md").write_text("notes", encoding="utf-8")

    result = command_line.invoke(commands, ["laws", "import", str(folder), "--json"])

    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert {name: report[name] for name in ("read", "created", "rejected", "problems")} == {
        "read": 2,
        "created": 2,
        "rejected": 0,
        "problems": [],
    }
    assert {note["where"] for note in report["warnings"]} == {"index.json", "README.md"}
    with database.reading() as db:
        assert set(db.scalars(select(LawVersion.id))) == {CODE, OLD_CODE}


def test_the_command_says_how_many_things_of_which_kind_wait_for_a_decision(
    command_line: CliRunner, database: Database, clock: ManualClock, tmp_path: Path
):
    run(database, clock, law_file())
    with database.transaction() as db:
        cited = [{"law": CODE, "article": "1"}]
        save_item(db, item("A", citations=cited), ItemPurpose.EXAM, COMMAND_LINE, clock())
    name, content = law_file("sample-rules-2030", effective="2030-01-01")
    (tmp_path / name).write_bytes(content)

    result = command_line.invoke(commands, ["laws", "import", str(tmp_path / name)])
    assert "列入法规变动待核：试题 1" in result.output

    (tmp_path / name).write_bytes(law_file("sample-rules-2030", effective="2031-01-01")[1])
    again = command_line.invoke(commands, ["laws", "import", str(tmp_path / name), "--json"])
    assert json.loads(again.stdout)["under_review"] == {}


def test_a_folder_without_any_law_is_not_called_imported(
    command_line: CliRunner, database: Database, tmp_path: Path
):
    (tmp_path / "notes.txt").write_text("not a law")

    result = command_line.invoke(commands, ["laws", "import", str(tmp_path)])

    assert result.exit_code == 1
    assert "没有法规文件" in result.output


def test_the_command_refuses_half_a_file_with_status_1_and_changes_nothing(
    command_line: CliRunner, database: Database, tmp_path: Path
):
    name, content = law_file()
    (tmp_path / name).write_bytes(content[: len(content) // 2])

    result = command_line.invoke(commands, ["laws", "import", str(tmp_path / name)])

    assert result.exit_code == 1
    assert "不是有效的 JSON 文件" in result.output
    with database.reading() as db:
        assert db.scalars(select(LawVersion)).all() == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_all_real_law_files_are_imported_and_the_second_time_unchanged(
    test_data: Path, database: Database, clock: ManualClock
):
    files, notes = read_law_files(test_data / "laws")
    with database.transaction() as db:
        sync_register(db)
    first = run(database, clock, *files)
    assert (first.read, first.created, first.problems) == (188, 188, [])
    assert {note.where for note in notes} == {"README.md", "index.json", "report.json"}
    assert run(database, clock, *files).unchanged == 188


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_every_real_law_and_its_first_and_last_article_open(
    test_data: Path, database: Database, clock: ManualClock, client: FlaskClient, world: World
):
    files, _ = read_law_files(test_data / "laws")
    run(database, clock, *files)
    sign_in(client, "officer1")
    with database.reading() as db:
        ends = db.execute(
            select(Article.law_id, func.min(Article.position), func.max(Article.position)).group_by(
                Article.law_id
            )
        ).all()
        addresses = [f"/laws/{law_id}" for law_id, _, _ in ends] + [
            f"/laws/{article.law_id}/articles/{article.number}"
            for law_id, first, last in ends
            for article in db.scalars(
                select(Article).where(Article.law_id == law_id, Article.position.in_((first, last)))
            )
        ]

    assert len(ends) == 188
    assert {client.get(address).status_code for address in addresses} == {200}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_every_citation_of_the_starter_bank_exists_in_the_real_texts(
    test_data: Path, database: Database, clock: ManualClock
):
    files, _ = read_law_files(test_data / "laws")
    run(database, clock, *files)
    with database.transaction() as db:
        report = install_starter(db, COMMAND_LINE, clock())
    assert report.is_written
    assert [w for w in report.warnings if w.field == "依据"] == []
