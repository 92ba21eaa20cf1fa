"""What the crowd has learnt: courses, lessons, ended streams, progress, and a year of hours in the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.crowd_rows import Crowd, Row, add, copied, highest, public_id
from tiejun.clock import beijing
from tiejun.people.models import Account, Posting
from tiejun.study.models import (
    Course,
    CourseSet,
    CourseSetCourse,
    HourEntry,
    Lesson,
    StudyProgress,
    StudySignal,
    StudyStream,
)
from tiejun.study.rules import Category, HourKind

COURSES, LESSONS, SETS = 40, 6, 8
ENTRIES = 14  # an officer and year; the first of them come from streams
STREAMS = 3
KINDS = (HourKind.CLASS, HourKind.EXTERNAL, HourKind.SELF_STUDY)
CATEGORIES = tuple(Category)
CORRECTED_EVERY, SIGNAL_EVERY = 50, 40
LEARNER, LEARNER_LESSONS = "demo-officer", 200


@dataclass(frozen=True)
class _Learnt:
    """A person with a lesson: progress and stream have the same number."""

    number: int
    person: int
    unit: int
    lesson: Row


def learn(db: Session, crowd: Crowd, people: list[int], now: datetime) -> None:
    """Add the courses, and what each of `people` has learnt this year."""
    lessons = _courses(db, crowd, now)
    learnt = list(_learnt(db, crowd, people, lessons))
    first = highest(db, StudyProgress) + 1
    streams = highest(db, StudyStream) + 1
    _progress(db, learnt, first, now)
    _streams(db, learnt, first, streams, now)
    _ledger(db, people, learnt, streams, now)


def _courses(db: Session, crowd: Crowd, now: datetime) -> list[Row]:
    course, lesson = highest(db, Course) + 1, highest(db, Lesson) + 1
    pattern = db.scalars(select(Lesson).where(Lesson.kind == "article").order_by(Lesson.id)).first()
    owner = db.scalars(select(Account.unit_id).where(Account.login == "demo-province")).one()
    assert pattern is not None
    count, sets = crowd.part(COURSES), crowd.part(SETS)
    add(db, Course, ({
        "id": course + n, "public_id": public_id("course", n), "slug": None, "title": f"第{n}门课程",
        "summary": "执法实务要点。", "category": str(CATEGORIES[n % len(CATEGORIES)]), "level": "",
        "tier": "", "units": [], "unit_id": owner if n % 4 == 0 else None,
        "published_at": None if n % 10 == 9 else now - timedelta(days=n), "created_by": "系统",
        "created_at": now, "updated_at": now,
    } for n in range(count)))  # fmt: skip
    lessons = [
        copied(
            pattern,
            id=lesson + n,
            public_id=public_id("lesson", n),
            course_id=course + n // LESSONS,
            position=n % LESSONS + 1,
            title=f"第{n % LESSONS + 1}课",
            length_seconds=2700,
        )
        for n in range(count * LESSONS)
    ]
    add(db, Lesson, lessons)
    first = highest(db, CourseSet) + 1
    add(db, CourseSet, ({
        "id": first + n, "public_id": public_id("set", n), "title": f"第{n}组合", "level": "provincial",
        "tier": "primary", "syllabus_version": "试行", "is_active": False, "created_by": "系统",
        "created_at": now,
    } for n in range(sets)))  # fmt: skip
    add(db, CourseSetCourse, (
        {"set_id": first + n, "course_id": course + each}
        for n in range(sets)
        for each in range(n, count, sets)
    ))  # fmt: skip
    return lessons


def _learnt(db: Session, crowd: Crowd, people: list[int], lessons: list[Row]) -> Iterator[_Learnt]:
    """Yield what was learnt: by everybody a little, by the demo's own officer nearly everything."""
    units = dict(db.execute(select(Posting.person_id, Posting.unit_id)).all())
    visitor = db.scalars(select(Account.person_id).where(Account.login == LEARNER)).one()
    assert visitor is not None
    number = 0
    for person, count in [*((person, STREAMS) for person in people), (visitor, crowd.part(LEARNER_LESSONS))]:
        for each in range(count):
            yield _Learnt(number, person, units[person], lessons[(person + each) % len(lessons)])
            number += 1


def _progress(db: Session, learnt: list[_Learnt], first: int, now: datetime) -> None:
    add(db, StudyProgress, ({
        "id": first + one.number, "person_id": one.person, "year": beijing(now).year, "kind": "lesson",
        "key": str(one.lesson["public_id"]), "credited": 2700 if one.number % 3 else 900, "position": 0,
        "length_seconds": 2700, "started_at": now - timedelta(days=20), "last_at": now - timedelta(days=2),
        "completed_at": now - timedelta(days=2) if one.number % 3 else None,
    } for one in learnt))  # fmt: skip


def _streams(db: Session, learnt: list[_Learnt], progress: int, first: int, now: datetime) -> None:
    at = now - timedelta(days=2)
    add(db, StudyStream, ({
        "id": first + one.number, "public_id": public_id("stream", one.number), "person_id": one.person,
        "progress_id": progress + one.number, "kind": "lesson", "key": str(one.lesson["public_id"]),
        "title": one.lesson["title"], "category": "law", "is_video": False, "day": beijing(at).date(),
        "opened_at": at - timedelta(hours=1), "last_beat_at": at, "counted_until": at, "nonce": "",
        "credited": 900, "beats": 30, "last_interval_ms": 30000, "equal_intervals": 0, "ended_at": at,
        "end_reason": "page",
    } for one in learnt))  # fmt: skip
    add(db, StudySignal, ({
        "stream_id": first + one.number, "person_id": one.person, "kind": "no_input", "seen_at": at,
    } for one in learnt if one.number % SIGNAL_EVERY == 0))  # fmt: skip


def _ledger(db: Session, people: list[int], learnt: list[_Learnt], streams: int, now: datetime) -> None:
    """Book the streams, as many hours entered by hand, and corrections of some."""
    first, today = highest(db, HourEntry) + 1, beijing(now).date()
    booked = [
        _entry(first + one.number, (one.person, one.unit), one.number, today, now)
        | {
            "kind": str(HourKind.CASE if one.number % 4 == 0 else HourKind.ONLINE),
            "title": one.lesson["title"],
            "seconds": 900,
            "stream_id": streams + one.number,
        }
        for one in learnt
    ]
    first += len(booked)
    units = {one.person: one.unit for one in learnt}
    by_hand = ENTRIES - STREAMS
    entered = [
        _entry(first + n, (person, units[person]), n, today, now)
        for n, person in enumerate(each for each in people for _ in range(by_hand))
    ]
    first += len(entered)
    corrections = [
        entry | {
            "id": first + n, "public_id": public_id("correction", n), "seconds": -600,
            "corrects_id": entry["id"], "reason": "签到表核对",
        }
        for n, entry in enumerate(entered[::CORRECTED_EVERY])
    ]  # fmt: skip
    for rows in (booked, entered, corrections):
        add(db, HourEntry, rows)


def _entry(number: int, whose: tuple[int, int], n: int, today: date, now: datetime) -> Row:
    """Return hours entered by hand, on one of the days of this year."""
    day = date(today.year, 1, 1) + timedelta(days=n * 7 % today.timetuple().tm_yday)
    return {
        "id": number, "public_id": public_id("hours", number), "person_id": whose[0], "unit_id": whose[1],
        "day": day, "year": day.year, "kind": str(KINDS[n % len(KINDS)]),
        "category": str(CATEGORIES[n % len(CATEGORIES)]), "title": "集中培训", "seconds": 3600 * (1 + n % 6),
        "evidence": "培训签到表", "file_id": None, "stream_id": None, "approver": "系统",
        "recorded_by": "系统", "recorded_at": now, "corrects_id": None, "reason": "",
    }  # fmt: skip
