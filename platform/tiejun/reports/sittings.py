"""The sittings of a dashboard: those in preparation, running, and waiting for their results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from tiejun.clock import beijing
from tiejun.exams.admin_queries import PREPARE_DAYS
from tiejun.exams.admin_rules import Phase, SittingFacts, phase
from tiejun.exams.admin_service import INVIGILATOR
from tiejun.exams.models import Exam, Registration, Sitting, SittingStaff
from tiejun.people.models import Unit
from tiejun.people.queries import in_scope
from tiejun.reports.rules import DAYS_LEFT, band, ends_of_bands
from tiejun.reports.view import View

UPCOMING = (Phase.PREPARING, Phase.READY)
# What stands first in the list: what is running, then what waits for somebody, then what comes.
ORDER = (Phase.OPEN, Phase.ENDED, Phase.DECLARED, Phase.PREPARING, Phase.READY)


@dataclass(frozen=True)
class Held:
    """A sitting whose results are not released; `own` are the candidates from the viewed unit."""

    sitting: Sitting
    exam: Exam
    is_ours: bool
    own: int
    phase: Phase

    def due_on(self, now: datetime) -> date | None:
        """Return the day that the first page gives for the next act; None when none is due."""
        if self.phase == Phase.PREPARING and self.sitting.starts_at - now <= timedelta(days=PREPARE_DAYS):
            return beijing(self.sitting.starts_at).date()
        if self.phase in (Phase.ENDED, Phase.DECLARED):
            return beijing(self.sitting.over_at).date()
        return None


def unreleased(db: Session, view: View) -> list[Held]:
    """Return the sittings held in the unit, or sat by its officers, whose results are not released."""
    ours, waiting = in_scope([view.unit.path]), aliased(Sitting)
    taken = select(func.count(Registration.id)).where(Registration.sitting_id == Sitting.id)
    watching = select(func.count(SittingStaff.id)).where(
        SittingStaff.sitting_id == Sitting.id, SittingStaff.duty == INVIGILATOR
    )
    sent = (
        select(Registration.sitting_id, func.count(Registration.id).label("own"))
        .join(Unit, Unit.id == Registration.unit_id)
        .join(waiting, waiting.id == Registration.sitting_id)
        .where(ours, waiting.released_at.is_(None))
        .group_by(Registration.sitting_id)
        .subquery()
    )
    rows = db.execute(
        select(
            Sitting,
            Exam,
            Unit.path,
            taken.correlate(Sitting).scalar_subquery(),
            watching.correlate(Sitting).scalar_subquery(),
            func.coalesce(sent.c.own, 0),
        )
        .join(Exam, Exam.id == Sitting.exam_id)
        .join(Unit, Unit.id == Sitting.unit_id)
        .outerjoin(sent, sent.c.sitting_id == Sitting.id)
        .where(Sitting.released_at.is_(None), or_(ours, sent.c.own.is_not(None)))
        .order_by(Sitting.starts_at, Sitting.id)
    )
    found = [
        Held(
            sitting,
            exam,
            path.startswith(view.unit.path),
            own,
            phase(_facts(sitting, candidates, invigilators), view.now),
        )
        for sitting, exam, path, candidates, invigilators, own in rows
    ]
    return sorted(found, key=lambda held: ORDER.index(held.phase))


def released(db: Session, view: View) -> tuple[int, int]:
    """Return the year's sittings whose results are released, and the seats our people had in them."""
    first, *_between, after = view.quarter_starts()
    query = (
        select(func.count(Sitting.id.distinct()), func.count(Registration.id))
        .select_from(Registration)
        .join(Sitting, Sitting.id == Registration.sitting_id)
        .join(Unit, Unit.id == Registration.unit_id)
        .where(
            in_scope([view.unit.path]),
            Sitting.released_at.is_not(None),
            Sitting.starts_at >= first,
            Sitting.starts_at < after,
        )
    )
    sittings, candidates = db.execute(query).one()
    return sittings, candidates


def duties(held: Sequence[Held], wanted: Phase, view: View) -> tuple[int, ...]:
    """Return how many of our sittings wait for an act, by band of days left."""
    ends = ends_of_bands(view.today)
    days = [one.due_on(view.now) for one in held if one.is_ours and one.phase == wanted]
    bands = [band(day, ends) for day in days if day is not None]
    return tuple(bands.count(number) for number in range(len(DAYS_LEFT) + 1))


def _facts(sitting: Sitting, candidates: int, invigilators: int) -> SittingFacts:
    return SittingFacts(
        sitting.starts_at,
        sitting.ends_at,
        sitting.closed_at,
        sitting.declared_at,
        sitting.released_at,
        candidates,
        invigilators,
    )
