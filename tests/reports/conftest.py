"""The country whose dashboards these tests look at."""

import pytest

from tests.reports.factories import Country, a_country
from tests.support.clock import ManualClock
from tiejun.db import Database
from tiejun.settings import Settings


@pytest.fixture
def country(database: Database, settings: Settings, clock: ManualClock) -> Country:
    return a_country(database, settings, clock)
