"""Writing rows in bulk, and the ids of a crowd's rows."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID, uuid5

from sqlalchemy import Table, func, insert, inspect, select
from sqlalchemy.orm import Session

from tiejun.db import Base

T = TypeVar("T")
Row = dict[str, Any]
NAMESPACE = UUID("5f0c1f3e-7a68-4f0e-9b63-0d3a6d0b7c11")


def public_id(kind: str, number: int) -> UUID:
    """Return the public id of the nth row of a kind, the same in every run."""
    return uuid5(NAMESPACE, f"{kind}:{number}")


def add(db: Session, model: type[Base], rows: Iterable[Row]) -> None:
    """Insert rows in bulk."""
    for chunk in batched(rows, 1000):
        db.execute(insert(model), chunk)


def batched(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the rows in lists of `size`."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


def highest(db: Session, model: type[Base]) -> int:
    """Return the highest id of a table, 0 when it is empty."""
    table = inspect(model).local_table
    assert isinstance(table, Table)
    return db.scalar(select(func.max(table.c.id))) or 0


def copied(row: Base, **changed: Any) -> Row:
    """Return the columns of a row, some changed; an id of None is left to the database."""
    whole = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
    whole.update(changed)
    return {name: value for name, value in whole.items() if name != "id" or value is not None}
