"""Full disks and locked databases: 503 with a time to come back, nothing half-written, never a false yes."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text

from tests.api.callers import answer, bearer, code_of, open_desk
from tests.exams.engine.factories import a_sitting, opened
from tests.support.clock import START
from tiejun.exams.models import ResponseEvent
from tiejun.exams.tokens import issue

ROOT = Path(__file__).resolve().parents[2]
ESSAY = "论" * 20_000
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def desk(app, client, database):
    impatient(app.extensions["tiejun"].database)
    world = a_sitting(database, allows_api=True)
    return open_desk(client, world.sitting, bearer(database, world.logins[0]))


def impatient(database):
    """Make the application give up on a lock after a twentieth of a second."""
    statement = "PRAGMA busy_timeout=50" if database.is_sqlite else "SET lock_timeout='50ms'"

    def hurry(connection, _record):
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        if not database.is_sqlite:
            connection.commit()

    event.listen(database.engine, "connect", hurry)
    database.engine.dispose()


@contextlib.contextmanager
def locked_by_somebody_else(database):
    with database.engine.connect() as connection, connection.begin():
        if not database.is_sqlite:
            connection.execute(text("LOCK TABLE response_event, lease IN ACCESS EXCLUSIVE MODE"))
        yield


def stored(database):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(ResponseEvent))


def test_a_locked_database_answers_503_and_the_answer_is_saved_on_the_second_try(database, desk):
    with locked_by_somebody_else(database):
        refused = desk.save(answer(1), answer(2, 3, True))
    assert code_of(refused) == (503, "storage_unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert stored(database) == 0

    assert desk.save(answer(1), answer(2, 3, True)).get_json()["stored"] == [1, 2]
    assert stored(database) == 2


@SQLITE
def test_a_full_database_answers_503_and_keeps_what_it_had(app, database, desk):
    desk.save(answer(1))
    with app.extensions["tiejun"].database.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
    limit(app, f"PRAGMA max_page_count={pages}")

    refused = desk.save(*(answer(seq, 5, ESSAY) for seq in (2, 3)))

    assert code_of(refused) == (503, "storage_unavailable")
    assert stored(database) == 1
    limit(app, "PRAGMA max_page_count=1000000")
    assert desk.save(*(answer(seq, 5, ESSAY) for seq in (2, 3))).get_json()["acked_seq"] == 3


def limit(app, pragma):
    engine = app.extensions["tiejun"].database.engine
    event.listen(engine, "connect", lambda connection, _record: connection.execute(pragma))
    engine.dispose()


FILL_THE_DISK = """
import json, resource, sys
from tiejun.app import create_app
from tiejun.settings import Settings
from tests.support.clock import ManualClock
from pathlib import Path

given = json.loads(sys.argv[1])
folder = Path(given["folder"])
made = create_app(
    Settings(mode="test", data_dir=folder, database_url=given["url"], secret_key=given["key"]),
    ManualClock(),
)
client = made.test_client()

def save(seq):
    event = {"seq": seq, "slot": 5, "value": chr(0x8bba) * 20_000, "at_ms": 0}
    sent = {"lease": given["lease"], "queued": seq, "events": [event]}
    return client.put(given["address"], json=sent, headers={"Authorization": "Attempt " + given["token"]})

first = save(1)
largest = max(path.stat().st_size for path in folder.iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 20_000, resource.RLIM_INFINITY))
statuses = [save(seq).status_code for seq in range(2, 40)]
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
refused = statuses.index(503) + 2
again = save(refused)
print(json.dumps({"first": first.status_code, "statuses": statuses, "again": again.get_json()["stored"]}))
"""


@SQLITE
def test_a_full_disk_answers_503_loses_nothing_and_goes_on_once_there_is_room(database, settings):
    world = a_sitting(database)
    attempt = opened(database, world, START)
    database.dispose()
    given = {
        "folder": str(settings.data_dir),
        "url": settings.database_url,
        "key": settings.secret_key,
        "lease": str(attempt.claims.lease),
        "token": issue(attempt.claims, settings.secret_key),
        "address": f"/api/v1/attempts/{attempt.claims.attempt}/events",
    }

    run = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, json.dumps(given)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)
    assert seen["first"] == 200
    assert set(seen["statuses"]) <= {200, 503}
    assert 503 in seen["statuses"]
    assert len(seen["again"]) == 1
    assert stored(database) == 1 + seen["statuses"].count(200) + 1
    with database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
