"""The form of one mark."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, Form, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from tiejun.exams.marking_rules import points_problem
from tiejun.web import translated

MAX_COMMENT = 500


class PointsField(DecimalField):
    """Points, with an error in Chinese; what was typed stays."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what the browser sent."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("请填写数字，例如 6.5。")) from None


class MarkForm(Form):
    """Points in halves from 0 to the slot's maximum, and a remark."""

    points = PointsField(_l("得分"), [InputRequired(_l("请填写得分。"))], places=None)
    comment = TextAreaField(_l("评语"), [Length(0, MAX_COMMENT, _l("评语不超过500字。"))])

    def __init__(self, *args: Any, maximum: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.maximum = maximum

    def validate_points(self, field: PointsField) -> None:
        """Refuse points that the slot cannot have."""
        problem = points_problem(field.data, self.maximum) if field.data is not None else None
        if problem:
            raise ValidationError(translated(problem))
