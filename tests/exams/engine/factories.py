"""Small worlds for the engine's tests: one sitting with a paper of every type, and people in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.assembly.form import canonical_json, sha256_hex
from tests.support.clock import START
from tests.support.world import cheap_hash
from tiejun.access import Role
from tiejun.audit import Actor
from tiejun.bank.models import Blueprint, ExamForm
from tiejun.db import Database
from tiejun.exams.events import Acked, Batch, Sent, record_events
from tiejun.exams.models import (
    Attempt,
    Exam,
    Registration,
    ResponseEvent,
    Sitting,
    SittingForm,
    SittingStaff,
)
from tiejun.exams.service import Entry, Opened, open_attempt
from tiejun.people.models import Account, Person, RoleGrant, Unit, UnitKind

PASSWORD = "Correct-Horse-7"
PASSWORD_HASH = cheap_hash(PASSWORD)
HOUR = timedelta(hours=1)
GRACE = timedelta(seconds=60)
INVIGILATOR = Actor(None, "监考员甲")

PAPER: dict[str, Any] = {
    "form": "A",
    "title": "岗位培训考试（省级·初级）",
    "sections": [
        {
            "title": "一、客观题",
            "instructions": "每题1分。",
            "slots": [
                {
                    "slot": 1,
                    "type": "single",
                    "points": 1,
                    "stem_html": "单选",
                    "options": [{"id": "k7", "html": "甲"}, {"id": "q2", "html": "乙"}],
                },
                {
                    "slot": 2,
                    "type": "multiple",
                    "points": 1,
                    "stem_html": "多选",
                    "options": [
                        {"id": "a1", "html": "甲"},
                        {"id": "b2", "html": "乙"},
                        {"id": "c3", "html": "丙"},
                    ],
                },
                {"slot": 3, "type": "true_false", "points": 1, "stem_html": "判断", "options": []},
            ],
        },
        {
            "title": "二、主观题",
            "instructions": "",
            "slots": [
                {"slot": 4, "type": "fill_in", "points": 1, "stem_html": "填空", "options": [], "blanks": 2},
                {"slot": 5, "type": "essay", "points": 6, "stem_html": "论述", "options": []},
            ],
        },
    ],
}


@dataclass(frozen=True)
class World:
    """What `a_sitting` made: ids, so that nothing outlives its session."""

    sitting: UUID
    sitting_id: int
    form_id: int
    unit_id: int
    people: tuple[int, ...]
    logins: tuple[str, ...]

    def entry(self, number: int = 0, device: str = "device-one", **more: Any) -> Entry:
        """Return candidate `number` at a device."""
        return Entry(self.people[number], device, Actor(None, f"考生{number}"), **more)


def a_sitting(
    database: Database,
    *,
    starts_at: datetime = START,
    lasts: timedelta = 2 * HOUR,
    duration: timedelta = HOUR,
    candidates: int = 2,
    extra: timedelta = timedelta(),
    allows_api: bool = False,
    paper: dict[str, Any] = PAPER,
) -> World:
    """Make a unit, officers with accounts, a form and a sitting in which they are registered.

    `extra` is the accommodation of the first candidate.
    """
    with database.transaction() as db:
        unit = a_unit(db, starts_at)
        form = a_form(db, starts_at, paper=paper)
        exam = Exam(
            title="岗位培训考试",
            level="provincial",
            tier="primary",
            blueprint_id=form.blueprint_id,
            unit_id=unit.id,
            created_by="考务员",
            created_at=starts_at,
        )
        db.add(exam)
        db.flush()
        sitting = Sitting(
            exam_id=exam.id,
            unit_id=unit.id,
            title="岗位培训考试 第一场",
            starts_at=starts_at,
            ends_at=starts_at + lasts,
            duration_seconds=int(duration.total_seconds()),
            venue="三楼机考室",
            allows_api=allows_api,
            created_by="考务员",
            created_at=starts_at,
        )
        db.add(sitting)
        db.flush()
        db.add(SittingForm(form_id=form.id, sitting_id=sitting.id))
        people, logins = [], []
        for number in range(candidates):
            account = an_account(db, unit, f"officer{number}", Role.OFFICER, starts_at)
            person_id = account.person_id
            assert person_id is not None
            people.append(person_id)
            logins.append(account.login)
            db.add(
                Registration(
                    sitting_id=sitting.id,
                    person_id=person_id,
                    unit_id=unit.id,
                    seat=number + 1,
                    form_id=form.id,
                    extra_seconds=int(extra.total_seconds()) if number == 0 else 0,
                    created_at=starts_at,
                )
            )
        return World(sitting.public_id, sitting.id, form.id, unit.id, tuple(people), tuple(logins))


def a_unit(db: Session, now: datetime, code: str = "510100", parent: str = "/") -> Unit:
    """Add a unit below the path `parent`."""
    unit = Unit(
        code=code,
        name=f"执法支队{code}",
        kind=UnitKind.AGENCY,
        path=f"?{code}",
        province_code="51",
        effective_from=now.date(),
    )
    db.add(unit)
    db.flush()
    unit.path = f"{parent}{unit.id}/"
    return unit


def a_form(db: Session, now: datetime, label: str = "A", paper: dict[str, Any] = PAPER) -> ExamForm:
    """Add a frozen form."""
    blueprint = Blueprint(
        title=f"省级初级 {label}",
        level="provincial",
        tier="primary",
        duration_minutes=60,
        total_points=10,
        cut_score=6,
        spec={},
        created_by="考务员",
        created_at=now,
    )
    db.add(blueprint)
    db.flush()
    form = ExamForm(
        blueprint_id=blueprint.id,
        label=label,
        seed="s",
        paper=canonical_json(paper).decode(),
        paper_hash=sha256_hex(paper),
        total_points=10,
        slot_count=5,
        relaxed={},
        frozen_by="考务员",
        frozen_at=now,
    )
    db.add(form)
    db.flush()
    return form


def an_account(db: Session, unit: Unit, login: str, role: Role, now: datetime) -> Account:
    """Add an account with one role in `unit`; its password is `PASSWORD`."""
    person = Person(
        name=f"张{login[-1]}", id_number_masked="510***********1234", created_at=now, updated_at=now
    )
    db.add(person)
    db.flush()
    account = Account(
        login=login,
        display_name=person.name,
        person_id=person.id,
        unit_id=unit.id,
        password_hash=PASSWORD_HASH,
        must_change_password=False,
        password_changed_at=now,
        created_at=now,
    )
    db.add(account)
    db.flush()
    db.add(RoleGrant(account_id=account.id, role=role, unit_id=unit.id))
    return account


def a_staff_member(
    database: Database, world: World, login: str, role: Role = Role.INVIGILATOR, *, serves: bool = True
) -> int:
    """Add somebody with `role` in the unit, who serves as invigilator; return the account id."""
    with database.transaction() as db:
        account = an_account(db, db.get_one(Unit, world.unit_id), login, role, START)
        if serves:
            db.add(SittingStaff(sitting_id=world.sitting_id, account_id=account.id, duty="invigilator"))
        return account.id


def sent(seq: int, slot: int = 1, value: object = "k7", given_at: datetime = START) -> Sent:
    """Return one answer as a client sends it."""
    return Sent(seq, slot, value, given_at)


def opened(database: Database, world: World, now: datetime, number: int = 0, **more: Any) -> Opened:
    """Open the attempt of candidate `number`."""
    return open_attempt(database, world.sitting, world.entry(number, **more), now)


def record(
    database: Database, attempt: Opened, now: datetime, *events: Sent, queued: int | None = None
) -> Acked:
    """Send a batch; `queued` is its highest number unless told otherwise."""
    highest = max((event.seq for event in events), default=0)
    batch = Batch(attempt.claims.lease, highest if queued is None else queued, events)
    with database.transaction() as db:
        return record_events(db, attempt.claims, batch, now, GRACE)


def stored(database: Database) -> list[tuple[int, str, str]]:
    """Return number, value and standing of every stored event, in order."""
    with database.reading() as db:
        rows = db.scalars(select(ResponseEvent).order_by(ResponseEvent.lease_id, ResponseEvent.seq))
        return [(row.seq, row.value, row.standing) for row in rows]


def the_attempt(database: Database, attempt: Opened) -> Attempt:
    """Return the row of an attempt as it stands now."""
    with database.reading() as db:
        return db.scalars(select(Attempt).where(Attempt.public_id == attempt.claims.attempt)).one()
