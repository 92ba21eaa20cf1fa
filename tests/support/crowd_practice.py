"""What the crowd has practised: runs, answers, where each item stands; most by the demo's officer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tests.support.crowd_rows import Crowd, add, highest, public_id
from tiejun.bank.item_rows import IS_CURRENT, to_text
from tiejun.bank.models import Item, ItemPurpose, ItemVersion
from tiejun.demo.answers import answer_to
from tiejun.people.models import Account
from tiejun.practice.models import PracticeAnswer, PracticeRecord, PracticeRun
from tiejun.practice.rules import Source, essays

SIZE = 10
VISITOR, VISITOR_RUNS = "demo-officer", 60
RIGHT_EVERY = 3


@dataclass(frozen=True)
class _Asked:
    """A practice item that a machine can mark, with a right and a wrong answer."""

    item: int
    version: int
    answers: dict[bool, list[object]]


@dataclass(frozen=True)
class _Given:
    """One answer of a run."""

    person: int
    run: int
    step: int
    asked: _Asked

    @property
    def is_right(self) -> bool:
        return (self.person + self.run + self.step) % RIGHT_EVERY == 0


def practise(db: Session, crowd: Crowd, people: list[int], now: datetime) -> None:
    """Let everybody have practised once, and the demo's own officer on many evenings."""
    asked = list(_asked(db))
    visitor = db.scalars(select(Account.person_id).where(Account.login == VISITOR)).one()
    assert visitor is not None
    first = highest(db, PracticeRun) + 1
    runs = [*[visitor] * crowd.part(VISITOR_RUNS), *people]
    given = [
        _Given(person, first + n, step, asked[(n * SIZE + step) % len(asked)])
        for n, person in enumerate(runs)
        for step in range(1, SIZE + 1)
    ]
    add(db, PracticeRun, ({
        "id": first + n, "public_id": public_id("run", n), "person_id": person, "source": str(Source.MIXED),
        "unit": "", "seed": f"{n:016x}", "created_at": now - timedelta(days=1),
        "versions": [one.asked.version for one in given[n * SIZE : (n + 1) * SIZE]],
    } for n, person in enumerate(runs)))  # fmt: skip
    add(db, PracticeAnswer, ({
        "person_id": one.person, "run_id": one.run, "step": one.step, "item_id": one.asked.item,
        "version_id": one.asked.version, "value": one.asked.answers[one.is_right],
        "points": float(one.is_right), "maximum": 1.0, "is_right": one.is_right,
        "answered_at": now - timedelta(days=1),
    } for one in given))  # fmt: skip
    _records(db, given, now)


def _asked(db: Session) -> Iterator[_Asked]:
    rows = db.execute(
        select(Item, ItemVersion)
        .join(ItemVersion, IS_CURRENT)
        .where(Item.purpose == ItemPurpose.PRACTICE)
        .options(selectinload(ItemVersion.key))
        .order_by(Item.id)
    )
    for item, version in rows:
        parts = to_text(version).parts
        if not essays(parts):
            answers = {right: [answer_to(part, is_right=right) for part in parts] for right in (True, False)}
            yield _Asked(item.id, version.id, answers)


def _records(db: Session, given: list[_Given], now: datetime) -> None:
    """Reckon the records from the answers; those that the demo made stay."""
    kept = set(db.execute(select(PracticeRecord.person_id, PracticeRecord.item_id)))
    reckoned: dict[tuple[int, int], list[bool]] = {}
    for one in given:
        reckoned.setdefault((one.person, one.asked.item), []).append(one.is_right)
    add(db, PracticeRecord, ({
        "person_id": person, "item_id": item, "answers": len(rights), "rights": sum(rights),
        "is_last_right": rights[-1], "last_at": now - timedelta(days=1),
        "entered_at": None if all(rights) else now - timedelta(days=1), "right_days": 0,
        "last_right_on": None,
    } for (person, item), rights in reckoned.items() if (person, item) not in kept))  # fmt: skip
