"""From a draft to a saved version, with every fault at its field."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from question_bank.areas import Area, is_within
from question_bank.item import Item as ItemText
from question_bank.item import ItemError, Part, PartType
from question_bank.lint import lint
from question_bank.syllabus import load_syllabus
from question_bank.words import listed, said
from tiejun.audit import Actor
from tiejun.bank import images
from tiejun.bank.checks import Grounds
from tiejun.bank.draft import Draft
from tiejun.bank.models import Item, ItemPurpose
from tiejun.bank.reports import as_problem
from tiejun.bank.service import UNCODED, save_item
from tiejun.errors import Conflict, DomainError, Problem, Rejected

PART_FIELDS = frozenset(
    {
        "type",
        "stem",
        "options",
        "key",
        "points",
        "rubric",
        "targets",
        "most",
        "bounds",
        "scoring",
        "image",
        "accept",
    }
)
# The import names columns in Chinese; the editor has fields.
_FIELDS = {"单元": "unit", "依据": "citations"}
_PART = re.compile(r"第 (\d+) 小题")


@dataclass(frozen=True)
class Target:
    """Which item is being edited: a new one, or the version of `code` that the writer has before them."""

    code: str = UNCODED
    base_version: int | None = None

    @property
    def is_new(self) -> bool:
        """Whether there is no such item yet."""
        return self.base_version is None


def save_draft(db: Session, draft: Draft, target: Target, actor: Actor, now: datetime) -> Item:
    """Write a draft as a new item or version.

    Raises:
        Rejected: with every fault of the draft.
        Conflict, NotFound: as `service.save_item`.
    """
    if draft.purpose not in tuple(ItemPurpose):
        raise Rejected(NOT_SAVED, [Problem(said("试题"), "purpose", said("请选择用途"))])
    item, faults = _built(draft, target.code)
    if item is None:
        raise Rejected(NOT_SAVED, faults)
    return save_item(db, item, ItemPurpose(draft.purpose), actor, now, target.base_version, is_draft=True)


def _built(draft: Draft, code: str) -> tuple[ItemText | None, list[Problem]]:
    """Return the item that a draft makes, or None and what is wrong with it.

    Of a part that is not written as it must be, the library could only repeat that in words of its own.
    """
    written = draft.problems()
    misread = {_part_of(problem.where) for problem in written}
    try:
        item = ItemText.from_json(draft.to_json(code))
    except ItemError as error:
        written += [
            problem
            for problem in error.problems
            if problem.field not in FOLLOWING or _part_of(problem.where) not in misread
        ]
    return (None if written else item), [as_problem(problem) for problem in written]


FOLLOWING = frozenset({"options", "key", "targets", "most", "scoring", "image"})
"""Fields that look wrong where the lines of a part could not be read."""


def _part_of(where: str) -> int:
    match = _PART.search(where)
    return int(match[1]) if match else 1


NOT_SAVED = said("试题没有保存，请改正下面的内容。填写的内容都还在。")


def try_save(
    db: Session, draft: Draft, target: Target, actor: Actor, now: datetime
) -> tuple[Item | None, DomainError | None]:
    """Write a draft as `save_draft` does, or return why not; what else the transaction did stays."""
    try:
        with db.begin_nested():
            return save_draft(db, draft, target, actor, now), None
    except (Rejected, Conflict) as error:
        return None, error


def take_pictures(
    db: Session, draft: Draft, pictures: Mapping[int, tuple[str, bytes]], actor: Actor, now: datetime
) -> DomainError | None:
    """Keep the pictures sent for parts, by their number from 0, and show them there; return what is wrong."""
    problems = []
    for number, (name, content) in pictures.items():
        try:
            picture = images.prepare(content, name)
        except images.BadImage as error:
            problems.append(Problem(said("第 %(number)s 小题", number=number + 1), "image", error.message))
            continue
        images.keep(db, {picture.sha256: picture}, actor, now)
        draft.parts[number].image = picture.sha256
    return Rejected(said("图片没有保存，其余内容都还在。"), problems) if problems else None


def by_field(problems: Iterable[Problem]) -> Mapping[str, list[str]]:
    """Sort problems to the editor's fields: "unit", or "part-1-key" for those of a part."""
    found: dict[str, list[str]] = defaultdict(list)
    for problem in problems:
        name = _FIELDS.get(problem.field, problem.field)
        if name in PART_FIELDS:
            name = f"part-{_part_of(problem.where) - 1}-{name}"
        found[name].append(problem.message)
    return found


def advice(db: Session, draft: Draft, day: date) -> list[Problem]:
    """Return what an editor should look at on `day`; for a draft that cannot be built, what is missing."""
    item, faults = _built(draft, UNCODED)
    if item is None:
        return faults
    found = lint(item, load_syllabus()) + Grounds(db, [item]).problems(item, day)
    return [as_problem(problem) for problem in found] + _strayed(db, item)


def _strayed(db: Session, item: ItemText) -> list[Problem]:
    """Name the areas and points that reach beyond their picture, where no candidate can point."""
    pictures = {row.sha256: row for row in images.rows(db, [item])}
    found = []
    for number, part in enumerate(item.parts, start=1):
        picture = pictures.get(part.image or "")
        if picture is None:
            continue
        width, height = picture.width, picture.height
        for field, areas in _areas(part):
            out = [
                str(line) for line, area in enumerate(areas, start=1) if not is_within(*area, width, height)
            ]
            if out:
                words = said(
                    "第 %(lines)s 行超出图片，图片宽 %(width)s、高 %(height)s 像素",
                    lines=listed(out),
                    width=width,
                    height=height,
                )
                found.append(Problem(said("第 %(number)s 小题", number=number), field, words))
    return found


def _areas(part: Part) -> Iterable[tuple[str, list[Area]]]:
    """Yield the fields of a part that hold areas or points, a line each, with what they hold."""
    drawn: list[Area] = [(option.shape, option.coords) for option in part.options if option.shape]
    if part.type is PartType.HOTSPOT and not part.options and isinstance(part.key, tuple):
        drawn = [("point", point) for point in part.key]
    yield "options", drawn
    yield "scoring", [(shape, coords) for shape, coords, _points in (part.scoring or {}).get("areas", ())]
