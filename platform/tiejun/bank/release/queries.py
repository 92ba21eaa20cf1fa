"""Exam items whose last sitting lies long enough back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tiejun.bank.models import ExamForm, FormSlot, Item
from tiejun.bank.release.rules import FormUse, split
from tiejun.bank.secrecy import SECRET, Sight
from tiejun.bank.states import ItemState
from tiejun.clock import beijing
from tiejun.listing import ListPage, scalar_page

Uses = Callable[[Session], Mapping[int, datetime]]
"""Tells of each form that a sitting uses when the last of them ends."""
_ASKED: list[Uses] = []


def ask_for_uses(teller: Uses) -> None:
    """Make known who uses forms; for the factory and the command line, any number of times."""
    if teller not in _ASKED:
        _ASKED.append(teller)


@dataclass(frozen=True)
class Aged:
    """An item that may be released, and the day of its last use."""

    item: Item
    last_use: date


def releasable(db: Session, sight: Sight, now: datetime, months: int, page: int) -> ListPage[Aged]:
    """Return one page of the secret items whose last use is at least `months` old, by code."""
    uses = _uses(db)
    wanted = select(Item).where(may_be_released(db, sight, now, months)).order_by(Item.code)
    found = scalar_page(db, wanted, page)
    slots = select(FormSlot.item_id, FormSlot.form_id).where(FormSlot.item_id.in_([i.id for i in found.rows]))
    last: dict[int, date] = {}
    for item_id, form_id in db.execute(slots.distinct()):
        day = uses[form_id].ends_on
        last[item_id] = max(last.get(item_id, date.min), day or date.min)
    rows = [Aged(item, last[item.id]) for item in found.rows]
    return ListPage(rows, found.number, found.pages, found.total)


def may_be_released(db: Session, sight: Sight, now: datetime, months: int) -> ColumnElement[bool]:
    """Return the condition on `Item` that it was examined, and for the last time `months` ago or before."""
    forms = split(_uses(db).values(), beijing(now).date(), months)
    return (
        Item.purpose.in_(SECRET)
        & (Item.state != ItemState.RETIRED)
        & sight.condition()
        & Item.id.in_(select(FormSlot.item_id).where(FormSlot.form_id.in_(forms.old)))
        & Item.id.not_in(select(FormSlot.item_id).where(FormSlot.form_id.in_(forms.young)))
    )


def _uses(db: Session) -> dict[int, FormUse]:
    ends: dict[int, datetime] = {}
    for teller in _ASKED:
        for form_id, end in teller(db).items():
            ends[form_id] = max(end, ends.get(form_id, end))
    return {
        form_id: FormUse(
            form_id,
            beijing(frozen_at).date(),
            beijing(ends[form_id]).date() if form_id in ends else None,
        )
        for form_id, frozen_at in db.execute(select(ExamForm.id, ExamForm.frozen_at))
    }
