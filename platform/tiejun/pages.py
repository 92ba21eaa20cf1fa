"""What templates may call: icons, dates in Beijing time, the navigation of the signed-in person."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user
from markupsafe import Markup

import tiejun
from question_bank.words import said
from tiejun.access import Permission
from tiejun.clock import ShiftedClock, beijing
from tiejun.web import core, joined, now

WEEKDAYS = "一二三四五六日"
ICONS = Path(__file__).parent / "static" / "vendor" / "icons"
# (permission, endpoint, label): the first six that a person may see make up the navigation.
NAVIGATION: tuple[tuple[Permission, str, str], ...] = (
    (Permission.SELF_USE, "home.today", said("今天")),
    (Permission.DASHBOARD_VIEW, "reports.overview", said("总览")),
    (Permission.PRACTICE_USE, "study.home", said("学习")),
    (Permission.PRACTICE_USE, "practice.home", said("练习")),
    (Permission.PRACTICE_USE, "cases.library", said("案例")),
    (Permission.PEOPLE_VIEW, "people.roster", said("人员")),
    (Permission.ITEM_VIEW, "bank.items", said("题库")),
    (Permission.COURSE_WRITE, "courses.index", said("课程")),
    (Permission.CASE_WRITE, "cases.library", said("案例")),
    (Permission.EXAM_SIT, "delivery.mine", said("考试")),
    (Permission.SITTING_VIEW, "exams.sittings", said("考试")),
    (Permission.MARKING_SCORE, "marking.tasks", said("阅卷")),
    (Permission.MAKE_UP_MANAGE, "make_ups.board", said("补考")),
    (Permission.CERTIFICATE_VIEW, "certificates.register", said("证书")),
    (Permission.EXAM_SIT, "certificates.mine", said("证书")),
    (Permission.HOURS_VIEW, "hours.table", said("学时")),
    (Permission.PRACTICE_USE, "study.my_hours", said("学时")),
    (Permission.STUDY_USE, "study.home", said("学习")),
    (Permission.STUDY_USE, "cases.library", said("案例")),
    (Permission.COURSE_MANAGE, "courses.course_sets", said("课程组合")),
    (Permission.FOLLOW_UP_MANAGE, "make_ups.follow_ups", said("约谈")),
    (Permission.LAW_VIEW, "laws.index", said("法规")),
    (Permission.AUDIT_VIEW, "operations.audit", said("操作记录")),
)

MOST_ENTRIES = 6
# Blueprints without an entry of their own, and those under which their pages are found.
ROOMS = {
    "bank_bulk": ("bank",),
    "bank_editor": ("bank",),
    "bank_import": ("bank",),
    "bank_columns": ("bank",),
    "bank_import_jobs": ("bank",),
    "five_years": ("laws",),
    "forms": ("bank",),
    "law_reviews": ("bank",),
    "release": ("bank",),
    "seals": ("bank",),
    "people_import": ("people",),
    "results": ("exams", "delivery"),
    "invigilation": ("exams",),
    "late": ("exams",),
}


def init_pages(app: Flask) -> None:
    """Add filters and context to the templates of `app`."""
    app.jinja_env.globals["icon_svg"] = icon_svg
    app.jinja_env.filters.update(
        cn_date=cn_date,
        cn_datetime=cn_datetime,
        cn_time=cn_time,
        cn_until=cn_until,
        cn_weekday=cn_weekday,
        cn_window=cn_window,
        points=points,
        joined=joined,
    )
    app.context_processor(_context)


@cache
def icon_svg(name: str) -> Markup:
    """Return the icon as inline SVG, hidden from screen readers; nothing when there is no such icon."""
    path = ICONS / f"{name}.svg"
    if not path.is_file():
        return Markup("")
    svg = path.read_text()
    inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    return Markup(  # noqa: S704 - our own files, copied by the lock file
        f'<svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{inner}</svg>'
    )


def cn_date(value: date | datetime | None) -> str:
    """Return "2026年11月22日", of an instant the day in Beijing; "—" for None."""
    if value is None:
        return "—"
    day = beijing(value).date() if isinstance(value, datetime) else value
    if _english():
        return day.isoformat()
    return f"{day.year}年{day.month}月{day.day}日"


def cn_weekday(value: date | datetime) -> str:
    """Return "星期六"."""
    day = beijing(value).date() if isinstance(value, datetime) else value
    return day.strftime("%A") if _english() else f"星期{WEEKDAYS[day.weekday()]}"


def cn_time(value: datetime | None) -> str:
    """Return "09:00:05" in Beijing; "—" for None."""
    return "—" if value is None else beijing(value).strftime("%H:%M:%S")


def cn_datetime(value: datetime | None) -> str:
    """Return "2026年11月22日 09:00" in Beijing; "—" for None."""
    return "—" if value is None else f"{cn_date(value)} {beijing(value):%H:%M}"


def cn_until(ends: datetime, seen_from: datetime) -> str:
    """Return "11:00" where both are on the same day in Beijing, else the day too."""
    same_day = beijing(ends).date() == beijing(seen_from).date()
    return f"{beijing(ends):%H:%M}" if same_day else cn_datetime(ends)


def cn_window(starts: datetime, ends: datetime) -> str:
    """Return "2026年11月22日 09:00至11:00"; a window over several days names both days."""
    start, end = cn_datetime(starts), cn_until(ends, starts)
    return str(gettext("%(start)s至%(end)s", start=start, end=end))


def points(value: float | Decimal | None) -> str:
    """Return a score without needless decimals: 60, 60.5."""
    return "—" if value is None else f"{float(value):g}"


def _english() -> bool:
    return str(get_locale()) == "en"


def navigation() -> list[tuple[str, str, bool]]:
    """Return (address, label, whether we are in that room) of the head of the page, at most six."""
    return _entries()[:MOST_ENTRIES]


def further_rooms() -> list[tuple[str, str, bool]]:
    """Return the entries for which the head has no room: they stand in the account's menu."""
    return _entries()[MOST_ENTRIES:]


def _entries() -> list[tuple[str, str, bool]]:
    if not current_user.is_authenticated:
        return []
    open_to: dict[str, str] = {}
    for permission, endpoint, label in NAVIGATION:
        if current_user.may(permission):
            open_to.setdefault(gettext(label), endpoint)
    shown = list(open_to.items())
    here = _room(request.endpoint, [endpoint for _label, endpoint in shown])
    return [(url_for(endpoint), label, endpoint == here) for label, endpoint in shown]


def _room(endpoint: str | None, entries: list[str]) -> str | None:
    """Return the entry to which a page belongs: itself, or the one of its blueprint."""
    if endpoint in entries or endpoint is None:
        return endpoint
    blueprint = endpoint.partition(".")[0]
    rooms = ROOMS.get(blueprint, (blueprint,))
    return next((entry for entry in entries if entry.partition(".")[0] in rooms), None)


def _context() -> dict[str, Any]:
    who = current_user if current_user.is_authenticated else None
    clock = core().clock
    return {
        "persona": who,
        "navigation": navigation,
        "further_rooms": further_rooms,
        "locale": str(get_locale()),
        "version": tiejun.__version__,
        "now": now(),
        "demo_now": now() if isinstance(clock, ShiftedClock) and clock.shift else None,
        "is_demo": core().settings.is_demo,
        "may": _may,
        "Permission": Permission,
    }


def _may(permission: Permission) -> bool:
    return bool(current_user.is_authenticated and current_user.may(permission))
