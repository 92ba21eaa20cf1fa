"""The starter items: enough of them, valid, in our own words, and true to the law of the day."""

import json
import re
from collections import Counter
from collections.abc import Iterator
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
from question_bank.terms import ItemKind, PartType, Tier

DAY = date(2026, 11, 25)
COPIED = 24
"""Han characters, digits and letters in a row that only a copied sentence shares with a law's sentence."""
ASKS_THE_WORDING = {"B2-001"}
"""Items whose very question is how the law words something: the six principles."""


@pytest.fixture(scope="module")
def starter() -> tuple[Item, ...]:
    return load_starter()


def test_there_are_enough_items_over_all_modules(starter: tuple[Item, ...]) -> None:
    modules = Counter(item.module for item in starter)

    assert len(starter) >= 450
    assert set(modules) == {module.code for module in load_syllabus().modules}


@pytest.mark.parametrize("tier", Tier)
def test_every_unit_has_five_items_for_either_tier(starter: tuple[Item, ...], tier: Tier) -> None:
    counts = Counter(item.unit for item in starter if tier in item.tiers)
    units = [unit.code for module in load_syllabus().modules for unit in module.units]

    assert len(units) == 60
    assert min(Counter(item.unit for item in starter).values()) >= 5
    assert [unit for unit in units if counts[unit] < 5] == []


def test_every_kind_is_there_five_times_over_for_the_demo_blueprint(starter: tuple[Item, ...]) -> None:
    kinds = Counter(item.kind for item in starter if Tier.PRIMARY in item.tiers)

    for section in load_blueprint("demo-primary").sections:
        assert kinds[ItemKind(section.kind)] >= 5 * section.count, section.kind


def test_case_groups_are_marked_by_element_in_every_module_of_practice(starter: tuple[Item, ...]) -> None:
    cases = [item for item in starter if item.kind is ItemKind.CASE]
    rubrics = {item.id: [point.text for part in item.parts for point in part.rubric] for item in cases}
    by_element = [
        item for item in cases if {text[:4] for text in rubrics[item.id]} >= {"【证据】", "【法条】"}
    ]

    assert len(cases) >= 25
    assert [item.id for item in cases if not rubrics[item.id]] == []
    assert all(3 <= len(item.parts) <= 5 for item in cases)
    assert len(by_element) >= 8
    assert {item.module for item in by_element} == set("CDEFGHIJ")


def test_what_the_code_changed_is_asked_often_enough(starter: tuple[Item, ...]) -> None:
    compared = [item for item in starter if re.search("旧.{0,12}(法|条例)", "".join(_texts(item)))]

    assert sum("eco-env-code-2026" in {c.law for c in item.citations} for item in compared) >= 60


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


def test_no_letter_of_a_multiple_choice_is_a_safe_bet(starter: tuple[Item, ...]) -> None:
    keys = [part.key for item in starter for part in item.parts if part.type is PartType.MULTIPLE]
    letters = Counter(letter for key in keys if isinstance(key, tuple) for letter in key)

    assert max(letters.values()) <= 0.8 * len(keys)


@pytest.mark.parametrize("seed", range(5))
def test_five_demo_forms_can_be_drawn_one_after_the_other(starter: tuple[Item, ...], seed: int) -> None:
    blueprint = load_blueprint("demo-primary")
    used: set[str] = set()

    for number in range(5):
        form = assemble(blueprint, starter, f"{seed}, form {number}", used=used)
        assert len(form.items) == 44
        assert form.relaxed == {}
        assert len(form.common) <= 0.10 * blueprint.item_count
        used |= {item.id for item in form.items}


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


def test_no_sentence_of_a_law_stands_in_an_item(starter: tuple[Item, ...], test_data: Path) -> None:
    runs = {
        run
        for file in (test_data / "laws").glob("*.json")
        for article in json.loads(file.read_bytes()).get("articles", ())
        for clause in re.split(r"[。；：]", article["text"])
        for run in _runs(clause)
    }
    copied = {
        item.id: run
        for item in starter
        if item.id not in ASKS_THE_WORDING
        for text in _texts(item)
        for clause in re.split(r"[。；：<>]", re.sub("《[^》]*》", "", text))
        for run in _runs(clause)
        if run in runs
    }

    assert copied == {}


def _runs(clause: str) -> Iterator[str]:
    """Return every `COPIED` characters in a row of a clause, without its punctuation."""
    bare = re.sub(r"[^一-鿿0-9A-Za-z]", "", clause)
    return (bare[start : start + COPIED] for start in range(len(bare) - COPIED + 1))


def _texts(item: Item) -> Iterator[str]:
    yield from (item.rationale, item.stimulus or "")
    for part in item.parts:
        yield from (part.stem, *(option.text for option in part.options), *(p.text for p in part.rubric))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"items": 5}', b'{"items": [{}]}'])
def test_a_bad_item_file_is_refused_by_its_name(content: bytes) -> None:
    with pytest.raises(ItemError, match=r"X\.json"):
        read_items(content, "X.json")
