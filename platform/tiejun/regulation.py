"""Every number that the law, a circular or our own proposal fixes, once, with where it comes from.

Code takes numbers from here and nowhere else; `docs/clauses.md` is `clauses_markdown()` written out.
An item of a circular is cited by its Chinese number: 环办执法〔2022〕21号 第七条 is its item （七）.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

CIRCULAR_2022 = "环办执法〔2022〕21号"
CARD_RULES_2013 = "环境监察执法证件管理办法（原环境保护部令第23号）"
CITY_PLAN_2020 = "巴中市能力建设计划（2020）"
OURS = "本平台"


class Standing(StrEnum):
    """How firm a number is."""

    LAW = "law"
    SETTING = "setting"
    PROPOSAL = "proposal"

    @property
    def label(self) -> str:
        """Return the Chinese word shown to administrators."""
        return {"law": "规定", "setting": "设置", "proposal": "建议"}[self.value]


@dataclass(frozen=True, slots=True)
class Provision(Generic[Value]):
    """One number with its source.

    `standing`: LAW is prescribed and must not be changed here; SETTING follows a source that leaves
    room or binds only some places, so an installation may set it otherwise; PROPOSAL is our own
    default where nothing was found.
    """

    meaning: str
    value: Value
    unit: str
    document: str
    item: str
    standing: Standing
    note: str = ""

    @property
    def clause(self) -> str:
        """Return document and item as cited, such as 环办执法〔2022〕21号 第七条."""
        return f"{self.document} {self.item}".strip()


def _law(meaning: str, value: Value, unit: str, item: str, note: str = "") -> Provision[Value]:
    return Provision(meaning, value, unit, CIRCULAR_2022, item, Standing.LAW, note)


def _city(meaning: str, value: Value, unit: str, item: str, note: str = "") -> Provision[Value]:
    return Provision(meaning, value, unit, CITY_PLAN_2020, item, Standing.SETTING, note)


def _ours(meaning: str, value: Value, unit: str, note: str = "") -> Provision[Value]:
    return Provision(meaning, value, unit, OURS, "", Standing.PROPOSAL, note)


# Plans, syllabus, trainers
PLAN_PERIOD = _law("省级岗位培训规划周期", 3, "年", "第二条", "期内在岗执法人员轮训一遍")
RECENT_LAWS = _law("在职培训至少包括新颁布法律法规规章的年限", 5, "年", "第四条", "按公布日计算")
NATIONAL_TRAINERS = _law("国家级师资库人数", 50, "人", "第五条", "2022年底目标；以后年度未规定")
PROVINCIAL_TRAINERS = _law("省级师资库最少人数", 20, "人", "第五条", "2022年底目标；以后年度未规定")

# Certificates
NATIONAL_NUMBER_DIGITS = _law("国家级合格证书编号位数", 8, "位", "第六条", "年份四位、序号四位")
PROVINCIAL_NUMBER_DIGITS = _law(
    "省级合格证书编号位数", 10, "位", "第六条", "省级行政区域代码两位、年份四位、序号四位"
)
NUMBER_SEQUENCE_MAX = _law("每年编号序号上限", 9999, "号", "第六条", "由四位序号得出；用尽即停止发证")
NUMBER_SEQUENCE_WARN = _ours("编号将用尽的提醒起点", 9000, "号")
NUMBER_YEAR = _ours("编号所用年份", "issue", "", "证书颁发当年（北京时间），不是考试当年")
CERTIFICATE_VALIDITY = Provision(
    "合格证书有效期", 5, "年", CARD_RULES_2013, "第十条", Standing.SETTING, "由五年内至少培训考试一次得出"
)
FILING_DEADLINE = _law("当年发证信息填报截止", (12, 31), "月日", "第六条", "原文：年底前")
CARD_INSPECTION = Provision("执法证件审验周期", 2, "年", CARD_RULES_2013, "第十六条", Standing.SETTING)
CARD_LAPSE = _ours("证件失效后改按首次申领的期限", 12, "个月", "超过即参加初级培训")

# Examination and make-up
MAKE_UP = _law("补考期限", 6, "个月", "第七条", "原文：半年内；按民法典第二百零一条至第二百零三条计算")
MAKE_UP_START = _ours("补考期限起算日", "published", "", "成绩公布之日；另一种理解是考试之日")
MAKE_UP_CHANCES = _law("补考次数", 1, "次", "第七条", "补考仍不合格的，建议约谈并视情况调离")
MAKE_UP_ABSENCE = _ours("补考缺考的处理", "fail", "", "按补考不合格处理；文件未规定")
TALK_DUE = _ours("补考不合格后约谈期限", 30, "天", "自补考成绩公布之日起；文件只建议约谈，未定期限")
FULL_SCORE = _ours("试卷满分", 100, "分", "见于地方通知，国家未公布")
CUT_SCORE = _ours("合格分数线", 60, "分", "见于地方通知，国家未公布")
EXAM_DURATION = _ours("考试时长", 120, "分钟", "国家未公布")
SECOND_MARKER_BAND = _ours("合格线上下须第二人评阅的分差", 3, "分")
THIRD_MARKER_SHARE = _ours("两人评分相差超过满分的多少须第三人评阅", 20, "%")
SYNC_GRACE = _ours("交卷后补传答案的宽限", 60, "秒")
INTEGRITY_RECORD = Provision(
    "严重违纪记录年限", 5, "年", "人力资源社会保障部令第31号", "", Standing.PROPOSAL, "该令不适用本考试，参照"
)

# Study
ANNUAL_STUDY_HOURS = _city("每人每年学时", 60, "学时", "三（一）")
HOUR_MINUTES = _ours("一学时", 45, "分钟", "课堂惯例")
STUDY_BEAT = _ours("在线学习心跳间隔", 15, "秒", "可用 TIEJUN_STUDY_BEAT_SECONDS 另设")
STUDY_GAP_BEATS = _ours("两次心跳之间最多计入", 2, "个心跳间隔", "网络中断时，中断期间最多计入这么久")
STUDY_IDLE = _ours("读文章时无操作多久停止计时", 180, "秒", "视频播放不受此限")
STUDY_STALE = _ours("多久没有心跳即结束一次学习", 300, "秒", "已计的时间入账")
VIDEO_AHEAD = _ours("首次观看视频可超前的容差", 5, "秒")
STUDY_EQUAL_BEATS = _ours("连续多少次心跳间隔完全相同即记一条线索", 8, "次", "只提示人工核查，不影响计时")
STUDY_SILENT = _ours("播放中无操作多久即记一条线索", 900, "秒", "只提示人工核查，不影响计时")
STUDY_LAG_FROM = _ours("学时不足列为待办的起始日", (10, 1), "月日", "此前只显示进度")
THEORY_SESSIONS = _city("党组理论学习中心组每季度专题学习", 1, "次", "三（一）")
CONTESTS = _city("每年知识竞赛", 1, "次", "三（一）")
UNIT_TRAININGS = _city("每个科室（单位）每年业务培训", 1, "次", "三（二）")
AWARDS_PER_TITLE = _city("每年岗位能手、业务标兵各不少于", 5, "名", "三（五）")
LEADER_FIELD_DAYS = _city("县处级以上每年基层工作日", 60, "天", "三（七）")
STAFF_FIELD_DAYS = _city("科级每年基层工作日", 40, "天", "三（七）")
MONTHLY_REPORT_DAY = _city("月报截止日", 28, "日", "四（二）", "含当日；遇休息日不顺延")

# Records
LOG_RETENTION = Provision(
    "网络日志最短留存", 6, "个月", "网络安全法（2025年修正）", "第二十三条", Standing.LAW, "本平台默认一年"
)


def provisions() -> dict[str, Provision[Any]]:
    """Return every provision by its name in code, in the order written above."""
    return {name: value for name, value in globals().items() if isinstance(value, Provision)}


def clauses_markdown() -> str:
    """Return the table of provisions as the Markdown page `docs/clauses.md`."""
    lines = [
        "# 条款与数值",
        "",
        "由 `tiejun.regulation.clauses_markdown()` 生成，请勿手改。",
        "规定：有文件依据，不得改；设置：来源留有余地或只约束部分地方，可另设；建议：未见规定，本平台的默认值。",
        "",
        "| 名称 | 含义 | 数值 | 依据 | 性质 | 说明 |",
        "|---|---|---|---|---|---|",
    ]
    for name, rule in provisions().items():
        shown = (
            "-".join(f"{part:02d}" for part in rule.value) if isinstance(rule.value, tuple) else rule.value
        )
        amount = f"{shown} {rule.unit}".strip()
        lines.append(
            f"| `{name}` | {rule.meaning} | {amount} | {rule.clause} | {rule.standing.label} | {rule.note} |"
        )
    return "\n".join(lines) + "\n"
