"""The table of kept files; their bytes lie in `data_dir/files` under their SHA-256."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from tiejun.db import Base, Id, Instant, PublicId
from tiejun.files.kinds import MEDIA_TYPES, FileKind


class StoredFile(Base):
    """One uploaded file. Rows never change; two rows may share the bytes of one digest.

    Who may read it is decided by what it is attached to, therefore a file has no address of its own.
    """

    __tablename__ = "stored_file"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[FileKind] = mapped_column(String(10))
    size: Mapped[int] = mapped_column(BigInteger)
    pages: Mapped[int] = mapped_column(default=0)  # of a PDF
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[Instant]

    @property
    def media_type(self) -> str:
        """The media type under which it is served."""
        return MEDIA_TYPES[FileKind(self.kind)]
