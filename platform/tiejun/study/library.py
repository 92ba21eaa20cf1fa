"""The courses that ship with the product: `data/courses/<slug>/course.json` and the files beside it.

Format of course.json (UTF-8):

    {
      "title": "…", "summary": "…",
      "category": "business | law | politics | other",
      "level": "national | provincial",          optional
      "tiers": ["primary", "intermediate"],      optional; one tier: only for that one
      "units": ["A1"],                           codes of the syllabus
      "lessons": [
        {"title": "…", "kind": "article | pdf | video", "minutes": 8,
         "html": "<p>…</p>",                     of an article: HTML, or …
         "file": "lesson.html | lesson.pdf | lesson.mp4",   … a file in the same folder
         "citations": [{"law": "eco-env-code-2026", "article": "59"}]}     optional
      ]
    }

A citation whose article is not in the register of this installation is left out. A course that is there
already (by its slug) is left as it is.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.audit import Actor
from tiejun.bank.law_queries import find_article
from tiejun.files.kinds import VIDEOS, FileKind
from tiejun.files.models import StoredFile
from tiejun.files.store import filed, keep
from tiejun.resources import PACKAGE
from tiejun.settings import Settings
from tiejun.study.courses import CourseSpec, LessonSpec, create_course, publish, save_lesson
from tiejun.study.models import Course, LessonKind

FOLDER = PACKAGE / "data" / "courses"


def install_courses(db: Session, settings: Settings, actor: Actor, now: datetime) -> list[Course]:
    """Install and publish every course that ships with the product and is not there yet.

    Raises:
        Rejected: naming what is wrong in a course.
        BadFile: if a file beside a course is not what it may be.
    """
    known = set(db.scalars(select(Course.slug).where(Course.slug.is_not(None))))
    return [
        _install(db, settings, path.parent, actor, now)
        for path in sorted(FOLDER.glob("*/course.json"))
        if path.parent.name not in known
    ]


def registered(db: Session, cited: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return those of the cited (law, article) that the register of this installation has."""
    return tuple(pair for pair in cited if find_article(db, *pair) is not None)


def _install(db: Session, settings: Settings, folder: Path, actor: Actor, now: datetime) -> Course:
    data = json.loads((folder / "course.json").read_text(encoding="utf-8"))
    tiers = data.get("tiers", [])
    spec = CourseSpec(
        title=data["title"],
        summary=data["summary"],
        category=data["category"],
        level=data.get("level", ""),
        tier=tiers[0] if len(tiers) == 1 else "",
        units=tuple(data.get("units", ())),
    )
    course = create_course(db, spec, None, actor, now)
    course.slug = folder.name
    for lesson in data["lessons"]:
        save_lesson(db, course, None, _lesson(db, settings, folder, lesson, (actor, now)), actor, now)
    db.refresh(course, ["lessons"])
    publish(db, course, True, actor, now)
    return course


def _lesson(
    db: Session, settings: Settings, folder: Path, data: dict[str, Any], by: tuple[Actor, datetime]
) -> LessonSpec:
    html, file = data.get("html", ""), None
    if "file" in data and data["kind"] == LessonKind.ARTICLE:
        html = (folder / data["file"]).read_text(encoding="utf-8")
    elif "file" in data:
        file = _kept(db, settings, folder / data["file"], data["kind"], by)
    cited = tuple((cite["law"], str(cite["article"])) for cite in data.get("citations", ()))
    return LessonSpec(
        title=data["title"],
        kind=data["kind"],
        minutes=float(data["minutes"]),
        html=html,
        citations=registered(db, cited),
        file=file,
    )


def _kept(db: Session, settings: Settings, path: Path, kind: str, by: tuple[Actor, datetime]) -> StoredFile:
    allowed = VIDEOS if kind == LessonKind.VIDEO else frozenset({FileKind.PDF})
    with path.open("rb") as content:
        row = keep(settings, content, path.name, allowed, settings.max_video_mb)
    return filed(db, row, *by)
