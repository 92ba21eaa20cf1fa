"""A table with headers of its own: its columns are explained once and known from then on."""

import io
import json
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from question_bank.formats.columns import ColumnMaps, headers_key, told
from question_bank.formats.spreadsheet import HeaderNotFound, read_csv_items, read_heads, read_items
from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import AuditEvent
from tiejun.bank.import_models import ColumnMapping
from tiejun.bank.models import Item
from tiejun.cli import commands
from tiejun.db import Database

HEADER = ("序", "Ask", "甲项", "乙项", "Key")
ROW = ("1", "现场检查不得少于几人", "一人", "两人", "B")
FIELDS = {"Ask": "stem", "甲项": "A", "乙项": "B", "Key": "answer"}
CSV = "\n".join(",".join(row) for row in (HEADER, ROW)).encode()


def xlsx(*rows: tuple[str, ...], **sheets: list[tuple[str, ...]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name, lines in ({"表": rows} | sheets).items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(lines):
            sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def remembered(header: tuple[str, ...] = HEADER) -> ColumnMaps:
    return ColumnMaps(remembered={headers_key(header): FIELDS})


@pytest.mark.parametrize(
    ("read", "content"), [(read_csv_items, CSV), (read_items, xlsx(HEADER, ROW))], ids=["csv", "xlsx"]
)
@pytest.mark.parametrize("maps", [remembered(), ColumnMaps(told=FIELDS)], ids=["remembered", "told"])
def test_columns_are_what_somebody_said(read, content: bytes, maps: ColumnMaps):
    with pytest.raises(HeaderNotFound):
        read(content, "a")
    report = read(content, "a", None, maps)
    (found,) = report.items
    assert (found.parts[0].stem, found.parts[0].key) == ("现场检查不得少于几人", "b")
    assert report.remembered == ([headers_key(HEADER)] if maps.remembered else [])


def test_the_order_of_the_headers_does_not_matter_and_one_more_header_does():
    turned = tuple(reversed(HEADER)), tuple(reversed(ROW))
    assert len(read_items(xlsx(*turned), "a", None, remembered()).items) == 1
    with pytest.raises(HeaderNotFound):
        read_items(xlsx((*HEADER, "更多"), (*ROW, "")), "a", None, remembered())


def test_a_told_column_takes_the_place_of_the_one_named_so():
    rows = [("题型", "题干", "真正的题干", "答案"), ("判断题", "不是这个", "是这个", "对")]
    (found,) = read_items(xlsx(*rows), "a", None, ColumnMaps(told={"真正的题干": "stem"})).items
    assert found.parts[0].stem == "是这个"


def test_the_likely_header_stands_below_a_title_and_shows_three_rows():
    content = xlsx(("某市题库",), HEADER, *[ROW] * 5, 空=[], 说明=[HEADER])
    (head,) = read_heads(content, ColumnMaps(), is_csv=False)
    assert (head.sheet, head.head.number, head.is_found, len(head.sample)) == ("表", 2, False, 3)


@pytest.mark.parametrize("pair", ["题干", "题干=", "没有=Ask", "题库编号=Ask"])
def test_what_says_nothing_of_a_column_is_refused(pair: str):
    with pytest.raises(ValueError, match="题干=Question"):
        told([pair])


def bring(client: FlaskClient, content: bytes):
    sign_in(client, "item_writer")
    token = csrf_token(client, "/items/import")
    sent = {"file": (io.BytesIO(content), "题.xlsx"), "purpose": "practice", "unit": "", "csrf_token": token}
    return client.post("/items/import", data=sent), token


def test_the_page_asks_once_and_remembers(client: FlaskClient, world: World, laws: Database):
    asked, token = bring(client, xlsx(HEADER, ROW))
    assert (asked.status_code, "/columns?" in asked.location) == (303, True)
    page = client.get(asked.location).get_data(as_text=True)
    assert all(text in page for text in (*HEADER, *ROW))
    chosen = {"column-1": "stem", "column-2": "A", "column-3": "B", "column-4": "answer"}
    refused = client.post(asked.location, data={"csrf_token": token, "column-1": "stem", "column-2": "stem"})
    assert refused.status_code == 422
    said = refused.get_data(as_text=True)
    assert "没有指明哪一列是“答案”" in said
    assert "“题干”指明了不止一列" in said
    saved = client.post(asked.location, data={"csrf_token": token, **chosen})
    looked = client.get(saved.location, follow_redirects=True)
    assert "现场检查不得少于几人" in looked.get_data(as_text=True)
    taken = client.post(looked.request.full_path, data={"csrf_token": token})
    assert taken.status_code == 303
    with laws.reading() as db:
        assert db.scalar(select(func.count(Item.id))) == 1
        assert "columns.mapped" in db.scalars(select(AuditEvent.action)).all()
        assert db.scalars(select(ColumnMapping)).one().fields == FIELDS
    again, _ = bring(client, xlsx(HEADER, (*ROW[:1], "另一道题问什么", *ROW[2:])))
    page = client.get(again.location).get_data(as_text=True)
    assert "另一道题问什么" in page
    assert "的说明对应" in page
    assert "/columns?" in page


def test_known_headers_may_be_explained_too_and_said_anew(client: FlaskClient, world: World, laws: Database):
    rows = [("题型", "题干", "备注", "答案"), ("判断题", "不是这个", "是这个", "对")]
    looked, token = bring(client, xlsx(*rows))
    address = looked.location.replace("?", "/columns?")
    page = client.get(address).get_data(as_text=True)
    assert 'value="stem" selected' in page
    for stem, text in ((2, "是这个"), (1, "不是这个")):
        fields = {"column-0": "type", f"column-{stem}": "stem", "column-3": "answer"}
        saved = client.post(address, data={"csrf_token": token, **fields})
        shown = client.get(saved.location, follow_redirects=True).get_data(as_text=True)
        assert f'data-label="题干">{text}' in shown
    with laws.reading() as db:
        assert db.scalar(select(func.count(ColumnMapping.id))) == 1


def test_what_is_remembered_is_listed_and_deleted_after_a_question(
    client: FlaskClient, world: World, laws: Database, app: Flask
):
    asked, token = bring(client, xlsx(HEADER, ROW))
    chosen = {"column-1": "stem", "column-2": "A", "column-3": "B", "column-4": "answer"}
    client.post(asked.location, data={"csrf_token": token, **chosen})
    with laws.reading() as db:
        address = f"/items/import/columns/{db.scalars(select(ColumnMapping.id)).one()}"
    assert f'href="{address}"' in client.get("/items/import/columns").get_data(as_text=True)
    question = client.get(address).get_data(as_text=True)
    assert all(header in question for header in HEADER if header)
    with laws.reading() as db:
        assert db.scalar(select(func.count(ColumnMapping.id))) == 1
    stranger = app.test_client()
    sign_in(stranger, "item_reviewer")
    refused = {"csrf_token": csrf_token(stranger, "/items/reviews")}
    assert stranger.post(address, data=refused).status_code == 403

    answer = client.post(address, data={"csrf_token": token})

    assert answer.location.endswith("/items/import/columns")
    assert "还没有记住任何表头" in client.get(answer.location).get_data(as_text=True)
    assert client.get(address).status_code == 404
    assert client.post(address, data={"csrf_token": token}).status_code == 404
    again, _ = bring(client, xlsx(HEADER, ROW))
    assert "/columns?" in again.location
    with laws.reading() as db:
        assert "columns.forgotten" in db.scalars(select(AuditEvent.action)).all()


def test_hostile_headers_are_shown_as_text(client: FlaskClient, world: World, laws: Database):
    asked, _ = bring(client, xlsx(("<script>alert(1)</script>", "b", "c"), ROW[:3]))
    page = client.get(asked.location).get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.fixture
def command_line(settings, laws: Database, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)
    return CliRunner()


def test_the_command_takes_columns_as_told_and_as_remembered(
    command_line: CliRunner, laws: Database, clock: ManualClock, tmp_path: Path
):
    path = tmp_path / "a.csv"
    path.write_bytes(CSV)
    options = ["items", "import", str(path), "--json", "--dry-run"]
    unknown = command_line.invoke(commands, options)
    assert (unknown.exit_code, "表头" in unknown.stdout) == (1, True)
    pairs = [
        f"--map={ours}={header}" for ours, header in zip(["题干", "A", "B", "答案"], HEADER[1:], strict=True)
    ]
    result = command_line.invoke(commands, [*options, *pairs])
    assert json.loads(result.stdout)["created"] == 1
    assert command_line.invoke(commands, [*options, "--map=x"]).exit_code == 2
    with laws.transaction() as db:
        from_page = {"headers": list(HEADER), "fields": FIELDS, "saved_by": "命题人", "saved_at": clock()}
        db.add(ColumnMapping(headers_key=headers_key(HEADER), **from_page))
    assert json.loads(command_line.invoke(commands, options).stdout)["created"] == 1
