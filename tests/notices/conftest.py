"""The room of the exams' tests, with mail addresses and a mail server of our own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exams.admin.factories import Room, a_room
from tests.notices.post_office import Office, a_certificate
from tests.support.clock import ManualClock
from tiejun.db import Database


@pytest.fixture
def room(database: Database, clock: ManualClock) -> Room:
    return a_room(database, clock())


@pytest.fixture
def office() -> Iterator[Office]:
    """Return a running mail server without encryption."""
    opened = Office()
    opened.open()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a throw-away certificate of 127.0.0.1 and its key, as PEM files."""
    return a_certificate(tmp_path_factory.mktemp("certificate"))
