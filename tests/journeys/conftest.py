"""Fixtures of the journeys."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import served_settings
from tests.journeys.demo_town import lay_demo
from tests.journeys.exam_room import ExamRoom, Plan
from tests.support.databases import SqliteDatabases
from tests.support.server import Server

OpenRoom = Callable[..., ExamRoom]


@pytest.fixture(scope="session")
def exam_server(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Serve the application once for all exam journeys; each has a sitting and people of its own."""
    folder = tmp_path_factory.mktemp("exam")
    url = sqlite_databases.copy_to(folder / "served" / "tiejun.db")
    server = Server(folder, served_settings(folder / "served"), url)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def exam_room(exam_server: Server) -> Iterator[OpenRoom]:
    """Open an exam room on the served application; the plan says when its sitting is."""
    rooms: list[ExamRoom] = []

    def open_room(plan: Plan | None = None, paper: dict[str, Any] | None = None) -> ExamRoom:
        rooms.append(ExamRoom(exam_server, plan, paper))
        return rooms[-1]

    yield open_room
    for room in rooms:
        room.close()


@pytest.fixture(scope="session")
def laid_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the demo once; a test serves a copy of this folder."""
    folder = tmp_path_factory.mktemp("demo") / "laid"
    lay_demo(folder)
    return folder
