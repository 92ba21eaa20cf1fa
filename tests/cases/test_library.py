"""The cases that come with the product, and the demo's trainer and reviewer."""

import pytest
from sqlalchemy import select

from question_bank.laws import load_register
from question_bank.syllabus import load_syllabus
from tests.support.clock import ManualClock
from tests.support.world import make_world
from tiejun.audit import SYSTEM
from tiejun.bank.laws_service import sync_register
from tiejun.cases.library import WRITER, draft_of, install_cases, shipped
from tiejun.cases.models import CaseMaterial, CaseState, CaseVersion
from tiejun.cases.rules import storage_problems, submission_problems
from tiejun.cases.words import medium_choices
from tiejun.db import Database
from tiejun.errors import Conflict
from tiejun.settings import Settings

SHIPPED = dict(shipped())


def test_there_is_something_to_read():
    assert SHIPPED


@pytest.mark.parametrize("code", SHIPPED)
def test_a_shipped_case_is_whole_and_cites_what_is_in_the_register(app, code: str):
    found = SHIPPED[code]
    text = draft_of(found).text("/")
    register, syllabus = load_register(), load_syllabus()

    assert storage_problems(text) + submission_problems(text) == []
    assert [unit for unit in text.units if syllabus.unit(unit) is None] == []
    assert [law for law, _article in text.citations if law not in register] == []
    assert all(register[law].ceased is None for law, _article in text.citations)
    with app.test_request_context():
        assert found.get("medium", "") in ("", *(value for value, _word in medium_choices()))
    assert text.body.startswith("<h3>") or text.body.startswith("<p>")


def test_installing_twice_installs_once(database: Database, settings: Settings, clock: ManualClock):
    with database.transaction() as db:
        make_world(db, clock())
        sync_register(db)
        assert install_cases(db, settings, SYSTEM, clock()) == len(SHIPPED)
    with database.transaction() as db:
        assert install_cases(db, settings, SYSTEM, clock()) == 0
        cases = db.scalars(select(CaseMaterial)).all()
        assert {case.code for case in cases} == set(SHIPPED)
        assert {(case.author_id, case.author_name, case.published) for case in cases} == {(None, WRITER, 1)}
        assert set(db.scalars(select(CaseVersion.state))) == {CaseState.PUBLISHED}


def test_without_any_unit_nothing_is_installed(database: Database, settings: Settings, clock: ManualClock):
    with database.transaction() as db, pytest.raises(Conflict, match="还没有任何单位"):
        install_cases(db, settings, SYSTEM, clock())
