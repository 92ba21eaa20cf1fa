"""Every format on the page and the command line: told by content, looked at first, given out again."""

import csv
import hashlib
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import func, select

from question_bank.formats.bank_sheet import write_bank
from question_bank.formats.item_json import Picture, write_json
from question_bank.markup import image_mark
from tests.bank.samples import item
from tests.question_bank.moodle import choice, image_bytes, quiz
from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import Actor, AuditEvent
from tiejun.bank.export import KINDS, export_bank
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import kind_of, read_item_file
from tiejun.bank.models import Item, ItemImage, ItemPurpose, ItemVersion
from tiejun.bank.queries import ItemFilter
from tiejun.bank.secrecy import EVERYTHING
from tiejun.cli import commands
from tiejun.db import Database
from tiejun.errors import DomainError

AIKEN = "检查人员不得少于几人？\nA) 一人\nB) 两人\nANSWER: B\n"
GIFT = "::人数::检查人员不得少于几人？{~一人 =两人}\n"
CSV = "题型,题干,A,B,答案\n单选题,检查人员不得少于几人？,一人,两人,B\n"
PLAN = ImportPlan(ItemPurpose.PRACTICE)
WHOLE = ("xlsx", "csv", "json", "qti", "qti22")
RED = image_bytes("red")


@pytest.fixture
def take(clock: ManualClock, writer: Actor):
    def import_(database: Database, content: bytes, name: str):
        with database.transaction() as db:
            return import_items(db, read_item_file(content, name), PLAN, writer, clock())

    return import_


@pytest.fixture
def give(clock: ManualClock, writer: Actor):
    def export(database: Database, kind: str, wanted: ItemFilter | None = None):
        with database.transaction() as db:
            return export_bank(db, EVERYTHING, wanted or ItemFilter(), writer, clock(), kind)

    return export


def count(database: Database, table: type) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (GIFT.encode(), "a.gift", "gift"),
        (GIFT.encode(), "a.txt", "gift"),
        (b"[html]<p>a</p>{T}", "a.txt", "gift"),
        (b"{=a ~b} is it", "a.txt", "gift"),
        (AIKEN.encode(), "a.txt", "aiken"),
        (AIKEN.encode("gb18030"), "a.txt", "aiken"),
        (AIKEN.encode("utf-16"), "a.txt", "aiken"),
        (CSV.encode(), "a.csv", "csv"),
        (CSV.encode("gb18030"), "A.CSV", "csv"),
        (quiz(choice()), "a.txt", "moodle-xml"),
        (quiz(choice()), "a", "moodle-xml"),
        (b'{"items": []}', "a.txt", "json"),
        (b'\xef\xbb\xbf{"items": []}', "a.json", "json"),
        (write_bank([item("T-1")]).content, "a.csv", "xlsx"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "a.txt", "xlsx"),
        (b"nothing", "a.bin", "xlsx"),
    ],
)
def test_a_file_is_known_by_what_is_in_it(content: bytes, name: str, kind: str):
    assert kind_of(content, name) == kind


@pytest.mark.parametrize("name", ["a.gift", "a.txt", "a.csv"])
@pytest.mark.parametrize("content", [b"a\0{T}", b"\xff\xff\xff\xff"], ids=["nul", "no encoding"])
def test_what_is_no_text_is_refused_with_a_clear_message(content: bytes, name: str):
    with pytest.raises(
        DomainError, match=r"无法读取这个文件：.*(NUL|UTF-8 或 GB18030).*。没有导入任何试题。"
    ):
        read_item_file(content, name)


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json", "moodle-xml", "gift"])
def test_what_goes_out_changes_nothing_when_it_comes_back(bank: Database, take, give, kind: str):
    made = give(bank, kind)
    assert made.written == count(bank, Item) - len(made.left_out)
    names = {"gift": "bank.txt", "csv": "bank.csv"}
    report = take(bank, made.content, names.get(kind, "bank"))
    assert (report.unchanged, report.created, report.updated) == (made.written, 0, 0)
    assert [code for code, _ in made.left_out] == ([] if kind in WHOLE else ["case"])


@pytest.mark.parametrize("kind", ["json", "moodle-xml", "gift"])
def test_only_what_was_changed_becomes_a_new_version(bank: Database, take, give, kind: str):
    before = count(bank, ItemVersion)
    content = give(bank, kind, ItemFilter(kind="single")).content.decode()
    with bank.reading() as db:
        stem = db.scalars(select(Item).where(Item.kind == "single")).first().excerpt
    report = take(bank, content.replace(stem, f"{stem}（改）", 1).encode(), "bank.txt")
    assert (report.updated, report.created) == (1, 0)
    assert count(bank, ItemVersion) == before + 1


def test_aiken_has_single_choices_without_codes(bank: Database, take, give):
    made = give(bank, "aiken")
    with bank.reading() as db:
        singles = db.scalar(select(func.count()).select_from(Item).where(Item.kind == "single"))
    assert (made.written, made.written + len(made.left_out)) == (singles, count(bank, Item))
    assert take(bank, made.content, "bank.txt").created == singles


def test_json_carries_the_images_into_another_bank_and_changes_nothing_there_again(
    laws: Database, take, give
):
    digest = hashlib.sha256(RED).hexdigest()
    shown = item("T-1", stem=f"看图{image_mark(digest, '排放口')}")
    content = write_json([shown], {digest: Picture("a.png", RED)}).content
    assert take(laws, content, "a.json").created == 1
    given = give(laws, "json").content
    assert digest in json.loads(given)["images"]
    assert json.loads(given)["items"] == [shown.to_json()]
    assert take(laws, given, "a.json").unchanged == 1
    assert count(laws, ItemImage) == 1


def test_a_new_version_brings_its_image_too(laws: Database, take):
    digest = hashlib.sha256(RED).hexdigest()
    take(laws, write_json([item("T-1", stem="没有图")], {}).content, "a.json")
    shown = item("T-1", stem=f"看图{image_mark(digest, '排放口')}")
    assert take(laws, write_json([shown], {digest: Picture("a.png", RED)}).content, "a.json").updated == 1
    assert count(laws, ItemImage) == 1


def test_json_with_an_image_that_is_none_refuses_the_item(laws: Database, take):
    digest = hashlib.sha256(b"x").hexdigest()
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    shown = item("T-1", stem=f"看图{image_mark(digest)}")
    report = take(laws, write_json([shown], {digest: Picture("a.svg", svg)}).content, "a.json")
    assert not report.is_written
    assert "a.svg" in report.problems[0].message
    missing = take(laws, write_json([shown], {}).content, "a.json")
    assert "题库中没有图片" in missing.problems[0].message


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (GIFT.encode(), "人数.gift"),
        (AIKEN.encode("gb18030"), "人数.txt"),
        (CSV.encode("gb18030"), "人数.csv"),
        (write_json([item("T-1", stem="检查人员不得少于几人？")], {}).content, "人数.json"),
    ],
    ids=["gift", "aiken", "csv", "json"],
)
def test_a_writer_looks_at_a_file_first_and_then_takes_it(
    client: FlaskClient, world: World, laws: Database, content: bytes, name: str
):
    sign_in(client, "item_writer")
    token = csrf_token(client, "/items/import")
    sent = {"file": (io.BytesIO(content), name), "purpose": "practice", "unit": "", "csrf_token": token}
    looked = client.post("/items/import", data=sent)
    assert looked.status_code == 303, looked.get_data(as_text=True)
    assert "检查人员不得少于几人？" in client.get(looked.location).get_data(as_text=True)
    assert count(laws, Item) == 0
    assert client.post(looked.location, data={"csrf_token": token}).status_code == 303
    assert count(laws, Item) == 1


def test_the_list_offers_every_format_to_those_who_may_import(
    client: FlaskClient, world: World, bank: Database
):
    sign_in(client, "item_writer")
    page = client.get("/items?kind=single&page=1").get_data(as_text=True)
    addresses = re.findall(r'href="(/items/export\.[^"]*)"', page)
    endings = ("xlsx", "csv", "json", "xml", "gift", "txt", "qti.zip", "qti22.zip")
    assert addresses == [f"/items/export.{ending}?kind=single" for ending in endings]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with bank.reading() as db:
        noted = db.scalars(select(AuditEvent.subject_id).where(AuditEvent.action == "items.exported")).all()
    assert set(noted) == set(KINDS)
    assert client.get("/items/export.exe").status_code == 404
    assert client.get("/items?endpoint=x&ending=y").status_code == 200


@pytest.fixture
def command_line(settings, laws: Database, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)
    return CliRunner()


@pytest.mark.parametrize(
    ("content", "name", "kind", "source"),
    [
        (GIFT, "a.gift", "auto", "第 1 题“人数”"),
        (GIFT, "a.dat", "gift", "第 1 题“人数”"),
        (AIKEN, "a.txt", "auto", "第 1 行"),
        (AIKEN, "a.dat", "aiken", "第 1 行"),
        (CSV, "a.csv", "auto", "CSV!2"),
    ],
)
def test_the_command_reports_each_item(
    command_line: CliRunner, laws: Database, tmp_path: Path, content: str, name: str, kind: str, source: str
):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    asked = ["items", "import", str(path), "--format", kind, "--class", "exam", "--json"]

    result = command_line.invoke(commands, [*asked, "--dry-run", "--unit", "B5"])

    assert result.exit_code == 0, result.output
    (row,) = json.loads(result.stdout)["rows"]
    assert row.keys() >= {"source", "id", "type", "parts", "points", "correct", "warnings"}
    assert (row["source"], row["type"], row["correct"]) == (source, "single", ["两人"])
    assert count(laws, Item) == 0
    assert command_line.invoke(commands, asked).exit_code == 1, "an exam item needs a unit"
    assert command_line.invoke(commands, [*asked, "--unit", "B5"]).exit_code == 0
    with laws.reading() as db:
        assert db.execute(select(Item.unit, Item.purpose)).one() == ("B5", "exam")


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_writes_every_format_and_names_what_does_not_fit(
    command_line: CliRunner, bank: Database, tmp_path: Path, kind: str
):
    out = tmp_path / "out"
    result = command_line.invoke(commands, ["items", "export", "--format", kind, "--out", str(out)])
    assert result.exit_code == (0 if kind in WHOLE else 3)
    assert ("没有导出　case" in result.output) == (kind not in WHOLE)
    assert out.stat().st_size > 0


FORMULAS = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "'=1", "''@x", "'甲"]


def test_formulas_are_no_formulas_in_what_goes_out_and_come_back_as_they_were(laws: Database, take, give):
    items = [item(f"T-{n}", stem=stem) for n, stem in enumerate(FORMULAS)]
    take(laws, write_json(items, {}).content, "a.json")
    cells = [cell for row in csv.reader(io.StringIO(give(laws, "csv").content.decode())) for cell in row]
    assert [cell for cell in cells if cell[:1] in "=+-@" and cell] == []
    assert {cell for cell in cells if cell.startswith("'")} >= {"'+1", "''=1", "'''@x", "'甲"}
    for kind, name in [("csv", "a.csv"), ("gift", "a.gift"), ("aiken", "a.txt"), ("xlsx", "a.xlsx")]:
        file = read_item_file(give(laws, kind).content, name)
        assert [one.parts[0].stem for _, one in file.rows] == FORMULAS
