"""Drawing the items of one form (组卷) so that sections and modules both get what the blueprint says.

Public: `assemble`, `Draw`, `Infeasible`, `Shortage`.

A cell is a section kind crossed with a module. How many items each cell gives is a transportation
problem; which items of a cell are taken is chance, decided by the seed alone.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from question_bank.assembly.allocate import Allocation, Cell, Demand, Shortage, allocate, shortages_text
from question_bank.assembly.blueprint import Blueprint
from question_bank.item import Item
from question_bank.scoring import normalise

__all__ = ["Draw", "Infeasible", "Shortage", "assemble"]

ANY_MODULE = ""


class Infeasible(ValueError):
    """The candidates cannot fill the blueprint; `shortages` and the message say where and by how many."""

    def __init__(self, shortages: Collection[Shortage]) -> None:
        self.shortages = tuple(shortages)
        super().__init__(shortages_text(self.shortages))


@dataclass(frozen=True, slots=True)
class Draw:
    """The items of one form, by section and in order.

    `relaxed` names the modules whose count deviates from the blueprint, with the deviation (+1 or -1);
    `common` are the drawn items that were in `used`.
    """

    blueprint: Blueprint
    sections: tuple[tuple[Item, ...], ...]
    relaxed: Mapping[str, int]
    common: frozenset[str]
    seed: int | str

    @property
    def items(self) -> tuple[Item, ...]:
        """Return all drawn items in order."""
        return tuple(item for section in self.sections for item in section)

    def module_counts(self) -> dict[str, int]:
        """Return how many drawn items each module has."""
        return dict(Counter(item.module or ANY_MODULE for item in self.items))


def assemble(
    blueprint: Blueprint,
    candidates: Iterable[Item],
    seed: int | str,
    used: Collection[str] = frozenset(),
    max_common_share: float = 0.10,
) -> Draw:
    """Draw one form.

    Args:
        candidates: items that may be used; those of another tier or of no module in the blueprint, and
            kinds it does not ask for, are passed over. Their order does not matter.
        seed: the same seed with the same items gives the same form. Keep it secret for a live form.
        used: ids of items of earlier forms; as few of them as possible are drawn again.
        max_common_share: largest share of items from `used`, rounded down to whole items.

    Raises:
        Infeasible: if the section counts cannot be met, or the module counts not within 1 each, or only
            with more used items than allowed.
        ValueError: if two candidates have the same id.
    """
    rng = random.Random(seed)
    cells = _cells(blueprint, candidates, frozenset(used), rng)
    demand = Demand(
        kinds=_kind_counts(blueprint),
        modules=blueprint.module_counts() or {ANY_MODULE: blueprint.item_count},
        max_used=int(max_common_share * blueprint.item_count + 1e-9),
    )
    allocation = allocate(demand, {cell: (len(fresh), len(old)) for cell, (fresh, old) in cells.items()}, rng)
    if not isinstance(allocation, Allocation):
        raise Infeasible(allocation)
    taken: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for cell, (fresh_count, old_count) in sorted(allocation.counts.items()):
        fresh, old = cells[cell]
        taken[cell.kind] += fresh[:fresh_count] + old[:old_count]
    for items in taken.values():
        rng.shuffle(items)
    sections = []
    for section in blueprint.sections:
        pool = taken[_kind_of(section.kind, (part.type for part in section.parts))]
        sections.append(tuple(pool[: section.count]))
        del pool[: section.count]
    ids = {item.id for section in sections for item in section}
    return Draw(blueprint, tuple(sections), allocation.relaxed, frozenset(ids & set(used)), seed)


def _kind_of(kind: str, part_types: Iterable[str]) -> tuple[str, ...]:
    """Return what makes two sections draw from the same items: the kind, and for cases the parts."""
    return (str(kind), *(str(part_type) for part_type in part_types))


def _kind_counts(blueprint: Blueprint) -> dict[tuple[str, ...], int]:
    counts: Counter[tuple[str, ...]] = Counter()
    for section in blueprint.sections:
        counts[_kind_of(section.kind, (part.type for part in section.parts))] += section.count
    return dict(counts)


def _cells(
    blueprint: Blueprint, candidates: Iterable[Item], used: frozenset[str], rng: random.Random
) -> dict[Cell, tuple[list[Item], list[Item]]]:
    """Sort the fitting candidates into cells, each a shuffled list of unused and one of used items."""
    wanted_kinds, modules = _kind_counts(blueprint), blueprint.module_counts()
    fitting: list[tuple[Cell, Item]] = []
    seen: set[str] = set()
    for item in sorted(candidates, key=lambda item: item.id):
        if item.id in seen:
            raise ValueError(f"two candidates have the id {item.id}")
        seen.add(item.id)
        kind = _kind_of(item.kind, (part.type for part in item.parts))
        module = (item.module or ANY_MODULE) if modules else ANY_MODULE
        if blueprint.tier in item.tiers and kind in wanted_kinds and (not modules or module in modules):
            fitting.append((Cell(kind, module), item))
    rng.shuffle(fitting)
    cells: dict[Cell, tuple[list[Item], list[Item]]] = {}
    for cell, item in _without_twins(fitting, used):
        fresh, old = cells.setdefault(cell, ([], []))
        (old if item.id in used else fresh).append(item)
    return cells


def _without_twins(fitting: list[tuple[Cell, Item]], used: frozenset[str]) -> list[tuple[Cell, Item]]:
    """Keep one of the items that ask the same thing: an unused one if possible, then one from a poor cell."""
    sizes = Counter(cell for cell, _ in fitting)
    best: dict[str, tuple[Cell, Item]] = {}
    for cell, item in fitting:
        question = normalise(f"{item.stimulus or ''}\n" + "\n".join(part.stem for part in item.parts))
        rival = best.get(question)
        if rival is None or (item.id in used, sizes[cell]) < (rival[1].id in used, sizes[rival[0]]):
            best[question] = (cell, item)
    return list(best.values())
