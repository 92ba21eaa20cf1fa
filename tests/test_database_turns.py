"""Writers on SQLite take turns: one that writes without pause does not keep the others out."""

import threading

import pytest
from sqlalchemy import text

from tiejun.db import Database

ROUNDS = 10
MOST_BETWEEN = 50  # without turns hundreds; a scheduler may let a few pass first


@pytest.fixture
def engine() -> str:
    return "sqlite"


def test_a_request_gets_its_turn_beside_a_thread_that_writes_without_pause(database: Database) -> None:
    written, stop = [0], threading.Event()

    def write_without_pause() -> None:
        while not stop.is_set():
            with database.transaction() as db:
                db.execute(text("DELETE FROM audit_event"))
            written[0] += 1

    busy = threading.Thread(target=write_without_pause)
    busy.start()
    between = []
    try:
        for _ in range(ROUNDS):
            before = written[0]
            with database.transaction() as db:
                db.execute(text("DELETE FROM audit_event"))
            between.append(written[0] - before)
    finally:
        stop.set()
        busy.join()
    assert max(between) <= MOST_BETWEEN, between
