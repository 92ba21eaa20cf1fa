"""How much of the list of the five years a course cites, for those who write courses."""

from sqlalchemy.orm import Session

from tiejun.bank.five_years.queries import Gauge, gauge
from tiejun.bank.five_years.rules import rule_of
from tiejun.clock import beijing
from tiejun.study.models import Course
from tiejun.web import now, settings


def course_gauge(db: Session, course: Course) -> Gauge | None:
    """Return how much of today's list the lessons of a course cite, its lessons loaded."""
    cited = {citation["law"] for lesson in course.lessons for citation in lesson.citations}
    return gauge(db, rule_of(settings()), beijing(now()).date(), course.tier, cited)
