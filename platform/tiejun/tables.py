"""All tables in one place, for migrations and tests."""

from tiejun.db import Base

__all__ = ["METADATA"]

METADATA = Base.metadata
