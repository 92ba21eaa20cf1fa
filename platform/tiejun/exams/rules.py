"""When a paper opens, when an answer counts, what an attempt's state is: pure, `now` is an argument.

The server's clock decides everything but one thing: an answer that arrives within the sync grace counts if
the client's clock, mapped to ours, says that it was given in time, and if the server had been told of its
number before the end.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WAITING_ROOM = timedelta(minutes=30)
CODE_LIFETIME = timedelta(minutes=10)
CODE_DIGITS = 6
CODE_TRIES = 5
MAX_EXTENSION_MINUTES = 180
SILENT_AFTER = timedelta(seconds=120)
SHAKY_AFTER = timedelta(seconds=45)


class SittingState(StrEnum):
    """What a sitting is to one candidate at one moment."""

    UPCOMING = "upcoming"
    WAITING = "waiting"  # the waiting room is open
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"


class AttemptState(StrEnum):
    """Whether an attempt takes answers, and if not, why."""

    OPEN = "open"
    SUBMITTED = "submitted"
    EXPIRED = "expired"
    CLOSED = "closed"


class Gate(StrEnum):
    """Whether a paper may be opened."""

    TOO_EARLY = "not_open_yet"
    OPEN = "open"
    OVER = "closed"


@dataclass(frozen=True)
class Window:
    """The window of a sitting; `closed_at` is when the invigilator ended it for everybody."""

    starts_at: datetime
    ends_at: datetime
    duration: timedelta
    closed_at: datetime | None = None

    def gate(self, now: datetime) -> Gate:
        """Return whether somebody who has not begun may open the paper: starts_at <= now < ends_at."""
        if self.closed_at is not None or now >= self.ends_at:
            return Gate.OVER
        return Gate.OPEN if now >= self.starts_at else Gate.TOO_EARLY

    def admits(self, now: datetime) -> bool:
        """Return whether the waiting room is open, or the sitting itself."""
        return self.starts_at - WAITING_ROOM <= now and self.gate(now) is not Gate.OVER

    def deadline(self, now: datetime, extra: timedelta = timedelta()) -> datetime:
        """Return the deadline of an attempt that opens at `now`.

        Args:
            now: the start of the attempt, inside the window.
            extra: the candidate's accommodation; it lengthens the duration and moves the end alike.
        """
        return min(now + self.duration, self.ends_at) + extra

    def state(self, now: datetime, attempt: AttemptState | None) -> SittingState:
        """Return what the candidate's list shows; `attempt` is None before the paper was opened."""
        if attempt is not None:
            return SittingState.IN_PROGRESS if attempt is AttemptState.OPEN else SittingState.CLOSED
        gate = self.gate(now)
        if gate is Gate.TOO_EARLY:
            return SittingState.WAITING if self.admits(now) else SittingState.UPCOMING
        return SittingState.OPEN if gate is Gate.OPEN else SittingState.CLOSED


def attempt_state(end_kind: str | None, deadline: datetime, now: datetime) -> AttemptState:
    """Return the state of an attempt; no job is needed for it to expire, the deadline alone does it."""
    if end_kind is not None:
        return AttemptState(end_kind)
    return AttemptState.OPEN if now < deadline else AttemptState.EXPIRED


@dataclass(frozen=True)
class Arrival:
    """One answer on its way in.

    `given_at` is the client's time mapped to ours; `announced` says that the server heard of its number
    before the attempt's end.
    """

    received_at: datetime
    given_at: datetime
    announced: bool

    def counts(self, end: datetime, grace: timedelta) -> bool:
        """Return whether the answer counts by itself; one that does not is kept for two people to judge.

        `end` is the deadline, or the earlier instant at which the invigilator closed the attempt.
        """
        if self.received_at < end:
            return True
        return self.received_at < end + grace and self.given_at < end and self.announced


def takes_unannounced(state: AttemptState) -> bool:
    """Return whether an attempt in this state still keeps answers that the server never heard of.

    While it is open, of course. After it ran out of time or was closed by the invigilator, too: they are
    what was typed while cut off, kept as late. Not after the candidate handed in: he has said that there is
    nothing more, and only numbers announced before are kept (a second window of the same browser).
    """
    return state is not AttemptState.SUBMITTED


def grace_in(state: AttemptState, grace: timedelta) -> timedelta:
    """Return the sync grace of an attempt in this state: none after a hand-in, whose receipt is out."""
    return timedelta() if state is AttemptState.SUBMITTED else grace


def gapless(acked: int, numbers: Iterable[int]) -> int:
    """Return the highest n with 1..n all stored, when 1..`acked` and `numbers` are."""
    stored = set(numbers)
    while acked + 1 in stored:
        acked += 1
    return acked


def missing_ranges(last: int, numbers: Collection[int]) -> list[tuple[int, int]]:
    """Return the ranges (first, last) of 1..`last` that are not among `numbers`."""
    gaps: list[tuple[int, int]] = []
    expected = 1
    for number in [*sorted(n for n in set(numbers) if 1 <= n <= last), last + 1]:
        if number > expected:
            gaps.append((expected, number - 1))
        expected = number + 1
    return gaps


def canonical(value: object) -> str:
    """Return the one way to write a value as JSON: replays are compared by it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def is_blank(value: object) -> bool:
    """Return whether a value holds no answer: cleared, an empty text, nothing but empty blanks."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, list | tuple):
        return all(is_blank(part) for part in value)
    return value is None


class Urgency(StrEnum):
    """In which group of the invigilator's board a candidate stands."""

    NOW = "now"  # 需马上处理
    SOON = "soon"  # 留意
    WELL = "well"
    DONE = "done"


@dataclass(frozen=True)
class Signs:
    """What the server knows of a candidate at work: silence and unsent answers."""

    state: AttemptState | None
    silent: timedelta
    unsent: int
    is_locked: bool

    def urgency(self) -> Urgency:
        """Return how urgently somebody should go there; people decide, nothing is done automatically."""
        if self.is_locked:
            return Urgency.NOW
        if self.state is not AttemptState.OPEN:
            return Urgency.DONE
        if self.silent >= SILENT_AFTER:
            return Urgency.NOW
        shaky = self.silent >= SHAKY_AFTER or self.unsent > 0
        return Urgency.SOON if shaky else Urgency.WELL


def verdict_on_late(decisions: Iterable[bool]) -> bool | None:
    """Return what became of late answers: None until two people decided; they count if both say so."""
    first_two = list(decisions)[:2]
    return all(first_two) if len(first_two) == 2 else None
