"""The further types in the editor's own writing: there and back, and what it cannot say."""

from typing import Any

import pytest

from question_bank.item import Part
from tests.question_bank.builders import DIGEST, FURTHER, make_item, part_json
from tiejun.bank.draft_lines import LINED, as_part, lines_of_part, part_of_lines, usual_most

WRITTEN = {
    "inline_choice": ("自____起____日内", "选项a | *选项b\n*选项c | 选项d | 选项e"),
    "match": ("题干", "左a = 右y\n左b = 右x\n左c = \n= 右z"),
    "order": ("题干", "步骤c\n步骤a\n步骤d\n步骤b"),
    "hotspot": ("题干", "*圆 10,10,5 = 排口\n矩形 20,20,40,40 = 车间\n*多边形 50,50 60,50 60,60 = 围墙"),
    "gap_match": ("先____，再____，后____", "词d\n-\n词a\n词b\n词c"),
    "slider": ("题干", "0 10 0.5 = 2.5"),
}
IMAGE = {"image": DIGEST}
BARS = [{"id": one, "text": f"右|{one}"} for one in "xyz"]


def texts(*words: str) -> list[dict[str, str]]:
    return [{"id": letter, "text": word} for letter, word in zip("abcd", words, strict=False)]


def part(kind: str, **changes: Any) -> Part:
    return make_item(kind, parts=[part_json(kind) | {"stem": part_json(kind)["stem"]} | changes]).parts[0]


def with_stem(kind: str, **changes: Any) -> Part:
    stem = {} if "stem" in FURTHER[kind] else {"stem": "题干"}
    return part(kind, **(stem | changes))


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_part_is_written_as_people_write_it_and_read_back(kind: str):
    assert lines_of_part(with_stem(kind)) == WRITTEN[kind]
    assert (
        as_part(kind, part_of_lines(kind, *WRITTEN[kind]) | (IMAGE if kind == "hotspot" else {})) is not None
    )


def test_fragments_are_marked_in_the_stem():
    marked = with_stem("hottext")

    assert lines_of_part(marked) == ("甲[[*片段a]]乙[[片段b]]，丙[[*片段c]]。", "2")
    assert lines_of_part(with_stem("hottext", most=0))[1] == ""


def test_several_right_items_and_words_used_twice_lift_the_limit():
    assert part_of_lines("match", "题干", "甲 = 一 | 二\n乙 = 一")["most"] == 0
    assert part_of_lines("gap_match", "____和____", "甲\n甲\n乙")["most"] == 0
    assert part_of_lines("gap_match", "____和____", "甲\n乙")["most"] == 1


@pytest.mark.parametrize(
    ("kind", "changes", "lines"),
    [
        ("order", {"key": ["a", "b"]}, "步骤a\n步骤b\n- 步骤c\n- 步骤d"),
        (
            "order",
            {"options": [{"id": "a", "text": "- 减"}, {"id": "b", "text": "甲\n乙"}], "key": ["a", "b"]},
            "\\- 减\n甲↵乙",
        ),
        (
            "match",
            {"targets": [{"id": one, "text": f"右|{one}"} for one in "xyz"]},
            "左a = 右\\|y\n左b = 右\\|x\n左c = \n= 右\\|z",
        ),
        ("hotspot", {"options": [], "key": [[1, 2], [30, 4]]}, "点 1,2\n点 30,4"),
    ],
)
def test_signs_that_mean_something_are_told_from_those_of_a_text(
    kind: str, changes: dict[str, Any], lines: str
):
    scoring = {"scoring": {"areas": [["default", [], 1]], "full": 1}} if kind == "hotspot" else {}
    assert lines_of_part(with_stem(kind, **changes, **scoring))[1] == lines


def test_how_many_may_be_chosen_is_asked_where_the_lines_do_not_say():
    assert usual_most(with_stem("match", most=2)) == 1
    assert usual_most(with_stem("hotspot")) == 2
    assert usual_most(with_stem("order")) is None


@pytest.mark.parametrize("kind", sorted(LINED))
@pytest.mark.parametrize("lines", ["", "=", "*", "a b c", "|"])
def test_half_written_lines_make_no_part(kind: str, lines: str):
    assert as_part(kind, part_of_lines(kind, "题干", lines)) is None
