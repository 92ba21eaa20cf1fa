"""What people explained of the columns of tables: kept by the set of headers, used by the next import."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.formats.columns import LABELS, ColumnMaps, headers_key, missing
from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank.import_models import ColumnMapping
from tiejun.errors import NotFound, Problem, Rejected
from tiejun.listing import ListPage, scalar_page


def column_maps(db: Session, told: Mapping[str, str] | None = None) -> ColumnMaps:
    """Return all that is known of columns; `told` is what was said for this file alone, by header."""
    rows = db.scalars(select(ColumnMapping))
    return ColumnMaps(told or {}, {row.headers_key: row.fields for row in rows})


def explanations(db: Session, keys: Collection[str]) -> Sequence[ColumnMapping]:
    """Return the explanations that a file was read by."""
    query = select(ColumnMapping).where(ColumnMapping.headers_key.in_(keys))
    return db.scalars(query.order_by(ColumnMapping.id)).all()


def remembered(db: Session, number: int) -> ListPage[ColumnMapping]:
    """Return one page of all explanations, the latest first."""
    latest = select(ColumnMapping).order_by(ColumnMapping.saved_at.desc(), ColumnMapping.id.desc())
    return scalar_page(db, latest, number)


def explanation(db: Session, mapping_id: int, *, lock: bool = False) -> ColumnMapping:
    """Return one explanation; `lock` holds it until the transaction ends.

    Raises:
        NotFound: if there is none, or none any more.
    """
    query = select(ColumnMapping).where(ColumnMapping.id == mapping_id)
    row = db.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound(said("没有这一条说明，可能已被删除。"))
    return row


def forget(db: Session, mapping_id: int, actor: Actor, now: datetime) -> None:
    """Delete an explanation: tables with these headers are read by the names that we know again.

    Raises:
        NotFound: if there is none, or none any more.
    """
    row = explanation(db, mapping_id, lock=True)
    record(db, actor, "columns.forgotten", ("column_mapping", row.id), now, fields=row.fields)
    db.delete(row)
    db.flush()


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
