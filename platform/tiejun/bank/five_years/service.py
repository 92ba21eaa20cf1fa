"""Writes of the list of the five years: what a person decides."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank.five_years.models import FiveYearMember
from tiejun.bank.five_years.queries import five_year_list
from tiejun.bank.five_years.rules import KINDS, FiveYearRule
from tiejun.bank.law_queries import get_law
from tiejun.bank.models import LawVersion
from tiejun.errors import Conflict


def decide(db: Session, law_id: str, is_member: bool, actor: Actor, now: datetime) -> LawVersion:
    """Put an instrument on the list, or take it off; the same decision again changes nothing.

    Raises:
        NotFound: if the register has none of this id.
        Conflict: if it is neither law nor administrative regulation nor ministry rule.
    """
    law = get_law(db, law_id)
    if law.kind not in KINDS:
        raise Conflict(said("“%(title)s”不是法律、行政法规或部门规章，不在此列。", title=law.title))
    row = db.get(FiveYearMember, law_id)
    if row is not None and row.is_member == is_member:
        return law
    if row is None:
        row = FiveYearMember(law_id=law_id)
        db.add(row)
    row.is_member, row.decided_at, row.decided_by = is_member, now, actor.name
    action = "five_year.confirmed" if is_member else "five_year.rejected"
    record(db, actor, action, ("law", law_id), now)
    db.flush()
    return law


def confirm_proposed(
    db: Session, rule: FiveYearRule, day: date, seen: Collection[str], actor: Actor, now: datetime
) -> int:
    """Confirm what is proposed on a day and was `seen`; return how many.

    What somebody decided meanwhile stays, and what the rule has proposed since waits for another look.
    """
    found = [line.law.id for line in five_year_list(db, rule, day).proposed if line.law.id in seen]
    for law_id in found:
        decide(db, law_id, True, actor, now)
    return len(found)
