"""What exams tell the bank of its forms."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tiejun.exams.models import Attempt, Sitting, SittingForm


def form_uses(db: Session) -> Mapping[int, datetime]:
    """Return of each form that sittings use when the last of them ends, and no attempt at it runs later."""
    sat = select(SittingForm.form_id, Sitting.ends_at).join(Sitting, Sitting.id == SittingForm.sitting_id)
    run = select(Attempt.form_id, func.max(Attempt.deadline)).group_by(Attempt.form_id)
    ends: dict[int, datetime] = {}
    for query in (sat, run):
        for form_id, end in db.execute(query):
            ends[form_id] = max(end, ends.get(form_id, end))
    return ends
