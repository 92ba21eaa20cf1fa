"""Words of the queue of law changes."""

from flask_babel import gettext

from question_bank.words import said
from tiejun.bank.law_reviews.models import Cause, Decision, LawReview

KIND_WORDS = {"item": said("试题"), "case": said("案例"), "lesson": said("课")}
CAUSE_WORDS = {
    Cause.ENDED: said("法规文本失效"),
    Cause.CHANGED: said("条文文字更正"),
    Cause.GONE: said("条文已不存在"),
}
DECISION_WORDS = {
    Decision.REANCHORED: said("已改引新条"),
    Decision.REWRITTEN: said("已改写"),
    Decision.RETIRED: said("已停用"),
}


def kind_word(kind: str) -> str:
    """Return the name of a kind of thing."""
    return str(gettext(KIND_WORDS.get(kind, kind)))


def cause_word(cause: str) -> str:
    """Return what happened to the cited article."""
    return str(gettext(CAUSE_WORDS[Cause(cause)]))


def state_word(review: LawReview) -> str:
    """Return how far a review is: what was decided, that a second reader has it, or that it waits."""
    if review.decision is None and review.submitted_at is not None:
        return str(gettext("等第二人审核"))
    return decision_word(review.decision)


def decision_word(decision: str | None) -> str:
    """Return what was decided; 待核 while nothing is."""
    return str(gettext(DECISION_WORDS[Decision(decision)] if decision else said("待核")))
