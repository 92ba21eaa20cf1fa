"""What the bank's queue of law changes is told of lessons (a teller of `tiejun.bank.law_reviews.things`)."""

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.bank.law_reviews.things import CitingThing
from tiejun.study.models import Course, Lesson

LESSON = "lesson"


def lessons_citing(db: Session, law_ids: Collection[str]) -> Iterator[CitingThing]:
    """Tell the citations of the lessons of published courses.

    Citations of lessons lie in JSON, which the two databases search differently; lessons are few, and all
    of them are read.
    """
    rows = db.execute(
        select(Lesson, Course)
        .join(Course, Course.id == Lesson.course_id)
        .where(Course.published_at.is_not(None))
        .order_by(Lesson.id)
    )
    for lesson, course in rows:
        for law_id, article in dict.fromkeys((cite["law"], cite["article"]) for cite in lesson.citations):
            if law_id in law_ids:
                yield CitingThing(
                    LESSON,
                    lesson.id,
                    law_id,
                    article,
                    lesson.title,
                    course.units[0] if course.units else None,
                    course.created_by,
                    _address(lesson, course),
                    course.unit_id,
                )


def _address(lesson: Lesson, course: Course) -> str:
    """Return where a lesson is edited; one that came with the product can be read only."""
    if course.unit_id is None:
        return f"/study/lessons/{lesson.public_id}"
    return f"/courses/{course.public_id}/lessons/{lesson.public_id}"
