"""The sentences of notices, in words that can be said in both languages, and how they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from question_bank.words import Words, listed, said
from tiejun.clock import beijing
from tiejun.exams.make_up_rules import SOON_DAYS
from tiejun.notices.rules import Topic

MOST_NAMES = 10


def packed(words: str) -> dict[str, Any]:
    """Return a sentence as JSON: its pattern and values, which may be sentences themselves."""
    if not isinstance(words, Words):
        return {"pattern": words, "values": {}}
    kept = {
        name: packed(value) if isinstance(value, Words) else value for name, value in words.values.items()
    }
    return {"pattern": words.pattern, "values": kept}


def unpacked(kept: dict[str, Any]) -> Words:
    """Return the sentence that `packed` put away."""
    values = {
        name: unpacked(each) if isinstance(each, dict) else each for name, each in kept["values"].items()
    }
    return said(kept["pattern"], **values)


@lru_cache(maxsize=1000)
def _arrangement(starts_at: datetime, ends_at: datetime, venue: str) -> str:
    return f"{starts_at:%Y%m%d%H%M}-{ends_at:%Y%m%d%H%M}-{sha256(venue.encode()).hexdigest()[:16]}"


def version(starts_at: datetime, ends_at: datetime, venue: str, seat: int) -> str:
    """Return what is told of a place as a short text, to see whether anything of it changed."""
    return f"{_arrangement(starts_at, ends_at, venue)}-{seat}"


@dataclass(frozen=True)
class Place:
    """A place in a sitting, as it is told; an empty venue means online."""

    exam: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    seat: int

    @property
    def version(self) -> str:
        """What is said of the place: the same as long as nothing of it changes."""
        return version(self.starts_at, self.ends_at, self.venue, self.seat)


def day_words(day: date) -> Words:
    """Return a day in words."""
    return said("%(year)s年%(month)s月%(day)s日", year=day.year, month=day.month, day=day.day)


def window_words(starts_at: datetime, ends_at: datetime) -> Words:
    """Return from when to when; the second day only where it is another."""
    starts, ends = beijing(starts_at), beijing(ends_at)
    start = said("%(day)s %(time)s", day=day_words(starts.date()), time=f"{starts:%H:%M}")
    end: str = f"{ends:%H:%M}"
    if starts.date() != ends.date():
        end = said("%(day)s %(time)s", day=day_words(ends.date()), time=end)
    return said("%(start)s至%(end)s", start=start, end=end)


def where_words(place: Place) -> Words:
    """Return venue and seat."""
    if place.venue:
        return said("%(venue)s，座位 %(seat)s 号", venue=place.venue, seat=place.seat)
    return said("线上考试，座位 %(seat)s 号", seat=place.seat)


def sitting_words(topic: Topic, place: Place) -> tuple[Words, Words]:
    """Return title and body about a person's place in a sitting, or about the sitting of the next day."""
    told = {
        "exam": place.exam,
        "when": window_words(place.starts_at, place.ends_at),
        "where": where_words(place),
        "bring": _bring(place),
    }
    day = day_words(beijing(place.starts_at).date())
    if topic is Topic.REGISTERED:
        body = said("已为您登记“%(exam)s”：%(when)s，%(where)s。%(bring)s", **told)
        return said("已登记考试：%(exam)s", exam=place.exam), body
    if topic is Topic.CHANGED:
        body = said("“%(exam)s”的安排有变动，现为：%(when)s，%(where)s。以前的安排作废。%(bring)s", **told)
        return said("考试安排有变动：%(exam)s", exam=place.exam), body
    body = said("提醒：“%(exam)s”将于%(when)s举行，%(where)s。%(bring)s", **told)
    return said("明天（%(day)s）考试：%(exam)s", day=day, exam=place.exam), body


def withdrawn_words(exam: str, starts_at: datetime) -> tuple[Words, Words]:
    """Return title and body for who lost the place in a sitting."""
    day = day_words(beijing(starts_at).date())
    body = said(
        "您在“%(exam)s”（%(day)s）的登记已取消，不必到场。另有安排时会再通知；有疑问请询问考务管理员。",
        exam=exam,
        day=day,
    )
    return said("考试登记已取消：%(exam)s", exam=exam), body


def _bring(place: Place) -> Words:
    if place.venue:
        return said("请携带居民身份证，提前30分钟到场。考试闭卷，不能携带资料和通讯工具。")
    return said("请备好居民身份证，提前检查电脑和网络。考试闭卷。")


def result_words(exam: str) -> tuple[Words, Words]:
    """Return title and body of a released result; what it says is read after signing in, never here."""
    body = said("“%(exam)s”的成绩已经发布。请登录后查看，邮件和通知里不写成绩。", exam=exam)
    return said("成绩已发布：%(exam)s", exam=exam), body


@dataclass(frozen=True)
class MakeUp:
    """A make-up that is due, as it is told; `place` once it is arranged."""

    exam: str
    due_on: date
    is_provisional: bool
    place: Place | None


def make_up_words(make_up: MakeUp, today: date) -> tuple[Words, Words]:
    """Return title and body that remind of a make-up."""
    due: Words = day_words(make_up.due_on)
    if make_up.is_provisional:
        due = said("%(day)s（暂定）", day=due)
    told = {"exam": make_up.exam, "due": due, "days": (make_up.due_on - today).days}
    if make_up.place is None:
        body = said(
            "“%(exam)s”的补考最迟%(due)s完成，今天起还剩 %(days)s 天。补考还没有安排：安排后会通知您；"
            "迟迟没有消息，请询问考务管理员。补考只有一次。",
            **told,
        )
    else:
        when = window_words(make_up.place.starts_at, make_up.place.ends_at)
        body = said(
            "“%(exam)s”的补考最迟%(due)s完成，今天起还剩 %(days)s 天。"
            "补考已安排：%(when)s，%(where)s。补考只有一次。",
            **told,
            when=when,
            where=where_words(make_up.place),
        )
    return said("补考最迟%(due)s：%(exam)s", due=due, exam=make_up.exam), body


@dataclass(frozen=True)
class Counted:
    """One open make-up of a digest."""

    name: str
    due_on: date
    is_arranged: bool


def digest_words(cases: Sequence[Counted], within: dict[int, int], today: date) -> tuple[Words, Words]:
    """Return title and body of the digest of a unit's make-ups.

    Args:
        cases: the open ones, the most urgent first.
        within: how many of them are due within so many days, without those overdue.
        today: the day of the digest.
    """
    overdue = sum(case.due_on < today for case in cases)
    told = {
        "n": len(cases),
        "overdue": overdue,
        "arranged": sum(case.is_arranged for case in cases),
        "steps": _steps(within),
        "names": _names(cases),
    }
    body = said(
        "应补考而未完成的共 %(n)s 人，其中 %(overdue)s 人已逾期，%(arranged)s 人已安排场次。"
        "未逾期的：%(steps)s。最急的：%(names)s。",
        **told,
    )
    return _headline(within, overdue), body


def _headline(within: dict[int, int], overdue: int) -> Words:
    """Return the number that calls for an act: those due within a month, else within the next longer time."""
    counted = [days for days in sorted(within) if days >= SOON_DAYS and within[days]]
    late = said("%(n)s 人补考已逾期", n=overdue)
    if not counted:
        return late
    soon = said("%(n)s 人 %(days)s 天内须补考", n=within[counted[0]], days=counted[0])
    return said("%(first)s，%(next)s", first=soon, next=late) if overdue else soon


def _steps(within: dict[int, int]) -> Words:
    steps: Words | None = None
    for days in sorted((days for days in within if within[days]), reverse=True):
        step = said("%(days)s 天内 %(n)s 人", days=days, n=within[days])
        steps = step if steps is None else said("%(first)s，%(next)s", first=steps, next=step)
    return steps or said("没有")


def _names(cases: Sequence[Counted]) -> str:
    names = listed(f"{case.name} {case.due_on}" for case in cases[:MOST_NAMES])
    return names if len(cases) <= MOST_NAMES else said("%(names)s等", names=names)
