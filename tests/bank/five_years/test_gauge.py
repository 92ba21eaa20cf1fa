"""How much of the list a pool, a form and a course cite, and who is told."""

import re
from dataclasses import replace
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.bank.five_years.conftest import DAY, NEW_TEXTLESS, RULE, course_of, post
from tests.bank.samples import CODE, law_file
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.audit import SYSTEM, Actor
from tiejun.bank.five_years import service
from tiejun.bank.five_years.queries import Gauge, cited_in_form, gauge
from tiejun.bank.five_years.rules import FiveYearRule
from tiejun.bank.form_queries import blueprint_detail, cited_in_pool
from tiejun.bank.form_service import freeze_form
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.bank.models import Blueprint, LawVersion
from tiejun.db import Database
from tiejun.study.sets import create_set


def measure(database: Database, cited: set[str], rule: FiveYearRule = RULE) -> Gauge | None:
    with database.reading() as db:
        return gauge(db, rule, DAY, "primary", cited)


def test_the_gauge_counts_what_counts_and_names_what_is_missing(
    listed: Database, clock: ManualClock, writer: Actor
):
    found = measure(listed, {CODE, "amended-law-2024"})
    assert found is not None
    assert ([line.law.id for line in found.missing], found.total) == ([NEW_TEXTLESS], 2)
    assert not found.is_nothing

    with listed.transaction() as db:
        service.decide(db, CODE, False, writer, clock())
        service.decide(db, "amended-law-2024", True, writer, clock())
    found = measure(listed, {CODE})
    assert found is not None
    assert (len(found.covered), found.total, found.is_nothing) == (0, 2, True)
    assert len(found.listing.proposed) == 1


def test_there_is_no_gauge_for_a_tier_that_is_not_in_service(listed: Database):
    assert measure(listed, set(), replace(RULE, tiers=frozenset({"intermediate"}))) is None


def test_a_blueprint_and_its_form_show_what_they_cite(
    client: FlaskClient,
    starter: Database,
    blueprint: Blueprint,
    clock: ManualClock,
    writer: Actor,
    world: World,
):
    with starter.transaction() as db:
        form = freeze_form(db, blueprint.id, "seed", writer, clock())
        form.is_sealed = False
    with starter.reading() as db:
        pool = cited_in_pool(db, blueprint_detail(db, blueprint, DAY))
        on_form = cited_in_form(db, form)
    assert on_form
    assert on_form <= pool

    sign_in(client, "exam_admin")
    for address in (f"/blueprints/{blueprint.public_id}", f"/forms/{form.public_id}"):
        page = client.get(address).get_data(as_text=True)
        assert "近五年新颁布法规" in page
        assert "建议名单，尚未确认" in page
        assert "没有一道" not in page
    answer = post(client, f"/blueprints/{blueprint.public_id}/draw", f"/blueprints/{blueprint.public_id}")
    assert "近五年新颁布法规" in answer.get_data(as_text=True)


def test_a_form_that_cites_none_of_them_warns_and_can_be_frozen(
    client: FlaskClient,
    starter: Database,
    blueprint: Blueprint,
    clock: ManualClock,
    writer: Actor,
    world: World,
):
    with starter.transaction() as db:
        form = freeze_form(db, blueprint.id, "seed", writer, clock())
        form.is_sealed = False
        db.execute(update(LawVersion).values(adopted=date(2010, 1, 1)))
        import_laws(db, parse_laws([law_file()]), writer, clock())
    sign_in(client, "exam_admin")

    assert "没有一道题引用近五年新颁布的法规" in client.get(f"/forms/{form.public_id}").get_data(as_text=True)
    drawn = post(client, f"/blueprints/{blueprint.public_id}/draw", f"/blueprints/{blueprint.public_id}")
    assert "没有一道题引用近五年新颁布的法规。仍可定卷。" in drawn.get_data(as_text=True)


def test_those_who_write_courses_see_what_a_course_cites_and_officers_do_not(
    client: FlaskClient, app: Flask, listed: Database, clock: ManualClock, world: World
):
    with listed.transaction() as db:
        public_id = course_of(db, world, clock, (CODE, "1"))
    sign_in(client, "trainer")
    officer = app.test_client()
    sign_in(officer, "officer1")

    for address in (f"/courses/{public_id}", f"/study/courses/{public_id}"):
        assert "没有引用的 1 件" in client.get(address).get_data(as_text=True)
    assert "近五年新颁布法规" not in officer.get(f"/study/courses/{public_id}").get_data(as_text=True)


def test_a_course_set_shows_what_its_courses_cite_together(
    client: FlaskClient, listed: Database, clock: ManualClock, world: World
):
    with listed.transaction() as db:
        one = course_of(db, world, clock)
        other = course_of(db, world, clock, (CODE, "1"))
        for title, courses in (("一门", [one]), ("两门", [one, other])):
            create_set(db, title, ("provincial", "primary"), courses, SYSTEM, clock())
    sign_in(client, "national_admin")

    page = client.get("/course-sets").get_data(as_text=True)
    shown = dict(re.findall(r'data-label="名称">(..)</td>.*?tj-num[^"]*">(\d/\d)<', page))
    assert shown == {"一门": "0/2", "两门": "1/2"}
    assert "名单尚未确认" in page
