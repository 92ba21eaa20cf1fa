"""Signing in: passwords, delays, the lock, sessions, the forced change of an initial password."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.clock import ManualClock
from tests.support.world import PASSWORD, World, csrf_token, make_world, sign_in
from tiejun.audit import AuditEvent
from tiejun.db import Database
from tiejun.people import service
from tiejun.people.models import Account
from tiejun.people.rules import SignInState

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def world(database: Database, clock: ManualClock) -> World:
    with database.transaction() as db:
        return make_world(db, clock(), officers=1)


def try_password(client: FlaskClient, login: str, password: str) -> tuple[int, str]:
    token = csrf_token(client, "/sign-in")
    answer = client.post("/sign-in", data={"login": login, "password": password, "csrf_token": token})
    return answer.status_code, answer.get_data(as_text=True)


def test_the_right_password_opens_the_first_page(client: FlaskClient, world: World) -> None:
    assert client.get("/").status_code == 303
    sign_in(client, "officer1")
    assert client.get("/").status_code == 200


def test_a_wrong_password_and_an_unknown_name_get_the_same_words(client: FlaskClient, world: World) -> None:
    known = try_password(client, "officer1", "wrong")
    unknown = try_password(client, "nobody", "wrong")
    assert known[0] == unknown[0] == 422
    assert "登录名或密码不正确" in known[1]
    assert "登录名或密码不正确" in unknown[1]


def test_five_failures_lock_the_account_and_an_invigilator_can_unlock_it(
    client: FlaskClient, world: World, clock: ManualClock, database: Database
) -> None:
    for _ in range(5):
        assert try_password(client, "officer1", "wrong")[0] == 422
        clock.time += timedelta(seconds=10)
    status, page = try_password(client, "officer1", PASSWORD)
    assert status == 429
    assert "锁定" in page
    with database.transaction() as db:
        actor = service.Actor(1, "invigilator")
        service.unlock(db, world.accounts["officer1"].id, actor, clock())
    assert try_password(client, "officer1", PASSWORD)[0] == 303


def test_another_account_behind_the_same_address_is_not_held_up(
    client: FlaskClient, world: World, clock: ManualClock
) -> None:
    for _ in range(5):
        try_password(client, "officer1", "wrong")
        clock.time += timedelta(seconds=10)
    assert try_password(client, "marker", PASSWORD)[0] == 303


@pytest.mark.parametrize(
    ("failures", "seconds_later", "seconds_to_wait"),
    [(0, 0, 0), (1, 0, 1), (1, 1, 0), (2, 1, 1), (3, 0, 4), (4, 0, 8), (4, 8, 0)],
)
def test_the_wait_grows_with_each_failure(failures: int, seconds_later: int, seconds_to_wait: int) -> None:
    state = SignInState(failures, NOON if failures else None, None)
    assert state.wait(NOON + timedelta(seconds=seconds_later)) == timedelta(seconds=seconds_to_wait)


def test_the_lock_ends_by_itself_and_a_new_count_begins() -> None:
    lock = timedelta(minutes=30)
    state = SignInState(4, NOON, None).after_failure(NOON, lock)
    assert state.wait(NOON + lock - timedelta(seconds=1)) == timedelta(seconds=1)
    assert state.wait(NOON + lock) == timedelta()
    assert state.after_failure(NOON + lock, lock).failures == 1


def test_an_initial_password_must_be_changed_before_anything_else(
    client: FlaskClient, world: World, database: Database
) -> None:
    with database.transaction() as db:
        db.get_one(Account, world.accounts["officer1"].id).must_change_password = True
    sign_in(client, "officer1")
    assert client.get("/").headers["Location"].endswith("/password")
    answer = client.post(
        "/password",
        data={
            "old": PASSWORD,
            "new": "Another-good-8",
            "again": "Another-good-8",
            "csrf_token": csrf_token(client, "/password"),
        },
    )
    assert answer.status_code == 303
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("new", "word"),
    [
        ("short-A1", "至少10个字符"),
        ("alllowercase", "至少三类"),
        ("Officer1-2026", "不能包含登录名"),
        (PASSWORD, "最近5次"),
    ],
)
def test_a_weak_or_former_password_is_refused_beside_its_field(
    client: FlaskClient, world: World, new: str, word: str
) -> None:
    sign_in(client, "officer1")
    token = csrf_token(client, "/password")
    answer = client.post("/password", data={"old": PASSWORD, "new": new, "again": new, "csrf_token": token})
    assert answer.status_code == 422
    assert word in answer.get_data(as_text=True)


def test_a_changed_password_signs_out_every_other_browser(
    app: Flask, client: FlaskClient, world: World
) -> None:
    other = app.test_client()
    sign_in(client, "officer1")
    sign_in(other, "officer1")
    token = csrf_token(client, "/password")
    new = {"old": PASSWORD, "new": "Another-good-8", "again": "Another-good-8", "csrf_token": token}
    assert client.post("/password", data=new).status_code == 303
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 303


def test_an_idle_session_ends(client: FlaskClient, world: World, clock: ManualClock) -> None:
    sign_in(client, "officer1")
    clock.time += timedelta(minutes=29)
    assert client.get("/").status_code == 200
    clock.time += timedelta(minutes=30, seconds=1)
    assert client.get("/").status_code == 303


def test_administrators_go_idle_sooner(client: FlaskClient, world: World, clock: ManualClock) -> None:
    sign_in(client, "province_admin")
    clock.time += timedelta(minutes=15, seconds=1)
    assert client.get("/").status_code == 303


def test_sign_out_ends_the_session_on_the_server(client: FlaskClient, world: World) -> None:
    sign_in(client, "officer1")
    cookie = client.get_cookie("tiejun")
    assert cookie is not None
    token = csrf_token(client, "/password")
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 303
    client.set_cookie("tiejun", cookie.value)
    assert client.get("/").status_code == 303


def test_a_sign_in_without_the_forms_token_is_refused(client: FlaskClient, world: World) -> None:
    answer = client.post("/sign-in", data={"login": "officer1", "password": PASSWORD})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "wanted",
    ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "/\r\nX-Header: 1"],
)
def test_signing_in_never_leads_to_another_site(client: FlaskClient, world: World, wanted: str) -> None:
    data = {"login": "officer1", "password": PASSWORD, "csrf_token": csrf_token(client, "/sign-in")}
    answer = client.post("/sign-in", query_string={"next": wanted}, data=data)
    assert answer.headers["Location"] == "/"


def test_every_try_is_in_the_audit_trail_without_the_password(
    client: FlaskClient, world: World, database: Database
) -> None:
    try_password(client, "officer1", "wrong-secret")
    try_password(client, "nobody", "wrong-secret")
    with database.reading() as db:
        events = db.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [event.action for event in events] == ["sign_in.failed", "sign_in.unknown"]
    assert not any("wrong-secret" in str(event.details) + event.actor for event in events)
