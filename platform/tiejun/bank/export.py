"""Items as files. No cell of a sheet can become a formula, whatever a stem says."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import xlsxwriter
from sqlalchemy.orm import Session

from question_bank.formats.aiken import write_aiken
from question_bank.formats.bank_csv import write_csv
from question_bank.formats.bank_sheet import write_bank
from question_bank.formats.gift_write import write_gift
from question_bank.formats.item_json import Picture, write_json
from question_bank.formats.moodle_write import write_moodle
from question_bank.formats.qti_write import QTI_22, QTI_30, write_qti
from question_bank.formats.written import Written
from question_bank.item import Item as ItemText
from tiejun.audit import Actor, record
from tiejun.bank import images, queries
from tiejun.bank.models import Citation, Item, ItemVersion
from tiejun.bank.rules import within_words
from tiejun.bank.secrecy import Sight
from tiejun.bank.words import kind_word, purpose_word, tiers_word, unit_title
from tiejun.clock import beijing

HEADERS = ("编号", "题型", "单元", "层级", "用途", "预估难度", "题干摘要", "依据", "版本", "更新时间")
WIDTHS = (16, 10, 28, 12, 8, 10, 70, 40, 8, 18)


def items_workbook(rows: Sequence[tuple[Item, ItemVersion]]) -> bytes:
    """Return the list of items as a workbook: what the list shows, no keys."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"constant_memory": True, "in_memory": False})
    sheet = workbook.add_worksheet("试题")
    bold = workbook.add_format({"bold": True, "bg_color": "#E7F1EC", "border": 1})
    for column, (header, width) in enumerate(zip(HEADERS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, header, bold)
    for number, (item, version) in enumerate(rows, start=1):
        for column, text in enumerate(_cells(item, version)):
            sheet.write_string(number, column, text)
    sheet.freeze_panes(1, 0)
    workbook.close()
    return out.getvalue()


def _cells(item: Item, version: ItemVersion) -> tuple[str, ...]:
    return (
        item.code,
        kind_word(item.kind),
        unit_title(item.unit),
        tiers_word(version.tiers),
        purpose_word(item.purpose),
        f"{item.difficulty:.2f}",
        item.excerpt,
        "；".join(_cited(citation) for citation in version.citations),
        str(item.current_version),
        f"{beijing(item.updated_at):%Y-%m-%d %H:%M}",
    )


def _cited(citation: Citation) -> str:
    within = within_words(citation.paragraph, citation.item)
    return f"{citation.law_id} {citation.article}{within}"


def bank_file(db: Session, sight: Sight, wanted: queries.ItemFilter, kind: str = "xlsx") -> Written:
    """Return items that fit as a file that the import reads back, keys included, and what it cannot hold.

    Args:
        kind: one of `KINDS`.
    """
    items = list(queries.texts_for_export(db, sight, wanted))
    with_images = _WITH_IMAGES.get(kind)
    return _WRITERS[kind](items) if with_images is None else with_images(items, _pictures(db, items))


def note_taken(db: Session, made: Written, actor: Actor, now: datetime, kind: str) -> None:
    """Note who took such a file."""
    left_out = len(made.left_out)
    record(db, actor, "items.exported", ("item_bank", kind), now, written=made.written, left_out=left_out)


def export_bank(
    db: Session,
    sight: Sight,
    wanted: queries.ItemFilter,
    actor: Actor,
    now: datetime,
    kind: str = "xlsx",
) -> Written:
    """Return such a file for somebody who takes it; that is noted."""
    made = bank_file(db, sight, wanted, kind)
    note_taken(db, made, actor, now, kind)
    return made


def _pictures(db: Session, items: Sequence[ItemText]) -> dict[str, Picture]:
    return {row.sha256: Picture(row.name, row.data) for row in images.rows(db, items)}


_WRITERS: dict[str, Callable[[Sequence[ItemText]], Written]] = {
    "xlsx": write_bank,
    "csv": write_csv,
    "moodle-xml": write_moodle,
    "gift": write_gift,
    "aiken": write_aiken,
}
_WITH_IMAGES: dict[str, Callable[[Sequence[ItemText], Mapping[str, Picture]], Written]] = {
    "json": write_json,
    "qti": partial(write_qti, version=QTI_30),
    "qti22": partial(write_qti, version=QTI_22),
}
KINDS = (*_WRITERS, *_WITH_IMAGES)
