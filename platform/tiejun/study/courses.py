"""Making courses: what trainers write is cleaned, checked and kept; published courses are for everybody."""

import mmap
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from question_bank.syllabus import load_syllabus
from question_bank.words import listed, said
from tiejun.audit import Actor, record
from tiejun.bank.law_queries import find_article
from tiejun.bank.law_reviews.models import Decision, LawReview
from tiejun.bank.law_reviews.queue import close, settle
from tiejun.bank.law_reviews.service import chosen
from tiejun.errors import Conflict, NotFound, Problem, Rejected
from tiejun.files.models import StoredFile
from tiejun.html import clean, paragraphs
from tiejun.people.models import Unit
from tiejun.people.queries import in_scope
from tiejun.study.law_changes import LESSON
from tiejun.study.models import Course, Lesson, LessonKind
from tiejun.study.rules import CATEGORY_WORDS

MOST_MINUTES = 600
NOT_SAVED = said("没有保存，请改正下面的内容。")


@dataclass(frozen=True)
class CourseSpec:
    """What a trainer says about a course; `units` are codes of the syllabus."""

    title: str
    summary: str
    category: str
    level: str = ""
    tier: str = ""
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class LessonSpec:
    """What a trainer says about a lesson; `citations` are (law, article); a kept file is filed already."""

    title: str
    kind: str
    minutes: float
    html: str = ""
    citations: tuple[tuple[str, str], ...] = ()
    file: StoredFile | None = None


def own_course(db: Session, public_id: UUID, scopes: Sequence[str]) -> Course:
    """Return a course of a unit in reach, with lessons and their files.

    Raises:
        NotFound: if there is none.
    """
    course = db.scalars(
        select(Course)
        .join(Unit, Unit.id == Course.unit_id)
        .where(Course.public_id == public_id, in_scope(scopes))
        .options(selectinload(Course.lessons).selectinload(Lesson.file))
    ).one_or_none()
    if course is None:
        raise NotFound(said("没有这门课程，或不在您的管理范围内。"))
    return course


def lesson_of(course: Course, public_id: UUID) -> Lesson:
    """Return a lesson of a course.

    Raises:
        NotFound: if it has none of this id.
    """
    found = next((lesson for lesson in course.lessons if lesson.public_id == public_id), None)
    if found is None:
        raise NotFound(said("这门课程没有这一课。"))
    return found


def create_course(db: Session, spec: CourseSpec, unit_id: int | None, actor: Actor, now: datetime) -> Course:
    """Make a draft.

    Raises:
        Rejected: naming each field that is wrong.
    """
    course = Course(unit_id=unit_id, created_by=actor.name, created_at=now, published_at=None)
    db.add(course)
    _write(course, spec, now)
    db.flush()
    record(db, actor, "course.created", ("course", course.public_id), now, title=spec.title)
    return course


def edit_course(db: Session, course: Course, spec: CourseSpec, actor: Actor, now: datetime) -> None:
    """Change what is said about a course.

    Raises:
        Rejected: naming each field that is wrong.
    """
    _write(course, spec, now)
    record(db, actor, "course.edited", ("course", course.public_id), now, title=spec.title)


def _write(course: Course, spec: CourseSpec, now: datetime) -> None:
    faults = []
    if not spec.title:
        faults.append(Problem("", "title", said("请填写课程名称。")))
    if spec.category not in CATEGORY_WORDS:
        faults.append(Problem("", "category", said("请从列表中选择。")))
    known = {unit.code for module in load_syllabus().modules for unit in module.units}
    if strange := [code for code in spec.units if code not in known]:
        words = said("大纲中没有单元 %(codes)s。", codes=listed(strange))
        faults.append(Problem("", "units", words))
    if faults:
        raise Rejected(NOT_SAVED, faults)
    course.title, course.summary, course.category = spec.title[:120], spec.summary, spec.category
    course.level, course.tier, course.units = spec.level, spec.tier, list(spec.units)
    course.updated_at = now


def publish(db: Session, course: Course, is_public: bool, actor: Actor, now: datetime) -> None:
    """Publish a course, or take it back to a draft; what was learnt stays credited.

    Raises:
        Conflict: if it has no lesson.
    """
    if is_public and not course.lessons:
        raise Conflict(said("课程还没有一课，不能发布。请先添加课。"))
    course.published_at = now if is_public else None
    word = "course.published" if is_public else "course.withdrawn"
    record(db, actor, word, ("course", course.public_id), now, title=course.title)


def save_lesson(
    db: Session, course: Course, lesson: Lesson | None, spec: LessonSpec, actor: Actor, now: datetime
) -> Lesson:
    """Add a lesson at the end of a course, or change one; a lesson without a new file keeps its own.

    Raises:
        Rejected: naming each field that is wrong.
    """
    _check(db, lesson, spec)
    if lesson is None:
        last = db.scalar(select(func.max(Lesson.position)).where(Lesson.course_id == course.id))
        lesson = Lesson(course_id=course.id, position=(last or 0) + 1)
        db.add(lesson)
    lesson.title, lesson.kind = spec.title[:120], LessonKind(spec.kind)
    lesson.length_seconds = round(spec.minutes * 60)
    lesson.html = clean(paragraphs(spec.html))
    lesson.citations = [{"law": law, "article": article} for law, article in spec.citations]
    if spec.file is not None:
        lesson.file_id = spec.file.id
    course.updated_at = now
    db.flush()
    settle(db, (LESSON, lesson.id), spec.citations, actor, now)
    record(db, actor, "lesson.saved", ("course", course.public_id), now, title=spec.title)
    return lesson


def reanchor_lesson(
    db: Session,
    lesson: Lesson,
    review: LawReview,
    target: tuple[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    """Let a lesson cite another article in place of one that no longer holds, and say the same else.

    Args:
        review: an open review of this lesson.
        target: law version, and article as people write it.

    Raises:
        NotFound: if the review is another lesson's.
        Rejected: as `law_reviews.service.chosen`.
    """
    if review.subject_id != lesson.id:
        raise NotFound(said("没有这一条待核。"))
    new = chosen(db, review, *target, now)
    old = {"law": review.law_id, "article": review.article}
    cited = [new.to_json() if citation == old else citation for citation in lesson.citations]
    lesson.citations = [one for at, one in enumerate(cited) if one not in cited[:at]]
    course = db.get_one(Course, lesson.course_id)
    course.updated_at = now
    close(db, [review], Decision.REANCHORED, actor, now)
    record(db, actor, "lesson.saved", ("course", course.public_id), now, title=lesson.title)


def _check(db: Session, lesson: Lesson | None, spec: LessonSpec) -> None:
    faults = []
    if not spec.title:
        faults.append(Problem("", "title", said("请填写课的名称。")))
    if spec.kind not in tuple(LessonKind):
        faults.append(Problem("", "kind", said("请从列表中选择。")))
    if not 0 < spec.minutes <= MOST_MINUTES:
        faults.append(Problem("", "minutes", said("应为大于0、不超过%(most)s的分钟数。", most=MOST_MINUTES)))
    if spec.kind == LessonKind.ARTICLE and not spec.html.strip():
        faults.append(Problem("", "html", said("请填写正文。")))
    has_file = spec.file is not None or (lesson is not None and lesson.file_id is not None)
    if spec.kind in (LessonKind.PDF, LessonKind.VIDEO) and not has_file:
        faults.append(Problem("", "file", said("请上传文件。")))
    for law, article in spec.citations:
        if find_article(db, law, article) is None:
            words = said("法规库中没有 %(law)s 第%(article)s条的正文。", law=law, article=article)
            faults.append(Problem("", "citations", words))
    if faults:
        raise Rejected(NOT_SAVED, faults)


def move(db: Session, course: Course, lesson: Lesson, by: int, actor: Actor, now: datetime) -> None:
    """Move a lesson up (-1) or down (1)."""
    order = list(course.lessons)
    at = order.index(lesson)
    order.insert(max(0, min(len(order) - 1, at + by)), order.pop(at))
    for position, each in enumerate(order, start=1):
        each.position = position
    record(db, actor, "lesson.moved", ("course", course.public_id), now, title=lesson.title)


def mp4_seconds(path: Path) -> float | None:
    """Return how long an MP4 file plays, from its movie header; None if that cannot be read."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(b"mvhd")
        if at < 0 or at + 36 > len(content):
            return None
        wide = content[at + 4] == 1
        scale, length = struct.unpack_from(">IQ" if wide else ">II", content, at + (24 if wide else 16))
    return length / scale if scale else None
