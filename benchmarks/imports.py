"""How long 10,000 officers and 10,000 items take from an Excel file into SQLite.

    python -m benchmarks.imports [rows]

The yardstick of the same run is a bare `executemany` of as many rows into one table of the same file.
"""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from tiejun.audit import COMMAND_LINE
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import read_item_file
from tiejun.bank.laws_service import sync_register
from tiejun.bank.models import ItemPurpose
from tiejun.clock import beijing
from tiejun.demo.people import id_number
from tiejun.installation import Core, opened
from tiejun.operations import migrate
from tiejun.people.models import AgencyTier, UnitKind
from tiejun.people.roster import plan_roster, write_roster
from tiejun.people.roster_rules import HEADINGS
from tiejun.people.service import UnitSpec, create_unit
from tiejun.people.workbooks import workbook
from tiejun.settings import Settings

ROUNDS = 3


def main(rows: int) -> None:
    """Print the median seconds of each import and its ratio to the yardstick."""
    yardstick = _median(lambda folder: _bare(folder, rows))
    print(f"{rows} bare rows: {yardstick:.2f} s")
    for name, run in (("officers", _officers), ("items", _items)):
        seconds = _median(lambda folder, run=run: run(folder, rows))
        print(f"{rows} {name}: {seconds:.1f} s, {seconds / yardstick:.0f} times the bare rows")


def _median(run: Callable[[Path], float]) -> float:
    times = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            times.append(run(Path(folder)))
    return sorted(times)[ROUNDS // 2]


def _bare(folder: Path, rows: int) -> float:
    with closing(sqlite3.connect(folder / "bare.db")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, number TEXT UNIQUE)")
        started = time.perf_counter()
        with connection:
            connection.executemany(
                "INSERT INTO t (name, number) VALUES (?, ?)", ((str(n), str(n)) for n in range(rows))
            )
        return time.perf_counter() - started


def _core(folder: Path) -> Settings:
    return Settings(mode="test", data_dir=folder, secret_key="s" * 32, data_key="d" * 32)


def _prepared(core: Core) -> None:
    migrate.upgrade(core.database)
    with core.database.transaction() as db:
        sync_register(db)
        province = create_unit(db, UnitSpec("51", "四川省", UnitKind.PROVINCE, province_code="51"))
        create_unit(db, UnitSpec("51-1", "总队", UnitKind.AGENCY, province, AgencyTier.PROVINCE))


def _officers(folder: Path, rows: int) -> float:
    people = [
        (f"测{n}", id_number(n % 1000, date(1970 + n // 1000 % 30, 1, 1)), "51-1", "一般", "", "2023-03-01")
        for n in range(rows)
    ]
    content = workbook({"名册": [tuple(HEADINGS)[:6], *people]})
    with opened(_core(folder)) as core:
        _prepared(core)
        now = core.clock()
        started = time.perf_counter()
        with core.database.reading() as db:
            plan = plan_roster(db, content, ("/",), core.settings, beijing(now).date())
        with core.database.transaction() as db:
            assert len(write_roster(db, plan, core.settings, COMMAND_LINE, now)) == rows
        return time.perf_counter() - started


def _items(folder: Path, rows: int) -> float:
    items = [("单选", f"第{n}题问什么", "甲", "乙", "丙", "丁", "A") for n in range(rows)]
    content = workbook({"试题": [("题型", "题干", "选项A", "选项B", "选项C", "选项D", "答案"), *items]})
    with opened(_core(folder)) as core:
        _prepared(core)
        started = time.perf_counter()
        file = read_item_file(content, "bank.xlsx")
        with core.database.transaction() as db:
            plan = ImportPlan(ItemPurpose.PRACTICE)
            assert import_items(db, file, plan, COMMAND_LINE, core.clock()).created == rows
        return time.perf_counter() - started


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
