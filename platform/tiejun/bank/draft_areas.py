"""Areas and points of a picture as lines of text. Pure.

Public: `part_of_areas`, `lines_of_areas`, `scored_areas`, `lines_of_scored`, `SHAPE_WORDS`.

A line is a shape, its numbers in pixels of the picture, and what stands behind "=":

    *圆 120,80,20 = 排污口      middle and radius; the star says that it is right
    矩形 10,20,110,90 = 车间    left, top, right, bottom
    椭圆 60,60,30,20 = 水池     middle, half its width, half its height
    多边形 0,0 40,0 40,30 = 围墙
    全图 = 其他地方             the whole picture
    点 120,80                   where candidates should point who choose no areas

The English words of QTI do as well. In a table of areas the points they earn stand behind "=".
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from question_bank.interaction_check import is_area
from question_bank.item import Part
from question_bank.words import Words, said
from tiejun.bank.draft_text import number_of, read, words_of_number, written

Json = dict[str, Any]
SHAPE_WORDS = {
    "circle": "圆",
    "rect": "矩形",
    "ellipse": "椭圆",
    "poly": "多边形",
    "default": "全图",
    "point": "点",
}
_SHAPES = {word: shape for shape, word in SHAPE_WORDS.items()} | {shape: shape for shape in SHAPE_WORDS}
_LINE = re.compile(r"(?P<right>[*＊]?)\s*(?P<shape>[^\W\d]+)(?P<coords>[^=＝]*)(?:[=＝](?P<rest>.*))?")
_NEEDED = {
    "circle": said("圆要写圆心的横、纵坐标和半径，如：圆 120,80,20"),
    "rect": said("矩形要写左、上、右、下，如：矩形 10,20,110,90"),
    "ellipse": said("椭圆要写中心的横、纵坐标和横、纵半径，如：椭圆 60,60,30,20"),
    "poly": said("多边形至少要写三个角，如：多边形 0,0 40,0 40,30"),
    "default": said("全图后面不写坐标"),
    "point": said("点要写横、纵坐标，如：点 120,80"),
}
START = said("每行以圆、矩形、椭圆、多边形、全图或点开头")


class _Area(NamedTuple):
    """A line that is well-formed; `rest` is what stands behind "=", still as written."""

    line: int
    shape: str
    coords: list[int]
    is_right: bool
    rest: str


def at_line(number: int, message: str) -> Words:
    """Return a complaint about a line, counted from 1."""
    return said("第 %(line)s 行：%(message)s", line=number, message=message)


def part_of_areas(lines: str) -> tuple[Json, list[Words]]:
    """Return options, key and choices of a hotspot, and what is wrong with its lines."""
    areas, faults = _read(lines)
    points = [area for area in areas if area.shape == "point"]
    labelled = [area for area in areas if area.shape != "point"]
    if points and labelled:
        faults.append(at_line(points[0].line, said("有了供选择的区域，就不能再写点")))
    faults += [
        at_line(area.line, said("“=”后面要写区域的名称")) for area in labelled if not area.rest.strip()
    ]
    if labelled:
        options = [
            {"id": f"o{n}", "text": read(area.rest), "shape": area.shape, "coords": area.coords}
            for n, area in enumerate(labelled, start=1)
        ]
        key: list[Any] = [
            option["id"] for option, area in zip(options, labelled, strict=True) if area.is_right
        ]
        return {"options": options, "key": key, "most": max(1, len(key))}, faults
    return {"options": [], "key": [area.coords for area in points], "most": max(1, len(points))}, faults


def lines_of_areas(part: Part) -> str:
    """Return the lines of a hotspot: its areas, or the points of its key."""
    key = part.key if isinstance(part.key, tuple) else ()
    if not part.options:
        return "\n".join(_line("point", point) for point in key)
    return "\n".join(
        ("*" if one.id in key else "") + f"{_line(str(one.shape), one.coords)} = {written(one.text)}"
        for one in part.options
    )


def scored_areas(lines: str) -> tuple[list[Any], list[Words]]:
    """Return the rows of a table of areas, and what is wrong with its lines."""
    areas, faults = _read(lines)
    rows = []
    for area in areas:
        points = number_of(area.rest)
        if area.shape == "point":
            faults.append(at_line(area.line, said("这里写区域，正确的点写在上面")))
        elif points is None:
            faults.append(at_line(area.line, said("“=”后面要写分值")))
        else:
            rows.append([area.shape, area.coords, points])
    return rows, faults


def lines_of_scored(rows: Sequence[Any]) -> str:
    """Return the lines of a table of areas."""
    return "\n".join(f"{_line(shape, coords)} = {words_of_number(points)}" for shape, coords, points in rows)


def _line(shape: str, coords: Sequence[int]) -> str:
    pairs = [f"{x},{y}" for x, y in zip(coords[::2], coords[1::2], strict=False)]
    numbers = " ".join(pairs) if shape == "poly" else ",".join(str(number) for number in coords)
    return f"{SHAPE_WORDS[shape]} {numbers}".strip()


def _read(lines: str) -> tuple[list[_Area], list[Words]]:
    found = list(_areas(lines))
    areas = [one for one in found if isinstance(one, _Area)]
    return areas, [one for one in found if not isinstance(one, _Area)]


def _areas(lines: str) -> Iterator[_Area | Words]:
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        shape = _SHAPES.get(found["shape"].lower()) if found else None
        if found is None or shape is None:
            yield at_line(number, START)
            continue
        texts = re.split(r"[\s,，;；]+", found["coords"].strip()) if found["coords"].strip() else []
        coords = [int(text) for text in texts if re.fullmatch(r"-?[0-9]{1,6}", text)]
        fits = len(coords) == 2 if shape == "point" else is_area(shape, coords)
        if len(coords) < len(texts) or not fits:
            yield at_line(number, _NEEDED[shape])
            continue
        yield _Area(number, shape, coords, bool(found["right"]), found["rest"] or "")
