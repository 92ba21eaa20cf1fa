"""Forms of exams and sittings. Times are typed as Beijing time and handed on in UTC."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from tiejun.clock import BEIJING, beijing
from tiejun.errors import Problem, Rejected
from tiejun.exams.admin_service import INVIGILATOR, MARKER, ExamSpec, SittingSpec
from tiejun.exams.models import Exam
from tiejun.web import translated

# Names of fields as errors carry them, and the attributes of the forms.
FIELDS = {
    "考试名称": "title",
    "命题细目表": "blueprint",
    "开始时间": "starts_at",
    "结束时间": "ends_at",
    "考试时长": "minutes",
    "试卷": "forms",
    "工作人员": "invigilators",
    "约谈日期": "talked_on",
    "约谈人": "leader",
    "约谈记录": "text",
    "理由": "reason",
    "调往岗位": "new_post",
}


# Choices are set by the view; what was not among them is refused in Chinese.
CHOSEN: dict[str, Any] = {"validate_choice": False, "invalid_value_message": _l("请从列表中选择。")}


class BeijingTimeField(DateTimeLocalField):
    """A time typed on Beijing's clocks; `instant` is the same in UTC."""

    def __init__(self, label: Any, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what the browser sent, with an error in Chinese."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("请按“年-月-日 时:分”填写。")) from None

    def process_data(self, value: Any) -> None:
        """Take an instant and show it on Beijing's clocks."""
        local = value.tzinfo is not None if isinstance(value, datetime) else False
        super().process_data(beijing(value).replace(tzinfo=None) if local else value)

    @property
    def instant(self) -> datetime:
        """What was typed, in UTC; only after validation."""
        typed: datetime = self.data
        return typed.replace(tzinfo=BEIJING).astimezone(UTC)


class Ticks(SelectMultipleField):
    """Several of a list, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """Refuse what was not offered, in Chinese."""
        offered = {choice.value for choice in self.iter_choices()}
        if any(value not in offered for value in self.data or ()):
            raise StopValidation(_("所选内容已不可选，请重新选择。"))


class Blamed(FlaskForm):
    """A form that shows what a service refused at the fields concerned."""

    def blame(self, error: Rejected) -> None:
        """Put each problem under its field, or on top of the form."""
        for problem in error.problems:
            self._put(problem)

    def _put(self, problem: Problem) -> None:
        name = FIELDS.get(problem.field)
        if name in self._fields:
            field = self._fields[name]
            field.errors = [*field.errors, translated(problem.message)]
        else:
            self.form_errors.append(
                _(
                    "%(where)s：%(message)s",
                    where=translated(problem.where),
                    message=translated(problem.message),
                )
            )


class ExamForm(Blamed):
    """An exam: its name, blueprint (which fixes level and tier) and the unit that holds it."""

    title = StringField(_l("考试名称"), [InputRequired(_l("请填写考试名称。")), Length(max=120)])
    blueprint = SelectField(_l("命题细目表"), [InputRequired(_l("请选择命题细目表。"))], coerce=int, **CHOSEN)
    unit = SelectField(_l("主办单位"), [InputRequired(_l("请选择主办单位。"))], coerce=int, **CHOSEN)

    def spec(self, levels: dict[int, tuple[str, str]]) -> ExamSpec:
        """Return what was typed; `levels` has level and tier by blueprint."""
        level, tier = levels.get(self.blueprint.data, ("", ""))
        return ExamSpec(self.title.data or "", level, tier, self.blueprint.data, self.unit.data)

    def validate_unit(self, field: SelectField) -> None:
        """Refuse a unit out of reach."""
        if field.data not in field.choices:
            raise StopValidation(_("请选择管辖范围内的主办单位。"))


class SittingForm(Blamed):
    """A sitting: window, length, place, forms, staff."""

    title = StringField(_l("场次名称"), [Length(max=120)], description=_l("不填则按日期命名。"))
    starts_at = BeijingTimeField(_l("开始时间"), [InputRequired(_l("请填写开始时间。"))])
    ends_at = BeijingTimeField(_l("结束时间"), [InputRequired(_l("请填写结束时间。"))])
    minutes = IntegerField(
        _l("考试时长（分钟）"),
        [
            InputRequired(_l("请填写考试时长，应为整数分钟。")),
            NumberRange(1, 720, _l("考试时长应为1至720分钟。")),
        ],
    )
    venue = StringField(_l("考点"), [Length(max=120)], description=_l("不填表示线上考试。"))
    forms = Ticks(_l("试卷"), [InputRequired(_l("请至少选择一份试卷。"))], coerce=int, **CHOSEN)
    invigilators = Ticks(_l("监考"), coerce=int, **CHOSEN)
    markers = Ticks(_l("阅卷人"), coerce=int, **CHOSEN)
    allows_api = BooleanField(_l("允许接口客户端作答（只用于模拟考试和压力测试）"))
    is_make_up = BooleanField(_l("这是补考场次"))

    def spec(self, exam: Exam) -> SittingSpec:
        """Return what was typed as a sitting of `exam`."""
        staff = [(account, INVIGILATOR) for account in self.invigilators.data or ()]
        staff += [(account, MARKER) for account in self.markers.data or ()]
        return SittingSpec(
            exam_id=exam.id,
            starts_at=self.starts_at.instant,
            ends_at=self.ends_at.instant,
            duration_seconds=60 * int(self.minutes.data or 0),
            venue=self.venue.data or "",
            form_ids=tuple(self.forms.data or ()),
            staff=tuple(staff),
            title=self.title.data or "",
            allows_api=self.allows_api.data,
            is_make_up=self.is_make_up.data,
        )


class PasteForm(Blamed):
    """A list of ID numbers or logins, one a line."""

    people = TextAreaField(_l("名单"), [InputRequired(_l("请粘贴名单。")), Length(max=200_000)])


def numbers(values: Iterable[str]) -> list[int]:
    """Return the ids among the values of ticked boxes; what is no number was never offered."""
    return [int(value) for value in values if value.isascii() and value.isdecimal()]
