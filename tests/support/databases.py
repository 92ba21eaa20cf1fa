"""Migrated, empty databases: one template a run and engine, a copy of it for each test."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.postgres import Cluster
from tiejun.db import Database
from tiejun.operations import migrate

ENGINES = ("sqlite", "postgresql")


def migrate_to_head(url: str) -> None:
    """Bring the database at `url` to the newest schema, and let go of it."""
    database = Database(url)
    try:
        migrate.upgrade(database)
    finally:
        database.dispose()


class SqliteDatabases:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.db"
        migrate_to_head(f"sqlite:///{self.template}")

    def copy_to(self, path: Path) -> str:
        """Put a migrated, empty file at `path` and return its address."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.template, path)
        return f"sqlite:///{path}"


class PostgresDatabases:
    """Copies of one migrated database of a throw-away cluster."""

    TEMPLATE = "migrated"

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._numbers = itertools.count(1)
        cluster.create(self.TEMPLATE)
        migrate_to_head(cluster.url(self.TEMPLATE))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Return the address of a migrated, empty database; it is dropped afterwards."""
        name = f"t{next(self._numbers)}"
        self.cluster.create(name, self.TEMPLATE)
        try:
            yield self.cluster.url(name)
        finally:
            self.cluster.drop(name)
