"""What a declared sitting showed of its items, handed to the bank."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.bank.usage.service import observe
from tiejun.clock import beijing
from tiejun.exams.marking_queries import Sheet
from tiejun.exams.models import Attempt, Sitting
from tiejun.exams.result_models import SlotScore
from tiejun.exams.scoring_service import MACHINE


def observe_sitting(db: Session, sitting: Sitting, marked: Iterable[Sheet]) -> None:
    """Tell the bank the final points of all who sat, form by form."""
    earned: dict[int, dict[int, Decimal]] = defaultdict(dict)
    scored = (
        select(SlotScore.attempt_id, SlotScore.slot, SlotScore.points)
        .join(Attempt, Attempt.id == SlotScore.attempt_id)
        .where(Attempt.sitting_id == sitting.id, SlotScore.round == MACHINE)
    )
    for attempt_id, slot, points in db.execute(scored):
        earned[attempt_id][slot] = Decimal(str(points))
    by_form: dict[int, list[dict[int, Decimal]]] = defaultdict(list)
    for sheet in marked:
        points_by_slot = earned[sheet.attempt.id]
        for slot, marks in sheet.marks.essays.items():
            points_by_slot[slot] = marks.points(is_close=sheet.marks.is_close) or Decimal(0)
        by_form[sheet.attempt.form_id].append(points_by_slot)
    day = beijing(sitting.starts_at).date()
    for form_id, attempts in by_form.items():
        observe(db, sitting.public_id, day, form_id, attempts)
