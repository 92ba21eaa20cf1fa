"""Backup and restore: the database and everything in the data folder, in one file.

The file is a tar archive: `database.sqlite` or `database.dump`, the folder `files/` (uploads), and
`manifest.json` with the schema revision and a SHA-256 of each member. The keys are not in it: an archive
that falls into wrong hands must not open the ID numbers. Keep `secret_key` and `data_key` apart.
"""

import hashlib
import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

from tiejun.db import Database
from tiejun.errors import Conflict, DomainError
from tiejun.installation import opened
from tiejun.operations import migrate
from tiejun.settings import Settings

SQLITE_MEMBER = "database.sqlite"
POSTGRES_MEMBER = "database.dump"
MANIFEST = "manifest.json"
# What people uploaded: between the steps of an import, and to be kept.
FOLDERS = ("uploads", "files")


def back_up(settings: Settings, target: Path, now: datetime) -> dict[str, object]:
    """Write an archive of the running installation to `target`; return its manifest.

    The target appears under its name only when it is complete.

    Raises:
        Conflict: if `target` exists.
        DomainError: if its folder does not exist, or the database can't be read out.
    """
    if target.exists():
        raise Conflict(f"{target} 已经存在，没有覆盖。")
    if not target.parent.is_dir():
        raise DomainError(f"没有 {target.parent} 这个文件夹，没有备份。", code="no_folder")
    with opened(settings) as core, tempfile.TemporaryDirectory(dir=target.parent) as folder:
        database, work = core.database, Path(folder)
        member = _dump(database, work)
        for name in FOLDERS:
            if (settings.data_dir / name).is_dir():
                shutil.copytree(settings.data_dir / name, work / "files" / name)
        manifest: dict[str, object] = {
            "made_at": now.isoformat(),
            "revision": migrate.current(database),
            "database": member,
            "sha256": {str(p.relative_to(work)): _sha256(p) for p in sorted(work.rglob("*")) if p.is_file()},
        }
        (work / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
        unfinished = work / "archive.tar.gz"
        with tarfile.open(unfinished, "w:gz") as tar:
            for path in sorted(work.rglob("*")):
                if path.is_file() and path != unfinished:
                    tar.add(path, str(path.relative_to(work)))
        unfinished.replace(target)
    return manifest


def restore(settings: Settings, source: Path) -> dict[str, object]:
    """Bring an archive back into an empty installation; return its manifest.

    Everything is unpacked and verified beside the target before anything is put in place.

    Raises:
        Conflict: if the installation already holds a database.
        DomainError: if the archive is damaged or fits another kind of database.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with opened(settings) as core, tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        database, work = core.database, Path(folder)
        if _holds_tables(database):
            raise Conflict("目标数据库不是空的，没有恢复。请先换一个空的数据库或数据目录。")
        manifest = _unpack(source, work)
        member = SQLITE_MEMBER if database.is_sqlite else POSTGRES_MEMBER
        if manifest["database"] != member:
            raise DomainError("备份与当前数据库的类型不同，不能恢复。", code="other_engine")
        _load(database, work / member)
        for name in FOLDERS:
            if (work / "files" / name).is_dir():
                shutil.copytree(work / "files" / name, settings.data_dir / name, dirs_exist_ok=True)
    return manifest


def _dump(database: Database, work: Path) -> str:
    if database.is_sqlite:
        target = work / SQLITE_MEMBER
        with (
            closing(sqlite3.connect(str(database.url.database))) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            _check_sqlite(copy)
        return SQLITE_MEMBER
    _run("pg_dump", "-Fc", "-f", str(work / POSTGRES_MEMBER), _libpq(database))
    return POSTGRES_MEMBER


def _load(database: Database, dump: Path) -> None:
    if not database.is_sqlite:
        _run("pg_restore", "--no-owner", "--single-transaction", "-d", _libpq(database), str(dump))
        return
    with closing(sqlite3.connect(dump)) as copy:
        _check_sqlite(copy)
    target = Path(str(database.url.database))
    database.dispose()
    for leftover in target.parent.glob(f"{target.name}*"):
        leftover.unlink()
    dump.replace(target)


def _check_sqlite(connection: sqlite3.Connection) -> None:
    (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
    if verdict != "ok":
        raise DomainError(f"数据库文件已损坏：{verdict}", code="damaged")


def _unpack(source: Path, work: Path) -> dict[str, object]:
    try:
        with tarfile.open(source, "r:gz") as tar:
            tar.extractall(work, filter="data")
        manifest: dict[str, object] = json.loads((work / MANIFEST).read_text())
        sums = dict(manifest["sha256"])  # type: ignore[call-overload]
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
        raise DomainError(f"{source} 不是完整的备份文件：{error}", code="damaged") from error
    for name, expected in sums.items():
        path = work / name
        if not path.is_file() or _sha256(path) != expected:
            raise DomainError(f"备份中的 {name} 与清单不符，没有恢复。", code="damaged")
    return manifest


def _holds_tables(database: Database) -> bool:
    if database.is_sqlite and not Path(str(database.url.database)).exists():
        return False
    return migrate.current(database) is not None


def _libpq(database: Database) -> str:
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DomainError(f"{command[0]}：{done.stderr.strip()}", code="tool_failed")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
