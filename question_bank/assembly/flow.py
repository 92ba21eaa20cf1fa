"""Least-cost flow through a small network, by successive shortest paths.

Blueprints give networks of some twenty nodes and a few hundred arcs, for which this is instant; a
solver library would be a heavy guest. Costs may be negative as long as no cycle of arcs is.
"""

from collections import deque
from dataclasses import dataclass


@dataclass(slots=True)
class Arc:
    """A directed arc with what is left of its capacity; `back` is its twin in the residual network."""

    head: str
    capacity: int
    cost: int
    back: int
    flow: int = 0


class Network:
    """A network under construction, and its flow after `send`."""

    def __init__(self) -> None:
        self.arcs: list[Arc] = []
        self._out: dict[str, list[int]] = {}

    def connect(self, tail: str, head: str, capacity: int, cost: int = 0) -> Arc:
        """Add an arc and return it; after `send`, its `flow` tells how much it carries."""
        arc = Arc(head, capacity, cost, back=len(self.arcs) + 1)
        twin = Arc(tail, 0, -cost, back=len(self.arcs))
        self._out.setdefault(tail, []).append(len(self.arcs))
        self._out.setdefault(head, []).append(len(self.arcs) + 1)
        self.arcs += [arc, twin]
        return arc

    def send(self, source: str, sink: str) -> int:
        """Send as much as possible at least cost; return the amount."""
        total = 0
        while path := self._cheapest_path(source, sink):
            amount = min(self.arcs[index].capacity for index in path)
            for index in path:
                arc = self.arcs[index]
                twin = self.arcs[arc.back]
                arc.capacity -= amount
                twin.capacity += amount
                arc.flow += amount
                twin.flow -= amount
            total += amount
        return total

    def _cheapest_path(self, source: str, sink: str) -> list[int]:
        distance = {source: 0}
        arrived_by: dict[str, int] = {}
        queue, queued = deque([source]), {source}
        while queue:
            node = queue.popleft()
            queued.discard(node)
            for index in self._out.get(node, ()):
                arc = self.arcs[index]
                reached = distance[node] + arc.cost
                if arc.capacity > 0 and reached < distance.get(arc.head, reached + 1):
                    distance[arc.head] = reached
                    arrived_by[arc.head] = index
                    if arc.head not in queued:
                        queue.append(arc.head)
                        queued.add(arc.head)
        path = []
        node = sink
        while node in arrived_by and node != source:
            path.append(arrived_by[node])
            node = self.arcs[self.arcs[arrived_by[node]].back].head
        return path[::-1]
