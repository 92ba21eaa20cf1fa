"""The bank as Excel, out and back in: unchanged stays unchanged, a changed cell is one new version."""

import io
import re
import stat
from html import unescape
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import func, select

from question_bank.formats.workbook import read_sheets
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.audit import Actor, AuditEvent
from tiejun.bank.export import export_bank
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import read_item_file
from tiejun.bank.models import Item, ItemPurpose, ItemVersion
from tiejun.bank.queries import ItemFilter, item_filter
from tiejun.bank.secrecy import EVERYTHING
from tiejun.cli import commands
from tiejun.db import Database

PRACTICE = ImportPlan(ItemPurpose.PRACTICE)
ROW = -1
"""The last row is the true/false item: the simplest."""


@pytest.fixture
def take(clock: ManualClock, writer: Actor):
    def import_(database: Database, content: bytes, plan: ImportPlan = PRACTICE):
        with database.transaction() as db:
            return import_items(db, read_item_file(content, "题库.xlsx"), plan, writer, clock())

    return import_


@pytest.fixture
def give(clock: ManualClock, writer: Actor):
    def export(database: Database, wanted: ItemFilter | None = None) -> bytes:
        with database.transaction() as db:
            return export_bank(db, EVERYTHING, wanted or ItemFilter(), writer, clock()).content

    return export


def edited(content: bytes, row: int, column: str, value: str) -> bytes:
    """Return the workbook with one cell changed, as a person would."""
    rows = read_sheets(content)[0].rows
    rows[row][rows[0].index(column)] = value
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("试题")
        for number, cells in enumerate(rows):
            for place, text in enumerate(cells):
                if text != "":
                    sheet.write_string(number, place, text)
    return out.getvalue()


def versions(database: Database) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(ItemVersion)) or 0


def test_the_whole_starter_bank_goes_out_and_comes_back_unchanged(starter: Database, take, give):
    before = versions(starter)
    report = take(starter, give(starter))
    assert (report.problems, report.unchanged, report.updated, report.created) == ([], before, 0, 0)
    assert versions(starter) == before


def test_one_changed_cell_makes_one_new_version_of_exactly_that_item(starter: Database, take, give):
    content = give(starter)
    rows = read_sheets(content)[0].rows
    code = rows[1][0]
    report = take(starter, edited(content, 1, "解析", "改过的解析"))
    assert (report.updated, report.created) == (1, 0)
    assert [row["id"] for row in report.rows if row["outcome"] == "updated"] == [code]
    with starter.reading() as db:
        changed = db.execute(select(Item.code, Item.purpose).where(Item.current_version == 2)).all()
    assert changed == [(code, "exam")]


def test_an_unknown_code_is_created_and_a_row_without_one_gets_one(bank: Database, take, give):
    content = edited(give(bank), ROW, "题库编号", "B5-NEW")
    report = take(bank, content)
    assert [row["id"] for row in report.rows if row["outcome"] == "created"] == ["B5-NEW"], report.problems
    content = edited(edited(content, ROW, "题库编号", ""), ROW, "题干", "又一题")
    report = take(bank, content)
    assert [row["id"][:1] for row in report.rows if row["outcome"] == "created"] == ["I"], report.problems


def test_an_exam_item_may_not_lose_its_unit_through_an_import_for_practice(bank: Database, take, give):
    report = take(bank, edited(give(bank), 1, "知识点", ""))
    assert not report.is_written
    assert [problem.field for problem in report.problems] == ["单元"]


def test_only_those_who_may_import_get_codes_with_keys_and_every_taking_is_noted(
    client: FlaskClient, world: World, bank: Database
):
    sign_in(client, "item_writer")
    answer = client.get("/items/export.xlsx?kind=case")
    assert answer.status_code == 200
    codes = {row[0] for row in read_sheets(answer.data)[0].rows[1:]}
    assert codes == {"case"}
    assert "/items/export.xlsx?kind=case" in client.get("/items?kind=case").get_data(as_text=True)
    with bank.reading() as db:
        assert "items.exported" in db.scalars(select(AuditEvent.action)).all()


def test_what_a_format_cannot_hold_is_listed_before_anything_is_taken(
    client: FlaskClient, world: World, bank: Database
):
    def taken() -> int:
        with bank.reading() as db:
            noted = select(func.count()).where(AuditEvent.action == "items.exported")
            return db.scalar(noted) or 0

    sign_in(client, "item_writer")
    page = client.get("/items/export.xml?tier=primary")
    text = page.get_data(as_text=True)
    assert (page.status_code, page.mimetype, taken()) == (200, "text/html", 0)
    assert "案例分析题" in text
    assert '<a href="/items/case">case</a>' in text
    (address,) = re.findall(r'href="([^"]*)" download', text)
    file = client.get(f"/items/export.xml{unescape(address)}")
    assert "attachment" in file.headers["Content-Disposition"]
    codes = {item.id for _, item in read_item_file(file.data, "a.xml").rows}
    assert ("case" in codes, "single" in codes, taken()) == (False, True, 1)


def test_a_format_that_holds_none_of_them_gives_no_file(client: FlaskClient, world: World, bank: Database):
    sign_in(client, "item_writer")
    text = client.get("/items/export.txt?kind=case").get_data(as_text=True)
    assert "没有文件可导出" in text
    assert "download" not in text


def test_an_officer_gets_nothing(client: FlaskClient, world: World, bank: Database):
    sign_in(client, "officer1")
    assert client.get("/items/export.xlsx").status_code == 403


def test_the_command_writes_a_file_for_its_owner_only_and_never_over_another(
    settings, bank: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)
    out = tmp_path / "bank.xlsx"
    asked = ["items", "export", "--format", "xlsx", "--query", "kind=essay", "--out", str(out)]

    assert CliRunner().invoke(commands, asked).exit_code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [row[0] for row in read_sheets(out.read_bytes())[0].rows[1:]] == ["essay"]
    assert CliRunner().invoke(commands, asked).exit_code == 1


def test_the_command_names_what_it_left_out_and_says_so_by_its_status(
    settings, bank: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)
    for kind in ("moodle-xml", "gift", "aiken"):
        asked = ["items", "export", "--format", kind, "--out", str(tmp_path / kind)]
        result = CliRunner().invoke(commands, asked)
        assert result.exit_code == 3
        assert "没有导出　case：" in result.stderr


def test_an_address_that_makes_no_sense_is_no_filter():
    assert item_filter({"batch": "x", "page": "-1", "unit": "  B5 "}) == ItemFilter(unit="B5")
