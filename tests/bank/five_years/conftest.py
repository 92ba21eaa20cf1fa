"""A bank with a list of the five years."""

from datetime import date
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token
from tiejun.audit import SYSTEM
from tiejun.bank.five_years.rules import FiveYearRule
from tiejun.bank.models import LawVersion
from tiejun.db import Database
from tiejun.study import courses
from tiejun.study.courses import CourseSpec, LessonSpec

DAY = date(2026, 11, 20)
RULE = FiveYearRule(tiers=frozenset({"primary", "intermediate"}))
NEW_TEXTLESS = "textless-rules-2024"


@pytest.fixture
def listed(bank: Database) -> Database:
    """Return the bank with, beside the sample law, a new one without text, one amended, one of a court."""
    with bank.transaction() as db:
        for law_id, kind, change in (
            (NEW_TEXTLESS, "行政法规", "制定"),
            ("amended-law-2024", "法律", "修正"),
            ("court-paper-2024", "司法解释", "制定"),
        ):
            row = LawVersion(id=law_id, title=f"名称{law_id}", kind=kind, tier="ref", change_type=change)
            row.adopted, row.effective = date(2024, 5, 1), date(2024, 6, 1)
            db.add(row)
    return bank


def post(client: FlaskClient, address: str, page: str = "/laws/five-years", **data: object) -> TestResponse:
    return client.post(address, data={"csrf_token": csrf_token(client, page)} | data)


def course_of(db: Session, world: World, clock: ManualClock, *cited: tuple[str, str]) -> UUID:
    spec = CourseSpec("新法课", "", "law", units=("B5",))
    course = courses.create_course(db, spec, world.units["sichuan"].id, SYSTEM, clock())
    courses.save_lesson(
        db, course, None, LessonSpec("一课", "article", 10, "<p>正文</p>", cited), SYSTEM, clock()
    )
    db.refresh(course, ["lessons"])
    courses.publish(db, course, True, SYSTEM, clock())
    return course.public_id
