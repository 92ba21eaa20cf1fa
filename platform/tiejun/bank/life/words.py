"""Words of an item's life for pages."""

from flask_babel import gettext

from question_bank.words import said
from tiejun.bank.life.rules import OF_REVIEWERS, OF_WRITERS, TOGETHER, Reason, Step
from tiejun.bank.models import Item
from tiejun.bank.states import ItemState

Choices = list[tuple[str, str]]

STATES = {
    ItemState.DRAFT: said("草稿"),
    ItemState.FIRST_REVIEW: said("初审"),
    ItemState.SECOND_REVIEW: said("复审"),
    ItemState.PILOT: said("试用"),
    ItemState.OPERATIONAL: said("可用"),
    ItemState.UNDER_REVIEW: said("复核中"),
    ItemState.RETIRED: said("已停用"),
}
MARKS = {
    ItemState.DRAFT: "line",
    ItemState.FIRST_REVIEW: "due",
    ItemState.SECOND_REVIEW: "due",
    ItemState.PILOT: "ok",
    ItemState.OPERATIONAL: "ok",
    ItemState.UNDER_REVIEW: "due",
    ItemState.RETIRED: "line",
}
"""How the chip of a state looks."""
STEPS = {
    Step.WRITE: said("编写"),
    Step.SUBMIT: said("提交审核"),
    Step.WITHDRAW: said("撤回"),
    Step.PASS: said("通过"),
    Step.PILOT: said("通过，先试用"),
    Step.RETURN: said("退回修改"),
    Step.PROMOTE: said("转为可用"),
    Step.QUESTION: said("提出复核"),
    Step.CONFIRM: said("复核无误，恢复可用"),
    Step.RETIRE: said("停用"),
    Step.RESTORE: said("恢复为草稿"),
}
REASONS = {Reason.APPEAL: said("考生申诉"), Reason.STATISTICS: said("统计异常"), Reason.OTHER: said("其他")}


def state_word(value: str) -> str:
    """Return the name of a state."""
    return str(gettext(STATES[ItemState(value)]))


def state_mark(value: str) -> str:
    """Return the look of a state's chip."""
    return MARKS[ItemState(value)]


def state_choices() -> Choices:
    """Return the states."""
    return [(state.value, state_word(state.value)) for state in ItemState]


def step_word(value: str) -> str:
    """Return the name of a step."""
    return str(gettext(STEPS[Step(value)]))


def together_choices(writes: bool, reviews: bool) -> Choices:
    """Return the steps that somebody may take for several items at once."""
    mine = (OF_WRITERS if writes else frozenset()) | (OF_REVIEWERS if reviews else frozenset())
    return [(step.value, step_word(step.value)) for step in TOGETHER if step in mine]


def reason_word(value: str) -> str:
    """Return the name of a reason, or nothing."""
    return str(gettext(REASONS[Reason(value)])) if value else ""


def reason_choices() -> Choices:
    """Return the reasons for which people question an item."""
    return [(reason.value, reason_word(reason.value)) for reason in Reason]


def done(step: Step, item: Item) -> str:
    """Return what to say when a step was taken."""
    return str(
        gettext(
            "%(code)s：%(step)s，现在是“%(state)s”。",
            code=item.code,
            step=step_word(step),
            state=state_word(item.state),
        )
    )
