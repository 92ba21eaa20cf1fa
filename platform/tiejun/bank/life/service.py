"""Writes of the life of items: steps and comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import listed, said
from tiejun.audit import Actor, record
from tiejun.bank.law_reviews.impact import follow_ends
from tiejun.bank.life.models import ItemComment, ItemStep
from tiejun.bank.life.rules import SETTLED, Person, Reason, Step, Taken, lead, refusal, remark_problem
from tiejun.bank.models import Citation, Item, ItemVersion
from tiejun.bank.secrecy import EVERYTHING, Sight
from tiejun.bank.states import ItemState
from tiejun.errors import Conflict, NotFound, Problem, Rejected

NOT_SAVED = said("没有保存，请改正下面的内容。填写的内容都还在。")
AT_ONCE = 500
NAMED = 5


@dataclass(frozen=True)
class Move:
    """A step that somebody wants to take; `version` and `state` are what he had before him."""

    step: Step
    remark: str = ""
    reason: str = ""
    version: int | None = None
    state: str = ""


def history(db: Session, item_id: int) -> list[ItemStep]:
    """Return the steps of an item, the oldest first."""
    return list(db.scalars(select(ItemStep).where(ItemStep.item_id == item_id).order_by(ItemStep.id)))


def taken(steps: Sequence[ItemStep]) -> list[Taken]:
    """Return steps as the rules see them."""
    return [Taken(row.step, row.state, row.account_id, row.by) for row in steps]


def writers(db: Session, item: Item, steps: Sequence[ItemStep]) -> set[str]:
    """Return the names under which the versions since the last settled one were written."""
    since = max((row.version for row in steps if row.state in SETTLED), default=0)
    query = select(ItemVersion.created_by).where(ItemVersion.item_id == item.id, ItemVersion.number > since)
    return set(db.scalars(query))


def note_written(db: Session, item: Item, actor: Actor, now: datetime) -> None:
    """Note who wrote the present version, which is a draft with that."""
    item.state = ItemState.DRAFT
    note_step(db, item, Step.WRITE, actor, now)


def note_step(  # noqa: PLR0913 - what is kept of a step
    db: Session, item: Item, step: Step, actor: Actor, now: datetime, remark: str = "", reason: str = ""
) -> None:
    """Write a step that led an item to its present state."""
    row = ItemStep(
        item_id=item.id,
        version=item.current_version,
        step=step.value,
        state=ItemState(item.state).value,
        reason=reason,
        remark=remark,
        account_id=actor.account_id,
        by=actor.name,
        at=now,
    )
    db.add(row)


def take(  # noqa: PLR0913 - who, in which role, what, on which item
    db: Session,
    code: str,
    move: Move,
    person: Person,
    actor: Actor,
    now: datetime,
    sight: Sight = EVERYTHING,
) -> Item:
    """Let somebody move an item on.

    Raises:
        NotFound: if there is no such item, or it is hidden from them.
        Conflict: if it has another version by now, or the rules forbid this step to this person.
        Rejected: if the remark is missing or too long, or the reason unknown.
    """
    item = db.scalar(select(Item).where(Item.code == code, sight.condition()).with_for_update())
    if item is None:
        raise NotFound(said("题库中没有这道试题。"), code="unknown_item")
    if move.version is not None and move.version != item.current_version:
        raise Conflict(
            said("这道题已有第 %(n)s 版，请先看过再决定。", n=item.current_version), code="changed_meanwhile"
        )
    if move.state and move.state != item.state:
        raise Conflict(said("这道题的状态刚刚变了，请刷新页面，看过再决定。"), code="changed_meanwhile")
    _check(move)
    steps = history(db, item.id)
    why_not = refusal(move.step, ItemState(item.state), person, writers(db, item, steps), taken(steps))
    if why_not:
        raise Conflict(why_not, code="step_refused")
    return _carry_out(db, item, move, actor, now)


def _check(move: Move) -> None:
    problems = []
    if problem := remark_problem(move.step, move.remark):
        problems.append(Problem(said("审核"), "remark", problem))
    if move.step is Step.QUESTION and move.reason not in tuple(Reason):
        problems.append(Problem(said("审核"), "reason", said("请选择复核的缘由。")))
    if problems:
        raise Rejected(NOT_SAVED, problems)


def _carry_out(db: Session, item: Item, move: Move, actor: Actor, now: datetime) -> Item:
    target = lead(move.step, ItemState(item.state))
    assert target is not None
    before = item.state
    item.state, item.updated_at = target, now
    reason = move.reason if move.step is Step.QUESTION else ""
    note_step(db, item, move.step, actor, now, move.remark, reason)
    told = {"step": move.step.value, "from": str(before), "to": target.value, "why": move.remark[:500]}
    record(db, actor, "item.moved", ("item", item.code), now, version=item.current_version, **told)
    db.flush()
    if move.step is Step.RESTORE:
        follow_ends(db, _cited_laws(db, item), actor, now)
    return item


def _cited_laws(db: Session, item: Item) -> set[str]:
    """Return what the present version cites: law may have ended while the item was out of use."""
    query = select(Citation.law_id).join(ItemVersion, ItemVersion.id == Citation.version_id)
    return set(
        db.scalars(query.where(ItemVersion.item_id == item.id, ItemVersion.number == item.current_version))
    )


def take_many(  # noqa: PLR0913 - as `take`
    db: Session,
    codes: Sequence[str],
    move: Move,
    person: Person,
    actor: Actor,
    now: datetime,
    sight: Sight = EVERYTHING,
) -> int:
    """Let somebody move several items on, all or none; return how many.

    Raises:
        Rejected: naming the items that cannot, and why.
    """
    if not codes:
        raise Rejected(said("没有选择试题。"), [])
    if len(codes) > AT_ONCE:
        raise Rejected(said("一次最多 %(most)s 题。", most=AT_ONCE), [])
    problems = []
    for code in codes:
        try:
            take(db, code, move, person, actor, now, sight)
        except (Conflict, NotFound) as error:
            problems.append(Problem(code, "", error.message))
    if problems:
        names = listed(problem.where for problem in problems[:NAMED])
        raise Rejected(
            said(
                "%(names)s 等 %(n)s 题不能这样办理：%(why)s没有改动任何试题。",
                names=names,
                n=len(problems),
                why=problems[0].message,
            ),
            problems,
        )
    return len(codes)


def comment(
    db: Session, code: str, text: str, actor: Actor, now: datetime, sight: Sight = EVERYTHING
) -> ItemComment:
    """Leave a remark beside an item.

    Raises:
        NotFound: if there is no such item.
        Rejected: if nothing, or too much, is said.
    """
    item = db.scalar(select(Item).where(Item.code == code, sight.condition()))
    if item is None:
        raise NotFound(said("题库中没有这道试题。"), code="unknown_item")
    if not text or (problem := remark_problem(Step.SUBMIT, text)):
        message = problem if text else said("请写下批注。")
        raise Rejected(NOT_SAVED, [Problem(said("批注"), "comment", message or "")])
    row = ItemComment(
        public_id=uuid4(), item_id=item.id, version=item.current_version, text=text, by=actor.name, at=now
    )
    db.add(row)
    record(db, actor, "item.commented", ("item", item.code), now)
    db.flush()
    return row


def settle_comment(
    db: Session, public_id: UUID, actor: Actor, now: datetime, sight: Sight = EVERYTHING
) -> Item:
    """Mark a remark as dealt with; return its item.

    Raises:
        NotFound: if there is no such remark.
    """
    seen = select(Item.id).where(sight.condition())
    wanted = select(ItemComment).where(ItemComment.public_id == public_id, ItemComment.item_id.in_(seen))
    row = db.scalar(wanted.with_for_update())
    if row is None:
        raise NotFound(said("没有这条批注。"))
    if row.settled_at is None:
        row.settled_by, row.settled_at = actor.name, now
    return db.get_one(Item, row.item_id)
