"""The lists of make-ups and talks as workbooks (补考到期清单, 约谈台账)."""

from collections.abc import Sequence
from datetime import datetime

from tiejun.clock import beijing
from tiejun.exams.follow_up_queries import STATE_WORDS as TALK_WORDS
from tiejun.exams.follow_up_queries import FollowUpRow
from tiejun.exams.make_up_queries import CaseRow
from tiejun.exams.registration_export import workbook
from tiejun.exams.result_models import MakeUpState

STATE_WORDS = {
    MakeUpState.DUE: "未安排",
    MakeUpState.SCHEDULED: "已安排",
    MakeUpState.PASSED: "补考合格",
    MakeUpState.FAILED: "补考不合格",
}
HEADINGS = (
    "单位",
    "姓名",
    "证件号码",
    "考试",
    "原成绩",
    "成绩公布日",
    "补考截止",
    "剩余天数",
    "状态",
    "补考时间",
    "考点",
    "逾期原因",
)


TALK_HEADINGS = (
    "单位",
    "姓名",
    "证件号码",
    "考试",
    "约谈期限",
    "状态",
    "约谈日期",
    "约谈人",
    "决定日期",
    "调往岗位",
)


def talk_list(rows: Sequence[FollowUpRow], now: datetime) -> bytes:
    """Return the talks, one a row; what was said and why was decided stays in the case."""
    title = f"约谈台账（截至{beijing(now):%Y-%m-%d}）"
    cells = [
        (
            row.unit.name,
            row.person.name,
            row.person.id_number_masked,
            row.exam.title,
            str(row.case.talk_due_on),
            TALK_WORDS[row.case.state],
            str(row.case.talked_on or ""),
            row.case.leader or "",
            str(row.case.decided_on or ""),
            row.case.new_post or "",
        )
        for row in rows
    ]
    return workbook("约谈", title, TALK_HEADINGS, cells, now)


def make_up_list(rows: Sequence[CaseRow], now: datetime) -> bytes:
    """Return the cases, one a row, as of the day of `now` in Beijing."""
    title = f"补考到期清单（截至{beijing(now):%Y-%m-%d}）"
    return workbook("补考", title, HEADINGS, [_cells(row) for row in rows], now)


def _cells(row: CaseRow) -> tuple[str | float, ...]:
    sitting = row.sitting
    due = f"{row.case.due_on}{'（暂定）' if row.case.due_is_provisional else ''}"
    return (
        row.unit.name,
        row.person.name,
        row.person.id_number_masked,
        row.exam.title,
        "缺考" if row.is_absent else row.result.raw_score,
        str(row.case.published_on),
        due,
        row.days_left,
        STATE_WORDS[row.case.state],
        f"{beijing(sitting.starts_at):%Y-%m-%d %H:%M}" if sitting else "",
        (sitting.venue or "线上") if sitting else "",
        row.case.overdue_reason or "",
    )
