"""Whatever a text file holds, its reader refuses it with a sentence or names each fault; it never breaks."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.formats.aiken import read_aiken
from question_bank.formats.gift import read_gift
from question_bank.formats.item_json import JsonRefused, read_json
from question_bank.formats.spreadsheet import SpreadsheetRefused, read_csv_items
from question_bank.formats.text_file import TextRefused, read_text

MARKS = ["{", "}", "=", "~", "#", "####", "%50%", "%.%", "->", "::", "\\", "//", "$CATEGORY:", "\n", ",", '"']
LINES = [
    "[html]<b><img src=x>",
    "\n\n",
    "A) 甲\nB. 乙\n",
    "ANSWER: B\n",
    "// tiejun: {}\n",
    '// tiejun: {"id": "T-1", "unit": 1}\n',
    "题干,答案,A,B\n",
    "题库编号,题型,题干,答案\n",
]
PIECES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.sampled_from(MARKS),
    st.sampled_from(LINES),
)
READERS: dict[str, Callable[[bytes], object]] = {
    "gift": read_gift,
    "aiken": read_aiken,
    "csv": lambda content: read_csv_items(content, "a.csv"),
    "json": read_json,
}


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=150)
@given(pieces=st.lists(PIECES, max_size=25))
def test_no_text_breaks_a_reader(name: str, pieces: list[str]):
    with suppress(JsonRefused, SpreadsheetRefused, TextRefused):
        READERS[name]("".join(pieces).encode())


@settings(max_examples=100)
@given(content=st.binary(max_size=60))
def test_bytes_are_text_or_refused(content: bytes):
    with suppress(TextRefused):
        assert "\0" not in read_text(content)
