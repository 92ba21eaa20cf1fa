"""Forms of courses, lessons, course sets and hours."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    FloatField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from tiejun.errors import Rejected
from tiejun.files.models import StoredFile
from tiejun.people.levels import LEVEL_WORDS, TIER_WORDS
from tiejun.study.courses import CourseSpec, LessonSpec
from tiejun.study.ledger import HourSpec
from tiejun.study.models import LessonKind
from tiejun.study.rules import CATEGORY_WORDS, KIND_WORDS, RECORDABLE
from tiejun.web import translated

CHOSEN: dict[str, Any] = {"validate_choice": False}
LESSON_KINDS = [
    SelectChoice(LessonKind.ARTICLE, _l("文章")),
    SelectChoice(LessonKind.PDF, _l("PDF 文件")),
    SelectChoice(LessonKind.VIDEO, _l("视频")),
]
ANY = SelectChoice("", _l("不限"))
LEVELS = [SelectChoice("national", _l("国家级")), SelectChoice("provincial", _l("省级"))]
TIERS = [SelectChoice("primary", _l("初级")), SelectChoice("intermediate", _l("中级"))]


class Blamed(FlaskForm):
    """A form that shows what a service refused at the fields concerned."""

    def blame(self, error: Rejected) -> None:
        """Put each problem under its field, or on top of the form."""
        for problem in error.problems:
            words = translated(problem.message)
            if problem.field in self._fields:
                field = self._fields[problem.field]
                field.errors = [*field.errors, words]
            else:
                self.form_errors.append(words)


def categories() -> list[SelectChoice]:
    """Return the categories of hours in the reader's language."""
    return [SelectChoice(key, translated(words)) for key, words in CATEGORY_WORDS.items()]


def recordable() -> list[SelectChoice]:
    """Return the kinds of hours that can be entered by hand, in the reader's language."""
    return [SelectChoice(str(kind), translated(KIND_WORDS[kind])) for kind in RECORDABLE]


class CourseForm(Blamed):
    """What is said about a course."""

    title = StringField(_l("课程名称"), [InputRequired(_l("请填写课程名称。")), Length(max=120)])
    summary = TextAreaField(_l("简介"), [Length(max=1000)])
    category = SelectField(_l("类别"), [InputRequired(_l("请从列表中选择。"))], choices=categories, **CHOSEN)
    level = SelectField(_l("适用级别"), choices=[ANY, *LEVELS], **CHOSEN)
    tier = SelectField(_l("适用层级"), choices=[ANY, *TIERS], **CHOSEN)
    units = StringField(_l("大纲单元"), [Length(max=200)], description=_l("单元代码，用空格分开，如 A1 B2。"))

    def spec(self) -> CourseSpec:
        """Return what was typed."""
        codes = (self.units.data or "").upper().replace("，", " ").replace(",", " ").split()
        level = self.level.data if self.level.data in LEVEL_WORDS else ""
        tier = self.tier.data if self.tier.data in TIER_WORDS else ""
        return CourseSpec(
            (self.title.data or "").strip(),
            self.summary.data or "",
            self.category.data,
            level,
            tier,
            tuple(codes),
        )


class LessonForm(Blamed):
    """One lesson."""

    title = StringField(_l("课的名称"), [InputRequired(_l("请填写课的名称。")), Length(max=120)])
    kind = SelectField(_l("形式"), [InputRequired(_l("请从列表中选择。"))], choices=LESSON_KINDS, **CHOSEN)
    minutes = FloatField(
        _l("时长（分钟）"),
        [Optional()],
        description=_l("每人每年最多计入这么久。视频不填则从 MP4 文件读取。"),
    )
    html = TextAreaField(_l("正文"))
    file = FileField(_l("文件"), description=_l("PDF，或 MP4、WebM 视频。不选则保留原来的文件。"))
    citations = TextAreaField(
        _l("引用的法条"), description=_l("每行一条：法规代码和条号，用空格分开，如 eco-env-code-2026 59。")
    )

    def spec(self, file: StoredFile | None, seconds: float | None) -> LessonSpec:
        """Return what was typed; `seconds` is what the video's file says."""
        minutes = self.minutes.data or (seconds or 0) / 60
        lines = [line.split() for line in (self.citations.data or "").splitlines() if line.strip()]
        cited = tuple((line[0], line[1] if len(line) > 1 else "") for line in lines)
        title = (self.title.data or "").strip()
        return LessonSpec(title, self.kind.data, minutes, self.html.data or "", cited, file)


class Ticks(SelectMultipleField):
    """Several of a list, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SetForm(Blamed):
    """A course set."""

    title = StringField(_l("名称"), [InputRequired(_l("请填写名称。")), Length(max=120)])
    level = SelectField(_l("级别"), [InputRequired(_l("请从列表中选择。"))], choices=LEVELS, **CHOSEN)
    tier = SelectField(_l("层级"), [InputRequired(_l("请从列表中选择。"))], choices=TIERS, **CHOSEN)
    courses = Ticks(_l("课程"), [InputRequired(_l("请至少选一门已发布的课程。"))], **CHOSEN)


class HoursForm(Blamed):
    """Hours learnt outside the platform."""

    day = DateField(_l("完成日期"), [InputRequired(_l("请填写日期。"))])
    kind = SelectField(_l("形式"), [InputRequired(_l("请从列表中选择。"))], choices=recordable, **CHOSEN)
    category = SelectField(_l("类别"), [InputRequired(_l("请从列表中选择。"))], choices=categories, **CHOSEN)
    title = StringField(_l("学习内容"), [InputRequired(_l("请写明学了什么。")), Length(max=200)])
    minutes = IntegerField(_l("分钟"), [InputRequired(_l("应为大于0的分钟数。"))])
    evidence = StringField(
        _l("凭据"), [Length(max=200)], description=_l("文号、通知或证书编号；没有的请上传证明材料。")
    )
    file = FileField(_l("证明材料"), description=_l("PDF、Word（.docx）、PNG 或 JPG。"))

    def spec(self, file: StoredFile | None) -> HourSpec:
        """Return what was typed."""
        return HourSpec(
            self.day.data,
            self.kind.data,
            self.category.data,
            (self.title.data or "").strip(),
            self.minutes.data or 0,
            (self.evidence.data or "").strip(),
            file,
        )


class CorrectionForm(Blamed):
    """A correction of one entry."""

    minutes = IntegerField(_l("增减分钟"), [InputRequired(_l("请填写要增减的分钟数，减少用负数。"))])
    reason = StringField(_l("理由"), [InputRequired(_l("请写明更正的理由。")), Length(max=200)])
