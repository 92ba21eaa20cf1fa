"""Forms of certificates."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

MIN_REASON = 4
MAX_REASON = 300


class RevokeForm(Form):
    """Revocation: a reason, and the number typed once more, because it can't be undone."""

    reason = TextAreaField(
        _l("撤销原因"),
        [
            InputRequired(_l("请写明原因。")),
            Length(MIN_REASON, MAX_REASON, _l("原因应为4至300字。")),
        ],
        filters=[lambda text: text.strip() if text else text],
    )
    confirmation = StringField(_l("再次输入证书编号"), [InputRequired(_l("请输入证书编号。"))])

    def __init__(self, *args: Any, number: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = number

    def validate_confirmation(self, field: StringField) -> None:
        """Refuse anything but the certificate's own number."""
        if (field.data or "").strip() != self.number:
            raise ValidationError(_l("与证书编号不一致。"))
