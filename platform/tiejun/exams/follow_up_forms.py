"""Forms of the talk and of the decision after it."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from tiejun.exams.admin_forms import Blamed
from tiejun.exams.follow_up_service import Decision, Talk


class TalkForm(Blamed):
    """When the talk was held, by whom, what was said."""

    talked_on = DateField(_l("约谈日期"), [InputRequired(_l("请填写约谈日期。"))])
    leader = StringField(
        _l("约谈人"),
        [InputRequired(_l("请填写负责约谈的领导。")), Length(max=60)],
        description=_l("所在生态环境部门的负责同志"),
    )
    text = TextAreaField(_l("约谈记录"), [InputRequired(_l("请填写约谈记录。")), Length(max=5000)])

    def talk(self) -> Talk:
        """Return what was typed; only after validation."""
        return Talk(self.talked_on.data, self.leader.data or "", self.text.data or "")


class DecisionForm(Blamed):
    """Kept with a new training, or moved; why; and where to."""

    outcome = RadioField(
        _l("处理决定"),
        [InputRequired(_l("请选择处理决定。"))],
        choices=[
            SelectChoice("kept", _l("留岗，重新参加培训和考试")),
            SelectChoice("moved", _l("调离执法岗位")),
        ],
    )
    new_post = StringField(_l("调往岗位"), [Length(max=120)], description=_l("决定调离时填写。"))
    reason = TextAreaField(_l("理由"), [InputRequired(_l("请写明作出决定的理由。")), Length(max=2000)])

    def decision(self) -> Decision:
        """Return what was typed; only after validation."""
        return Decision(self.outcome.data == "moved", self.reason.data or "", self.new_post.data or "")
