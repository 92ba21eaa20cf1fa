"""The day of the exam: signing in, everybody at work at once while the server is killed, handing in."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from tests.load import office
from tests.load.answers import Paper
from tests.load.browser import BrowserSeat
from tests.load.candidate import Candidate, Desk, side_by_side
from tests.load.cast import Cast
from tests.load.installation import Installation, Killer
from tests.load.officers import Officer
from tests.load.pages import Visitor
from tests.load.report import Report
from tests.load.wire import Traffic
from tests.support import tools
from tiejun.exams.models import Attempt, Registration, Sitting
from tiejun.outbox import OutboxMessage
from tiejun.people.models import Person

HOURS = 3
MINUTES = 60
EXTENSION = 15
BEFORE = timedelta(minutes=25)


@dataclass(frozen=True)
class Size:
    """How large a run is."""

    officers: int
    clients: int
    work_seconds: float
    cut_seconds: float
    kill_every: float
    kills: int
    learners: int
    rounds: int


FULL = Size(500, 50, 150.0, 60.0, 20.0, 6, 200, 30)
SMALL = Size(60, 12, 26.0, 10.0, 8.0, 2, 30, 10)


@dataclass
class Stage:
    """What the steps of the exam hand on to each other."""

    home: Installation
    report: Report
    size: Size
    rng: random.Random
    traffic: Traffic = field(default_factory=Traffic)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    papers: dict[int, Paper] = field(default_factory=dict)
    sitting: str = ""
    make_up: str = ""
    kills: int = 0

    def visitor(self, login: str, password: str = "") -> Visitor:
        """Return the browser of an account; the same one each time, so that it knows its new password."""
        if login not in self.visitors:
            self.visitors[login] = Visitor(self.home.server.port, self.traffic, login, password)
        return self.visitors[login]

    def form_of(self, name: str, sitting: str) -> Paper:
        """Return the keys of the form that lies at somebody's seat."""
        with self.home.database.reading() as db:
            form_id = db.scalars(
                select(Registration.form_id)
                .join(Person, Person.id == Registration.person_id)
                .join(Sitting, Sitting.id == Registration.sitting_id)
                .where(Person.name == name, Sitting.public_id == UUID(sitting))
            ).one()
        if form_id not in self.papers:
            self.papers[form_id] = Paper.of(self.home.database, form_id)
        return self.papers[form_id]

    def complaints(self, people: list[Candidate]) -> None:
        """Take over what candidates found wrong."""
        for who in people:
            for fault in who.faults:
                self.report.check(False, fault)
            who.faults.clear()


def arrange(stage: Stage, cast: Cast, officers: list[Officer], passwords: dict[str, str]) -> None:
    """Make exam and sitting as the exam administrator, and register everybody from pasted lists."""
    for login, password in passwords.items():
        stage.visitor(login, password).sign_in()
    admin = stage.visitor("exam")
    starts_at = stage.home.now().replace(second=0, microsecond=0) + timedelta(hours=2)
    stage.sitting = office.make_sitting(admin, starts_at, HOURS)
    numbers = {officer.name: officer.id_number for officer in officers}
    entries = [who.login if at % 2 else numbers[who.name] for at, who in enumerate(cast.everybody)]
    office.register(admin, stage.sitting, entries[:-1])
    office.register(admin, stage.sitting, entries[-1:])
    with stage.home.database.reading() as db:
        seats = db.execute(
            select(Registration.seat, Registration.form_id)
            .join(Sitting, Sitting.id == Registration.sitting_id)
            .where(Sitting.public_id == UUID(stage.sitting))
            .order_by(Registration.seat)
        ).all()
    count = len(cast.everybody)
    stage.report.equal("seats", [seat for seat, _ in seats], list(range(1, count + 1)))
    neighbours = [one[1] != other[1] for one, other in pairwise(seats)]
    stage.report.check(all(neighbours), "neighbours have the same form")


def come_in(stage: Stage, people: list[Candidate], sitting: str) -> dict[str, Desk]:
    """Let the candidates sign in, change initial passwords on the page, and wait before the door."""
    desks: dict[str, Desk] = {}

    def enter(who: Candidate) -> Callable[[], None]:
        def act() -> None:
            visitor = stage.visitor(who.login, who.password)
            visitor.sign_in()
            who.password = visitor.password
            desk = Desk(who, stage.home.server.port, stage.traffic, sitting)
            desk.sign_in()
            early, state = desk.try_to_open(), desk.state()
            if (early.status, early.code, state) != (409, "not_open_yet", "waiting"):
                who.faults.append(f"{who.login}: before the start {early.status} {early.code} {state}")
            desks[who.login] = desk

        return act

    side_by_side([(who, enter(who)) for who in people])
    stage.complaints(people)
    return desks


def wait_before(stage: Stage, sitting: str) -> datetime:
    """Shift the clock to a little before the start; return the start."""
    with stage.home.database.reading() as db:
        starts_at = db.scalars(select(Sitting.starts_at).where(Sitting.public_id == UUID(sitting))).one()
    stage.home.advance(starts_at - BEFORE - stage.home.now())
    return starts_at


def sit(
    stage: Stage, desks: dict[str, Desk], sitting: str, starts_at: datetime, seat: BrowserSeat | None
) -> None:
    """Hold an exam: everybody at once, the worker killed, more time given in the middle."""
    stage.home.advance(starts_at - stage.home.now() + timedelta(seconds=5))
    people = [desk.who for desk in desks.values()]
    size, is_first = stage.size, sitting == stage.sitting
    seconds = size.work_seconds if is_first else size.work_seconds / 2

    def work(desk: Desk) -> Callable[[], None]:
        paper = stage.form_of(desk.who.name, sitting)

        def act() -> None:
            desk.open()
            desk.work(paper, seconds)

        return act

    acts = [(desk.who, work(desk)) for desk in desks.values()]
    killer = Killer(stage.home.server, size.kill_every, size.kills if is_first else 1)
    if seat:
        seat.opened.set()
    with killer.at_work():
        more = Later(seconds / 3, lambda: _more_time(stage, killer, sitting))
        side_by_side(acts)
        more.finish()
        if seat:
            seat.finish()
    stage.kills += len(killer.kills)
    stage.report.check(bool(killer.kills), "the worker was never killed")
    for fault in more.faults:
        stage.report.check(False, fault)
    stage.complaints([*people, *([seat.who] if seat else [])])
    side_by_side([(desk.who, desk.hand_in) for desk in desks.values() if desk.who.part.hands_in])
    stage.complaints(people)
    _check_deadlines(stage, sitting)


def _more_time(stage: Stage, killer: Killer, sitting: str) -> None:
    with killer.held_back():
        office.extend(stage.visitor("invigilator"), sitting, EXTENSION)


def _check_deadlines(stage: Stage, sitting: str) -> None:
    """Every attempt has its hour and the extension, however often the server died."""
    with stage.home.database.reading() as db:
        rows = db.execute(
            select(Attempt.started_at, Attempt.deadline)
            .join(Sitting, Sitting.id == Attempt.sitting_id)
            .where(Sitting.public_id == UUID(sitting))
        ).all()
    spans = {deadline - started for started, deadline in rows}
    stage.report.equal("time given to each attempt", spans, {timedelta(minutes=MINUTES + EXTENSION)})


class Later:
    """Does one thing after some seconds, beside what else goes on."""

    def __init__(self, seconds: float, act: Callable[[], object]) -> None:
        self.faults: list[str] = []
        self._act = act
        self._seconds = seconds
        self._thread = threading.Thread(target=self._run, name="later")
        self._thread.start()

    def _run(self) -> None:
        time.sleep(self._seconds)
        try:
            self._act()
        except Exception as error:
            self.faults.append(repr(error))

    def finish(self) -> None:
        """Wait until it is done."""
        self._thread.join()


def drained(stage: Stage) -> None:
    """Wait until the worker has delivered everything; then the command has nothing left to do."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        with stage.home.database.reading() as db:
            waiting = db.scalar(
                select(func.count()).select_from(OutboxMessage).where(OutboxMessage.delivered_at.is_(None))
            )
        if not waiting:
            return
        time.sleep(0.3)
    with stage.home.database.reading() as db:
        errors = db.scalars(
            select(OutboxMessage.last_error).where(OutboxMessage.delivered_at.is_(None))
        ).all()
    stage.report.check(False, f"{len(errors)} messages are not delivered: {errors[:3]}")


def chromium_seat(stage: Stage, cast: Cast, chromium: Path | None) -> BrowserSeat | None:
    """Return the seat of the candidate in Chromium, or name it as not run."""
    if chromium is None:
        stage.report.leave_out("the candidate in Chromium (no browser on this machine)")
        stage.report.check(not tools.require_all(), "no Chromium (REQUIRE_ALL=1)")
        return None
    paper = stage.form_of(cast.in_browser.name, stage.sitting)
    home = stage.home
    return BrowserSeat(
        cast.in_browser, home.server.url, stage.sitting, paper, stage.size.cut_seconds, chromium, home.clock
    )
