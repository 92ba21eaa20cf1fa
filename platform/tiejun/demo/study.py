"""What the officers of the demo have learnt this year, booked at the moments at which it was learnt."""

import random
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.audit import Actor
from tiejun.clock import beijing
from tiejun.demo.courses import install_made_courses
from tiejun.demo.people import person_named
from tiejun.installation import Core
from tiejun.people.models import Account, Person
from tiejun.study import rules, streams
from tiejun.study.course_queries import source_of
from tiejun.study.ledger import HourSpec, Recorder, correct, record_hours
from tiejun.study.library import install_courses
from tiejun.study.models import Course, Lesson

ADMIN, VISITOR = "demo-province", "李明"
# (days ago, kind, category, what, minutes, evidence, share of officers who came)
HELD = (
    (110, "class", "law", "生态环境法典专题培训", 720, "巴环办函〔2026〕31号", 0.9),
    (95, "class", "business", "现场检查与证据固定集中培训", 540, "培训签到表", 0.8),
    (80, "external", "business", "省厅自动监测执法培训班", 720, "结业证书", 0.35),
    (60, "class", "politics", "党组理论学习中心组扩大学习", 180, "会议记录", 0.85),
    (45, "self_study", "politics", "学习强国自学", 270, "积分截图", 0.7),
    (30, "class", "law", "行政处罚法与听证程序", 360, "巴环办函〔2026〕58号", 0.75),
    (12, "external", "business", "排污许可执法外出学习", 360, "派学通知", 0.3),
)


def install_study(core: Core, now: datetime) -> None:
    """Install the courses that ship, and a plausible year of hours."""
    actor = Actor(None, "演示")
    with core.database.transaction() as db:
        install_courses(db, core.settings, actor, now - timedelta(days=100))
        install_made_courses(db, now)
        people = list(db.scalars(select(Person).order_by(Person.id)))
        account = db.scalars(select(Account).where(Account.login == ADMIN)).one()
        by = Recorder(Actor(account.id, account.display_name), None, ("/",))
        for days, *what in HELD:
            _hold(db, people, (now - timedelta(days=days)), what, by)
        _correct_one(db, people, by, now - timedelta(days=5))
        lessons = list(
            db.scalars(select(Lesson).join(Course).where(Course.slug.is_not(None)).order_by(Lesson.id))
        )
        for lesson in lessons:
            lesson.course = db.get_one(Course, lesson.course_id)
        learners = [*people[:12], person_named(db, VISITOR)]
        # By the day, not by the hour of laying: nobody's reading may run over midnight, where minutes end.
        morning = beijing(now - timedelta(days=3)).replace(hour=8, minute=0)
        for number, person in enumerate(learners):
            _learn(db, core, person, lessons[: 1 + number % 2], morning + timedelta(hours=number))


def _hold(db: Session, people: list[Person], at: datetime, what: list, by: Recorder) -> None:  # type: ignore[type-arg]
    kind, category, title, minutes, evidence, share = what
    chance = random.Random(title)
    day: date = beijing(at).date()
    for person in people:
        if chance.random() < share:
            record_hours(
                db, person.public_id, HourSpec(day, kind, category, title, minutes, evidence), by, at
            )


def _correct_one(db: Session, people: list[Person], by: Recorder, at: datetime) -> None:
    spec = HourSpec(beijing(at).date(), "class", "business", "执法文书制作讲评", 180, "培训签到表")
    entry = record_hours(db, people[-1].public_id, spec, by, at)
    correct(db, entry.public_id, -45, "签到表核对：中途离场一学时", by, at + timedelta(hours=2))


def _learn(db: Session, core: Core, person: Person, lessons: list[Lesson], at: datetime) -> None:
    """Let a person read lessons through the same streams and beats as a page."""
    pause = timedelta(seconds=core.settings.study_beat_seconds)
    for lesson in lessons:
        reply = streams.open_stream(db, person.id, source_of(lesson), at)
        for _beat in range(10 + person.id % 15):
            at += pause + timedelta(milliseconds=random.Random(at.timestamp()).randrange(900))
            key = (person.id, reply.stream, reply.nonce)
            reply = streams.beat(db, key, rules.Beat(), core.settings, at)
        streams.end_by_page(db, person.id, reply.stream, at)
