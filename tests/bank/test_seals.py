"""A sealed form shows no question until two people open it, and then to these two, for a while."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import Actor, AuditEvent
from tiejun.bank.form_service import freeze_form
from tiejun.bank.models import Blueprint, ExamForm, FormSlot, Item, ItemPurpose
from tiejun.db import Database
from tiejun.settings import Settings

MINUTE = timedelta(minutes=1)
Sign = Callable[[str], FlaskClient]


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, admin_idle_minutes=600)


@pytest.fixture
def form(starter: Database, blueprint: Blueprint, clock: ManualClock, writer: Actor) -> ExamForm:
    with starter.transaction() as db:
        return freeze_form(db, blueprint.id, "seed", writer, clock())


@pytest.fixture
def as_(app: Flask, world: World) -> Sign:
    """Return a browser that is signed in as somebody, the same each time."""
    browsers: dict[str, FlaskClient] = {}

    def browser(login: str) -> FlaskClient:
        if login not in browsers:
            browsers[login] = app.test_client()
            sign_in(browsers[login], login)
        return browsers[login]

    return browser


@pytest.fixture
def codes(starter: Database, form: ExamForm) -> list[str]:
    """Return the codes of the items on the form."""
    with starter.reading() as db:
        slots = select(FormSlot.item_id).where(FormSlot.form_id == form.id)
        return list(db.scalars(select(Item.code).where(Item.id.in_(slots))))


def shown(client: FlaskClient, form: ExamForm, codes: list[str]) -> bool:
    """Return whether the form's page and its file show what is on it; they agree."""
    page = client.get(f"/forms/{form.public_id}")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert form.paper_hash in text
    seen = [code for code in codes if f">{code}<" in text]
    assert seen in ([], codes) or set(seen) == set(codes)
    file = client.get(f"/forms/{form.public_id}/paper.json")
    assert file.status_code == (200 if seen else 403)
    return bool(seen)


def post(client: FlaskClient, address: str, **data: str) -> int:
    token = csrf_token(client, "/password")
    return client.post(address, data={"csrf_token": token, **data}).status_code


def ask(client: FlaskClient, form: ExamForm, reason: str = "核对印刷") -> int:
    return post(client, f"/forms/{form.public_id}/openings", reason=reason)


def approval(client: FlaskClient, form: ExamForm) -> str:
    """Return the address of the button that approves the waiting request; "" when there is none."""
    page = client.get(f"/forms/{form.public_id}").get_data(as_text=True)
    found = re.search(r'action="([^"]*/approve)"', page)
    return found[1] if found else ""


def acts(database: Database, form: ExamForm) -> list[tuple[str, str]]:
    with database.reading() as db:
        wanted = (
            select(AuditEvent).where(AuditEvent.subject_id == str(form.public_id)).order_by(AuditEvent.id)
        )
        return [(row.action, row.actor.split("（")[0]) for row in db.scalars(wanted)]


def test_two_people_open_a_form_and_only_they_see_it_for_a_while(
    as_: Sign, starter: Database, form: ExamForm, codes: list[str], clock: ManualClock
):
    asker, approver, third = as_("exam_admin"), as_("province_admin"), as_("national_admin")
    assert not any(shown(one, form, codes) for one in (asker, approver, third))

    assert ask(asker, form) == 303
    assert approval(asker, form) == ""
    assert not shown(asker, form, codes)
    assert post(approver, approval(approver, form)) == 303

    clock.time += 29 * MINUTE
    assert shown(asker, form, codes)
    assert shown(approver, form, codes)
    assert not shown(third, form, codes)
    clock.time += 1 * MINUTE
    assert not any(shown(one, form, codes) for one in (asker, approver, third))

    assert acts(starter, form) == [
        ("form.frozen", "命题人"),
        ("form.opening_asked", "exam_admin"),
        ("form.opened", "province_admin"),
        *[("form.viewed", "exam_admin")] * 2,  # the page and the file
        *[("form.viewed", "province_admin")] * 2,
    ]
    page = third.get(f"/forms/{form.public_id}").get_data(as_text=True)
    assert "核对印刷" in page
    assert "已重新封存" in page
    assert page.count("查看</span>") == 4


def test_nobody_approves_their_own_request(as_: Sign, form: ExamForm, codes: list[str]):
    asker, other = as_("exam_admin"), as_("province_admin")
    assert ask(asker, form) == 303
    address = approval(other, form)
    assert post(asker, address) == 403
    assert not shown(asker, form, codes)


@pytest.mark.parametrize(("minutes", "status"), [(14, 303), (15, 409)])
def test_a_request_waits_a_quarter_of_an_hour(
    as_: Sign, form: ExamForm, codes: list[str], clock: ManualClock, minutes: int, status: int
):
    ask(as_("exam_admin"), form)
    address = approval(as_("province_admin"), form)
    clock.time += minutes * MINUTE
    assert post(as_("province_admin"), address) == status
    assert shown(as_("exam_admin"), form, codes) == (status == 303)
    if status == 409:
        assert approval(as_("province_admin"), form) == ""
        assert ask(as_("exam_admin"), form) == 303


def test_a_request_is_approved_once(as_: Sign, form: ExamForm, codes: list[str]):
    ask(as_("exam_admin"), form)
    address = approval(as_("province_admin"), form)
    assert post(as_("province_admin"), address) == 303
    assert post(as_("national_admin"), address) == 409
    assert not shown(as_("national_admin"), form, codes)


def test_a_waiting_request_stands_on_the_first_page_of_who_may_approve_it(
    as_: Sign, form: ExamForm, clock: ManualClock
):
    def is_told(login: str) -> bool:
        return f"/forms/{form.public_id}" in as_(login).get("/").get_data(as_text=True)

    ask(as_("exam_admin"), form)
    assert is_told("province_admin")
    assert not is_told("exam_admin")
    assert not is_told("item_writer")
    clock.time += 15 * MINUTE
    assert not is_told("province_admin")


def test_a_request_needs_a_reason_and_is_made_once(as_: Sign, form: ExamForm):
    assert ask(as_("exam_admin"), form, "  ") == 422
    assert ask(as_("exam_admin"), form) == 303
    assert ask(as_("exam_admin"), form) == 409


def test_an_approval_opens_that_form_only(
    as_: Sign, starter: Database, blueprint: Blueprint, form: ExamForm, clock: ManualClock, writer: Actor
):
    with starter.transaction() as db:
        other = freeze_form(db, blueprint.id, "another", writer, clock())
    ask(as_("exam_admin"), form)
    address = approval(as_("province_admin"), form)
    assert post(as_("province_admin"), address.replace(str(form.public_id), str(other.public_id))) == 404


def test_the_steps_are_for_those_who_manage_forms(as_: Sign, form: ExamForm):
    for login in ("item_writer", "item_reviewer", "trainer", "unit_admin"):
        assert ask(as_(login), form) == 403
        assert as_(login).get(f"/forms/{form.public_id}").status_code == 403


def test_an_open_form_can_be_sealed_and_stays_so(
    as_: Sign, starter: Database, form: ExamForm, codes: list[str]
):
    with starter.transaction() as db:
        db.get_one(ExamForm, form.id).is_sealed = False
    assert shown(as_("exam_admin"), form, codes)
    assert ask(as_("exam_admin"), form) == 409
    assert post(as_("exam_admin"), f"/forms/{form.public_id}/seal") == 303
    assert not shown(as_("exam_admin"), form, codes)


def draw(client: FlaskClient, blueprint: Blueprint) -> dict[str, str]:
    token = csrf_token(client, "/password")
    page = client.post(f"/blueprints/{blueprint.public_id}/draw", data={"csrf_token": token})
    text = page.get_data(as_text=True)
    return dict(re.findall(r'name="(seed|hash|day)" value="([^"]*)"', text))


@pytest.mark.parametrize(("ticked", "is_sealed"), [({"sealed": "1"}, True), ({}, False)])
def test_whoever_draws_sees_the_paper_and_that_is_noted(
    as_: Sign, starter: Database, blueprint: Blueprint, ticked: dict[str, str], is_sealed: bool
):
    fields = draw(as_("exam_admin"), blueprint)
    address = f"/blueprints/{blueprint.public_id}/forms"
    assert post(as_("exam_admin"), address, **fields, **ticked) == 303
    with starter.reading() as db:
        form = db.scalars(select(ExamForm)).one()
        seen = db.scalars(select(AuditEvent).where(AuditEvent.action == "form.previewed")).one()
    assert form.is_sealed is is_sealed
    assert seen.details["hash"] == form.paper_hash == fields["hash"]
    assert seen.actor.startswith("exam_admin")


def test_a_form_can_be_frozen_without_a_look_and_is_sealed_then(
    as_: Sign, starter: Database, blueprint: Blueprint
):
    assert post(as_("exam_admin"), f"/blueprints/{blueprint.public_id}/forms") == 303
    with starter.reading() as db:
        assert db.scalars(select(ExamForm)).one().is_sealed
        assert db.scalars(select(AuditEvent).where(AuditEvent.action == "form.previewed")).all() == []


def test_a_form_with_a_sealed_item_is_sealed_whatever_was_asked(
    as_: Sign, starter: Database, blueprint: Blueprint
):
    with starter.transaction() as db:
        for item in db.scalars(select(Item)):
            item.purpose = ItemPurpose.SEALED
    fields = draw(as_("exam_admin"), blueprint)
    assert post(as_("exam_admin"), f"/blueprints/{blueprint.public_id}/forms", **fields) == 303
    with starter.reading() as db:
        assert db.scalars(select(ExamForm)).one().is_sealed


def test_an_items_page_does_not_tell_of_sealed_forms(
    as_: Sign, starter: Database, form: ExamForm, codes: list[str]
):
    assert "0 份" in as_("exam_admin").get(f"/items/{codes[0]}").get_data(as_text=True)
    with starter.transaction() as db:
        db.get_one(ExamForm, form.id).is_sealed = False
    assert "1 份" in as_("exam_admin").get(f"/items/{codes[0]}").get_data(as_text=True)
