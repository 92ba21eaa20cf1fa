"""QTI on the page and the command line: looked at first, images kept, what is refused named."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import func, select

from question_bank.formats.bank_sheet import write_bank
from tests.bank.samples import item as sample
from tests.question_bank.moodle import image_bytes
from tests.question_bank.qti import (
    choice,
    declared,
    gap_match,
    hotspot,
    item,
    match,
    order,
    ordered,
    package,
    slider,
    upload,
    zipped,
)
from tests.support.world import World, csrf_token, sign_in
from tiejun.bank.item_files import kind_of, read_item_file
from tiejun.bank.models import Item, ItemImage
from tiejun.bank.queries import item_filter, texts_for_export
from tiejun.bank.secrecy import EVERYTHING
from tiejun.cli import commands
from tiejun.db import Database

BODY = '<p>看图<img src="a.png" alt="排放口"/></p>' + choice("甲", "乙")
DRAWING = item('<drawingInteraction responseIdentifier="RESPONSE"/>', declared("A"), name="Q-9")
FILES = {"q/1.xml": item(BODY, declared("B")), "q/a.png": image_bytes("red"), "2.xml": DRAWING}
GOOD = package(FILES, "q/1.xml")
MIXED = package(FILES, "q/1.xml", "2.xml")


def count(database: Database, table: type) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (GOOD, "a.zip", "qti"),
        (GOOD, "a.xlsx", "qti"),
        (b"no zip", "a.zip", "qti"),
        (zipped({"a.xml": b""}), "a.zip", "qti"),
        (zipped({"a.xml": b""}), "a.xlsx", "xlsx"),
        (FILES["q/1.xml"], "a.xml", "qti"),
        (item(BODY, version="3.0"), "a.txt", "qti"),
        (write_bank([sample("T-1")]).content, "a.xlsx", "xlsx"),
        (zipped({"[Content_Types].xml": b""}), "a.docx", "docx"),
        (b"<quiz/>", "a.xml", "moodle-xml"),
    ],
)
def test_a_file_is_known_as_qti_by_what_is_in_it(content: bytes, name: str, kind: str):
    assert kind_of(content, name) == kind


@pytest.fixture
def command_line(settings, laws: Database, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)
    return CliRunner()


@pytest.mark.parametrize(
    ("content", "options", "status", "items"),
    [
        (GOOD, [], 0, 1),
        (GOOD, ["--format", "qti"], 0, 1),
        (MIXED, [], 1, 0),
        (MIXED, ["--skip-faulty"], 3, 1),
        (MIXED, ["--dry-run"], 1, 0),
    ],
)
def test_the_command_imports_a_package_with_its_images(
    command_line: CliRunner,
    laws: Database,
    tmp_path: Path,
    content: bytes,
    options: list[str],
    status: int,
    items: int,
):
    path = tmp_path / "qti.zip"
    path.write_bytes(content)

    result = command_line.invoke(commands, ["items", "import", str(path), "--json", *options])

    assert (result.exit_code, count(laws, Item), count(laws, ItemImage)) == (status, items, items), (
        result.output
    )
    report = json.loads(result.stdout)
    assert [row["correct"] for row in report["rows"]] == [["乙"]]
    if content is MIXED:
        assert "Q-9" in report["problems"][0]["where"]
        assert "绘图题（drawingInteraction）" in report["problems"][0]["message"]


def test_the_report_says_what_is_right_in_the_words_of_the_further_types(
    command_line: CliRunner, laws: Database, tmp_path: Path
):
    pairs = {"kind": "directedPair", "many": True}
    files = {
        "1.xml": item(match(), declared("B X", "A Y", **pairs)),
        "2.xml": item(order("A", "B", "C"), ordered("C", "A", "B")),
        "3.xml": item(gap_match(), declared("C G1", **pairs)),
        "4.xml": item(slider(), declared("70", kind="integer")),
        "5.xml": item(upload(), declared(kind="file"), scoring=""),
    }
    path = tmp_path / "qti.zip"
    path.write_bytes(package(files, *files))
    result = command_line.invoke(commands, ["items", "import", str(path), "--json"])
    found = [(row["type"], row["correct"]) for row in json.loads(result.stdout)["rows"]]
    assert found == [
        ("match", ["A项 → Y项", "B项 → X项"]),
        ("order", ["C项", "A项", "B项"]),
        ("gap_match", ["C项", ""]),
        ("slider", ["70"]),
        ("upload", []),
    ]


def test_a_picture_that_would_be_kept_smaller_refuses_the_areas_in_it():
    files = {"1.xml": item(hotspot(), declared("A")), "a.png": image_bytes(size=(2000, 1000))}
    found = read_item_file(package(files, "1.xml"), "qti.zip")
    assert found.rows == []
    assert "图片“a.png”过大" in found.problems[0].message


def test_the_same_package_again_changes_nothing(command_line: CliRunner, laws: Database, tmp_path: Path):
    path = tmp_path / "qti.zip"
    path.write_bytes(GOOD)
    reports = [
        json.loads(command_line.invoke(commands, ["items", "import", str(path), "--json"]).stdout)
        for _ in range(2)
    ]
    assert [(report["created"], report["unchanged"]) for report in reports] == [(1, 0), (0, 1)]


def test_a_package_that_is_none_is_refused_on_the_command_line(
    command_line: CliRunner, laws: Database, tmp_path: Path
):
    path = tmp_path / "qti.zip"
    path.write_bytes(zipped({"../imsmanifest.xml": b""}))
    result = command_line.invoke(commands, ["items", "import", str(path), "--json"])
    assert result.exit_code == 1
    assert "不安全" in result.output


def test_the_page_shows_what_would_come_in_and_takes_it(world: World, client: FlaskClient, laws: Database):
    sign_in(client, "item_writer")
    token = csrf_token(client, "/items/import")
    asked = {"purpose": "practice", "unit": "B5", "csrf_token": token}
    sent = client.post("/items/import", data={**asked, "file": (io.BytesIO(MIXED), "qti.zip")})
    assert sent.status_code == 303

    page = client.get(sent.headers["Location"]).get_data(as_text=True)

    assert "第 1 题“Q1”（q/1.xml）" in page
    assert "绘图题（drawingInteraction）" in page
    taken = client.post(sent.headers["Location"], data={"csrf_token": token, "skip_faulty": "y"})
    assert (taken.status_code, count(laws, Item), count(laws, ItemImage)) == (303, 1, 1)


@pytest.mark.parametrize(
    ("path", "items"),
    [
        ("qti22/1EdTech/qtiv2p2-examples/items/items.zip", 25),
        ("qti30/1EdTech/qtiv3-examples/packaging/interactionMixSaxonyV3/interactionMixSaxonyV3.zip", 13),
    ],
)
def test_packages_of_others_are_kept_with_their_rules_as_they_were_read(
    command_line: CliRunner, laws: Database, test_data: Path, path: str, items: int
):
    content = (test_data / path).read_bytes()
    result = command_line.invoke(
        commands, ["items", "import", str(test_data / path), "--json", "--skip-faulty"]
    )
    report = json.loads(result.stdout)
    assert (len(report["rows"]), count(laws, Item)) == (items, items)
    read = {str(where): item for where, item in read_item_file(content, path).rows}
    for row in report["rows"]:
        assert (row["parts"], row["points"]) == (
            len(read[row["source"]].parts),
            float(read[row["source"]].points),
        )
    with laws.reading() as db:
        kept = {item.id: item for item in texts_for_export(db, EVERYTHING, item_filter({}))}
    for row in report["rows"]:
        was, now = read[row["source"]], kept[row["id"]]
        assert (now.parts, now.source) == (was.parts, was.source)
