"""`tiejun items import`: its options, what its JSON report says of each item, and the bar on a terminal."""

import io
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.bank.samples import item
from tests.bank.test_import import BAD, GOOD, workbook
from tiejun import commands as shared
from tiejun.bank.cli import items_import
from tiejun.bank.secrecy import EVERYTHING
from tiejun.bank.twins import Twins
from tiejun.cli import commands
from tiejun.db import Database

OPTIONS = {"--format", "--class", "--skip-faulty", "--dry-run", "--json", "--map", "--unit"}
FORMATS = {"auto", "qti", "moodle-xml", "gift", "aiken", "xlsx", "csv", "json"}


@pytest.fixture
def command_line(settings, laws: Database, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)
    return CliRunner()


def test_the_command_has_the_options_that_scripts_use():
    options = {name: option for option in items_import.params for name in option.opts}
    assert options.keys() >= OPTIONS
    kinds = options["--format"].type
    assert isinstance(kinds, click.Choice)
    assert set(kinds.choices) >= FORMATS
    assert set(options["--class"].type.choices) == {"practice", "exam"}


def test_the_report_tells_each_item_its_batch_and_how_to_take_it_back(
    command_line: CliRunner, tmp_path: Path
):
    path = tmp_path / "题.xlsx"
    path.write_bytes(workbook(GOOD, BAD, (*GOOD[:6], "C", "B5")))
    options = ["items", "import", str(path), "--class", "exam", "--format", "xlsx", "--skip-faulty"]

    result = command_line.invoke(commands, [*options, "--json"])

    report = json.loads(result.stdout)
    first, second = report["rows"]
    warnings = second.pop("warnings")
    assert first.pop("id") != second.pop("id")
    row = {"type": "single", "parts": 1, "points": 2, "outcome": "created"}
    assert first == row | {"source": "试题!2", "correct": ["两人"], "warnings": []}
    assert second == row | {"source": "试题!4", "correct": ["三人"]}
    assert any("试题!2" in warning for warning in warnings)
    undone = command_line.invoke(commands, ["items", "undo", report["batch"]])
    assert (undone.exit_code, undone.stdout) == (0, "已撤销：删去 2 题，退回 0 题。\n")
    assert "tiejun items undo" in command_line.invoke(commands, options).stdout
    refused = command_line.invoke(commands, ["items", "undo", report["batch"]])
    assert refused.exit_code == 1


class Screen(io.StringIO):
    """An error stream that is a terminal, or is not."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_bar_is_shown_on_a_terminal_only(is_terminal: bool, monkeypatch: pytest.MonkeyPatch):
    screen = Screen(is_terminal)
    monkeypatch.setattr("sys.stderr", screen)
    with shared.progress_bar("检查") as progress:
        progress(40)
        progress(100)
    assert ("100%" in screen.getvalue()) == is_terminal


def test_the_look_tells_each_per_cent_once(laws: Database):
    heard: list[int] = []
    with laws.reading() as db:
        Twins(db, EVERYTHING, [item(f"T-{n}") for n in range(300)], heard.append)
    assert heard == list(range(1, 101))
