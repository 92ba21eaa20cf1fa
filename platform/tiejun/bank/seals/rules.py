"""When a sealed form is open, and to whom. Pure."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Opening(Protocol):
    """What the rules read of a request."""

    @property
    def asked_by_id(self) -> int:
        """Who asked."""

    @property
    def approve_by(self) -> datetime:
        """Until when somebody else may approve."""

    @property
    def approved_by_id(self) -> int | None:
        """Who approved."""

    @property
    def open_until(self) -> datetime | None:
        """Until when both see the form."""


class State(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    OPEN = "open"
    OVER = "over"  # it was open
    LAPSED = "lapsed"  # nobody approved in time


def state_of(opening: Opening, now: datetime) -> State:
    """Return where a request stands at `now`."""
    if opening.open_until is not None:
        return State.OPEN if now < opening.open_until else State.OVER
    return State.ASKED if now < opening.approve_by else State.LAPSED


def may_approve(opening: Opening, account_id: int, now: datetime) -> bool:
    """Return whether this person may approve: in time, and never their own request."""
    return state_of(opening, now) is State.ASKED and opening.asked_by_id != account_id


def shows(opening: Opening, account_id: int, now: datetime) -> bool:
    """Return whether the request lets this person see the form now: its two people, nobody else."""
    its_two = (opening.asked_by_id, opening.approved_by_id)
    return state_of(opening, now) is State.OPEN and account_id in its_two


def open_to(openings: Iterable[Opening], account_id: int, now: datetime) -> datetime | None:
    """Return until when a sealed form is open to this person; None if it is not."""
    ends = [one.open_until for one in openings if one.open_until and shows(one, account_id, now)]
    return max(ends, default=None)
