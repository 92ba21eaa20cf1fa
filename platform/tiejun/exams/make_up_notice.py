"""The make-up notice (补考通知书) of an arranged case, as data for the printer."""

from datetime import date, datetime, timedelta

from tiejun import regulation
from tiejun.calendar_cn import add_months
from tiejun.clock import beijing
from tiejun.exams.make_up_queries import CaseRow
from tiejun.exams.models import Registration, Sitting
from tiejun.people.levels import LEVEL_WORDS, TIER_WORDS
from tiejun.prints.shapes import NoticeData

WEEKDAYS = "一二三四五六日"
ADMISSION = timedelta(minutes=30)


def notice_data(row: CaseRow, organiser: str, exam_day: date, now: datetime) -> NoticeData:
    """Return the notice of an arranged case.

    Args:
        row: the case with its make-up sitting.
        organiser: name of the unit that holds the exam.
        exam_day: day of the exam that was failed or missed, in Beijing.
        now: present instant; its day in Beijing is the notice's.
    """
    assert row.sitting is not None
    assert row.registration is not None
    today = beijing(now).date()
    return {
        "title": "补考通知",
        "organiser": organiser,
        "doc_no": f"补考通知〔{today.year}〕{row.case.id}号",
        "person": {
            "name": row.person.name,
            "salutation": "同志",
            "unit": row.unit.name,
            "id": row.person.id_number_masked,
        },
        "paragraphs": [_why(row, exam_day)],
        "sitting": _sitting(row, row.sitting, row.registration),
        "deadline": {"label": "补考期限", "date": row.case.due_on.isoformat(), "how": _how(row)},
        "closing": [_closing(row)],
        "issuer": organiser,
        "issued_on": today.isoformat(),
        "printed": f"打印：{today.isoformat()}",
        "receipt": {
            "how": "请于收到之日起3个工作日内交回",
            "text": "本人已收到上述通知，知悉补考时间、地点和补考期限。",
            "choices": ["按时参加", "申请延期（附证明）", "信息有误"],
            "signatures": ["本人　签名 / 日期", "单位联系人　签名 / 日期", "联系电话"],
        },
    }


def _kind(row: CaseRow) -> str:
    return f"{LEVEL_WORDS[row.exam.level]}岗位培训（{TIER_WORDS[row.exam.tier]}）"


def _why(row: CaseRow, exam_day: date) -> str:
    published = _day(row.case.published_on)
    if row.is_absent:
        told = f"你报名的{_day(exam_day)}{_kind(row)}考试，考场记录为缺考，结果已于{published}公布。"
    else:
        told = (
            f"你于{_day(exam_day)}参加{_kind(row)}考试，成绩已于{published}公布，"
            f"为{row.result.raw_score:g}分，未达到合格分数线{row.result.cut_score:g}分。"
        )
    return f"{told}按规定应在成绩公布之日起半年内参加补考。现将补考安排通知如下。"


def _sitting(row: CaseRow, sitting: Sitting, place: Registration) -> list[list[str]]:
    starts, ends = beijing(sitting.starts_at), beijing(sitting.ends_at)
    admission = beijing(sitting.starts_at - ADMISSION)
    when = f"{_day(starts.date())}（星期{WEEKDAYS[starts.weekday()]}）{starts:%H:%M}—{ends:%H:%M}"
    where = f"{sitting.venue} {place.seat}座" if sitting.venue else f"线上考试，座位号{place.seat}"
    kind = f"{LEVEL_WORDS[row.exam.level]}{TIER_WORDS[row.exam.tier]}"
    return [
        ["补考时间", f"{when}，{admission:%H:%M}开始候考"],
        ["补考地点", where],
        ["方式与内容", f"上机闭卷；{kind}，新组试卷；时长{sitting.duration_seconds // 60}分钟"],
        ["携带证件", "居民身份证"],
    ]


def _how(row: CaseRow) -> str:
    nominal = add_months(row.case.published_on, regulation.MAKE_UP.value)
    how = f"自{_day(row.case.published_on)}起六个月"
    if nominal != row.case.due_on:
        how += f"，期满日{_day(nominal)}为休息日，顺延至次一工作日"
    if row.case.due_is_provisional:
        how += "；该年度节假日安排尚未公布，日期为暂定"
    return f"{how}。"


def _closing(row: CaseRow) -> str:
    late = "本次补考已超过上述期限，原因已经备案。" if row.case.overdue_reason else ""
    return (
        f"{late}补考只有这一次。补考仍不合格的，建议由所在生态环境部门负责同志约谈，并视情况调离执法岗位"
        f"（{regulation.MAKE_UP.clause}）。因病、产假、公务不能参加的，请在考试前向主办单位提交证明。"
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
