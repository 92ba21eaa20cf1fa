"""Moodle XML on the page and the command line: images kept, shown by permission, frozen into papers."""

import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from question_bank.assembly.form import MissingImageError, build_form, item_images
from tests.bank.samples import item
from tests.question_bank.builders import make_blueprint
from tests.question_bank.moodle import answer, choice, file, html, image_bytes, question, quiz
from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import Actor
from tiejun.bank import images
from tiejun.bank.form_service import FormOrder, create_blueprint, draw_form, freeze
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import ItemFile, kind_of, read_item_file
from tiejun.bank.models import Item, ItemImage, ItemPurpose
from tiejun.bank.queries import item_detail
from tiejun.bank.secrecy import EVERYTHING
from tiejun.bank.service import save_item
from tiejun.cli import commands
from tiejun.db import Database
from tiejun.errors import Rejected

PHOTO = image_bytes("red")
SHOWN = html('<p>看图<img src="@@PLUGINFILE@@/a.png" alt="排放口"></p>', file("a.png", PHOTO))
WITH_IMAGE = choice(SHOWN, answer("甲", 100), answer("乙", 0), name="看图题")
BAD = question("matching", name="连线题")
EXAM = ImportPlan(ItemPurpose.EXAM)


@pytest.fixture
def run(laws: Database, clock: ManualClock, writer: Actor):
    def import_(content: bytes, plan: ImportPlan = EXAM):
        with laws.transaction() as db:
            return import_items(db, read_item_file(content, "a.xml", unit="B5"), plan, writer, clock())

    return import_


def count(database: Database, table: type) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def detail(database: Database):
    with database.reading() as db:
        return item_detail(db, EVERYTHING, db.scalars(select(Item.code)).one())


def test_an_image_is_kept_with_its_item_and_the_same_file_again_changes_nothing(run, laws: Database):
    assert run(quiz(WITH_IMAGE)).created == 1
    assert run(quiz(WITH_IMAGE)).unchanged == 1
    assert (count(laws, Item), count(laws, ItemImage)) == (1, 1)
    found = detail(laws)
    assert found.item.excerpt == "看图〔图：排放口〕"
    with laws.reading() as db:
        kept = images.get_image(db, EVERYTHING, item_images(found.text)[0])
        assert Image.open(io.BytesIO(kept.data)).getpixel((0, 0))[:3] == (255, 0, 0)


def test_a_refused_question_keeps_items_and_images_out_unless_asked(run, laws: Database):
    assert not run(quiz(WITH_IMAGE, BAD)).is_written
    assert (count(laws, Item), count(laws, ItemImage)) == (0, 0)
    assert run(quiz(WITH_IMAGE, BAD), ImportPlan(ItemPurpose.EXAM, skip_faulty=True)).created == 1
    assert count(laws, ItemImage) == 1


def test_the_report_tells_row_by_row_what_became_of_it(run):
    report = run(quiz(WITH_IMAGE, choice(answer("甲", 100), answer("乙", 50), stem="二")))
    first, second = report.rows
    assert first == {
        "source": "第 1 题“看图题”",
        "id": "I0001-00001",
        "outcome": "created",
        "type": "single",
        "parts": 1,
        "points": 1,
        "correct": ["甲"],
        "warnings": [],
    }
    assert second["warnings"] == ["部分得分的选项在本系统不得分"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7 no image", "不是 PNG、JPEG 或 GIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "不是 PNG"),
        (image_bytes("red", "PNG", (400, 400))[:80], "已损坏|不是 PNG"),
        (image_bytes("red", "BMP"), "不是 PNG"),
        (image_bytes("white", "PNG", (6000, 5000)), "像素过多"),
    ],
    ids=["pdf", "svg", "half a png", "bmp", "a giant"],
)
def test_what_is_no_image_refuses_its_question_by_name(run, content: bytes, message: str):
    stem = html('<img src="@@PLUGINFILE@@/x.png">', file("x.png", content))
    report = run(quiz(choice(stem, answer("甲", 100), answer("乙", 0))))
    assert not report.is_written
    assert report.rejected == 1
    (problem,) = report.problems
    with pytest.raises(images.BadImage, match=message):
        images.prepare(content, "x.png")
    assert "x.png" in problem.message


def test_images_are_drawn_anew_and_small():
    noisy = Image.effect_noise((3000, 1500), 90).convert("RGB")
    out = io.BytesIO()
    noisy.save(out, "JPEG", exif=b"Exif\x00\x00secret", comment=b"<script>")
    made = images.prepare(out.getvalue(), "a.jpg")
    assert max(made.width, made.height) <= images.MAX_SIDE
    assert len(made.data) <= images.MAX_BYTES
    assert b"secret" not in made.data
    assert b"<script>" not in made.data
    assert images.prepare(image_bytes("blue", "GIF"), "a.gif").media_type == "image/png"


def test_an_item_may_not_show_an_image_that_the_bank_lacks(laws: Database, clock: ManualClock, writer: Actor):
    strange = item("B5-1", stem=f"看图![](image:{'0' * 64})")
    with laws.transaction() as db, pytest.raises(Rejected) as refused:
        save_item(db, strange, ItemPurpose.EXAM, writer, clock())
    assert [problem.field for problem in refused.value.problems] == ["图片"]
    with laws.transaction() as db:
        assert not import_items(db, ItemFile.of([strange], "a"), EXAM, writer, clock()).is_written


def test_a_frozen_paper_holds_its_images(run, laws: Database, clock: ManualClock, writer: Actor):
    run(quiz(WITH_IMAGE))
    blueprint = make_blueprint({"single": 1})
    with laws.transaction() as db:
        row = create_blueprint(db, blueprint, "provincial", writer, clock())
        draft = draw_form(db, FormOrder(row.id, "seed", date(2026, 11, 25)))
        form = freeze(db, draft, writer, clock())
        stem = json.loads(form.paper)["sections"][0]["slots"][0]["stem_html"]
    assert re.fullmatch(r'看图<img src="data:image/png;base64,[A-Za-z0-9+/=]+" alt="排放口">', stem)
    with pytest.raises(MissingImageError):
        build_form(draft.draw, "seed")


def test_pages_show_the_image_to_those_who_may_see_items_and_to_nobody_else(
    run, client: FlaskClient, world: World, laws: Database
):
    run(quiz(WITH_IMAGE))
    code, digest = detail(laws).item.code, item_images(detail(laws).text)[0]
    shown = f'<img src="/items/images/{digest}" alt="排放口">'
    sign_in(client, "item_writer")
    assert shown in client.get(f"/items/{code}").get_data(as_text=True)
    assert shown in client.get(f"/items/{code}/edit").get_data(as_text=True)
    reply = client.get(f"/items/images/{digest}")
    assert (reply.status_code, reply.mimetype) == (200, "image/png")
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert client.get(f"/items/images/{'0' * 64}").status_code == 404


def test_an_officer_gets_no_image_of_the_bank(run, client: FlaskClient, world: World, laws: Database):
    run(quiz(WITH_IMAGE))
    sign_in(client, "officer1")
    assert client.get(f"/items/images/{item_images(detail(laws).text)[0]}").status_code in (403, 404)


def test_the_page_previews_and_takes_a_moodle_file(client: FlaskClient, world: World, laws: Database):
    sign_in(client, "item_writer")
    token = csrf_token(client, "/items/import")
    sent = {
        "file": (io.BytesIO(quiz(WITH_IMAGE, BAD)), "题.xml"),
        "purpose": "practice",
        "unit": "",
        "csrf_token": token,
    }
    looked = client.post("/items/import", data=sent)
    assert looked.status_code == 303, looked.get_data(as_text=True)
    page = client.get(looked.location).get_data(as_text=True)
    assert "连线题" in page
    assert "看图〔图：排放口〕" in page
    assert 'src="data:image/png;base64,' in page
    refused = client.post(looked.location, data={"csrf_token": token})
    assert (refused.status_code, count(laws, Item)) == (422, 0)
    taken = client.post(looked.location, data={"csrf_token": token, "skip_faulty": "y"})
    assert (taken.status_code, count(laws, Item)) == (303, 1)


def test_a_hostile_file_is_refused_on_the_page_with_its_reason(
    client: FlaskClient, world: World, laws: Database
):
    sign_in(client, "item_writer")
    token = csrf_token(client, "/items/import")
    content = b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz/>'
    sent = {"file": (io.BytesIO(content), "a.xml"), "purpose": "practice", "unit": "", "csrf_token": token}
    answer_ = client.post("/items/import", data=sent)
    assert answer_.status_code == 422
    assert "DOCTYPE" in answer_.get_data(as_text=True)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (quiz(), "a.xlsx", "moodle-xml"),
        (b"\xef\xbb\xbf" + quiz(), "a.txt", "moodle-xml"),
        (quiz(encoding="UTF-16"), "a.bin", "moodle-xml"),
        (b"PK\x03\x04", "a.xml", "xlsx"),
        (b'{"items": []}', "a.xlsx", "json"),
        (b"", "a.xml", "moodle-xml"),
        (b"", "a", "xlsx"),
    ],
)
def test_a_files_format_is_known_by_its_content(content: bytes, name: str, kind: str):
    assert kind_of(content, name) == kind


@pytest.fixture
def command_line(settings, laws: Database, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)
    return CliRunner()


@pytest.mark.parametrize(
    ("options", "status", "items"),
    [([], 1, 0), (["--skip-faulty"], 3, 1), (["--dry-run"], 1, 0), (["--format", "xlsx"], 1, 0)],
)
def test_the_command_imports_moodle_xml(
    command_line: CliRunner, laws: Database, tmp_path: Path, options: list[str], status: int, items: int
):
    path = tmp_path / "quiz.xml"
    path.write_bytes(quiz(WITH_IMAGE, BAD))

    result = command_line.invoke(commands, ["items", "import", str(path), "--json", *options])

    assert (result.exit_code, count(laws, Item)) == (status, items), result.output
    report = json.loads(result.stdout)
    if "--format" not in options:
        assert [row["correct"] for row in report["rows"]] == [["甲"]]
        assert "连线题" in report["problems"][0]["where"]


@pytest.mark.parametrize("command", [("items", "import"), ("laws", "import"), ("people", "import")])
def test_a_missing_file_gives_a_report_and_status_two(
    command_line: CliRunner, tmp_path: Path, command: tuple[str, str]
):
    missing = str(tmp_path / "no.xlsx")
    result = command_line.invoke(commands, [*command, missing, "--json"])
    assert result.exit_code == 2
    report = json.loads(result.stdout)
    assert (report["read"], report["problems"][0]["where"]) == (0, "no.xlsx")
    assert command_line.invoke(commands, [*command, missing]).exit_code == 2


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_real_files_come_in_with_their_images(command_line: CliRunner, laws: Database, test_data: Path):
    entries = [
        entry
        for entry in json.loads((test_data / "MANIFEST.json").read_text(encoding="utf-8"))
        if str(entry.get("file")).startswith("moodlexml/")
    ]
    for entry in entries:
        path = str(test_data / entry["file"])
        result = command_line.invoke(commands, ["items", "import", path, "--skip-faulty", "--json"])
        items = entry["expected"]["items"]
        # A number that nobody can give for all the points has no key.
        held = [one for one in items if one["type"] != "numerical" or one["correct"]]
        report = json.loads(result.stdout)
        assert report["created"] == len(held), entry["file"]
        assert result.exit_code == (0 if len(held) == len(items) else 3)
    assert count(laws, ItemImage) == 4
