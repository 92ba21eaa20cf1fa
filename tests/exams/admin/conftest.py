"""The room in which the administrator's tests play."""

import pytest

from tests.exams.admin.factories import Room, a_room
from tests.support.clock import ManualClock
from tiejun.db import Database


@pytest.fixture
def room(database: Database, clock: ManualClock) -> Room:
    return a_room(database, clock())
