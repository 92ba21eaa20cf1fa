"""Invented candidates: what somebody of a given strength answers, and what a marker gives for it."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.item import PartType
from tiejun.audit import Actor
from tiejun.bank.form_service import SlotKey, slot_keys
from tiejun.db import Database
from tiejun.demo.answers import ESSAY, answer_to
from tiejun.exams import marking_queries
from tiejun.exams.events import Batch, Sent, record_events, submit
from tiejun.exams.marking_rules import Policy
from tiejun.exams.marking_service import Desk, Mark, Place, essay, save
from tiejun.exams.models import Attempt, Registration, Sitting
from tiejun.exams.service import Entry, open_attempt
from tiejun.people.models import Account
from tiejun.people.sign_in import Caller, end_session, load_persona, open_session
from tiejun.settings import Settings

GRACE = timedelta(seconds=60)
MARKER_ROUNDS = 3


def sit(database: Database, sitting: UUID, person_id: int, strength: float, at: datetime) -> None:
    """Let a person open, answer and hand in an attempt; `strength` is the share answered rightly."""
    opened = open_attempt(database, sitting, Entry(person_id, "demo", Actor(None, "演示考生")), at)
    chance, claims = random.Random(f"{person_id}:{strength}"), opened.claims
    with database.transaction() as db:
        form = select(Registration.form_id).join(Attempt, Attempt.registration_id == Registration.id)
        keys = slot_keys(db, db.scalars(form.where(Attempt.public_id == claims.attempt)).one())
        events = [
            Sent(
                number,
                key.slot,
                _answer(key, chance.random() < strength),
                at + timedelta(seconds=30 * number),
            )
            for number, key in enumerate(keys, start=1)
        ]
        last = events[-1].given_at
        record_events(db, claims, Batch(claims.lease, len(events), events), last, GRACE)
        submit(db, claims, claims.lease, len(events), last + timedelta(minutes=5))


def _answer(slot: SlotKey, is_right: bool) -> Any:
    """Return a response with the option ids of the form."""
    value = answer_to(slot.part, is_right=is_right)
    if slot.part.type is PartType.SINGLE:
        return slot.option_ids[value]
    return [slot.option_ids[option] for option in value] if slot.part.type is PartType.MULTIPLE else value


def mark(database: Database, sitting_id: int, markers: list[str], settings: Settings, now: datetime) -> None:
    """Let the markers give points for all essays of a sitting, as often as the rules call for."""
    for login in [marker for _round in range(MARKER_ROUNDS) for marker in markers]:
        with database.transaction() as db:
            _mark_as(db, sitting_id, login, settings, now)


def begin_marking(
    database: Database, sitting_id: int, login: str, count: int, settings: Settings, now: datetime
) -> None:
    """Let one marker give points for the first `count` essays that wait."""
    with database.transaction() as db:
        _mark_as(db, sitting_id, login, settings, now, count)


def _mark_as(
    db: Session, sitting_id: int, login: str, settings: Settings, now: datetime, most: int | None = None
) -> None:
    account = db.scalars(select(Account).where(Account.login == login)).one()
    sid = open_session(db, account.id, "browser", Caller(None, "demo"), now)
    db.flush()
    who = load_persona(db, sid, now, settings)
    assert who is not None
    policy, sitting = Policy(Decimal(str(settings.marking_band))), db.get_one(Sitting, sitting_id)
    desk = Desk(who, Actor(account.id, account.login), policy)
    waiting = marking_queries.tasks(marking_queries.sheets(db, sitting, now, policy), who)
    for task in waiting[:most]:
        place = Place(sitting, marking_queries.attempt_of_code(db, sitting, task.code, policy), task.slot)
        found = essay(db, place, desk, now)
        tenths = 8 if found.text == ESSAY else 3
        # Points come in halves.
        save(db, place, Mark((found.maximum * tenths / 5).quantize(Decimal(1)) / 2), desk, now)
    end_session(db, sid, now)
