"""When an essay needs a second or a third marker, and what its points finally are: pure.

Essays are marked once. Where the total so far, counted with the first marker's points, lies within a band
around the cut score, a second person marks all essays of that attempt without seeing the first marks; where
the two lie further apart than a fifth of the maximum, a third person decides.

Source: both numbers are proposals of ours (`regulation.SECOND_MARKER_BAND`, `THIRD_MARKER_SHARE`);
环办执法〔2022〕21号 fixes neither.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Self
from uuid import UUID

from question_bank.words import said
from tiejun import regulation
from tiejun.crypto import keyed_hash
from tiejun.settings import Settings

STEP = Decimal("0.5")
"""Markers give whole and half points."""
APART = Decimal(regulation.THIRD_MARKER_SHARE.value) / 100
"""Share of a slot's maximum by which two markers may differ."""
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LETTERS = 8


@dataclass(frozen=True)
class Policy:
    """Settings of marking: `band` in points around the cut score, `grace` for answers under way.

    `key` makes the codes of attempts: who knows an attempt's id must not find its code by reckoning.
    """

    band: Decimal = Decimal(regulation.SECOND_MARKER_BAND.value)
    grace: timedelta = timedelta(seconds=60)
    key: str = field(default="", repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the policy of an installation."""
        grace = timedelta(seconds=settings.sync_grace_seconds)
        return cls(Decimal(str(settings.marking_band)), grace, settings.data_key)


@dataclass(frozen=True)
class SlotMarks:
    """The markers' points for one essay, in the order of the rounds; None where there is none yet."""

    maximum: Decimal
    first: Decimal | None = None
    second: Decimal | None = None
    third: Decimal | None = None

    @property
    def is_apart(self) -> bool:
        """Whether first and second marker differ by more than a fifth of the maximum."""
        if self.first is None or self.second is None:
            return False
        return abs(self.first - self.second) > APART * self.maximum

    def next_round(self, *, is_close: bool) -> int | None:
        """Return which round is missing, 1 to 3; None when the slot is settled.

        `is_close` says that the attempt's total lies within the band around the cut score.
        """
        if self.first is None:
            return 1
        if self.second is None:
            return 2 if is_close else None
        return 3 if self.is_apart and self.third is None else None

    def points(self, *, is_close: bool) -> Decimal | None:
        """Return the final points; None while a round is missing.

        Two marks count by their mean; a quarter point that comes of it goes up to the next half.
        """
        if self.next_round(is_close=is_close) is not None or self.first is None:
            return None
        if self.second is None:
            return self.first
        return self.third if self.is_apart else mean(self.first, self.second)


@dataclass(frozen=True)
class EssayMarks:
    """All that decides the total of one attempt: `objective` by machine, the marks of each essay by slot."""

    objective: Decimal
    essays: Mapping[int, SlotMarks]
    cut_score: Decimal
    band: Decimal

    @property
    def by_first(self) -> Decimal | None:
        """The total counted with the first markers' points; None while one is missing."""
        points = [marks.first for marks in self.essays.values()]
        return (
            self.objective + sum((p for p in points if p is not None), Decimal(0)) if _all(points) else None
        )

    @property
    def is_close(self) -> bool:
        """Whether the total by the first marks lies within the band, both ends included."""
        total = self.by_first
        return total is not None and abs(total - self.cut_score) <= self.band

    def next_round(self, slot: int) -> int | None:
        """Return which round an essay waits for; None when it is settled for now."""
        return self.essays[slot].next_round(is_close=self.is_close)

    def waiting(self) -> dict[int, int]:
        """Return the round that each unsettled essay waits for, by slot."""
        rounds = {slot: self.next_round(slot) for slot in self.essays}
        return {slot: number for slot, number in rounds.items() if number is not None}

    @property
    def essay_points(self) -> Decimal | None:
        """The final points of all essays; None while marking is incomplete."""
        points = [marks.points(is_close=self.is_close) for marks in self.essays.values()]
        return sum((p for p in points if p is not None), Decimal(0)) if _all(points) else None

    @property
    def total(self) -> Decimal | None:
        """The total score; None while marking is incomplete."""
        return None if self.essay_points is None else self.objective + self.essay_points


def _all(points: list[Decimal | None]) -> bool:
    return all(point is not None for point in points)


def mean(one: Decimal, other: Decimal) -> Decimal:
    """Return the mean of two marks in half points; a quarter goes up, in the candidate's favour."""
    return ((one + other) / 2 / STEP).to_integral_value(ROUND_CEILING) * STEP


def points_problem(points: Decimal, maximum: Decimal) -> str | None:
    """Return what is wrong with points that somebody typed, as a sentence; None when they are fine."""
    if not points.is_finite() or not 0 <= points <= maximum:
        return said("得分应在0到%(normalize)s分之间。", normalize=f"{maximum.normalize():f}")
    if points % STEP:
        return said("得分以0.5分为单位。")
    return None


def awarded_problem(awarded: Sequence[Decimal], worth: Sequence[Decimal]) -> str | None:
    """Return what is wrong with the points given for each rubric point, as a sentence; None when all is fine.

    A rubric point is given in full, or in whole and half points; `worth` has what each is worth.
    """
    for number, (given, full) in enumerate(zip(awarded, worth, strict=True), start=1):
        if not given.is_finite() or not 0 <= given <= full or (given % STEP and given != full):
            told = {"number": number, "full": f"{full.normalize():f}"}
            return said("第%(number)s个要点应在0到%(full)s分之间，以0.5分为单位。", **told)
    return None


def points_of(awarded: Sequence[Decimal], worth: Sequence[Decimal], maximum: Decimal) -> Decimal:
    """Return the points of an essay by its rubric points.

    Where the form gives the question other points than its rubric has, they count in proportion, to the
    nearest half, a quarter up.
    """
    full = sum(worth, Decimal(0))
    share = sum(awarded, Decimal(0)) / full if full else Decimal(0)
    return (share * maximum / STEP).quantize(Decimal(1), ROUND_HALF_UP) * STEP


def is_settled(end_kind: str, ended_at: datetime, now: datetime, grace: timedelta) -> bool:
    """Return whether nothing that counts by itself can still arrive: at once when handed in, else later."""
    return end_kind == "submitted" or now >= ended_at + grace


def code_of(attempt: UUID, key: str) -> str:
    """Return the short code under which markers see an attempt; without the key it leads back to nobody."""
    number = int(keyed_hash(str(attempt), key, "marking"), 16)
    letters = ""
    for _ in range(CODE_LETTERS):
        number, at = divmod(number, len(LETTERS))
        letters += LETTERS[at]
    return letters


def order_of(code: str, account_id: int) -> bytes:
    """Return the key by which one marker's attempts are put in order: each marker begins elsewhere."""
    return hashlib.sha256(f"{code}:{account_id}".encode()).digest()
