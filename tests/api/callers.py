"""Callers of the API: by bearer token, by session cookie, by attempt token."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.clock import START
from tiejun.db import Database
from tiejun.people.models import Account
from tiejun.people.sign_in import Caller, open_session

API = "/api/v1"
DEVICE = "device-one"
START_MS = int(START.timestamp() * 1000)


def a_session(database: Database, login: str, now: datetime, kind: str = "browser") -> str:
    """Open a session for an account and return its id."""
    with database.transaction() as db:
        account = db.scalars(select(Account.id).where(Account.login == login)).one()
        return open_session(db, account, kind, Caller(None, None), now)


def bearer(database: Database, login: str, now: datetime = START) -> dict[str, str]:
    """Return the header of an API client that is signed in."""
    return {"Authorization": f"Bearer {a_session(database, login, now, 'api')}"}


def sign_in(app: Flask, client: FlaskClient, database: Database, login: str, now: datetime = START) -> str:
    """Sign a browser in and return the CSRF token of its pages."""
    with client.session_transaction() as kept:
        kept["_user_id"] = a_session(database, login, now)
        kept["_fresh"] = True
        kept["csrf_token"] = "0123456789abcdef"
    return URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps("0123456789abcdef")


def answer(seq: int, slot: int = 1, value: object = "k7", at_ms: float = START_MS) -> dict[str, Any]:
    """Return one answer as it stands in a batch."""
    return {"seq": seq, "slot": slot, "value": value, "at_ms": at_ms}


@dataclass
class Desk:
    """One device on which an attempt is open."""

    client: FlaskClient
    opened: dict[str, Any]

    @property
    def token(self) -> dict[str, str]:
        return {"Authorization": f"Attempt {self.opened['token']}"}

    def save(self, *events: dict[str, Any], **more: Any) -> TestResponse:
        """Send a batch of answers."""
        highest = max((event["seq"] for event in events), default=0)
        sent = {"lease": self.opened["lease"], "queued": highest, "events": list(events), **more}
        address = f"{API}/attempts/{self.opened['attempt']}/events"
        return self.client.put(address, json=sent, headers=self.token)

    def submit(self, last_seq: int) -> TestResponse:
        """Hand in."""
        address = f"{API}/attempts/{self.opened['attempt']}/submit"
        sent = {"lease": self.opened["lease"], "last_seq": last_seq}
        return self.client.post(address, json=sent, headers=self.token)


def open_desk(client: FlaskClient, sitting: object, headers: dict[str, str], **more: Any) -> Desk:
    """Open an attempt by a bearer token."""
    reply = client.post(f"{API}/sittings/{sitting}/attempt", json={"device": DEVICE, **more}, headers=headers)
    assert reply.status_code == 200, reply.text
    return Desk(client, reply.get_json())


def code_of(reply: TestResponse) -> tuple[int, str]:
    """Return status and code of a problem document."""
    assert reply.mimetype == "application/problem+json", reply.text
    return reply.status_code, reply.get_json()["code"]
