"""Forms of the invigilator's board."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from question_bank.words import said
from tiejun.exams.invigilation_service import MoreTime
from tiejun.exams.rules import MAX_EXTENSION_MINUTES
from tiejun.exams.typed_word import TypedWord

CLOSE_WORD = said("收卷")


class ExtensionForm(FlaskForm):
    """Minutes and why."""

    minutes = IntegerField(
        _l("延长几分钟"),
        [InputRequired(_l("请填写1到180之间的整数。")), NumberRange(1, MAX_EXTENSION_MINUTES)],
    )
    reason = StringField(_l("原因"), [InputRequired(_l("请写明延长的原因。")), Length(max=200)])

    def more_time(self) -> MoreTime:
        """Return what was typed; only after validation."""
        return MoreTime(self.minutes.data or 0, self.reason.data or "")


class ClosingForm(FlaskForm):
    """Why, and the word that confirms it: there is no way back."""

    reason = StringField(_l("原因"), [InputRequired(_l("请写明收卷的原因。")), Length(max=200)])
    word = StringField(_l("输入“收卷”确认"), [TypedWord(CLOSE_WORD, _l("请输入“收卷”两个字，以免误触。"))])
