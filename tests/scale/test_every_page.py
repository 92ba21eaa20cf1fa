"""A page asks the database as often with many people as with few: a query for each row is found here."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.journeys.demo_town import LOGINS, PASSWORD, demo_settings
from tests.support.crowd import grow
from tests.support.crowd_rows import Crowd
from tests.support.walk import Visit, Walker
from tests.support.world import sign_in
from tiejun.app import create_app
from tiejun.installation import Core
from tiejun.settings import Settings

FEW, MANY = Crowd(officers=60, items=30), Crowd(officers=600, items=300)
# Downloads of the whole bank: what belongs to the items is read for 500 of them at a time.
IN_CHUNKS = frozenset({"bank.export", "bank.export_sheet"})


@contextmanager
def town(laid_demo: Path, data_dir: Path, crowd: Crowd) -> Iterator[Flask]:
    """Lay the demo in a folder and let the crowd in."""
    shutil.copytree(laid_demo, data_dir)
    settings = replace(Settings.from_env(demo_settings(data_dir)), worker_seconds=0)
    app = create_app(settings)
    core: Core = app.extensions["tiejun"]
    with core.database.transaction() as db:
        grow(db, crowd, core.clock())
    yield app
    core.database.dispose()


@pytest.fixture(scope="module")
def before(laid_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Visit]]:
    """Return what each person's pages need with few people, a few of everything."""
    with town(laid_demo, tmp_path_factory.mktemp("few") / "data", FEW) as app:
        return {login: walker(app, login).walk() for login in LOGINS}


@pytest.fixture(scope="module")
def grown(laid_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return the same town with many people in it."""
    with town(laid_demo, tmp_path_factory.mktemp("many") / "data", MANY) as app:
        yield app


def walker(app: Flask, login: str) -> Walker:
    client = app.test_client()
    sign_in(client, login, PASSWORD)
    return Walker(app, client)


@pytest.mark.parametrize("login", LOGINS)
def test_the_number_of_queries_does_not_grow_with_the_people(before, grown, login):
    asked = walker(grown, login)
    asked.visit("/", "home.today")  # notes the session as used, which the first page of a minute does

    again = {visit.path: asked.visit(visit.path, visit.endpoint) for visit in before[login]}

    assert [path for path, visit in again.items() if visit.status >= 400] == []
    assert {
        visit.path: f"{visit.queries} queries, then {again[visit.path].queries}"
        for visit in before[login]
        if again[visit.path].queries > visit.queries and visit.endpoint not in IN_CHUNKS
    } == {}
