"""Scoring by machine on the real demo blueprint."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.exams.results.factories import GRACE, TEXT, Hall, right
from tiejun.errors import Conflict
from tiejun.exams.models import LateDecision, ResponseEvent, Standing
from tiejun.exams.result_models import SlotScore
from tiejun.exams.scoring_service import score_attempt, score_outdated
from tiejun.exams.service import close_expired


def scores(hall: Hall) -> dict[int, tuple[float, float]]:
    with hall.database.reading() as db:
        return {row.slot: (row.points, row.maximum) for row in db.scalars(select(SlotScore))}


def test_all_right_answers_earn_full_objective_points(hall: Hall):
    hall.sits("officer1", {key.slot: right(key) for key in hall.keys})

    assert hall.score() == 1
    found = scores(hall)
    assert sum(points for points, _maximum in found.values()) == 82
    assert all(points == maximum for points, maximum in found.values())
    assert not found.keys() & set(hall.essays)


def test_nothing_answered_earns_nothing_and_leaves_nothing_to_mark(hall: Hall):
    hall.sits("officer1", {})

    hall.score()
    assert {points for points, _maximum in scores(hall).values()} == {0}
    assert len(scores(hall)) == len(hall.keys)
    assert hall.total("officer1") == 0


def test_an_essay_of_blanks_is_zero_by_itself(hall: Hall):
    first, second = hall.essays
    hall.sits("officer1", {first: "  \n ", second: TEXT})

    hall.score()
    assert scores(hall)[first] == (0, 8)
    assert hall.waiting("officer1") == {second: 1}


def test_an_open_attempt_is_not_scored(hall: Hall):
    attempt = hall.sits("officer1", {}, hands_in=False)

    with pytest.raises(Conflict) as refused, hall.database.transaction() as db:
        score_attempt(db, attempt, attempt.deadline - timedelta(seconds=1))
    assert refused.value.code == "attempt_open"


def test_an_expired_attempt_is_scored_after_the_grace_only(hall: Hall):
    attempt = hall.sits("officer1", {}, hands_in=False)
    with hall.database.transaction() as db:
        close_expired(db, attempt.deadline)

    assert hall.score(attempt.deadline + GRACE - timedelta(seconds=1)) == 0
    assert hall.score(attempt.deadline + GRACE) == 1


def test_scoring_twice_changes_nothing(hall: Hall):
    attempt = hall.scores("officer1", 40)
    hall.score()
    before = scores(hall)

    with hall.database.transaction() as db:
        assert score_attempt(db, attempt, hall.over) == Decimal(40)
    assert scores(hall) == before
    assert hall.score() == 0


def test_an_answer_accepted_later_is_scored_anew(hall: Hall):
    key = next(key for key in hall.keys if key.points == 4)
    attempt = hall.sits("officer1", {key.slot: right(key)})
    with hall.database.transaction() as db:
        db.scalars(select(ResponseEvent)).one().standing = Standing.LATE
    assert hall.score() == 0
    with hall.database.transaction() as db:
        assert score_attempt(db, attempt, hall.over) == 0
        db.scalars(select(ResponseEvent)).one().standing = Standing.ACCEPTED
    with hall.database.transaction() as db:
        assert score_attempt(db, attempt, hall.over) == 4
    assert scores(hall)[key.slot] == (4, 4)


def test_declaring_scores_what_is_missing_or_outdated_only(hall: Hall):
    key = next(key for key in hall.keys if key.points == 4)
    attempt = hall.sits("officer1", {key.slot: right(key)})
    hall.scores("officer2", 40, essays=False)

    def outdated() -> int:
        with hall.database.transaction() as db:
            return score_outdated(db, hall.sitting.id, hall.over)

    assert outdated() == 2
    assert outdated() == 0
    with hall.database.transaction() as db:
        wanted = select(ResponseEvent).where(ResponseEvent.attempt_id == attempt.id)
        db.scalars(wanted).one().standing = Standing.ACCEPTED
    assert outdated() == 1


def test_a_mark_given_before_a_late_text_was_accepted_is_withdrawn(hall: Hall):
    attempt = hall.scores("officer1", 20)
    hall.score()
    short, long = hall.essays
    for slot in (short, long):
        hall.mark("marker", "officer1", slot, 3)
    later = hall.over + timedelta(hours=1)
    with hall.database.transaction() as db:
        last = db.scalars(select(ResponseEvent).where(ResponseEvent.slot == short)).one()
        last.value, last.standing = '"更长的作答"', Standing.ACCEPTED
        decision = {"attempt_id": attempt.id, "last_event_id": last.id, "reason": "断网", "decided_at": later}
        for name in ("invigilator", "exam_admin"):
            account_id = hall.world.accounts[name].id
            db.add(LateDecision(account_id=account_id, decided_by=name, accepts=True, **decision))
    with hall.database.transaction() as db:
        score_attempt(db, attempt, later)

    assert hall.waiting("officer1") == {short: 1}
    hall.mark("trainer", "officer1", short, 5, later + timedelta(minutes=1))
    with hall.database.transaction() as db:
        score_attempt(db, attempt, later + timedelta(hours=1))
    assert hall.total("officer1") == 28


def test_a_declared_result_is_not_scored_anew(hall: Hall):
    attempt = hall.scores("officer1", 70, essays=False)
    hall.declare()

    with pytest.raises(Conflict) as refused, hall.database.transaction() as db:
        score_attempt(db, attempt, hall.over)
    assert refused.value.code == "declared"
