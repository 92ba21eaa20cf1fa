"""Every route x persona, taken from the URL map: a route that is added cannot be forgotten here."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.support.clock import ManualClock
from tests.support.world import World, make_world, sign_in
from tiejun.access import ROLE_PERMISSIONS, Permission, Role, permission_of
from tiejun.db import Database

PERSONAS = {
    "officer1": Role.OFFICER,
    "stranger": Role.PROVINCE_ADMIN,
    "marker": Role.MARKER,
    "invigilator": Role.INVIGILATOR,
    "exam_admin": Role.EXAM_ADMIN,
    "unit_admin": Role.UNIT_ADMIN,
    "auditor": Role.AUDITOR,
    "item_writer": Role.ITEM_WRITER,
}
PUBLIC = {
    "static",
    "home.healthz",
    "sign_in.sign_in",
    "sign_in.enter",
    "certificates.verify",
    "certificates.verified",
    "certificates.verify_by_api",
    "api.documentation",
    "api.openapi",
    "api.token",
    # Whoever holds the attempt's own token may save, though the sign-in has ended (api/calls.py asks for it).
    "api.events",
    "api.submit",
    "api.add_file",
    # Says to the candidate whose sign-in has ended that nothing is lost, and nothing else.
    "delivery.sit",
}
NOBODYS = UUID(int=0)
VALUES = {
    "number": "5120260001",
    "code": "A1-001",
    "law_id": "x",
    "other_id": "y",
    "digest": "0" * 64,
    "slot": 1,
    "seat": 1,
    "ending": "gift",
}
ENDS_THE_SESSION = {"sign_in.sign_out"}


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def world(database: Database, clock: ManualClock) -> World:
    with database.transaction() as db:
        return make_world(db, clock())


def routes(app: Flask) -> Iterator[tuple[str, str, str, Permission | None]]:
    """Yield (method, address with ids of nobody, endpoint, permission) of every route."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                if rule.endpoint != "static":
                    yield method, address(app, rule), rule.endpoint, needed(app, rule)


def address(app: Flask, rule: Rule) -> str:
    values = {}
    for name in rule.arguments:
        kind = type(rule._converters[name]).__name__
        values[name] = (
            NOBODYS if kind == "UUIDConverter" else 1 if kind == "IntegerConverter" else VALUES[name]
        )
    return app.url_for(rule.endpoint, _external=False, **values)


def needed(app: Flask, rule: Rule) -> Permission | None:
    return permission_of(app.view_functions[rule.endpoint])


def ask(client: FlaskClient, method: str, path: str, token: str = "") -> int:
    data = {"csrf_token": token} if method != "GET" else None
    return client.open(path, method=method, data=data, headers={"X-CSRFToken": token}).status_code


def token_of(client: FlaskClient) -> str:
    """Return a token against forged requests: what is refused must be refused for want of the permission."""
    page = client.get("/password").get_data(as_text=True)
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def test_the_public_routes_are_these_and_no_others(app: Flask):
    silent = {endpoint for _method, _path, endpoint, permission in routes(app) if permission is None}

    assert silent | {"static"} == PUBLIC


def test_nobody_gets_no_further_than_the_sign_in(app: Flask, client: FlaskClient, world: World):
    token = (
        client.get("/sign-in").get_data(as_text=True).split('name="csrf_token" value="', 1)[1].split('"')[0]
    )
    let_in = {}
    for method, path, endpoint, _permission in routes(app):
        if endpoint in PUBLIC:
            continue
        answer = client.open(path, method=method, headers={"X-CSRFToken": token})
        sent_away = answer.status_code == 303 and answer.location.startswith("/sign-in")
        refused = answer.status_code == 401 and answer.mimetype == "application/problem+json"
        if not (refused if path.startswith("/api/") else sent_away):
            let_in[f"{method} {path}"] = answer.status_code

    assert let_in == {}


def test_what_is_public_says_nothing_and_breaks_on_nothing(app: Flask, client: FlaskClient, world: World):
    token = (
        client.get("/sign-in").get_data(as_text=True).split('name="csrf_token" value="', 1)[1].split('"')[0]
    )
    public = [(m, path) for m, path, endpoint, _permission in routes(app) if endpoint in PUBLIC]

    broken = {f"{m} {path}": code for m, path in public if (code := ask(client, m, path, token)) >= 500}

    assert broken == {}


@pytest.mark.parametrize("login", PERSONAS)
def test_who_lacks_the_permission_is_refused(app: Flask, client: FlaskClient, world: World, login: str):
    """403 without the permission; with it anything but 403 by role, or an error of the server.

    The ids in the addresses are nobody's, so that who has the permission finds nothing (404), or only
    lists and empty forms.
    """
    granted = ROLE_PERMISSIONS[PERSONAS[login]]
    sign_in(client, login)
    token = token_of(client)
    wrong = {}
    for method, path, endpoint, permission in routes(app):
        if permission is None or endpoint in ENDS_THE_SESSION:
            continue
        status = ask(client, method, path, token)
        if status >= 500 or (status == 403) != (permission not in granted):
            wrong[f"{method} {path}"] = (status, str(permission))

    assert wrong == {}
