"""A picture on which points are marked (selectPointInteraction), scored by the areas in which they lie.

Public: `read_points`, `set_point_key`, `point_scoring`.

Our table of areas says what the item's areaMapping says, so the item's rules may look at the points through
mapResponsePoint alone, and give what it gives. The areas are the places to try: a point in the middle of
each, one in each overlap of two, and one in none.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, product
from random import Random
from typing import Any

from lxml import etree

from question_bank.areas import inside
from question_bank.formats.image_size import scaled_area
from question_bank.formats.qti_asked import Asked, number_attribute
from question_bank.formats.qti_keys import FLOOR, KEY, RULES, Trial
from question_bank.formats.qti_rule_tree import table_of
from question_bank.formats.qti_values import AreaMapping, Bag, QtiRefused, Response, Single, Value, members
from question_bank.response_rules import area_points
from question_bank.terms import PartType
from question_bank.value_shapes import MAX_SPOTS
from question_bank.words import said

Json = dict[str, Any]
_TRIES = 100
_BY_AREAS = said("图上标点题只能按区域（mapResponsePoint）计分，本题的评分规则不是")
_Scale = tuple[float, float]


def read_points(image: str, scale: _Scale, interaction: etree._Element, response: Response) -> Asked:
    """Return the question; `scale` is how much larger the picture is than the item draws it."""
    most = 1 if response.cardinality == "single" else number_attribute(interaction, "maxChoices", 1)
    if response.areas is None or not response.areas.entries:
        raise QtiRefused(RULES, said("图上标点题没有写明各区域的分值（areaMapping）"))
    part: Json = {"type": PartType.HOTSPOT.value, "options": [], "image": image, "most": most}
    return Asked(part, [response], [_places(response)], most=most, scale=scale)


def set_point_key(trial: Trial, asked: Asked) -> None:
    """Put the points that earn the most into the part as its key, and into the trial.

    Raises:
        QtiRefused: if the rules are others than the sum over the areas, or no point earns anything.
    """
    (response,) = asked.responses
    if not trial.rules.are_there or not _by_areas_alone(trial.rules.tree["rules"], response.id):
        raise QtiRefused(RULES, _BY_AREAS)
    table = table_of(_areas(response))
    best = _best(asked, response, table)
    declared = response.correct
    if declared is not None and area_points(table, declared) == area_points(table, best):
        best = declared
    trial.right[response.id] = best
    _need_sum_over_areas(trial, asked, table)
    asked.part["key"] = [
        [round(place * factor) for place, factor in zip(_point(str(one)), asked.scale, strict=True)]
        for one in members(best)
    ]


def point_scoring(asked: Asked) -> Json:
    """Return the table of areas, in pixels of our picture; `full` is still to come."""
    table = table_of(_areas(asked.responses[0]))
    rows = [[shape, scaled_area(coords, *asked.scale), points] for shape, coords, points in table["rows"]]
    limits = {name: table.get(name) for name in ("lower", "upper")}
    return {"areas": rows, "default": table["default"], **limits}


def _areas(response: Response) -> AreaMapping:
    assert response.areas is not None
    return response.areas


def _best(asked: Asked, response: Response, table: Json) -> Value:
    """Return the fewest points that earn the most, one more being taken as long as it adds something."""
    chosen: tuple[Single, ...] = ()
    worth = Decimal(0)
    while len(chosen) < (asked.most or MAX_SPOTS):
        grown = [(*chosen, place) for place in asked.pool[0]]
        more = max(grown, key=lambda some: area_points(table, _bag(some, response)))
        if area_points(table, _bag(more, response)) <= worth:
            break
        chosen, worth = more, area_points(table, _bag(more, response))
    if not chosen:
        raise QtiRefused(RULES, said("评分规则对哪个答案都不给分"))
    return _bag(chosen, response)


def _bag(chosen: Sequence[Single], response: Response) -> Value:
    return chosen[0] if response.cardinality == "single" else Bag(tuple(chosen))


def _need_sum_over_areas(trial: Trial, asked: Asked, table: Json) -> None:
    """Refuse rules that make something else of what the areas earn."""
    (response,) = asked.responses
    none = trial.score({response.id: None})
    random = Random(0)
    ones = [_bag((place,), response) for place in asked.pool[0]]
    tried = [*ones[:_TRIES], *(asked.some_answers(random)[response.id] for _ in range(_TRIES))]
    for value in [trial.right[response.id], *tried]:
        if value is None:
            continue
        if trial.score({response.id: value}) - none != area_points(table, value):
            raise QtiRefused(RULES, _BY_AREAS)
        if area_points(table, value) < 0:
            trial.warn(RULES, FLOOR)


def _by_areas_alone(node: object, response: str) -> bool:
    """Return whether rules look at a response through mapResponsePoint, or ask whether there is one."""
    if not isinstance(node, list) or node[:1] == ["isNull"]:
        return True
    if node in (["variable", response], ["mapResponse", response]):
        return False
    return all(_by_areas_alone(inner, response) for inner in node)


def _places(response: Response) -> list[Single]:
    """Return a point for each area, for each overlap of two that have one, and one outside of all."""
    shapes = [(one.shape, one.coords) for one in _areas(response).entries]
    found = [point for shape, coords in shapes for point in _within(shape, coords)]
    boxes = [_box(shape, coords) for shape, coords in shapes]
    for (one, box), (other, second) in combinations(zip(shapes, boxes, strict=True), 2):
        grid = _grid(
            [max(box[0], second[0]), max(box[1], second[1]), min(box[2], second[2]), min(box[3], second[3])]
        )
        found += [point for point in grid if inside(*one, point) and inside(*other, point)][:1]
    edge = max((box[2] for box in boxes), default=0) + 1
    outside = [(edge, 0)] if not any(inside(shape, coords, (edge, 0)) for shape, coords in shapes) else []
    declared = [_point(str(one)) for one in members(response.correct)]
    return list(dict.fromkeys(f"{x} {y}" for x, y in [*declared, *found, *outside]))


def _within(shape: str, coords: Sequence[int]) -> list[tuple[int, int]]:
    """Return a point of an area, in its middle where that belongs to it."""
    left, top, right, bottom = _box(shape, coords)
    middle = ((left + right) // 2, (top + bottom) // 2)
    return [point for point in [middle, *_grid([left, top, right, bottom])] if inside(shape, coords, point)][
        :1
    ]


def _grid(box: Sequence[int]) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = box
    across, down = (
        sorted({*range(a, b + 1, max(1, (b - a) // 20)), b}) if a <= b else []
        for a, b in ((left, right), (top, bottom))
    )
    return product(across, down)


def _box(shape: str, coords: Sequence[int]) -> tuple[int, int, int, int]:
    if shape == "default":
        return 0, 0, 0, 0
    if shape in ("circle", "ellipse"):
        x, y, across, down = *coords[:3], coords[-1]
        return x - across, y - down, x + across, y + down
    return min(coords[::2]), min(coords[1::2]), max(coords[::2]), max(coords[1::2])


def _point(text: str) -> tuple[int, int]:
    try:
        x, y = (round(Decimal(number)) for number in text.split())
    except (ArithmeticError, ValueError) as error:
        raise QtiRefused(KEY, said("“%(text)s”不是图上的点", text=text[:40])) from error
    return x, y
