"""The application as it is deployed: gunicorn in a process of its own, with a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 30.0
GUNICORN = ["--config=python:tiejun.gunicorn_conf", "--graceful-timeout=5"]


class ServerError(Exception):
    """The server did not come up; the message carries the end of its log."""


def free_port() -> int:
    """Return a TCP port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One gunicorn with one worker and four threads; `kill_worker` is what a power cut does to it."""

    def __init__(self, folder: Path, environment: Mapping[str, str], database_url: str) -> None:
        self.database_url = database_url
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and return when /healthz answers.

        Raises:
            ServerError: if it does not within half a minute, or ends before.
        """
        command = [sys.executable, "-m", "gunicorn", *GUNICORN, f"--bind=127.0.0.1:{self.port}"]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TIEJUN_")}
        path = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "tiejun.app:create_app()"],
                env={**kept, "PYTHONPATH": path, **self.environment, "TIEJUN_BASE_URL": self.url},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a group of its own, which `stop` ends
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Return when the server answers, also after its worker was killed."""
        give_up = time.monotonic() + READY_WITHIN
        while time.monotonic() < give_up:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as reply:
                    if reply.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        self.stop()
        raise ServerError(f"the server did not answer:\n{self.log.read_text()[-4000:]}")

    def worker_pids(self) -> list[int]:
        """Return the process ids of the workers, which are the arbiter's children."""
        if self._process is None:
            return []
        arbiter = self._process.pid
        children = Path(f"/proc/{arbiter}/task/{arbiter}/children").read_text()
        return [int(pid) for pid in children.split()]

    def kill_worker(self) -> None:
        """Kill the worker at once, as kill -9 does; gunicorn starts another."""
        for pid in self.worker_pids():
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """End the server and its workers at once: what it kept is thrown away, and parting takes a second."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
