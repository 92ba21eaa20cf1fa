"""What the editor opens and saves again is the same item, whatever it holds and wherever it came from."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from question_bank.item import Item, Part
from question_bank.scoring import Score, ValueShapeError, score_response
from question_bank.terms import MARKED_TYPES
from tests.bank.draft_items import answers, kept, real, sent
from tiejun.bank.draft import Draft

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@contextmanager
def page_of(app: Flask) -> Iterator[None]:
    with app.test_request_context("/items/new"):
        yield


def reopened(app: Flask, item: Item) -> Draft:
    return Draft.read(sent(app, Draft.of(item, "exam")), item)


def scores(part: Part, given: Part) -> list[Score | str]:
    """Return what `part` gives for the answers of `given`, whose ids it has."""
    found: list[Score | str] = []
    for answer in answers(given):
        try:
            found.append(score_response(part, answer))
        except ValueShapeError as error:
            found.append(str(error))
    return found


def untouched_faults(app: Flask, items: Iterable[Item]) -> list[str]:
    with page_of(app):
        found = []
        for item in items:
            draft = reopened(app, item)
            if draft.problems() or Item.from_json(draft.to_json(item.id)) != item:
                found.append(item.id)
            if not all(part.is_untouched for part in draft.parts):
                found.append(f"{item.id} touched")
        return found


def touched_faults(app: Flask, items: Iterable[Item]) -> list[str]:
    """Return what becomes of items of which a point was added and everything else is written anew."""
    with page_of(app):
        found: list[str] = []
        for item in items:
            draft = reopened(app, item)
            for part in draft.parts:
                part.points = str(part.points) + "5" if "." in part.points else f"{part.points}.5"
                part.rubric = [(points, text) for points, text in part.rubric]
                if part.is_marked and part.rubric:
                    part.rubric[0] = (str(float(part.rubric[0][0]) + 0.5), part.rubric[0][1])
            if problems := draft.problems():
                found.append(f"{item.id}: {problems[0]}")
                continue
            again = Item.from_json(draft.to_json(item.id))
            found += [f"{item.id}: {fault}" for fault in changes(item, again)]
        return found


def changes(item: Item, again: Item) -> Iterator[str]:
    """Yield in what two items differ beyond points and ids that nothing names."""
    if replace(again, parts=()) != replace(item, parts=()):
        yield "about"
    for old, new in zip(item.parts, again.parts, strict=True):
        same = replace(new, points=old.points, rubric=old.rubric, scoring=old.scoring)
        if told(same) != told(old):
            yield f"part {told(same)} {told(old)}"
        if old.type not in MARKED_TYPES and scores(replace(same, scoring=new.scoring), old) != scores(
            old, old
        ):
            yield f"scores {old.scoring} {new.scoring}"


def told(part: Part) -> Part:
    """Return a part without the blanks around its texts."""
    options = tuple(replace(one, text=one.text.strip()) for one in part.options)
    targets = tuple(replace(one, text=one.text.strip()) for one in part.targets)
    key = part.key
    if part.type == "fill_in" and isinstance(key, tuple):
        key = tuple(tuple(one.strip() for one in spellings) for spellings in key)
    return replace(part, stem=part.stem.strip(), options=options, targets=targets, key=key)


def test_what_is_opened_and_saved_is_the_same_to_the_letter(app: Flask):
    assert untouched_faults(app, kept()) == []


def test_what_is_changed_in_one_place_is_the_same_in_all_others(app: Flask):
    assert touched_faults(app, kept()) == []


def test_items_of_others_are_opened_and_saved_without_a_change(app: Flask, test_data: Path):
    items = list(real(test_data))
    assert len(items) > 100
    assert untouched_faults(app, items) == []
    assert touched_faults(app, items) == []
