"""The life of an item: nobody passes what he wrote, two people look, and only then it counts."""

import re
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from question_bank.item import Item as ItemText
from tests.bank.samples import CODE, item
from tests.bank.test_pages import codes, text
from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.access import Permission
from tiejun.audit import Actor, AuditEvent
from tiejun.bank.law_reviews.queue import waiting
from tiejun.bank.law_reviews.things import ITEM
from tiejun.bank.life import queries
from tiejun.bank.life.models import ItemStep
from tiejun.bank.life.rules import LEADS, Person, Step, Taken, first_reviewer, refusal
from tiejun.bank.life.service import Move, take, take_many
from tiejun.bank.models import Item, ItemPurpose, LawVersion
from tiejun.bank.service import save_item
from tiejun.bank.states import ItemState
from tiejun.db import Database
from tiejun.errors import Conflict, NotFound, Rejected

WRITER = Person(1, "编写人（somebody）", writes=True, reviews=False)
FIRST = Person(2, "初审人（somebody）", writes=False, reviews=True)
SECOND = Person(3, "复审人（somebody）", writes=False, reviews=True)
BOTH = Person(4, "两种角色（somebody）", writes=True, reviews=True)


WRITER_LABEL = "item_writer（item_writer）"


class Bench:
    """One item, and people who move it."""

    def __init__(self, database: Database, world: World, now: datetime) -> None:
        self.database, self.now = database, now
        self.ids = [
            world.accounts[login].id for login in ("item_writer", "item_reviewer", "trainer", "marker")
        ]

    def person(self, who: Person) -> Person:
        return Person(self.ids[who.account_id - 1], who.name, who.writes, who.reviews)

    def actor(self, who: Person) -> Actor:
        return Actor(self.ids[who.account_id - 1], who.name)

    def write(self, who: Person = WRITER, base: int | None = None, **changes: Any) -> Item:
        with self.database.transaction() as db:
            new = item("NEW", **changes)
            row = save_item(db, new, ItemPurpose.PRACTICE, self.actor(who), self.now, base, is_draft=True)
            db.flush()
            return row

    def take(self, who: Person, step: Step, remark: str = "", **more: Any) -> ItemState:
        with self.database.transaction() as db:
            move = Move(step, remark, **more)
            return ItemState(take(db, "NEW", move, self.person(who), self.actor(who), self.now).state)

    def refused(self, who: Person, step: Step, remark: str = "因为") -> bool:
        before = self.state()
        try:
            self.take(who, step, remark)
        except Conflict:
            assert self.state() == before
            return True
        return False

    def state(self) -> str:
        with self.database.reading() as db:
            return db.scalars(select(Item.state).where(Item.code == "NEW")).one()


@pytest.fixture
def bench(bank: Database, world: World, clock: ManualClock) -> Bench:
    return Bench(bank, world, clock())


def test_two_others_pass_it_one_after_the_other(bench: Bench):
    bench.write()
    assert bench.state() == "draft"

    assert bench.take(WRITER, Step.SUBMIT) is ItemState.FIRST_REVIEW
    assert bench.refused(BOTH, Step.PROMOTE)
    assert bench.take(FIRST, Step.PASS) is ItemState.SECOND_REVIEW
    assert bench.refused(FIRST, Step.PASS)
    assert bench.refused(FIRST, Step.PILOT)
    assert bench.take(SECOND, Step.PASS) is ItemState.OPERATIONAL

    with bench.database.reading() as db:
        steps = db.scalars(select(ItemStep).order_by(ItemStep.id)).all()
        told = db.scalars(select(AuditEvent).where(AuditEvent.action == "item.moved")).all()
    assert [row.step for row in steps] == ["write", "submit", "pass", "pass"]
    assert [row.by for row in steps] == [one.name for one in (WRITER, WRITER, FIRST, SECOND)]
    assert len(told) == 3


def test_the_writer_never_reviews_whatever_roles_he_has(bench: Bench):
    bench.write(BOTH)
    bench.take(BOTH, Step.SUBMIT)

    for step in (Step.PASS, Step.RETURN):
        assert bench.refused(BOTH, step)
    bench.take(FIRST, Step.PASS)
    for step in (Step.PASS, Step.PILOT, Step.RETURN):
        assert bench.refused(BOTH, step)


def test_who_wrote_only_an_earlier_version_of_this_round_does_not_review_either(bench: Bench):
    bench.write(BOTH)
    bench.write(WRITER, base=1, difficulty=0.3)
    bench.take(WRITER, Step.SUBMIT)

    assert bench.refused(BOTH, Step.PASS)


def test_an_earlier_round_does_not_bind(bench: Bench):
    bench.write(BOTH)
    bench.take(BOTH, Step.SUBMIT)
    bench.take(FIRST, Step.PASS)
    bench.take(SECOND, Step.PASS)
    bench.write(WRITER, base=1, difficulty=0.3)
    assert bench.state() == "draft"
    bench.take(WRITER, Step.SUBMIT)

    assert bench.take(BOTH, Step.PASS) is ItemState.SECOND_REVIEW
    assert bench.take(FIRST, Step.PASS) is ItemState.OPERATIONAL


def test_a_return_names_what_to_change_and_starts_over(bench: Bench):
    bench.write()
    bench.take(WRITER, Step.SUBMIT)
    bench.take(FIRST, Step.PASS)

    with pytest.raises(Rejected):
        bench.take(SECOND, Step.RETURN)
    assert bench.take(SECOND, Step.RETURN, "选项 C 也对。") is ItemState.DRAFT
    bench.take(WRITER, Step.SUBMIT)
    assert bench.take(SECOND, Step.PASS) is ItemState.SECOND_REVIEW
    assert bench.take(FIRST, Step.PASS) is ItemState.OPERATIONAL


def test_saving_without_a_change_is_no_new_draft(bench: Bench):
    bench.write()
    bench.take(WRITER, Step.SUBMIT)
    bench.take(FIRST, Step.PASS)
    bench.take(SECOND, Step.PASS)

    bench.write(base=1)

    assert bench.state() == "operational"


def test_pilot_question_confirm_retire_restore(bench: Bench):
    bench.write()
    bench.take(WRITER, Step.SUBMIT)
    bench.take(FIRST, Step.PASS)
    assert bench.take(SECOND, Step.PILOT) is ItemState.PILOT
    assert bench.take(FIRST, Step.PROMOTE) is ItemState.OPERATIONAL
    with pytest.raises(Rejected):
        bench.take(FIRST, Step.QUESTION, "区分度为负", reason="nonsense")
    assert bench.take(FIRST, Step.QUESTION, "区分度为负", reason="statistics") is ItemState.UNDER_REVIEW
    assert bench.take(SECOND, Step.CONFIRM, "答案无误") is ItemState.OPERATIONAL
    assert bench.take(WRITER, Step.RETIRE, "过时") is ItemState.RETIRED
    assert bench.refused(WRITER, Step.RETIRE)
    assert bench.take(WRITER, Step.RESTORE, "误停") is ItemState.DRAFT


def test_a_step_on_another_version_than_the_one_seen_is_refused(bench: Bench):
    bench.write()
    bench.write(base=1, difficulty=0.3)

    with pytest.raises(Conflict) as refused:
        bench.take(WRITER, Step.SUBMIT, version=1)

    assert refused.value.code == "changed_meanwhile"


def test_a_pass_meant_for_the_first_review_is_no_second_one(bench: Bench):
    bench.write()
    bench.take(WRITER, Step.SUBMIT)
    bench.take(FIRST, Step.PASS, state="first_review")

    with pytest.raises(Conflict) as refused:
        bench.take(SECOND, Step.PASS, state="first_review")

    assert refused.value.code == "changed_meanwhile"
    assert bench.state() == "second_review"


def test_what_comes_back_waits_if_its_law_has_ended_meanwhile(bench: Bench, bank: Database):
    bench.write(citations=[{"law": CODE, "article": "2"}])
    bench.take(WRITER, Step.RETIRE, "过时")
    with bank.transaction() as db:
        db.execute(update(LawVersion).where(LawVersion.id == CODE).values(ceased=bench.now.date()))

    bench.take(WRITER, Step.RESTORE, "还要用")

    with bank.reading() as db:
        row = db.scalars(select(Item).where(Item.code == "NEW")).one()
        assert [one.law_id for one in waiting(db, ITEM, row.id)] == [CODE]


def test_every_step_from_every_state_is_allowed_or_refused_as_the_table_says():
    everything = Person(9, "甲", writes=True, reviews=True)
    for state in ItemState:
        for step in Step:
            allowed = refusal(step, state, everything, set(), []) is None
            assert allowed == ((step, state) in LEADS), (step, state)


def test_without_a_role_no_step_is_open():
    nobody = Person(9, "甲", writes=False, reviews=False)
    assert all(refusal(step, state, nobody, set(), []) for state in ItemState for step in Step)


def test_the_first_reviewer_is_that_of_the_present_round():
    past = [Taken("pass", "second_review", 7, "甲"), Taken("return", "draft", 8, "乙")]
    assert first_reviewer(past) is None
    again = [*past, Taken("submit", "first_review", 1, "丙"), Taken("pass", "second_review", 8, "乙")]
    assert first_reviewer(again) == 8


def test_several_move_together_or_none(bench: Bench, bank: Database):
    bench.write()
    with bank.transaction() as db:
        db.execute(update(Item).where(Item.code.in_(("single", "multiple"))).values(state="draft"))

    def many(*names: str) -> int:
        with bank.transaction() as db:
            move = Move(Step.SUBMIT)
            return take_many(db, names, move, bench.person(WRITER), bench.actor(WRITER), bench.now)

    with pytest.raises(Rejected) as refused:
        many("NEW", "single", "essay")
    assert "essay" in str(refused.value)
    assert bench.state() == "draft"
    with pytest.raises(Rejected):
        many()
    assert many("NEW", "single", "multiple") == 3
    assert bench.state() == "first_review"


def test_there_is_no_such_item(bench: Bench):
    with pytest.raises(NotFound):
        bench.take(WRITER, Step.SUBMIT)


@pytest.fixture
def browser(app: Any) -> Any:
    def enter(login: str) -> FlaskClient:
        client = app.test_client()
        sign_in(client, login)
        return client

    return enter


def press(client: FlaskClient, code: str, step: str, **more: str) -> int:
    token = csrf_token(client, f"/items/{code}")
    form = {"csrf_token": token, "step": step, **more}
    return client.post(f"/items/{code}/steps", data=form).status_code


def listed(client: FlaskClient) -> list[str]:
    """Return the items on the page of reviews, by the links of its rows."""
    page = text(client.get("/items/reviews"))
    return re.findall(r'class="tj-fw tj-num" href="/items/([A-Za-z0-9-]+)"', page)


def drawn(db: Session, code: str) -> bool:
    return db.scalar(select(Item.id).where(Item.code == code, Item.state == "operational")) is not None


def test_pages_lead_an_item_through_its_reviews(browser: Any, bench: Bench):
    bench.write(Person(1, WRITER_LABEL, writes=True, reviews=False))
    writer, reviewer = browser("item_writer"), browser("item_reviewer")
    page = text(writer.get("/items/NEW"))
    assert "草稿不会抽入试卷" in page
    assert '<option value="submit">' in page

    assert press(writer, "NEW", "submit") == 303
    assert "NEW" in listed(reviewer)
    assert "NEW" not in listed(writer)
    assert "1 道试题等您审核" in text(reviewer.get("/"))
    assert press(writer, "NEW", "pass") == 409
    assert press(reviewer, "NEW", "return") == 422
    assert press(reviewer, "NEW", "return", remark="题干缺主语") == 303
    assert "题干缺主语" in text(writer.get("/items/reviews"))
    assert "1 道试题被退回修改" in text(writer.get("/"))
    assert press(writer, "NEW", "submit") == 303
    assert press(reviewer, "NEW", "pass") == 303
    page = text(reviewer.get("/items/NEW"))
    assert "初审人不能复审" in page
    assert '<option value="pass">' not in page
    assert "NEW" not in listed(reviewer)
    with bench.database.reading() as db:
        assert not drawn(db, "NEW")


def test_the_queue_says_the_same_as_the_rules(bench: Bench, world: World):
    bench.write(BOTH)
    bench.take(BOTH, Step.SUBMIT)
    for passed in (False, True):
        if passed:
            bench.take(FIRST, Step.PASS)
        with bench.database.reading() as db:
            row = db.scalars(select(Item).where(Item.code == "NEW")).one()
            for who in (WRITER, FIRST, SECOND, BOTH):
                person = bench.person(who)
                persona = _persona(world, person)
                steps = queries.taken(queries.history(db, row.id))
                names = queries.writers(db, row, queries.history(db, row.id))
                may = refusal(Step.PASS, ItemState(row.state), _reviewing(person), names, steps) is None
                found = [one.code for one in queries.review_page(db, persona, 1).rows]
                assert ("NEW" in found) == may, (who, passed)


def _reviewing(person: Person) -> Person:
    return Person(person.account_id, person.name, person.writes, True)


def _persona(world: World, person: Person) -> Any:
    class Somebody:
        account_id, login, label = person.account_id, "somebody", person.name

        def may(self, permission: Permission) -> bool:
            return True

    return Somebody()


def test_comments_stand_until_somebody_settles_them(browser: Any, bench: Bench):
    bench.write()
    trainer, writer = browser("trainer"), browser("item_writer")
    token = csrf_token(trainer, "/items/NEW")

    def say(words: str) -> int:
        form = {"csrf_token": token, "comment": words}
        return trainer.post("/items/NEW/comments", data=form).status_code

    assert say("  ") == 422
    assert say("x" * 1001) == 422
    assert say("<b>选项</b>太长") == 303
    page = text(writer.get("/items/NEW"))
    assert "&lt;b&gt;选项&lt;/b&gt;太长" in page
    address = page[page.index("/items/comments/") :].split('"')[0]
    assert trainer.post(address, data={"csrf_token": token}).status_code == 404
    assert writer.post(address, data={"csrf_token": csrf_token(writer, "/items/NEW")}).status_code == 303
    assert "已处理" in text(writer.get("/items/NEW"))


def test_the_list_filters_by_state(browser: Any, bench: Bench):
    bench.write()
    writer = browser("item_writer")
    with bench.database.transaction() as db:
        db.execute(update(Item).where(Item.code == "single").values(state="retired"))

    assert "single" not in codes(text(writer.get("/items")))
    assert codes(text(writer.get("/items?state=retired"))) == ["single"]
    assert "/items/NEW" in text(writer.get("/items?state=draft"))


def test_an_item_of_the_library_is_what_is_saved(bench: Bench):
    row = bench.write()
    assert isinstance(item("NEW"), ItemText)
    assert row.current_version == 1


def test_chosen_items_of_the_list_are_moved_together(browser: Any, bench: Bench):
    bench.write(Person(1, WRITER_LABEL, writes=True, reviews=False))
    writer = browser("item_writer")
    page = text(writer.get("/items?kind=single"))
    assert 'name="item" value="NEW"' in page
    token = csrf_token(writer, "/items?kind=single")

    def send(*names: str, **more: str) -> Any:
        form = {"csrf_token": token, "item": list(names), "step": "submit", "back": "kind=single", **more}
        return writer.post("/items/steps", data=form)

    assert send("NEW", "single").status_code == 422
    assert bench.state() == "draft"
    answer = send("NEW")
    assert answer.status_code == 303
    assert answer.location.endswith("/items?kind=single")
    assert bench.state() == "first_review"
    assert send("NEW", step="retire").status_code == 422
    assert send("NEW", step="retire", remark="重复").status_code == 303
    assert bench.state() == "retired"
