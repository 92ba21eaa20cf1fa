"""The rehearsal: the main job on real input against a real server, ended by an audit to the event.

    python -m tests.load.rehearsal [--small] [--data FOLDER] [--keep]

Exits with 1 on any difference; docs/rehearsal.md says how to read the report.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from tests.load import audit, day, learning, outcome, preparation
from tests.load.audit import Marks
from tests.load.candidate import Desk
from tests.load.cast import Cast, choose, for_make_up
from tests.load.day import FULL, SMALL, Stage
from tests.load.installation import Installation
from tests.load.late import judge_late_answers
from tests.load.preparation import World
from tests.load.report import Report, Stop
from tests.support import tools
from tiejun.bank.models import ExamForm

TWO_MONTHS = timedelta(days=61)


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
    marks = Marks()
    desks = _sit(stage, world, people)
    with report.step("late answers"):
        outcome.wait_for_the_end(stage, stage.sitting)
        judge_late_answers(stage, people, desks)
    _publish(stage, world, people, marks)
    with report.step("an hour of study"):
        there = {who.name for who in people.everybody}
        learners = {name: login for name, login in world.logins.items() if name not in there}
        learning.study(stage, learners, stage.size.learners, stage.size.rounds)
    _make_up(stage, people, marks)
    with report.step("audit"):
        _audit(stage, people, marks)


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


def _sit(stage: Stage, world: World, people: Cast) -> dict[str, Desk]:
    report = stage.report
    with report.step("exam, sitting, registration"):
        stage.home.server.start()
        day.arrange(stage, people, world.officers, world.staff)
    with report.step("signing in, new passwords"):
        starts_at = day.wait_before(stage, stage.sitting)
        chromium = tools.chromium()
        clients = people.at_clients if chromium else [*people.at_clients, people.in_browser]
        desks = day.come_in(stage, clients, stage.sitting)
        seat = day.chromium_seat(stage, people, chromium)
        if seat:
            seat.start()
    with report.step("the exam"):
        day.sit(stage, desks, stage.sitting, starts_at, seat)
    return desks


def _publish(stage: Stage, world: World, people: Cast, marks: Marks) -> None:
    report = stage.report
    with report.step("marking"):
        outcome.mark(stage, stage.sitting, marks)
    with report.step("results"):
        outcome.publish(stage, stage.sitting)
        outcome.read_results(stage, [*people.at_clients[:6], people.absent], people.passing)
    with report.step("certificates"):
        passing = [who for who in people.everybody if who.name in people.passing]
        audit.compare_certificates(stage.home.database, people.passing - people.untrained, report)
        outcome.check_waiting(stage, people.untrained)
        outcome.record_training(stage, world.untrained)
        issued = audit.compare_certificates(stage.home.database, people.passing, report)
        outcome.verify(stage, issued)
        outcome.fetch_papers(stage, passing, 4 if stage.size is SMALL else 12)


def _make_up(stage: Stage, people: Cast, marks: Marks) -> None:
    report = stage.report
    with report.step("two months later: make-ups arranged"):
        stage.home.run("demo", "clock", "--advance", str(TWO_MONTHS / timedelta(hours=1)))
        sitters = for_make_up(people, stage.rng)
        outcome.arrange_make_up(stage, sitters)
        with stage.home.database.reading() as db:
            forms = list(db.scalars(select(ExamForm.id).order_by(ExamForm.id)))
        preparation.check_overlap(stage.home, forms, report)
    with report.step("make-up: signing in"):
        starts_at = day.wait_before(stage, stage.make_up)
        desks = day.come_in(stage, sitters, stage.make_up)
    with report.step("make-up: the exam"):
        day.sit(stage, desks, stage.make_up, starts_at, None)
    with report.step("make-up: marking and results"):
        outcome.wait_for_the_end(stage, stage.make_up)
        outcome.mark(stage, stage.make_up, marks, needed=1)
        outcome.publish(stage, stage.make_up)
    with report.step("make-up: outcome"):
        passed = {who.name for who in sitters if who.part.passes}
        outcome.check_outcome(stage, passed, {who.name for who in sitters} - passed)
        issued = audit.compare_certificates(stage.home.database, people.passing | passed, report)
        outcome.verify(stage, issued[-len(passed) :])


def _audit(stage: Stage, people: Cast, marks: Marks) -> None:
    report, traffic = stage.report, stage.traffic
    for label, sitting in (("exam", stage.sitting), ("make-up", stage.make_up)):
        journals = [j for who in people.everybody for j in who.journals if j.sitting == sitting]
        audit.compare_events(stage.home.database, sitting, journals, report, label)
        answers = {journal.attempt: journal.answers() for journal in journals}
        found = audit.declared(stage.home.database, sitting)
        audit.compare_scores(found, answers, stage.papers, marks, report)
        verdicts = Counter(one.verdict for one in found)
        report.figure(f"{label}: declared", ", ".join(f"{n} {v}" for v, n in sorted(verdicts.items())))
    for fault in stage.home.faults_in_log():
        report.check(False, f"the server's log: {fault}")
    report.figure("worker killed with -9", stage.kills)
    for name, count in sorted(traffic.counts.items()):
        report.figure(name, count)
    report.figure("milliseconds of a save, p50", traffic.percentile(0.5))
    report.figure("milliseconds of a save, p99", traffic.percentile(0.99))


if __name__ == "__main__":
    sys.exit(main())
