"""Lets all databases of a run share what SQLAlchemy compiled: a fifth of the run is compiling otherwise.

A compiled statement is kept by its engine and looked up by its dialect. Each test has an engine of its own,
so that each would compile the product's statements anew; here they have one dialect and store per kind.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.util import LRUCache

import tiejun.db

STATEMENTS = 5000
_shared: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}


def share_compiled() -> None:
    """Have every `Database` that is opened from now on share its compiled statements."""
    make: Callable[[URL, int], Engine] = tiejun.db._make_engine
    tiejun.db._make_engine = lambda url, threads: _sharing(make(url, threads))


def _sharing(engine: Engine) -> Engine:
    kind = engine.dialect.name
    if kind not in _shared:
        known = _knowing_its_server(engine)
        if known is None:
            return engine
        _shared[kind] = (known, LRUCache(STATEMENTS))
    dialect, store = _shared[kind]
    engine.dialect = dialect
    engine.pool._dialect = dialect
    engine._compiled_cache = store
    return engine


def _knowing_its_server(engine: Engine) -> Dialect | None:
    """Return a dialect that has spoken with its server once; None if there is none to speak with."""
    # Not with this file of SQLite: a test may want to see that it is not there.
    first = create_engine("sqlite://") if engine.dialect.name == "sqlite" else engine
    try:
        with first.connect():
            return first.dialect
    except SQLAlchemyError:
        return None
    finally:
        first.dispose()
