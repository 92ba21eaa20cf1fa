"""Reads of courses for those who learn, and for those who write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from question_bank.words import said
from tiejun.bank.models import Article, LawVersion
from tiejun.errors import NotFound
from tiejun.listing import ListPage, contains, scalar_page
from tiejun.people.models import Unit
from tiejun.people.queries import in_scope
from tiejun.study.models import Course, CourseSet, CourseSetCourse, Lesson, LessonKind, StudyProgress
from tiejun.study.sources import LESSON, Source, progress_of_many

MOST_CONTINUED = 3


@dataclass(frozen=True)
class CourseFilter:
    """What the address bar asks for."""

    text: str = ""
    category: str = ""
    tier: str = ""
    page: int = 1


@dataclass(frozen=True)
class CourseLine:
    """A course with one person's progress by lesson."""

    course: Course
    progress: dict[str, StudyProgress]

    def of(self, lesson: Lesson) -> StudyProgress | None:
        """Return the progress with a lesson."""
        return self.progress.get(str(lesson.public_id))

    @property
    def share(self) -> float:
        """Return how much of the course is learnt, from 0 to 1."""
        done = sum(
            min(row.credited, lesson.length_seconds)
            for lesson in self.course.lessons
            if (row := self.of(lesson))
        )
        return done / self.course.seconds if self.course.seconds else 0.0

    @property
    def next_lesson(self) -> Lesson | None:
        """Return the first lesson that is not learnt."""
        for lesson in self.course.lessons:
            row = self.of(lesson)
            if row is None or row.completed_at is None:
                return lesson
        return None


@dataclass(frozen=True)
class LessonPage:
    """A lesson with its neighbours and the articles it cites."""

    lesson: Lesson
    previous: Lesson | None
    following: Lesson | None
    cited: list[tuple[Article, LawVersion]]

    @property
    def source(self) -> Source:
        """Return what is studied on this page."""
        return source_of(self.lesson)


def source_of(lesson: Lesson) -> Source:
    """Return a lesson as something that can be studied for minutes."""
    course = lesson.course
    title = f"{course.title}·{lesson.title}"
    is_video = lesson.kind == LessonKind.VIDEO
    return Source(LESSON, str(lesson.public_id), title, course.category, lesson.length_seconds, is_video)


def course_page(db: Session, person_id: int | None, year: int, wanted: CourseFilter) -> ListPage[CourseLine]:
    """Return published courses with a person's progress."""
    query = select(Course).where(Course.published_at.is_not(None)).options(selectinload(Course.lessons))
    if wanted.text:
        pattern = contains(wanted.text)
        query = query.where(
            or_(Course.title.like(pattern, escape="\\"), Course.summary.like(pattern, escape="\\"))
        )
    if wanted.category:
        query = query.where(Course.category == wanted.category)
    if wanted.tier:
        query = query.where(Course.tier.in_(("", wanted.tier)))
    found = scalar_page(db, query.order_by(Course.published_at.desc(), Course.id), wanted.page, 20)
    return ListPage(_lines(db, found.rows, person_id, year), found.number, found.pages, found.total)


def to_continue(db: Session, person_id: int | None, year: int) -> list[CourseLine]:
    """Return the courses a person has begun this year and not finished, the latest first."""
    rows = db.scalars(
        select(StudyProgress)
        .where(
            StudyProgress.person_id == person_id,
            StudyProgress.year == year,
            StudyProgress.kind == LESSON,
            StudyProgress.credited > 0,
        )
        .order_by(StudyProgress.last_at.desc())
        .limit(30)
    ).all()
    keys = [UUID(row.key) for row in rows]
    courses = (
        db.scalars(
            select(Course)
            .join(Lesson, Lesson.course_id == Course.id)
            .where(Lesson.public_id.in_(keys), Course.published_at.is_not(None))
            .options(selectinload(Course.lessons))
        )
        .unique()
        .all()
    )
    order = {str(row.key): number for number, row in enumerate(rows)}
    lines = [line for line in _lines(db, courses, person_id, year) if line.next_lesson is not None]
    lines.sort(key=lambda line: min(order.get(str(each.public_id), 99) for each in line.course.lessons))
    return lines[:MOST_CONTINUED]


def line_of(db: Session, course: Course, person_id: int | None, year: int) -> CourseLine:
    """Return a course, its lessons loaded, with a person's progress."""
    return _lines(db, [course], person_id, year)[0]


def _lines(db: Session, courses: Sequence[Course], person_id: int | None, year: int) -> list[CourseLine]:
    keys = [str(lesson.public_id) for course in courses for lesson in course.lessons]
    progress = progress_of_many(db, person_id, LESSON, keys, year)
    return [CourseLine(course, progress) for course in courses]


def visible_course(
    db: Session, public_id: UUID, scopes: Sequence[str], person_id: int | None, year: int
) -> CourseLine:
    """Return a published course, or a draft of a unit in `scopes`.

    Raises:
        NotFound: if there is none.
    """
    query = _visible(select(Course).where(Course.public_id == public_id), scopes)
    course = db.scalars(query.options(selectinload(Course.lessons))).one_or_none()
    if course is None:
        raise NotFound(said("没有这门课程，或尚未发布。"))
    return line_of(db, course, person_id, year)


def visible_lesson(db: Session, public_id: UUID, scopes: Sequence[str]) -> LessonPage:
    """Return a lesson of a published course, or of a draft of a unit in `scopes`.

    Raises:
        NotFound: if there is none.
    """
    query = select(Lesson).join(Course, Course.id == Lesson.course_id).where(Lesson.public_id == public_id)
    lesson = db.scalars(
        _visible(query, scopes).options(
            joinedload(Lesson.file), joinedload(Lesson.course).selectinload(Course.lessons)
        )
    ).one_or_none()
    if lesson is None:
        raise NotFound(said("没有这一课，或课程尚未发布。"))
    order = lesson.course.lessons
    at = order.index(lesson)
    following = order[at + 1] if at + 1 < len(order) else None
    return LessonPage(lesson, order[at - 1] if at else None, following, _cited(db, lesson))


def _visible(query: Select[*tuple[Course]] | Select[*tuple[Lesson]], scopes: Sequence[str]) -> Select:  # type: ignore[type-arg]
    mine = select(Unit.id).where(Unit.id == Course.unit_id, in_scope(scopes)).exists()
    return query.where(or_(Course.published_at.is_not(None), mine))


def _cited(db: Session, lesson: Lesson) -> list[tuple[Article, LawVersion]]:
    if not lesson.citations:
        return []
    fits = [and_(Article.law_id == c["law"], Article.number == c["article"]) for c in lesson.citations]
    rows = db.execute(
        select(Article, LawVersion).join(LawVersion, LawVersion.id == Article.law_id).where(or_(*fits))
    )
    return [(article, law) for article, law in rows]


def courses_to_edit(db: Session, scopes: Sequence[str]) -> list[Course]:
    """Return the courses of units in reach, drafts first."""
    return list(
        db.scalars(
            select(Course)
            .join(Unit, Unit.id == Course.unit_id)
            .where(in_scope(scopes))
            .options(selectinload(Course.lessons))
            .order_by(Course.published_at.is_not(None), Course.updated_at.desc())
        )
    )


def published(db: Session) -> list[Course]:
    """Return all published courses by title."""
    return list(db.scalars(select(Course).where(Course.published_at.is_not(None)).order_by(Course.title)))


@dataclass(frozen=True)
class SetLine:
    """A course set with the titles of its courses, and the law versions that their lessons cite."""

    row: CourseSet
    titles: Sequence[str]
    cited: frozenset[str]


def course_sets(db: Session) -> list[SetLine]:
    """Return the course sets by title."""
    titles: dict[int, list[str]] = {}
    for set_id, title in db.execute(
        select(CourseSetCourse.set_id, Course.title)
        .join(Course, Course.id == CourseSetCourse.course_id)
        .order_by(Course.title)
    ):
        titles.setdefault(set_id, []).append(title)
    cited: dict[int, set[str]] = {}
    for set_id, citations in db.execute(
        select(CourseSetCourse.set_id, Lesson.citations).join(
            Lesson, Lesson.course_id == CourseSetCourse.course_id
        )
    ):
        cited.setdefault(set_id, set()).update(citation["law"] for citation in citations)
    return [
        SetLine(row, titles.get(row.id, []), frozenset(cited.get(row.id, ())))
        for row in db.scalars(select(CourseSet).order_by(CourseSet.title))
    ]
