"""What practice uses of the bank, for whoever wants to take items back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.bank.models import ItemVersion
from tiejun.practice.models import PracticeAnswer, PracticeRun


def practised(db: Session, batch_id: int, since: datetime) -> set[int]:
    """Return which versions of an import were answered in practice, or drawn into a run since."""
    wrote = select(ItemVersion.id).where(ItemVersion.batch_id == batch_id)
    answered = db.scalars(select(PracticeAnswer.version_id).where(PracticeAnswer.version_id.in_(wrote)))
    runs = db.scalars(select(PracticeRun.versions).where(PracticeRun.created_at >= since))
    drawn = {version for versions in runs for version in versions}
    return set(answered) | (drawn and drawn & set(db.scalars(wrote)))
