"""The starter items of this project: for practice and demonstration, never for a live examination.

Public: `load_starter`, `read_items`.
"""

import json
from functools import cache
from importlib import resources

from question_bank.item import Item, ItemError, Problem
from question_bank.words import said


@cache
def load_starter() -> tuple[Item, ...]:
    """Return all shipped starter items, in order of file and position.

    Raises:
        ItemError: naming the file, if one is not valid.
    """
    folder = resources.files("question_bank").joinpath("data/starter")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".json")), key=lambda f: f.name)
    return tuple(item for file in files for item in read_items(file.read_bytes(), file.name))


def read_items(content: bytes, source_name: str) -> list[Item]:
    """Read an item file, `{"items": [...]}`.

    Raises:
        ItemError: with the faults of all items, each with the name of the file, if there is any.
    """
    try:
        rows = list(json.loads(content)["items"])
    except (UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise ItemError([Problem(source_name, "items", said("不是有效的试题文件"))]) from error
    items, problems = [], []
    for row in rows:
        try:
            items.append(Item.from_json(row))
        except ItemError as error:
            problems += [Problem(f"{source_name} {p.where}", p.field, p.message) for p in error.problems]
    if problems:
        raise ItemError(problems)
    return items
