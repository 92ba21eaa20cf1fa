"""Reading a case is credited in the ledger by the clock, up to the time that it takes."""

import re
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cases.conftest import Desk, draft
from tests.study.learner import Page
from tests.support.world import csrf_token
from tiejun.study.models import HourEntry


def test_minutes_in_front_of_a_case_are_booked_as_case_reading(
    desk: Desk, signed_in: Callable[[str], FlaskClient]
):
    public_id = desk.publish(text=draft(minutes="2"))
    officer = signed_in("officer1")
    shown = officer.get(f"/cases/{public_id}").get_data(as_text=True)
    token = re.search(r'data-source="([^"]+)"', shown)
    assert token is not None
    page = Page(officer, token[1], csrf_token(officer, "/password"))
    assert page.open() == 200

    for _ in range(12):
        desk.clock.time += timedelta(seconds=15)
        page.beat()
    page.leave()

    with desk.database.reading() as db:
        [entry] = db.scalars(select(HourEntry))
    assert entry.seconds == 120, "no more than the case takes"
    assert entry.kind == "case"
    assert entry.person_id == desk.world.people["officer1"].id


def test_a_trainer_without_a_person_reads_and_nothing_is_counted(
    desk: Desk, signed_in: Callable[[str], FlaskClient]
):
    public_id = desk.publish()

    shown = signed_in("trainer2").get(f"/cases/{public_id}").get_data(as_text=True)

    assert "data-source" not in shown
    assert "不计学时" in shown
