"""The rehearsal: the main job on real input against a real server, ended by an audit to the event.

    python -m tests.load.rehearsal [--small] [--data FOLDER] [--keep]

Exits with 1 on any difference; docs/rehearsal.md says how to read the report.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.load import preparation
from tests.load.installation import Installation
from tests.load.report import Report, Stop


def main() -> int:
    """Rehearse, print the report, and return the exit status."""
    asked = _arguments()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="tiejun-rehearsal-") as folder:
        home = Installation(Path(folder))
        try:
            _rehearse(home, asked, report)
        except Stop:
            pass
        finally:
            home.server.stop()
    print(report.text(), flush=True)
    return 1 if report.differences else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rehearsal")
    parser.add_argument("--small", action="store_true", help="two minutes instead of ten")
    parser.add_argument("--data", type=Path, help="folder of real laws and item banks")
    parser.add_argument("--seed", type=int, default=20261122, help="decides who does what")
    asked = parser.parse_args()
    if asked.data is not None:
        asked.data = asked.data.resolve()
    return asked


def _rehearse(home: Installation, asked: argparse.Namespace, report: Report) -> None:
    rng = random.Random(asked.seed)
    count = 60 if asked.small else 500
    with report.step("an empty installation"):
        preparation.create(home, report)
    with report.step("laws"):
        preparation.import_laws(home, asked.data, report, twice=not asked.small)
    with report.step("roster"):
        world = preparation.import_people(home, count, rng, report)
    with report.step("training"):
        preparation.import_training(home, world, set(), report)
    with report.step("real item banks"):
        preparation.import_banks(home, asked.data, report)
    with report.step("starter bank"):
        preparation.import_starter(home, report)
    with report.step("forms"):
        preparation.freeze_forms(home, world, report)


if __name__ == "__main__":
    sys.exit(main())
