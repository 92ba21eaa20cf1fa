"""Which option of an edited part is which: what a rule names must not come to mean another."""

from itertools import islice

import pytest

from question_bank.item import Part
from tests.question_bank.builders import make_item, part_json
from tiejun.bank.draft_ids import new_ids, with_ids
from tiejun.bank.draft_lines import part_of_lines


def order() -> Part:
    """Return 步骤a … 步骤d with ids p … s; the right order is c, a, d, b."""
    options = [{"id": new, "text": f"步骤{old}"} for new, old in zip("pqrs", "abcd", strict=True)]
    return make_item("order", parts=[part_json("order", options=options, key=["r", "p", "s", "q"])]).parts[0]


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ("步骤c\n步骤a\n步骤d\n步骤b", ["r", "p", "s", "q"]),
        ("步骤a\n步骤c\n步骤d\n步骤b", ["p", "r", "s", "q"]),
        ("步骤c\n步骤甲\n步骤d\n步骤b", ["r", "p", "s", "q"]),
        ("步骤c\n步骤d\n步骤b", ["r", "s", "q"]),
        ("步骤a\n步骤d\n步骤b\n另一步", ["p", "s", "q", "o1"]),
    ],
    ids=["as it was", "in another order", "a misprint put right", "one less", "one for another"],
)
def test_an_option_keeps_its_id_by_its_words_or_its_line(lines: str, key: list[str]):
    found = with_ids(part_of_lines("order", "题干", lines), order())

    assert found["key"] == key
    assert {one["id"] for one in found["options"]} == set(key)


def test_what_was_there_keeps_its_place_among_the_options():
    found = with_ids(part_of_lines("order", "题干", "步骤b\n步骤a\n新步骤\n步骤c\n步骤d"), order())

    assert [one["id"] for one in found["options"]] == ["p", "q", "r", "s", "o1"]


def test_marks_in_a_stem_follow_their_options():
    base = make_item("hottext", parts=[part_json("hottext")]).parts[0]

    found = with_ids(part_of_lines("hottext", "[[新的]]、[[片段b]]在前，[[*片段a]]在后。", "1"), base)

    assert found["stem"] == "{{o1}}、{{b}}在前，{{a}}在后。"
    assert found["key"] == ["a"]


def test_both_columns_of_a_match_keep_their_ids():
    base = make_item("match", parts=[part_json("match")]).parts[0]

    found = with_ids(part_of_lines("match", "题干", "左b = 右n\n左c = 右y\n= 右x"), base)

    assert found["key"] == [["b", "t1"], ["c", "y"]]
    assert [one["id"] for one in found["targets"]] == ["x", "y", "t1"]


def test_new_ids_are_taken_by_nothing():
    assert list(islice(new_ids({"a", "c"}), 2)) == ["b", "d"]
    assert list(islice(new_ids({"t1"}, "t"), 2)) == ["t2", "t3"]
