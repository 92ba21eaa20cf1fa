"""An installation of its own for the rehearsal: data folder, settings, commands, server, clock, log."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.server import ROOT, Server
from tiejun.clock import ShiftedClock
from tiejun.db import Database
from tiejun.settings import Settings

COMMAND_SECONDS = 300
FAULTS = re.compile(r"Traceback \(most recent call last\)| ERROR tiejun")


class Failed(Exception):
    """A command ended otherwise than it should have; the message carries what it said."""


class Served(Server):
    """`tiejun serve` in a process of its own."""

    def start(self) -> None:
        """Start, and return when the server answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*_program(), "serve", "--port", str(self.port)],
                env=_environment({**self.environment, "TIEJUN_BASE_URL": self.url}),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a group of its own, which `stop` ends
            )
        self.wait_until_ready()


@dataclass
class Installation:
    """Everything of one installation in one folder."""

    folder: Path
    database: Database = field(init=False)
    settings: Settings = field(init=False)
    server: Served = field(init=False)
    clock: ShiftedClock = field(init=False)

    def __post_init__(self) -> None:
        environment = {
            "TIEJUN_MODE": "demo",
            "TIEJUN_DATA_DIR": str(self.folder / "data"),
            "TIEJUN_SECRET_KEY": "a key of the rehearsal, longer than thirty-two characters",
            "TIEJUN_DATA_KEY": "another key of the rehearsal, longer than thirty-two characters",
            "TIEJUN_WORKER_SECONDS": "0.5",
        }
        self.settings = Settings.from_env(environment)
        self.server = Served(self.folder, environment, self.settings.sqlalchemy_url)
        self.clock = ShiftedClock(self.settings.data_dir / "clock-shift")

    def open_database(self) -> None:
        """Open the database in this process too, once it exists."""
        self.database = Database(self.settings.sqlalchemy_url)

    def run(self, *words: str | Path, expect: int = 0) -> str:
        """Run a `tiejun` command; return what it printed.

        Raises:
            Failed: if it ends with another status than `expect`.
        """
        done = subprocess.run(
            [*_program(), *map(str, words)],
            env=_environment(self.server.environment),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode != expect:
            told = f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            raise Failed(
                f"tiejun {' '.join(map(str, words))}: status {done.returncode}, not {expect}\n{told}"
            )
        return done.stdout

    def run_json(self, *words: str | Path, expect: int = 0) -> dict[str, Any]:
        """Run a command with --json; return its report."""
        report: dict[str, Any] = json.loads(self.run(*words, "--json", expect=expect))
        return report

    def advance(self, by: timedelta) -> None:
        """Shift the demo's clock to the second, for the server, the commands and us."""
        self.clock.advance(by)

    def now(self) -> datetime:
        """Return the present instant of the installation."""
        return self.clock()

    def faults_in_log(self) -> list[str]:
        """Return the lines of the server's log that tell of an unexpected error, with a little around."""
        if not self.server.log.exists():
            return []
        lines = self.server.log.read_text(errors="replace").splitlines()
        return [
            "\n".join(lines[max(0, at - 1) : at + 60]) for at, line in enumerate(lines) if FAULTS.search(line)
        ]


@dataclass
class Killer:
    """Kills the worker with -9 now and then while an exam runs; never while somebody holds it back."""

    server: Served
    every: float
    most: int
    kills: list[float] = field(default_factory=list)
    _held: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @contextmanager
    def at_work(self) -> Iterator["Killer"]:
        """Kill until the block is left."""
        self._thread = threading.Thread(target=self._work, name="killer", daemon=True)
        self._thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            self._thread.join()
            self.server.wait_until_ready()

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """Let the server live within the block: what a person posts once must not be cut off."""
        with self._held:
            self.server.wait_until_ready()
            yield

    def _work(self) -> None:
        began = time.monotonic()
        while len(self.kills) < self.most and not self._stop.wait(self.every):
            with self._held:
                self.server.wait_until_ready()
                self.server.kill_worker()
                self.kills.append(time.monotonic() - began)


def _program() -> list[str]:
    beside = Path(sys.executable).with_name("tiejun")
    if beside.exists():
        return [str(beside)]
    return [sys.executable, "-c", "from tiejun.cli import main; main()"]


def _environment(own: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIEJUN_")}
    path = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
    return {**kept, "PYTHONPATH": path, **own}
