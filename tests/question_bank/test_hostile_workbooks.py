"""Entities in the XML of a workbook give nothing away and grow to nothing; a disguised .xls is named."""

from pathlib import Path

import pytest

from question_bank.formats.spreadsheet import SpreadsheetRefused, read_items
from tests.question_bank.workbooks import HEADER, make_xlsx, with_part

PLAIN = make_xlsx([HEADER, ["单选题", "题干在这里", "甲", "乙", "", "", "A"]])
SHARED = (
    '<?xml version="1.0" encoding="UTF-8"?>{doctype}'
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{strings}</sst>'
)
TEXTS = [*HEADER, "单选题", "{entity}题干", "甲", "乙"]
BOMB = '<!ENTITY a0 "bomb">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9)
)  # a hundred million times four letters


def hostile(entity: str, doctype: str) -> bytes:
    """Return a workbook whose stem refers to an entity."""
    strings = "".join(f"<si><t>{text.format(entity=entity)}</t></si>" for text in TEXTS)
    body = SHARED.format(doctype=f"<!DOCTYPE sst [{doctype}]>", strings=strings)
    return with_part(PLAIN, "xl/sharedStrings.xml", body.encode())


@pytest.mark.parametrize(
    ("entity", "doctype"),
    [
        ("&x;", '<!ENTITY x SYSTEM "file://{secret}">'),
        ("&x;", '<!ENTITY % y SYSTEM "http://example.com/y.dtd">%y;'),
        ("&a8;", BOMB),
    ],
    ids=["external entity", "external subset", "bomb"],
)
def test_no_entity_of_a_workbook_is_followed(entity: str, doctype: str, tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("bomb")
    content = hostile(entity, doctype.replace("{secret}", str(secret)))
    try:
        stems = [item.parts[0].stem for item in read_items(content, "a.xlsx").items]
    except SpreadsheetRefused:
        return
    assert all(len(stem) < 50 and "bomb" not in stem for stem in stems)


def test_an_old_workbook_by_another_name_is_refused_with_the_way_out():
    with pytest.raises(SpreadsheetRefused, match="旧版 Excel"):
        read_items(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "题.xlsx")
