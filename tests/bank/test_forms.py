"""Blueprints and forms: drawn by quota on the law in force, frozen, and scored by their slots' keys."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import select, update

from question_bank.assembly.blueprint import load_blueprint
from question_bank.item import PartType
from question_bank.scoring import ValueShapeError, score_response
from tests.support.clock import ManualClock
from tiejun import crypto
from tiejun.audit import Actor
from tiejun.bank.form_service import (
    FormOrder,
    SlotKey,
    candidates,
    create_blueprint,
    draw_form,
    freeze_drawn,
    freeze_form,
    slot_keys,
    used_codes,
)
from tiejun.bank.models import (
    Blueprint,
    ExamForm,
    FormSlot,
    Item,
    ItemKey,
    ItemPurpose,
    LawVersion,
)
from tiejun.db import Database
from tiejun.errors import Conflict, DomainError, NotFound, Rejected

DAY = date(2026, 11, 20)


def items_of(database: Database, form: ExamForm) -> set[int]:
    with database.reading() as db:
        return set(db.scalars(select(FormSlot.item_id).where(FormSlot.form_id == form.id)))


def freeze(
    database: Database, blueprint: Blueprint, seed: str, clock: ManualClock, writer: Actor
) -> ExamForm:
    with database.transaction() as db:
        return freeze_form(db, blueprint.id, seed, writer, clock())


def right_answer(key: SlotKey) -> object:
    """Return the correct answer as a candidate of this form would give it."""
    part = key.part
    if part.type is PartType.SINGLE:
        return key.option_ids[part.key]
    if part.type is PartType.MULTIPLE:
        return [key.option_ids[chosen] for chosen in reversed(part.key)]
    if part.type is PartType.FILL_IN:
        return [accepted[0] for accepted in part.key]
    return part.key if part.type is PartType.TRUE_FALSE else None


def test_a_form_has_what_its_blueprint_says(
    starter: Database, blueprint: Blueprint, clock: ManualClock, writer: Actor
):
    form = freeze(starter, blueprint, "seed", clock, writer)

    paper = json.loads(form.paper)
    slots = [slot for section in paper["sections"] for slot in section["slots"]]
    assert (form.label, form.slot_count, form.total_points) == ("A", len(slots), 100)
    assert [slot["slot"] for slot in slots] == list(range(1, len(slots) + 1))
    assert sum(slot["points"] for slot in slots) == 100
    assert Counter(slot["type"] for slot in slots)["true_false"] == 10
    assert crypto.digest(form.paper) == form.paper_hash


def test_a_candidates_paper_holds_no_key_no_rationale_and_no_code(
    starter: Database, blueprint: Blueprint, clock: ManualClock, writer: Actor
):
    form = freeze(starter, blueprint, "seed", clock, writer)

    with starter.reading() as db:
        chosen = db.execute(
            select(Item.code, ItemKey.key)
            .join(FormSlot, FormSlot.item_id == Item.id)
            .join(ItemKey, ItemKey.version_id == FormSlot.version_id)
        ).all()
    assert chosen
    for code, key in chosen:
        assert f'"{code}"' not in form.paper
        assert not key["rationale"] or key["rationale"] not in form.paper
    assert '"key"' not in form.paper
    assert '"rubric"' not in form.paper


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@given(seed=st.text("0123456789abcdef", min_size=1, max_size=40))
@hypothesis.settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_right_answers_of_any_form_earn_full_points(
    starter: Database, blueprint: Blueprint, clock: ManualClock, writer: Actor, seed: str
):
    with starter.transaction() as db:
        form = freeze_form(db, blueprint.id, seed, writer, clock(), ())

    with starter.reading() as db:
        keys = slot_keys(db, form.id)
    for key in keys:
        score = score_response(key.part, key.canonical(right_answer(key)), maximum=key.points)
        assert score.points == (0 if key.part.type is PartType.ESSAY else key.points)
    assert sum(key.points for key in keys) == 100


def test_an_option_of_another_form_is_refused_and_not_scored(
    starter: Database, blueprint: Blueprint, clock: ManualClock, writer: Actor
):
    form = freeze(starter, blueprint, "seed", clock, writer)
    with starter.reading() as db:
        single = next(key for key in slot_keys(db, form.id) if key.part.type is PartType.SINGLE)

    with pytest.raises(ValueShapeError):
        single.canonical("no-such-option")


def test_two_forms_have_at_most_a_tenth_of_their_items_in_common(
    starter: Database, blueprint: Blueprint, clock: ManualClock, writer: Actor
):
    first, second = (freeze(starter, blueprint, seed, clock, writer) for seed in ("one", "two"))

    one, two = items_of(starter, first), items_of(starter, second)
    assert (first.label, second.label) == ("A", "B")
    assert len(one & two) <= 0.10 * len(two)


def test_the_same_seed_on_the_same_bank_draws_the_same_form(starter: Database, blueprint: Blueprint):
    with starter.reading() as db:
        order = FormOrder(blueprint.id, "seed", DAY, ())
        assert draw_form(db, order).built == draw_form(db, order).built
        assert draw_form(db, order).built != draw_form(db, replace(order, seed="other")).built


def test_an_item_whose_law_has_ceased_is_not_drawn(starter: Database, blueprint: Blueprint):
    text = load_blueprint("demo-primary")
    with starter.transaction() as db:
        before = candidates(db, text, DAY)
        law = next(citation.law for item, _ in before.values() for citation in item.citations)
        resting = {code for code, (item, _) in before.items() if law in {c.law for c in item.citations}}
        db.execute(update(LawVersion).where(LawVersion.id == law).values(ceased=DAY))
        after = candidates(db, text, DAY)
    assert resting
    assert before.keys() - after.keys() == resting


def test_practice_items_are_never_drawn(starter: Database, blueprint: Blueprint):
    with starter.transaction() as db:
        db.execute(update(Item).values(purpose=ItemPurpose.PRACTICE))
    with starter.reading() as db, pytest.raises(DomainError) as refused:
        draw_form(db, FormOrder(blueprint.id, "seed", DAY))
    assert refused.value.code == "too_few_items"


def test_too_few_items_name_the_kind_and_how_many_are_missing(
    starter: Database, blueprint: Blueprint, clock: ManualClock, writer: Actor
):
    with starter.transaction() as db:
        kept = db.scalars(select(Item.id).where(Item.kind == "true_false").limit(7)).all()
        db.execute(
            update(Item).where(Item.kind == "true_false", Item.id.not_in(kept)).values(state="retired")
        )
    with starter.transaction() as db, pytest.raises(DomainError) as refused:
        freeze_form(db, blueprint.id, "seed", writer, clock())
    assert refused.value.code == "too_few_items"
    assert "判断题" in refused.value.message
    assert "缺 3 题" in refused.value.message
    with starter.reading() as db:
        assert db.scalars(select(ExamForm)).all() == []


def test_a_bank_used_up_by_earlier_forms_is_too_small_for_another(
    starter: Database, blueprint: Blueprint, clock: ManualClock, writer: Actor
):
    def freeze_many() -> None:
        for seed in map(str, range(30)):
            freeze(starter, blueprint, seed, clock, writer)

    with pytest.raises(DomainError, match="重复比例"):
        freeze_many()
    with starter.reading() as db:
        assert len(db.scalars(select(ExamForm)).all()) >= 2


def test_what_was_previewed_is_what_is_frozen(
    starter: Database, blueprint: Blueprint, clock: ManualClock, writer: Actor
):
    order = FormOrder(blueprint.id, "seed", DAY)
    with starter.reading() as db:
        seen = draw_form(db, order).built.sha256
    with starter.transaction() as db:
        assert freeze_drawn(db, order, seen, (writer, clock())).paper_hash == seen
    with starter.transaction() as db, pytest.raises(Conflict) as refused:
        freeze_drawn(db, order, seen, (writer, clock()))
    assert refused.value.code == "draw_changed"


def test_a_frozen_form_stays_as_it_is_when_its_items_change(
    starter: Database, blueprint: Blueprint, clock: ManualClock, writer: Actor
):
    form = freeze(starter, blueprint, "seed", clock, writer)
    with starter.transaction() as db:
        before = slot_keys(db, form.id)
        db.execute(update(Item).values(state="retired", current_version=99))
    with starter.reading() as db:
        assert slot_keys(db, form.id) == before


def test_forms_to_be_avoided_may_be_named(
    starter: Database, blueprint: Blueprint, clock: ManualClock, writer: Actor
):
    form = freeze(starter, blueprint, "seed", clock, writer)
    with starter.reading() as db:
        assert used_codes(db, blueprint.id, ()) == set()
        assert used_codes(db, blueprint.id, None) == used_codes(db, blueprint.id, [form.id]) != set()


def test_unknown_blueprints_and_forms_are_not_found(database: Database):
    with database.reading() as db:
        with pytest.raises(NotFound):
            draw_form(db, FormOrder(99, "seed", DAY))
        with pytest.raises(NotFound):
            slot_keys(db, 99)


def test_a_second_blueprint_of_the_same_title_and_an_unknown_level_are_refused(
    starter: Database, blueprint: Blueprint, clock: ManualClock, writer: Actor
):
    text = load_blueprint("demo-primary")
    with starter.transaction() as db:
        with pytest.raises(Conflict):
            create_blueprint(db, text, "provincial", writer, clock())
        with pytest.raises(Rejected):
            create_blueprint(db, replace(text, title="另一份"), "city", writer, clock())
