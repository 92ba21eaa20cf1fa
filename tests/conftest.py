"""Fixtures for every test: both databases, the clock, the application, a served one, a browser.

`database` runs a test twice, on SQLite and on PostgreSQL; whatever is built on it (`settings`, `app`,
`client`) does too. A test for one engine carries
`@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)`.
"""

import copy
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Page

from scripts.compile_catalogues import compile_stale
from tests.support import tools
from tests.support.browser import Contexts, running_chromium
from tests.support.clock import ManualClock
from tests.support.compiled import share_compiled
from tests.support.databases import ENGINES, Content, PostgresDatabases, SqliteDatabases, nothing
from tests.support.postgres import Cluster, running_cluster
from tests.support.server import Server
from tiejun.app import create_app, flask_config
from tiejun.db import Database
from tiejun.installation import Core
from tiejun.settings import Settings

SECRET_KEY = "a key for the tests, longer than thirty-two characters"
DATA_KEY = "another key for the tests, longer than thirty-two characters"


def pytest_configure() -> None:
    """Speak the catalogues as they stand; let a property test take the time that a busy machine needs."""
    compile_stale()
    share_compiled()
    hypothesis.settings.register_profile("tiejun", deadline=None)
    hypothesis.settings.load_profile("tiejun")


def pytest_collection_finish() -> None:
    """Spare the collector what lives as long as the run: walking it again and again takes a sixth of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker could not run to the process that writes the closing lines."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["not_run"] = dict(tools.not_run)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker could not run."""
    tools.not_run.update(getattr(node, "workeroutput", {}).get("not_run", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name at the end what this machine could not run."""
    for what, reason in sorted(tools.not_run.items()):
        terminalreporter.write_line(f"NOT RUN here: {what} ({reason})", yellow=True)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    binaries = tools.postgres_bin()
    if binaries is None:
        tools.missing("tests on PostgreSQL", "no initdb and pg_ctl on this machine")
    with running_cluster(binaries) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_databases(postgres_cluster: Cluster) -> PostgresDatabases:
    return PostgresDatabases(postgres_cluster)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Return the kind of database that this run of the test uses."""
    kind: str = request.param
    return kind


@pytest.fixture
def database_content() -> Content:
    """Return what the database of this test holds from the beginning; a folder's conftest may say more."""
    return nothing


@pytest.fixture
def database_url(
    engine: str, database_content: Content, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """Return the address of a migrated database of this test's own."""
    if engine == "sqlite":
        copies: SqliteDatabases = request.getfixturevalue("sqlite_databases")
        yield copies.copy_to(tmp_path / "data" / "tiejun.db", database_content)
        return
    made: PostgresDatabases = request.getfixturevalue("postgres_databases")
    with made.fresh(database_content) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Return a migrated database, empty but for its content; the test's `app` works on it too."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Return the settings of this test; a test that needs others replaces single values."""
    data_dir = tmp_path / "data"
    data_dir.mkdir(exist_ok=True)
    return plain_settings(database_url, data_dir)


def plain_settings(database_url: str, data_dir: Path) -> Settings:
    """Return settings for tests, without a worker."""
    return Settings(
        mode="test",
        data_dir=data_dir,
        database_url=database_url,
        secret_key=SECRET_KEY,
        data_key=DATA_KEY,
        worker_seconds=0,
    )


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Return a store of compiled templates: compiling them anew for each test's application is slow."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory, compiled_templates: FileSystemBytecodeCache) -> Flask:
    """Return an application that nobody asks anything: the pattern for those of the tests."""
    folder = tmp_path_factory.mktemp("pattern")
    made = create_app(plain_settings(f"sqlite:///{folder / 'none.db'}", folder), ManualClock())
    made.jinja_env.bytecode_cache = compiled_templates
    made.config["TESTING"] = True
    return made


@pytest.fixture
def app(built_app: Flask, settings: Settings, clock: ManualClock) -> Iterator[Flask]:
    """Return the application on this test's database and clock; CSRF protection is on.

    It shares routes and templates with the pattern: making them takes longer than most tests. A test that
    changes those makes an application with `create_app`.
    """
    made = copy.copy(built_app)
    made.config = copy.copy(built_app.config)
    made.config.update(flask_config(settings))
    made.extensions = {
        **built_app.extensions,
        "tiejun": Core(settings, clock, Database(settings.sqlalchemy_url)),
    }
    yield made
    made.extensions["tiejun"].database.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser without JavaScript, not signed in."""
    return app.test_client()


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Return the folder of real laws and item banks, which is not part of the repository."""
    folder = tools.real_data()
    if folder is None:
        tools.missing("tests on real data", "TIEJUN_TEST_DATA names no folder", may_be_absent=True)
    return folder


@pytest.fixture
def idle_server(
    sqlite_databases: SqliteDatabases, database_content: Content, tmp_path: Path
) -> Iterator[Server]:
    """Return gunicorn, not yet started, on a migrated SQLite file; `demo` mode, so its clock moves."""
    data_dir = tmp_path / "served"
    url = sqlite_databases.copy_to(data_dir / "tiejun.db", database_content)
    server = Server(tmp_path, served_settings(data_dir), url)
    yield server
    server.stop()


@pytest.fixture
def live_server(idle_server: Server) -> Server:
    """Serve the application with gunicorn on a migrated SQLite file.

    The test may fill `live_server.database_url` before or while it asks; the server reads the same file.
    """
    idle_server.start()
    return idle_server


def served_settings(data_dir: Path) -> dict[str, str]:
    """Return the environment of a served application that keeps its data in `data_dir`."""
    return {
        "TIEJUN_MODE": "demo",
        "TIEJUN_DATA_DIR": str(data_dir),
        "TIEJUN_SECRET_KEY": SECRET_KEY,
        "TIEJUN_DATA_KEY": DATA_KEY,
        "TIEJUN_WORKER_SECONDS": "0.2",
    }


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = tools.chromium()
    if executable is None:
        tools.missing("journeys in Chromium", "no Chromium; TIEJUN_CHROMIUM may name one")
    with running_chromium(executable) as browser:
        yield browser


@pytest.fixture
def contexts(chromium: Browser) -> Iterator[Contexts]:
    """Open browser contexts, one a person; fails when a page asks another machine or breaks its policy."""
    opened = Contexts(chromium)
    yield opened
    opened.close()
    assert opened.strayed == [], "a page asked another machine"
    assert opened.refused == [], "a page holds something inline that its policy stops"


@pytest.fixture
def page(contexts: Contexts) -> Page:
    """Return an empty tab at the desktop's size."""
    return contexts.new().new_page()
