"""What ships with the product, put into the bank: practice and demonstration only."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.starter import load_starter
from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import ItemFile
from tiejun.bank.models import FormSlot, Item, ItemPurpose
from tiejun.bank.reports import ItemReport
from tiejun.bank.states import ItemState
from tiejun.errors import Rejected

STARTER = "随附示例题库"


def install_starter(
    db: Session, actor: Actor, now: datetime, purpose: ItemPurpose = ItemPurpose.EXAM
) -> ItemReport:
    """Put the starter bank in (for practice and demonstration only); safe to repeat.

    Raises:
        Rejected: if the register lacks what the items cite: run `laws_service.sync_register` first.
    """
    file = ItemFile.of(load_starter(), STARTER)
    report = import_items(db, file, ImportPlan(purpose), actor, now)
    if not report.is_written:
        raise Rejected(said("示例题库没有导入。"), report.problems)
    return report


def give_to_practice(db: Session, one_in: int, actor: Actor, now: datetime) -> int:
    """Turn one in `one_in` exam items that no form has used into practice items; return how many.

    They are taken evenly from each kind and unit, so that further forms can be drawn from those that stay.
    An item that stands on a form stays secret: practice shows keys to everybody.
    """
    used = select(FormSlot.item_id)
    free = (Item.purpose == ItemPurpose.EXAM, Item.state != ItemState.RETIRED, Item.id.not_in(used))
    rows = db.scalars(select(Item).where(*free).order_by(Item.kind, Item.unit, Item.code)).all()[::one_in]
    for row in rows:
        row.purpose, row.updated_at = ItemPurpose.PRACTICE, now
    db.flush()
    record(db, actor, "items.to_practice", ("item_bank", "practice"), now, count=len(rows))
    return len(rows)
