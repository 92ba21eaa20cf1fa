"""Workbooks made for tests: good ones, and files that are not what they seem."""

import io
import zipfile
from collections.abc import Sequence

import xlsxwriter

HEADER = ["题型", "题干", "A", "B", "C", "D", "答案"]
ONE_CELL_HEADER = ["试题类型", "题目内容", "题目选项（选项之间用**隔开）", "题目答案"]


def make_xlsx(*sheets: Sequence[Sequence[object]], names: Sequence[str] = ()) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        for number, rows in enumerate(sheets):
            sheet = workbook.add_worksheet(names[number] if names else None)
            for row_number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(row_number, column, value)
    return target.getvalue()


def with_part(workbook: bytes, name: str, body: bytes) -> bytes:
    """Return the workbook with one of its parts replaced or added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, body)
    return target.getvalue()


def sheet_xml(rows: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    ).encode()
