"""What the forms of practice send: which run, the answer to an item, the ticks of a self-assessment."""

from collections.abc import Mapping, Sequence

from werkzeug.datastructures import MultiDict

from question_bank.item import Item, Part, PartType
from question_bank.syllabus import load_syllabus
from question_bank.terms import ItemKind, Tier
from tiejun.practice.queries import UNFILED, Wanted
from tiejun.practice.rules import SIZES, Source
from tiejun.practice.service import Asked

TRUTH: Mapping[str, bool] = {"true": True, "false": False}
UNSURE = "unsure"
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
    if part.type is PartType.MULTIPLE:
        return sorted(set(sent.getlist(name))) or None
    if part.type is PartType.FILL_IN:
        texts = [sent.get(f"{name}-{blank}", "").strip() for blank in range(part.blanks)]
        return texts if any(texts) else None
    text = sent.get(name, "")
    if part.type is PartType.TRUE_FALSE:
        return TRUTH.get(text)
    return text if text.strip() else None


def unanswered(item: Item, values: Sequence[object], sent: Sent) -> list[int]:
    """Return the numbers (from 0) of the parts without an answer; none if somebody says he doesn't know."""
    if sent.get("act") == UNSURE:
        return []
    return [number for number, _part in enumerate(item.parts) if values[number] is None]


def ticks_of(item: Item, sent: Sent) -> list[set[int]]:
    """Return, for each part, which rubric points were ticked; unknown numbers don't count."""
    found = []
    for number, part in enumerate(item.parts):
        known = {str(point) for point in range(len(part.rubric))}
        found.append({int(one) for one in sent.getlist(f"rubric-{number}") if one in known})
    return found
