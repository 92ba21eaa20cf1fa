"""Words of the cases for templates, with their choices for filters and forms."""

from flask_babel import gettext

from tiejun.cases.models import CaseState

_STATES = {
    CaseState.DRAFT: "草稿",
    CaseState.IN_REVIEW: "审核中",
    CaseState.RETURNED: "已退回",
    CaseState.PUBLISHED: "已公布",
    CaseState.SUPERSEDED: "旧版",
}
_TONES = {CaseState.RETURNED: "due", CaseState.PUBLISHED: "ok"}
_OUTCOMES = {CaseState.PUBLISHED: "同意公布", CaseState.RETURNED: "退回修改"}
_MEDIA = (
    "大气",
    "水",
    "土壤和地下水",
    "固体废物",
    "噪声",
    "海洋",
    "生态",
    "核与辐射",
    "环评与许可",
    "监测数据",
    "综合",
)
_FIELDS = {
    "title": "标题",
    "summary": "案情提要",
    "body": "正文",
    "units": "大纲单元",
    "citations": "法律依据",
    "medium": "领域",
    "place": "地点",
    "decision": "处理结果",
    "points": "教学要点",
    "questions": "讨论题",
    "minutes": "阅读时长",
    "is_anonymous": "脱密脱敏",
    "comment": "审核意见",
    "why": "停用理由",
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
    return [(medium, str(gettext(medium))) for medium in _MEDIA]


def field_word(name: str) -> str:
    """Return the label of an editor's field."""
    return str(gettext(_FIELDS.get(name, name)))
