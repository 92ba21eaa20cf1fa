"""Course sets: when all their lessons are learnt, the post training may count as completed.

Only where the setting `course_set_counts` says so. It is recorded through `people.training`, whose message
`training.recorded` gives a waiting pass its certificate (环办执法〔2022〕21号 第八条).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.clock import beijing
from tiejun.errors import Problem, Rejected
from tiejun.people.levels import LEVEL_WORDS, TIER_WORDS
from tiejun.people.models import Person, TrainingCompletion
from tiejun.people.training import CompletionEntry, PlannedCompletion, record_completion
from tiejun.settings import Settings
from tiejun.study.models import Course, CourseSet, CourseSetCourse, Lesson, StudyProgress, StudyStream
from tiejun.study.rules import hours
from tiejun.study.sources import LESSON

BY_CLOCK = Actor(None, "系统（课程组合学完）")


def source_completed(db: Session, stream: StudyStream, settings: Settings, now: datetime) -> None:
    """Record the training of every set that a person has now learnt completely."""
    if not settings.course_set_counts or stream.kind != LESSON:
        return
    with_this = (
        select(CourseSet)
        .join(CourseSetCourse, CourseSetCourse.set_id == CourseSet.id)
        .join(Lesson, Lesson.course_id == CourseSetCourse.course_id)
        .where(Lesson.public_id == UUID(stream.key), CourseSet.is_active)
    )
    for found in db.scalars(with_this).all():
        seconds = _learnt_seconds(db, found, stream.person_id)
        if seconds is not None:
            _record(db, found, stream.person_id, hours(seconds, settings.hour_minutes), now)


def _learnt_seconds(db: Session, found: CourseSet, person_id: int) -> int | None:
    """Return the length of a set that is learnt completely, else None."""
    lessons = db.scalars(
        select(Lesson)
        .join(CourseSetCourse, CourseSetCourse.course_id == Lesson.course_id)
        .where(CourseSetCourse.set_id == found.id)
    ).all()
    keys = [str(lesson.public_id) for lesson in lessons]
    learnt = db.scalar(
        select(func.count(StudyProgress.key.distinct())).where(
            StudyProgress.person_id == person_id,
            StudyProgress.kind == LESSON,
            StudyProgress.key.in_(keys),
            StudyProgress.completed_at.is_not(None),
        )
    )
    return sum(lesson.length_seconds for lesson in lessons) if learnt == len(keys) else None


def _record(db: Session, found: CourseSet, person_id: int, total: float, now: datetime) -> None:
    person = db.get_one(Person, person_id)
    known = select(TrainingCompletion.id).where(
        TrainingCompletion.person_id == person_id,
        TrainingCompletion.level == found.level,
        TrainingCompletion.tier == found.tier,
        TrainingCompletion.class_name == found.title,
    )
    if db.scalar(known) is not None:
        return
    entry = CompletionEntry(
        where=found.title,
        name=person.name,
        id_number="",
        level=found.level,
        tier=found.tier,
        class_name=found.title,
        completed_on=beijing(now).date(),
        hours=total,
        syllabus_version=found.syllabus_version,
        evidence="线上学完课程组合的全部课程",
    )
    record_completion(db, PlannedCompletion(entry, person, None, "created"), BY_CLOCK, now)


def create_set(
    db: Session, title: str, level_tier: tuple[str, str], courses: list[UUID], actor: Actor, now: datetime
) -> CourseSet:
    """Make a course set of published courses.

    Raises:
        Rejected: naming each field that is wrong.
    """
    level, tier = level_tier
    rows = db.scalars(
        select(Course).where(Course.public_id.in_(courses), Course.published_at.is_not(None))
    ).all()
    faults = []
    if not title or db.scalar(select(CourseSet.id).where(CourseSet.title == title)) is not None:
        faults.append(Problem("", "title", said("请填写一个还没有用过的名称。")))
    if level not in LEVEL_WORDS or tier not in TIER_WORDS:
        faults.append(Problem("", "level", said("请从列表中选择。")))
    if not rows:
        faults.append(Problem("", "courses", said("请至少选一门已发布的课程。")))
    if faults:
        raise Rejected(said("没有保存，请改正下面的内容。"), faults)
    made = CourseSet(
        title=title[:120],
        level=level,
        tier=tier,
        syllabus_version="试行",
        created_by=actor.name,
        created_at=now,
    )
    db.add(made)
    db.flush()
    db.add_all([CourseSetCourse(set_id=made.id, course_id=row.id) for row in rows])
    record(db, actor, "course_set.created", ("course_set", made.public_id), now, title=title)
    return made
