"""Cases in a small country: a trainer, reviewers of two provinces, officers, two law versions with texts."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.bank.conftest import laws, writer
from tests.bank.samples import CODE
from tests.support.clock import ManualClock
from tests.support.world import PASSWORD, PASSWORD_HASH, World, make_world, sign_in
from tiejun.access import Persona, Role
from tiejun.audit import Actor
from tiejun.cases import queries, service
from tiejun.cases.draft import Draft
from tiejun.cases.models import CaseMaterial, CaseState, CaseVersion
from tiejun.cases.service import Author, Decision
from tiejun.db import Database
from tiejun.people.models import Account
from tiejun.people.service import AccountSpec, create_account
from tiejun.people.sign_in import Caller, load_persona, open_session
from tiejun.settings import Settings

__all__ = ["laws", "writer"]

BODY = "<h3>经过</h3><p>" + "执法人员逐井上溯，测得数值并当场记录。" * 8 + "</p>"
OTHERS = (
    ("trainer2", Role.TRAINER, "sichuan"),
    ("shaanxi_trainer", Role.TRAINER, "shaanxi"),
    ("shaanxi_officer", Role.OFFICER, "shaanxi"),
    ("county_trainer", Role.TRAINER, "pingchang"),
)


def draft(**other: object) -> Draft:
    """Return fields that may be submitted."""
    values: dict[str, object] = {
        "title": "雨水井里的异味",
        "summary": "暴雨后河道发黑，逐井上溯找到一条支管。",
        "body": BODY,
        "units": ["E2"],
        "citations": [(CODE, "2")],
        "is_anonymous": True,
        "revision": 1,
    }
    return Draft(**(values | other))  # type: ignore[arg-type]


@pytest.fixture
def world(laws: Database, clock: ManualClock) -> World:
    with laws.transaction() as db:
        found = make_world(db, clock(), officers=2)
        for login, role, unit in OTHERS:
            spec = AccountSpec(
                login,
                login,
                PASSWORD,
                found.units[unit].id,
                ((role, found.units[unit].id),),
                must_change_password=False,
            )
            found.accounts[login] = create_account(db, spec, clock(), PASSWORD_HASH)
        return found


class Desk:
    """Does on the database what the pages do, as any person."""

    def __init__(self, database: Database, world: World, settings: Settings, clock: ManualClock) -> None:
        self.database, self.world, self.settings, self.clock = database, world, settings, clock

    def persona(self, login: str) -> Persona:
        with self.database.transaction() as db:
            account = db.get_one(Account, self.world.accounts[login].id)
            sid = open_session(db, account.id, "browser", Caller(None, "test"), self.clock())
            db.flush()
            found = load_persona(db, sid, self.clock(), self.settings)
        assert found is not None
        return found

    def actor(self, login: str) -> Actor:
        return Actor(self.world.accounts[login].id, login)

    def write(self, login: str = "trainer", text: Draft | None = None) -> UUID:
        """Return a draft's id."""
        account = self.world.accounts[login]
        text = text or draft()
        with self.database.transaction() as db:
            author = Author(account.id, login, account.unit_id)
            case = service.create_case(db, text.title, author, self.actor(login), self.clock())
            version = queries.latest(db, case)
            service.save_draft(db, version, text.text("/"), version.revision, self.clock())
            return case.public_id

    def submit(self, public_id: UUID, login: str = "trainer", text: Draft | None = None) -> None:
        with self.database.transaction() as db:
            version = self.latest(db, public_id)
            found = service.submit(db, version, (text or draft()).text("/"), self.actor(login), self.clock())
        assert found == []

    def decide(
        self, public_id: UUID, login: str = "item_reviewer", outcome: CaseState = CaseState.PUBLISHED
    ) -> None:
        decision = Decision(outcome, "请补证据", self.world.accounts[login].id, login)
        with self.database.transaction() as db:
            service.decide(db, self.latest(db, public_id), decision, self.actor(login), self.clock())

    def publish(self, login: str = "trainer", text: Draft | None = None) -> UUID:
        public_id = self.write(login, text)
        self.submit(public_id, login, text)
        self.decide(public_id)
        return public_id

    def latest(self, db: Session, public_id: UUID) -> CaseVersion:
        case = db.query(CaseMaterial).filter_by(public_id=public_id).one()
        return queries.latest(db, case)


@pytest.fixture
def desk(laws: Database, world: World, settings: Settings, clock: ManualClock) -> Desk:
    return Desk(laws, world, settings, clock)


@pytest.fixture
def signed_in(app: Flask, world: World) -> Callable[[str], FlaskClient]:
    """Return a browser of its own for each person."""

    def enter(login: str) -> FlaskClient:
        client = app.test_client()
        sign_in(client, login)
        return client

    return enter


@pytest.fixture
def counted(app: Flask) -> Callable[[Callable[[], object]], int]:
    """Count the statements that an act sends to the database."""

    def count(act: Callable[[], object]) -> int:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        engine = app.extensions["tiejun"].database.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    return count
