"""The annual hour statement (学时证明) and the table of a unit's hours as a workbook."""

import io
from collections.abc import Sequence
from datetime import date, datetime

import xlsxwriter

from tiejun.clock import beijing
from tiejun.people.models import Person
from tiejun.prints.shapes import HoursData
from tiejun.study.hour_queries import HoursLine
from tiejun.study.models import HourEntry
from tiejun.study.queries import TARGET
from tiejun.study.rules import CATEGORY_WORDS, KIND_WORDS, HourKind, hours

GROUPS = ("线上课程与案例", "集中与外出培训", "自学")
GROUP_OF = {
    HourKind.ONLINE: 0,
    HourKind.CASE: 0,
    HourKind.CLASS: 1,
    HourKind.EXTERNAL: 1,
    HourKind.SELF_STUDY: 2,
}
HEADINGS = ("姓名", "证件号码", "单位", "学时合计", "所选类别学时", "完成比例", "状态")
STATE_WORDS = {"reached": "已达标", "under_way": "按进度", "behind": "落后"}


def statement(
    person: Person, unit_name: str, rows: Sequence[HourEntry], year: int, now: datetime, hour_minutes: int
) -> HoursData:
    """Return the data of the printed statement; `rows` are the person's entries of that year."""
    today = beijing(now).date()
    rows = sorted(rows, key=lambda row: (row.day, row.id))
    months = [[0.0] * len(GROUPS) for _month in range(12)]
    for row in rows:
        months[row.day.month - 1][GROUP_OF[HourKind(row.kind)]] += row.seconds / 60 / hour_minutes
    done = hours(sum(row.seconds for row in rows), hour_minutes)
    return {
        "title": "学时证明",
        "organiser": unit_name,
        "year": year,
        "person": {"name": person.name, "id": person.id_number_masked, "unit": unit_name},
        "from": date(year, 1, 1).isoformat(),
        "to": min(today, date(year, 12, 31)).isoformat(),
        "meters": [{"name": "年度学时", "target": TARGET, "done": done}],
        "rule_note": f"一学时为{hour_minutes}分钟",
        "months": [[round(max(0.0, part), 2) for part in month] for month in months],
        "kinds": list(GROUPS),
        "rows": [
            {
                "date": row.day.isoformat(),
                "what": row.title if row.corrects_id is None else f"更正：{row.title}（{row.reason}）",
                "kind": GROUP_OF[HourKind(row.kind)],
                "form": f"{KIND_WORDS[row.kind]}·{CATEGORY_WORDS[row.category]}",
                "hours": row.seconds / 60 / hour_minutes,
                "proof": row.evidence or row.approver or row.recorded_by,
            }
            for row in rows
        ],
        "note": "线上学时由系统按服务器时钟计入；其他学时由管理员凭证明材料登记。更正另记一条，原记录不改。",
        "signatures": ["本人", "单位", "经办人"],
        "serial": f"{year}年度学时证明",
        "printed": f"打印于 {beijing(now):%Y-%m-%d %H:%M}",
    }


def hours_workbook(lines: Sequence[HoursLine], year: int) -> bytes:
    """Return the officers with their hours; every text is written as text, so that none is a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(f"{year}年学时")
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(HEADINGS), 18)
        for column, heading in enumerate(HEADINGS):
            sheet.write_string(0, column, heading, bold)
        for number, line in enumerate(lines, start=1):
            texts = (line.person.name, line.person.id_number_masked, line.unit.name)
            for column, text in enumerate(texts):
                sheet.write_string(number, column, text)
            for column, figure in enumerate((line.total, line.shown, line.percent), start=3):
                sheet.write_number(number, column, figure)
            sheet.write_string(number, 6, STATE_WORDS[line.state])
    return out.getvalue()
