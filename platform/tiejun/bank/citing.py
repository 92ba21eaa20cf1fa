"""What other features show on an article's page: things that cite it.

The bank knows none of them. The factory puts their sources into the application (`SOURCES`), and the
page asks each for what this reader may see.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from tiejun.access import Persona

SOURCES = "tiejun.citing"


@dataclass(frozen=True)
class Citing:
    """One thing that cites the article: its title, a word on it, its address."""

    title: str
    remark: str
    address: str


@dataclass(frozen=True)
class CitingGroup:
    """Things of one kind under their heading; `more` is the address of their whole list."""

    heading: str
    rows: Sequence[Citing]
    more: str


Source = Callable[[Session, Persona, str, str], CitingGroup]
"""Called with a session, the reader, the law's id and the article's number."""


def citing(db: Session, who: Persona, law_id: str, number: str) -> list[CitingGroup]:
    """Return what cites an article, as far as `who` may see it; groups without rows are left out."""
    sources: Sequence[Source] = current_app.extensions.get(SOURCES, ())
    groups = [source(db, who, law_id, number) for source in sources]
    return [group for group in groups if group.rows]
