"""The house rules over a bank: what a law's end, a wrong figure and a loose option are told as."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from tests.bank.samples import CODE, OLD_CODE, TEXTLESS, item, part_json
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.audit import Actor
from tiejun.bank.checks import CheckReport, check_bank
from tiejun.bank.models import ItemPurpose
from tiejun.bank.queries import ItemFilter
from tiejun.bank.service import save_item
from tiejun.cli import commands
from tiejun.db import Database

DAY = date(2026, 11, 25)


def cite(law: str, article: str) -> list[dict[str, str]]:
    return [{"law": law, "article": article}]


@pytest.fixture
def faulty(laws: Database, clock: ManualClock, writer: Actor) -> Database:
    """Return a bank with one clean item and three that are not."""
    items = [
        item("clean", citations=cite(CODE, "2"), figures=["第2条"]),
        item("old-law", stem="依旧办法（　　）。", citations=cite(OLD_CODE, "1")),
        item("figure", stem="期限是（　　）。", citations=cite(CODE, "2"), figures=["三日"]),
        item("no-text", stem="目录里有（　　）。", citations=cite(TEXTLESS, "1"), figures=["三日"]),
        item(
            "catch-all",
            citations=cite(CODE, "1"),
            parts=[
                part_json(
                    stem="都对的是（　　）。",
                    options=[
                        *part_json()["options"][:3],
                        {"id": "d", "text": "以上都对"},
                    ],
                )
            ],
        ),
    ]
    with laws.transaction() as db:
        for one in items:
            save_item(db, one, ItemPurpose.PRACTICE, writer, clock())
    return laws


def fields(report: CheckReport) -> dict[str, list[str]]:
    return {code: [problem.field for problem in problems] for code, problems in report.items.items()}


def test_only_what_is_not_clean_is_named(faulty: Database):
    with faulty.reading() as db:
        report = check_bank(db, ItemFilter(), DAY)

    assert report.checked == 5
    assert fields(report) == {"catch-all": ["options"], "figure": ["figures"], "old-law": ["citations"]}
    assert not report.is_clean


def test_before_the_old_law_ended_it_was_the_new_one_that_could_not_be_cited(faulty: Database):
    with faulty.reading() as db:
        report = check_bank(db, ItemFilter(), date(2026, 8, 14))

    assert [code for code, found in fields(report).items() if "citations" in found] == [
        "catch-all",
        "clean",
        "figure",
    ]


def test_the_starter_bank_is_clean(starter: Database):
    with starter.reading() as db:
        assert check_bank(db, ItemFilter(), DAY).is_clean


def test_the_command_prints_what_is_found_and_says_so_by_its_status(
    settings, faulty: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)

    found = CliRunner().invoke(commands, ["items", "check", "--day", "2026-11-25", "--json"])
    clean = CliRunner().invoke(commands, ["items", "check", "--query", "clean", "--day", "2026-11-25"])

    assert found.exit_code == 1
    told = json.loads(found.stdout)
    assert {one["code"] for one in told["items"]} == {"catch-all", "figure", "old-law"}
    assert (told["checked"], told["bank"]) == (5, [])
    assert clean.exit_code == 0
    assert "检查 1 题，0 题有要看的地方。" in clean.output


def test_the_editor_shows_that_a_cited_law_is_no_longer_in_force(
    client: FlaskClient, world: World, faulty: Database
):
    sign_in(client, "item_writer")

    page = client.get("/items/old-law/edit").get_data(as_text=True)

    assert "不是有效文本" in page
