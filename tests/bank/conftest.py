"""The bank with the starter items, and an actor."""

import pytest

from question_bank.assembly.blueprint import load_blueprint
from tests.support.clock import ManualClock
from tiejun.audit import Actor
from tiejun.bank.form_service import create_blueprint
from tiejun.bank.laws_service import sync_register
from tiejun.bank.models import Blueprint
from tiejun.bank.service import install_starter
from tiejun.db import Database


@pytest.fixture
def writer() -> Actor:
    return Actor(None, "命题人")


@pytest.fixture
def starter(database: Database, clock: ManualClock, writer: Actor) -> Database:
    """Return a database that holds the register and the starter bank."""
    with database.transaction() as db:
        sync_register(db)
        install_starter(db, writer, clock())
    return database


@pytest.fixture
def blueprint(starter: Database, clock: ManualClock, writer: Actor) -> Blueprint:
    """Return the demo blueprint over the starter bank."""
    with starter.transaction() as db:
        return create_blueprint(db, load_blueprint("demo-primary"), "provincial", writer, clock())
