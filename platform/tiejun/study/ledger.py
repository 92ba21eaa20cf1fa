"""Writing the ledger of study hours: it is only ever added to."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.clock import beijing
from tiejun.errors import Conflict, Forbidden, NotFound, Problem, Rejected
from tiejun.files.models import StoredFile
from tiejun.people.models import Account, Person, Posting, Unit
from tiejun.people.queries import in_scope, serving
from tiejun.study.models import HourEntry, StudyStream
from tiejun.study.rules import CATEGORY_WORDS, RECORDABLE, HourKind
from tiejun.study.sources import CASE

BY_CLOCK = "系统计时"
MOST_MINUTES = 24 * 60 * 31


@dataclass(frozen=True)
class HourSpec:
    """Hours entered by hand; `title` says what was learnt, `evidence` by what it is proved."""

    day: date
    kind: str
    category: str
    title: str
    minutes: int
    evidence: str
    file: StoredFile | None = None


@dataclass(frozen=True)
class Recorder:
    """Who records: the actor, the person behind the account, and the units in reach."""

    actor: Actor
    person_id: int | None
    scopes: tuple[str, ...]


def book_stream(db: Session, stream: StudyStream, now: datetime) -> None:
    """Book what a stream credited; its `stream_id` is unique, so that nothing is booked twice."""
    db.add(
        HourEntry(
            person_id=stream.person_id,
            unit_id=unit_on(db, stream.person_id, stream.day),
            day=stream.day,
            year=stream.day.year,
            kind=HourKind.CASE if stream.kind == CASE else HourKind.ONLINE,
            category=stream.category,
            title=stream.title,
            seconds=stream.credited,
            stream_id=stream.id,
            recorded_by=BY_CLOCK,
            recorded_at=now,
        )
    )
    db.flush()


def record_hours(db: Session, person_id: UUID, spec: HourSpec, by: Recorder, now: datetime) -> HourEntry:
    """Add hours learnt outside the platform.

    Raises:
        NotFound: if the person is not in reach.
        Forbidden: if it is oneself.
        Rejected: naming each field that is wrong.
    """
    person = reachable(db, person_id, by.scopes, beijing(now).date())
    _not_oneself(person.id, by)
    _check(spec, beijing(now).date())
    entry = HourEntry(
        person_id=person.id,
        unit_id=unit_on(db, person.id, spec.day),
        day=spec.day,
        year=spec.day.year,
        kind=spec.kind,
        category=spec.category,
        title=spec.title,
        seconds=spec.minutes * 60,
        evidence=spec.evidence,
        file_id=spec.file.id if spec.file else None,
        approver=by.actor.name,
        recorded_by=by.actor.name,
        recorded_at=now,
    )
    db.add(entry)
    db.flush()
    record(
        db,
        by.actor,
        "hours.recorded",
        ("person", person.public_id),
        now,
        minutes=spec.minutes,
        kind=spec.kind,
    )
    return entry


def correct(db: Session, entry_id: UUID, minutes: int, reason: str, by: Recorder, now: datetime) -> HourEntry:
    """Correct an entry by a further one of `minutes`, negative to take away.

    Raises:
        NotFound: if the entry's person is not in reach.
        Forbidden: if it is one's own.
        Conflict: if more would be taken away than the entry and its corrections hold.
    """
    entry = db.scalars(select(HourEntry).where(HourEntry.public_id == entry_id)).one_or_none()
    if entry is None:
        raise NotFound(said("没有这条学时记录，或不在您的管理范围内。"))
    person = db.get_one(Person, entry.person_id)
    reachable(db, person.public_id, by.scopes, beijing(now).date())
    _not_oneself(person.id, by)
    if entry.corrects_id is not None:
        raise Conflict(said("更正记录本身不能再更正，请更正原来的那一条。"))
    # The lock keeps two corrections at the same moment from taking away twice.
    db.scalars(select(Person.id).where(Person.id == person.id).with_for_update()).one()
    held = db.scalar(
        select(func.sum(HourEntry.seconds)).where(
            or_(HourEntry.id == entry.id, HourEntry.corrects_id == entry.id)
        )
    )
    faults = []
    if minutes == 0 or abs(minutes) > MOST_MINUTES:
        faults.append(Problem("", "minutes", said("请填写要增减的分钟数，减少用负数。")))
    if minutes * 60 + int(held or 0) < 0:
        faults.append(Problem("", "minutes", said("减去的比这条记录现有的还多。")))
    if not reason.strip():
        faults.append(Problem("", "reason", said("请写明更正的理由。")))
    if faults:
        raise Rejected(said("没有保存，请改正下面的内容。"), faults)
    made = HourEntry(
        person_id=entry.person_id,
        unit_id=entry.unit_id,
        day=entry.day,
        year=entry.year,
        kind=entry.kind,
        category=entry.category,
        title=entry.title,
        seconds=minutes * 60,
        approver=by.actor.name,
        recorded_by=by.actor.name,
        recorded_at=now,
        corrects_id=entry.id,
        reason=reason.strip()[:200],
    )
    db.add(made)
    db.flush()
    record(
        db,
        by.actor,
        "hours.corrected",
        ("person", person.public_id),
        now,
        minutes=minutes,
        entry=str(entry_id),
    )
    return made


def reachable(db: Session, public_id: UUID, scopes: tuple[str, ...], day: date) -> Person:
    """Return a person who serves below `scopes`.

    Raises:
        NotFound: if there is none.
    """
    person = db.scalars(
        select(Person)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Person.public_id == public_id, serving(day), in_scope(scopes))
        .limit(1)
    ).one_or_none()
    if person is None:
        raise NotFound(said("没有这名人员，或不在您的管理范围内。"))
    return person


def unit_on(db: Session, person_id: int, day: date) -> int:
    """Return the unit in which a person served on `day`; the latest known one if in none."""
    posted = (
        select(Posting.unit_id)
        .where(Posting.person_id == person_id)
        .order_by(serving(day).desc(), Posting.effective_from.desc(), Posting.id.desc())
        .limit(1)
    )
    unit_id = db.scalar(posted) or db.scalar(select(Account.unit_id).where(Account.person_id == person_id))
    if unit_id is None:
        raise NotFound(said("这名人员不在任何单位，学时无法入账。"))
    return unit_id


def _not_oneself(person_id: int, by: Recorder) -> None:
    if by.person_id == person_id:
        raise Forbidden(said("不能登记或更正自己的学时，请由其他管理员办理。"))


def _check(spec: HourSpec, today: date) -> None:
    faults = []
    if spec.day > today:
        faults.append(Problem("", "day", said("不能晚于今天。")))
    if spec.kind not in RECORDABLE:
        faults.append(Problem("", "kind", said("请从列表中选择。")))
    if spec.category not in CATEGORY_WORDS:
        faults.append(Problem("", "category", said("请从列表中选择。")))
    if not spec.title:
        faults.append(Problem("", "title", said("请写明学了什么。")))
    if not 0 < spec.minutes <= MOST_MINUTES:
        faults.append(Problem("", "minutes", said("应为大于0的分钟数。")))
    if not spec.evidence and spec.file is None:
        faults.append(Problem("", "evidence", said("请写明凭据或上传证明材料。")))
    if faults:
        raise Rejected(said("没有保存，请改正下面的内容。"), faults)
