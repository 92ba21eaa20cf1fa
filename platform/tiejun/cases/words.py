"""Words of the cases for templates, with their choices for filters and forms."""

from flask_babel import gettext

from question_bank.words import said
from tiejun.cases.models import CaseState

_STATES = {
    CaseState.DRAFT: said("草稿"),
    CaseState.IN_REVIEW: said("审核中"),
    CaseState.RETURNED: said("已退回"),
    CaseState.PUBLISHED: said("已公布"),
    CaseState.SUPERSEDED: said("旧版"),
}
_TONES = {CaseState.RETURNED: "due", CaseState.PUBLISHED: "ok"}
_OUTCOMES = {CaseState.PUBLISHED: said("同意公布"), CaseState.RETURNED: said("退回修改")}
_MEDIA = (
    said("大气"),
    said("水"),
    said("土壤和地下水"),
    said("固体废物"),
    said("噪声"),
    said("海洋"),
    said("生态"),
    said("核与辐射"),
    said("环评与许可"),
    said("监测数据"),
    said("综合"),
)
_FIELDS = {
    "title": said("标题"),
    "summary": said("案情提要"),
    "body": said("正文"),
    "units": said("大纲单元"),
    "citations": said("法律依据"),
    "medium": said("领域"),
    "place": said("地点"),
    "decision": said("处理结果"),
    "points": said("教学要点"),
    "questions": said("讨论题"),
    "minutes": said("阅读时长"),
    "is_anonymous": said("脱密脱敏"),
    "comment": said("审核意见"),
    "why": said("停用理由"),
}


def state_word(value: str) -> str:
    """Return the name of a state."""
    return str(gettext(_STATES[CaseState(value)]))


def state_tone(value: str) -> str:
    """Return the tone in which a state is shown."""
    return _TONES.get(CaseState(value), "")


def state_choices() -> list[tuple[str, str]]:
    """Return the states in which an author's latest version can be."""
    states = (CaseState.DRAFT, CaseState.IN_REVIEW, CaseState.RETURNED, CaseState.PUBLISHED)
    return [(state.value, state_word(state)) for state in states]


def outcome_word(value: str) -> str:
    """Return what a reviewer decided."""
    return str(gettext(_OUTCOMES[CaseState(value)]))


def medium_choices() -> list[tuple[str, str]]:
    """Return the fields of enforcement that a case may be filed under."""
    return [(str(medium), str(gettext(medium))) for medium in _MEDIA]


def field_word(name: str) -> str:
    """Return the label of an editor's field."""
    return str(gettext(_FIELDS.get(name, name)))
