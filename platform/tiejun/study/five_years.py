"""How much of the list of the five years a course or a set of courses cites, for those who make them."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from tiejun.bank.five_years.queries import Gauge, gauge
from tiejun.bank.five_years.rules import rule_of
from tiejun.clock import beijing
from tiejun.study.course_queries import SetLine
from tiejun.study.models import Course
from tiejun.web import now, settings


def course_gauge(db: Session, course: Course) -> Gauge | None:
    """Return how much of today's list the lessons of a course cite, its lessons loaded."""
    cited = {citation["law"] for lesson in course.lessons for citation in lesson.citations}
    return _today(db, course.tier, cited)


def set_gauge(db: Session, line: SetLine) -> Gauge | None:
    """Return how much of today's list the lessons of a course set cite together."""
    return _today(db, line.row.tier, line.cited)


def _today(db: Session, tier: str, cited: Collection[str]) -> Gauge | None:
    return gauge(db, rule_of(settings()), beijing(now()).date(), tier, cited)
