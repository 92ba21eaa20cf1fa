"""Two versions of one item side by side: line by line what both say, and what differs."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from question_bank.answer_words import in_words
from question_bank.item import Item as ItemText
from question_bank.item import Part, number_json
from question_bank.law_compare import Run, difference
from question_bank.laws import PREFIX
from question_bank.markup import without_images
from question_bank.terms import MARKED_TYPES, PLAIN_TYPES, PartType
from question_bank.words import clauses, listed, said
from tiejun.bank.item_rows import to_text
from tiejun.bank.models import Item, ItemVersion, LawVersion
from tiejun.bank.queries import cited_articles, item_detail
from tiejun.bank.rules import within_words
from tiejun.bank.secrecy import Sight
from tiejun.errors import NotFound
from tiejun.html import plain

Runs = Sequence[tuple[Run, str]]
Values = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Line:
    """One thing that an item says: a field of the editor ("part-0-stem"), and of options which.

    A side is None where that version says nothing of the kind. Where a side's words are `Words`, they are one
    run: a sentence is not cut, so that it can be said in the reader's language.
    """

    field: str
    detail: str
    old: Runs | None
    new: Runs | None
    is_changed: bool


@dataclass(frozen=True)
class VersionComparison:
    """Two versions with what they say, and all versions of the item to choose from."""

    item: Item
    old: ItemVersion
    new: ItemVersion
    versions: Sequence[ItemVersion]
    lines: Sequence[Line]

    @property
    def changed(self) -> int:
        """Return how many lines differ."""
        return sum(line.is_changed for line in self.lines)


def compare_versions(
    db: Session, sight: Sight, code: str, old: int | None, new: int | None
) -> VersionComparison:
    """Compare two versions; by default the current one with the one before `new`.

    Raises:
        NotFound: if there is no such item or version.
    """
    detail = item_detail(db, sight, code)
    by_number = {version.number: version for version in detail.versions}
    new = detail.item.current_version if new is None else new
    old = max(1, new - 1) if old is None else old
    if old not in by_number or new not in by_number:
        raise NotFound(said("这道试题没有这一版。"), code="unknown_version")
    before, after = by_number[old], by_number[new]
    names = _article_names(db, [to_text(before), to_text(after)])
    lines = _lines(_values(to_text(before), names), _values(to_text(after), names))
    return VersionComparison(detail.item, before, after, detail.versions, list(lines))


def _article_names(db: Session, items: Iterable[ItemText]) -> dict[tuple[str, str], str]:
    """Return how each cited article is called."""
    cited = dict.fromkeys((one.law, one.article) for item in items for one in item.citations)
    return {
        (one.law_id, one.number): said(
            "《%(title)s》第 %(number)s 条", title=_title(one.law), number=one.number
        )
        for one in cited_articles(db, list(cited))
        if one.law
    }


def _title(law: LawVersion) -> str:
    short = law.title.removeprefix(PREFIX)
    return said("%(title)s（%(year)s）", title=short, year=law.effective.year) if law.effective else short


def _values(item: ItemText, names: Mapping[tuple[str, str], str]) -> Values:
    """Return all that an item says, by field and detail, in the order of the editor."""
    said_of: dict[tuple[str, str], str] = {}
    if item.stimulus:
        said_of["stimulus", ""] = item.stimulus
    for number, part in enumerate(item.parts):
        said_of |= {(f"part-{number}-{field}", detail): text for field, detail, text in _of_part(part)}
    said_of["unit", ""] = item.unit or ""
    said_of["tiers", ""] = listed(tier.label for tier in item.tiers)
    said_of["difficulty", ""] = f"{item.difficulty:.0%}"
    for citation in item.citations:
        at = (citation.law, citation.article)
        within = within_words(citation.paragraph, citation.item)
        name = names.get(at, f"{at[0]} {at[1]}")
        said_of["citations", f"{at[0]} {at[1]}{within}"] = (
            said("%(article)s %(within)s", article=name, within=within) if within else name
        )
    said_of["transitional", ""] = said("是") if item.transitional else ""
    said_of["rationale", ""] = item.rationale
    said_of["figures", ""] = "；".join(item.figures)
    return said_of


def _of_part(part: Part) -> Iterator[tuple[str, str, str]]:
    yield "type", "", part.type.label
    yield "stem", "", part.stem
    for option in part.options:
        yield "options", option.id.upper(), option.text
    for target in part.targets:
        yield "targets", target.id.upper(), target.text
    if part.type not in MARKED_TYPES:
        yield "key", "", _key(part)
    if part.bounds is not None:
        yield "bounds", "", f"{part.bounds.lower}–{part.bounds.upper}（{part.bounds.step}）"
    if part.scoring is not None:
        yield "scoring", "", json.dumps(part.scoring, ensure_ascii=False)
    yield "points", "", str(number_json(part.points))
    for number, point in enumerate(part.rubric, start=1):
        yield "rubric", str(number), f"{number_json(point.points)}　{point.text}"


def _key(part: Part) -> str:
    if isinstance(part.key, bool):
        return said("正确") if part.key else said("错误")
    if part.type is PartType.FILL_IN and isinstance(part.key, tuple):
        return clauses("／".join(spellings) for spellings in part.key)
    if part.type not in PLAIN_TYPES:
        names = {one.id: one.id.upper() for one in (*part.options, *part.targets)}
        return "　".join(in_words(part.type, part.key, names))
    return "".join(
        str(option).upper() for option in (part.key if isinstance(part.key, tuple) else (part.key,))
    )


PROSE = ("stimulus", "stem", "options", "rubric", "rationale", "figures")


def _lines(old: Values, new: Values) -> Iterator[Line]:
    for at in _in_order(list(old), list(new)):
        field, detail = at
        before, after = old.get(at), new.get(at)
        if before or after:
            is_prose = field.rpartition("-")[2] in PROSE
            yield Line(field, detail, *_sides(before, after, is_prose=is_prose), is_changed=before != after)


def _in_order(old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the keys of both in the newer order; what is gone follows what it stood behind."""
    found = list(new)
    for place, key in enumerate(old):
        if key not in new:
            found.insert(found.index(old[place - 1]) + 1 if place else 0, key)
    return found


def _sides(old: str | None, new: str | None, *, is_prose: bool) -> tuple[Runs | None, Runs | None]:
    if old is None or new is None:
        return (
            None if old is None else [(Run.OLD, _shown(old))],
            None if new is None else [(Run.NEW, _shown(new))],
        )
    if old == new:
        return [(Run.KEPT, _shown(old))], [(Run.KEPT, _shown(new))]
    if not is_prose:
        return [(Run.OLD, old)], [(Run.NEW, new)]
    before, after = _shown(old), _shown(new)
    # Where only tags or a picture differ, these are what is shown.
    runs = difference(before, after) if before != after else difference(old, new)
    return [one for one in runs if one[0] is not Run.NEW], [one for one in runs if one[0] is not Run.OLD]


def _shown(text: str) -> str:
    """Return the words of a text; a text that is no HTML stays as it is."""
    return without_images(plain(text) if "</" in text else text)
