"""Matching in the formats that know it as Moodle does: out and back the same, or left out by name."""

from hypothesis import given
from hypothesis import strategies as st

from question_bank.formats.gift import read_gift
from question_bank.formats.gift_write import write_gift
from question_bank.formats.moodle_write import write_moodle
from question_bank.formats.moodle_xml import read_moodle
from tests.question_bank.builders import make_item, part_json

WORDS = ("公开", "备案 1", "a->b", "七日", "=~#{}", "甲：乙", "二十日")
TEXTS = st.lists(st.sampled_from(WORDS), min_size=2, unique=True)


@given(TEXTS, st.data())
def test_pairs_go_out_and_come_back_the_same(lefts: list[str], data: st.DataObject):
    rights = data.draw(TEXTS)
    ids = [f"t{n}" for n in range(len(rights))]
    key = [[f"a{n}", data.draw(st.sampled_from(ids))] for n in range(len(lefts))]
    made = make_item(
        kind="match",
        parts=[
            part_json(
                "match",
                options=[{"id": f"a{n}", "text": text} for n, text in enumerate(lefts)],
                targets=[{"id": i, "text": text} for i, text in zip(ids, rights, strict=True)],
                key=key,
                most=1,
                scoring={"policy": "per_option"},
            )
        ],
    )
    assert read_moodle(write_moodle([made]).content).items == [made]
    gift = write_gift([made])
    assert gift.left_out or read_gift(gift.content).items == [made]


def test_a_match_scored_otherwise_is_left_out_by_name():
    made = make_item(kind="match", parts=[part_json("match")])
    for write in (write_moodle, write_gift):
        (left,) = write([made]).left_out
        assert "逐对计分" in str(left[1])
