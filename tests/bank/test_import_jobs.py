"""A large file is checked and written in the background; nothing of it is there before all of it is."""

import dataclasses
import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.bank.test_columns import HEADER, ROW, xlsx
from tests.bank.test_import import BAD, GOOD, workbook
from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.app import create_app
from tiejun.bank import import_jobs
from tiejun.bank.import_jobs import run_imports
from tiejun.bank.import_models import ImportState, ItemImport
from tiejun.bank.models import Item, ItemBatch
from tiejun.db import Database
from tiejun.installation import Core


@pytest.fixture
def settings(settings):
    return dataclasses.replace(settings, worker_seconds=1)


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiejun.bank.import_views.LARGE", 0)


@pytest.fixture
def core(app: Flask) -> Core:
    return app.extensions["tiejun"]


@pytest.fixture
def token(client: FlaskClient, world: World, laws: Database) -> str:
    sign_in(client, "item_writer")
    return csrf_token(client, "/items/import")


def bring(client: FlaskClient, token: str, content: bytes) -> str:
    sent = {"file": (io.BytesIO(content), "题.xlsx"), "purpose": "practice", "unit": "", "csrf_token": token}
    answer = client.post("/items/import", data=sent)
    assert answer.status_code == 303
    return answer.location


def page(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def items(database: Database) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count(Item.id))) or 0


def test_a_file_is_checked_then_written_after_the_go_ahead(
    client: FlaskClient, token: str, core: Core, laws: Database
):
    address = bring(client, token, workbook(GOOD))
    assert "正在检查" in page(client, address)
    assert client.get(f"{address}/state").json == {"state": "waiting", "percent": 0}
    run_imports(core)
    assert client.get(f"{address}/state").json == {"state": "checked", "percent": 100}
    assert "导入 1 题" in page(client, address)
    assert items(laws) == 0
    assert client.post(address, data={"csrf_token": token}).status_code == 303
    assert "正在写入" in page(client, address)
    run_imports(core)
    assert items(laws) == 1
    assert "/items/batches/" in client.get(address).location
    assert client.post(address, data={"csrf_token": token}).status_code == 409
    run_imports(core)
    assert items(laws) == 1


def test_a_faulty_row_keeps_the_file_out_until_it_may_be_left_out(
    client: FlaskClient, token: str, core: Core, laws: Database
):
    address = bring(client, token, workbook(GOOD, BAD))
    run_imports(core)
    assert "有 1 行不合格" in page(client, address)
    client.post(address, data={"csrf_token": token})
    run_imports(core)
    assert (items(laws), client.get(f"{address}/state").json["state"]) == (0, "checked")
    client.post(address, data={"csrf_token": token, "skip_faulty": "y"})
    run_imports(core)
    assert items(laws) == 1


def test_the_rows_are_shown_as_of_a_small_file_page_by_page(
    client: FlaskClient, token: str, core: Core, laws: Database
):
    many = [(GOOD[0], f"第{n}件样例文书应当送达谁？", *GOOD[2:]) for n in range(260)]
    address = bring(client, token, workbook(*many))
    run_imports(core)

    first, last = page(client, address), page(client, f"{address}?page=4")

    assert "前 200 行" in first
    assert first.count('data-label="题干"') == 50
    assert "第0件样例文书" in first
    assert "第49件样例文书" in first
    assert "第199件样例文书" in last
    assert "第200件样例文书" not in last
    assert "第 4 页" in last
    assert page(client, f"{address}?page=x").count('data-label="题干"') == 50
    client.post(address, data={"csrf_token": token})
    run_imports(core)
    with laws.reading() as db:
        row = db.scalars(select(ItemImport)).one()
    assert row.state == "written"
    assert "shown" not in row.report


def test_an_unreadable_file_says_why(client: FlaskClient, token: str, core: Core):
    address = bring(client, token, b"no workbook")
    run_imports(core)
    assert "不是有效的" in page(client, address)


def test_unknown_columns_are_explained_and_the_file_goes_on(client: FlaskClient, token: str, core: Core):
    address = bring(client, token, xlsx(HEADER, ROW))
    run_imports(core)
    failed = page(client, address)
    columns = failed.split('btn-primary" href="')[1].split('"')[0].replace("&amp;", "&")
    fields = {"column-1": "stem", "column-2": "A", "column-3": "B", "column-4": "answer"}
    saved = client.post(columns, data={"csrf_token": token, **fields})
    further = client.get(saved.location).location
    assert "/jobs/" in further
    run_imports(core)
    checked = page(client, further)
    assert "导入 1 题" in checked
    assert "的说明对应" in checked


def test_nobody_else_sees_it(client: FlaskClient, token: str, app: Flask):
    address = bring(client, token, workbook(GOOD))
    with app.extensions["tiejun"].database.transaction() as db:
        db.execute(update(ItemImport).values(account_id=0))
    assert [client.get(one).status_code for one in (address, f"{address}/state")] == [404, 404]


def test_what_a_dead_process_left_is_given_up_and_nothing_was_written(
    client: FlaskClient, token: str, core: Core, laws: Database, clock: ManualClock
):
    address = bring(client, token, workbook(GOOD))
    with laws.transaction() as db:
        db.execute(update(ItemImport).values(state=ImportState.WRITING))
    clock.time += import_jobs.LOST_AFTER
    run_imports(core)
    assert client.get(f"{address}/state").json["state"] == "writing"
    clock.time += timedelta(seconds=1)
    run_imports(core)
    assert "没有写入任何内容" in page(client, address)
    assert items(laws) == 0


def test_a_fault_of_ours_is_told_and_the_next_file_goes_on(
    client: FlaskClient, token: str, core: Core, laws: Database
):
    first = bring(client, token, workbook(GOOD))
    with laws.transaction() as db:
        db.execute(update(ItemImport).values(asked={}))
    second = bring(client, token, workbook(GOOD))
    run_imports(core)
    assert client.get(f"{first}/state").json["state"] == "failed"
    assert client.get(f"{second}/state").json["state"] == "checked"


def test_a_file_given_up_while_it_was_written_is_not_in_the_bank(
    client: FlaskClient, token: str, core: Core, laws: Database, monkeypatch: pytest.MonkeyPatch
):
    address = bring(client, token, workbook(GOOD))
    run_imports(core)
    client.post(address, data={"csrf_token": token})
    written = import_jobs.import_items

    def given_up_meanwhile(db, *args):
        report = written(db, *args)
        if report.is_written:
            db.execute(update(ItemImport).values(state=ImportState.FAILED))
        return report

    monkeypatch.setattr(import_jobs, "import_items", given_up_meanwhile)
    run_imports(core)
    assert items(laws) == 0
    with laws.reading() as db:
        assert db.scalar(select(func.count(ItemBatch.id))) == 0


def test_without_the_worker_a_large_file_is_checked_at_once(settings, clock, token: str, laws: Database):
    app = create_app(dataclasses.replace(settings, worker_seconds=0), clock)
    client = app.test_client()
    sign_in(client, "item_writer")
    location = bring(client, csrf_token(client, "/items/import"), workbook(GOOD))
    assert "/jobs/" not in location
    app.extensions["tiejun"].database.dispose()
