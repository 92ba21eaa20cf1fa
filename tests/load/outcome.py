"""After the exam: essays marked on the pages, results published, certificates verified, make-ups arranged."""

import re
import time
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from sqlalchemy import func, select

from tests.load import office
from tests.load.audit import Marks
from tests.load.candidate import Candidate, side_by_side
from tests.load.cast import points_of
from tests.load.day import Stage, drained
from tests.load.officers import Officer, training_file
from tests.load.pages import Astray, Page, Visitor
from tiejun.certificates.models import Certificate
from tiejun.clock import beijing
from tiejun.exams.marking_rules import code_of
from tiejun.exams.models import Attempt, Sitting
from tiejun.exams.result_models import MakeUpCase, MakeUpState, SlotScore
from tiejun.people.models import Person

MARKERS = ("marker1", "marker2", "marker3")
WORTH = re.compile(r"本题答出要点(\d+)成")
GRACE = timedelta(minutes=2)


def wait_for_the_end(stage: Stage, sitting: str) -> None:
    """Let the sitting's end and the grace pass: who has not handed in is closed by the clock."""
    with stage.home.database.reading() as db:
        ends_at = db.scalars(select(Sitting.ends_at).where(Sitting.public_id == UUID(sitting))).one()
    stage.home.advance(ends_at + GRACE - stage.home.now())


def wait_for_scores(stage: Stage, sitting: str) -> None:
    """Wait until the worker has scored every attempt by machine: before, there is nothing to mark."""
    scored = select(SlotScore.attempt_id).where(SlotScore.round == 0)
    unscored = (
        select(func.count())
        .select_from(Attempt)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Sitting.public_id == UUID(sitting), Attempt.id.not_in(scored))
    )
    give_up = time.monotonic() + 60
    left = 1
    while left and time.monotonic() < give_up:
        time.sleep(0.2)
        with stage.home.database.reading() as db:
            left = db.scalar(unscored) or 0
    stage.report.equal("attempts not scored by the worker", left, 0)


def mark(stage: Stage, sitting: str, marks: Marks, needed: int = len(MARKERS)) -> None:
    """Let the markers, one after the other, mark what waits for each; the later ones get what is close.

    Args:
        needed: how many of them must find something.
    """
    wait_for_scores(stage, sitting)
    with stage.home.database.reading() as db:
        found = db.scalars(
            select(Attempt.public_id)
            .join(Sitting, Sitting.id == Attempt.sitting_id)
            .where(Sitting.public_id == UUID(sitting))
        )
        key = stage.home.settings.data_key
        attempts = {code_of(attempt, key): str(attempt) for attempt in found}
    for number, login in enumerate(MARKERS):
        count = 0
        visitor = stage.visitor(login)
        page = visitor.get(f"/marking/{sitting}")
        while waiting := _waiting(page, sitting):
            page = visitor.get(waiting)
            while "/marking/" in page.path and page.path.count("/") == 4:
                page = _mark_one(visitor, page, login, attempts, marks)
                count += 1
            page = visitor.get(f"/marking/{sitting}")
        if number < needed:
            label = "exam" if sitting == stage.sitting else "make-up"
            stage.report.figure(f"{label}: essays marked by {login}", count)
        stage.report.equal(f"{login} had something to mark", count > 0, number < needed)


def _waiting(page: Page, sitting: str) -> str | None:
    begin = [href for href, words in page.links if words == "开始评阅" and f"/marking/{sitting}/" in href]
    return begin[0] if begin else None


def _mark_one(visitor: Visitor, page: Page, login: str, attempts: dict[str, str], marks: Marks) -> Page:
    code, slot = page.path.split("/")[-2:]
    worth = WORTH.search(page.words)
    most = re.search(r'id="points"[^>]* max="([\d.]+)"', page.text)
    if worth is None or most is None:
        raise Astray(f"no essay on {page.path}: {page.words[:400]}")
    points = points_of(login, int(worth.group(1)), Decimal(most.group(1)))
    marks.given[attempts[code], int(slot)].append(points)
    return visitor.post(page.form("/marking/", has="points").fill(points=points), at=page.path)


def publish(stage: Stage, sitting: str) -> None:
    """Declare, look, release; then wait until the outbox is empty."""
    admin = stage.visitor("exam")
    office.declare(admin, sitting)
    office.release(admin, sitting)
    drained(stage)
    stage.home.run("outbox", "drain")


def check_waiting(stage: Stage, names: set[str]) -> None:
    """Check that who passed without training waits in the register, and holds nothing."""
    page = stage.visitor("province").get("/certificates/waiting")
    for name in names:
        stage.report.check(name in page.words, f"{name} passed without training, but does not wait")
    with stage.home.database.reading() as db:
        holders = set(db.scalars(select(Certificate.name)))
    stage.report.check(not holders & names, f"certificates without training: {holders & names}")


def record_training(stage: Stage, officers: Iterable[Officer]) -> None:
    """Record the missing training by command; the waiting passes get their numbers."""
    path = stage.home.folder / "late-training.xlsx"
    late = list(officers)
    training_file(late, beijing(stage.home.now()).date() - timedelta(days=1), path)
    found = stage.home.run_json("training", "import", path)
    stage.report.equal("late completions recorded", (found["created"], found["problems"]), (len(late), []))
    drained(stage)


def verify(stage: Stage, certificates: list[Certificate]) -> None:
    """Verify every certificate over the public API, some on the page; a wrong code finds nothing."""
    stranger = stage.visitor("nobody at all")
    report = stage.report
    for row in certificates:
        reply = stranger.download(f"/api/v1/certificates/{row.number}?code={row.code}")
        told = reply.json()
        masked = row.name[0] in told.get("name", "") and row.name not in told.get("name", "")
        report.equal(f"{row.number} verified", (reply.status, told.get("number")), (200, row.number))
        report.check(masked, f"{row.number} shows {told.get('name')!r}")
        report.equal(f"{row.number} state", told.get("state"), "valid")
    for row in certificates[:3]:
        page = stranger.get(f"/verify/{row.number}?code={row.code}")
        words = re.sub(r"\s", "", page.words)
        report.check(
            row.number in words and row.name not in words, f"the page of {row.number}: {words[:200]}"
        )
        for code in ("", "0" * len(row.code), certificates[-1].code if row is not certificates[-1] else "x"):
            wrong = stranger.download(f"/api/v1/certificates/{row.number}?code={code}")
            report.equal(f"{row.number} with a wrong code", wrong.status, 404)
    page = stranger.follow("GET", f"/verify/{certificates[0].number}?code={'0' * 22}")
    report.equal("the page with a wrong code", page.status, 404)
    gone = stranger.download(f"/api/v1/certificates/5120269999?code={certificates[0].code}")
    report.equal("a number that was never given", gone.status, 404)
    report.figure(f"certificates verified ({certificates[-1].year})", len(certificates))


def fetch_papers(stage: Stage, people: list[Candidate], most: int) -> None:
    """Let some holders fetch their certificate as PDF from their own page."""
    fetched = []

    def fetch(who: Candidate) -> None:
        visitor = stage.visitor(who.login, who.password)
        page = visitor.get("/my/certificates")
        numbers = re.findall(r"/certificates/(\d{8,10})", page.text)
        if not numbers:
            raise Astray(f"no certificate on the page of {who.name}: {page.words[:300]}")
        reply = visitor.download(f"/certificates/{numbers[0]}.pdf")
        if reply.status != 200 or not reply.body.startswith(b"%PDF"):
            raise Astray(f"the PDF of {numbers[0]}: {reply.status} {reply.body[:40]!r}")
        fetched.append(numbers[0])

    some = people[:most]
    side_by_side([(who, partial(fetch, who)) for who in some])
    stage.complaints(some)
    stage.report.figure("certificates fetched as PDF", len(fetched))


def read_results(stage: Stage, people: list[Candidate], passing: set[str]) -> None:
    """Let candidates read their result."""

    def read(who: Candidate) -> None:
        page = stage.visitor(who.login, who.password).get("/my/results")
        words = [word for word in ("不合格", "缺考") if word in page.words]
        expected = [] if who.name in passing else ["不合格" if who.journals else "缺考"]
        if words != expected or office.TITLE not in page.words:
            who.faults.append(f"{who.name} reads {words}, not {expected}: {page.words[:300]}")

    side_by_side([(who, partial(read, who)) for who in people])
    stage.complaints(people)


def cases(stage: Stage) -> dict[str, str]:
    """Return the state of everybody's make-up case by name."""
    with stage.home.database.reading() as db:
        rows = db.execute(
            select(Person.name, MakeUpCase.state).join(Person, Person.id == MakeUpCase.person_id)
        )
        return {name: str(state) for name, state in rows}


def arrange_make_up(stage: Stage, people: list[Candidate]) -> None:
    """Put everybody who failed or stayed away into a make-up sitting, on the board."""
    report = stage.report
    report.equal("make-up cases", set(cases(stage)), {who.name for who in people})
    starts_at = stage.home.now().replace(second=0, microsecond=0) + timedelta(hours=2)
    office.schedule_make_up(stage.visitor("exam"), people, starts_at)
    report.equal("states of the cases", set(cases(stage).values()), {str(MakeUpState.SCHEDULED)})
    with stage.home.database.reading() as db:
        found = db.scalars(select(Sitting).where(Sitting.is_make_up)).all()
    report.equal("make-up sittings", len(found), 1)
    stage.make_up = str(found[0].public_id)


def check_outcome(stage: Stage, passed: set[str], failed: set[str]) -> None:
    """Check what became of the make-up: cases settled, talks due for those who failed, both shown."""
    report, states = stage.report, cases(stage)
    for state, names in ((MakeUpState.PASSED, passed), (MakeUpState.FAILED, failed)):
        report.equal(f"make-up {state}", {n for n, s in states.items() if s == str(state)}, names)
    admin = stage.visitor("exam")
    settled, talks = admin.get("/make-ups?show=settled"), admin.get("/follow-ups")
    for name in passed | failed:
        report.check(name in settled.words, f"{name} is not among those with a result")
    for name in failed:
        report.check(name in talks.words, f"no talk is due with {name}")
    for name in passed:
        report.check(name not in talks.words, f"a talk is due with {name}, who passed")
    report.figure("make-up", f"{len(passed)} passed, {len(failed)} failed with a talk due")
