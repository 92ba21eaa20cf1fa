"""What the first page shows: the duties of every feature, and what comes next for an officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from tiejun.access import Permission, Persona
from tiejun.bank.law_reviews import duties as law_reviews
from tiejun.bank.life import duties as life
from tiejun.bank.seals import duties as seals
from tiejun.cases import duties as cases
from tiejun.certificates import queries as certificates
from tiejun.certificates.models import Certificate, ResultStatement
from tiejun.clock import beijing
from tiejun.duties import Duty, by_urgency
from tiejun.exams import admin_queries, invigilation_duties, law_days, make_up_queries, result_queries
from tiejun.exams.queries import SittingView, my_sittings
from tiejun.exams.rules import SittingState
from tiejun.pages import cn_window
from tiejun.settings import Settings
from tiejun.study import duties as study_duties
from tiejun.study.course_queries import CourseLine, to_continue
from tiejun.study.queries import YearHours, year_hours

AHEAD = frozenset({SittingState.UPCOMING, SittingState.WAITING, SittingState.OPEN, SittingState.IN_PROGRESS})
OPEN = frozenset({SittingState.OPEN, SittingState.IN_PROGRESS})
SOURCES = (
    make_up_queries.duties,
    admin_queries.duties,
    law_days.duties,
    invigilation_duties.duties,
    result_queries.duties,
    certificates.duties,
    cases.duties,
    law_reviews.duties,
    life.duties,
    seals.duties,
)


@dataclass(frozen=True)
class Agenda:
    """The first page of one person on one day."""

    today: date
    duties: Sequence[Duty]
    next_sitting: SittingView | None
    certificates: Sequence[Certificate]
    waiting: Sequence[ResultStatement]
    hours: YearHours | None
    going_on: Sequence[CourseLine]

    @property
    def is_exam_open(self) -> bool:
        """Whether an exam can be sat at this moment."""
        return self.next_sitting is not None and self.next_sitting.state in OPEN

    @property
    def overdue(self) -> int:
        """How many duties should have been done before today."""
        return sum(duty.due_on < self.today for duty in self.duties)

    @property
    def within_a_week(self) -> int:
        """How many duties are due today or in the seven days after."""
        return sum(0 <= duty.days_left(self.today) <= 7 for duty in self.duties)


def agenda(db: Session, who: Persona, settings: Settings, now: datetime) -> Agenda:
    """Return the first page of `who`; only what this person may see is read."""
    duties = [duty for source in SOURCES for duty in source(db, who, now)]
    sittings: list[SittingView] = []
    if who.person_id is not None and who.may(Permission.EXAM_SIT):
        views = my_sittings(db, who.person_id, now)
        sittings = sorted((view for view in views if view.state in AHEAD), key=lambda view: view.starts_at)
    today = beijing(now).date()
    duties += [_sitting(view, today) for view in sittings if not view.is_make_up]
    hours, going_on = None, list[CourseLine]()
    if who.person_id is not None:
        hours = year_hours(db, who.person_id, today.year, settings.hour_minutes)
        going_on = to_continue(db, who.person_id, today.year)
    duties += study_duties.duty(who, hours, now)
    return Agenda(
        today=today,
        duties=by_urgency(duties),
        next_sitting=sittings[0] if sittings else None,
        certificates=certificates.own(db, who),
        waiting=certificates.own_waiting(db, who),
        hours=hours,
        going_on=going_on,
    )


def _sitting(view: SittingView, today: date) -> Duty:
    minutes = view.duration_seconds // 60
    why = _(
        "%(venue)s，%(window)s，限时 %(minutes)s 分钟，闭卷",
        venue=view.venue or _("线上"),
        window=cn_window(view.starts_at, view.ends_at),
        minutes=minutes,
    )
    if view.state is SittingState.IN_PROGRESS:
        action = _("继续作答")
    else:
        action = _("进入考试") if view.state in OPEN else _("查看考试")
    if view.state is SittingState.IN_PROGRESS:
        day = today
    else:
        day = beijing(view.ends_at if view.state in OPEN else view.starts_at).date()
    return Duty(day, _("参加%(title)s", title=view.title), why, action, f"/sit/{view.id}")
