"""The form of one's own settings."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Field
from wtforms.validators import Optional, ValidationError

from tiejun.people.rules import email_fault
from tiejun.web import translated


def _usable(_form: FlaskForm, field: Field) -> None:
    if fault := email_fault(field.data):
        raise ValidationError(_("邮箱地址%(fault)s。", fault=translated(fault)))


class MailForm(FlaskForm):
    """Where notices go as mail."""

    email = EmailField(_l("电子邮箱"), [Optional(), _usable], filters=[lambda text: (text or "").strip()])
    wants_mail = BooleanField(_l("把通知同时发到这个邮箱"))
