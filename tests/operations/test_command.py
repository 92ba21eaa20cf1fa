"""The command line: what goes wrong outside of it ends with a sentence, not with a traceback."""

from pathlib import Path

import pytest

from tiejun import cli


@pytest.fixture(autouse=True)
def settings_of_the_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(tmp_path))


def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    monkeypatch.setattr("sys.argv", ["tiejun", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    return capsys.readouterr().err


def test_a_database_without_tables_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "tiejun db upgrade" in told(monkeypatch, capsys, "exams", "close-expired")


@pytest.mark.parametrize("address", ["nonsense", "postgresql+psycopg://nobody@127.0.0.1:1/x"])
def test_a_database_that_is_away_is_named(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIEJUN_DATABASE_URL", address)
    assert "TIEJUN_DATABASE_URL" in told(monkeypatch, capsys, "db", "check")


def test_a_data_folder_that_is_a_file_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(tmp_path / "file" / "data"))
    assert str(tmp_path / "file") in told(monkeypatch, capsys, "db", "upgrade")
