"""Which endings an upload takes: those it accepts that can be checked."""

import pytest

from question_bank.lint import lint
from question_bank.syllabus import load_syllabus
from question_bank.uploads import ENDINGS, taken
from tests.question_bank.builders import make_item, part_json


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ((), ENDINGS),
        (("pdf",), ("pdf",)),
        (("jpg",), ("jpg", "jpeg")),
        (("jpeg", "docx"), ("docx", "jpg", "jpeg")),
        (("zip", "pdf"), ("pdf",)),
        (("zip", "exe"), ()),
    ],
)
def test_what_can_be_checked_is_taken(accept: tuple[str, ...], found: tuple[str, ...]):
    assert taken(accept) == found


def test_an_item_whose_files_nobody_can_check_is_advised_against():
    def advice(accept: list[str]) -> list[str]:
        item = make_item("upload", parts=[part_json("upload", accept=accept)])
        return [problem.field for problem in lint(item, load_syllabus()) if problem.field == "accept"]

    assert advice(["zip"]) == ["accept"]
    assert advice(["pdf", "zip"]) == []
