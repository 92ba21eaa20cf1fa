"""The candidate's pages without a browser: who sees what, at which time, on both databases."""

from datetime import timedelta

import pytest

from tests.exams.engine.factories import HOUR, PASSWORD, a_sitting, a_staff_member, opened
from tests.support.clock import START
from tiejun.exams.invigilation_service import close_attempt
from tiejun.exams.models import Attempt


@pytest.fixture
def world(database):
    return a_sitting(database, candidates=1)


@pytest.fixture
def signed_in(client):
    """Return how to sign in; the form's CSRF token is read from the page."""

    def enter(login):
        page = client.get("/sign-in").text
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        reply = client.post("/sign-in", data={"login": login, "password": PASSWORD, "csrf_token": token})
        assert reply.status_code == 303
        return client

    return enter


def test_somebody_whose_sign_in_ended_reads_that_nothing_is_lost(client, world):
    reply = client.get(f"/sit/{world.sitting}")

    assert reply.status_code == 401
    assert "请重新登录以继续，已写内容都在本机" in reply.text


def test_nobody_else_sees_the_page_of_a_sitting(signed_in, database, world):
    a_staff_member(database, world, "invigilator9")
    client = signed_in("invigilator9")

    assert client.get(f"/sit/{world.sitting}").status_code == 403
    assert client.get(f"/sit/{world.sitting}/state").status_code == 403


@pytest.mark.parametrize(
    ("from_start", "state"),
    [
        (timedelta(minutes=-30, seconds=-1), "upcoming"),
        (timedelta(minutes=-30), "waiting"),
        (timedelta(seconds=-1), "waiting"),
        (timedelta(), "open"),
        (2 * HOUR - timedelta(seconds=1), "open"),
        (2 * HOUR, "ended"),
    ],
)
def test_the_page_follows_the_servers_clock(signed_in, clock, world, from_start, state):
    clock.time = START + from_start
    client = signed_in(world.logins[0])

    assert f'"state": "{state}"' in client.get(f"/sit/{world.sitting}").text
    listed = client.get("/my/exams")
    assert listed.status_code == 200
    assert ("未参加" in listed.text) is (state == "ended")


def test_what_became_of_an_attempt_is_said(signed_in, database, clock, world):
    attempt = opened(database, world, START)
    clock.time = START + timedelta(minutes=10)
    client = signed_in(world.logins[0])
    assert '"state": "in_progress"' in client.get(f"/sit/{world.sitting}").text

    with database.transaction() as db:
        row = db.query(Attempt).one()
        close_attempt(db, row, "测试", world.entry().actor, clock.time)

    page = client.get(f"/sit/{world.sitting}").text
    assert attempt.claims.attempt is not None
    assert "监考结束了考试" in page
    assert client.get(f"/sit/{world.sitting}/state").json["state"] == "closed"


def test_no_key_and_no_paper_is_in_the_page(signed_in, world):
    client = signed_in(world.logins[0])

    page = client.get(f"/sit/{world.sitting}").text

    assert "单选" not in page.replace("单项选择", "")
    # Between quotes or tags, as an id would stand: a random CSRF token may hold the two letters.
    assert not any(
        f"{before}k7{after}" in page for before, after in (('"', '"'), ("'", "'"), (">", "<"), (";", "&"))
    )
