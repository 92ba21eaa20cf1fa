"""Pages of those who learn: courses, lessons, their own hours."""

import io
from uuid import UUID

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tiejun.access import Permission, persona, require
from tiejun.clock import beijing
from tiejun.errors import NotFound
from tiejun.files import pdf_pages
from tiejun.files.kinds import VIDEOS
from tiejun.files.models import StoredFile
from tiejun.files.serving import sent
from tiejun.people.levels import TIER_WORDS
from tiejun.people.models import Person
from tiejun.prints.render import render_hours_statement
from tiejun.study import course_queries, hour_queries, queries
from tiejun.study.course_queries import CourseFilter
from tiejun.study.five_years import course_gauge
from tiejun.study.models import Lesson, LessonKind
from tiejun.study.rules import CATEGORY_WORDS, KIND_WORDS, SIGNAL_WORDS
from tiejun.study.sources import offer
from tiejun.study.statement import statement
from tiejun.web import now, reading, settings

bp = Blueprint("study", __name__)
CHOICES = {"categories": CATEGORY_WORDS, "tiers": TIER_WORDS}


@bp.app_template_filter("hour_kind")
def hour_kind(kind: str) -> str:
    """Return what a kind of hours is called."""
    return KIND_WORDS[kind]


@bp.app_template_filter("hour_category")
def hour_category(category: str) -> str:
    """Return what a category of hours is called."""
    return CATEGORY_WORDS[category]


@bp.app_template_filter("course_tier")
def course_tier(tier: str) -> str:
    """Return for which tier of the training a course is made."""
    return TIER_WORDS[tier]


@bp.app_template_filter("signal_words")
def signal_words(kind: str) -> str:
    """Return what a signal says."""
    return SIGNAL_WORDS[kind]


@bp.app_template_filter("study_hours")
def study_hours(seconds: int) -> float:
    """Return seconds as study hours."""
    return round(seconds / 60 / settings().hour_minutes, 2)


@bp.get("/study")
@require(Permission.STUDY_USE)
def home() -> ResponseReturnValue:
    """Show one's year, what was begun, and all courses."""
    who, year = persona(), beijing(now()).year
    wanted = _wanted()
    with reading() as db:
        page = course_queries.course_page(db, who.person_id, year, wanted)
        going_on = course_queries.to_continue(db, who.person_id, year)
        hours = queries.year_hours(db, who.person_id or 0, year, settings().hour_minutes)
    shown = {"page": page, "going_on": going_on, "hours": hours, "wanted": wanted}
    return render_template("study/home.html", **shown, target=queries.TARGET, **CHOICES)


@bp.get("/study/courses/<uuid:public_id>")
@require(Permission.STUDY_USE)
def course(public_id: UUID) -> ResponseReturnValue:
    """Show a course and how far one is with its lessons."""
    with reading() as db:
        year = beijing(now()).year
        line = course_queries.visible_course(db, public_id, _scopes(), persona().person_id, year)
        found = course_gauge(db, line.course) if persona().may(Permission.COURSE_WRITE) else None
    return render_template("study/course.html", line=line, course=line.course, gauge=found)


@bp.get("/study/lessons/<uuid:public_id>")
@require(Permission.STUDY_USE)
def lesson(public_id: UUID) -> ResponseReturnValue:
    """Show a lesson; its minutes are counted while it is open."""
    person_id, year = persona().person_id, beijing(now()).year
    with reading() as db:
        page = course_queries.visible_lesson(db, public_id, _scopes())
        offered = offer(db, page.source, person_id, settings(), now())
        line = course_queries.line_of(db, page.lesson.course, person_id, year)
    shown = {"page": page, "lesson": page.lesson, "course": line.course, "line": line}
    return render_template("study/lesson.html", **shown, offer=offered, pages=_pdf_pages(page.lesson))


@bp.get("/study/lessons/<uuid:public_id>/pages/<int:number>.png")
@require(Permission.STUDY_USE)
def lesson_page(public_id: UUID, number: int) -> ResponseReturnValue:
    """Give one page of a PDF lesson as a picture."""
    file = _file(public_id)
    return send_file(pdf_pages.page_picture(settings(), file, number), "image/png", max_age=3600)


@bp.get("/study/lessons/<uuid:public_id>/file")
@require(Permission.STUDY_USE)
def lesson_file(public_id: UUID) -> ResponseReturnValue:
    """Give the file of a lesson: a video in parts as the browser asks, a PDF to keep."""
    file = _file(public_id)
    return sent(file, inline=file.kind in VIDEOS)


@bp.get("/study/hours")
@require(Permission.STUDY_USE)
def my_hours() -> ResponseReturnValue:
    """Show one's own ledger of a year."""
    person_id, year = persona().person_id or 0, _year()
    with reading() as db:
        rows = hour_queries.entries(db, person_id, year)
        years = hour_queries.years(db, person_id, beijing(now()).year)
        hours = queries.year_hours(db, person_id, year, settings().hour_minutes)
    return render_template(
        "study/my_hours.html", rows=rows, years=years, hours=hours, year=year, target=queries.TARGET
    )


@bp.get("/study/hours/statement.pdf")
@require(Permission.STUDY_USE)
def my_statement() -> ResponseReturnValue:
    """Print the annual hour statement."""
    person_id, year = persona().person_id, _year()
    with reading() as db:
        person = db.get(Person, person_id) if person_id else None
        if person is None:
            raise NotFound(_("这个账号没有对应的人员，没有学时记录。"))
        rows = hour_queries.entries(db, person.id, year)
    data = statement(person, persona().unit_name, rows, year, now(), settings().hour_minutes)
    return pdf_sent(render_hours_statement(data, now()), _("学时证明-%(year)s.pdf", year=year))


def pdf_sent(content: bytes, name: str) -> Response:
    """Return a PDF as a download."""
    return send_file(io.BytesIO(content), "application/pdf", as_attachment=True, download_name=name)


def _pdf_pages(lesson: Lesson) -> list[pdf_pages.PdfPage]:
    if lesson.kind != LessonKind.PDF or lesson.file is None:
        return []
    return pdf_pages.pdf_pages(settings(), lesson.file)


def _file(public_id: UUID) -> StoredFile:
    with reading() as db:
        file = course_queries.visible_lesson(db, public_id, _scopes()).lesson.file
    if file is None:
        raise NotFound(_("这一课没有文件。"))
    return file


def _scopes() -> tuple[str, ...]:
    return persona().scopes(Permission.COURSE_WRITE)


def _wanted() -> CourseFilter:
    category, tier = request.args.get("category", ""), request.args.get("tier", "")
    return CourseFilter(
        text=request.args.get("q", "").strip()[:60],
        category=category if category in CATEGORY_WORDS else "",
        tier=tier if tier in TIER_WORDS else "",
        page=_page(),
    )


def _page() -> int:
    return request.args.get("page", 1, type=int)


def _year() -> int:
    present = beijing(now()).year
    year = request.args.get("year", present, type=int)
    return year if 2000 <= year <= present else present
