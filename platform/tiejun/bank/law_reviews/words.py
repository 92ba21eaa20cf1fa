"""Words of the queue of law changes."""

from question_bank.words import said
from tiejun.bank.law_reviews.models import Cause, Decision

KIND_WORDS = {"item": said("试题"), "case": said("案例"), "lesson": said("课")}
CAUSE_WORDS = {
    Cause.ENDED: said("法规文本失效"),
    Cause.CHANGED: said("条文文字更正"),
    Cause.GONE: said("条文不存在"),
}
DECISION_WORDS = {
    Decision.REANCHORED: said("沿用，依据改为新条"),
    Decision.REWRITTEN: said("已改写"),
    Decision.RETIRED: said("停用"),
}
