"""A crowd beside the people of a laid demo: officers, items, sittings, results, certificates, and their year.

Rows are written in bulk, as a year of work would have left them: what is looked at is how long pages take,
and how many queries they need. Everything hangs on units, forms and sittings that the demo laid. What the
crowd studies, practises, writes and is told is in the modules beside this one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.crowd_cases import write_cases
from tests.support.crowd_notices import tell
from tests.support.crowd_practice import practise
from tests.support.crowd_rows import Crowd, Row, add, batched, copied, follow_sequences, highest, public_id
from tests.support.crowd_study import learn
from tiejun.access import Role
from tiejun.audit import AuditEvent
from tiejun.bank.models import Citation, Item, ItemKey, ItemVersion, ItemWords
from tiejun.certificates.models import Certificate, ResultStatement
from tiejun.certificates.rules import Level, Outcome
from tiejun.exams.models import Attempt, EndKind, Registration, Sitting, SittingForm, SittingStaff
from tiejun.exams.result_models import FollowUpCase, MakeUpCase, MakeUpState, Result, Verdict
from tiejun.people.models import (
    Account,
    AgencyTier,
    Person,
    Posting,
    RoleGrant,
    TrainingCompletion,
    Unit,
    UnitKind,
)
from tiejun.people.service import UnitSpec, create_unit

AGENCY_SIZE = 50
ROOM = 500
PRACTICE_EVERY = 4
PREFECTURES = ("511900", "511300")


def grow(db: Session, crowd: Crowd, now: datetime) -> None:
    """Add the crowd to a laid demo."""
    units = _agencies(db, crowd.officers // AGENCY_SIZE or 1)
    people = _officers(db, crowd.officers, units, now)
    add_items(db, crowd.items)
    _exams(db, people, units, now)
    learn(db, crowd, people, now)
    practise(db, crowd, people, now)
    write_cases(db, crowd, now)
    tell(db, crowd, now)
    _trail(db, crowd.officers, now)
    follow_sequences(db)


def _agencies(db: Session, count: int) -> list[Unit]:
    parents = db.scalars(select(Unit).where(Unit.code.in_(PREFECTURES)).order_by(Unit.code)).all()
    made = []
    for number in range(count):
        parent = parents[number % len(parents)]
        county = create_unit(db, UnitSpec(f"9{number:05d}", f"第{number}县", UnitKind.COUNTY, parent))
        spec = UnitSpec(f"9{number:05d}-1", f"第{number}县大队", UnitKind.AGENCY, county, AgencyTier.COUNTY)
        made.append(create_unit(db, spec))
    return made


def _officers(db: Session, count: int, units: list[Unit], now: datetime) -> list[int]:
    first, account = highest(db, Person) + 1, highest(db, Account) + 1
    ids = range(first, first + count)
    password = db.scalars(select(Account.password_hash).where(Account.login == "demo-officer")).one()

    def unit(number: int) -> Unit:
        return units[number // AGENCY_SIZE % len(units)]

    def rows(of: Callable[[int, int], Row]) -> Iterator[Row]:
        return (of(number, person) for number, person in enumerate(ids))

    add(db, Person, rows(lambda n, p: {
        "id": p, "public_id": public_id("person", n), "name": f"人员{n:05d}",
        "id_number_masked": f"519900********{n % 10000:04d}", "created_at": now, "updated_at": now,
    }))  # fmt: skip
    add(db, Posting, rows(lambda n, p: {
        "person_id": p, "unit_id": unit(n).id, "post": "staff", "is_permanent_staff": True,
        "effective_from": date(2020, 1, 1),
    }))  # fmt: skip
    add(db, Account, rows(lambda n, p: {
        "id": account + n, "login": f"crowd{n:05d}", "display_name": f"人员{n:05d}", "person_id": p,
        "unit_id": unit(n).id, "password_hash": password, "must_change_password": False,
        "password_changed_at": now, "is_active": True, "failures": 0, "created_at": now,
    }))  # fmt: skip
    add(db, RoleGrant, rows(lambda n, p: {
        "account_id": account + n, "role": str(Role.OFFICER), "unit_id": unit(n).id,
    }))  # fmt: skip
    add(db, TrainingCompletion, rows(lambda n, p: {
        "person_id": p, "level": "provincial", "tier": "primary", "class_name": f"第{n // 200}期",
        "completed_on": date(2026, 5, 1), "hours": 40.0, "syllabus_version": "试行", "recorded_by": "导入",
        "recorded_at": now,
    }))  # fmt: skip
    return list(ids)


def add_items(db: Session, count: int) -> None:
    """Copy the items that are there until `count` are added, each under a code and a number of its own."""
    versions = db.execute(
        select(Item, ItemVersion, ItemKey)
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.current_version))
        .join(ItemKey, ItemKey.version_id == ItemVersion.id)
        .order_by(Item.id)
    ).all()
    cited: dict[int, list[Citation]] = {}
    for citation in db.scalars(select(Citation)):
        cited.setdefault(citation.version_id, []).append(citation)
    item, version = highest(db, Item) + 1, highest(db, ItemVersion) + 1
    chosen = [versions[number % len(versions)] for number in range(count)]
    add(db, Item, (
        copied(
            old,
            id=item + n,
            public_id=public_id("item", n),
            code=f"Z-{n:05d}",
            purpose="practice" if n % PRACTICE_EVERY == 0 else "exam",
            current_version=1,
        )
        for n, (old, _version, _key) in enumerate(chosen)
    ))  # fmt: skip
    add(db, ItemVersion, (
        copied(old, id=version + n, item_id=item + n, number=1) for n, (_item, old, _key) in enumerate(chosen)
    ))  # fmt: skip
    words = {one.item_id: one.words for one in db.scalars(select(ItemWords))}
    add(db, ItemWords, (
        {"item_id": item + n, "words": f"{words[old.id]}\n第{n}题"}
        for n, (old, _version, _key) in enumerate(chosen)
    ))  # fmt: skip
    add(db, ItemKey, (
        {"version_id": version + n, "key": key.key} for n, (_item, _version, key) in enumerate(chosen)
    ))  # fmt: skip
    add(db, Citation, (
        {"version_id": version + n, "position": one.position, "law_id": one.law_id, "article": one.article}
        for n, (_item, old, _key) in enumerate(chosen)
        for one in cited.get(old.id, [])
    ))  # fmt: skip


@dataclass(frozen=True)
class _Outcome:
    """What one of the crowd came to: one in ten fails, one in fifty did not come."""

    number: int
    person: int
    unit: Unit
    seat: int
    registration: int
    sitting: Sitting

    @property
    def verdict(self) -> Verdict:
        if self.number % 50 == 0:
            return Verdict.ABSENT
        return Verdict.FAIL if self.number % 10 == 1 else Verdict.PASS


def _exams(db: Session, people: list[int], units: list[Unit], now: datetime) -> None:
    """Let everybody have sat in rooms of 500: the first in the demo's own released sitting."""
    released = db.scalars(
        select(Sitting)
        .where(Sitting.released_at.is_not(None), Sitting.is_make_up.is_(False))
        .order_by(Sitting.id)
    ).first()
    assert released is not None
    form = db.scalars(select(SittingForm.form_id).where(SittingForm.sitting_id == released.id)).first()
    seats = db.scalar(select(func.max(Registration.seat)).where(Registration.sitting_id == released.id)) or 0
    first, sitting_id = highest(db, Registration) + 1, highest(db, Sitting) + 1
    rooms = [released]
    for number in range(1, len(people) // ROOM + (len(people) % ROOM > 0)):
        other = Sitting(**copied(released, id=sitting_id + number, public_id=public_id("sitting", number)))
        db.add(other)
        db.flush()
        staff = db.scalars(select(SittingStaff).where(SittingStaff.sitting_id == released.id)).all()
        db.add_all(
            SittingStaff(sitting_id=other.id, account_id=one.account_id, duty=one.duty) for one in staff
        )
        rooms.append(other)
    db.flush()
    outcomes = [
        _Outcome(
            number=n,
            person=person,
            unit=units[n // AGENCY_SIZE % len(units)],
            seat=(seats if n < ROOM else 0) + n % ROOM + 1,
            registration=first + n,
            sitting=rooms[n // ROOM],
        )
        for n, person in enumerate(people)
    ]
    assert form is not None
    _seats(db, outcomes, form, now)
    _results(db, outcomes, released.exam_id, now)
    _certificates(db, outcomes, now)


def _seats(db: Session, outcomes: list[_Outcome], form: int, now: datetime) -> None:
    add(db, Registration, ({
        "id": one.registration, "sitting_id": one.sitting.id, "person_id": one.person, "unit_id": one.unit.id,
        "seat": one.seat, "form_id": form, "extra_seconds": 0, "created_at": now,
    } for one in outcomes))  # fmt: skip
    attempt = highest(db, Attempt) + 1
    add(db, Attempt, ({
        "id": attempt + one.number, "public_id": public_id("attempt", one.number),
        "registration_id": one.registration, "sitting_id": one.sitting.id, "person_id": one.person,
        "form_id": form, "started_at": one.sitting.starts_at,
        "deadline": one.sitting.starts_at + timedelta(hours=1),
        "ended_at": one.sitting.starts_at + timedelta(minutes=50), "end_kind": str(EndKind.SUBMITTED),
        "submitted_at": one.sitting.starts_at + timedelta(minutes=50),
    } for one in outcomes if one.verdict is not Verdict.ABSENT))  # fmt: skip


def _results(db: Session, outcomes: list[_Outcome], exam: int, now: datetime) -> None:
    attempts = dict(db.execute(select(Attempt.registration_id, Attempt.id)).all())
    result = highest(db, Result) + 1
    add(db, Result, ({
        "id": result + one.number, "public_id": public_id("result", one.number),
        "registration_id": one.registration, "sitting_id": one.sitting.id, "person_id": one.person,
        "attempt_id": attempts.get(one.registration), "revision": 1, "reason": "首次宣布",
        "raw_score": 81.0 if one.verdict is Verdict.PASS else 41.0, "cut_score": 60.0,
        "verdict": str(one.verdict), "is_current": True, "declared_by": "系统",
        "declared_at": one.sitting.released_at, "released_at": one.sitting.released_at,
    } for one in outcomes))  # fmt: skip
    case, today = highest(db, MakeUpCase) + 1, now.date()
    missed = [one for one in outcomes if one.verdict is not Verdict.PASS]
    add(db, MakeUpCase, ({
        "id": case + n, "public_id": public_id("make-up", n), "person_id": one.person,
        "unit_id": one.unit.id, "exam_id": exam, "origin_result_id": result + one.number,
        "published_on": today - timedelta(days=60), "due_on": today + timedelta(days=n % 160 - 20),
        "due_is_provisional": False,
        "state": str(MakeUpState.FAILED if n % 4 == 0 else MakeUpState.DUE), "created_at": now,
        "updated_at": now,
    } for n, one in enumerate(missed)))  # fmt: skip
    add(db, FollowUpCase, ({
        "public_id": public_id("talk", n), "make_up_case_id": case + n, "person_id": one.person,
        "unit_id": one.unit.id, "state": "talk_due", "talk_due_on": today + timedelta(days=20),
        "created_at": now, "updated_at": now,
    } for n, one in enumerate(missed) if n % 4 == 0))  # fmt: skip


def _certificates(db: Session, outcomes: list[_Outcome], now: datetime) -> None:
    passed = [one for one in outcomes if one.verdict is Verdict.PASS]
    number, today = highest(db, Certificate) + 1, now.date()
    for year, some in ((2026 - n, group) for n, group in enumerate(batched(passed, 9000))):
        add(db, Certificate, ({
            "id": number + one.number, "number": f"51{year}{1000 + n:04d}", "level": str(Level.PROVINCIAL),
            "tier": "primary", "province": "51", "year": year, "sequence": 1000 + n,
            "attempt": str(public_id("attempt", one.number)), "revision": 1, "person_id": one.person,
            "name": f"人员{one.number:05d}", "id_masked": "519900********0000", "unit_name": one.unit.name,
            "unit_path": one.unit.path, "programme": one.sitting.title, "exam_day": today,
            "class_name": "第一期", "completed_on": date(2026, 5, 1), "hours": 40.0,
            "issuer_name": "四川省生态环境厅", "issued_at": now, "issued_on": today - timedelta(days=n % 300),
            "valid_until": today + timedelta(days=n % 1800), "code": f"{one.number:032x}",
        } for n, one in enumerate(some)))  # fmt: skip
    add(db, ResultStatement, ({
        "key": f"{public_id('attempt', one.number)}:1", "attempt": str(public_id("attempt", one.number)),
        "revision": 1, "person_id": one.person, "name": f"人员{one.number:05d}", "unit_name": one.unit.name,
        "unit_path": one.unit.path, "payload": {}, "received_at": now, "outcome": str(Outcome.ISSUED),
        "reason": "", "certificate_id": number + one.number,
    } for one in passed))  # fmt: skip


def _trail(db: Session, count: int, now: datetime) -> None:
    add(db, AuditEvent, ({
        "at": now - timedelta(minutes=n), "actor": "系统", "action": "account.created", "subject": "person",
        "subject_id": str(public_id("person", n)), "details": {},
    } for n in range(count)))  # fmt: skip
