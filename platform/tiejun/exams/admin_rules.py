"""Rules of preparing a sitting: its window, its phase in words, who sits where with which form. All pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from question_bank.words import said
from tiejun.errors import Problem

WAITING_ROOM = timedelta(minutes=30)
LONGEST_DURATION = timedelta(hours=12)


class Phase(StrEnum):
    """Where a sitting stands, as an administrator sees it."""

    PREPARING = "preparing"
    READY = "ready"
    OPEN = "open"
    ENDED = "ended"
    DECLARED = "declared"
    RELEASED = "released"


PHASE_WORDS = {
    Phase.PREPARING: said("准备中"),
    Phase.READY: said("待开考"),
    Phase.OPEN: said("进行中"),
    Phase.ENDED: said("待评阅"),
    Phase.DECLARED: said("成绩待发布"),
    Phase.RELEASED: said("已发布"),
}
PHASE_TONES = {
    Phase.PREPARING: "due",
    Phase.READY: "",
    Phase.OPEN: "ok",
    Phase.ENDED: "due",
    Phase.DECLARED: "due",
    Phase.RELEASED: "ok",
}


@dataclass(frozen=True)
class SittingFacts:
    """What decides the phase of a sitting."""

    starts_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    declared_at: datetime | None
    released_at: datetime | None
    candidates: int
    invigilators: int


def phase(facts: SittingFacts, now: datetime) -> Phase:
    """Return where a sitting stands at `now`; it opens at its start and is over at its end."""
    if facts.released_at is not None:
        return Phase.RELEASED
    if facts.declared_at is not None:
        return Phase.DECLARED
    if facts.closed_at is not None or now >= facts.ends_at:
        return Phase.ENDED
    if now >= facts.starts_at:
        return Phase.OPEN
    return Phase.READY if facts.candidates and facts.invigilators else Phase.PREPARING


def missing(facts: SittingFacts) -> list[str]:
    """Return in words what a sitting still lacks before it can be held."""
    lacking: list[str] = []
    if not facts.candidates:
        lacking.append(said("考生"))
    if not facts.invigilators:
        lacking.append(said("监考"))
    return lacking


def window_problems(
    starts_at: datetime, ends_at: datetime, duration: timedelta, now: datetime
) -> list[Problem]:
    """Return what is wrong with a window: it lies ahead, ends after its start and holds the duration."""
    problems = []
    if starts_at <= now:
        problems.append(Problem(said("场次"), said("开始时间"), said("开始时间已过，应晚于现在。")))
    if ends_at <= starts_at:
        problems.append(Problem(said("场次"), said("结束时间"), said("结束时间应晚于开始时间。")))
    elif duration > ends_at - starts_at:
        minutes = int((ends_at - starts_at).total_seconds() // 60)
        problems.append(
            Problem(
                said("场次"),
                said("考试时长"),
                said("考试时长超过开放时段（%(minutes)s分钟）。", minutes=minutes),
            )
        )
    if not timedelta() < duration <= LONGEST_DURATION:
        problems.append(Problem(said("场次"), said("考试时长"), said("考试时长应为1至720分钟。")))
    return problems


@dataclass(frozen=True)
class Place:
    """A seat in a sitting with the form that lies there."""

    seat: int
    form_id: int


def free_places(taken: Iterable[int], count: int, form_ids: Sequence[int]) -> list[Place]:
    """Return the `count` lowest free seats; forms alternate by seat number, so neighbours differ.

    Raises:
        ValueError: if there is no form.
    """
    if not form_ids:
        raise ValueError("no form")
    used = set(taken)
    places: list[Place] = []
    seat = 0
    while len(places) < count:
        seat += 1
        if seat not in used:
            places.append(Place(seat, form_at(seat, form_ids)))
    return places


def form_at(seat: int, form_ids: Sequence[int]) -> int:
    """Return the form that lies at a seat, counted from 1."""
    return form_ids[(seat - 1) % len(form_ids)]


def spread(people: Iterable[tuple[int, int]]) -> list[int]:
    """Return the person ids of (person, unit) pairs so ordered that colleagues sit apart where possible.

    Each unit's people are laid out evenly over the whole row; equal units keep the given order.
    """
    by_unit: dict[int, list[int]] = {}
    for person_id, unit_id in people:
        by_unit.setdefault(unit_id, []).append(person_id)
    laid = [
        ((index + 0.5) / len(members), -len(members), unit_id, person_id)
        for unit_id, members in by_unit.items()
        for index, person_id in enumerate(members)
    ]
    return [person_id for _, _, _, person_id in sorted(laid)]


def pasted_lines(text: str) -> list[tuple[int, str]]:
    """Return (line number, entry) of a pasted list: one person a line, blank lines skipped.

    A line copied from a spreadsheet may hold further columns; the first counts.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = line.replace("，", ",").replace("\t", ",").split(",")
        if entry := parts[0].strip():
            found.append((number, entry))
    return found
