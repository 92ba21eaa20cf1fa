"""How long the server takes for every page at 10,000 officers and 5,000 items.

    python -m benchmarks.pages [officers] [items]

The demo is laid, the crowd of tests/support/crowd.py is added, and each of the demo's people asks in process
for one example of every page within reach. Printed are the pages, the slowest first: the median of the rounds
in milliseconds, the queries, and how often as long as the health check of the same run it took.
Exits with 1 if a page takes 300 ms or more.
"""

import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from flask import Flask

from tests.journeys.demo_town import LOGINS, PASSWORD, demo_settings, lay_demo
from tests.support.crowd import Crowd, grow
from tests.support.walk import Walker
from tests.support.world import sign_in
from tiejun.app import create_app
from tiejun.installation import Core
from tiejun.settings import Settings

ROUNDS = 3
MOST = 0.3


@dataclass(frozen=True)
class Timing:
    """The slowest of a rule's pages: whose, which, how long, how many queries."""

    seconds: float
    login: str
    path: str
    queries: int


def main(officers: int, items: int) -> int:
    """Print the table; return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        lay_demo(data_dir)
        app = create_app(replace(Settings.from_env(demo_settings(data_dir)), worker_seconds=0))
        core: Core = app.extensions["tiejun"]
        started = time.perf_counter()
        with core.database.transaction() as db:
            grow(db, Crowd(officers, items), core.clock())
        print(f"{officers} officers and {items} items added in {time.perf_counter() - started:.0f} s")
        found = _timings(app)
        core.database.dispose()
    yardstick = found.pop("home.healthz").seconds
    ranked = sorted(found.items(), key=lambda one: -one[1].seconds)
    for endpoint, one in ranked:
        ratio = one.seconds / yardstick
        print(
            f"{one.seconds * 1000:7.0f} ms {ratio:6.0f}x {one.queries:4d} queries  {endpoint:32s} {one.login}"
        )
    slow = [endpoint for endpoint, one in ranked if one.seconds >= MOST]
    print(f"{len(ranked)} pages, {len(slow)} of them at {MOST * 1000:.0f} ms or more")
    return 1 if slow else 0


def _timings(app: Flask) -> dict[str, Timing]:
    found: dict[str, Timing] = {}
    for login in LOGINS:
        client = app.test_client()
        sign_in(client, login, PASSWORD)
        walker = Walker(app, client)
        for visit in [*walker.walk(), walker.visit("/healthz", "home.healthz")]:
            if visit.status >= 400:
                print(f"{visit.status} {visit.path} ({login})", file=sys.stderr)
            again = [walker.visit(visit.path, visit.endpoint).seconds for _round in range(ROUNDS)]
            timing = Timing(median(again), login, visit.path, visit.queries)
            if visit.endpoint not in found or found[visit.endpoint].seconds < timing.seconds:
                found[visit.endpoint] = timing
    return found


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(sizes or [10_000, 5_000])))
