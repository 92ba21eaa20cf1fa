"""Keeping uploaded files: written once, found by digest, never inside what the web server serves."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.audit import Actor
from tiejun.errors import NotFound
from tiejun.files.kinds import BadFile, FileKind, check
from tiejun.files.models import StoredFile
from tiejun.settings import Settings

FOLDER = "files"
CHUNK = 1024 * 1024
MB = 1024 * 1024
NAME_MAX = 200


@dataclass(frozen=True)
class Spooled:
    """An upload on its way: where it lies while it is looked at, its digest and size in bytes."""

    path: Path
    digest: str
    size: int


@contextmanager
def spooled(settings: Settings, source: IO[bytes], name: str, most_mb: int) -> Iterator[Spooled]:
    """Write an upload where it is looked at; it is gone at the end, unless it was linked elsewhere.

    Raises:
        BadFile: if it is empty or larger than `most_mb`.
    """
    folder = settings.data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".new") as unfinished:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > most_mb * MB:
                raise BadFile(said("“%(name)s”超过 %(most)s MB，没有保存。", name=name, most=most_mb))
            digest.update(chunk)
            unfinished.write(chunk)
        if size == 0:
            raise BadFile(said("“%(name)s”是空文件，没有保存。", name=name))
        unfinished.flush()
        os.fsync(unfinished.fileno())
        yield Spooled(Path(unfinished.name), digest.hexdigest(), size)


def has_room(settings: Settings) -> bool:
    """Return whether the disk still has more free space than `min_free_mb`."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(settings.data_dir).free > settings.min_free_mb * MB


def keep(
    settings: Settings, source: IO[bytes], name: str, allowed: frozenset[FileKind], most_mb: int
) -> StoredFile:
    """Check and store an upload; return its row, which the caller adds with `filed`.

    Raises:
        BadFile: if it is empty, larger than `most_mb`, or not one of `allowed`; nothing is kept then.
    """
    name = bare_name(name)
    with spooled(settings, source, name, most_mb) as new:
        found = check(new.path, name, allowed)
        target = bytes_of(settings, new.digest)
        target.parent.mkdir(exist_ok=True)
        with suppress(FileExistsError):  # somebody has stored the same bytes, perhaps at this moment
            target.hardlink_to(new.path)
    return StoredFile(sha256=new.digest, name=name, kind=found.kind, size=new.size, pages=found.pages)


def bare_name(name: str) -> str:
    """Return a file's name without its folder, and without signs that are not seen or turn the text round."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable()).strip()[-NAME_MAX:]


def filed(db: Session, row: StoredFile, actor: Actor, now: datetime) -> StoredFile:
    """Add the row of a kept file in the caller's transaction."""
    row.created_by, row.created_at = actor.name, now
    db.add(row)
    db.flush()
    return row


def path_of(settings: Settings, row: StoredFile) -> Path:
    """Return where the bytes lie.

    Raises:
        NotFound: if they are gone.
    """
    path = bytes_of(settings, row.sha256)
    if not path.is_file():
        raise NotFound(said("文件“%(name)s”已不在服务器上。", name=row.name))
    return path


def bytes_of(settings: Settings, digest: str) -> Path:
    """Return where the bytes of a digest lie, if they are there."""
    return settings.data_dir / FOLDER / digest[:2] / digest
