"""Answers that arrive after the end: kept, told to the candidate, and judged by two people on their page."""

from uuid import UUID

from sqlalchemy import select

from tests.load.answers import right, wrong
from tests.load.candidate import Desk
from tests.load.cast import Cast
from tests.load.day import Stage
from tests.load.journal import Entry
from tests.load.pages import Visitor
from tiejun.exams.models import Registration, Sitting
from tiejun.people.models import Person

LATE = 2
JUDGES = ("invigilator", "province")


def judge_late_answers(stage: Stage, people: Cast, desks: dict[str, Desk]) -> None:
    """Let two candidates who never handed in come back too late: one is believed by both, one by one only."""
    report = stage.report
    believed, doubted = people.late
    sent = {who.login: _come_late(stage, desks[who.login]) for who in people.late}
    stage.complaints(people.late)
    page = stage.visitor("exam").get(f"/sittings/{stage.sitting}/results")
    blocked = not any("/declare" in form.action for form in page.forms)
    report.check(blocked, "results could be declared while late answers wait")
    seats = _seats(stage)
    for judge in JUDGES:
        visitor = stage.visitor(judge)
        _decide(visitor, stage.sitting, seats[believed.name], accepts=True)
        _decide(visitor, stage.sitting, seats[doubted.name], accepts=judge == JUDGES[0])
    for entry in sent[believed.login]:
        entry.is_late = False
    report.figure("late answers: accepted by two people / refused", f"{LATE} / {LATE}")


def _come_late(stage: Stage, desk: Desk) -> list[Entry]:
    """Change two answers after the end; they are kept as late, and the client is told so."""
    paper = stage.form_of(desk.who.name, stage.sitting)
    points = paper.points(desk.journal.answers())
    entries = []
    for key in paper.objective[:LATE]:
        value = right(key) if not points[key.slot] else wrong(key, desk.rng)
        entries.append(desk.journal.write(key.slot, value))
    desk.send_all()
    not_told = [entry.seq for entry in entries if not (entry.acked_at and entry.is_late)]
    stage.report.check(not not_told, f"{desk.who.login}: late answers taken as if in time: {not_told}")
    return entries


def _seats(stage: Stage) -> dict[str, int]:
    with stage.home.database.reading() as db:
        rows = db.execute(
            select(Person.name, Registration.seat)
            .join(Person, Person.id == Registration.person_id)
            .join(Sitting, Sitting.id == Registration.sitting_id)
            .where(Sitting.public_id == UUID(stage.sitting))
        )
        return dict(rows.tuples().all())


def _decide(visitor: Visitor, sitting: str, seat: int, *, accepts: bool) -> None:
    page = visitor.get(f"/sittings/{sitting}/late")
    form = page.form(f"/late/{seat}", has="accepts")
    visitor.post(form.fill(accepts="yes" if accepts else "no", reason="演练：考场网络中断的记录"))
