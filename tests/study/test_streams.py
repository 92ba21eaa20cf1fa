"""Minutes are credited by the server's clock, whatever a page says."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.study.learner import ARTICLE, VIDEO, Page, page_of
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.db import Database
from tiejun.settings import Settings
from tiejun.study.models import HourEntry, LedgerIsAppendOnly, StudyProgress, StudySignal, StudyStream
from tiejun.study.streams import close_stale

Learn = Callable[..., Page]


def after(clock: ManualClock, seconds: float) -> None:
    clock.time += timedelta(seconds=seconds)


def booked(database: Database) -> list[int]:
    with database.reading() as db:
        return list(db.scalars(select(HourEntry.seconds).order_by(HourEntry.id)))


def test_time_in_front_of_an_article_is_credited_and_booked_once(
    learn: Learn, clock: ManualClock, database: Database
):
    page = learn()
    for _ in range(4):
        after(clock, 15)
        assert page.beat() == 200
    assert (page.body["credited"], page.body["state"]) == (60, "counting")
    assert booked(database) == []

    assert page.leave() == 200
    assert page.leave() == 200

    assert booked(database) == [60]


def test_a_replayed_beat_is_refused_and_credits_nothing(learn: Learn, clock: ManualClock):
    page = learn()
    after(clock, 15)
    nonce = page.nonce
    assert page.beat() == 200
    after(clock, 15)
    page.nonce, fresh = nonce, page.nonce

    assert page.beat() == 409
    assert page.body["code"] == "reopen"

    page.nonce = fresh
    assert page.beat() == 200
    assert page.body["credited"] == 30


def test_a_second_device_ends_the_first_which_is_told_so(
    learn: Learn, clock: ManualClock, database: Database
):
    first = learn()
    after(clock, 15)
    assert first.beat() == 200
    second = learn(VIDEO)
    after(clock, 15)

    assert first.beat() == 409
    assert first.body["code"] == "elsewhere"
    assert "另一个页面或设备" in first.body["detail"]
    assert second.beat(position=15) == 200
    assert second.body["credited"] == 15
    assert booked(database) == [15]


@pytest.mark.parametrize(("idle", "credited"), [(179.9, 15), (180, 0)])
def test_idle_time_is_not_credited(learn: Learn, clock: ManualClock, idle: float, credited: int):
    page = learn()
    after(clock, 15)

    page.beat(idle=idle)

    assert page.body["credited"] == credited


def test_a_hidden_page_is_credited_nothing_even_when_it_comes_back(learn: Learn, clock: ManualClock):
    page = learn()
    after(clock, 15)
    page.beat(visible=False)
    assert (page.body["credited"], page.body["state"]) == (0, "hidden")
    after(clock, 10)
    page.beat()

    assert page.body["credited"] == 10


@pytest.mark.parametrize(("gap", "credited"), [(30, 30), (30.9, 30), (1500, 30)])
def test_a_gap_between_two_beats_brings_two_intervals_at_most(
    learn: Learn, clock: ManualClock, gap: float, credited: int
):
    page = learn()
    after(clock, gap)

    page.beat()

    assert page.body["credited"] == credited


def test_fractions_of_seconds_are_not_lost(learn: Learn, clock: ManualClock):
    page = learn()
    for _ in range(10):
        after(clock, 15.5)
        page.beat()

    assert page.body["credited"] == 155


def test_never_more_than_the_length_in_a_year_and_again_in_the_next(
    learn: Learn, clock: ManualClock, database: Database
):
    page = learn()
    for _ in range(45):
        after(clock, 15)
        page.beat()
    assert (page.body["credited"], page.body["state"], page.body["complete"]) == (600, "full", True)
    page.leave()
    again = learn()
    after(clock, 15)
    again.beat()
    assert again.body["credited"] == 600
    clock.time = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in Beijing

    next_year = learn()
    after(clock, 15)
    next_year.beat()

    assert next_year.body["credited"] == 15
    assert booked(database) == [600]


def test_a_video_counts_only_what_is_played_for_the_first_time(learn: Learn, clock: ManualClock):
    page = learn(VIDEO)
    after(clock, 15)
    page.beat(position=15)
    assert page.body["credited"] == 15
    after(clock, 15)
    page.beat(position=15)
    assert (page.body["credited"], page.body["state"]) == (15, "paused")
    after(clock, 15)
    page.beat(position=10)
    assert page.body["credited"] == 15
    after(clock, 15)
    page.beat(position=20)
    assert page.body["credited"] == 20


@pytest.mark.parametrize(("ahead", "state"), [(5, "counting"), (5.5, "ahead")])
def test_the_first_viewing_cannot_skip_ahead(learn: Learn, clock: ManualClock, ahead: float, state: str):
    page = learn(VIDEO)
    after(clock, 15)

    page.beat(position=15 + ahead)

    assert page.body["state"] == state
    assert page.body["credited"] == page.body["position"] == (15 if state == "counting" else 0)


def test_a_video_that_plays_on_time_is_never_called_skipped(learn: Learn, clock: ManualClock):
    page = learn(VIDEO)
    for beat in range(1, 20):
        after(clock, 15.4)
        page.beat(position=15.4 * beat)
        assert page.body["state"] in ("counting", "full")

    assert page.body["credited"] >= 290


def test_a_stream_that_fell_silent_is_booked_by_the_sweep_and_the_page_opens_anew(
    learn: Learn, clock: ManualClock, database: Database
):
    page = learn()
    after(clock, 15)
    page.beat()
    after(clock, 300)
    with database.transaction() as db:
        assert close_stale(db, clock()) == 0
    after(clock, 1)
    with database.transaction() as db:
        assert close_stale(db, clock()) == 1
        assert close_stale(db, clock()) == 0

    assert booked(database) == [15]
    assert page.beat() == 409
    assert page.body["code"] == "reopen"


def test_a_stream_ends_with_its_day_in_beijing(learn: Learn, clock: ManualClock):
    clock.time = datetime(2026, 11, 20, 15, 59, 50, tzinfo=UTC)
    page = learn()
    after(clock, 15)

    assert page.beat() == 409
    assert page.body["code"] == "reopen"
    assert page.open() == 200


def test_a_token_of_somebody_else_or_an_altered_one_opens_nothing(
    learn: Learn, client, world: World, settings: Settings
):
    page = learn()
    sign_in(client, "officer2")
    other = page_of(client, world.people["officer2"].id, ARTICLE, settings)
    other.token = page.token
    assert other.open() == 422
    other.token = page.token[:-2] + "xx"
    assert other.open() == 422
    other.stream, other.nonce = page.stream, page.nonce
    assert other.beat() == 404


def test_equal_intervals_are_noted_for_a_person_and_change_no_credit(
    learn: Learn, clock: ManualClock, database: Database
):
    page = learn()
    for _ in range(8):
        with database.reading() as db:
            assert db.scalar(select(func.count(StudySignal.id))) == 0
        after(clock, 15)
        page.beat()

    with database.reading() as db:
        assert db.scalars(select(StudySignal.kind)).all() == ["equal_intervals"]
    assert page.body["credited"] == 120


def test_a_row_of_the_ledger_cannot_be_changed_or_deleted(
    learn: Learn, clock: ManualClock, database: Database
):
    page = learn()
    after(clock, 15)
    page.beat()
    page.leave()
    with pytest.raises(LedgerIsAppendOnly), database.transaction() as db:
        db.scalars(select(HourEntry)).one().seconds = 9999
    with pytest.raises(LedgerIsAppendOnly), database.transaction() as db:
        db.delete(db.scalars(select(HourEntry)).one())

    assert booked(database) == [15]


def test_what_was_credited_is_in_the_stream_before_the_ledger(
    learn: Learn, clock: ManualClock, database: Database
):
    page = learn()
    after(clock, 15)
    page.beat()

    with database.reading() as db:
        assert db.scalar(select(StudyStream.credited)) == db.scalar(select(StudyProgress.credited)) == 15
