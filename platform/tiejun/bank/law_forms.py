"""Forms that bring a version of a law in: its text pasted, or its file."""

import json
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from question_bank.law_text import parse_pasted
from question_bank.laws import CHANGE_TYPES, KINDS, LAW_ID, PLACES
from question_bank.words import kept


class LawFileForm(FlaskForm):
    """A law file, as `tiejun laws import` takes it."""

    file = FileField(_l("法规文件（.json）"), [FileRequired(_l("请选择文件。"))])


class PasteForm(FlaskForm):
    """What a version is, and its text."""

    title = StringField(_l("名称"), [InputRequired(_l("请填写名称。")), Length(max=200)])
    law_id = StringField(
        _l("代码"),
        [
            InputRequired(_l("请填写代码。")),
            Length(max=80),
            Regexp(rf"^{LAW_ID.pattern}$", message=_l("应为小写字母和数字，中间用连字符，如 water-law-2017")),
        ],
        description=_l("试题按它引用，定了不改。如 water-law-2017：英文简称加通过的年份。"),
    )
    kind = SelectField(_l("类别"), [InputRequired()], choices=[SelectChoice(kind, kind) for kind in KINDS])
    change_type = SelectField(
        _l("通过方式"), [InputRequired()], choices=[SelectChoice(kind, kind) for kind in CHANGE_TYPES]
    )
    doc_no = StringField(_l("文号"), [Length(max=80)])
    adopted = DateField(_l("通过或公布日期"), [InputRequired(_l("请填写通过或公布日期。"))])
    effective = DateField(_l("施行日期"), [InputRequired(_l("请填写施行日期。"))])
    supersedes = SelectMultipleField(
        _l("取代的文本"),
        validate_choice=False,
        description=_l("它们自本文本施行之日起失效。按住 Ctrl 可选几件，再点一次取消。"),
    )
    first = IntegerField(
        _l("首条条号"),
        [Optional(), NumberRange(1, 9999)],
        default=1,
        description=_l("只登记法典的一部分时，从它的第一条算起，如 1164。"),
    )
    text = TextAreaField(_l("正文"))
    registered_only = BooleanField(
        _l("只登记，正文缺"),
        description=_l("名称、日期和取代关系先登记，近五年名单照样计入；正文以后用同一代码导入。"),
    )

    def validate_text(self, field: TextAreaField) -> None:
        """Want a text or the word that there is none, not both."""
        if self.registered_only.data and (field.data or "").strip():
            raise ValidationError(str(_l("只登记时不粘贴正文；要导入正文，请取消“只登记”。")))
        if not self.registered_only.data and not (field.data or "").strip():
            raise ValidationError(str(_l("请粘贴正文。")))

    def offer(self, versions: Iterable[tuple[str, str]]) -> None:
        """Offer versions, by id and words, to be superseded."""
        self.supersedes.choices = [SelectChoice(law_id, words) for law_id, words in versions]

    def content(self) -> bytes:
        """Return the law file that this form amounts to; `left_out` says what of the text is not in it.

        Raises:
            LawError: if the text has gaps or doubles in its numbering, or no articles.
        """
        if self.registered_only.data:
            return json.dumps(self._head() | {"registered_only": True}, ensure_ascii=False).encode()
        pasted = parse_pasted(self.text.data or "", self.first.data or 1)
        law: dict[str, Any] = self._head() | {
            "articles": [
                {
                    "number": article.number,
                    "sub": article.sub,
                    "label": article.label,
                    "text": article.text,
                    **dict(zip(PLACES, article.path, strict=False)),
                }
                for article in pasted.articles
            ],
            "left_out": [
                {"where": kept(note.where), "field": kept(note.field), "message": kept(note.message)}
                for note in pasted.notes
            ],
        }
        return json.dumps(law, ensure_ascii=False).encode()

    def _head(self) -> dict[str, Any]:
        return {
            "id": self.law_id.data,
            "title": (self.title.data or "").strip(),
            "kind": self.kind.data,
            "change_type": self.change_type.data,
            "doc_no": (self.doc_no.data or "").strip() or None,
            "adopted": str(self.adopted.data),
            "effective": str(self.effective.data),
            "supersedes": self.supersedes.data,
        }


def without_notes(content: bytes) -> bytes:
    """Return a law file of somebody else without `left_out`, which only our reading of a text writes."""
    try:
        law = json.loads(content)
    except (ValueError, RecursionError):
        return content
    if not isinstance(law, dict) or "left_out" not in law:
        return content
    del law["left_out"]
    return json.dumps(law, ensure_ascii=False).encode("utf-8", "surrogatepass")
