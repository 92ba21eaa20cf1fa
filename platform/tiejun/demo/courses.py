"""Courses of the demo that its people made: the trainer's own, one published and one begun; a course set."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.audit import Actor
from tiejun.people.levels import PRIMARY, PROVINCIAL
from tiejun.people.models import Account
from tiejun.study.courses import CourseSpec, LessonSpec, create_course, publish, save_lesson
from tiejun.study.library import registered
from tiejun.study.models import Course, LessonKind
from tiejun.study.sets import create_set

TRAINER, ADMIN = "demo-trainer", "demo-province"
MADE = CourseSpec(
    title="危险废物贮存间怎样查",
    summary="进门先看什么、台账和实物怎样对、现场照片怎样拍，两篇短文讲清一次贮存间检查。",
    category="business",
    level=PROVINCIAL,
    tier=PRIMARY,
    units=("E6",),
)
LESSONS = (
    LessonSpec(
        "一、先看现场，再看台账",
        LessonKind.ARTICLE,
        6,
        "<p>先看台账，容易跟着台账走；先看现场，台账上的空白自己会露出来。</p>"
        "<h3>进门五看</h3><ol><li>看标识：贮存间、包装和容器上的标志与里面的东西是否一致。</li>"
        "<li>看地面：有没有防渗、有没有裂缝，泄漏液往哪里去。</li>"
        "<li>看分区：不相容的是否分开放。</li>"
        "<li>看数量：按包装逐一点数、称重，记下点数的人和时间。</li>"
        "<li>看日期：包装上的产生日期，最早的一件放了多久。</li></ol>"
        "<p>五看之后，再请企业拿出台账，当场对数。</p>",
        (("eco-env-code-2026", "532"),),
    ),
    LessonSpec(
        "二、数量对不上，问什么",
        LessonKind.ARTICLE,
        5,
        "<p>对不上有两种：台账多，实物少；实物多，台账少。前一种问去向，后一种问来源。</p>"
        "<h3>三张单子</h3><ul><li>领料单和产量，推算应当产生多少。</li><li>转移联单，核对运走多少、运到哪里。</li>"
        "<li>磅单和门卫登记，核对哪一天有车进出。</li></ul>"
        "<p>三张单子两两相符，差额才能写进笔录；缺一张的，先调取，再询问。</p>",
        (("eco-env-code-2026", "1175"),),
    ),
)
BEGUN = CourseSpec(
    title="无人机在现场检查中的使用",
    summary="草稿：飞行前的审批、取证的要求、影像的保存。",
    category="business",
    units=("H4",),
)
SET = "省级初级线上课程（演示）"


def install_made_courses(db: Session, now: datetime) -> None:
    """Let the trainer publish a course, a month before `now`, and begin another; the province makes a set."""
    account = db.scalars(select(Account).where(Account.login == TRAINER)).one()
    actor, made_at = Actor(account.id, account.display_name), now - timedelta(days=30)
    course = create_course(db, MADE, account.unit_id, actor, made_at)
    for lesson in LESSONS:
        known = replace(lesson, citations=registered(db, lesson.citations))
        save_lesson(db, course, None, known, actor, made_at)
    db.refresh(course, ["lessons"])
    publish(db, course, True, actor, made_at)
    create_course(db, BEGUN, account.unit_id, actor, now - timedelta(days=1))
    admin = db.scalars(select(Account).where(Account.login == ADMIN)).one()
    courses = db.scalars(select(Course.public_id).where(Course.slug.is_not(None))).all()
    by = Actor(admin.id, admin.display_name)
    create_set(db, SET, (PROVINCIAL, PRIMARY), list(courses), by, now - timedelta(days=29))
