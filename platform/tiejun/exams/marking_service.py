"""Writing marks: each essay by one person a round, never by its author, never twice by the same person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.item import Part
from question_bank.words import said
from tiejun import audit
from tiejun.access import Persona
from tiejun.audit import Actor
from tiejun.bank.form_service import slot_keys
from tiejun.bank.models import ExamForm
from tiejun.errors import Conflict, Forbidden, NotFound, Problem, Rejected
from tiejun.exams import marking_queries as queries
from tiejun.exams import papers
from tiejun.exams.answer_files import file_of
from tiejun.exams.marking_rules import Policy, awarded_problem, points_problem
from tiejun.exams.models import Attempt, Sitting
from tiejun.exams.queries import current_responses
from tiejun.exams.result_models import SlotScore
from tiejun.files.models import StoredFile


@dataclass(frozen=True)
class Place:
    """Which essay: a slot of an attempt of a sitting."""

    sitting: Sitting
    attempt: Attempt
    slot: int


@dataclass(frozen=True)
class Desk:
    """Who marks, as persona and for the audit trail, and by which settings."""

    who: Persona
    actor: Actor
    policy: Policy


@dataclass(frozen=True)
class Mark:
    """What a marker gives: `awarded` for each rubric point, if he went by them, and the points that count."""

    points: Decimal
    comment: str = ""
    awarded: tuple[Decimal, ...] | None = None

    @property
    def stored(self) -> list[float] | None:
        """The points of the rubric points as they are stored."""
        return None if self.awarded is None else [float(points) for points in self.awarded]


@dataclass(frozen=True)
class Essay:
    """One essay as its marker sees it. `mark` is his own, if he has marked it; others' marks never show.

    `file` is what was handed in where a file was asked for; `text` is empty then. `waits` says whether the
    server would take a mark of this person now.
    """

    place: Place
    code: str
    text: str
    file: StoredFile | None
    part: Part
    maximum: Decimal
    shown: dict[str, Any]
    mark: SlotScore | None
    waits: bool

    @property
    def worth(self) -> list[Decimal]:
        """What each rubric point is worth."""
        return [point.points for point in self.part.rubric]


def essay(db: Session, place: Place, desk: Desk, now: datetime) -> Essay:
    """Return an essay for marking.

    Raises:
        NotFound: if this slot of this attempt is no essay that waits for people.
        Forbidden: to its author.
        Conflict: `not_markable` while answers may still come in.
    """
    sheet = _sheet(db, place, desk, now)
    own = _own(db, place, desk.who)
    value = current_responses(db, place.attempt.id)[place.slot]
    return Essay(
        place,
        sheet.code,
        value if isinstance(value, str) else "",
        None if isinstance(value, str) else file_of(db, place.attempt.id, place.slot, value),
        _part(db, place),
        sheet.marks.essays[place.slot].maximum,
        _shown(db, place.attempt.form_id, place.slot),
        own,
        waits=own is not None or place.slot in sheet.open_to(desk.who),
    )


def save(db: Session, place: Place, mark: Mark, desk: Desk, now: datetime) -> int:
    """Write a mark, or correct one's own while nobody has marked after; return its round.

    The server decides which round it is: two people may have had the same essay open, and what the second
    one gave without seeing the first mark counts as the second mark if one is needed.

    Raises:
        NotFound, Forbidden: as `essay`; NotFound also to somebody who does not mark here.
        Conflict: `declared`, `already_marked`, `not_markable`.
        Rejected: naming the field `points`.
    """
    _locked(db, place, desk.who)
    sheet = _sheet(db, place, desk, now)
    problem = points_problem(mark.points, sheet.marks.essays[place.slot].maximum)
    if problem:
        raise Rejected(said("评分没有保存。"), [Problem(sheet.code, "points", problem)])
    if mark.awarded is not None:
        _check_awarded(mark.awarded, _part(db, place), sheet.code)
    own = _own(db, place, desk.who)
    if own is not None:
        return _correct(db, place, own, mark, desk.actor, now)
    number = sheet.marks.next_round(place.slot)
    if number is None:
        raise Conflict(said("这道题已由另一位阅卷人评阅，您的评分没有计入。"), code="already_marked")
    row = SlotScore(
        attempt_id=place.attempt.id,
        slot=place.slot,
        round=number,
        points=float(mark.points),
        maximum=float(sheet.marks.essays[place.slot].maximum),
        marker_id=desk.who.account_id,
        comment=mark.comment.strip() or None,
        awarded=mark.stored,
        scored_at=now,
    )
    db.add(row)
    db.flush()
    _note(db, place, row, "marking.scored", desk.actor, now)
    return number


def _part(db: Session, place: Place) -> Part:
    return next(k for k in slot_keys(db, place.attempt.form_id) if k.slot == place.slot).part


def _check_awarded(awarded: Sequence[Decimal], part: Part, code: str) -> None:
    worth = [point.points for point in part.rubric]
    if len(awarded) != len(worth):
        problem: str | None = said("评分要点的个数不对，请刷新页面。")
    else:
        problem = awarded_problem(awarded, worth)
    if problem:
        raise Rejected(said("评分没有保存。"), [Problem(code, "awarded", problem)])


def _locked(db: Session, place: Place, who: Persona) -> None:
    """Lock in the order of `declare_sitting`: the sitting (shared), then the attempt."""
    held = select(Sitting).where(Sitting.id == place.sitting.id).with_for_update(read=True)
    sitting = db.scalars(held.execution_options(populate_existing=True)).one()
    db.get_one(Attempt, place.attempt.id, populate_existing=True, with_for_update=True)
    if not queries.marks_in(db, sitting.id, who.account_id):
        raise NotFound(said("没有这个场次，或者您不是它的阅卷人。"))
    if sitting.declared_at is not None:
        raise Conflict(said("成绩已经宣布，不能再评分。"), code="declared")


def _sheet(db: Session, place: Place, desk: Desk, now: datetime) -> queries.Sheet:
    if place.attempt.person_id == desk.who.person_id:
        raise Forbidden(said("不能评阅自己的答卷。"), code="own_attempt")
    found = queries.sheets(db, place.sitting, now, desk.policy, place.attempt.id)
    if not found:
        raise Conflict(
            said("这份答卷还不能评阅：尚未收卷、尚未机评，或有逾时作答待定。"), code="not_markable"
        )
    if place.slot not in found[0].marks.essays:
        raise NotFound(said("这份答卷没有这道待阅的题。"))
    return found[0]


def _own(db: Session, place: Place, who: Persona) -> SlotScore | None:
    return db.scalars(
        select(SlotScore).where(
            SlotScore.attempt_id == place.attempt.id,
            SlotScore.slot == place.slot,
            SlotScore.marker_id == who.account_id,
        )
    ).one_or_none()


def _correct(db: Session, place: Place, own: SlotScore, mark: Mark, actor: Actor, now: datetime) -> int:
    last = db.scalars(
        select(SlotScore.round)
        .where(SlotScore.attempt_id == place.attempt.id, SlotScore.slot == place.slot)
        .order_by(SlotScore.round.desc())
    ).first()
    if last != own.round:
        raise Conflict(said("另一位阅卷人已接着评阅，您的评分不能再更改。"), code="already_marked")
    before = own.points
    own.points, own.comment, own.scored_at = float(mark.points), mark.comment.strip() or None, now
    own.awarded = mark.stored
    db.flush()
    _note(db, place, own, "marking.corrected", actor, now, before=before)
    return own.round


def _note(
    db: Session, place: Place, row: SlotScore, action: str, actor: Actor, now: datetime, **more: Any
) -> None:
    told = {"slot": row.slot, "round": row.round, "points": row.points, **more}
    if row.awarded is not None:
        told["awarded"] = row.awarded
    audit.record(db, actor, action, ("attempt", place.attempt.public_id), now, **told)


def _shown(db: Session, form_id: int, slot: int) -> dict[str, Any]:
    """Return the slot of the frozen paper: stem and, of a case, its material."""
    paper_hash = db.scalars(select(ExamForm.paper_hash).where(ExamForm.id == form_id)).one()
    paper = papers.load(db, form_id, paper_hash)
    return next(s for section in paper.document["sections"] for s in section["slots"] if s["slot"] == slot)
