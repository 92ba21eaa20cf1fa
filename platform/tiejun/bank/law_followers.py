"""What an import of laws must tell of features that the bank does not know.

The factory and the command line make each known (`follow`); an import asks all of them in its transaction,
after the queue of law changes has been filled.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from tiejun.errors import Problem

Follower = Callable[[Session, datetime], Iterable[Problem]]
"""Told that laws were written at a moment; returns what somebody must do about that, a sentence each."""

_FOLLOWERS: dict[str, Follower] = {}


def follow(name: str, follower: Follower) -> None:
    """Make known who is told of imports of laws; any number of times."""
    _FOLLOWERS[name] = follower


def consequences(db: Session, now: datetime) -> list[Problem]:
    """Return what the features say about the law as it now is."""
    return [problem for follower in _FOLLOWERS.values() for problem in follower(db, now)]
