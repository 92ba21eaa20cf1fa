"""Registering officers for a sitting and taking them off again, before its start."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.clock import beijing
from tiejun.errors import Conflict, Problem, Rejected
from tiejun.exams.admin_rules import free_places, pasted_lines, spread
from tiejun.exams.admin_service import form_ids, locked_before_start
from tiejun.exams.models import Attempt, Exam, Registration, Sitting
from tiejun.people.models import Account, Person, Posting, Unit
from tiejun.people.queries import serving
from tiejun.people.rules import normal_id_number


def register(
    db: Session, sitting_id: int, person_ids: Collection[int], actor: Actor, now: datetime
) -> list[Registration]:
    """Give each person a seat and a form; seats are the lowest free ones, neighbours get different forms.

    Raises:
        NotFound: if there is no such sitting.
        Conflict: if it has begun (`sitting_started`) or has no form.
        Rejected: naming each person who is registered already, serves in no unit on the day, or sits another
            sitting at the same time.
    """
    sitting = locked_before_start(db, sitting_id, now)
    wanted = list(dict.fromkeys(person_ids))
    units = _units_on_the_day(db, sitting, wanted)
    _refuse_faults(db, sitting, wanted, units)
    forms = form_ids(db, sitting.id)
    if not forms:
        raise Conflict(said("场次还没有试卷，不能登记考生。"), code="no_form")
    taken = db.scalars(select(Registration.seat).where(Registration.sitting_id == sitting.id)).all()
    places = free_places(taken, len(wanted), forms)
    order = spread((person_id, units[person_id]) for person_id in wanted)
    made = [
        Registration(
            sitting_id=sitting.id,
            person_id=person_id,
            unit_id=units[person_id],
            seat=place.seat,
            form_id=place.form_id,
            created_at=now,
        )
        for person_id, place in zip(order, places, strict=True)
    ]
    db.add_all(made)
    db.flush()
    record(db, actor, "sitting.registered", ("sitting", sitting.public_id), now, persons=sorted(wanted))
    return made


def unregister(
    db: Session, sitting_id: int, registration_ids: Collection[int], actor: Actor, now: datetime
) -> int:
    """Take candidates off a sitting before its start; return how many.

    Raises:
        NotFound: if there is no such sitting.
        Conflict: if it has begun, or somebody's attempt exists.
    """
    sitting = locked_before_start(db, sitting_id, now)
    rows = db.scalars(
        select(Registration).where(
            Registration.sitting_id == sitting.id, Registration.id.in_(registration_ids)
        )
    ).all()
    begun = select(Attempt.id).where(Attempt.registration_id.in_([row.id for row in rows])).limit(1)
    if db.scalar(begun) is not None:
        raise Conflict(said("选中的考生中有人已开考，没有取消任何登记。"), code="attempt_exists")
    for row in rows:
        db.delete(row)
    db.flush()
    persons = sorted(row.person_id for row in rows)
    record(db, actor, "sitting.unregistered", ("sitting", sitting.public_id), now, persons=persons)
    return len(rows)


def people_of_list(
    db: Session, text: str, may_see: Callable[[Unit], bool], hash_of: Callable[[str], str], now: datetime
) -> list[int]:
    """Return the persons of a pasted list of ID numbers or logins, one a line.

    Args:
        db: a session.
        text: the list as pasted.
        may_see: whether the unit lies within the reach of the one who pastes.
        hash_of: the keyed hash by which ID numbers are found.
        now: present instant; a person counts with today's unit.

    Raises:
        Rejected: naming each faulty line: nobody found (or out of reach), or named twice.
    """
    found: dict[int, int] = {}
    problems = []
    day = beijing(now).date()
    lines = pasted_lines(text)
    for number, entry in lines:
        person_id = _person_of(db, entry, hash_of)
        units = _units_of(db, person_id, day) if person_id is not None else []
        if person_id is None or not any(map(may_see, units)):
            message = said("“%(entry)s”不是管辖范围内在岗人员的证件号码或登录名。", entry=_shown(entry))
            problems.append(Problem(said("第%(number)s行", number=number), said("名单"), message))
        elif person_id in found:
            message = said("“%(entry)s”与第%(found)s行重复。", entry=_shown(entry), found=found[person_id])
            problems.append(Problem(said("第%(number)s行", number=number), said("名单"), message))
        else:
            found[person_id] = number
    if not lines:
        problems.append(
            Problem(said("名单"), said("名单"), said("名单是空的，请每行粘贴一个证件号码或登录名。"))
        )
    if problems:
        raise Rejected(said("名单有误，没有登记任何人。"), problems)
    return list(found)


def _person_of(db: Session, entry: str, hash_of: Callable[[str], str]) -> int | None:
    by_number = select(Person.id).where(Person.id_number_hash == hash_of(normal_id_number(entry)))
    by_login = select(Account.person_id).where(Account.login == entry, Account.is_active)
    return db.scalar(by_number) or db.scalar(by_login)


def _units_of(db: Session, person_id: int, day: date) -> Sequence[Unit]:
    return db.scalars(
        select(Unit)
        .join(Posting, Posting.unit_id == Unit.id)
        .where(Posting.person_id == person_id, serving(day))
    ).all()


def _shown(entry: str) -> str:
    """Return an entry without laying a whole ID number open again."""
    return entry if len(entry) < 15 else f"{entry[:3]}…{entry[-4:]}"


def _units_on_the_day(db: Session, sitting: Sitting, person_ids: Collection[int]) -> dict[int, int]:
    day = beijing(sitting.starts_at).date()
    rows = db.execute(
        select(Posting.person_id, Posting.unit_id)
        .where(Posting.person_id.in_(person_ids), serving(day))
        .order_by(Posting.effective_from, Posting.id)
    )
    return dict(rows.all())


def _refuse_faults(db: Session, sitting: Sitting, wanted: Sequence[int], units: dict[int, int]) -> None:
    rows = db.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    names = dict(rows.all())
    problems = []
    if not wanted:
        problems.append(Problem(said("登记"), said("考生"), said("没有选择考生。")))
    clashes = _clashes(db, sitting, wanted)
    for person_id in wanted:
        who = names.get(person_id, said("（查无此人）"))
        if person_id in clashes:
            problems.append(Problem(who, said("考生"), clashes[person_id]))
        elif person_id not in units:
            problems.append(Problem(who, said("考生"), said("考试当天没有在岗任职记录，不能登记。")))
    if problems:
        raise Rejected(said("名单有误，没有登记任何人。"), problems)


def _clashes(db: Session, sitting: Sitting, wanted: Collection[int]) -> dict[int, str]:
    """Return why a person can't be registered again: here already, or elsewhere at the same time."""
    rows = db.execute(
        select(Registration.person_id, Sitting.id, Sitting.title, Exam.title)
        .join(Sitting, Sitting.id == Registration.sitting_id)
        .join(Exam, Exam.id == Sitting.exam_id)
        .where(
            Registration.person_id.in_(wanted),
            Sitting.starts_at < sitting.ends_at,
            # A sitting whose papers were collected early is over, however long its window was to be.
            or_(
                func.coalesce(Sitting.closed_at, Sitting.ends_at) > sitting.starts_at,
                Sitting.id == sitting.id,
            ),
        )
    )
    return {
        person_id: said("已在本场名单中。")
        if other == sitting.id
        else said(
            "同一时间已登记“%(exam_title)s”的%(title)s，不能重复安排。", exam_title=exam_title, title=title
        )
        for person_id, other, title, exam_title in rows
    }
