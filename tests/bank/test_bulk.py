"""Changes of several items at once: looked at, confirmed, then all or none; and their export."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from question_bank.formats.workbook import read_sheets
from tests.bank.samples import CODE, OLD_CODE, item
from tests.bank.test_pages import codes, text
from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import Actor, AuditEvent
from tiejun.bank.bulk.rules import MOST, NO_UNIT, Change, Powers, Standing, change_of, refusal
from tiejun.bank.form_service import freeze_form
from tiejun.bank.law_reviews.models import LawReview
from tiejun.bank.life import service as life
from tiejun.bank.life.models import ItemStep
from tiejun.bank.models import Blueprint, FormSlot, Item, ItemPurpose, ItemVersion
from tiejun.bank.secrecy import CLASSES
from tiejun.bank.service import save_item
from tiejun.bank.states import ItemState
from tiejun.db import Database

NAMES = frozenset(CLASSES)
WRITER = Powers(writes=True, makes_papers=False, classes=frozenset(CLASSES[:2]))
PAPERS = Powers(writes=False, makes_papers=True, classes=NAMES)


def standing(state: ItemState = ItemState.OPERATIONAL, **other: bool) -> Standing:
    usual = {"has_unit": True, "is_practice": False, "is_lowered": False, "is_on_form": False}
    return Standing(state, **(usual | other))


def refused(change: Change, item_: Standing, powers: Powers = WRITER, **new: bool) -> str | None:
    return refusal(change, item_, powers, **({"is_new_text": True, "is_new_class": False} | new))


def test_a_form_says_what_to_change_and_what_is_wrong_with_it():
    change, problems = change_of({"unit": "B5", "tiers": "both", "difficulty": " 62.5 "}, NAMES)
    assert not problems
    assert (change.unit, len(change.tiers), change.difficulty) == ("B5", 2, 0.625)
    assert change_of({"unit": NO_UNIT, "transitional": "no"}, NAMES)[0] == Change(NO_UNIT, transitional=False)
    for name, wrong in {
        "unit": "Z9",
        "tiers": "all",
        "purpose": "public",
        "difficulty": "101",
    }.items():
        assert [one.field for one in change_of({name: wrong}, NAMES)[1]] == [name]
    for wrong in ("-1", "1e1", "½", "NaN", "1.1.1", "9" * 11):
        assert change_of({"difficulty": wrong}, NAMES)[1]
    assert change_of({"difficulty": "0"}, NAMES)[0].difficulty == 0
    assert change_of({"difficulty": "100"}, NAMES)[0].difficulty == 1
    assert change_of({"transitional": "perhaps"}, NAMES)[1]


def test_only_writers_change_texts_and_not_during_a_review_or_after_retirement():
    change = Change(unit="B5")
    assert refused(change, standing()) is None
    assert refused(change, standing(), PAPERS)
    for state in (ItemState.FIRST_REVIEW, ItemState.SECOND_REVIEW, ItemState.RETIRED):
        assert refused(change, standing(state))
        assert refused(change, standing(state), is_new_text=False) is None
    for state in (ItemState.DRAFT, ItemState.PILOT, ItemState.UNDER_REVIEW):
        assert refused(change, standing(state)) is None


def test_exam_items_keep_a_unit():
    assert refused(Change(unit=NO_UNIT), standing())
    assert refused(Change(unit=NO_UNIT), standing(is_practice=True)) is None
    raised = Change(purpose="exam")
    assert refused(raised, standing(has_unit=False), is_new_text=False, is_new_class=True)
    assert refused(Change("B5", purpose="exam"), standing(has_unit=False), is_new_class=True) is None


def test_a_class_is_given_by_who_sees_it_and_lowered_by_who_makes_papers():
    def given(purpose: str, powers: Powers, **other: bool) -> str | None:
        return refused(
            Change(purpose=purpose), standing(**other), powers, is_new_text=False, is_new_class=True
        )

    assert given("exam", WRITER) is None
    assert given("sealed", WRITER)
    assert given("sealed", PAPERS) is None
    lowered = given("practice", WRITER, is_lowered=True, is_practice=True)
    assert lowered
    # Whether it stands on a form, who makes no papers is not told.
    assert given("practice", WRITER, is_lowered=True, is_practice=True, is_on_form=True) == lowered
    assert given("practice", PAPERS, is_lowered=True, is_practice=True) is None
    assert given("practice", PAPERS, is_lowered=True, is_practice=True, is_on_form=True)
    nobody = Powers(writes=False, makes_papers=False, classes=NAMES)
    assert given("exam", nobody)


class Desk:
    """Somebody at the list, who sends its forms."""

    def __init__(self, client: FlaskClient, query: str = "") -> None:
        self.client, self.query = client, query
        self.token = csrf_token(client, f"/items?{query}")

    def send(self, address: str, *chosen: str, **fields: str) -> TestResponse:
        form = {"csrf_token": self.token, "back": self.query, "item": list(chosen), **fields}
        return self.client.post(address, data=form)

    def check(self, *chosen: str, **fields: str) -> str:
        answer = self.send("/items/bulk/check", *chosen, **fields)
        assert answer.status_code == 200, text(answer)
        return unescape(text(answer))

    def change(self, *chosen: str, **fields: str) -> TestResponse:
        """Confirm what the page of the look offers."""
        mark = re.search(r'name="mark" value="([^"]+)"', self.check(*chosen, **fields))
        assert mark, "the page does not offer the change"
        return self.send("/items/bulk/change", *chosen, mark=mark[1], **fields)


@pytest.fixture
def desk(app: Flask, world: World) -> Callable[..., Desk]:
    def sit_down(login: str = "item_writer", query: str = "") -> Desk:
        client = app.test_client()
        sign_in(client, login)
        return Desk(client, query)

    return sit_down


def rows(database: Database) -> dict[str, Item]:
    with database.reading() as db:
        return {row.code: row for row in db.scalars(select(Item))}


def count(database: Database, table: Any) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def told(database: Database, action: str) -> list[AuditEvent]:
    with database.reading() as db:
        query = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.subject_id)
        return list(db.scalars(query))


def test_unit_tiers_and_difficulty_make_a_version_where_they_change_something(
    bank: Database, desk: Callable[..., Desk]
):
    writer = desk(query="kind=single&page=1")
    assert "已是这样" in writer.check("single", "essay", unit="B5", difficulty="60")

    answer = writer.change("single", "essay", unit="C2", tiers="both", difficulty="35.5")

    assert answer.status_code == 303
    assert answer.location.endswith("/items?kind=single&page=1")
    found = rows(bank)
    assert {found[code].current_version for code in ("single", "essay")} == {2}
    assert found["multiple"].current_version == 1
    one = found["single"]
    assert (one.unit, one.is_intermediate, one.difficulty, one.state) == ("C2", True, 0.355, "operational")
    assert one.stem_hash == found["multiple"].stem_hash or one.excerpt
    with bank.reading() as db:
        versions = db.scalars(select(ItemVersion).where(ItemVersion.item_id == one.id)).all()
        steps = db.scalars(select(ItemStep).where(ItemStep.item_id == one.id)).all()
    assert versions[0].content == versions[1].content
    assert [(step.step, step.state, step.version) for step in steps] == [("write", "operational", 2)]
    events = told(bank, "item.bulk_changed")
    assert [event.subject_id for event in events] == ["essay", "single"]
    assert events[1].details["unit"] == ["B5", "C2"]
    assert events[1].details["difficulty"] == [0.6, 0.355]
    page = text(writer.client.get("/items/single"))
    assert "C2" in page
    assert "35.5" in text(writer.client.get("/items/single/edit"))


def test_what_is_so_already_gets_no_version(bank: Database, desk: Callable[..., Desk]):
    writer = desk()
    page = writer.check("single", unit="B5")
    assert "没有要改的" in page
    assert "确认修改" not in page
    writer.change("single", unit="C2")

    writer.change("single", "multiple", unit="C2")

    found = rows(bank)
    assert (found["single"].current_version, found["multiple"].current_version) == (2, 2)


def test_one_that_cannot_be_changed_holds_all_and_is_named(bank: Database, desk: Callable[..., Desk]):
    with bank.transaction() as db:
        db.execute(update(Item).where(Item.code == "essay").values(state="first_review"))
        db.execute(update(Item).where(Item.code == "case").values(state="retired"))
    writer = desk()

    page = writer.check("single", "essay", "case", "NOT-THERE", unit="C2")

    assert "确认修改" not in page
    for code, why in {"essay": "正在审核", "case": "已停用", "NOT-THERE": "题库中没有"}.items():
        assert re.search(rf"{why}[^<]*<.*?>{code}<", page, re.DOTALL), code
    assert writer.send("/items/bulk/change", "single", "essay", unit="C2", mark="x").status_code == 409
    assert {row.current_version for row in rows(bank).values()} == {1}


def test_the_service_refuses_what_the_page_did_not_offer(bank: Database, desk: Callable[..., Desk]):
    writer = desk()
    mark = re.search(r'name="mark" value="([^"]+)"', writer.check("single", unit="C2"))
    assert mark

    answer = writer.send("/items/bulk/change", "single", purpose="sealed", mark=mark[1])

    assert answer.status_code == 422
    assert "single" in text(answer)
    assert rows(bank)["single"].purpose == "exam"


def test_what_changed_since_the_look_is_looked_at_again(
    bank: Database, desk: Callable[..., Desk], clock: ManualClock, writer: Actor
):
    desk_ = desk(query="kind=single")
    mark = re.search(r'name="mark" value="([^"]+)"', desk_.check(every="1", unit="C2"))
    assert mark
    with bank.transaction() as db:
        save_item(db, item("A-FURTHER-ONE"), ItemPurpose.EXAM, writer, clock())

    answer = desk_.send("/items/bulk/change", every="1", unit="C2", mark=mark[1])

    assert answer.status_code == 409
    assert {row.current_version for row in rows(bank).values()} == {1}


def test_all_that_the_list_finds_are_meant_by_its_filter(
    bank: Database, desk: Callable[..., Desk], clock: ManualClock, writer: Actor
):
    with bank.transaction() as db:
        for number in range(60):
            save_item(db, item(f"N-{number:02}"), ItemPurpose.PRACTICE, writer, clock())
    desk_ = desk(query="purpose=practice&sort=code")
    page = text(desk_.client.get("/items?purpose=practice&sort=code"))
    assert "查到的全部 60 题" in page
    assert "查到的全部" not in text(desk_.client.get("/items?kind=case"))
    chosen = text(desk_.send("/items/bulk", every="1"))
    assert "所选 60 题" in chosen
    assert 'name="item"' not in chosen

    assert desk_.change(every="1", unit="C2").status_code == 303

    found = rows(bank)
    assert {row.unit for row in found.values() if row.purpose == "practice"} == {"C2"}
    assert {row.unit for row in found.values() if row.purpose == "exam"} == {"B5"}


def test_too_many_and_none_are_refused(
    bank: Database, desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
):
    writer = desk()
    assert writer.send("/items/bulk").status_code == 422
    assert writer.send("/items/bulk", *(f"X{n}" for n in range(201))).status_code == 422
    assert str(MOST) in text(writer.send("/items/bulk", "single"))
    monkeypatch.setattr("tiejun.bank.bulk.service.MOST", 5)

    answer = writer.send("/items/bulk/check", every="1", unit="C2")

    assert answer.status_code == 422
    assert "一次最多改 5 题" in text(answer)


def test_a_form_that_is_wrong_comes_back_as_it_was_filled_in(bank: Database, desk: Callable[..., Desk]):
    writer = desk()

    answer = writer.send("/items/bulk/check", "single", unit="C2", difficulty="200")

    page = text(answer)
    assert answer.status_code == 422
    assert 'value="200"' in page
    assert '<option value="C2" selected>' in page
    assert 'name="item" value="single"' in page


def test_the_mark_of_transition_takes_ended_law_out_of_the_queue_and_back(
    bank: Database, desk: Callable[..., Desk], clock: ManualClock, writer: Actor
):
    with bank.transaction() as db:
        old = item("OLD", citations=[{"law": OLD_CODE, "article": "1"}])
        save_item(db, old, ItemPurpose.PRACTICE, writer, clock())

    def waiting() -> int:
        with bank.reading() as db:
            open_ones = select(func.count()).select_from(LawReview).where(LawReview.decided_at.is_(None))
            return db.scalar(open_ones) or 0

    assert waiting() == 1
    desk_ = desk()
    desk_.change("OLD", unit="C2")
    assert waiting() == 1

    desk_.change("OLD", "single", transitional="yes")
    assert waiting() == 0
    assert codes(text(desk_.client.get("/items?transitional=1"))) == ["single"]
    assert "/items/OLD" in text(desk_.client.get("/items?transitional=1"))
    desk_.change("OLD", "single", transitional="no")

    assert waiting() == 1
    assert rows(bank)["OLD"].current_version == 4


def test_a_corrected_article_still_waits_though_the_item_is_marked(bank: Database, desk: Callable[..., Desk]):
    with bank.transaction() as db:
        single = db.scalars(select(Item).where(Item.code == "single")).one()
        db.add(
            LawReview(
                kind="item",
                subject_id=single.id,
                title="x",
                writer="x",
                address="/items/single",
                law_id=CODE,
                article="2",
                cause="changed",
                candidates=[],
                entered_at=single.created_at,
                entered_by="x",
            )
        )

    desk().change("single", transitional="yes")

    with bank.reading() as db:
        assert db.scalars(select(LawReview.decided_at)).one() is None


def test_classes_are_raised_without_a_version(bank: Database, desk: Callable[..., Desk]):
    before = count(bank, ItemVersion)

    desk("exam_admin").change("single", "essay", purpose="sealed")

    found = rows(bank)
    assert {found[code].purpose for code in ("single", "essay")} == {"sealed"}
    assert found["single"].current_version == 1
    assert count(bank, ItemVersion) == before
    assert [event.details["purpose"] for event in told(bank, "item.bulk_changed")] == [["exam", "sealed"]] * 2


def test_a_writer_neither_seals_nor_lowers_in_bulk(bank: Database, desk: Callable[..., Desk]):
    writer = desk()
    assert 'value="sealed"' not in text(writer.send("/items/bulk", "single"))

    for purpose in ("sealed", "practice"):
        assert "确认修改" not in writer.check("single", purpose=purpose)


def test_what_stands_on_a_form_is_lowered_by_the_release_alone(
    starter: Database,
    blueprint: Blueprint,
    desk: Callable[..., Desk],
    clock: ManualClock,
    writer: Actor,
):
    with starter.transaction() as db:
        form = freeze_form(db, blueprint.id, "seed", writer, clock())
        slots = select(FormSlot.item_id).where(FormSlot.form_id == form.id)
        on_form = db.scalars(select(Item.code).where(Item.id.in_(slots)).order_by(Item.code)).first()
        free = select(Item.code).where(Item.id.not_in(slots), Item.purpose == "exam").order_by(Item.code)
        off_form = db.scalars(free).first()
    assert on_form
    assert off_form
    exam_admin = desk("exam_admin")

    page = exam_admin.check(on_form, off_form, purpose="practice")

    assert "进入过试卷" in page
    assert "确认修改" not in page
    noted = told(starter, "items.lowering_refused")
    assert [(one.account_id is not None, one.details["codes"]) for one in noted] == [(True, [on_form])]
    assert exam_admin.change(off_form, purpose="practice").status_code == 303
    found = rows(starter)
    assert (found[on_form].purpose, found[off_form].purpose) == ("exam", "practice")


def test_a_trainer_reaches_no_exam_item_and_changes_nothing(
    bank: Database, desk: Callable[..., Desk], clock: ManualClock, writer: Actor
):
    with bank.transaction() as db:
        save_item(db, item("OPEN"), ItemPurpose.PRACTICE, writer, clock())
    trainer = desk("trainer")

    page = trainer.check("single", unit="C2")
    assert "题库中没有这道试题" in page
    assert "没有修改试题的权限" in trainer.check("OPEN", unit="C2")
    chosen = text(trainer.send("/items/bulk", "OPEN", "single"))
    assert "所选 1 题" in chosen
    assert 'value="json"' not in chosen
    assert trainer.send("/items/bulk/export", "OPEN", ending="json").status_code == 403
    listed = trainer.send("/items/bulk/export", "OPEN", "single", ending="list")
    assert [row[0] for row in read_sheets(listed.data)[0].rows] == ["编号", "OPEN"]


def test_the_chosen_go_out_as_files_and_the_trail_says_so(bank: Database, desk: Callable[..., Desk]):
    writer = desk(query="kind=single")

    answer = writer.send("/items/bulk/export", "essay", "case", ending="json")

    assert answer.headers["Content-Disposition"] == "attachment; filename=item-bank.json"
    given = answer.get_json()
    assert sorted(one["id"] for one in given["items"]) == ["case", "essay"]
    assert [one.details["written"] for one in told(bank, "items.exported")] == [2]
    every = writer.send("/items/bulk/export", every="1", ending="json").get_json()
    assert [one["id"] for one in every["items"]] == ["single"]
    assert writer.send("/items/bulk/export", "essay", ending="exe").status_code == 404

    asked = writer.send("/items/bulk/export", "essay", "case", ending="xml").get_data(as_text=True)
    assert "没有案例分析题" in asked
    taken = len(told(bank, "items.exported"))
    partly = writer.send("/items/bulk/export", "essay", "case", ending="xml", partly="1")
    assert partly.mimetype == "application/xml"
    assert len(told(bank, "items.exported")) == taken + 1


def test_steps_of_all_that_the_list_finds_are_confirmed_first(
    bank: Database, desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
):
    writer = desk(query="unit=B")

    page = text(writer.send("/items/steps", every="1", step="retire"))

    assert "停用：6 题" in page
    assert {row.state for row in rows(bank).values()} == {"operational"}
    mark = re.search(r'name="mark" value="([^"]+)"', page)
    assert mark
    sent = {"every": "1", "step": "retire", "remark": "整批重写"}
    assert writer.send("/items/steps", mark="other", **sent).status_code == 409
    answer = writer.send("/items/steps", mark=mark[1], **sent)
    assert answer.status_code == 303, text(answer)
    assert answer.location.endswith("/items?unit=B")
    assert {row.state for row in rows(bank).values()} == {"retired"}
    monkeypatch.setattr(life, "AT_ONCE", 5)
    page = text(desk(query="state=retired").send("/items/steps", every="1", step="restore"))
    assert "确认办理" not in page
    assert "一次最多办理 5 题" in page


def test_the_query_that_comes_with_a_choice_is_read_as_the_list_reads_it(
    bank: Database, desk: Callable[..., Desk]
):
    twice = desk(query="kind=single&kind=case")
    assert codes(text(twice.client.get("/items?kind=single&kind=case"))) == ["single"]
    page = text(twice.send("/items/bulk", every="1"))
    assert "single" in page
    assert ">case<" not in page
    hostile = desk()
    hostile.query = "kind=single\r\nSet-Cookie: a=b"
    answer = hostile.change("single", unit="C2")
    assert answer.status_code == 303
    assert "\n" not in answer.location
    hostile.query = "unit=%00&q=%00&kind=case"
    assert "所选 1 题" in text(hostile.send("/items/bulk", every="1"))
    assert "题库中没有这道试题" in hostile.check("a\0b", "single", unit="C3")
    assert hostile.client.get("/items?unit=%00&q=%00").status_code == 200


def test_an_address_without_a_choice_leads_to_the_list(bank: Database, desk: Callable[..., Desk]):
    for address in ("/items/bulk", "/items/bulk/check"):
        assert desk().client.get(address).location.endswith("/items")
