"""The form of one mark: what each rubric point gets, the points that count, a remark."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, FieldList, Form, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from tiejun.exams.marking_rules import awarded_problem, points_of, points_problem
from tiejun.exams.marking_service import Essay, Mark
from tiejun.web import translated

MAX_COMMENT = 500
ZERO = Decimal(0)


class PointsField(DecimalField):
    """Points, with an error in Chinese; what was typed stays."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what the browser sent; nothing typed is nothing given."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("请填写数字，例如 6.5。")) from None


class MarkForm(Form):
    """Points for each rubric point; the total in halves, which may be set freely; and a remark."""

    awarded = FieldList(PointsField(_l("要点得分"), [Optional()], places=None))
    points = PointsField(_l("得分"), places=None)
    comment = TextAreaField(_l("评语"), [Length(0, MAX_COMMENT, _l("评语不超过500字。"))])

    def __init__(self, formdata: Any, essay: Essay) -> None:
        mark = essay.mark
        given = mark.awarded if mark and mark.awarded is not None else [None for _point in essay.worth]
        first = {
            "points": mark.points if mark else None,
            "comment": mark.comment if mark else None,
            "awarded": given,
        }
        super().__init__(formdata, data=first)
        self.worth: Sequence[Decimal] = essay.worth
        self.maximum = essay.maximum
        while len(self.awarded) < len(essay.worth):
            self.awarded.append_entry()

    @property
    def given(self) -> tuple[Decimal, ...] | None:
        """What each rubric point gets; None if the marker left all of them empty."""
        values = [entry.data for entry in self.awarded][: len(self.worth)]
        if all(value is None for value in values):
            return None
        return tuple(ZERO if value is None else Decimal(value) for value in values)

    @property
    def total(self) -> Decimal | None:
        """The points that count: those typed, else the sum of the rubric points; None if there is neither."""
        if self.points.data is not None:
            return Decimal(self.points.data)
        return None if self.given is None else points_of(self.given, self.worth, self.maximum)

    @property
    def mark(self) -> Mark:
        """What was given, after `validate`."""
        return Mark(self.total or ZERO, self.comment.data or "", self.given)

    def validate_points(self, field: PointsField) -> None:
        """Refuse points that the slot cannot have, and a form without any."""
        if field.process_errors:
            return
        if self.total is None:
            raise ValidationError(_("请填写得分，或给评分要点打分。"))
        problem = points_problem(self.total, self.maximum)
        if problem:
            raise ValidationError(translated(problem))

    def validate_awarded(self, _field: FieldList) -> None:
        """Refuse what a rubric point cannot get."""
        problem = awarded_problem(self.given, self.worth) if self.given is not None else None
        if problem:
            raise ValidationError(translated(problem))
