"""A course set can be the training that the certificate asks for, where the setting says so."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tiejun import outbox
from tiejun.app import handlers
from tiejun.audit import SYSTEM
from tiejun.certificates.models import Certificate
from tiejun.clock import beijing
from tiejun.demo.cli import demo_environment, prepare_demo
from tiejun.demo.people import person_named
from tiejun.installation import Core, opened
from tiejun.people.models import TrainingCompletion
from tiejun.settings import Settings
from tiejun.study import rules, streams
from tiejun.study.course_queries import source_of
from tiejun.study.models import Course, Lesson
from tiejun.study.sets import create_set

UNTRAINED = "黄诗雨"  # of the demo: passed, and waits for her training
TWO_LESSONS = "platform-discipline"


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    folder = tmp_path_factory.mktemp("set")
    with opened(Settings.from_env(demo_environment({"TIEJUN_DATA_DIR": str(folder)}, 8000))) as core:
        prepare_demo(core)
        yield core


def learn(core: Core, settings: Settings, lesson: Lesson, person_id: int, at: datetime) -> datetime:
    """Read a lesson to its end, as a page does."""
    with core.database.transaction() as db:
        reply = streams.open_stream(db, person_id, source_of(lesson), at)
    while not reply.is_complete:
        at += timedelta(seconds=settings.study_beat_seconds)
        with core.database.transaction() as db:
            key = (person_id, reply.stream, reply.nonce)
            reply = streams.beat(db, key, rules.Beat(), settings, at)
    return at


def morning(core: Core, days: int) -> datetime:
    """Return nine o'clock in Beijing so many days ahead: what is learnt from then on ends on the same day."""
    return (beijing(core.clock()) + timedelta(days=days)).replace(hour=9, minute=0).astimezone(UTC)


def certificates(core: Core, person_id: int) -> int:
    with core.database.reading() as db:
        wanted = Certificate.person_id == person_id
        return db.scalar(select(func.count()).select_from(Certificate).where(wanted)) or 0


def test_the_last_lesson_of_a_set_gives_a_waiting_pass_its_certificate(laid: Core):
    now, counting = morning(laid, 1), replace(laid.settings, course_set_counts=True)
    with laid.database.transaction() as db:
        person_id = person_named(db, UNTRAINED).id
        course = db.scalars(select(Course).where(Course.slug == TWO_LESSONS)).one()
        create_set(db, "省级初级线上培训", ("provincial", "primary"), [course.public_id], SYSTEM, now)
        lessons = list(db.scalars(select(Lesson).where(Lesson.course_id == course.id)))
        for lesson in lessons:
            lesson.course = course
    whole = rules.hours(sum(lesson.length_seconds for lesson in lessons), counting.hour_minutes)

    for lesson in lessons[:-1]:
        now = learn(laid, counting, lesson, person_id, now)
    outbox.drain(laid.database, handlers(counting), now)
    assert certificates(laid, person_id) == 0

    now = learn(laid, counting, lessons[-1], person_id, now)
    for _round in range(2):
        outbox.drain(laid.database, handlers(counting), now)
    assert certificates(laid, person_id) == 1
    with laid.database.reading() as db:
        row = db.scalars(select(TrainingCompletion).where(TrainingCompletion.person_id == person_id)).one()
    assert (row.class_name, row.hours) == ("省级初级线上培训", whole)


def test_without_the_setting_nothing_is_recorded(laid: Core):
    now = morning(laid, 2)
    with laid.database.transaction() as db:
        person_id = person_named(db, "沈佳").id
        course = db.scalars(select(Course).where(Course.slug == TWO_LESSONS)).one()
        create_set(db, "另一个组合", ("provincial", "primary"), [course.public_id], SYSTEM, now)
        lessons = list(db.scalars(select(Lesson).where(Lesson.course_id == course.id)))
        for lesson in lessons:
            lesson.course = course

    for lesson in lessons:
        now = learn(laid, laid.settings, lesson, person_id, now)

    with laid.database.reading() as db:
        wanted = TrainingCompletion.person_id == person_id
        assert db.scalar(select(func.count()).select_from(TrainingCompletion).where(wanted)) == 0
