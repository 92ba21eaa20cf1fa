"""The further types in the editor's own writing: there and back, and what it cannot say."""

from typing import Any

import pytest

from question_bank.item import Part
from tests.question_bank.builders import FURTHER, make_item, part_json
from tiejun.bank.draft_lines import LINED, as_part, fits, lines_of_part, part_of_lines

WRITTEN = {
    "inline_choice": ("自____起____日内", "选项a | *选项b\n*选项c | 选项d | 选项e"),
    "match": ("题干", "左a = 右y\n左b = 右x\n左c = \n= 右z"),
    "order": ("题干", "步骤c\n步骤a\n步骤d\n步骤b"),
    "gap_match": ("先____，再____，后____", "词d\n-\n词a\n词b\n词c"),
    "slider": ("题干", "0 10 0.5 = 2.5"),
}


def part(kind: str, **changes: Any) -> Part:
    return make_item(kind, parts=[part_json(kind) | {"stem": part_json(kind)["stem"]} | changes]).parts[0]


def with_stem(kind: str, **changes: Any) -> Part:
    stem = {} if "stem" in FURTHER[kind] else {"stem": "题干"}
    return part(kind, **(stem | changes))


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_part_is_written_as_people_write_it_and_read_back(kind: str):
    assert lines_of_part(with_stem(kind)) == WRITTEN[kind]
    assert fits(with_stem(kind))


def test_fragments_are_marked_in_the_stem():
    marked = with_stem("hottext")

    assert lines_of_part(marked) == ("甲[[*片段a]]乙[[片段b]]，丙[[*片段c]]。", "2")
    assert fits(marked)
    assert lines_of_part(with_stem("hottext", most=0))[1] == ""


def test_several_right_items_and_words_used_twice_lift_the_limit():
    assert part_of_lines("match", "题干", "甲 = 一 | 二\n乙 = 一")["most"] == 0
    assert part_of_lines("gap_match", "____和____", "甲\n甲\n乙")["most"] == 0
    assert part_of_lines("gap_match", "____和____", "甲\n乙")["most"] == 1


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("order", {"key": ["a", "b"]}),
        ("match", {"most": 2}),
        ("match", {"targets": [{"id": one, "text": f"右|{one}"} for one in "xyz"]}),
    ],
)
def test_what_the_writing_cannot_say_is_known(kind: str, changes: dict[str, Any]):
    assert not fits(with_stem(kind, **changes))


@pytest.mark.parametrize("kind", sorted(LINED))
@pytest.mark.parametrize("lines", ["", "=", "*", "a b c", "|"])
def test_half_written_lines_make_no_part(kind: str, lines: str):
    assert as_part(kind, part_of_lines(kind, "题干", lines)) is None
