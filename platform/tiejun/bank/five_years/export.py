"""The list of the five years as an Excel file."""

from collections.abc import Mapping, Sequence

from tiejun.bank.five_years.queries import CitedBy, ListedLaw
from tiejun.bank.five_years.words import MEMBERSHIP_WORDS
from tiejun.clock import beijing
from tiejun.workbooks import Cell, Sheet, write_workbook

HEADINGS = ("名称", "类别", "通过方式", "文号", "公布日期", "施行日期", "正文", "状态")
OF_THE_BANK = ("决定人", "决定时间", "练习题", "考试题", "课", "案例")


def list_workbook(lines: Sequence[ListedLaw], cited: Mapping[str, CitedBy] | None) -> bytes:
    """Return the list as a workbook; without `cited`, for people outside the bank, not who decided either."""
    if cited is None:
        sheet = Sheet("近五年新颁布法规", HEADINGS, [_cells(line) for line in lines])
    else:
        rows = [(*_cells(line), *_of_the_bank(line, cited[line.law.id])) for line in lines]
        sheet = Sheet("近五年新颁布法规", (*HEADINGS, *OF_THE_BANK), rows)
    return write_workbook([sheet])


def _cells(line: ListedLaw) -> tuple[Cell, ...]:
    law = line.law
    return (
        law.title,
        law.kind,
        law.change_type or "",
        law.doc_no or "",
        f"{line.promulgated:%Y-%m-%d}" if line.promulgated else "",
        f"{law.effective:%Y-%m-%d}" if law.effective else "",
        "有" if law.text_digest else "缺",
        str(MEMBERSHIP_WORDS[line.membership]),
    )


def _of_the_bank(line: ListedLaw, cited: CitedBy) -> tuple[Cell, ...]:
    decision = line.decision
    return (
        decision.decided_by if decision else "",
        f"{beijing(decision.decided_at):%Y-%m-%d %H:%M}" if decision else "",
        cited.practice,
        cited.exam,
        cited.lessons,
        cited.cases,
    )
