"""What a beat of a learner's page is worth, and other rules of study: pure functions.

A page that is being read says so every few seconds (a beat). Minutes are credited from the server's clock
alone: what the page reports can only make the credit smaller, never larger.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from question_bank.words import Words, said
from tiejun import regulation

GAP_BEATS = regulation.STUDY_GAP_BEATS.value
IDLE_SECONDS = regulation.STUDY_IDLE.value
AHEAD_SECONDS = regulation.VIDEO_AHEAD.value
STALE_SECONDS = regulation.STUDY_STALE.value
EQUAL_BEATS = regulation.STUDY_EQUAL_BEATS.value
SILENT_SECONDS = regulation.STUDY_SILENT.value
LAG_FROM = regulation.STUDY_LAG_FROM.value


class Category(StrEnum):
    """What hours are about; kept apart because other rules ask for hours of law beside political study."""

    BUSINESS = "business"
    LAW = "law"
    POLITICS = "politics"
    OTHER = "other"


CATEGORY_WORDS: dict[str, Words] = {
    Category.BUSINESS: said("业务"),
    Category.LAW: said("法治"),
    Category.POLITICS: said("政治理论"),
    Category.OTHER: said("综合"),
}


class HourKind(StrEnum):
    """In which form something was learnt (学习形式)."""

    ONLINE = "online"
    CASE = "case"
    CLASS = "class"
    EXTERNAL = "external"
    SELF_STUDY = "self_study"


KIND_WORDS: dict[str, Words] = {
    HourKind.ONLINE: said("线上课程"),
    HourKind.CASE: said("案例教学"),
    HourKind.CLASS: said("集中培训"),
    HourKind.EXTERNAL: said("外出培训"),
    HourKind.SELF_STUDY: said("自学"),
}
# Only these can be entered by hand; the others come from the clock.
RECORDABLE = (HourKind.CLASS, HourKind.EXTERNAL, HourKind.SELF_STUDY)


class Counting(StrEnum):
    """Whether minutes are being counted, and if not, why."""

    COUNTING = "counting"
    HIDDEN = "hidden"
    IDLE = "idle"
    PAUSED = "paused"
    AHEAD = "ahead"
    FULL = "full"


class Signal(StrEnum):
    """A pattern that a person should look at; it changes no credit."""

    EQUAL_INTERVALS = "equal_intervals"
    NO_INPUT = "no_input"


SIGNAL_WORDS: dict[str, Words] = {
    Signal.EQUAL_INTERVALS: said("多次心跳的间隔相同到毫秒"),
    Signal.NO_INPUT: said("长时间没有任何操作"),
}


@dataclass(frozen=True)
class Beat:
    """What the page reports: in front or not, seconds since the last input, where the video is."""

    is_visible: bool = True
    idle_seconds: float = 0.0
    position: float | None = None


@dataclass(frozen=True)
class Account:
    """What was credited so far: `counted_until` on the server's clock; seconds of the source in this year."""

    counted_until: datetime
    credited: int
    length: int
    is_video: bool


@dataclass(frozen=True)
class Credit:
    """What a beat brings: whole seconds, up to when the clock is used up, and the word for the page."""

    seconds: int
    counted_until: datetime
    state: Counting


def credit(account: Account, beat: Beat, now: datetime, beat_seconds: int) -> Credit:
    """Return the credit for the time between `account.counted_until` and `now`.

    Never more than has passed, than `GAP_BEATS` beats, or than the length leaves. Of a video the credited
    seconds are also the furthest position: only what lies beyond it counts, and not faster than the clock.
    The fraction of a second that is left over stays on the clock for the next beat.
    """
    elapsed = (now - account.counted_until).total_seconds()
    left = account.length - account.credited
    if elapsed <= 0:
        return Credit(0, account.counted_until, Counting.FULL if left <= 0 else Counting.COUNTING)
    state = _state(account, beat, left, elapsed)
    if state is not Counting.COUNTING:
        return Credit(0, now, state)
    cap = GAP_BEATS * beat_seconds
    seconds = int(min(elapsed, cap))
    if account.is_video:
        seconds = min(seconds, int((beat.position or 0.0) - account.credited))
    seconds = max(0, min(seconds, left))
    until = account.counted_until + timedelta(seconds=seconds)
    if elapsed > cap or seconds == left:
        until = now
    elif account.is_video:
        until = max(until, now - timedelta(seconds=1))
    return Credit(seconds, until, Counting.FULL if seconds == left else Counting.COUNTING)


def _state(account: Account, beat: Beat, left: int, elapsed: float) -> Counting:
    if left <= 0:
        return Counting.FULL
    if not beat.is_visible:
        return Counting.HIDDEN
    if not account.is_video:
        return Counting.IDLE if beat.idle_seconds >= IDLE_SECONDS else Counting.COUNTING
    if beat.position is None or beat.position < account.credited + 1:
        return Counting.PAUSED
    if beat.position > account.credited + elapsed + AHEAD_SECONDS:
        return Counting.AHEAD
    return Counting.COUNTING


def is_complete(credited: int, length: int, is_video: bool) -> bool:
    """Return whether a source has been learnt; the last seconds of a video are forgiven."""
    return credited >= length - (AHEAD_SECONDS if is_video else 0)


def hours(seconds: float, hour_minutes: int) -> float:
    """Return study hours (学时) to two places."""
    return round(seconds / 60 / hour_minutes, 2)


def expected_share(day: date) -> float:
    """Return which share of the year has passed at the end of `day`."""
    start, end = date(day.year, 1, 1), date(day.year, 12, 31)
    return ((day - start).days + 1) / ((end - start).days + 1)


def is_behind(done: float, target: float, day: date) -> bool:
    """Return whether somebody lags: fewer hours than the part of the year that has passed asks for."""
    return done < target and done < target * expected_share(day)


def is_late_in_year(day: date) -> bool:
    """Return whether the year is so far gone that missing hours become a duty."""
    return (day.month, day.day) >= LAG_FROM
