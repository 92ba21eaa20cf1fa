"""Tables of imports of items beside the batches: what columns mean, and large files on their way."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tiejun.db import Base, Id, Instant, JsonDict, JsonList, PublicId


class ColumnMapping(Base):
    """What the columns of a table mean whose headers somebody explained once; all importers share it.

    `headers_key` is the digest of the set of headers, `fields` the library's field for each header that
    means something. `headers` are as they stood, for people.
    """

    __tablename__ = "column_mapping"

    id: Mapped[Id]
    headers_key: Mapped[str] = mapped_column(String(64), unique=True)
    headers: Mapped[JsonList]
    fields: Mapped[JsonDict]
    saved_by: Mapped[str] = mapped_column(String(100))
    saved_at: Mapped[Instant]


class ImportState(StrEnum):
    """How far a file in the background is; nothing is in the bank before `WRITTEN`."""

    WAITING = "waiting"
    CHECKING = "checking"
    CHECKED = "checked"
    CONFIRMED = "confirmed"
    WRITING = "writing"
    WRITTEN = "written"
    FAILED = "failed"


class ItemImport(Base):
    """A file that is too large for one request: checked, and after the go-ahead written, by the worker.

    `asked` is what the form said (name, purpose, unit …), `skip_faulty` what the go-ahead said. `percent`
    and `beat_at` are of the present step. `report` is that of the check, and for a failure its reason.
    """

    __tablename__ = "item_import"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(index=True)
    asked_by: Mapped[str] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(String(60))
    asked_at: Mapped[Instant]
    digest: Mapped[str] = mapped_column(String(64))
    asked: Mapped[JsonDict]
    skip_faulty: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ImportState] = mapped_column(String(10), index=True)
    percent: Mapped[int] = mapped_column(default=0)
    beat_at: Mapped[Instant]
    report: Mapped[JsonDict]
    batch: Mapped[UUID | None] = mapped_column(Uuid)
