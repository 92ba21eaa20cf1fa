"""The database: column types, engine, transactions.

On SQLite a writing transaction begins with BEGIN IMMEDIATE: a plain BEGIN that later turns into a write
fails at once with "database is locked" when two requests meet, or loses an update.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Annotated, Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Uuid,
    create_engine,
    event,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from question_bank.words import said
from tiejun.errors import Unavailable

REQUEST_THREADS = 4
LOCK_SECONDS = 10


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, stored in UTC; a datetime without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into what the driver stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer(), "sqlite")
Id = Annotated[int, mapped_column(BigId, primary_key=True)]
PublicId = Annotated[UUID, mapped_column(Uuid, unique=True, default=uuid4)]
Instant = Annotated[datetime, mapped_column(UtcDateTime)]
JsonDict = Annotated[dict[str, Any], mapped_column(JSON)]
JsonList = Annotated[list[Any], mapped_column(JSON)]


class Base(DeclarativeBase):
    """Base of all tables; every constraint has a name, so that migrations can find it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """One engine and the two ways to use it: `transaction()` to write, `reading()` to read."""

    def __init__(self, url: str | URL, threads: int = REQUEST_THREADS) -> None:
        self.url = make_url(url)
        self.engine = _make_engine(self.url, threads)
        self._reader = self.engine.execution_options(read_only=True)
        self._turn = Lock()

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a writing session; commit at the end, roll back on any exception.

        Raises:
            Unavailable: if the database is locked, full or away; nothing was written then.
        """
        session = Session(self.engine, expire_on_commit=False)
        with _told_apart(), self._in_turn(), session, session.begin():
            yield session

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Let one thread write at a time on SQLite, whose own waiting starves all but the quickest.

        A request waited ten seconds in vain while the worker wrote one small transaction after the other.
        """
        if not self.is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=LOCK_SECONDS):
            raise _unavailable()
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session for reading; what it changes is never committed."""
        with _told_apart(), Session(self._reader, autoflush=False, expire_on_commit=False) as session:
            yield session

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        # SQLite reports a full disk as OperationalError, a failed write as DatabaseError ("disk I/O error"),
        # and a missing table as OperationalError, too: that one is our fault, not the storage's.
        refused = isinstance(error, OperationalError) and "no such" not in str(error.orig)
        if refused or "disk" in str(error.orig):
            raise _unavailable() from error
        raise


def _unavailable() -> Unavailable:
    words = said("系统暂时无法保存，没有写入任何内容，请稍后重试。")
    return Unavailable(words, code="storage_unavailable", retry_after=5)


def _make_engine(url: URL, threads: int) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=threads + 2, connect_args={"timeout": LOCK_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, pool_size=threads + 2, pool_pre_ping=True)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    # As on SQLite: who waits ten seconds for a lock is told to come back, and no thread waits for ever.
    connection.execute("SET lock_timeout = '10s'")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
