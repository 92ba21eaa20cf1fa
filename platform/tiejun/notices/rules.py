"""Rules of notices: what is due to be said on a day, and how long a mail is tried. All pure.

Every datetime here is on the clocks of Beijing, where it decides about a day.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tiejun import regulation

SCAN_EVERY = timedelta(minutes=5)
FIRST_RETRY = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
DAY = timedelta(days=1)


class Topic(StrEnum):
    """What a notice is about; the first three are one stream, about a person's place in a sitting."""

    REGISTERED = "registered"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    TOMORROW = "tomorrow"
    RESULT = "result"
    MAKE_UP = "make_up"
    MAKE_UP_DIGEST = "make_up_digest"


@dataclass(frozen=True)
class Band:
    """The make-ups for which one reminder is the right one today: due from the first to the last day."""

    days: int
    first_due: date
    last_due: date


def bands(today: date, thresholds: tuple[int, ...] = regulation.MAKE_UP_REMINDERS.value) -> list[Band]:
    """Return for each threshold, the largest first, which due days call for it today.

    A threshold is reached when that many days are left, and is in turn until the next smaller one: whoever
    missed one (the service was down) gets the next smaller only. The due day itself is the last good day;
    after it no reminder is left.
    """
    ordered = sorted(thresholds, reverse=True)
    below = [*ordered[1:], -1]
    return [
        Band(days, today + timedelta(days=smaller + 1), today + timedelta(days=days))
        for days, smaller in zip(ordered, below, strict=True)
    ]


def reminder(due_on: date, today: date) -> int | None:
    """Return the threshold in turn today, or None before the first and after the due day."""
    return next((band.days for band in bands(today) if band.first_due <= due_on <= band.last_due), None)


def eve(local: datetime, hour: int = regulation.NOTICE_HOUR.value) -> date | None:
    """Return the day whose sittings are now announced as tomorrow's; None before the hour."""
    return local.date() + DAY if local.hour >= hour else None


def week(local: datetime, hour: int = regulation.NOTICE_HOUR.value) -> str:
    """Return the week of the digest, as "2026-W48": it begins on Monday at the hour.

    ISO weeks, so that the turn of a year is no second Monday.
    """
    year, number, _day = (local - timedelta(hours=hour)).isocalendar()
    return f"{year}-W{number:02d}"


def next_word(last: Topic | None, said: str | None, present: str | None) -> Topic | None:
    """Return what must be said now about a person's place in a sitting to come.

    Args:
        last: what was said last, None: nothing yet.
        said: the version (time, place, seat) that was said then.
        present: the version that holds now; None: the person has no place.
    """
    knows_of_place = last in (Topic.REGISTERED, Topic.CHANGED)
    if present is None:
        return Topic.WITHDRAWN if knows_of_place else None
    if not knows_of_place:
        return Topic.REGISTERED
    return Topic.CHANGED if said != present else None


def is_scan_due(last: datetime | None, local: datetime) -> bool:
    """Return whether to look again: after five minutes, when a day began, or a clock was set back."""
    if last is None or local < last or local.date() != last.date():
        return True
    return local - last >= SCAN_EVERY


def retry_after(attempts: int) -> timedelta:
    """Return how long a mail waits after so many tries: a minute, doubled each time, up to an hour."""
    return min(FIRST_RETRY * (1 << min(max(attempts - 1, 0), 10)), LONGEST_WAIT)


def lifetime(topic: Topic) -> timedelta:
    """Return how long a mail is worth sending; "tomorrow" is no longer true the next day."""
    return timedelta(hours=15) if topic == Topic.TOMORROW else 3 * DAY
