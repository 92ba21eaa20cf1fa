"""From a draft to a saved version, with every fault at its field."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from question_bank.item import Item as ItemText
from question_bank.item import ItemError
from question_bank.lint import lint
from question_bank.syllabus import load_syllabus
from question_bank.words import said
from tiejun.audit import Actor
from tiejun.bank.checks import Grounds
from tiejun.bank.draft import Draft
from tiejun.bank.models import Item, ItemPurpose
from tiejun.bank.reports import as_problem
from tiejun.bank.service import UNCODED, save_item
from tiejun.errors import Problem, Rejected

PART_FIELDS = frozenset(
    {"type", "stem", "options", "key", "points", "rubric", "targets", "most", "bounds", "scoring"}
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
    try:
        item = ItemText.from_json(draft.to_json(target.code))
    except ItemError as error:
        raise Rejected(NOT_SAVED, [as_problem(problem) for problem in error.problems]) from error
    return save_item(db, item, ItemPurpose(draft.purpose), actor, now, target.base_version, is_draft=True)


NOT_SAVED = said("试题没有保存，请改正下面的内容。填写的内容都还在。")


def by_field(problems: Iterable[Problem]) -> Mapping[str, list[str]]:
    """Sort problems to the editor's fields: "unit", or "part-1-key" for those of a part."""
    found: dict[str, list[str]] = defaultdict(list)
    for problem in problems:
        name = _FIELDS.get(problem.field, problem.field)
        if name in PART_FIELDS:
            match = _PART.search(problem.where)
            name = f"part-{int(match[1]) - 1 if match else 0}-{name}"
        found[name].append(problem.message)
    return found


def advice(db: Session, draft: Draft, day: date) -> list[Problem]:
    """Return what an editor should look at on `day`; for a draft that cannot be built, what is missing."""
    try:
        item = ItemText.from_json(draft.to_json(UNCODED))
    except ItemError as error:
        return [as_problem(problem) for problem in error.problems]
    found = lint(item, load_syllabus()) + Grounds(db, [item]).problems(item, day)
    return [as_problem(problem) for problem in found]
