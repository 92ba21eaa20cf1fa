"""Words of sealed forms."""

from flask_babel import gettext

from question_bank.words import said
from tiejun.bank.seals.rules import State

_STATES = {
    State.ASKED: said("待另一人批准"),
    State.OPEN: said("已启封"),
    State.OVER: said("已重新封存"),
    State.LAPSED: said("逾时未批准"),
}
_STEPS = {
    "form.frozen": said("定卷"),
    "form.sealed": said("密封"),
    "form.opening_asked": said("申请启封"),
    "form.opened": said("批准启封"),
    "form.viewed": said("查看"),
}


def state_word(state: State) -> str:
    """Return where a request stands."""
    return str(gettext(_STATES[state]))


def step_word(action: str) -> str:
    """Return what was done to a form."""
    return str(gettext(_STEPS[action]))
