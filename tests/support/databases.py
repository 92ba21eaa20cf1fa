"""Databases for tests: one template a run, engine and content; a copy of it for each test."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.postgres import Cluster
from tiejun.db import Database
from tiejun.operations import migrate

ENGINES = ("sqlite", "postgresql")
Content = Callable[[Database], None]
"""Lays into a migrated database what many tests start from; `tests.support.contents` has them."""


def nothing(_database: Database) -> None:
    """Leave the database empty."""


def laid(url: str, content: Content) -> None:
    """Bring the database at `url` to the newest schema, lay the content, and let go of it."""
    database = Database(url)
    try:
        migrate.upgrade(database)
        content(database)
    finally:
        database.dispose()


class SqliteDatabases:
    """Copies of a laid file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy_to(self, path: Path, content: Content = nothing) -> str:
        """Put a migrated file with `content` at `path` and return its address."""
        template = self.folder / f"{content.__name__}.db"
        if not template.exists():
            laid(f"sqlite:///{template}", content)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(template, path)
        return f"sqlite:///{path}"


class PostgresDatabases:
    """Copies of a laid database of a throw-away cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._numbers = itertools.count(1)
        self._templates: set[str] = set()

    @contextmanager
    def fresh(self, content: Content = nothing) -> Iterator[str]:
        """Return the address of a migrated database with `content`, of this test's own."""
        template = f"template_{content.__name__}"
        if template not in self._templates:
            self.cluster.create(template)
            laid(self.cluster.url(template), content)
            self._templates.add(template)
        name = f"t{next(self._numbers)}"
        self.cluster.create(name, template)
        try:
            yield self.cluster.url(name)
        finally:
            self.cluster.drop(name)
