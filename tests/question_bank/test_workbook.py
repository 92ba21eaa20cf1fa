"""Files that are not what they seem are refused, with the way out."""

import io
import zipfile

import pytest

from question_bank.formats import workbook
from question_bank.formats.workbook import SpreadsheetRefused, read_sheets
from tests.question_bank.workbooks import make_xlsx, sheet_xml, with_part

SHEET = "xl/worksheets/sheet1.xml"
GOOD = make_xlsx([["甲", 1, 2.5], ["乙"]])


def test_cells_are_read_by_row_from_the_first() -> None:
    sheets = read_sheets(GOOD)

    assert [(sheet.name, sheet.rows) for sheet in sheets] == [("Sheet1", [["甲", 1, 2.5], ["乙", "", ""]])]


def test_a_formula_is_read_by_its_value() -> None:
    rows = '<row r="1"><c r="A1" t="str"><f>CHAR(66)</f><v>B</v></c><c r="B1"><f>1+1</f><v>2</v></c></row>'

    assert read_sheets(with_part(GOOD, SHEET, sheet_xml(rows)))[0].rows == [["B", 2.0]]


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 2000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "不是有效的"),
        (b"a,b,c\n1,2,3\n", "不是有效的"),
        (b"<html></html>", "不是有效的"),
        (OLE, "旧版 Excel"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "已加密"),
        (GOOD[: len(GOOD) // 2], "已损坏"),
        (GOOD[:200] + b"\xff" * 400 + GOOD[600:], "已损坏"),
        (with_part(GOOD, SHEET, b"<worksheet><sheetData><row"), "已损坏"),
    ],
)
def test_what_is_no_workbook_is_refused_with_the_way_out(content: bytes, message: str) -> None:
    with pytest.raises(SpreadsheetRefused, match=message):
        read_sheets(content)


def test_another_archive_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "x")

    with pytest.raises(SpreadsheetRefused, match="不是有效的"):
        read_sheets(target.getvalue())


def test_a_bomb_is_refused_before_the_reader_sees_it() -> None:
    bomb = with_part(GOOD, "xl/media/image1.png", b"\x00" * (workbook.RATIO_FROM + 1))

    with pytest.raises(SpreadsheetRefused, match="过大"):
        read_sheets(bomb)


def test_what_is_large_but_no_bomb_is_read() -> None:
    assert read_sheets(with_part(GOOD, "xl/media/image1.png", b"\x00" * (workbook.RATIO_FROM - 100_000)))


def test_the_size_inside_is_capped_whatever_the_directory_says(monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        size = sum(part.file_size for part in archive.infolist())

    monkeypatch.setattr(workbook, "MAX_UNPACKED", size)
    assert read_sheets(GOOD)
    monkeypatch.setattr(workbook, "MAX_UNPACKED", size - 1)
    with pytest.raises(SpreadsheetRefused, match="过大"):
        read_sheets(GOOD)


def test_a_directory_that_understates_a_part_is_refused() -> None:
    large = with_part(GOOD, "xl/x.bin", bytes(300_000))
    with zipfile.ZipFile(io.BytesIO(large)) as archive:
        true_size = archive.getinfo("xl/x.bin").file_size.to_bytes(4, "little")
    lying = large.replace(true_size, (1000).to_bytes(4, "little"))

    with pytest.raises(SpreadsheetRefused):
        read_sheets(lying)


def filled(place: str) -> str:
    return f'<c r="{place}"><v>1</v></c>'


@pytest.mark.parametrize(
    "rows",
    [
        f'<row r="1">{filled("A1")}</row><row r="1048576">{filled("XFD1048576")}</row>',
        f'<row r="1">{filled("A1")}</row><row r="1048576"><c><v>1</v></c><c><v>1</v></c></row>',
        f'<row r="1">{filled("A1")}{filled("B2000001")}</row>',
        f'<row r="1">{filled("A1")}<c x=">" r="XFD1048576"><v>1</v></c></row>',
    ],
)
def test_two_cells_far_apart_do_not_fill_the_memory(rows: str) -> None:
    with pytest.raises(SpreadsheetRefused, match="过大"):
        read_sheets(with_part(GOOD, SHEET, sheet_xml(rows)))


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="&#88;FD1048576"><v>1</v></c>',
        '<c r="A99999999"><v>1</v></c>',
        "<c r=A1><v>1</v></c>",
        "<c r='A1'",
    ],
)
def test_a_cell_that_can_be_read_in_two_ways_is_refused(cell: str) -> None:
    with pytest.raises(SpreadsheetRefused, match="已损坏"):
        read_sheets(with_part(GOOD, SHEET, sheet_xml(f'<row r="1">{cell}</row>')))


def test_cells_without_an_address_are_read_in_order() -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"

    assert read_sheets(with_part(GOOD, SHEET, sheet_xml(rows)))[0].rows == [[1.0, 2.0], [3.0, ""]]
    assert len(read_sheets(with_part(GOOD, SHEET, sheet_xml(rows * 2000)))[0].rows) == 4000


def test_formatted_blank_cells_far_down_do_no_harm() -> None:
    rows = f'<row r="1">{filled("A1")}</row><row r="1048576"><c r="XFD1048576" s="1"/></row>'

    assert read_sheets(with_part(GOOD, SHEET, sheet_xml(rows)))[0].rows == [[1.0]]


def test_one_long_text_repeated_by_many_cells_does_not_fill_the_memory() -> None:
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = f'<sst xmlns="{namespace}"><si><t>{"长" * 20_000}</t></si></sst>'
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 5001))
    content = with_part(with_part(GOOD, "xl/sharedStrings.xml", strings.encode()), SHEET, sheet_xml(rows))

    with pytest.raises(SpreadsheetRefused, match="过大"):
        read_sheets(content)
