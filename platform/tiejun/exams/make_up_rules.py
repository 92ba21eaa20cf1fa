"""Rules of the make-up and of what follows a failed one. All pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from question_bank.words import listed, said
from tiejun.errors import Problem

SOON_DAYS = 30


class Urgency(StrEnum):
    """How near a due date is; the values are the tones of the page."""

    OVERDUE = "over"
    SOON = "due"
    LATER = ""


def urgency(due_on: date, today: date) -> Urgency:
    """Return how urgent a make-up is: the due day itself is the last good day, red starts the day after."""
    left = (due_on - today).days
    if left < 0:
        return Urgency.OVERDUE
    return Urgency.SOON if left <= SOON_DAYS else Urgency.LATER


def share_used(published_on: date, due_on: date, today: date) -> float:
    """Return how much of the time is used up, 0 to 1."""
    whole = (due_on - published_on).days
    return min(max((today - published_on).days / whole, 0.0), 1.0) if whole > 0 else 1.0


@dataclass(frozen=True)
class ToSchedule:
    """A case as far as scheduling depends on it; `has_begun` is its present make-up sitting's."""

    name: str
    exam_id: int
    due_on: date
    is_settled: bool
    has_begun: bool


def late_on(cases: Iterable[ToSchedule], day: date) -> list[ToSchedule]:
    """Return those whose due day lies before `day`: they need a reason (逾期原因)."""
    return [case for case in cases if case.due_on < day]


def schedule_problems(
    cases: list[ToSchedule], exam_id: int, day: date, reason: str, exam_title: str
) -> list[Problem]:
    """Return why these people can't be put into a make-up sitting of `exam_id` on `day`.

    Source: 环办执法〔2022〕21号 第七条 names one make-up within half a year. That a later one is allowed
    with a reason is our proposal.
    """
    problems = []
    if not cases:
        problems.append(Problem(said("补考"), said("人员"), said("没有选择人员。")))
    for case in cases:
        if case.is_settled:
            problems.append(Problem(case.name, said("人员"), said("补考已有结果，不能再安排。")))
        elif case.has_begun:
            problems.append(Problem(case.name, said("人员"), said("已安排的补考场次已经开始，不能改期。")))
        elif case.exam_id != exam_id:
            problems.append(
                Problem(
                    case.name,
                    said("场次"),
                    said("应补考的不是“%(exam_title)s”，不能排入这一场。", exam_title=exam_title),
                )
            )
    late = late_on(cases, day)
    if late and not reason.strip():
        names = listed(case.name for case in late)
        sentence = said("%(names)s到%(day)s已超过补考期限，仍可安排，但须写明原因。", names=names, day=day)
        problems.append(Problem(said("补考"), said("逾期原因"), sentence))
    return problems


def talk_problems(talked_on: date, opened_on: date, today: date, leader: str, text: str) -> list[Problem]:
    """Return what is wrong with the record of a talk (约谈记录)."""
    problems = []
    if talked_on > today:
        problems.append(Problem(said("约谈"), said("约谈日期"), said("约谈日期不能晚于今天。")))
    if talked_on < opened_on:
        problems.append(Problem(said("约谈"), said("约谈日期"), said("约谈日期早于补考成绩公布日。")))
    if not leader.strip():
        problems.append(Problem(said("约谈"), said("约谈人"), said("请填写负责约谈的领导。")))
    if not text.strip():
        problems.append(Problem(said("约谈"), said("约谈记录"), said("请填写约谈记录。")))
    return problems


def decision_problems(is_moved: bool, reason: str, new_post: str) -> list[Problem]:
    """Return what is wrong with a decision after the talk; people decide, with a reason."""
    problems = []
    if not reason.strip():
        problems.append(Problem(said("处理决定"), said("理由"), said("请写明作出决定的理由。")))
    if is_moved and not new_post.strip():
        problems.append(Problem(said("处理决定"), said("调往岗位"), said("决定调离的，请填写调往的岗位。")))
    return problems
