"""Paragraphs and items that items cite, and the mark of the passage to new law, in every form of an item."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from question_bank.formats.bank_csv import write_csv
from question_bank.formats.bank_sheet import write_bank
from question_bank.formats.gift import read_gift
from question_bank.formats.gift_write import write_gift
from question_bank.formats.item_json import read_json, write_json
from question_bank.formats.moodle_write import write_moodle
from question_bank.formats.moodle_xml import read_moodle
from question_bank.formats.spreadsheet import read_csv_items, read_items
from question_bank.formats.template import write_template
from question_bank.item import Citation, Item
from tests.question_bank.builders import item_json
from tests.question_bank.workbooks import make_xlsx

CODE = "eco-env-code-2026"
PLACES: list[dict[str, Any]] = [
    {"law": CODE, "article": "1054"},
    {"law": CODE, "article": "1054", "paragraph": 2},
    {"law": CODE, "article": "1054", "paragraph": 2, "item": 3},
    {"law": CODE, "article": "1060", "item": 1},
    {"law": "criminal-law", "article": "120-1", "paragraph": 1},
]
UNKNOWN = [{"law": "not-registered-2020", "article": "3-1", "paragraph": 1, "item": 2}]
ROUND_TRIPS: dict[str, Callable[[list[Item]], Sequence[Item]]] = {
    "csv": lambda items: read_csv_items(write_csv(items).content, "题库.csv").items,
    "excel": lambda items: read_items(write_bank(items).content, "题库.xlsx").items,
    "gift": lambda items: read_gift(write_gift(items).content).items,
    "moodle": lambda items: read_moodle(write_moodle(items).content).items,
    "json": lambda items: read_json(write_json(items, {}).content).items,
}


@pytest.mark.parametrize("there_and_back", ROUND_TRIPS.values(), ids=ROUND_TRIPS)
@pytest.mark.parametrize("citations", [PLACES, [*PLACES, *UNKNOWN]], ids=["titles", "codes"])
def test_places_and_the_mark_come_back_from_every_file(
    there_and_back: Callable[[list[Item]], Sequence[Item]], citations: list[dict[str, Any]]
):
    item = Item.from_json(item_json(citations=citations, transitional=True))
    assert list(there_and_back([item])) == [item]


def test_what_names_no_place_and_is_not_marked_says_just_what_it_said_before():
    old = item_json()
    item = Item.from_json(old)
    assert item.to_json() == {"figures": []} | old
    assert not item.transitional
    assert Item.from_json(old | {"transitional": False}).to_json() == item.to_json()
    assert Item.join(item.content_json(), item.key_json()) == item


def test_the_mark_and_the_places_are_kept_from_candidates():
    item = Item.from_json(item_json(citations=PLACES, transitional=True))
    assert item.citations[2] == Citation(CODE, "1054", 2, 3)
    assert Item.join(item.content_json(), item.key_json()) == item
    assert item.content_json().keys() == {"kind", "stimulus", "parts"}


def test_a_sheet_of_ones_own_may_have_the_column_too():
    head = ["题型", "题干", "答案", "依据", "新旧衔接"]
    rows = [
        head,
        ["判断题", "旧法的处罚比新法轻。", "正确", "《生态环境法典》第一千零五十四条第二款第（三）项", "是"],
        ["判断题", "新法没有溯及力。", "正确", "", ""],
        ["判断题", "水往高处流。", "错误", "", "也许"],
    ]
    report = read_items(make_xlsx(rows), "题库.xlsx")
    assert [item.transitional for item in report.items] == [True, False]
    assert report.items[0].citations == (Citation(CODE, "1054", 2, 3),)
    assert [problem.field for problem in report.problems] == ["新旧衔接"]
    assert write_template()
