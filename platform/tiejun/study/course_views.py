"""Pages on which trainers make courses, and administrators put them together into sets."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from tiejun.access import Permission, persona, require
from tiejun.bank.law_reviews.service import review_to_decide
from tiejun.bank.secrecy import sight_of
from tiejun.errors import Rejected
from tiejun.files.kinds import VIDEOS, BadFile, FileKind
from tiejun.files.models import StoredFile
from tiejun.files.store import MB, filed, keep, path_of
from tiejun.study import course_queries, courses, sets
from tiejun.study.five_years import course_gauge, set_gauge
from tiejun.study.forms import CourseForm, LessonForm, SetForm
from tiejun.study.law_changes import LESSON
from tiejun.study.models import Course, Lesson, LessonKind
from tiejun.web import actor, joined, notice, now, reading, settings, transaction, translated

bp = Blueprint("courses", __name__)
WITH_VIDEO = frozenset({"courses.add_lesson", "courses.save_lesson"})


@bp.url_value_preprocessor
def _allow_video(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Let those who may write courses send a whole video; before anything reads the form."""
    if endpoint in WITH_VIDEO and current_user.is_authenticated and current_user.may(Permission.COURSE_WRITE):
        request.max_content_length = (settings().max_video_mb + 1) * MB


@bp.get("/courses")
@require(Permission.COURSE_WRITE)
def index() -> ResponseReturnValue:
    """List the courses that one may edit."""
    with reading() as db:
        rows = course_queries.courses_to_edit(db, _scopes())
    return render_template("study/courses.html", rows=rows)


@bp.get("/courses/new")
@require(Permission.COURSE_WRITE)
def new() -> ResponseReturnValue:
    """Offer an empty course."""
    return render_template("study/course_form.html", form=CourseForm(formdata=None), course=None)


@bp.post("/courses/new")
@require(Permission.COURSE_WRITE)
def create() -> ResponseReturnValue:
    """Make a draft."""
    form = CourseForm()
    made = _create(form) if form.validate() else None
    if made is None:
        return render_template("study/course_form.html", form=form, course=None), 422
    notice(_("已建立草稿，现在添加课。"))
    return redirect(url_for(".edit", public_id=made.public_id), 303)


@bp.get("/courses/<uuid:public_id>")
@require(Permission.COURSE_WRITE)
def edit(public_id: UUID) -> ResponseReturnValue:
    """Show a course for editing, with its lessons."""
    with reading() as db:
        course = courses.own_course(db, public_id, _scopes())
        found = course_gauge(db, course)
    form = CourseForm(formdata=None, obj=course)
    form.units.data = " ".join(course.units)
    return render_template("study/course_form.html", form=form, course=course, gauge=found)


@bp.post("/courses/<uuid:public_id>")
@require(Permission.COURSE_WRITE)
def save(public_id: UUID) -> ResponseReturnValue:
    """Save what is said about a course."""
    form = CourseForm()
    with transaction() as db:
        course = courses.own_course(db, public_id, _scopes())
        is_saved = form.validate() and _edit(db, course, form)
        found = course_gauge(db, course)
    if not is_saved:
        return render_template("study/course_form.html", form=form, course=course, gauge=found), 422
    notice(_("已保存。"))
    return redirect(url_for(".edit", public_id=public_id), 303)


@bp.post("/courses/<uuid:public_id>/publish")
@require(Permission.COURSE_WRITE)
def publish(public_id: UUID) -> ResponseReturnValue:
    """Publish a course, or take it back."""
    is_public = request.form.get("public") == "1"
    with transaction() as db:
        courses.publish(db, courses.own_course(db, public_id, _scopes()), is_public, actor(), now())
    notice(_("课程已发布。") if is_public else _("课程已撤回为草稿，已计的学时不受影响。"))
    return redirect(url_for(".edit", public_id=public_id), 303)


@bp.get("/courses/<uuid:public_id>/lessons/new")
@require(Permission.COURSE_WRITE)
def new_lesson(public_id: UUID) -> ResponseReturnValue:
    """Offer an empty lesson."""
    with reading() as db:
        course = courses.own_course(db, public_id, _scopes())
    return _lesson_page(course, None, LessonForm(formdata=None))


@bp.post("/courses/<uuid:public_id>/lessons/new")
@require(Permission.COURSE_WRITE)
def add_lesson(public_id: UUID) -> ResponseReturnValue:
    """Add a lesson at the end."""
    return _save(public_id, None)


@bp.get("/courses/<uuid:public_id>/lessons/<uuid:lesson_id>")
@require(Permission.COURSE_WRITE)
def edit_lesson(public_id: UUID, lesson_id: UUID) -> ResponseReturnValue:
    """Show a lesson for editing."""
    with reading() as db:
        course = courses.own_course(db, public_id, _scopes())
        lesson = courses.lesson_of(course, lesson_id)
    form = LessonForm(formdata=None, data={"title": lesson.title, "kind": lesson.kind, "html": lesson.html})
    minutes, rest = divmod(lesson.length_seconds, 60)
    form.minutes.data = round(minutes + rest / 60, 2) if rest else minutes
    form.citations.data = "\n".join(f"{cite['law']} {cite['article']}" for cite in lesson.citations)
    return _lesson_page(course, lesson, form)


@bp.post("/courses/<uuid:public_id>/lessons/<uuid:lesson_id>")
@require(Permission.COURSE_WRITE)
def save_lesson(public_id: UUID, lesson_id: UUID) -> ResponseReturnValue:
    """Change a lesson."""
    return _save(public_id, lesson_id)


@bp.post("/courses/<uuid:public_id>/lessons/<uuid:lesson_id>/move")
@require(Permission.COURSE_WRITE)
def move_lesson(public_id: UUID, lesson_id: UUID) -> ResponseReturnValue:
    """Move a lesson up or down."""
    by = -1 if request.form.get("by") == "-1" else 1
    with transaction() as db:
        course = courses.own_course(db, public_id, _scopes())
        courses.move(db, course, courses.lesson_of(course, lesson_id), by, actor(), now())
    return redirect(url_for(".edit", public_id=public_id), 303)


@bp.post("/courses/<uuid:public_id>/lessons/<uuid:lesson_id>/reanchor")
@require(Permission.COURSE_WRITE)
def reanchor_lesson(public_id: UUID, lesson_id: UUID) -> ResponseReturnValue:
    """Let a lesson that waits in the queue of law changes cite another article."""
    review_id = request.form.get("review", type=UUID)
    target = request.form.get("law", ""), request.form.get("article", "").strip()
    back = redirect(
        url_for("law_reviews.review", public_id=review_id) if review_id else url_for(".index"), 303
    )
    try:
        with transaction() as db:
            lesson = courses.lesson_of(courses.own_course(db, public_id, _scopes()), lesson_id)
            review = review_to_decide(db, sight_of(persona()), review_id or lesson_id, LESSON)
            courses.reanchor_lesson(db, lesson, review, target, actor(), now())
    except Rejected as error:
        notice(joined(translated(problem.message) for problem in error.problems), "over")
        return back
    notice(_("已改引：%(title)s。", title=lesson.title))
    return back


@bp.get("/course-sets")
@require(Permission.COURSE_MANAGE)
def course_sets() -> ResponseReturnValue:
    """Show the course sets and the form for a further one."""
    return _sets_page(SetForm(formdata=None))


@bp.post("/course-sets")
@require(Permission.COURSE_MANAGE)
def create_set() -> ResponseReturnValue:
    """Make a course set."""
    form = SetForm()
    if not form.validate() or not _create_set(form):
        return _sets_page(form), 422
    notice(_("课程组合已建立。"))
    return redirect(url_for(".course_sets"), 303)


def _create(form: CourseForm) -> Course | None:
    try:
        with transaction() as db:
            return courses.create_course(db, form.spec(), persona().unit_id, actor(), now())
    except Rejected as error:
        form.blame(error)
        return None


def _edit(db: Session, course: Course, form: CourseForm) -> bool:
    try:
        courses.edit_course(db, course, form.spec(), actor(), now())
    except Rejected as error:
        form.blame(error)
        return False
    return True


def _save(public_id: UUID, lesson_id: UUID | None) -> ResponseReturnValue:
    form = LessonForm()
    with reading() as db:
        course = courses.own_course(db, public_id, _scopes())
        lesson = courses.lesson_of(course, lesson_id) if lesson_id else None
    if not form.validate() or not _save_as(public_id, lesson_id, form):
        return _lesson_page(course, lesson, form), 422
    notice(_("这一课已保存。"))
    return redirect(url_for(".edit", public_id=public_id), 303)


def _save_as(public_id: UUID, lesson_id: UUID | None, form: LessonForm) -> bool:
    try:
        kept = _kept(form)
        seconds = (
            courses.mp4_seconds(path_of(settings(), kept)) if kept and kept.kind == FileKind.MP4 else None
        )
        with transaction() as db:
            course = courses.own_course(db, public_id, _scopes())
            lesson = courses.lesson_of(course, lesson_id) if lesson_id else None
            file = filed(db, kept, actor(), now()) if kept else None
            courses.save_lesson(db, course, lesson, form.spec(file, seconds), actor(), now())
    except Rejected as error:
        form.blame(error)
        return False
    except BadFile as error:
        form.file.errors = [translated(error.message)]
        return False
    return True


def _kept(form: LessonForm) -> StoredFile | None:
    upload = form.file.data
    if not upload or not upload.filename or form.kind.data == LessonKind.ARTICLE:
        return None
    is_video = form.kind.data == LessonKind.VIDEO
    allowed = VIDEOS if is_video else frozenset({FileKind.PDF})
    most = settings().max_video_mb if is_video else settings().max_upload_mb
    return keep(settings(), upload.stream, upload.filename, allowed, most)


def _create_set(form: SetForm) -> bool:
    try:
        chosen = [UUID(text) for text in form.courses.data or []]
        with transaction() as db:
            level_tier = (form.level.data, form.tier.data)
            sets.create_set(db, (form.title.data or "").strip(), level_tier, chosen, actor(), now())
    except Rejected as error:
        form.blame(error)
        return False
    except ValueError:
        form.courses.errors = [_("请从列表中选择。")]
        return False
    return True


def _sets_page(form: SetForm) -> str:
    with reading() as db:
        rows = [(line, set_gauge(db, line)) for line in course_queries.course_sets(db)]
        offered = course_queries.published(db)
    form.courses.choices = [SelectChoice(str(course.public_id), course.title) for course in offered]
    return render_template("study/sets.html", rows=rows, form=form, counts=settings().course_set_counts)


def _lesson_page(course: Course, lesson: Lesson | None, form: LessonForm) -> str:
    return render_template("study/lesson_form.html", course=course, lesson=lesson, form=form)


def _scopes() -> tuple[str, ...]:
    return persona().scopes(Permission.COURSE_WRITE)
