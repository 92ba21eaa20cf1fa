"""Rows in bulk, for the crowd."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID, uuid5

from sqlalchemy import Table, func, insert, inspect, select, text
from sqlalchemy.orm import Session

from tiejun.db import Base
from tiejun.tables import METADATA

T = TypeVar("T")
NAMESPACE = UUID("5f0c1f3e-7a68-4f0e-9b63-0d3a6d0b7c11")
Row = dict[str, Any]
FULL, LEAST = 5_000, 2


@dataclass(frozen=True)
class Crowd:
    """How many officers and items are added; the rest follows from them."""

    officers: int
    items: int

    def part(self, full: int) -> int:
        """Return how many of something there are, when there are `full` of it beside 5,000 items."""
        return max(LEAST, full * self.items // FULL)


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
    """Return the values of a row, some of them changed."""
    return {**{column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}, **changed}


def follow_sequences(db: Session) -> None:
    """Let PostgreSQL number further rows after those that were written with their ids."""
    if db.get_bind().dialect.name != "postgresql":
        return
    for table in METADATA.sorted_tables:
        if "id" in table.c and table.c.id.type.python_type is int:
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            newest = f'(SELECT coalesce(max(id), 1) FROM "{table.name}")'
            db.execute(text(f"SELECT setval({sequence}, {newest})"))
