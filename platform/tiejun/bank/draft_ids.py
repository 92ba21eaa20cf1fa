"""Which ids the options of an edited part have: those they had, where a table or a rule may name them. Pure.

Public: `with_ids`, `new_ids`.

An option is the one it was if it reads the same, or if it stands in the line where the other stood and
neither is found elsewhere: a misprint put right. Whatever else is written gets an id that nothing had.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from question_bank.interaction_check import MARK
from question_bank.item import Part
from question_bank.terms import PartType
from tiejun.bank.draft_lines import lines_of_part, part_of_lines

Json = dict[str, Any]
_LISTS = {"options": "o", "targets": "t"}


def new_ids(taken: Collection[str], prefix: str = "") -> Iterator[str]:
    """Yield ids that are not taken: letters, or a letter and a number."""
    names = [*ascii_lowercase] if not prefix else []
    yield from (name for name in names if name not in taken)
    number = 1
    while True:
        if (name := f"{prefix or 'o'}{number}") not in taken:
            yield name
        number += 1


def with_ids(own: Json, base: Part) -> Json:
    """Return the fields that lines made with the ids, and in the order, that the options had in `base`."""
    before = part_of_lines(base.type.value, *lines_of_part(base))
    kept = base.content_json()
    ids: dict[str, str] = {}
    taken = {one["id"] for name in _LISTS for one in kept.get(name, ())}
    for name, prefix in _LISTS.items():
        there = dict(_matched(_written(before, name), kept.get(name, ())))
        written = [there[one["id"]] for one in _written(before, name) if one["id"] in there]
        found = dict(_same(_written(own, name), written))
        fresh = new_ids(taken, prefix)
        ids |= {one["id"]: found.get(one["id"]) or next(fresh) for one in own.get(name, ())}
    return _renamed(own, ids, kept)


def _written(own: Mapping[str, Any], name: str) -> list[Json]:
    """Return options in the order in which they are written, which the numbers in their ids tell."""
    return sorted(own.get(name, ()), key=lambda one: int(one["id"][1:]))


def _said(option: Mapping[str, Any]) -> object:
    return option["text"].strip(), option.get("blank")


def _matched(written: Sequence[Json], kept: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """Yield the id that each written option was numbered with, and the option that it is."""
    rest = list(kept)
    for one in written:
        found = next((other for other in rest if _said(other) == _said(one)), None)
        if found is not None:
            rest.remove(found)
            yield one["id"], found


def _same(new: Sequence[Json], old: Sequence[Json]) -> Iterator[tuple[str, str]]:
    """Yield the id of each option that was there before, and the id it had."""
    matched = dict(_matched(new, old))
    yield from ((number, option["id"]) for number, option in matched.items())
    gone = {option["id"] for option in matched.values()}
    for one, other in zip(new, old, strict=False):
        if one["id"] not in matched and other["id"] not in gone:
            yield one["id"], other["id"]


def _renamed(own: Json, ids: Mapping[str, str], kept: Mapping[str, Any]) -> Json:
    changed = dict(own)
    for name in _LISTS.keys() & own.keys():
        order = [one["id"] for one in kept[name]]
        renamed = [one | {"id": ids[one["id"]]} for one in own[name]]
        changed[name] = sorted(renamed, key=lambda one: _place(order, one["id"]))
    changed["key"] = _in_key(own["key"], ids)
    if kept["type"] == PartType.HOTTEXT:
        changed["stem"] = MARK.sub(lambda mark: f"{{{{{ids.get(mark[1], mark[1])}}}}}", own["stem"])
    return changed


def _place(order: Sequence[str], option_id: str) -> int:
    return order.index(option_id) if option_id in order else len(order)


def _in_key(key: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(key, list):
        return [_in_key(one, ids) for one in key]
    return ids.get(key, key) if isinstance(key, str) else key
