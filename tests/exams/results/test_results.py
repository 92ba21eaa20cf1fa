"""Declaring, releasing, and what follows: statements, make-ups, further revisions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.exams.results.factories import ADMIN, POLICY, Hall
from tiejun import outbox
from tiejun.app import handlers
from tiejun.audit import AuditEvent
from tiejun.certificates.models import Certificate, ResultStatement
from tiejun.certificates.statement import read_statement
from tiejun.errors import Conflict
from tiejun.exams.models import ResponseEvent, Standing
from tiejun.exams.result_models import FollowUpCase, MakeUpCase, MakeUpState, Result, Verdict
from tiejun.exams.result_rules import ceiling, histogram, verdict
from tiejun.exams.result_service import declare_sitting, release_sitting


def refused(hall: Hall, now=None) -> list[str]:
    with pytest.raises(Conflict) as error:
        hall.declare(now)
    assert error.value.code == "not_ready"
    found: list[str] = error.value.details["reasons"]
    return found


def test_the_cut_score_itself_passes_and_half_a_point_below_fails(hall: Hall):
    hall.scores("officer1", 60, essays=False)
    hall.scores("officer2", 58)
    hall.scores("officer3", 58)
    hall.score()
    short, long = hall.essays
    for login, points in (("officer2", 2), ("officer3", 1.5)):
        given = ((short, points), (long, 0))
        for marker, (slot, one) in product(("marker", "trainer"), given):
            hall.mark(marker, login, slot, one)

    hall.declare()
    said = {f"officer{n}": hall.result(f"officer{n}") for n in (1, 2, 3, 4)}
    assert [(r.raw_score, r.verdict) for r in said.values()] == [
        (60, Verdict.PASS),
        (60, Verdict.PASS),
        (59.5, Verdict.FAIL),
        (0, Verdict.ABSENT),
    ]
    assert said["officer4"].attempt_id is None


@pytest.mark.parametrize(
    ("score", "said"), [("60", "pass"), ("59.99", "fail"), ("59.5", "fail"), ("60.01", "pass")]
)
def test_a_verdict_is_a_pass_from_the_cut_on(score, said):
    assert verdict(Decimal(score), Decimal(60)) == said


def test_declaring_waits_for_the_end_and_for_everybody(hall: Hall):
    attempt = hall.sits("officer1", {}, hands_in=False)

    early = refused(hall, attempt.deadline - timedelta(seconds=1))
    assert early == ["考试还没有结束", "1人还在作答或刚刚收卷"]
    assert refused(hall, attempt.deadline + timedelta(seconds=59))[-1] == "1人还在作答或刚刚收卷"
    assert hall.declare(hall.sitting.ends_at)[0].verdict == Verdict.FAIL


def test_declaring_waits_for_late_answers(hall: Hall):
    hall.scores("officer1", 70, essays=False)
    with hall.database.transaction() as db:
        event = db.scalars(select(ResponseEvent).limit(1)).one()
        event.standing = Standing.LATE
        event_id = event.id

    assert refused(hall) == ["1人有逾时作答待两人裁定"]
    with hall.database.transaction() as db:
        db.get_one(ResponseEvent, event_id).standing = Standing.REFUSED
    hall.declare()


def test_declaring_says_how_many_essays_wait_for_whom(hall: Hall):
    hall.scores("officer1", 50)
    hall.scores("officer2", 20)
    hall.score()
    short, long = hall.essays
    hall.mark("marker", "officer1", short, 4)
    hall.mark("marker", "officer1", long, 6)
    hall.mark("marker", "officer2", short, 1)

    assert refused(hall) == ["主观题待评阅1题、待第二阅2题"]
    hall.mark("marker", "officer2", long, 1)
    hall.mark("trainer", "officer1", short, 8)
    hall.mark("trainer", "officer1", long, 6)
    assert refused(hall) == ["主观题待第三阅1题"]


def test_declaring_twice_is_refused(hall: Hall):
    hall.declare()

    with pytest.raises(Conflict) as error:
        hall.declare()
    assert error.value.code == "already_declared"
    with hall.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Result)) == 4


def test_a_declared_result_is_audited_and_says_nothing_outside(hall: Hall):
    hall.declare()

    assert hall.statements() == []
    with hall.database.reading() as db:
        declared = select(func.count()).where(AuditEvent.action == "result.declared")
        assert db.scalar(declared) == 4
        assert db.scalar(select(func.count()).select_from(MakeUpCase)) == 0


def test_releasing_needs_declared_results_and_happens_once(hall: Hall):
    with pytest.raises(Conflict) as error:
        hall.release()
    assert error.value.code == "not_declared"
    hall.declare()
    hall.release()
    with pytest.raises(Conflict) as error:
        hall.release()
    assert error.value.code == "already_released"


def test_the_release_states_every_result_and_opens_make_ups(hall: Hall):
    hall.trains("officer1")
    hall.scores("officer1", 70, essays=False)
    hall.scores("officer2", 70, essays=False)
    hall.scores("officer3", 20, essays=False)
    hall.declare()
    hall.release()

    payloads = {m.payload["person"]["name"]: m.payload for m in hall.statements()}
    assert {name: p["verdict"] for name, p in payloads.items()} == {
        "officer1": "pass",
        "officer2": "pass",
        "officer3": "fail",
        "officer4": "absent",
    }
    said = read_statement(payloads["officer1"])
    assert said.attempt == str(hall.attempts["officer1"].public_id)
    assert (said.revision, said.exam_day, said.unit) == (1, hall.starts_at.date(), "平昌大队")
    assert said.training is not None
    assert payloads["officer2"]["training"] is None
    assert not {"score", "responses", "items"} & payloads["officer1"].keys()
    with hall.database.reading() as db:
        cases = {case.person_id: case for case in db.scalars(select(MakeUpCase))}
    people = hall.world.people
    assert cases.keys() == {people["officer3"].id, people["officer4"].id}
    assert {case.state for case in cases.values()} == {MakeUpState.DUE}


def test_releasing_a_make_up_settles_its_cases(hall: Hall):
    hall.declare()
    hall.release()
    again = hall.make_up(hall.over + timedelta(days=30))
    again.scores("officer1", 60, essays=False)
    again.scores("officer2", 58, essays=False)
    again.declare()
    again.release()

    with hall.database.reading() as db:
        cases = {case.person_id: case for case in db.scalars(select(MakeUpCase))}
        talks = set(db.scalars(select(FollowUpCase.person_id)))
    people = {login: person.id for login, person in hall.world.people.items()}
    assert len(cases) == 4
    assert cases[people["officer1"]].state == MakeUpState.PASSED
    assert {cases[people[f"officer{n}"]].state for n in (2, 3, 4)} == {MakeUpState.FAILED}
    assert talks == {people[f"officer{n}"] for n in (2, 3, 4)}
    assert len(hall.statements()) == 8


def test_two_people_declaring_at_once_write_one_set_of_results(hall: Hall):
    hall.scores("officer1", 70, essays=False)

    def declare(_: int) -> str:
        try:
            return str(len(hall.declare()))
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(declare, range(2))) == ["4", "already_declared"]
    with hall.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Result)) == 4


def test_a_rolled_back_release_leaves_nothing(hall: Hall):
    hall.scores("officer1", 20, essays=False)
    hall.declare()

    with pytest.raises(PowerFails):
        interrupted(hall, lambda db: release_sitting(db, hall.sitting, ADMIN, hall.over))
    assert hall.statements() == []
    assert hall.result("officer1").released_at is None
    with hall.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(MakeUpCase)) == 0
        assert db.scalars(select(AuditEvent).where(AuditEvent.action == "sitting.released")).all() == []


def test_a_rolled_back_declaration_leaves_nothing(hall: Hall):
    with pytest.raises(PowerFails):
        interrupted(hall, lambda db: declare_sitting(db, hall.sitting, ADMIN, hall.over, POLICY))
    with hall.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Result)) == 0


def test_training_recorded_later_makes_a_new_statement_and_a_certificate(hall: Hall, settings):
    hall.scores("officer1", 70, essays=False)
    hall.declare()
    hall.release()
    drain(hall, settings)
    assert outcomes(hall)["officer1"] == ["awaiting_training"]

    hall.trains("officer1")
    drain(hall, settings)
    drain(hall, settings)

    result = hall.result("officer1")
    assert (result.revision, result.reason, result.verdict) == (2, "培训记录补登", Verdict.PASS)
    assert outcomes(hall)["officer1"] == ["superseded", "issued"]
    with hall.database.reading() as db:
        assert db.scalars(select(Certificate.number)).all() == ["5120260001"]
        assert db.scalar(select(func.count()).where(Result.is_current)) == 4

    hall.trains("officer1", "2026年第二期初级班")
    drain(hall, settings)
    assert hall.result("officer1").revision == 2


def test_training_recorded_before_the_release_waits_for_it(hall: Hall, settings):
    hall.scores("officer1", 70, essays=False)
    hall.declare()
    hall.trains("officer1")
    drain(hall, settings)
    assert hall.result("officer1").revision == 1

    hall.release()
    drain(hall, settings)
    assert outcomes(hall)["officer1"] == ["issued"]


def test_training_changes_nothing_for_who_failed(hall: Hall, settings):
    hall.scores("officer1", 20, essays=False)
    hall.declare()
    hall.release()
    hall.trains("officer1")
    drain(hall, settings)

    assert hall.result("officer1").revision == 1


def test_scores_fall_into_the_bin_that_they_reach():
    bins = histogram([0, 9.5, 10, 59.5, 60, 100], 100, 60)

    assert [one.count for one in bins] == [2, 1, 0, 0, 0, 1, 1, 0, 0, 1]
    assert [one.is_passing for one in bins] == [False] * 6 + [True] * 4
    assert ceiling(bins) == 2
    assert ceiling(histogram([50] * 7, 100, 60)) == 10


class PowerFails(Exception):
    """Ends a transaction before its commit."""


def interrupted(hall: Hall, act: Callable[[Session], object]) -> None:
    """Do everything but the commit."""
    with hall.database.transaction() as db:
        act(db)
        db.flush()
        raise PowerFails


def drain(hall: Hall, settings) -> None:
    """Deliver until nothing is left; training makes a further message."""
    for _ in range(2):
        _delivered, failed = outbox.drain(hall.database, handlers(settings), hall.over)
        assert failed == 0


def outcomes(hall: Hall) -> dict[str, list[str]]:
    with hall.database.reading() as db:
        rows = db.scalars(select(ResultStatement).order_by(ResultStatement.revision)).all()
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.name, []).append(str(row.outcome))
    return found
