"""What people of the demo answer fits every type of part: right ones earn all, wrong ones not."""

import pytest

from question_bank.scoring import score_response
from tests.question_bank.builders import FURTHER, make_item, part_json
from tiejun.demo.answers import answer_to
from tiejun.demo.further import ITEMS

PARTS = [make_item(kind=kind, parts=[part_json(kind)]).parts[0] for kind in FURTHER if kind != "upload"]
PARTS += [item.parts[0] for item in ITEMS if item.parts[0].type != "upload"]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.type.value)
def test_right_and_wrong_answers_to_the_further_types(part):
    right = score_response(part, answer_to(part, is_right=True))
    wrong = score_response(part, answer_to(part, is_right=False))

    assert right.points == right.maximum
    assert wrong.points < wrong.maximum
