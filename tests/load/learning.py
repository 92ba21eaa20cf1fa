"""An hour of study: many learners with heartbeats at once, honest and cheating, against the server's clock.

The clock of the installation is moved in rounds; within a round everybody sends. Each client notes on that
clock when it sent and when the answer came. From these notes alone follows how much could be credited at
most, and, for the honest, at least: what the server credited must lie between.
"""

import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from tests.load.candidate import Candidate, Part, side_by_side
from tests.load.day import Stage
from tests.load.pages import Visitor
from tests.load.wire import Cut, Reply, back_off
from tiejun.audit import COMMAND_LINE
from tiejun.people.models import Account
from tiejun.study.library import install_courses
from tiejun.study.models import Course, HourEntry, Lesson, LessonKind, StudyProgress, StudyStream
from tiejun.study.rules import AHEAD_SECONDS, GAP_BEATS, STALE_SECONDS

NAMES = {
    "reads": "reads an article from beginning to end",
    "loses": "loses a beat now and then and goes on",
    "watches": "watches a film as fast as the clock",
    "two devices": "reads two lessons on two devices at once",
    "scripted": "lets a script send a beat every second, at equal intervals",
    "hidden": "hides the tab in every other round",
    "replays": "sends each beat three times",
    "skips": "winds the film to its end at once",
    "idle": "leaves the page open and goes away",
    "forges": "makes the lesson longer in the page's token",
}
HONEST = ("reads", "loses", "watches")
CHEATS = tuple(name for name in NAMES if name not in HONEST)
SLACK = 1.0  # a beat is credited in whole seconds


@dataclass
class Allowance:
    """What one client knows of the seconds that may be credited to it."""

    most: float = 0.0
    least: float = 0.0
    counted: tuple[datetime, datetime] | None = None  # sent and answered: the last beat that was taken


@dataclass
class Seat:
    """One device with one lesson open."""

    visitor: Visitor
    lesson: Lesson
    token: str
    csrf: str
    open_at: str
    stream: str = ""
    nonce: str = ""
    position: float = 0.0
    credited: int = 0
    beat_seconds: float = 0.0
    state: str = ""

    def headers(self) -> dict[str, str]:
        """Return what a page's script sends beside the body."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.visitor.cookies.items())
        return {"Cookie": cookies, "X-CSRFToken": self.csrf, "Connection": "close"}


@dataclass
class Learner:
    """One officer at study; `kind` says how."""

    who: Candidate
    kind: str
    rng: random.Random
    seats: list[Seat] = field(default_factory=list)
    allowance: Allowance = field(default_factory=Allowance)
    refused: Counter[str] = field(default_factory=Counter)
    began: datetime | None = None
    ended: datetime | None = None


def study(stage: Stage, logins: dict[str, tuple[str, str]], count: int, rounds: int) -> None:
    """Let `count` officers study for `rounds` rounds and compare what was credited with the clock."""
    lessons = _courses(stage)
    chosen = stage.rng.sample(sorted(logins.items()), count)
    kinds = [
        CHEATS[n // 3 % len(CHEATS)] if n % 3 == 2 else HONEST[n // 2 % len(HONEST)] for n in range(count)
    ]
    learners = [
        Learner(_person(name, login, password, stage.rng), kind, random.Random(stage.rng.random()))
        for (name, (login, password)), kind in zip(chosen, kinds, strict=True)
    ]
    side_by_side([(one.who, _sit_down(stage, one, lessons)) for one in learners])
    for number in range(rounds):
        stage.home.advance(timedelta(seconds=stage.rng.uniform(12.0, 50.0)))
        if number == rounds // 2:
            stage.home.server.kill_worker()
            stage.kills += 1
            stage.home.server.wait_until_ready()
        side_by_side([(one.who, _round(stage, one, number)) for one in learners])
    stage.complaints([one.who for one in learners])
    _let_streams_end(stage)
    _compare(stage, learners)
    stage.report.figure("learners", f"{count}, {sum(one.kind in CHEATS for one in learners)} of them cheats")
    refused = sum((one.refused for one in learners), Counter())
    stage.report.figure("beats refused", ", ".join(f"{n} {code}" for code, n in sorted(refused.items())))


def _courses(stage: Stage) -> dict[str, list[Lesson]]:
    with stage.home.database.transaction() as db:
        install_courses(db, stage.home.settings, COMMAND_LINE, stage.home.now())
    with stage.home.database.reading() as db:
        courses = db.scalars(select(Course).options(selectinload(Course.lessons)))
        lessons = [lesson for course in courses for lesson in course.lessons]
    found = {
        "article": [lesson for lesson in lessons if lesson.kind == LessonKind.ARTICLE],
        "video": [lesson for lesson in lessons if lesson.kind == LessonKind.VIDEO],
    }
    stage.report.check(all(found.values()), "the shipped courses lack an article or a film")
    return found


def _person(name: str, login: str, password: str, rng: random.Random) -> Candidate:
    part = Part(Decimal(0), 0, passes=False)
    return Candidate(name, login, password, part, random.Random(rng.random()))


def _sit_down(stage: Stage, one: Learner, lessons: dict[str, list[Lesson]]) -> Callable[[], None]:
    def act() -> None:
        is_film = one.kind in ("watches", "skips")
        choice = one.rng.sample(lessons["video" if is_film else "article"], 1)
        if one.kind == "two devices":
            choice = one.rng.sample(lessons["article"], 2)
        for lesson in choice:
            visitor = Visitor(stage.home.server.port, stage.traffic, one.who.login, one.who.password)
            visitor.sign_in()
            one.who.password = visitor.password
            one.seats.append(_seat(visitor, lesson))
        if one.kind == "forges":
            _forge(stage, one)
        else:
            _open(stage, one, one.seats[0])

    return act


def _seat(visitor: Visitor, lesson: Lesson) -> Seat:
    """Open the lesson's page and read from it what its script reads."""
    page = visitor.get(f"/study/lessons/{lesson.public_id}")
    counter = page.text.partition("data-tj-study ")[2].partition(">")[0]
    marks = {name: unescape(value) for name, value in re.findall(r'data-(\w+)="([^"]*)"', counter)}
    return Seat(visitor, lesson, marks["source"], marks["csrf"], marks["open"])


def _forge(stage: Stage, one: Learner) -> None:
    seat = one.seats[0]
    head, body, signature = seat.token.split(".")
    seat.token = ".".join((head, body[:-4] + "AAAA", signature))
    reply = _send(stage, seat, seat.open_at, {"source": seat.token})
    one.refused[reply.code] += 1
    stage.report.check(400 <= reply.status < 500, f"a forged token was taken: {reply.status}")


def _send(stage: Stage, seat: Seat, path: str, body: dict[str, Any]) -> Reply:
    for failures in range(1, 12):
        try:
            return seat.visitor.wire.ask_json("POST", path, body, seat.headers())
        except Cut:
            back_off(failures)
    raise Cut(path)


def _open(stage: Stage, one: Learner, seat: Seat) -> None:
    sent = stage.home.now()
    reply = _send(stage, seat, seat.open_at, {"source": seat.token})
    if reply.status != 200:
        one.who.faults.append(f"{one.who.login} could not open: {reply.status} {reply.text[:200]}")
        return
    _take(seat, reply)
    one.allowance.counted = (sent, stage.home.now())
    one.began = one.began or sent


def _take(seat: Seat, reply: Reply) -> None:
    told = reply.json()
    seat.stream, seat.nonce, seat.state = told["stream"], told["nonce"], told["state"]
    seat.credited, seat.beat_seconds = told["credited"], told["beat_seconds"]


def _round(stage: Stage, one: Learner, number: int) -> Callable[[], None]:
    def act() -> None:
        if one.kind == "forges":
            return
        seat = one.seats[0]
        if one.kind == "two devices":
            seat = one.seats[number % 2]
            if seat.stream == "" or number % 4 < 2:
                _open(stage, one, seat)
        if one.kind == "loses" and one.rng.random() < 0.3:
            return
        for _ in range({"scripted": 5}.get(one.kind, 1)):
            _beat(stage, one, seat, number)

    return act


def _beat(stage: Stage, one: Learner, seat: Seat, number: int) -> None:
    sent = stage.home.now()
    body = _said(one, seat, number, sent)
    path = f"/study/streams/{seat.stream}/beats"
    reply = _send(stage, seat, path, body)
    answered = stage.home.now()
    if reply.status == 409:
        one.refused[reply.code] += 1
        if reply.code == "reopen":
            _open(stage, one, seat)
        return
    if reply.status != 200:
        one.who.faults.append(f"{one.who.login}: a beat was answered {reply.status} {reply.text[:200]}")
        return
    before = seat.credited
    _take(seat, reply)
    _count(one, seat, body, (sent, answered))
    one.ended = answered
    if one.kind == "replays":
        for _ in range(2):
            again = _send(stage, seat, path, body)
            one.refused[again.code] += 1
            stage.report.check(again.status == 409, f"a replayed beat was answered {again.status}")
    if one.kind in ("idle", "skips"):
        stage.report.check(seat.credited == before, f"{NAMES[one.kind]}: {seat.credited - before} s credited")


def _said(one: Learner, seat: Seat, number: int, now: datetime) -> dict[str, Any]:
    body: dict[str, Any] = {"nonce": seat.nonce, "visible": True, "idle": 0.0}
    if one.kind == "hidden" and number % 2:
        body["visible"] = False
    if one.kind == "idle":
        body["idle"] = 900.0
    if one.kind == "skips":
        body["position"] = float(seat.lesson.length_seconds)
    if one.kind == "watches" and one.allowance.counted:
        elapsed = (now - one.allowance.counted[1]).total_seconds()
        body["position"] = seat.credited + min(elapsed, GAP_BEATS * seat.beat_seconds)
    return body


def _count(one: Learner, seat: Seat, body: dict[str, Any], at: tuple[datetime, datetime]) -> None:
    """Note what the time since the beat before allows; a hidden or idle one allows nothing."""
    allowance = one.allowance
    assert allowance.counted is not None
    cap = GAP_BEATS * seat.beat_seconds
    if body["visible"] and one.kind not in ("idle", "skips"):
        allowance.most += min(cap, (at[1] - allowance.counted[0]).total_seconds())
        allowance.least += max(0.0, min(cap, (at[0] - allowance.counted[1]).total_seconds()) - SLACK)
    allowance.counted = at


def _let_streams_end(stage: Stage) -> None:
    """Nobody says goodbye: after the silence that the rules name, the worker books what is open."""
    stage.home.advance(timedelta(seconds=STALE_SECONDS + 60))
    open_ones = select(func.count()).select_from(StudyStream).where(StudyStream.ended_at.is_(None))
    give_up, left = time.monotonic() + 60, 1
    while left and time.monotonic() < give_up:
        time.sleep(0.2)
        with stage.home.database.reading() as db:
            left = db.scalar(open_ones) or 0
    stage.report.equal("streams of study left open", left, 0)


def _compare(stage: Stage, learners: list[Learner]) -> None:
    report = stage.report
    with stage.home.database.reading() as db:
        progress = db.execute(
            select(Account.login, func.sum(StudyProgress.credited), func.max(StudyProgress.length_seconds))
            .join(Account, Account.person_id == StudyProgress.person_id)
            .group_by(Account.login)
        )
        credited = {login: (int(seconds), int(length)) for login, seconds, length in progress}
        ledger = dict(
            db.execute(
                select(Account.login, func.sum(HourEntry.seconds))
                .join(Account, Account.person_id == HourEntry.person_id)
                .group_by(Account.login)
            ).all()
        )
        over = db.scalars(
            select(StudyProgress.id).where(StudyProgress.credited > StudyProgress.length_seconds)
        ).all()
    report.equal("progress beyond a lesson's length", list(over), [])
    total = Counter[str]()
    for one in learners:
        found, length = credited.get(one.who.login, (0, 0))
        total[one.kind] += found
        _within(stage, one, found, length)
        report.equal(f"{one.who.login}: ledger and progress", int(ledger.get(one.who.login, 0)), found)
    for kind in NAMES:
        report.figure(f"credited seconds: {kind}", total[kind])


def _within(stage: Stage, one: Learner, found: int, length: int) -> None:
    what = f"{one.who.login} ({NAMES[one.kind]}): {found} s credited"
    most = one.allowance.most + SLACK
    stage.report.check(found <= most, f"{what}, the clock allows {most:.0f}")
    if one.began and one.ended:
        passed = (one.ended - one.began).total_seconds() + SLACK
        stage.report.check(found <= passed, f"{what} in {passed:.0f} s of time")
    if one.kind in ("reads", "loses", "hidden", "replays"):
        least = min(one.allowance.least, length)
        stage.report.check(found >= least - SLACK, f"{what}, at least {least:.0f} were earned")
    if one.kind == "watches":
        least = min(one.allowance.least, length - AHEAD_SECONDS) * 0.8
        stage.report.check(found >= least - SLACK, f"{what}, at least {least:.0f} were watched")
    if one.kind in ("idle", "skips", "forges"):
        stage.report.equal(f"{one.who.login} ({NAMES[one.kind]})", found, 0)
