"""The rehearsal: the main job on real input against a real server, ended by an audit to the event.

    python -m tests.load.rehearsal [--small] [--data FOLDER] [--keep]

Exits with 1 on any difference; docs/rehearsal.md says how to read the report.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.load import audit, day, preparation
from tests.load.cast import Cast, choose
from tests.load.day import FULL, SMALL, Stage
from tests.load.installation import Installation
from tests.load.preparation import World
from tests.load.report import Report, Stop
from tests.support import tools


def main() -> int:
    """Rehearse, print the report, and return the exit status."""
    asked = _arguments()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="tiejun-rehearsal-") as folder:
        home = Installation(Path(folder))
        try:
            _rehearse(home, asked, report)
        except Stop:
            for fault in home.faults_in_log():
                report.check(False, f"the server's log: {fault}")
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
    stage = Stage(home, report, SMALL if asked.small else FULL, random.Random(asked.seed))
    world, people = _prepare(stage, asked)
    _sit(stage, world, people)
    with report.step("audit"):
        _audit(stage, people)


def _prepare(stage: Stage, asked: argparse.Namespace) -> tuple[World, Cast]:
    home, report = stage.home, stage.report
    with report.step("an empty installation"):
        preparation.create(home, report)
    with report.step("laws"):
        preparation.import_laws(home, asked.data, report, twice=not asked.small)
    with report.step("roster"):
        world = preparation.import_people(
            home, stage.size.officers, stage.rng, report, thorough=not asked.small
        )
        people = choose(world.due(), world.logins, stage.size.clients, stage.rng)
    with report.step("training"):
        preparation.import_training(home, world, people.untrained, report)
    with report.step("real item banks"):
        preparation.import_banks(home, asked.data, report)
    with report.step("starter bank"):
        preparation.import_starter(home, report)
    with report.step("forms A and B"):
        preparation.freeze_forms(home, world, report)
    return world, people


def _sit(stage: Stage, world: World, people: Cast) -> None:
    report = stage.report
    with report.step("exam, sitting, registration"):
        stage.home.server.start()
        day.arrange(stage, people, world.officers, world.staff)
    with report.step("signing in, new passwords"):
        starts_at = day.wait_before(stage, stage.sitting)
        desks = day.come_in(stage, people.at_clients, stage.sitting)
        seat = day.chromium_seat(stage, people, tools.chromium())
        if seat:
            seat.start()
    with report.step("the exam"):
        day.sit(stage, desks, stage.sitting, starts_at, seat)


def _audit(stage: Stage, people: Cast) -> None:
    report, traffic = stage.report, stage.traffic
    journals = [journal for who in people.everybody for journal in who.journals]
    audit.compare_events(stage.home.database, stage.sitting, journals, report)
    for fault in stage.home.faults_in_log():
        report.check(False, f"the server's log: {fault}")
    report.figure("worker killed with -9", stage.kills)
    for name, count in sorted(traffic.counts.items()):
        report.figure(name, count)
    report.figure("milliseconds of a save, p50", traffic.percentile(0.5))
    report.figure("milliseconds of a save, p99", traffic.percentile(0.99))


if __name__ == "__main__":
    sys.exit(main())
