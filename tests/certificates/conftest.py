"""A small administration with one account of each kind that meets certificates, and results to deliver."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.certificates.results import payload_for
from tests.support.clock import ManualClock
from tiejun import outbox
from tiejun.access import Role
from tiejun.app import create_app, handlers
from tiejun.db import Database
from tiejun.people.models import Account, Person, Post, Posting, RoleGrant, Unit, UnitKind
from tiejun.people.sign_in import Caller, open_session
from tiejun.settings import Settings

ROOT, SICHUAN, BAZHONG, NANJIANG, DAZHOU = "/1/", "/1/2/", "/1/2/3/", "/1/2/3/4/", "/1/2/5/"
UNITS = (
    (1, "生态环境部", UnitKind.MINISTRY, None, ROOT, None),
    (2, "四川省", UnitKind.PROVINCE, 1, SICHUAN, "51"),
    (3, "巴中市生态环境局", UnitKind.PREFECTURE, 2, BAZHONG, "51"),
    (4, "南江生态环境保护综合行政执法大队", UnitKind.AGENCY, 3, NANJIANG, "51"),
    (5, "达州市生态环境局", UnitKind.PREFECTURE, 2, DAZHOU, "51"),
)
OFFICERS = (("officer", "王建国", 4), ("colleague", "李敏", 4), ("stranger", "赵静", 5))
STAFF = (
    ("unit admin", Role.UNIT_ADMIN, 3),
    ("other unit admin", Role.UNIT_ADMIN, 5),
    ("exam admin", Role.EXAM_ADMIN, 2),
    ("province admin", Role.PROVINCE_ADMIN, 2),
    ("auditor", Role.AUDITOR, 2),
    ("item writer", Role.ITEM_WRITER, 2),
    ("invigilator", Role.INVIGILATOR, 2),
)


@dataclass
class House:
    """The application with its people; results go in by `deliver`, people come in by `client`."""

    app: Flask
    settings: Settings
    database: Database
    clock: ManualClock
    persons: dict[str, Person]
    others: list[Flask] = field(default_factory=list)

    def deliver(self, *payloads, settings=None):
        """Send results through the outbox; return (delivered, failed)."""
        with self.database.transaction() as db:
            for payload in payloads:
                key = f"{payload['attempt']}:{payload['revision']}"
                outbox.emit(db, "exam.result", key, payload, self.clock())
        return outbox.drain(self.database, handlers(settings or self.settings), self.clock())

    def result(self, who="officer", **change):
        """Return a passing, trained result of a persona."""
        return payload_for(self.persons[who], **change)

    def client(self, who) -> FlaskClient:
        """Return a browser in which a persona is signed in, or nobody."""
        client = self.app.test_client()
        if who == "nobody":
            return client
        with self.database.transaction() as db:
            account = db.query(Account).filter_by(login=who).one()
            sid = open_session(db, account.id, "browser", Caller("127.0.0.1", "test"), self.clock())
        with client.session_transaction() as session:
            session["_user_id"] = sid
        return client

    def with_settings(self, **change) -> "House":
        """Return the same house under other settings."""
        settings = replace(self.settings, **change)
        self.others.append(create_app(settings, self.clock))
        return replace(self, settings=settings, app=self.others[-1])


@pytest.fixture
def house(app, settings, database, clock) -> Iterator[House]:
    with database.transaction() as db:
        for unit_id, name, kind, parent, path, code in UNITS:
            db.add(
                Unit(
                    id=unit_id,
                    code=f"U{unit_id}",
                    name=name,
                    kind=kind,
                    parent_id=parent,
                    path=path,
                    province_code=code,
                )
            )
            db.flush()
        persons = {login: _officer(db, login, name, unit, clock()) for login, name, unit in OFFICERS}
        for login, role, unit in STAFF:
            db.add(_account(login, login, unit, clock()))
            db.flush()
            _grant(db, login, role, unit)
    house = House(app, settings, database, clock, persons)
    yield house
    for other in house.others:
        other.extensions["tiejun"].database.dispose()


def _officer(db, login, name, unit, now):
    person = Person(name=name, id_number_masked="510***********0427", created_at=now, updated_at=now)
    db.add(person)
    db.flush()
    db.add(Posting(person_id=person.id, unit_id=unit, post=Post.STAFF, effective_from=date(2020, 1, 1)))
    account = _account(login, name, unit, now)
    account.person_id = person.id
    db.add(account)
    db.flush()
    _grant(db, login, Role.OFFICER, unit)
    return person


def _account(login, name, unit, now):
    return Account(
        login=login,
        display_name=name,
        unit_id=unit,
        password_hash="",
        must_change_password=False,
        password_changed_at=now,
        created_at=now,
    )


def _grant(db, login, role, unit):
    account = db.query(Account).filter_by(login=login).one()
    db.add(RoleGrant(account_id=account.id, role=role, unit_id=unit))
