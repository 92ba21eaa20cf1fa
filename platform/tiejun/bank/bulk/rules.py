"""What may be changed of several items at once, by whom, and what becomes of each. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from question_bank.item import Item as ItemText
from question_bank.syllabus import load_syllabus
from question_bank.terms import Tier
from question_bank.words import said
from tiejun.bank.states import ItemState
from tiejun.errors import Problem

MOST: Final = 1000
"""Items of one change: a second or two of writing, for which others wait on SQLite."""
NO_UNIT: Final = "-"
TIERS: Final[Mapping[str, tuple[Tier, ...]]] = {
    "primary": (Tier.PRIMARY,),
    "intermediate": (Tier.INTERMEDIATE,),
    "both": (Tier.PRIMARY, Tier.INTERMEDIATE),
}
IN_REVIEW: Final = frozenset({ItemState.FIRST_REVIEW, ItemState.SECOND_REVIEW})
ON_FORM: Final = said("进入过试卷，不能在这里降低密级；用过的题在“用过的题转为练习”办理。")


@dataclass(frozen=True)
class Change:
    """What is to become of the chosen items; what is empty stays as it is.

    `unit` `NO_UNIT` takes the unit away; `difficulty` is the expected share of right answers; `purpose` is
    the class.
    """

    unit: str = ""
    tiers: tuple[Tier, ...] = ()
    difficulty: float | None = None
    transitional: bool | None = None
    purpose: str = ""

    @property
    def is_of_text(self) -> bool:
        """Whether it changes what items say, and not only who may see them."""
        return bool(self.unit or self.tiers) or self.difficulty is not None or self.transitional is not None

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not self.is_of_text and not self.purpose

    def of(self, item: ItemText) -> ItemText:
        """Return what an item says after the change; question, key and grounds stay."""
        return replace(
            item,
            unit=(None if self.unit == NO_UNIT else self.unit) if self.unit else item.unit,
            tiers=self.tiers or item.tiers,
            difficulty=item.difficulty if self.difficulty is None else self.difficulty,
            transitional=item.transitional if self.transitional is None else self.transitional,
        )


@dataclass(frozen=True)
class Powers:
    """What somebody may do in the bank.

    `writes` items; `makes_papers`, so that he may know which items papers hold; `classes` that he may see,
    whoever wrote the item.
    """

    writes: bool
    makes_papers: bool
    classes: frozenset[str]


@dataclass(frozen=True)
class Standing:
    """How an item stands before a change; `is_lowered`: more people would see it, `is_on_form`: of any form.

    `is_practice` is what it is after the change.
    """

    state: ItemState
    has_unit: bool
    is_practice: bool
    is_lowered: bool
    is_on_form: bool


def change_of(fields: Mapping[str, str], classes: frozenset[str]) -> tuple[Change, list[Problem]]:
    """Return the change that a form asks for, and what is wrong with it.

    Args:
        fields: as they were typed: `difficulty` is in per cent.
        classes: the names of all classes.
    """
    unit, tiers, purpose = fields.get("unit", ""), fields.get("tiers", ""), fields.get("purpose", "")
    typed = fields.get("difficulty", "").strip()
    known = {
        "unit": unit in ("", NO_UNIT) or load_syllabus().unit(unit) is not None,
        "tiers": not tiers or tiers in TIERS,
        "purpose": not purpose or purpose in classes,
    }
    problems = [
        Problem(said("修改"), name, said("请从列表中选择。"))
        for name, is_known in known.items()
        if not is_known
    ]
    difficulty = _share(typed)
    if typed and difficulty is None:
        problems.append(Problem(said("修改"), "difficulty", said("应为 0 到 100 之间的数。")))
    if problems:
        return Change(), problems
    mark = {"yes": True, "no": False}.get(fields.get("transitional", ""))
    change = Change(unit, TIERS.get(tiers, ()), difficulty, mark, purpose)
    return change, [Problem(said("修改"), "unit", said("请至少改一项。"))] if change.is_empty else []


def refusal(
    change: Change, item: Standing, powers: Powers, *, is_new_text: bool, is_new_class: bool
) -> str | None:
    """Return why an item cannot be changed so by this person, or None."""
    if change.is_of_text and not powers.writes:
        return said("您没有修改试题的权限。")
    if is_new_text and item.state is ItemState.RETIRED:
        return said("已停用，先恢复为草稿再改。")
    if is_new_text and item.state in IN_REVIEW:
        return said("正在审核，等审核结束或撤回后再改。")
    has_unit = change.unit != NO_UNIT if change.unit else item.has_unit
    if not item.is_practice and not has_unit:
        return said("考试用题必须归入大纲单元。")
    return _class_refusal(change, item, powers) if is_new_class else None


def _class_refusal(change: Change, item: Standing, powers: Powers) -> str | None:
    """Return why an item may not go into another class.

    Who does not make papers must not learn from a refusal which items they hold: he lowers nothing here.
    """
    if change.purpose not in powers.classes or not (powers.writes or powers.makes_papers):
        return said("您没有把试题定为这一密级的权限。")
    if item.is_lowered and not powers.makes_papers:
        return said("成批降低密级由组卷人办理；自己的题可以逐题修改。")
    return ON_FORM if item.is_lowered and item.is_on_form else None


def _share(text: str) -> float | None:
    """Return per cents as a share; None for what is no number from 0 to 100."""
    digits = text.replace(".", "", 1)
    if not (digits.isascii() and digits.isdecimal()) or len(text) > 10:
        return None
    share = float(text) / 100
    return round(share, 4) if share <= 1 else None
