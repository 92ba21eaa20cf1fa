"""How long the server takes for every page at 10,000 officers and 5,000 items.

    python -m benchmarks.pages [--postgres] [--laws FOLDER] [officers] [items]

The demo is laid, the crowd of tests/support/crowd.py is added, and each of the demo's people, and a stranger,
asks in process for three examples of every page within reach. Printed are the pages, the slowest first: the
median of the rounds in milliseconds, the queries, and how often as long as the health check of the same run
it took; then the downloads, which have no limit. Exits with 1 if a page takes 300 ms or more.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from flask import Flask
from sqlalchemy import select, text

from tests.journeys.demo_town import LOGINS, PASSWORD, demo_settings
from tests.support import tools
from tests.support.crowd import grow
from tests.support.crowd_rows import Crowd
from tests.support.postgres import running_cluster
from tests.support.walk import Visit, Walker
from tests.support.world import sign_in
from tiejun.app import create_app
from tiejun.audit import COMMAND_LINE
from tiejun.bank.laws_service import import_laws, parse_laws, read_law_files
from tiejun.certificates.models import Certificate
from tiejun.db import Database
from tiejun.demo.cli import prepare_demo
from tiejun.exams.models import Sitting
from tiejun.installation import Core, opened
from tiejun.practice.models import PracticeRun
from tiejun.settings import Settings

ROUNDS, EXAMPLES = 3, 3
MOST = 0.3
MADE_FIRST = frozenset({"bank.export_sheet"})
"""Pages that make a file before they ask whether it is wanted: what it cannot hold is known then only."""
HEALTH, STRANGER = "home.healthz", "a stranger"


@dataclass(frozen=True)
class Timing:
    """The slowest of a rule's pages: whose, and how long; `visit` is the first of its requests."""

    seconds: float
    login: str
    visit: Visit


def main(crowd: Crowd, laws: Path | None, *, on_postgres: bool) -> int:
    """Print the tables; return the exit status."""
    with tempfile.TemporaryDirectory() as folder, throw_away_database(on_postgres) as url:
        settings = replace(Settings.from_env(demo_settings(Path(folder) / "data") | url), worker_seconds=0)
        with opened(settings) as core:
            prepare_demo(core)
            if laws is not None:
                _know_the_laws(core, laws)
        app = create_app(settings)
        core = app.extensions["tiejun"]
        started = time.perf_counter()
        with core.database.transaction() as db:
            grow(db, crowd, core.clock())
        seconds = time.perf_counter() - started
        _know_its_tables(core.database)
        print(f"{crowd.officers} officers and {crowd.items} items added in {seconds:.0f} s")
        found = _timings(app)
        core.database.dispose()
    return _report(found)


@contextmanager
def throw_away_database(on_postgres: bool) -> Iterator[dict[str, str]]:
    """Return the settings of the database: those of a throw-away cluster, or none for SQLite."""
    if not on_postgres:
        yield {}
        return
    binaries = tools.postgres_bin()
    if binaries is None:
        sys.exit("no initdb and pg_ctl on this machine")
    with running_cluster(binaries) as cluster:
        cluster.create("pages")
        yield {"TIEJUN_DATABASE_URL": cluster.url("pages")}


def _know_the_laws(core: Core, folder: Path) -> None:
    files, _skipped = read_law_files(folder)
    bundle = parse_laws(files)
    with core.database.transaction() as db:
        import_laws(db, bundle, COMMAND_LINE, core.clock())


def _know_its_tables(database: Database) -> None:
    """Let the planner know how full the tables are, as a server that runs for a year does by itself."""
    with database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def _timings(app: Flask) -> dict[str, Timing]:
    found: dict[str, Timing] = {}
    for login in [STRANGER, *LOGINS]:
        client = app.test_client()
        if login != STRANGER:
            sign_in(client, login, PASSWORD)
        walker = Walker(app, client, EXAMPLES)
        for visit in [*walker.walk(*_further(app)), walker.visit("/healthz", HEALTH)]:
            if visit.status != 200:
                continue
            again = [walker.visit(visit.path, visit.endpoint).seconds for _round in range(ROUNDS)]
            timing = Timing(median(again), login, visit)
            if visit.endpoint not in found or found[visit.endpoint].seconds < timing.seconds:
                found[visit.endpoint] = timing
    return found


def _further(app: Flask) -> list[str]:
    """Return the addresses of pages that stand behind a form or a certain state, for whoever may see them."""
    core: Core = app.extensions["tiejun"]
    with core.database.reading() as db:
        runs = db.scalars(select(PracticeRun.public_id).order_by(PracticeRun.id.desc()).limit(1)).all()
        sittings = db.scalars(select(Sitting.public_id).order_by(Sitting.id)).all()
        paper = db.scalars(select(Certificate).limit(1)).one()
    return [
        "/sign-in",
        "/laws/search?q=许可&state=all",
        f"/verify/{paper.number}?code={paper.code}",
        *(f"/practice/runs/{run}{step}" for run in runs for step in ("", "/1")),
        *(f"/sittings/{sitting}/{page}" for sitting in sittings[:4] for page in ("edit", "register", "late")),
    ]


def _is_page(timing: Timing) -> bool:
    return timing.visit.is_page and timing.visit.endpoint not in MADE_FIRST


def _report(found: Mapping[str, Timing]) -> int:
    yardstick = found[HEALTH].seconds
    ranked = sorted(
        (timing for endpoint, timing in found.items() if endpoint != HEALTH), key=lambda one: -one.seconds
    )
    pages = [one for one in ranked if _is_page(one)]
    downloads = [one for one in ranked if not _is_page(one)]
    for title, some in (("Pages", pages), ("Downloads, without a limit", downloads)):
        print(f"{title}:")
        for one in some:
            ratio, name = one.seconds / yardstick, one.visit.endpoint
            counted = f"{one.visit.queries:4d} queries"
            print(f"{one.seconds * 1000:7.0f} ms {ratio:6.0f}x {counted}  {name:32s} {one.login}")
    slow = [one for one in pages if one.seconds >= MOST]
    print(f"{len(pages)} pages, {len(slow)} of them at {MOST * 1000:.0f} ms or more")
    return 1 if slow else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure every page.")
    parser.add_argument("officers", type=int, nargs="?", default=10_000)
    parser.add_argument("items", type=int, nargs="?", default=5_000)
    parser.add_argument("--postgres", action="store_true", help="on a throw-away PostgreSQL cluster")
    parser.add_argument("--laws", type=Path, help="folder with the texts of laws as JSON")
    asked = parser.parse_args()
    sys.exit(main(Crowd(asked.officers, asked.items), asked.laws, on_postgres=asked.postgres))
