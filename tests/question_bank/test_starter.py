"""The starter items: enough of them, valid, and true to the law of the day."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from question_bank.assembly.blueprint import load_blueprint
from question_bank.assembly.draw import assemble
from question_bank.item import Item, ItemError
from question_bank.laws import LawVersion, load_register, parse_law
from question_bank.lint import citation_problems, figure_problems, lint
from question_bank.scoring import normalise
from question_bank.starter import load_starter, read_items
from question_bank.syllabus import load_syllabus
from question_bank.terms import ItemKind, Tier

DAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def starter() -> tuple[Item, ...]:
    return load_starter()


def test_there_are_enough_items_over_all_modules(starter: tuple[Item, ...]) -> None:
    modules = Counter(item.module for item in starter)

    assert len(starter) >= 120
    assert set(modules) == {module.code for module in load_syllabus().modules}


def test_ids_and_questions_are_unique(starter: tuple[Item, ...]) -> None:
    ids = Counter(item.id for item in starter)
    questions = Counter(
        normalise(f"{item.stimulus or ''}" + "".join(part.stem for part in item.parts)) for item in starter
    )

    assert [item_id for item_id, count in ids.items() if count > 1] == []
    assert [question for question, count in questions.items() if count > 1] == []


def test_editors_have_nothing_to_object(starter: tuple[Item, ...]) -> None:
    assert [str(problem) for item in starter for problem in lint(item, load_syllabus())] == []


def test_most_items_serve_the_primary_tier(starter: tuple[Item, ...]) -> None:
    assert sum(Tier.PRIMARY in item.tiers for item in starter) >= 0.85 * len(starter)


def test_no_key_position_is_a_good_guess(starter: tuple[Item, ...]) -> None:
    singles = [item.parts[0].key for item in starter if item.kind is ItemKind.SINGLE]
    truths = [item.parts[0].key for item in starter if item.kind is ItemKind.TRUE_FALSE]

    assert max(Counter(singles).values()) <= 0.4 * len(singles)
    assert 0.35 * len(truths) <= truths.count(True) <= 0.65 * len(truths)


@pytest.mark.parametrize("seed", range(5))
def test_two_demo_forms_share_at_most_a_tenth_of_their_items(starter: tuple[Item, ...], seed: int) -> None:
    blueprint = load_blueprint("demo-primary")
    first = assemble(blueprint, starter, seed)
    second = assemble(blueprint, starter, f"{seed} again", used={item.id for item in first.items})

    common = {item.id for item in first.items} & {item.id for item in second.items}
    assert len(common) <= 0.10 * blueprint.item_count
    for form in (first, second):
        assert len(form.items) == 44
        assert form.relaxed == {}


def test_every_citation_is_in_force(starter: tuple[Item, ...]) -> None:
    register = load_register()

    assert all(item.citations for item in starter)
    assert [str(p) for item in starter for p in citation_problems(item, register, DAY)] == []


def test_every_cited_article_exists_and_states_the_figures(
    starter: tuple[Item, ...], test_data: Path
) -> None:
    ids = {citation.law for item in starter for citation in item.citations}
    laws: dict[str, LawVersion] = {
        law_id: parse_law((test_data / "laws" / f"{law_id}.json").read_bytes(), law_id) for law_id in ids
    }

    assert [str(problem) for item in starter for problem in figure_problems(item, laws)] == []


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"items": 5}', b'{"items": [{}]}'])
def test_a_bad_item_file_is_refused_by_its_name(content: bytes) -> None:
    with pytest.raises(ItemError, match=r"X\.json"):
        read_items(content, "X.json")
