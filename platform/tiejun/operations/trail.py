"""Reading the audit trail."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from tiejun.audit import AuditEvent
from tiejun.listing import ListPage, contains, scalar_page
from tiejun.people.models import Account, Unit
from tiejun.people.queries import in_scope


@dataclass(frozen=True)
class Asked:
    """What the address bar asks for: words of the actor or subject, an action, a page."""

    text: str = ""
    action: str = ""
    page: int = 1


def trail(db: Session, scopes: Sequence[str], asked: Asked) -> tuple[ListPage[AuditEvent], Sequence[str]]:
    """Return a page of the acts of accounts below `scopes`, and all actions there are.

    What the system and the command line did belongs to nobody's unit: it is shown to those whose reach
    begins at the root.
    """
    within = in_scope(scopes)
    root = select(Unit.id).where(Unit.parent_id.is_(None), within).exists()
    query = (
        select(AuditEvent)
        .outerjoin(Account, Account.id == AuditEvent.account_id)
        .outerjoin(Unit, Unit.id == Account.unit_id)
        .where(or_(within, and_(AuditEvent.account_id.is_(None), root)))
        .order_by(AuditEvent.id.desc())
    )
    if asked.text:
        pattern = contains(asked.text)
        query = query.where(
            or_(AuditEvent.actor.like(pattern, escape="\\"), AuditEvent.subject_id.like(pattern, escape="\\"))
        )
    if asked.action:
        query = query.where(AuditEvent.action == asked.action)
    actions = db.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)).all()
    return scalar_page(db, query, asked.page), actions
