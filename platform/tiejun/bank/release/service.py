"""A person's decision that used exam items may be practised."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import listed, said
from tiejun.audit import Actor, record
from tiejun.bank.models import Item, ItemPurpose
from tiejun.bank.release.queries import may_be_released
from tiejun.bank.secrecy import Sight
from tiejun.errors import Conflict, Problem, Rejected

MOST = 50
"""Items of one decision: as many as a page lists."""


def release(
    db: Session, sight: Sight, codes: Collection[str], months: int, actor: Actor, now: datetime
) -> int:
    """Turn used exam items into practice items, all or none; return how many.

    Args:
        months: how long their last sitting must lie back.

    Raises:
        Rejected: if none was chosen, or too many.
        Conflict: if one was used since, or stands on a form still to be used; which, is not said.
    """
    wanted = sorted(set(codes))
    if not 0 < len(wanted) <= MOST:
        problem = Problem(said("试题"), "code", said("请选择 1 至 %(most)s 道试题。", most=MOST))
        raise Rejected(said("没有转为练习。"), [problem])
    ripe = select(Item).where(Item.code.in_(wanted), may_be_released(db, sight, now, months))
    rows = db.scalars(ripe.with_for_update()).all()
    if len(rows) < len(wanted):
        unripe = sorted(set(wanted) - {row.code for row in rows})
        raise Conflict(
            said("这些题还不能转为练习，一题也没有转：%(codes)s。", codes=listed(unripe[:10])),
            code="not_releasable",
        )
    for row in rows:
        old, row.purpose, row.updated_at = row.purpose, ItemPurpose.PRACTICE, now
        record(db, actor, "item.released", ("item", row.code), now, was=old)
    db.flush()
    return len(rows)
