"""Rules of an item's life: which step leads where, who may take it. Pure.

No document sets these stages for post exams; they are what item banks of high-stakes exams do: nobody passes
what he wrote, and two people look before an item counts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from question_bank.words import said
from tiejun.bank.states import ItemState


class Step(StrEnum):
    """What moves an item on."""

    WRITE = "write"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    PASS = "pass"
    PILOT = "pilot"
    RETURN = "return"
    PROMOTE = "promote"
    QUESTION = "question"
    CONFIRM = "confirm"
    RETIRE = "retire"
    RESTORE = "restore"


class Reason(StrEnum):
    """Why an item in use is under review; changed law puts it there by itself (the queue of law changes)."""

    APPEAL = "appeal"
    STATISTICS = "statistics"
    OTHER = "other"


S = ItemState
LEADS: Final[dict[tuple[Step, ItemState], ItemState]] = {
    (Step.SUBMIT, S.DRAFT): S.FIRST_REVIEW,
    (Step.WITHDRAW, S.FIRST_REVIEW): S.DRAFT,
    (Step.WITHDRAW, S.SECOND_REVIEW): S.DRAFT,
    (Step.PASS, S.FIRST_REVIEW): S.SECOND_REVIEW,
    (Step.PASS, S.SECOND_REVIEW): S.OPERATIONAL,
    (Step.PILOT, S.SECOND_REVIEW): S.PILOT,
    (Step.RETURN, S.FIRST_REVIEW): S.DRAFT,
    (Step.RETURN, S.SECOND_REVIEW): S.DRAFT,
    (Step.PROMOTE, S.PILOT): S.OPERATIONAL,
    (Step.QUESTION, S.OPERATIONAL): S.UNDER_REVIEW,
    (Step.QUESTION, S.PILOT): S.UNDER_REVIEW,
    (Step.CONFIRM, S.UNDER_REVIEW): S.OPERATIONAL,
    (Step.RESTORE, S.RETIRED): S.DRAFT,
    **{(Step.RETIRE, state): S.RETIRED for state in S if state is not S.RETIRED},
}
REVIEWS: Final = frozenset({Step.PASS, Step.PILOT, Step.RETURN})
"""Judging what somebody else wrote."""
OF_WRITERS: Final = frozenset({Step.SUBMIT, Step.WITHDRAW, Step.QUESTION, Step.RETIRE, Step.RESTORE})
OF_REVIEWERS: Final = REVIEWS | {Step.PROMOTE, Step.QUESTION, Step.CONFIRM, Step.RETIRE}
TOGETHER: Final = (
    Step.SUBMIT,
    Step.WITHDRAW,
    Step.PASS,
    Step.PROMOTE,
    Step.CONFIRM,
    Step.RETIRE,
    Step.RESTORE,
)
"""Steps that may be taken for several items at once."""
NEEDS_REMARK: Final = frozenset({Step.RETURN, Step.QUESTION, Step.CONFIRM, Step.RETIRE, Step.RESTORE})
REMARK_MAX: Final = 1000
SETTLED: Final = frozenset({S.OPERATIONAL, S.PILOT})


@dataclass(frozen=True)
class Taken:
    """A step that was taken, as the rules see it."""

    step: str
    state: str
    account_id: int | None
    name: str


@dataclass(frozen=True)
class Person:
    """Who wants to take a step, and in which of the two roles."""

    account_id: int
    name: str
    writes: bool
    reviews: bool


def lead(step: Step, state: ItemState) -> ItemState | None:
    """Return the state that a step leads to, or None where it cannot be taken."""
    return LEADS.get((step, state))


def since_last_use(history: Sequence[Taken]) -> Sequence[Taken]:
    """Return the steps since the item was last settled: those that the present review is about."""
    settled = [n for n, taken in enumerate(history) if taken.state in SETTLED and taken.step != Step.WRITE]
    return history[settled[-1] + 1 :] if settled else history


def is_writer(person: Person, writers: Collection[str], history: Sequence[Taken]) -> bool:
    """Return whether a person wrote any of what is to be reviewed.

    Args:
        writers: names under which its versions were written: imports have no account to compare.
    """
    wrote = {taken.account_id for taken in since_last_use(history) if taken.step == Step.WRITE}
    return person.account_id in wrote or person.name in writers


def first_reviewer(history: Sequence[Taken]) -> int | None:
    """Return who passed the first review that the present second one follows."""
    for taken in reversed(since_last_use(history)):
        if taken.step in (Step.RETURN, Step.WITHDRAW, Step.SUBMIT, Step.WRITE, Step.RESTORE):
            return None
        if taken.step == Step.PASS and taken.state == S.SECOND_REVIEW:
            return taken.account_id
    return None


def refusal(
    step: Step, state: ItemState, person: Person, writers: Collection[str], history: Sequence[Taken]
) -> str | None:
    """Return why a person may not take a step, or None if he may."""
    if lead(step, state) is None:
        return said("试题现在的状态不允许这一步。")
    if not (person.writes and step in OF_WRITERS) and not (person.reviews and step in OF_REVIEWERS):
        return said("您没有进行这项操作的权限。")
    if step in REVIEWS and is_writer(person, writers, history):
        return said("编写人不能审核自己的试题，请由另外两人审核。")
    if step in REVIEWS and state is S.SECOND_REVIEW and first_reviewer(history) == person.account_id:
        return said("初审人不能复审，请由另一人复审。")
    return None


def open_steps(
    state: ItemState, person: Person, writers: Collection[str], history: Sequence[Taken]
) -> list[Step]:
    """Return the steps that a person may take, in the order of `Step`."""
    return [step for step in Step if refusal(step, state, person, writers, history) is None]


def remark_problem(step: Step, remark: str) -> str | None:
    """Return what is wrong with the remark of a step."""
    if step in NEEDS_REMARK and not remark:
        return said("请写明理由。")
    if len(remark) > REMARK_MAX:
        return said("最多 %(most)s 个字符。", most=REMARK_MAX)
    return None
