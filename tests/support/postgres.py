"""A throw-away PostgreSQL cluster: own folder, own socket, no TCP, gone after the run."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

OWNER = "tiejun"
MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of our own in it
INITDB = ["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-N"]


class StillConnected(Exception):
    """A test ended without closing its connections; the next one would hear of it as a warning."""


@dataclass(frozen=True)
class Cluster:
    """A running server; `folder` holds its data and its socket."""

    folder: Path

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of one of its databases."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}"

    def address(self, database: str) -> str:
        """Return the address of one of its databases as libpq wants it."""
        return f"host={self.folder} user={OWNER} dbname={database}"

    def run(self, statement: str) -> None:
        """Run one statement outside a transaction, as CREATE DATABASE wants it."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create(self, database: str, template: str = "template0") -> None:
        """Create a database as a copy of another, to which nobody may be connected."""
        # Copied file by file: half the time of the default, which writes every block to the log.
        self.run(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY file_copy')

    def drop(self, database: str) -> None:
        """Drop a database that everybody has let go of.

        Raises:
            StillConnected: if a connection is left after the server's own wait of five seconds; the
                database is dropped all the same.
        """
        try:
            self.run(f'DROP DATABASE "{database}"')
        except psycopg.errors.ObjectInUse as error:
            self.run(f'DROP DATABASE "{database}" WITH (FORCE)')
            raise StillConnected("the test left a connection open: dispose of every Database") from error


def _server_account() -> pwd.struct_passwd | None:
    """Return whom the server runs as: it refuses to be root, and needs nobody else's account otherwise."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


@contextmanager
def running_cluster(binaries: Path, *, fsync: bool = False) -> Iterator[Cluster]:
    """Start a cluster from the server programs in `binaries`; stop and delete it at the end.

    `fsync` stays off except where a test kills the server and asks what is left.
    """
    # Not below pytest's own folder: the socket's path has to stay under 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="tj", dir=None if fsync or not MEMORY.is_dir() else MEMORY))
    account = _server_account()
    identity: dict[str, object] = {}
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def call(*command: str, check: bool = True) -> None:
        # A file, not a pipe: the server inherits it and would hold a pipe open for ever.
        with (folder / "calls.log").open("ab") as log:
            subprocess.run(
                command, cwd=folder, check=check, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **identity
            )  # type: ignore[call-overload]

    data = str(folder / "d")
    options = f"-c listen_addresses='' -k {folder} -c fsync={'on' if fsync else 'off'}"
    try:
        call(str(binaries / "initdb"), "-D", data, *INITDB)
        call(str(binaries / "pg_ctl"), "-D", data, "-l", str(folder / "log"), "-w", "-o", options, "start")
        yield Cluster(folder)
    finally:
        call(str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)
