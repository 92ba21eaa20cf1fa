"""Reads of sealed forms: what anybody may know of one, and who opened it when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tiejun.audit import AuditEvent
from tiejun.bank.form_queries import get_form
from tiejun.bank.models import Blueprint, ExamForm
from tiejun.bank.seals.models import FormOpening
from tiejun.bank.seals.rules import State, may_approve, open_to, state_of

STEPS = ("form.frozen", "form.sealed", "form.opening_asked", "form.opened", "form.viewed")
SHOWN = 100


@dataclass(frozen=True)
class OpeningLine:
    """One request, where it stands, and whether the reader may approve it."""

    opening: FormOpening
    state: State
    may_approve: bool


@dataclass(frozen=True)
class Seal:
    """A form without its content: `open_until` is None while it is not open to the reader.

    `has_asked` says whether a request of the reader waits.
    """

    form: ExamForm
    blueprint: Blueprint
    openings: Sequence[OpeningLine]
    trail: Sequence[AuditEvent]
    open_until: datetime | None
    has_asked: bool

    @property
    def is_shown(self) -> bool:
        """Whether the reader may see the content."""
        return not self.form.is_sealed or self.open_until is not None


def seal_of(db: Session, public_id: UUID, account_id: int, now: datetime) -> Seal:
    """Return a form's seal as this person meets it at `now`.

    Raises:
        NotFound: if there is no such form.
    """
    form = get_form(db, public_id)
    asked = select(FormOpening).where(FormOpening.form_id == form.id).order_by(FormOpening.id.desc())
    openings = db.scalars(asked).all()
    acts = select(AuditEvent).where(
        AuditEvent.subject == "exam_form",
        AuditEvent.subject_id == str(form.public_id),
        AuditEvent.action.in_(STEPS),
    )
    return Seal(
        form,
        db.get_one(Blueprint, form.blueprint_id),
        [OpeningLine(one, state_of(one, now), may_approve(one, account_id, now)) for one in openings],
        db.scalars(acts.order_by(AuditEvent.id.desc()).limit(SHOWN)).all(),
        open_to(openings, account_id, now),
        any(one.asked_by_id == account_id and state_of(one, now) is State.ASKED for one in openings),
    )
