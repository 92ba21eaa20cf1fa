"""Classical item statistics: how many get an item right, and how well it tells the able from the others.

Public: `Moments`, `facility`, `discrimination`, `MEANINGFUL`.

Scores are shares of the maximum, 0 to 1. Sums are kept, not scores: those of several sittings add up
without a candidate's answers being read again. A correlation is taken within each group, a form on one
occasion, since the rest of the paper differs between forms.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Self

MEANINGFUL = 30
"""From how many candidates on the figures say something; below they are shown as preliminary."""
_LEAST_VARIANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over `count` candidates: `item` scores, `rest` scores (the paper without the item), products."""

    count: int
    item: float
    item_squares: float
    rest: float
    rest_squares: float
    products: float

    @classmethod
    def of(cls, scores: Iterable[tuple[float, float]]) -> Self:
        """Return the sums of pairs (score of the item, score of the rest)."""
        pairs = list(scores)
        return cls(
            count=len(pairs),
            item=sum(item for item, _ in pairs),
            item_squares=sum(item * item for item, _ in pairs),
            rest=sum(rest for _, rest in pairs),
            rest_squares=sum(rest * rest for _, rest in pairs),
            products=sum(item * rest for item, rest in pairs),
        )

    def spread(self) -> tuple[float, float, float]:
        """Return the sums of squares of item and rest about their means, and of the products."""
        return (
            self.item_squares - self.item * self.item / self.count,
            self.rest_squares - self.rest * self.rest / self.count,
            self.products - self.item * self.rest / self.count,
        )


def facility(groups: Iterable[Moments]) -> float | None:
    """Return the mean score of an item (难度, 得分率), 0 to 1; None where nobody answered it."""
    found = [group for group in groups if group.count]
    return sum(group.item for group in found) / sum(group.count for group in found) if found else None


def discrimination(groups: Iterable[Moments]) -> float | None:
    """Return the correlation of an item with the rest of the paper (区分度), -1 to 1, within the groups.

    None where it is not defined: fewer than two candidates in each group, or all with the same score.
    """
    spreads = [group.spread() for group in groups if group.count > 1]
    item = sum(spread[0] for spread in spreads)
    rest = sum(spread[1] for spread in spreads)
    if item < _LEAST_VARIANCE or rest < _LEAST_VARIANCE:
        return None
    return max(-1.0, min(1.0, sum(spread[2] for spread in spreads) / sqrt(item * rest)))
