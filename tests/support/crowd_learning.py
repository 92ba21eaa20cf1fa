"""What a crowd has learnt in a year: courses, hours, cases, practice; and what it was told."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.crowd_rows import add, copied, highest, public_id
from tiejun.bank.models import Item, ItemPurpose, ItemVersion
from tiejun.cases.models import CaseCitation, CaseMaterial, CaseState, CaseUnit, CaseVersion
from tiejun.notices.models import Notice
from tiejun.people.models import Account, Person, Posting
from tiejun.practice.models import PracticeAnswer, PracticeRecord, PracticeRun
from tiejun.study.models import Course, HourEntry, Lesson, StudyProgress, StudyStream

YEAR = 2026
ENTRIES = 12
COURSES, CASES = 40, 200
RUNS = 30
KINDS = ("online", "case", "class", "external", "self_study")
CATEGORIES = ("business", "law", "politics")
Row = dict[str, Any]


def learn(db: Session, people: list[int], now: datetime) -> None:
    """Let the crowd have studied for a year; the officer of the demo has practised and been told a lot."""
    _courses(db)
    _cases(db, now)
    units = dict(
        db.execute(select(Posting.person_id, Posting.unit_id).where(Posting.effective_to.is_(None))).all()
    )
    _hours(db, people, units, now)
    _study(db, people, now)
    _practice(db, now)
    _notices(db, now)


def _courses(db: Session) -> None:
    courses = db.scalars(select(Course).order_by(Course.id)).all()
    course, lesson = highest(db, Course) + 1, highest(db, Lesson) + 1
    for number in range(COURSES):
        old = courses[number % len(courses)]
        fresh = {"id": course + number, "public_id": public_id("course", number), "slug": None}
        add(db, Course, [copied(old, **fresh, title=f"课程{number}")])
        lessons = db.scalars(select(Lesson).where(Lesson.course_id == old.id).order_by(Lesson.position)).all()
        add(
            db,
            Lesson,
            [
                copied(
                    one,
                    id=(lesson := lesson + 1),
                    course_id=course + number,
                    public_id=public_id("lesson", lesson),
                )
                for one in lessons
            ],
        )


def _cases(db: Session, now: datetime) -> None:
    published = db.execute(
        select(CaseMaterial, CaseVersion)
        .join(CaseVersion, CaseVersion.case_id == CaseMaterial.id)
        .where(CaseVersion.state == CaseState.PUBLISHED)
        .order_by(CaseMaterial.id)
    ).all()
    case, version = highest(db, CaseMaterial) + 1, highest(db, CaseVersion) + 1
    author = db.scalars(select(Account.id).where(Account.login == "demo-trainer")).one()
    chosen = [published[number % len(published)] for number in range(CASES)]
    add(db, CaseMaterial, [
        copied(
            old, id=case + n, public_id=public_id("case", n), code=None, author_id=author, latest=1,
            published=None if n % 20 == 0 else 1,
        )
        for n, (old, _version) in enumerate(chosen)
    ])  # fmt: skip
    add(db, CaseVersion, [
        copied(
            old, id=version + n, case_id=case + n, number=1, title=f"案例{n}", submitted_at=now,
            state=str(CaseState.IN_REVIEW if n % 20 == 0 else CaseState.PUBLISHED),
        )
        for n, (_case, old) in enumerate(chosen)
    ])  # fmt: skip
    tags = [*db.scalars(select(CaseUnit)), *db.scalars(select(CaseCitation))]
    for model in (CaseUnit, CaseCitation):
        add(db, model, [
            copied(one, id=None, version_id=version + n)
            for n, (_case, old) in enumerate(chosen)
            for one in tags
            if isinstance(one, model) and one.version_id == old.id
        ])  # fmt: skip


def _hours(db: Session, people: list[int], units: dict[int, int], now: datetime) -> None:
    add(db, HourEntry, (
        {
            "public_id": public_id("hours", n * ENTRIES + month), "person_id": person,
            "unit_id": units[person], "day": date(YEAR, month, 1 + n % 28), "year": YEAR,
            "kind": KINDS[(n + month) % len(KINDS)], "category": CATEGORIES[n % len(CATEGORIES)],
            "title": f"第{month}月学习", "seconds": 2700 * (1 + (n + month) % 7), "recorded_by": "系统计时",
            "recorded_at": now,
        }
        for n, person in enumerate(people)
        for month in range(1, ENTRIES + 1)
    ))  # fmt: skip


def _study(db: Session, people: list[int], now: datetime) -> None:
    lessons = db.scalars(select(Lesson).order_by(Lesson.id)).all()
    mine = db.scalars(select(Account.person_id).where(Account.login == "demo-officer")).one()
    assert mine is not None
    known = set(db.scalars(select(StudyProgress.key).where(StudyProgress.person_id == mine)))
    pairs = [(person, lessons[n % len(lessons)]) for n, person in enumerate(people)]
    pairs += [(mine, lesson) for lesson in lessons if str(lesson.public_id) not in known]
    first = highest(db, StudyProgress) + 1
    add(db, StudyProgress, [
        {
            "id": first + n, "person_id": person, "year": YEAR, "kind": "lesson",
            "key": str(lesson.public_id), "credited": lesson.length_seconds // (1 + n % 2), "position": 0,
            "length_seconds": lesson.length_seconds, "started_at": now, "last_at": now,
            "completed_at": None if n % 2 else now,
        }
        for n, (person, lesson) in enumerate(pairs)
    ])  # fmt: skip
    add(db, StudyStream, [
        {
            "public_id": public_id("stream", n), "person_id": person, "progress_id": first + n,
            "kind": "lesson", "key": str(lesson.public_id), "title": lesson.title, "category": "law",
            "is_video": False, "day": now.date(), "opened_at": now, "last_beat_at": now,
            "counted_until": now, "nonce": "0" * 32, "credited": 60, "beats": 4, "equal_intervals": 0,
            "ended_at": now, "end_reason": "done",
        }
        for n, (person, lesson) in enumerate(pairs)
    ])  # fmt: skip


def _practice(db: Session, now: datetime) -> None:
    mine = db.scalars(select(Person.id).join(Account).where(Account.login == "demo-officer")).one()
    items = db.execute(
        select(Item.id, ItemVersion.id)
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.current_version))
        .where(Item.purpose == ItemPurpose.PRACTICE, Item.kind == "single")
        .order_by(Item.id)
    ).all()
    run = highest(db, PracticeRun) + 1
    add(db, PracticeRun, [
        {
            "id": run + n, "public_id": public_id("run", n), "person_id": mine, "source": "mixed",
            "unit": "", "seed": str(n), "versions": [version for _item, version in items],
            "created_at": now - timedelta(days=n),
        }
        for n in range(RUNS)
    ])  # fmt: skip
    add(db, PracticeAnswer, [
        {
            "person_id": mine, "run_id": run + n, "step": step, "item_id": item, "version_id": version,
            "value": ["a"], "points": 0.0, "maximum": 1.0, "is_right": False,
            "answered_at": now - timedelta(days=n),
        }
        for n in range(RUNS)
        for step, (item, version) in enumerate(items, start=1)
    ])  # fmt: skip
    known = set(db.scalars(select(PracticeRecord.item_id).where(PracticeRecord.person_id == mine)))
    add(db, PracticeRecord, [
        {
            "person_id": mine, "item_id": item, "answers": RUNS, "rights": 0, "is_last_right": False,
            "last_at": now, "entered_at": now, "right_days": 0,
        }
        for item, _version in items
        if item not in known
    ])  # fmt: skip


def _notices(db: Session, now: datetime) -> None:
    accounts = db.execute(select(Account.id, Account.login).where(Account.is_active)).all()
    add(db, Notice, (
        {
            "public_id": public_id("notice", account * 1000 + n), "account_id": account, "topic": "result",
            "key": f"crowd:{n}", "title": {"pattern": "成绩已发布", "values": {}},
            "body": {"pattern": "成绩已发布", "values": {}}, "address": "/my/results",
            "created_at": now - timedelta(hours=n), "read_at": now if n % 2 else None,
        }
        for account, login in accounts
        for n in range(300 if login.startswith("demo-") else 2)
    ))  # fmt: skip
