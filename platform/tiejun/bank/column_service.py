"""What people explained of the columns of tables: kept by the set of headers, used by the next import."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.formats.columns import LABELS, ColumnMaps, headers_key, missing
from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank.import_models import ColumnMapping
from tiejun.errors import Problem, Rejected


def column_maps(db: Session, told: Mapping[str, str] | None = None) -> ColumnMaps:
    """Return all that is known of columns; `told` is what was said for this file alone, by header."""
    rows = db.scalars(select(ColumnMapping))
    return ColumnMaps(told or {}, {row.headers_key: row.fields for row in rows})


def explanations(db: Session, keys: Collection[str]) -> Sequence[ColumnMapping]:
    """Return the explanations that a file was read by."""
    query = select(ColumnMapping).where(ColumnMapping.headers_key.in_(keys))
    return db.scalars(query.order_by(ColumnMapping.id)).all()


def remember(
    db: Session, headers: Sequence[str], chosen: Sequence[str], actor: Actor, now: datetime
) -> ColumnMapping:
    """Keep what the columns of a table are, in place of what was said of the same headers before.

    Args:
        headers: of all columns, in their order.
        chosen: the field of each, "" for a column that is not read.

    Raises:
        Rejected: if that makes no table of items.
    """
    known = [name if name in LABELS else "" for name in chosen]
    if problems := missing(known):
        table = said("表头")
        raise Rejected(said("列的对应没有保存。"), [Problem(table, "", words) for words in problems])
    key = headers_key(headers)
    row = db.scalar(select(ColumnMapping).where(ColumnMapping.headers_key == key).with_for_update())
    if row is None:
        row = ColumnMapping(headers_key=key)
        db.add(row)
    row.headers = [header for header in headers if header]
    row.fields = {header: name for header, name in zip(headers, known, strict=True) if header and name}
    row.saved_by, row.saved_at = actor.name, now
    db.flush()
    record(db, actor, "columns.mapped", ("column_mapping", row.id), now, fields=row.fields)
    return row
