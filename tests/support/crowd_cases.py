"""Cases in the library and on their way into it, as copies of those that ship."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.crowd_rows import Crowd, add, copied, highest, public_id
from tiejun.cases.models import CaseCitation, CaseComment, CaseMaterial, CaseState, CaseUnit, CaseVersion
from tiejun.people.models import Account

CASES = 300
P, R, X, D = CaseState.PUBLISHED, CaseState.IN_REVIEW, CaseState.RETURNED, CaseState.DRAFT
STATES = (P, R, P, R, P, R, D, P, P, X, P, P, P, P, P)  # of the nth case, whatever the size of the crowd
AUTHOR, OTHER, REVIEWER = "demo-trainer", "demo-writer", "demo-reviewer"
COMMENTS = 3
DECIDED = frozenset({CaseState.PUBLISHED, CaseState.RETURNED})


def write_cases(db: Session, crowd: Crowd, now: datetime) -> None:
    """Add the cases; a third of them by the demo's trainer, all of them commented on."""
    published = select(CaseVersion).where(CaseVersion.state == CaseState.PUBLISHED)
    patterns = db.scalars(published.order_by(CaseVersion.id)).all()
    accounts = {
        account.login: account
        for account in db.scalars(select(Account).where(Account.login.in_([AUTHOR, OTHER, REVIEWER])))
    }
    case, version = highest(db, CaseMaterial) + 1, highest(db, CaseVersion) + 1
    chosen = [
        (n, STATES[n % len(STATES)], patterns[n % len(patterns)])
        for n in range(max(crowd.part(CASES), len(STATES)))
    ]

    def author(n: int) -> Account:
        return accounts[AUTHOR if n % 3 == 0 else OTHER]

    add(db, CaseMaterial, ({
        "id": case + n, "public_id": public_id("case", n), "code": None, "unit_id": author(n).unit_id,
        "reach_id": author(n).unit_id, "author_id": author(n).id, "author_name": author(n).display_name,
        "latest": 1, "published": 1 if state is CaseState.PUBLISHED else None, "retired_at": None,
        "retired_why": None, "created_at": now,
    } for n, state, _old in chosen))  # fmt: skip
    add(db, CaseVersion, (
        copied(
            old,
            id=version + n,
            case_id=case + n,
            number=1,
            state=str(state),
            submitted_at=None if state is CaseState.DRAFT else now - timedelta(days=3),
            decided_at=now - timedelta(days=1) if state in DECIDED else None,
        )
        for n, state, old in chosen
    ))  # fmt: skip
    units, citations = db.scalars(select(CaseUnit)).all(), db.scalars(select(CaseCitation)).all()
    add(db, CaseUnit, (
        {"version_id": version + n, "position": one.position, "unit": one.unit}
        for n, _state, old in chosen
        for one in units
        if one.version_id == old.id
    ))  # fmt: skip
    add(db, CaseCitation, (
        {"version_id": version + n, "position": one.position, "law_id": one.law_id, "article": one.article}
        for n, _state, old in chosen
        for one in citations
        if one.version_id == old.id
    ))  # fmt: skip
    add(db, CaseComment, ({
        "version_id": version + n, "reviewer_id": accounts[REVIEWER].id,
        "reviewer_name": accounts[REVIEWER].display_name, "outcome": str(CaseState.RETURNED),
        "text": "请补充证据目录。", "at": now - timedelta(days=1),
    } for n, _state, _old in chosen for _ in range(COMMENTS)))  # fmt: skip
