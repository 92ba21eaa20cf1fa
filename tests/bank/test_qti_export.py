"""QTI out on the page and the command line: with keys and images, and in again without a change."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from question_bank.formats.item_json import Picture, write_json
from question_bank.formats.xml_document import parse_xml
from tests.bank.samples import item
from tests.question_bank.moodle import image_bytes
from tests.question_bank.qti_kept import scoring_of, written_as
from tests.question_bank.test_qti_write import documents
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.audit import Actor
from tiejun.bank.export import export_bank
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import read_item_file
from tiejun.bank.models import ItemPurpose
from tiejun.bank.queries import ItemFilter
from tiejun.bank.secrecy import EVERYTHING
from tiejun.cli import commands
from tiejun.db import Database

PRACTICE = ImportPlan(ItemPurpose.PRACTICE)
KINDS = pytest.mark.parametrize("kind", ["qti", "qti22"])
DIGEST = "a" * 64
SHOWN = item("P-1", stem=f"看图![排放口](image:{DIGEST})答题")


@KINDS
def test_the_whole_starter_bank_goes_out_and_comes_back_unchanged(
    starter: Database, clock: ManualClock, writer: Actor, kind: str
):
    with starter.transaction() as db:
        made = export_bank(db, EVERYTHING, ItemFilter(), writer, clock(), kind)
        report = import_items(db, read_item_file(made.content, "题库.zip"), PRACTICE, writer, clock())
    assert made.left_out == []
    assert (report.problems, report.unchanged, report.updated, report.created) == ([], made.written, 0, 0)


@KINDS
def test_an_image_goes_out_with_its_item_and_into_another_bank(
    laws: Database, clock: ManualClock, writer: Actor, kind: str
):
    brought = write_json([SHOWN], {DIGEST: Picture("排放口.png", image_bytes("red"))}).content
    with laws.transaction() as db:
        import_items(db, read_item_file(brought, "a.json"), PRACTICE, writer, clock())
        made = export_bank(db, EVERYTHING, ItemFilter(), writer, clock(), kind)
    found = read_item_file(made.content, "a.zip")
    assert [one for _, one in found.rows] == [SHOWN]
    assert (found.problems, [*found.images]) == ([], [DIGEST])


@KINDS
@pytest.mark.parametrize("name", ["rules with feedback and a table", "two questions", "pairs of one list"])
def test_an_imported_item_goes_out_with_the_rules_it_brought(
    laws: Database, clock: ManualClock, writer: Actor, kind: str, name: str
):
    brought = written_as(name, "2.2" if kind == "qti22" else "3.0")
    with laws.transaction() as db:
        assert import_items(db, read_item_file(brought, "a.xml"), PRACTICE, writer, clock()).problems == []
        made = export_bank(db, EVERYTHING, ItemFilter(), writer, clock(), kind)
        again = import_items(db, read_item_file(made.content, "a.zip"), PRACTICE, writer, clock())
    assert (again.problems, again.unchanged) == ([], 1)
    (file,) = documents(made.content)
    source = scoring_of(parse_xml(brought), in_own_words=True)
    assert [one for one in scoring_of(file, in_own_words=True) if one in source] == source


@pytest.mark.parametrize(("ending", "kind"), [("qti.zip", "QTI 3.0"), ("qti22.zip", "QTI 2.2")])
def test_the_page_offers_it_to_those_who_may_import(
    client: FlaskClient, world: World, starter: Database, ending: str, kind: str
):
    sign_in(client, "item_writer")
    page = client.get("/items?kind=case").get_data(as_text=True)
    assert f"/items/export.{ending}?kind=case" in page
    assert kind in page
    answer = client.get(f"/items/export.{ending}?kind=case")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert f"item-bank.{ending}" in answer.headers["Content-Disposition"]
    assert {one.kind for _, one in read_item_file(answer.data, "a.zip").rows} == {"case"}


@pytest.mark.parametrize("ending", ["qti.zip", "qti22.zip"])
def test_an_officer_gets_nothing(client: FlaskClient, world: World, starter: Database, ending: str):
    sign_in(client, "officer1")
    assert client.get(f"/items/export.{ending}").status_code == 403


@KINDS
def test_the_command_writes_a_package(
    settings, starter: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
):
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)
    out = tmp_path / "bank.zip"
    asked = ["items", "export", "--format", kind, "--query", "kind=essay", "--out", str(out)]
    assert CliRunner().invoke(commands, asked).exit_code == 0
    assert {one.kind for _, one in read_item_file(out.read_bytes(), "a.zip").rows} == {"essay"}
