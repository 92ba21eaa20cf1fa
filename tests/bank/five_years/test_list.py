"""The list of the five years: its page, who decides, what counts until then, and what cites it."""

import io
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from tests.bank.five_years.conftest import DAY, NEW_TEXTLESS, RULE, course_of, post
from tests.bank.samples import CODE, OLD_CODE, TEXTLESS, item
from tests.support.clock import ManualClock
from tests.support.walk import counted
from tests.support.world import World, sign_in
from tiejun.audit import Actor, AuditEvent
from tiejun.bank.five_years import service
from tiejun.bank.five_years.models import FiveYearMember
from tiejun.bank.five_years.queries import cited_by, five_year_list
from tiejun.bank.five_years.rules import Membership
from tiejun.bank.models import Item, ItemPurpose, LawVersion
from tiejun.bank.service import save_item
from tiejun.db import Database
from tiejun.errors import Conflict, NotFound


def standing(database: Database, day: date = DAY) -> dict[str, str]:
    with database.reading() as db:
        return {line.law.id: line.membership.value for line in five_year_list(db, RULE, day).lines}


def test_the_list_holds_what_is_of_the_years_with_or_without_text(listed: Database):
    assert standing(listed) == {
        CODE: "proposed",
        NEW_TEXTLESS: "proposed",
        "amended-law-2024": "optional",
    }
    assert OLD_CODE not in standing(listed)
    assert TEXTLESS not in standing(listed)


def test_a_member_stays_while_its_five_years_last_and_no_longer(
    listed: Database, clock: ManualClock, writer: Actor
):
    with listed.transaction() as db:
        service.decide(db, NEW_TEXTLESS, True, writer, clock())

    assert standing(listed, date(2029, 4, 30))[NEW_TEXTLESS] == "confirmed"
    assert NEW_TEXTLESS not in standing(listed, date(2029, 5, 1))


def test_who_decided_and_when_is_kept_and_stands_in_the_trail(
    listed: Database, clock: ManualClock, writer: Actor
):
    with listed.transaction() as db:
        service.decide(db, CODE, False, writer, clock())
        service.decide(db, CODE, False, writer, clock() + timedelta(days=1))
    with listed.transaction() as db:
        row = db.get_one(FiveYearMember, CODE)
        trail = select(AuditEvent.action).where(AuditEvent.action.like("five_year.%"))

        assert (row.is_member, row.decided_by, row.decided_at) == (False, writer.name, clock())
        assert db.scalars(trail).all() == ["five_year.rejected"]


def test_an_unknown_law_and_one_of_another_kind_are_refused(
    listed: Database, clock: ManualClock, writer: Actor
):
    with listed.transaction() as db:
        with pytest.raises(NotFound):
            service.decide(db, "not-there-2020", True, writer, clock())
        with pytest.raises(Conflict):
            service.decide(db, "court-paper-2024", True, writer, clock())


def test_confirming_all_takes_what_was_seen_and_leaves_what_was_decided_meanwhile(
    listed: Database, clock: ManualClock, writer: Actor
):
    with listed.transaction() as db:
        service.decide(db, CODE, False, writer, clock())
        seen = {CODE, "amended-law-2024", "not-there-2020"}

        assert service.confirm_proposed(db, RULE, DAY, seen, writer, clock()) == 0
        assert service.confirm_proposed(db, RULE, DAY, {NEW_TEXTLESS}, writer, clock()) == 1
    assert standing(listed) == {
        CODE: "rejected",
        NEW_TEXTLESS: "confirmed",
        "amended-law-2024": "optional",
    }


def test_an_administrator_confirms_on_the_page(client: FlaskClient, listed: Database, world: World):
    sign_in(client, "national_admin")
    page = client.get("/laws/five-years?day=2026-11-20").get_data(as_text=True)
    assert "建议名单，尚未确认" in page
    assert "确认全部 2 件建议" in page

    answer = post(client, "/laws/five-years/confirm?day=2026-11-20", law=[CODE, NEW_TEXTLESS])
    assert (answer.status_code, answer.location) == (303, "/laws/five-years?day=2026-11-20")
    assert post(client, f"/laws/five-years/{CODE}?day=2026-11-20", member="0").status_code == 303

    page = client.get("/laws/five-years?day=2026-11-20").get_data(as_text=True)
    assert "建议名单，尚未确认" not in page
    assert standing(listed)[CODE] == "rejected"
    assert standing(listed)[NEW_TEXTLESS] == "confirmed"


@pytest.mark.parametrize("login", ["officer1", "trainer", "province_admin", "item_writer"])
def test_others_look_and_do_not_decide(client: FlaskClient, listed: Database, world: World, login: str):
    sign_in(client, login)
    page = client.get("/laws/five-years?day=2026-11-20").get_data(as_text=True)

    assert "样例办法" in page
    assert 'name="member"' not in page
    assert post(client, f"/laws/five-years/{CODE}", "/password").status_code == 403
    assert post(client, "/laws/five-years/confirm", "/password", law=CODE).status_code == 403
    assert standing(listed)[CODE] == "proposed"


def test_the_address_filters_by_kind_and_state(client: FlaskClient, listed: Database, world: World):
    sign_in(client, "officer1")
    address = "/laws/five-years?day=2026-11-20"

    assert "样例办法" not in client.get(f"{address}&kind=法律").get_data(as_text=True)
    optional = client.get(f"{address}&state=optional").get_data(as_text=True)
    assert "名称amended-law-2024" in optional
    assert "样例办法" not in optional
    assert "没有符合条件的法规" in client.get(f"{address}&state=rejected").get_data(as_text=True)
    assert "这五年没有登记的法规" in client.get("/laws/five-years?day=1990-01-01").get_data(as_text=True)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "tomorrow", ""])
def test_any_day_of_the_address_gives_a_page(client: FlaskClient, listed: Database, world: World, day: str):
    sign_in(client, "officer1")
    assert client.get(f"/laws/five-years?day={day}").status_code == 200


def test_only_people_of_the_bank_see_how_many_items_cite_and_who_decided(
    client: FlaskClient, app: Flask, listed: Database, world: World, clock: ManualClock
):
    with listed.transaction() as db:
        service.decide(db, CODE, True, Actor(None, "签名的人"), clock())
    staff = app.test_client()
    sign_in(client, "officer1")
    sign_in(staff, "item_writer")

    for address in ("/laws/five-years?day=2026-11-20", "/laws/five-years.xlsx?day=2026-11-20"):
        for_officers, for_staff = shown(client, address), shown(staff, address)
        assert ("考试题" in for_staff, "签名的人" in for_staff) == (True, True)
        assert ("考试题" in for_officers, "签名的人" in for_officers) == (False, False)
        assert "已确认" in for_officers


def shown(client: FlaskClient, address: str) -> str:
    content = client.get(address).data
    if ".xlsx" not in address:
        return content.decode()
    return str(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python())


def test_the_list_leaves_as_an_excel_file(client: FlaskClient, listed: Database, world: World):
    sign_in(client, "item_writer")
    content = client.get("/laws/five-years.xlsx?day=2026-11-20&state=proposed").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()

    assert [row[0] for row in rows] == ["名称", "样例办法", f"名称{NEW_TEXTLESS}"]
    assert dict(zip(rows[0], rows[1], strict=True))["考试题"] == 6
    assert [row[6] for row in rows[1:]] == ["有", "缺"]


def test_items_by_purpose_and_lessons_that_cite_are_counted(
    app: Flask, listed: Database, clock: ManualClock, writer: Actor, world: World
):
    cited = [{"law": CODE, "article": "1"}, {"law": CODE, "article": "2"}]
    with listed.transaction() as db:
        save_item(db, item("practice-1", citations=cited), ItemPurpose.PRACTICE, writer, clock())
        db.execute(update(Item).where(Item.code == "essay").values(state="retired"))
        course_of(db, world, clock, (CODE, "1"), (CODE, "2"))
    with listed.reading() as db:
        found = cited_by(db, [CODE, NEW_TEXTLESS])

    assert (found[CODE].practice, found[CODE].exam, found[CODE].lessons, found[CODE].cases) == (1, 5, 1, 0)
    assert found[NEW_TEXTLESS].exam == 0


def test_the_page_asks_the_database_as_often_for_many_laws_as_for_few(
    client: FlaskClient, listed: Database, world: World
):
    def asked() -> int:
        with counted(listed.engine) as statements:
            assert client.get("/laws/five-years?day=2026-11-20").status_code == 200
        return len(statements)

    sign_in(client, "item_writer")
    asked()
    few = asked()
    with listed.transaction() as db:
        for n in range(60):
            row = LawVersion(id=f"many-laws-{n}", title=f"规章{n}", kind="部门规章", tier="ref")
            row.adopted = date(2025, 1, 1)
            db.add(row)
    assert asked() == few
    with listed.reading() as db:
        assert len(five_year_list(db, RULE, DAY).those(state=Membership.PROPOSED)) == 62
