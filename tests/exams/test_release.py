"""Used exam items may be practised a set time after their last sitting, by a person's decision only."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.exams.results.factories import ADMIN, Hall, a_hall
from tests.support.clock import ManualClock
from tests.support.contents import exam_bank
from tests.support.databases import Content
from tests.support.world import csrf_token, make_world, sign_in
from tiejun.audit import AuditEvent
from tiejun.bank.models import ExamForm, FormSlot, Item, ItemPurpose
from tiejun.bank.release.rules import FormUse, split
from tiejun.calendar_cn import add_months
from tiejun.clock import beijing
from tiejun.db import Database
from tiejun.exams.admin_service import SittingSpec, create_sitting
from tiejun.exams.models import Sitting, SittingForm
from tiejun.settings import Settings

DAY = timedelta(days=1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, password_days=10_000)


@pytest.fixture
def database_content() -> Content:
    return exam_bank


@pytest.fixture
def hall(database: Database, clock: ManualClock) -> Hall:
    with database.transaction() as db:
        world = make_world(db, clock())
    return a_hall(database, world, clock())


def in_months(hall: Hall, months: int, clock: ManualClock) -> None:
    """Turn the clock to the day `months` after the sitting."""
    day = add_months(beijing(hall.sitting.ends_at).date(), months)
    clock.time += day - beijing(clock()).date()


def used_code(database: Database, hall: Hall) -> str:
    with database.reading() as db:
        forms = select(SittingForm.form_id).where(SittingForm.sitting_id == hall.sitting.id)
        slots = select(FormSlot.item_id).where(FormSlot.form_id.in_(forms))
        return db.scalars(select(Item.code).where(Item.id.in_(slots)).order_by(Item.code)).first() or ""


def purpose(database: Database, code: str) -> str:
    with database.reading() as db:
        return db.scalars(select(Item.purpose).where(Item.code == code)).one()


def release(client: FlaskClient, *codes: str) -> int:
    data = {"csrf_token": csrf_token(client, "/password"), "code": list(codes)}
    return client.post("/items/release", data=data).status_code


def test_items_are_listed_from_the_day_on_and_released_by_a_person(
    client: FlaskClient, database: Database, hall: Hall, clock: ManualClock
):
    code = used_code(database, hall)
    in_months(hall, 24, clock)
    clock.time -= DAY
    sign_in(client, "exam_admin")
    assert f">{code}<" not in client.get("/items/release").get_data(as_text=True)
    assert release(client, code) == 409
    assert purpose(database, code) == ItemPurpose.EXAM

    clock.time += DAY
    client.post("/sign-out", data={"csrf_token": csrf_token(client, "/laws")})
    sign_in(client, "exam_admin")
    assert f">{code}<" in client.get("/items/release").get_data(as_text=True)
    assert purpose(database, code) == ItemPurpose.EXAM  # being listed changes nothing
    assert release(client, code) == 303
    assert purpose(database, code) == ItemPurpose.PRACTICE
    assert f">{code}<" not in client.get("/items/release").get_data(as_text=True)
    with database.reading() as db:
        event = db.scalars(select(AuditEvent).where(AuditEvent.action == "item.released")).one()
    assert (event.subject_id, event.details) == (code, {"was": "exam"})
    assert event.actor.startswith("exam_admin")


def put_on_another_form(database: Database, code: str) -> int:
    """Let an item stand on a second form of the blueprint, frozen when the first was."""
    with database.transaction() as db:
        slot = db.scalars(
            select(FormSlot).join(Item, Item.id == FormSlot.item_id).where(Item.code == code)
        ).first()
        assert slot is not None
        form = db.get_one(ExamForm, slot.form_id)
        names = ("blueprint_id", "seed", "paper", "paper_hash", "total_points", "slot_count", "relaxed")
        same = {name: getattr(form, name) for name in (*names, "frozen_by", "frozen_at")}
        other = ExamForm(public_id=uuid4(), label="Z", **same)
        db.add(other)
        db.flush()
        names = ("slot", "item_id", "version_id", "part", "type", "points", "option_ids")
        db.add(FormSlot(form_id=other.id, **{name: getattr(slot, name) for name in names}))
        return other.id


def test_what_stands_on_a_form_still_to_be_used_stays_secret(
    client: FlaskClient, database: Database, hall: Hall, clock: ManualClock
):
    code = used_code(database, hall)
    form_id = put_on_another_form(database, code)
    in_months(hall, 25, clock)
    sign_in(client, "exam_admin")
    assert f">{code}<" not in client.get("/items/release").get_data(as_text=True)
    assert release(client, code) == 409

    with database.transaction() as db:
        spec = SittingSpec(hall.exam_id, clock() + DAY, clock() + 2 * DAY, 3600, "", (form_id,))
        sitting = create_sitting(db, spec, ADMIN, clock())
    assert release(client, code) == 409
    with database.transaction() as db:
        row = db.get_one(Sitting, sitting.id)
        row.starts_at, row.ends_at = hall.sitting.starts_at, hall.sitting.ends_at
    assert release(client, code) == 303


def test_one_that_is_not_ripe_keeps_all_back(
    client: FlaskClient, database: Database, hall: Hall, clock: ManualClock
):
    in_months(hall, 24, clock)
    with database.reading() as db:
        unused = db.scalars(select(Item.code).where(Item.id.not_in(select(FormSlot.item_id)))).first() or ""
    sign_in(client, "exam_admin")
    assert release(client, used_code(database, hall), unused) == 409
    assert release(client) == 422
    assert purpose(database, used_code(database, hall)) == ItemPurpose.EXAM


def test_the_page_is_for_those_who_manage_forms(app: Flask, hall: Hall):
    for login, status in (("trainer", 403), ("item_writer", 403), ("exam_admin", 200)):
        client = app.test_client()
        sign_in(client, login)
        assert client.get("/items/release").status_code == status


def test_forms_are_old_from_the_same_day_of_the_month_on():
    ended = FormUse(1, date(2024, 1, 1), date(2024, 8, 31))
    unused = FormUse(2, date(2020, 1, 1), None)
    for today, old in ((date(2025, 2, 27), False), (date(2025, 2, 28), True)):
        found = split([ended, unused], today, 6)
        assert (1 in found.old, 1 in found.young) == (old, not old)
        assert 2 in found.young
