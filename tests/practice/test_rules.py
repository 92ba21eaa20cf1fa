"""The rules of practice: the notebook, the draw, the order of options, when an answer is right."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from question_bank.item import Item, PartType
from question_bank.starter import load_starter
from tiejun.demo.answers import answer_to
from tiejun.practice.rules import (
    MOST_STEPS,
    Candidate,
    Entry,
    Mastery,
    assess,
    draw,
    judge,
    option_order,
    weakest,
)

DAY = date(2026, 11, 2)
NEXT = DAY + timedelta(days=1)
AT = datetime(2026, 11, 2, 3, tzinfo=UTC)


def an_item(kind: str) -> Item:
    return next(item for item in load_starter() if item.kind == kind)


def test_a_wrong_answer_enters_the_notebook_and_two_days_right_lead_out():
    entry = Entry().after(is_right=False, day=DAY)
    assert entry.is_in
    entry = entry.after(is_right=True, day=DAY)
    assert (entry.is_in, entry.right_days) == (True, 1)
    assert not entry.after(is_right=True, day=NEXT).is_in


def test_right_twice_on_one_day_counts_once():
    entry = Entry(is_in=True).after(is_right=True, day=DAY).after(is_right=True, day=DAY)

    assert (entry.is_in, entry.right_days) == (True, 1)


def test_a_mistake_in_between_starts_the_count_anew():
    entry = Entry(is_in=True).after(is_right=True, day=DAY).after(is_right=False, day=NEXT)

    assert entry == Entry(is_in=True)


def test_a_right_answer_brings_nothing_into_the_notebook():
    assert Entry().after(is_right=True, day=DAY) == Entry()


def test_a_run_takes_new_items_then_wrong_ones_then_the_oldest():
    found = [
        Candidate(1, AT, is_last_right=True),
        Candidate(2, AT - timedelta(days=9), is_last_right=True),
        Candidate(3, AT, is_last_right=False),
        Candidate(4),
    ]

    assert draw(found, 0, "seed") == [4, 3, 2, 1]
    assert draw(found, 2, "seed") == [4, 3]
    assert draw([], 10, "seed") == []


def test_a_run_of_all_ends_somewhere():
    assert len(draw([Candidate(n) for n in range(MOST_STEPS + 1)], 0, "seed")) == MOST_STEPS


def test_options_are_shuffled_but_stand_still_for_the_same_presentation():
    item = replace(an_item("single"), rationale="依据第三条。")
    orders = {tuple(option_order(item, 0, f"seed {n}")) for n in range(20)}

    assert len(orders) > 1
    assert option_order(item, 0, "seed") == option_order(item, 0, "seed")
    assert all(sorted(order) == sorted(item.parts[0].option_ids) for order in orders)


def test_options_stay_where_the_explanation_names_a_letter():
    item = replace(an_item("single"), rationale="A项混淆了两个期限。")

    assert {tuple(option_order(item, 0, str(n))) for n in range(20)} == {item.parts[0].option_ids}


@pytest.mark.parametrize("kind", ["single", "multiple", "true_false", "fill_in"])
def test_a_machine_says_at_once_whether_an_objective_answer_is_right(kind: str):
    item = an_item(kind)

    assert judge(item, [answer_to(item.parts[0], is_right=True)]).is_right is True
    assert judge(item, [answer_to(item.parts[0], is_right=False)]).is_right is False
    assert judge(item, [None]).is_right is False


def test_an_essay_waits_for_its_writer_and_eight_tenths_suffice():
    item = next(i for i in load_starter() if i.kind == "essay" and len(i.parts[0].rubric) == 5)
    assert {point.points for point in item.parts[0].rubric} == {2}
    value = [answer_to(item.parts[0], is_right=True)]

    assert judge(item, value).is_right is None
    assert judge(item, [None]).is_right is False
    assert assess(item, value, [{0, 1, 2, 3}]).is_right is True
    assert assess(item, value, [{0, 1, 2}]).is_right is False


def test_a_case_is_wrong_if_an_objective_part_is_however_the_essay_is_judged():
    item = next(
        i for i in load_starter() if i.kind == "case" and {PartType.ESSAY} < {part.type for part in i.parts}
    )
    values = [answer_to(part, is_right=part.type is PartType.ESSAY) for part in item.parts]
    ticked = [set(range(len(part.rubric))) for part in item.parts]

    assert assess(item, values, ticked).is_right is False


def test_the_weakest_units_come_first_and_those_without_a_mistake_never():
    units = {"A1": Mastery(5, 4, 2), "B1": Mastery(5, 4, 1), "C1": Mastery(5, 5, 5), "D1": Mastery(5)}

    assert weakest(units) == ["B1", "A1"]
