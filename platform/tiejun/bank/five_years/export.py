"""The list of the five years as an Excel file."""

from collections.abc import Mapping, Sequence

from tiejun.bank.five_years.queries import CitedBy, ListedLaw
from tiejun.bank.five_years.words import MEMBERSHIP_WORDS
from tiejun.clock import beijing
from tiejun.workbooks import Cell, Sheet, write_workbook

HEADINGS = ("名称", "类别", "通过方式", "文号", "公布日期", "施行日期", "正文", "状态", "决定人", "决定时间")
COUNTS = ("练习题", "考试题", "课", "案例")


def list_workbook(lines: Sequence[ListedLaw], cited: Mapping[str, CitedBy]) -> bytes:
    """Return the list as a workbook; without `cited`, for people who may not know the bank, no counts."""
    headings = HEADINGS + (COUNTS if cited else ())
    rows = [(*_cells(line), *_counts(cited.get(line.law.id))) for line in lines]
    return write_workbook([Sheet("近五年新颁布法规", headings, rows)])


def _cells(line: ListedLaw) -> tuple[Cell, ...]:
    law, decision = line.law, line.decision
    return (
        law.title,
        law.kind,
        law.change_type or "",
        law.doc_no or "",
        f"{line.promulgated:%Y-%m-%d}" if line.promulgated else "",
        f"{law.effective:%Y-%m-%d}" if law.effective else "",
        "有" if law.text_digest else "缺",
        str(MEMBERSHIP_WORDS[line.membership]),
        decision.decided_by if decision else "",
        f"{beijing(decision.decided_at):%Y-%m-%d %H:%M}" if decision else "",
    )


def _counts(cited: CitedBy | None) -> tuple[Cell, ...]:
    return (cited.practice, cited.exam, cited.lessons, cited.cases) if cited else ()
