"""What the forms of practice send: which run, the answer to an item, the ticks of a self-assessment."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from werkzeug.datastructures import MultiDict

from question_bank.item import Item, Part, PartType, number_json
from question_bank.syllabus import load_syllabus
from question_bank.terms import ItemKind, Tier
from tiejun.practice.queries import UNFILED, Wanted
from tiejun.practice.rules import SIZES, Source, rubric_of
from tiejun.practice.service import Asked

TRUTH: Mapping[str, bool] = {"true": True, "false": False}
UNSURE = "unsure"
DONE = "done"
"""Sent where a file is asked for: the work is done, on paper or on one's own computer."""
Sent = MultiDict[str, str]


def wanted_of(sent: Sent) -> Wanted:
    """Return what practice is narrowed to; words that name nothing count as empty."""
    syllabus = load_syllabus()
    places = {UNFILED, *(m.code for m in syllabus.modules), *(u.code for u in syllabus.units())}
    unit = sent.get("unit", "") or sent.get("module", "")
    return Wanted(
        unit=unit if unit in places else "",
        tier=_known(sent.get("tier", ""), Tier),
        kind=_known(sent.get("kind", ""), ItemKind),
    )


def _known(word: str, words: type[Tier] | type[ItemKind]) -> str:
    return word if word in {one.value for one in words} else ""


def asked_of(sent: Sent) -> Asked:
    """Return which run was asked for; the size is 10, 20 or all (0)."""
    wanted = wanted_of(sent)
    source = Source.NOTEBOOK if sent.get("source") == Source.NOTEBOOK else Source.MIXED
    if source is Source.MIXED and wanted.unit:
        source = Source.UNIT
    size = sent.get("size", SIZES[0], type=int)
    return Asked(source, wanted, size if size in SIZES else 0)


def values_of(item: Item, sent: Sent) -> list[object]:
    """Return a response for each part as `question_bank.scoring` reads it; None where nothing was given."""
    if sent.get("act") == UNSURE:
        return [None for _part in item.parts]
    return [_value(part, f"part-{number}", sent) for number, part in enumerate(item.parts)]


def _value(part: Part, name: str, sent: Sent) -> object:
    if part.type in _READERS:
        return _READERS[part.type](part, name, sent)
    if part.type is PartType.MULTIPLE:
        return sorted(set(sent.getlist(name))) or None
    if part.type is PartType.FILL_IN:
        texts = [sent.get(f"{name}-{blank}", "").strip() for blank in range(part.blanks)]
        return texts if any(texts) else None
    text = sent.get(name, "")
    if part.type is PartType.TRUE_FALSE:
        return TRUTH.get(text)
    return text if text.strip() else None


def _chosen(_part: Part, name: str, sent: Sent) -> object:
    return list(dict.fromkeys(sent.getlist(name))) or None


def _in_blanks(part: Part, name: str, sent: Sent) -> object:
    chosen = [sent.get(f"{name}-{blank}") or None for blank in range(part.blanks)]
    return chosen if any(chosen) else None


def _pairs(part: Part, name: str, sent: Sent) -> object:
    return [
        [left, right] for left in part.option_ids for right in sent.getlist(f"{name}-{left}") if right
    ] or None


def _order(part: Part, name: str, sent: Sent) -> object:
    """Return the options by the places they were given; two at one place stay as the bank has them."""
    places = {one: sent.get(f"{name}-{one}", 0, type=int) for one in part.option_ids}
    return sorted((one for one in part.option_ids if places[one]), key=places.__getitem__) or None


def _spots(part: Part, name: str, sent: Sent) -> object:
    if part.options:
        return _chosen(part, name, sent)
    spots = [
        [sent.get(f"{name}-x-{n}", -1, type=int), sent.get(f"{name}-y-{n}", -1, type=int)]
        for n in range(part.most or SPOTS)
        if sent.get(f"{name}-x-{n}") and sent.get(f"{name}-y-{n}")
    ]
    return spots or None


def _number(_part: Part, name: str, sent: Sent) -> object:
    """Return the number that was typed, or the text, which the library will refuse."""
    text = sent.get(name, "").strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text or None
    return number_json(number) if number.is_finite() else text


def _done(_part: Part, name: str, sent: Sent) -> object:
    return True if sent.get(name) == DONE else None


SPOTS = 5
"""Places for points in a picture, where the item sets no limit."""
_READERS: Mapping[PartType, Callable[[Part, str, Sent], object]] = {
    PartType.INLINE_CHOICE: _in_blanks,
    PartType.GAP_MATCH: _in_blanks,
    PartType.MATCH: _pairs,
    PartType.ORDER: _order,
    PartType.HOTTEXT: _chosen,
    PartType.HOTSPOT: _spots,
    PartType.SLIDER: _number,
    PartType.UPLOAD: _done,
}


def unanswered(item: Item, values: Sequence[object], sent: Sent) -> list[int]:
    """Return the numbers (from 0) of the parts without an answer; none if somebody says he doesn't know."""
    if sent.get("act") == UNSURE:
        return []
    return [number for number, value in enumerate(values) if value is None]


def ticks_of(item: Item, sent: Sent) -> list[set[int]]:
    """Return, for each part, which rubric points were ticked; unknown numbers don't count."""
    found = []
    for number, part in enumerate(item.parts):
        known = {str(point) for point in range(len(rubric_of(part)))}
        found.append({int(one) for one in sent.getlist(f"rubric-{number}") if one in known})
    return found
