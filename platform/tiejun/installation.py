"""One installation's parts: settings, clock, database; the same for pages, commands and the worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tiejun.clock import Clock, ShiftedClock, SystemClock
from tiejun.db import Database
from tiejun.settings import Settings


@dataclass(frozen=True)
class Core:
    """What an application or a command works with."""

    settings: Settings
    clock: Clock
    database: Database


def make_clock(settings: Settings) -> Clock:
    """Return the clock of an installation: shiftable in a demo, the machine's in production."""
    return ShiftedClock(settings.data_dir / "clock-shift") if settings.mode == "demo" else SystemClock()


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Core]:
    """Open the installation for a command; its connections are closed afterwards.

    Raises:
        SettingsError: if no settings are given and the environment's can't be used.
    """
    settings = settings or Settings.from_env()
    database = Database(settings.sqlalchemy_url)
    try:
        yield Core(settings, make_clock(settings), database)
    finally:
        database.dispose()
