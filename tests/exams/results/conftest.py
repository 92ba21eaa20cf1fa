"""The hall in which these tests play."""

import pytest

from tests.exams.results.factories import Hall, a_hall
from tests.support.clock import ManualClock
from tests.support.contents import exam_bank
from tests.support.databases import Content
from tests.support.world import make_world
from tiejun.db import Database


@pytest.fixture
def database_content() -> Content:
    return exam_bank


@pytest.fixture
def hall(database: Database, clock: ManualClock) -> Hall:
    with database.transaction() as db:
        world = make_world(db, clock())
    return a_hall(database, world, clock())
