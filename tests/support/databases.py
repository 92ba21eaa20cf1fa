"""Migrated, empty databases: one template a run and engine, a copy of it for each test."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.postgres import Cluster
from tiejun.db import Database
from tiejun.operations import migrate
from tiejun.tables import METADATA

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
    """Migrated databases of a throw-away cluster: one is emptied and used again, as making one is slow."""

    TEMPLATE = "migrated"

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._numbers = itertools.count(1)
        self._spare: str | None = None
        cluster.create(self.TEMPLATE)
        migrate_to_head(cluster.url(self.TEMPLATE))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Return the address of a migrated, empty database."""
        name, self._spare = self._spare or self._made(), None
        try:
            yield self.cluster.url(name)
        finally:
            if self._emptied(name):
                self._spare = name
            else:
                self.cluster.drop(name)

    def _made(self) -> str:
        name = f"t{next(self._numbers)}"
        self.cluster.create(name, self.TEMPLATE)
        return name

    def _emptied(self, name: str) -> bool:
        """Empty every table with rows; false when the test left a lock or changed the schema."""
        tables = [table for table in METADATA.sorted_tables if table.name != "alembic_version"]
        filled = " UNION ALL ".join(
            f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM \"{table.name}\")" for table in tables
        )
        try:
            with psycopg.connect(self.cluster.address(name), autocommit=True) as connection:
                connection.execute("SET lock_timeout = '2s'")
                names = [row[0] for row in connection.execute(filled.encode())]
                if names:
                    quoted = ", ".join(f'"{name}"' for name in names)
                    connection.execute(f"TRUNCATE {quoted} RESTART IDENTITY CASCADE".encode())
                versions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except psycopg.Error:
            return False
        return versions == [(migrate.head(),)]
