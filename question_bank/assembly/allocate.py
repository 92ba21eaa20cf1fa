"""How many items each cell (kind x module) gives to a form: a transportation problem.

Public: `allocate`, `Allocation`, `Cell`, `Demand`, `Shortage`, `shortages_text`.

Aims, each far above the next: kinds exactly; modules exactly, else within 1; few used items; cells
near their expected share, so that no module is asked in one kind only; chance.
"""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from question_bank.assembly.flow import Arc, Network
from question_bank.terms import LABELS
from question_bank.words import clauses, said

Kind = tuple[str, ...]
SPREAD = 1_000
"""Cost of one item in a cell that expects one; the k-th costs 2k-1 times as much, so cells fill evenly."""
LEVEL = 10**12
"""Factor between one aim and the next: more than all spread costs of the largest form together."""


class Cell(NamedTuple):
    """A kind of item (its name, for a case followed by its part types) in a module ("" = any)."""

    kind: Kind
    module: str


@dataclass(frozen=True, slots=True)
class Demand:
    """How many items of each kind and of each module are wanted, and how many may have been used before."""

    kinds: Mapping[Kind, int]
    modules: Mapping[str, int]
    max_used: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Items to take from each cell as (unused, used), and the deviations of module counts (+1, -1)."""

    counts: Mapping[Cell, tuple[int, int]]
    relaxed: Mapping[str, int]

    @property
    def used(self) -> int:
        """Return how many used items are taken."""
        return sum(old for _, old in self.counts.values())


@dataclass(frozen=True, slots=True)
class Shortage:
    """`missing` items of a kind and/or a module (None = any); `too_used`: there are, but used before."""

    kind: str | None
    module: str | None
    missing: int
    too_used: bool = False

    def __str__(self) -> str:
        return str(self.sentence())

    def sentence(self) -> str:
        """Return what is missing, as a clause."""
        what = LABELS[self.kind] if self.kind else said("试题")
        if self.module:
            what = said(
                "模块 %(module)s %(kind)s", module=self.module, kind=LABELS[self.kind] if self.kind else ""
            )
        tail = said("（现有试题已在以前的试卷中用过，超出重复比例）") if self.too_used else ""
        return said("%(what)s缺 %(missing)s 题%(tail)s", what=what, missing=self.missing, tail=tail)


def shortages_text(shortages: Collection[Shortage]) -> str:
    """Return one Chinese sentence for all shortages."""
    found = clauses(shortage.sentence() for shortage in shortages)
    return said("题库不足以组卷：%(shortages)s", shortages=found)


def allocate(
    demand: Demand, supply: Mapping[Cell, tuple[int, int]], rng: random.Random
) -> Allocation | list[Shortage]:
    """Return the best allocation, or what is missing.

    Args:
        supply: items in each cell as (unused, used).
    """
    exact = _solve(demand, supply, rng, slack=0, used_cost=LEVEL, slack_cost=0)
    if isinstance(exact, Allocation) and exact.used <= demand.max_used:
        return exact
    close = _solve(demand, supply, rng, slack=1, used_cost=LEVEL, slack_cost=LEVEL * LEVEL)
    if isinstance(close, Allocation) and close.used <= demand.max_used:
        return close
    # Rather a module one off its count than an item too many from an earlier form.
    fresh = _solve(demand, supply, rng, slack=1, used_cost=LEVEL * LEVEL, slack_cost=LEVEL)
    if not isinstance(fresh, Allocation):
        return _plain_shortages(demand, supply) or fresh
    if fresh.used <= demand.max_used:
        return fresh
    return _used_up(fresh, demand.max_used)


@dataclass(frozen=True, slots=True)
class _Graph:
    """The arcs whose flow has to be read again."""

    network: Network
    kinds: Mapping[Kind, Arc]
    cells: Mapping[Cell, tuple[list[Arc], list[Arc]]]
    modules: Mapping[str, list[Arc]]


def _solve(
    demand: Demand,
    supply: Mapping[Cell, tuple[int, int]],
    rng: random.Random,
    *,
    slack: int,
    used_cost: int,
    slack_cost: int,
) -> Allocation | list[Shortage]:
    total = sum(demand.kinds.values())
    graph = _graph(demand, supply, rng, (slack, used_cost, slack_cost))
    graph.network.send("source", "sink")
    counts = {
        cell: (sum(arc.flow for arc in fresh), sum(arc.flow for arc in old))
        for cell, (fresh, old) in graph.cells.items()
    }
    got = {module: sum(arc.flow for arc in arcs) for module, arcs in graph.modules.items()}
    shortages = [
        Shortage(kind[0], None, count - graph.kinds[kind].flow)
        for kind, count in demand.kinds.items()
        if graph.kinds[kind].flow < count
    ] + [
        Shortage(None, module, count - slack - got[module])
        for module, count in demand.modules.items()
        if module and got[module] < count - slack
    ]
    if shortages:
        return shortages
    assert sum(got.values()) == total
    return Allocation(
        {cell: pair for cell, pair in counts.items() if any(pair)},
        {module: got[module] - count for module, count in demand.modules.items() if got[module] != count},
    )


def _graph(
    demand: Demand, supply: Mapping[Cell, tuple[int, int]], rng: random.Random, costs: tuple[int, int, int]
) -> _Graph:
    """Build source -> kinds -> modules -> sink; each unit of a cell is an arc, dearer than the last."""
    slack, used_cost, slack_cost = costs
    network, total = Network(), sum(demand.kinds.values())
    kinds = {
        kind: network.connect("source", f"kind {kind}", count) for kind, count in sorted(demand.kinds.items())
    }
    cells = {}
    for cell, (fresh, old) in sorted(supply.items()):
        wanted = demand.kinds[cell.kind], demand.modules[cell.module]
        expected = max(wanted[0] * wanted[1] / total, 0.01)
        chance = rng.randrange(SPREAD)
        arcs: list[Arc] = []
        for position in range(min(fresh + old, wanted[0], wanted[1] + slack)):
            cost = round(SPREAD * (2 * position + 1) / expected) + chance
            cost += used_cost if position >= fresh else 0
            arcs.append(network.connect(f"kind {cell.kind}", f"module {cell.module}", 1, cost))
        cells[cell] = (arcs[:fresh], arcs[fresh:])
    modules = {}
    for module, count in sorted(demand.modules.items()):
        # What is below the lower bound is worth anything; the next costs what it deviates.
        steps = [(max(count - slack, 0), -(LEVEL**3))]
        if slack and count:
            steps += [(slack, -slack_cost), (slack, slack_cost)]
        modules[module] = [network.connect(f"module {module}", "sink", room, cost) for room, cost in steps]
    return _Graph(network, kinds, cells, modules)


def _plain_shortages(demand: Demand, supply: Mapping[Cell, tuple[int, int]]) -> list[Shortage]:
    """Return the kinds and modules that have too few items whatever the rest does."""
    found = []
    for kind, count in demand.kinds.items():
        there = sum(sum(pair) for cell, pair in supply.items() if cell.kind == kind)
        if there < count:
            found.append(Shortage(kind[0], None, count - there))
    for module, count in demand.modules.items():
        there = sum(sum(pair) for cell, pair in supply.items() if cell.module == module)
        if module and there < count - 1:
            found.append(Shortage(None, module, count - there))
    return found


def _used_up(allocation: Allocation, max_used: int) -> list[Shortage]:
    """Return where the best allocation leans on used items, until the excess is explained."""
    excess = allocation.used - max_used
    found = []
    for cell, (_, old) in sorted(allocation.counts.items(), key=lambda entry: (-entry[1][1], entry[0])):
        if old and excess > 0:
            found.append(Shortage(cell.kind[0], cell.module or None, min(old, excess), too_used=True))
            excess -= min(old, excess)
    return found
