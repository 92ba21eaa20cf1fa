"""Rules of practice: what a run takes, when an answer is right, when an item leaves the notebook. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from random import Random

from question_bank.item import Item, Part, PartType, RubricPoint
from question_bank.scoring import Score, score_response
from question_bank.terms import MARKED_TYPES
from question_bank.words import said
from tiejun import regulation

RIGHT_DAYS = regulation.NOTEBOOK_RIGHT_DAYS.value
ESSAY_SHARE = Decimal(regulation.PRACTICE_ESSAY_SHARE.value) / 100
SIZES = (10, 20)
MOST_STEPS = regulation.PRACTICE_RUN_MOST.value
# A capital letter by itself: the explanation speaks of "A项", so the options must stay where they are.
_NAMES_A_LETTER = re.compile(r"(?<![A-Za-z0-9])[A-H](?![A-Za-z0-9])")
_REFERS_TO_OTHERS = re.compile(r"以上|上述各|前述|均(?:正确|错误|不)|都(?:对|不对|正确|错误)")


class Source(StrEnum):
    """Where the items of a run come from."""

    UNIT = "unit"
    MIXED = "mixed"
    NOTEBOOK = "notebook"


@dataclass(frozen=True)
class Entry:
    """Where an item stands in somebody's notebook."""

    is_in: bool = False
    right_days: int = 0
    last_right_on: date | None = None

    def after(self, *, is_right: bool, day: date) -> "Entry":
        """Return where it stands after one more answer on `day`.

        A wrong answer brings it in, or starts the count anew. It leaves when it was right on
        `NOTEBOOK_RIGHT_DAYS` different days; twice on the same day counts once.
        """
        if not is_right:
            return Entry(is_in=True)
        if not self.is_in:
            return self
        days = self.right_days + (day != self.last_right_on)
        return Entry() if days >= RIGHT_DAYS else replace(self, right_days=days, last_right_on=day)


@dataclass(frozen=True)
class Candidate:
    """An item that a run might take, and how it went last; `last_at` is None if it was never answered."""

    version_id: int
    last_at: datetime | None = None
    is_last_right: bool = False


def draw(found: Iterable[Candidate], size: int, seed: str) -> list[int]:
    """Return the versions of a run: the new ones first, then what was wrong, then what is longest ago.

    Within each of these the order is by chance. `size` 0 takes all, up to `MOST_STEPS`.
    """
    chance = Random(seed)
    mixed = sorted(found, key=lambda one: one.version_id)
    chance.shuffle(mixed)
    known = [one for one in mixed if one.last_at is not None and one.is_last_right]
    known.sort(key=lambda one: one.last_at.date() if one.last_at else date.min)
    new = [one for one in mixed if one.last_at is None]
    wrong = [one for one in mixed if one.last_at is not None and not one.is_last_right]
    taken = [one.version_id for one in (*new, *wrong, *known)]
    return taken[: min(size or MOST_STEPS, MOST_STEPS)]


def option_order(item: Item, part: int, seed: str) -> list[str]:
    """Return the ids of options and targets in the order of this presentation: the same for the same seed.

    They keep the bank's order where the explanation names letters, or an option speaks of the others.
    """
    ids = list(item.parts[part].option_ids)
    targets = [target.id for target in item.parts[part].targets]
    texts = [option.text for option in item.parts[part].options]
    fixed = _NAMES_A_LETTER.search(item.rationale) or any(
        _REFERS_TO_OTHERS.search(text) or _NAMES_A_LETTER.search(text) for text in texts
    )
    chance = Random(f"{seed}:{part}")
    if not fixed or item.parts[part].type is PartType.ORDER:
        chance.shuffle(ids)
    chance.shuffle(targets)
    return ids + targets


@dataclass(frozen=True)
class Outcome:
    """Points of an answer. `is_right` is None while essays wait for the person's own assessment."""

    points: Decimal
    maximum: Decimal
    is_right: bool | None


def judge(item: Item, values: Sequence[object]) -> Outcome:
    """Return what a machine can say about an answer.

    An item is right if each objective part has full points, and the essays, if there are any, suffice in
    the person's own judgement (`assess`). What already failed, or was left blank, needs no assessment.
    Practice takes no files: True says that the work was done elsewhere, and is judged like an essay.
    """
    scores = [_score(part, value) for part, value in zip(item.parts, values, strict=True)]
    points = sum((score.points for score in scores), Decimal(0))
    waiting = any(score.needs_marking for score in scores)
    right = all(score.points == score.maximum for score in scores)
    maximum = sum((score.maximum for score in scores), Decimal(0))
    return Outcome(points, maximum, None if waiting else right)


def _score(part: Part, value: object) -> Score:
    if part.type is PartType.UPLOAD and value is True:
        return Score(Decimal(0), part.points, needs_marking=True)
    return score_response(part, value)


def essays(parts: Iterable[Part]) -> list[int]:
    """Return the numbers (from 0) of the parts that people judge."""
    return [number for number, part in enumerate(parts) if part.type in MARKED_TYPES]


def rubric_of(part: Part) -> tuple[RubricPoint, ...]:
    """Return the points by which somebody judges his own work: one for all where the item names none."""
    if part.type not in MARKED_TYPES:
        return ()
    return part.rubric or (RubricPoint(part.points, said("做到了题目的全部要求")),)


def assess(item: Item, values: Sequence[object], ticked: Sequence[Collection[int]]) -> Outcome:
    """Return the outcome after somebody ticked the rubric points that his essays have.

    Args:
        item: the item.
        values: the answer, a response for each part.
        ticked: for each part the numbers (from 0) of its rubric points; empty for objective parts.
    """
    machine = judge(item, values)
    own = {
        number: sum((rubric_of(item.parts[number])[one].points for one in set(ticked[number])), Decimal(0))
        for number in essays(item.parts)
    }
    full = sum((item.parts[number].points for number in own), Decimal(0))
    given = sum(own.values(), Decimal(0))
    objective = machine.maximum - full
    is_right = machine.points == objective and given >= ESSAY_SHARE * full
    return Outcome(machine.points + given, machine.maximum, is_right)


@dataclass(frozen=True)
class Mastery:
    """How far somebody is in one unit: `items` there are, `done` of them answered, `right` the last time."""

    items: int
    done: int = 0
    right: int = 0
    last_at: datetime | None = None

    @property
    def share(self) -> float | None:
        """The share (0 to 1) of the answered items that were right the last time; None before any."""
        return self.right / self.done if self.done else None


def weakest(units: dict[str, Mastery], many: int = 3) -> list[str]:
    """Return the units to practise first: the lowest share, then the fewest done; none without a mistake."""
    weak = [(m.share, m.done / m.items, code) for code, m in units.items() if m.share is not None and m.items]
    return [code for share, _done, code in sorted(weak) if share < 1][:many]
