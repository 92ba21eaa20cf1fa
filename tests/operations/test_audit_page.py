"""The audit trail: who may read it, and whose acts they see."""

import ast

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.architecture.sources import python_files
from tests.support.clock import ManualClock
from tests.support.world import World, make_world, sign_in
from tiejun.audit import COMMAND_LINE, record
from tiejun.db import Database
from tiejun.operations.words import ACTION_WORDS


@pytest.fixture
def world(database: Database, clock: ManualClock) -> World:
    with database.transaction() as db:
        record(db, COMMAND_LINE, "roster.imported", ("roster", 1), clock())
        return make_world(db, clock(), officers=1)


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("officer1", 403),
        ("unit_admin", 403),
        ("invigilator", 403),
        ("exam_admin", 403),
        ("auditor", 200),
        ("province_admin", 200),
        ("national_admin", 200),
    ],
)
def test_who_may_read_the_trail(client: FlaskClient, world: World, login: str, status: int) -> None:
    sign_in(client, login)
    assert client.get("/audit").status_code == status


def test_a_neighbour_sees_only_the_acts_of_its_own_people(app: Flask, world: World) -> None:
    for login in ("officer1", "stranger"):
        sign_in(app.test_client(), login)
    stranger, ministry = app.test_client(), app.test_client()
    sign_in(stranger, "stranger")
    sign_in(ministry, "national_admin")
    seen = stranger.get("/audit").get_data(as_text=True)
    assert "officer1" not in seen
    assert "命令行" not in seen
    assert "stranger" in seen
    everything = ministry.get("/audit").get_data(as_text=True)
    assert "officer1" in everything
    assert "命令行" in everything


def test_the_trail_is_searched_by_person_and_action(client: FlaskClient, world: World) -> None:
    sign_in(client, "national_admin")
    found = client.get("/audit?q=命令行&action=roster.imported").get_data(as_text=True)
    assert found.count("<tr>") == 2
    assert "没有符合条件的记录" in client.get("/audit?q=nobody").get_data(as_text=True)


def test_every_act_that_is_recorded_has_its_words() -> None:
    written = {
        call.args[2].value
        for path in python_files()
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("record") and len(call.args) > 3
        if isinstance(call.args[2], ast.Constant)
    }

    assert len(written) > 30
    assert written - ACTION_WORDS.keys() == set()
