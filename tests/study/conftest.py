"""The small country with a learner at a page."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.study.learner import ARTICLE, Page, page_of
from tests.support.clock import ManualClock
from tests.support.world import World, make_world, sign_in
from tiejun.db import Database
from tiejun.settings import Settings
from tiejun.study.sources import Source


@pytest.fixture
def world(database: Database, clock: ManualClock) -> World:
    with database.transaction() as db:
        return make_world(db, clock())


@pytest.fixture
def learn(app: Flask, world: World, settings: Settings) -> Callable[..., Page]:
    """Return a function that opens a page of a source for an officer, on a device of its own."""

    def opened(source: Source = ARTICLE, login: str = "officer1") -> Page:
        client = app.test_client()
        sign_in(client, login)
        return page_of(client, world.people[login].id, source, settings)

    return opened
