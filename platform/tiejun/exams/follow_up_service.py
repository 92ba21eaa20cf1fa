"""Writes of the case after a failed make-up: the talk, then the decision. People decide."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.clock import beijing
from tiejun.errors import Conflict, NotFound, Rejected
from tiejun.exams.make_up_rules import decision_problems, talk_problems
from tiejun.exams.result_models import FollowUpCase, FollowUpState


@dataclass(frozen=True)
class Talk:
    """A talk (约谈) as it was held."""

    talked_on: date
    leader: str
    text: str


@dataclass(frozen=True)
class Decision:
    """What was decided after the talk: kept with a new training, or moved to another post; and why."""

    is_moved: bool
    reason: str
    new_post: str = ""


def record_talk(db: Session, case_id: int, talk: Talk, actor: Actor, now: datetime) -> FollowUpCase:
    """Write down the talk; the case then waits for the decision.

    Raises:
        NotFound: if there is no such case.
        Conflict: if a talk is on record already (`talk_recorded`).
        Rejected: naming the field: a day to come or before the result, no leader, no text.
    """
    case = _locked(db, case_id)
    if case.state != FollowUpState.TALK_DUE:
        raise Conflict(said("约谈记录已经提交，不能再改。"), code="talk_recorded")
    opened_on = beijing(case.created_at).date()
    today = beijing(now).date()
    problems = talk_problems(talk.talked_on, opened_on, today, talk.leader, talk.text)
    if problems:
        raise Rejected(said("约谈记录没有保存。"), problems)
    case.talked_on = talk.talked_on
    case.leader = talk.leader.strip()
    case.record = talk.text.strip()
    case.state = FollowUpState.TALKED
    case.updated_at = now
    subject = ("follow_up", case.public_id)
    record(db, actor, "follow_up.talked", subject, now, on=talk.talked_on.isoformat(), leader=case.leader)
    return case


def decide(db: Session, case_id: int, decision: Decision, actor: Actor, now: datetime) -> FollowUpCase:
    """Write down what was decided.

    Source: 环办执法〔2022〕21号 第七条 advises the talk and, as the case may be, a transfer (调离).

    Raises:
        NotFound: if there is no such case.
        Conflict: if no talk was held (`talk_missing`) or it is decided already (`decided`).
        Rejected: without a reason, or a transfer without the new post.
    """
    case = _locked(db, case_id)
    if case.state == FollowUpState.TALK_DUE:
        raise Conflict(said("请先记录约谈，再作处理决定。"), code="talk_missing")
    if case.state != FollowUpState.TALKED:
        raise Conflict(said("处理决定已经提交，不能再改。"), code="decided")
    problems = decision_problems(decision.is_moved, decision.reason, decision.new_post)
    if problems:
        raise Rejected(said("处理决定没有保存。"), problems)
    case.state = FollowUpState.MOVED if decision.is_moved else FollowUpState.KEPT
    case.decision = decision.reason.strip()
    case.new_post = decision.new_post.strip() if decision.is_moved else None
    case.decided_on = beijing(now).date()
    case.updated_at = now
    record(db, actor, "follow_up.decided", ("follow_up", case.public_id), now, state=str(case.state))
    return case


def _locked(db: Session, case_id: int) -> FollowUpCase:
    found = db.scalars(select(FollowUpCase).where(FollowUpCase.id == case_id).with_for_update())
    case = found.one_or_none()
    if case is None:
        raise NotFound(said("没有这个约谈事项。"))
    return case
