"""The doctor names what is wrong and how to mend it."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.files.samples import pdf
from tests.support.clock import ManualClock
from tests.support.world import make_world
from tiejun import outbox
from tiejun.audit import SYSTEM, record
from tiejun.db import Database
from tiejun.files.kinds import DOCUMENTS
from tiejun.files.store import bytes_of, filed, keep
from tiejun.operations.doctor import Finding, examine
from tiejun.settings import Settings


def ill(settings: Settings, now: datetime) -> dict[str, Finding]:
    return {finding.check: finding for finding in examine(settings, now) if not finding.is_well}


def test_a_sound_installation_has_nothing_to_mend(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    assert ill(settings, clock()) == {}


def test_production_without_https_and_with_demo_accounts_is_named(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.transaction() as db:
        world = make_world(db, clock(), officers=0)
        db.merge(world.accounts["marker"]).login = "demo-marker"
    found = ill(replace(settings, mode="production"), clock())
    assert set(found) == {"设置", "演示账号"}
    assert "https" in found["设置"].mend
    assert "demo-marker" in found["演示账号"].mend


def test_a_holiday_file_that_cannot_be_read_is_named(
    database: Database, settings: Settings, clock: ManualClock, tmp_path
) -> None:
    broken = tmp_path / "holidays.json"
    broken.write_text("{", encoding="utf-8")
    assert "TIEJUN_HOLIDAYS" in ill(replace(settings, holidays=broken), clock())["节假日表"].mend


def test_a_schema_that_is_behind_is_named(database: Database, settings: Settings, clock: ManualClock) -> None:
    with database.transaction() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert "tiejun db upgrade" in ill(settings, clock())["数据库结构"].mend


def test_a_clock_behind_the_records_is_named(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.transaction() as db:
        record(db, SYSTEM, "test", ("test", 1), clock() + timedelta(hours=1))
    assert "时钟" in ill(settings, clock())


def test_little_disk_space_is_named(database: Database, settings: Settings, clock: ManualClock) -> None:
    assert "磁盘" in ill(replace(settings, min_free_mb=10**9), clock())


def test_a_message_that_never_arrives_is_named(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("no such certificate series")

    with database.transaction() as db:
        outbox.emit(db, "topic", "key", {}, clock())
    for _ in range(5):
        assert outbox.drain(database, {"topic": refuse}, clock()) == (0, 1)
        clock.time += timedelta(hours=2)
    assert "no such certificate series" in ill(settings, clock())["消息投递"].seen


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_missing_database_is_named(settings: Settings, tmp_path) -> None:
    gone = replace(settings, database_url=f"sqlite:///{tmp_path / 'gone.db'}")
    assert "tiejun db upgrade" in ill(gone, datetime(2026, 11, 22, tzinfo=UTC))["数据库"].mend


def test_an_uploaded_file_that_is_lost_is_named(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    row = keep(settings, io.BytesIO(pdf()), "作答.pdf", DOCUMENTS, 1)
    with database.transaction() as db:
        digest = filed(db, row, SYSTEM, clock()).sha256
    assert "上传的文件" not in ill(settings, clock())

    bytes_of(settings, digest).unlink()
    assert digest in ill(settings, clock())["上传的文件"].seen
