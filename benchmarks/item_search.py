"""The search over 50,000 items: with the index, and without.

    python -m benchmarks.item_search [--postgres] [items]

Printed are the median milliseconds of what the bank's list asks (a count, and a page of 50) for words rare
and frequent, and how often as long the same takes when all texts are read.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from unittest.mock import patch

from sqlalchemy import text

from benchmarks.pages import throw_away_database
from tests.support.crowd import add_items
from tiejun.audit import COMMAND_LINE
from tiejun.bank import item_search_sqlite
from tiejun.bank.laws_service import sync_register
from tiejun.bank.queries import ItemFilter, find_items
from tiejun.bank.secrecy import EVERYTHING
from tiejun.bank.shipped import install_starter
from tiejun.db import Database
from tiejun.installation import opened
from tiejun.operations import migrate
from tiejun.settings import Settings

WORDS = ("罚款", "排污许可证", "按日连续处罚", "第4321题", "按日连续处罚 第4321题", "没有这个词")
ROUNDS = 7


def main(items: int, *, on_postgres: bool) -> None:
    """Print the table of one database."""
    with tempfile.TemporaryDirectory() as data, throw_away_database(on_postgres) as url:
        address = url.get("TIEJUN_DATABASE_URL", "")
        settings = Settings("test", Path(data), secret_key="s" * 32, data_key="d" * 32, database_url=address)
        with opened(settings) as core:
            migrate.upgrade(core.database)
            with core.database.transaction() as db:
                sync_register(db)
                install_starter(db, COMMAND_LINE, core.clock())
                add_items(db, items)
            with core.database.engine.begin() as connection:
                connection.execute(text("ANALYZE"))
            _report(core.database, on_postgres=on_postgres)


def _report(database: Database, *, on_postgres: bool) -> None:
    print(f"{'PostgreSQL' if on_postgres else 'SQLite'}\n   index    read all   ratio   found  words")
    for words in WORDS:
        fast, found = _time(lambda words=words: _find(database, words))
        if on_postgres:
            slow, _same = _time(
                lambda words=words: _find(database, words, "SET LOCAL enable_bitmapscan = off")
            )
        else:
            with patch.object(item_search_sqlite, "can_find", return_value=False):
                slow, _same = _time(lambda words=words: _find(database, words))
        print(f"{fast:8.1f} {slow:11.1f} {slow / fast:7.1f} {found:7d}  {words}")


def _find(database: Database, words: str, first: str = "") -> int:
    with database.reading() as db:
        if first:
            db.execute(text(first))
        return find_items(db, EVERYTHING, ItemFilter(text=words)).total


def _time(run: Callable[[], int]) -> tuple[float, int]:
    """Return the median milliseconds of a run, and what it gave."""
    times, found = [], 0
    for _round in range(ROUNDS):
        started = time.perf_counter()
        found = run()
        times.append((time.perf_counter() - started) * 1000)
    return median(times), found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure the search over items.")
    parser.add_argument("items", type=int, nargs="?", default=50_000)
    parser.add_argument("--postgres", action="store_true", help="on a throw-away PostgreSQL cluster")
    asked = parser.parse_args()
    sys.exit(main(asked.items, on_postgres=asked.postgres))
