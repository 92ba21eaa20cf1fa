"""Backup and restore: what comes back is what was there; a damaged archive changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.support.world import make_world
from tiejun.db import Database
from tiejun.errors import Conflict, DomainError
from tiejun.installation import opened
from tiejun.operations import archive
from tiejun.people.models import Person
from tiejun.settings import Settings

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def backup(database: Database, settings: Settings, tmp_path: Path) -> Path:
    with database.transaction() as db:
        make_world(db, NOON)
    (settings.data_dir / "uploads").mkdir()
    (settings.data_dir / "uploads" / "a").write_text("kept")
    target = tmp_path / "backup.tar.gz"
    archive.back_up(settings, target, NOON)
    return target


def elsewhere(settings: Settings, tmp_path: Path) -> Settings:
    folder = tmp_path / "elsewhere"
    return replace(settings, data_dir=folder, database_url=f"sqlite:///{folder / 'tiejun.db'}")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_backup_comes_back_elsewhere(backup: Path, settings: Settings, tmp_path: Path) -> None:
    other = elsewhere(settings, tmp_path)
    archive.restore(other, backup)
    with opened(other) as core, core.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 4
    assert (other.data_dir / "uploads" / "a").read_text() == "kept"


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_backup_of_postgresql_comes_back(backup: Path, settings: Settings, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    archive.restore(settings, backup)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 4


def test_a_database_in_use_is_never_overwritten(backup: Path, settings: Settings) -> None:
    with pytest.raises(Conflict, match="不是空的"):
        archive.restore(settings, backup)


def test_an_existing_file_is_never_overwritten(backup: Path, settings: Settings) -> None:
    with pytest.raises(Conflict, match="已经存在"):
        archive.back_up(settings, backup, NOON)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("place", [0.0001, 0.3, 0.6])
def test_a_damaged_archive_is_refused_and_nothing_is_put_in_place(
    backup: Path, settings: Settings, tmp_path: Path, place: float
) -> None:
    content = bytearray(backup.read_bytes())
    content[int(len(content) * place)] ^= 0xFF
    backup.write_bytes(bytes(content))
    other = elsewhere(settings, tmp_path)
    with pytest.raises(DomainError):
        archive.restore(other, backup)
    assert not (other.data_dir / "tiejun.db").exists()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_half_an_archive_is_refused(backup: Path, settings: Settings, tmp_path: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:3000])
    with pytest.raises(DomainError, match="不是完整的备份"):
        archive.restore(elsewhere(settings, tmp_path), backup)


def test_a_backup_into_a_folder_that_is_not_there_is_refused(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(DomainError, match="文件夹"):
        archive.back_up(settings, tmp_path / "nowhere" / "backup.tar.gz", NOON)
