"""Whether the law that a sitting's forms cite is in force on its day, and which sittings it no longer is for.

A form is refused for a day on which a cited article is not in force (新旧衔接 excepted), so that nobody is
examined on repealed law; what changes after that is told, since a frozen form cannot be mended.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from question_bank.words import listed, said
from tiejun.access import Permission, Persona
from tiejun.bank.form_grounds import Ground, doubtful_grounds
from tiejun.clock import beijing
from tiejun.duties import Duty
from tiejun.errors import Problem
from tiejun.exams.models import Exam, Sitting, SittingForm
from tiejun.people.models import Unit
from tiejun.people.queries import in_scope

NAMED = 20
"""So many slots a sentence names; the rest are counted."""


@dataclass(frozen=True)
class StaleSitting:
    """A sitting to come with the citations of its forms that do not hold on its day."""

    sitting: Sitting
    exam: Exam
    grounds: Sequence[Ground]

    @property
    def day(self) -> date:
        """Return its day in Beijing."""
        return beijing(self.sitting.starts_at).date()

    @property
    def slots(self) -> int:
        """Return how many questions are concerned."""
        return len({(ground.form_id, ground.slot) for ground in self.grounds})


def law_problems(
    db: Session, form_ids: Collection[int], starts_at: datetime, ends_at: datetime
) -> list[Problem]:
    """Return for each form what of its law is not in force on the days of a sitting."""
    doubtful = doubtful_grounds(db, form_ids, beijing(starts_at).date())
    stale = _failing(doubtful, starts_at, ends_at)
    labels = dict.fromkeys(ground.label for ground in stale)
    return [
        Problem(
            said("场次"), said("试卷"), _sentence(label, [g for g in stale if g.label == label], starts_at)
        )
        for label in labels
    ]


def _sentence(label: str, stale: Sequence[Ground], starts_at: datetime) -> str:
    return said(
        "试卷%(label)s有%(n)s处所引条文在%(day)s不在施行中：%(places)s。请换试卷，或改日期。",
        label=label,
        n=len(stale),
        day=f"{beijing(starts_at):%Y-%m-%d}",
        places=listed([ground.words for ground in stale[:NAMED]]),
    )


def _failing(grounds: Iterable[Ground], starts_at: datetime, ends_at: datetime) -> list[Ground]:
    """Return what does not hold on each day of a window; what holds on its first and last holds between."""
    first, last = beijing(starts_at).date(), beijing(ends_at - timedelta(microseconds=1)).date()
    return [ground for ground in grounds if not (ground.holds_on(first) and ground.holds_on(last))]


def stale_sittings(
    db: Session, now: datetime, which: ColumnElement[bool] | None = None
) -> list[StaleSitting]:
    """Return the sittings to come (of those wanted) whose forms cite what is not in force on their day."""
    rows = db.execute(
        select(Sitting, Exam, SittingForm.form_id)
        .join(Exam, Exam.id == Sitting.exam_id)
        .join(Unit, Unit.id == Sitting.unit_id)
        .join(SittingForm, SittingForm.sitting_id == Sitting.id)
        .where(Sitting.starts_at > now, Sitting.closed_at.is_(None), true() if which is None else which)
        .order_by(Sitting.starts_at, Sitting.id)
    ).all()
    doubtful = doubtful_grounds(db, {form_id for _sitting, _exam, form_id in rows}, beijing(now).date())
    found = []
    for sitting, exam in dict.fromkeys((sitting, exam) for sitting, exam, _form in rows):
        own = {form_id for other, _exam, form_id in rows if other is sitting}
        stale = _failing((g for g in doubtful if g.form_id in own), sitting.starts_at, sitting.ends_at)
        if stale:
            found.append(StaleSitting(sitting, exam, stale))
    return found


def told_after_import(db: Session, now: datetime) -> list[Problem]:
    """Return a sentence for each sitting to come that rests on law not in force, for who brought law in.

    It names no question: who keeps the law register need not know what a form asks.
    """
    return [
        Problem(
            said("场次“%(title)s”", title=found.sitting.title),
            said("试卷"),
            said(
                "“%(exam)s”%(title)s（%(day)s）的试卷有 %(n)s 题所引条文当天不在施行中，请考务管理员换试卷。",
                exam=found.exam.title,
                title=found.sitting.title,
                day=f"{found.day:%Y-%m-%d}",
                n=found.slots,
            ),
        )
        for found in stale_sittings(db, now)
    ]


def duties(db: Session, who: Persona, now: datetime) -> list[Duty]:
    """Return the duty to give sittings other forms whose law will not be in force, for who manages them."""
    if not who.may(Permission.SITTING_MANAGE):
        return []
    within = in_scope(who.scopes(Permission.SITTING_MANAGE))
    return [
        Duty(
            found.day,
            _("为%(title)s换试卷", title=f"{found.exam.title} {found.sitting.title}"),
            _("%(n)s 题所引条文考试当天不在施行中。", n=found.slots),
            _("去更换"),
            f"/sittings/{found.sitting.public_id}",
        )
        for found in stale_sittings(db, now, within)
    ]
