"""The bank with the starter items, and an actor."""

import json
from datetime import date

import pytest

from question_bank.assembly.blueprint import load_blueprint
from tests.bank.samples import CODE, KINDS, OLD_CODE, TEXTLESS, item, law_file, old_law_json
from tests.support.clock import ManualClock
from tests.support.contents import exam_bank
from tests.support.databases import Content, nothing
from tests.support.world import World, make_world
from tiejun.audit import Actor
from tiejun.bank.form_service import create_blueprint
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.bank.models import Blueprint, ItemPurpose, LawVersion
from tiejun.bank.service import save_item
from tiejun.db import Database


@pytest.fixture
def writer() -> Actor:
    return Actor(None, "命题人")


@pytest.fixture
def database_content(request: pytest.FixtureRequest) -> Content:
    return exam_bank if "starter" in request.fixturenames else nothing


@pytest.fixture
def starter(database: Database) -> Database:
    """Return a database that holds the register and the starter bank."""
    return database


@pytest.fixture
def blueprint(starter: Database, clock: ManualClock, writer: Actor) -> Blueprint:
    """Return the demo blueprint over the starter bank."""
    with starter.transaction() as db:
        return create_blueprint(db, load_blueprint("demo-primary"), "provincial", writer, clock())


@pytest.fixture
def world(database: Database, clock: ManualClock) -> World:
    with database.transaction() as db:
        return make_world(db, clock(), officers=1)


@pytest.fixture
def laws(database: Database, clock: ManualClock, writer: Actor) -> Database:
    """Return a database with one law in force, the version it replaced, and one without text."""
    with database.transaction() as db:
        files = [law_file(articles=3), (f"{OLD_CODE}.json", json.dumps(old_law_json()).encode())]
        import_laws(db, parse_laws(files), writer, clock())
        db.add(
            LawVersion(
                id=TEXTLESS,
                title="只有目录的办法",
                kind="部门规章",
                tier="related",
                effective=date(2020, 1, 1),
                article_count=9,
            )
        )
    return database


@pytest.fixture
def bank(laws: Database, clock: ManualClock, writer: Actor) -> Database:
    """Return a database with the laws above and one exam item of each sample kind, coded by its kind."""
    cited = [{"law": CODE, "article": "2"}]
    with laws.transaction() as db:
        for kind in KINDS:
            made = item(kind.value.replace("_", "-"), kind.value, citations=cited)
            save_item(db, made, ItemPurpose.EXAM, writer, clock())
    return laws
