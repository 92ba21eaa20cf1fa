"""Practising through the services: what is drawn, what is written down, what never shows."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.practice.conftest import UNIT, Desk
from tiejun.bank.models import Item, ItemPurpose
from tiejun.errors import Conflict, NotFound
from tiejun.practice import queries, service
from tiejun.practice.models import PracticeAnswer, PracticeAssessment
from tiejun.practice.queries import Wanted
from tiejun.practice.rules import Source

DAY = timedelta(days=1)


def test_a_run_never_holds_an_exam_item(desk: Desk):
    for unit, source in ((UNIT, Source.UNIT), ("", Source.MIXED)):
        run = desk.starts(unit, source=source)
        with desk.database.reading() as db:
            steps = [queries.step_of(db, run, n) for n in range(1, len(run.versions) + 1)]
        assert {step.item.purpose for step in steps} == {ItemPurpose.PRACTICE}
        assert desk.secret.code not in {step.item.code for step in steps}
    with desk.database.reading() as db:
        total = db.scalar(select(func.count()).select_from(Item))
        assert sum(m.items for m in queries.mastery(db, desk.me).values()) == total - 1


def test_an_item_that_became_an_exam_item_is_gone_from_run_and_notebook(desk: Desk):
    run = desk.starts()
    desk.answers(run, right=False)
    with desk.database.transaction() as db:
        item = queries.step_of(db, run, 1).item
        db.get_one(Item, item.id).purpose = ItemPurpose.EXAM

    assert desk.notebook() == 0
    with desk.database.reading() as db:
        assert 1 not in queries.progress(db, run).outcomes
        with pytest.raises(NotFound):
            queries.step_of(db, run, 1)
        with pytest.raises(NotFound):
            queries.notebook_entry(db, desk.me, item.public_id)
        assert desk.starts("", source=Source.MIXED).versions.count(run.versions[0]) == 0


def test_wrong_answers_fill_the_notebook_until_right_on_two_days(desk: Desk):
    desk.answers(desk.starts(kind="single"), right=False)
    assert desk.notebook() == 1

    for days, left in ((0, 1), (0, 1), (1, 0)):
        desk.clock.time += days * DAY
        run = desk.starts("", source=Source.NOTEBOOK)
        assert len(run.versions) == 1
        desk.answers(run, right=True)
        assert desk.notebook() == left
    assert (desk.record().answers, desk.record().rights) == (4, 3)
    with pytest.raises(Conflict):
        desk.starts("", source=Source.NOTEBOOK)


def test_the_day_turns_at_midnight_in_beijing(desk: Desk):
    desk.answers(desk.starts(kind="single"), right=False)
    desk.clock.time = desk.clock.time.replace(hour=23, minute=59, second=59)
    desk.answers(desk.starts("", source=Source.NOTEBOOK), right=True)
    desk.clock.time += timedelta(seconds=1)
    desk.answers(desk.starts("", source=Source.NOTEBOOK), right=True)

    assert desk.notebook() == 0


def test_a_second_answer_to_the_same_step_changes_nothing(desk: Desk):
    run = desk.starts(kind="single")
    desk.answers(run, right=False)
    desk.answers(run, right=True)

    with desk.database.reading() as db:
        row = db.scalars(select(PracticeAnswer)).one()
    assert row.is_right is False
    assert desk.record().answers == 1


def test_an_essay_counts_when_its_writer_has_judged_it_and_once_only(desk: Desk):
    run = desk.starts("", kind="essay", source=Source.MIXED, size=10)
    desk.answers(run, right=True)
    assert desk.notebook() == 0
    text = desk.text(run)
    for ticked in ([set()], [set(range(len(text.parts[0].rubric)))]):
        with desk.database.transaction() as db:
            service.assess_own(db, run, 1, ticked, desk.clock())

    with desk.database.reading() as db:
        assert db.scalars(select(PracticeAssessment)).one().is_right is False
        assert queries.progress(db, run).outcomes[1] is False
    assert desk.notebook() == 1


def test_an_essay_is_answered_before_it_is_judged(desk: Desk):
    run = desk.starts("", kind="essay", source=Source.MIXED)

    with pytest.raises(Conflict), desk.database.transaction() as db:
        service.assess_own(db, run, 1, [{0}], desk.clock())


def test_mastery_tells_items_done_and_right_by_unit(desk: Desk):
    run = desk.starts(UNIT)
    # The order is drawn; what its writer judges is not right or wrong at once.
    judged = [n for n in range(1, len(run.versions) + 1) if any(p.rubric for p in desk.text(run, n).parts)]
    first, second, *_ = (n for n in range(1, len(run.versions) + 1) if n not in judged)
    desk.answers(run, first, right=True)
    desk.answers(run, second, right=False)
    with desk.database.reading() as db:
        found = queries.mastery(db, desk.me)
        others = queries.mastery(db, desk.world.people["officer2"].id)

    mine = found[UNIT]
    assert (mine.items, mine.done, mine.right, mine.share) == (len(run.versions), 2, 1, 0.5)
    assert mine.last_at == desk.clock()
    assert others[UNIT].share is None


def test_what_is_taken_out_by_hand_comes_back_with_the_next_mistake(desk: Desk):
    desk.answers(desk.starts(kind="single"), right=False)
    with desk.database.transaction() as db:
        item = queries.notebook(db, desk.me, Wanted()).rows[0].item
        service.remove(db, desk.me, item.public_id)
    assert desk.notebook() == 0
    with pytest.raises(NotFound), desk.database.transaction() as db:
        service.remove(db, desk.me, item.public_id)

    run = desk.starts(kind="single")
    number = next(n for n in range(1, len(run.versions) + 1) if desk.text(run, n).id == item.code)
    desk.answers(run, number, right=False)
    assert desk.notebook() == 1


def test_the_notebook_is_narrowed_to_a_unit(desk: Desk):
    desk.answers(desk.starts("A1", kind=""), right=False)
    desk.answers(desk.starts("B1", kind=""), right=False)

    with desk.database.reading() as db:
        waiting = queries.notebook_units(db, desk.me)
        assert queries.notebook(db, desk.me, Wanted("B1")).total == waiting.get("B1", 0)
        assert sum(waiting.values()) == queries.notebook(db, desk.me, Wanted()).total
