"""An installation of its own gets what ships with the product by three commands, and each only once."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from question_bank.starter import load_starter
from tiejun.cli import commands
from tiejun.installation import opened
from tiejun.people.models import UnitKind
from tiejun.people.service import UnitSpec, create_unit

ALL = len(load_starter())


@pytest.fixture(autouse=True)
def empty_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("TIEJUN_DATABASE_URL", raising=False)
    assert CliRunner().invoke(commands, ["db", "upgrade"]).exit_code == 0
    with opened() as core, core.database.transaction() as db:
        create_unit(db, UnitSpec("000000", "生态环境部", UnitKind.MINISTRY))


@pytest.mark.parametrize(
    ("room", "first", "again"),
    [
        (
            "items",
            f"新装入练习题 {len(load_starter())} 题，已有 0 题",
            f"新装入练习题 0 题，已有 {len(load_starter())} 题",
        ),
        ("cases", "新装入案例 7 个", "新装入案例 0 个"),
        ("courses", "新装入课程 4 门", "新装入课程 0 门"),
    ],
)
def test_what_ships_comes_in_once(room: str, first: str, again: str) -> None:
    for words in (first, again):
        told = CliRunner().invoke(commands, [room, "install"])
        assert told.exit_code == 0
        assert words in told.output
