"""Areas of a picture: whether a point lies in one, and which of them points hit.

Public: `inside`, `hits`, `is_within`.
"""

from collections.abc import Iterable, Sequence

Area = tuple[str, Sequence[int]]
"""Shape and coordinates."""


def hits(areas: Sequence[Area], points: Iterable[Sequence[int]]) -> tuple[set[int], int]:
    """Return the numbers of the areas that points hit, and how many points lie in none.

    An area is hit once. A point where areas overlap hits the first of them that is not hit yet, as QTI's
    mapResponsePoint counts.
    """
    hit: set[int] = set()
    missed = 0
    for point in points:
        around = [n for n, (shape, coords) in enumerate(areas) if inside(shape, coords, point)]
        hit.update([n for n in around if n not in hit][:1])
        missed += not around
    return hit, missed


def inside(shape: str, coords: Sequence[int], point: Sequence[int]) -> bool:
    """Return whether a point lies in an area, its edge included; "default" is the whole picture."""
    x, y = point
    if shape == "default":
        return True
    if shape == "rect":
        left, top, right, bottom = coords
        return left <= x <= right and top <= y <= bottom
    if shape == "poly":
        return _in_polygon(list(zip(coords[::2], coords[1::2], strict=True)), x, y)
    across, down = (coords[2], coords[3]) if shape == "ellipse" else (coords[2], coords[2])
    return ((x - coords[0]) * down) ** 2 + ((y - coords[1]) * across) ** 2 <= (across * down) ** 2


def is_within(shape: str, coords: Sequence[int], width: int, height: int) -> bool:
    """Return whether an area, or a "point", lies in a picture of that size with all that belongs to it."""
    if shape == "default":
        return True
    if shape in ("circle", "ellipse"):
        x, y, across = coords[:3]
        down = coords[3] if shape == "ellipse" else across
        coords = (x - across, y - down, x + across, y + down)
    return min(coords) >= 0 and max(coords[::2]) <= width and max(coords[1::2]) <= height


def _in_polygon(corners: Sequence[tuple[int, int]], x: int, y: int) -> bool:
    """Return whether a point lies in a polygon: a ray from it crosses the outline an odd number of times."""
    odd = False
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        if turn == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
        if (y1 > y) != (y2 > y) and (turn > 0) == (y2 > y1):
            odd = not odd
    return odd
