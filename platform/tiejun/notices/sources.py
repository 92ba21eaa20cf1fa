"""Where notices come from: what is so in the exams now, against what was already told.

Each source reads whole sets and compares; nothing is handed over by the exams, so that nothing can be lost
on the way, and a scan that failed is made good by the next one (docs/decisions/0017).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, String, cast, exists, select
from sqlalchemy.orm import Session

from question_bank.words import Words
from tiejun import regulation
from tiejun.access import Role
from tiejun.clock import BEIJING, beijing
from tiejun.exams.make_up_service import OPEN_STATES
from tiejun.exams.models import Exam, Registration, Sitting
from tiejun.exams.result_models import MakeUpCase, Result
from tiejun.notices import rules, wording
from tiejun.notices.models import Notice
from tiejun.notices.rules import Topic
from tiejun.people.models import Account, Person, RoleGrant, Unit

STREAM = (Topic.REGISTERED, Topic.CHANGED, Topic.WITHDRAWN)
MY_EXAMS = "/my/exams"
MAKE_UPS = "/make-ups"
DIGEST_ROLES = (Role.UNIT_ADMIN, Role.EXAM_ADMIN, Role.PROVINCE_ADMIN)
MAY_ARRANGE = frozenset({Role.EXAM_ADMIN, Role.PROVINCE_ADMIN})


@dataclass(frozen=True)
class Draft:
    """A notice to be made, if there is none yet with its account, topic and key."""

    account_id: int
    topic: Topic
    key: str
    words: tuple[Words, Words]
    address: str
    sitting_id: int | None = None
    version: str | None = None


def drafts(db: Session, now: datetime) -> list[Draft]:
    """Return everything that must be told now and has not been."""
    return [*places(db, now), *tomorrow(db, now), *results(db, now), *make_ups(db, now), *digests(db, now)]


def places(db: Session, now: datetime) -> Iterator[Draft]:
    """Yield what changed about people's places in sittings to come: registered, changed, withdrawn."""
    ahead = {sitting.id: (sitting, title) for sitting, title in db.execute(_ahead(now)).all()}
    held = _held(db, now)
    told = _told(db, now)
    for sitting_id, account_id in sorted(held.keys() | told.keys()):
        sitting, title = ahead[sitting_id]
        seat = held.get((sitting_id, account_id))
        last, version, number = told.get((sitting_id, account_id), (None, None, 0))
        present = _version(sitting, seat) if seat is not None else None
        topic = rules.next_word(last, version, present)
        if topic is None:
            continue
        words = (
            wording.sitting_words(topic, _place(title, sitting, seat))
            if seat is not None
            else wording.withdrawn_words(title, sitting.starts_at)
        )
        yield Draft(account_id, topic, f"{sitting_id}:{number}", words, MY_EXAMS, sitting_id, present)


def _ahead(now: datetime) -> Select[Sitting, str]:
    return (
        select(Sitting, Exam.title)
        .join(Exam, Exam.id == Sitting.exam_id)
        .where(Sitting.starts_at > now, Sitting.closed_at.is_(None))
    )


def _held(db: Session, now: datetime) -> dict[tuple[int, int], int]:
    """Return the seats in sittings to come, by sitting and account."""
    rows = db.execute(
        select(Registration.sitting_id, Account.id, Registration.seat)
        .join(Sitting, Sitting.id == Registration.sitting_id)
        .join(Account, Account.person_id == Registration.person_id)
        .where(Sitting.starts_at > now, Sitting.closed_at.is_(None), Account.is_active)
    )
    return {(sitting_id, account_id): seat for sitting_id, account_id, seat in rows}


def _told(db: Session, now: datetime) -> dict[tuple[int, int], tuple[Topic, str | None, int]]:
    """Return what was said last of a place in a sitting to come, and how often anything was said."""
    rows = db.execute(
        select(Sitting.id, Notice.account_id, Notice.topic, Notice.version)
        .join(Sitting, Sitting.id == Notice.sitting_id)
        .where(Sitting.starts_at > now, Sitting.closed_at.is_(None), Notice.topic.in_(STREAM))
        .order_by(Notice.id)
    )
    found: dict[tuple[int, int], tuple[Topic, str | None, int]] = {}
    for sitting_id, account_id, topic, version in rows:
        _last, _version, number = found.get((sitting_id, account_id), (None, None, 0))
        found[sitting_id, account_id] = (Topic(topic), version, number + 1)
    return found


def _version(sitting: Sitting, seat: int) -> str:
    return wording.version(sitting.starts_at, sitting.ends_at, sitting.venue, seat)


def _place(title: str, sitting: Sitting, seat: int) -> wording.Place:
    return wording.Place(title, sitting.starts_at, sitting.ends_at, sitting.venue, seat)


def tomorrow(db: Session, now: datetime) -> Iterator[Draft]:
    """Yield the reminders of the sittings of the next day in Beijing, from the hour on."""
    day = rules.eve(beijing(now))
    if day is None:
        return
    begins = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    key = cast(Sitting.id, String) + f":{day}"
    rows = db.execute(
        select(Sitting, Exam.title, Registration.seat, Account.id)
        .join(Exam, Exam.id == Sitting.exam_id)
        .join(Registration, Registration.sitting_id == Sitting.id)
        .join(Account, Account.person_id == Registration.person_id)
        .where(
            Sitting.starts_at >= begins,
            Sitting.starts_at < begins + rules.DAY,
            Sitting.closed_at.is_(None),
            Account.is_active,
            _is_new(Topic.TOMORROW, key),
        )
        .order_by(Account.id)
    )
    for sitting, title, seat, account_id in rows:
        words = wording.sitting_words(Topic.TOMORROW, _place(title, sitting, seat))
        yield Draft(account_id, Topic.TOMORROW, f"{sitting.id}:{day}", words, MY_EXAMS)


def _is_new(topic: Topic, key: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that this account was not told this yet; answered by the unique index."""
    return ~exists().where(Notice.account_id == Account.id, Notice.topic == topic, Notice.key == key)


def results(db: Session, now: datetime) -> Iterator[Draft]:
    """Yield the notices of results released lately; a later revision for the record is not told again."""
    since = now - timedelta(days=regulation.RESULT_NOTICE_DAYS.value)
    key = cast(Sitting.id, String)
    rows = db.execute(
        select(Sitting.id, Sitting.public_id, Exam.title, Account.id)
        .join(Result, Result.sitting_id == Sitting.id)
        .join(Exam, Exam.id == Sitting.exam_id)
        .join(Account, Account.person_id == Result.person_id)
        .where(
            Sitting.released_at > since,
            Result.is_current,
            Result.released_at.is_not(None),
            Account.is_active,
            _is_new(Topic.RESULT, key),
        )
        .order_by(Account.id)
    )
    for sitting_id, public_id, title, account_id in rows:
        words = wording.result_words(title)
        yield Draft(account_id, Topic.RESULT, str(sitting_id), words, f"/my/results/{public_id}")


def make_ups(db: Session, now: datetime) -> Iterator[Draft]:
    """Yield the reminders of make-ups: for each case the one threshold that is in turn today.

    Who has sat the make-up and waits for its result is not reminded.
    """
    today = beijing(now).date()
    for band in rules.bands(today):
        # By the result, which stays: a withdrawn case is deleted, and its number could come back.
        key = cast(MakeUpCase.origin_result_id, String) + f":{band.days}"
        rows = db.execute(
            select(MakeUpCase, Exam.title, Sitting, Registration.seat, Account.id)
            .join(Exam, Exam.id == MakeUpCase.exam_id)
            .join(Account, Account.person_id == MakeUpCase.person_id)
            .outerjoin(Registration, Registration.id == MakeUpCase.registration_id)
            .outerjoin(Sitting, Sitting.id == Registration.sitting_id)
            .where(
                MakeUpCase.state.in_(OPEN_STATES),
                MakeUpCase.due_on.between(band.first_due, band.last_due),
                Account.is_active,
                _is_new(Topic.MAKE_UP, key),
            )
            .order_by(Account.id)
        )
        for case, title, sitting, seat, account_id in rows:
            if sitting is not None and sitting.over_at <= now:
                continue
            place = _place(title, sitting, seat) if sitting is not None else None
            told = wording.MakeUp(title, case.due_on, case.due_is_provisional, place)
            words = wording.make_up_words(told, today)
            address = "/my/results" if place is None else MY_EXAMS
            yield Draft(account_id, Topic.MAKE_UP, f"{case.origin_result_id}:{band.days}", words, address)


def digests(db: Session, now: datetime) -> Iterator[Draft]:
    """Yield the weekly digest of each administrator below whose units make-ups are due."""
    week, today = rules.week(beijing(now)), beijing(now).date()
    readers = _digest_readers(db, week)
    if not readers:
        return
    below = _open_cases(db, now)
    for account_id, grants in readers.items():
        found = {each for path, _role in grants for each in below.get(path, ())}
        if not found:
            continue
        cases = [case for _id, case in sorted(found, key=lambda each: (each[1].due_on, each[1].name))]
        days = regulation.MAKE_UP_REMINDERS.value
        within = {n: sum(0 <= (case.due_on - today).days <= n for case in cases) for n in days}
        address = MAKE_UPS if any(role in MAY_ARRANGE for _path, role in grants) else ""
        words = wording.digest_words(cases, within, today)
        yield Draft(account_id, Topic.MAKE_UP_DIGEST, week, words, address)


def _digest_readers(db: Session, week: str) -> dict[int, list[tuple[str, str]]]:
    """Return the administrators without this week's digest, each with the paths and roles held there."""
    said = exists().where(
        Notice.account_id == Account.id, Notice.topic == Topic.MAKE_UP_DIGEST, Notice.key == week
    )
    rows = db.execute(
        select(Account.id, Unit.path, RoleGrant.role)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(Account.is_active, RoleGrant.role.in_(DIGEST_ROLES), ~said)
        .order_by(Account.id)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for account_id, path, role in rows:
        found.setdefault(account_id, []).append((path, role))
    return found


def _open_cases(db: Session, now: datetime) -> dict[str, list[tuple[int, wording.Counted]]]:
    """Return the make-ups overdue or due within the longest threshold, by the path of each unit above."""
    last_due = beijing(now).date() + timedelta(days=max(regulation.MAKE_UP_REMINDERS.value))
    rows = db.execute(
        select(MakeUpCase.id, Person.name, MakeUpCase.due_on, Unit.path, Sitting.ends_at, Sitting.closed_at)
        .join(Person, Person.id == MakeUpCase.person_id)
        .join(Unit, Unit.id == MakeUpCase.unit_id)
        .outerjoin(Registration, Registration.id == MakeUpCase.registration_id)
        .outerjoin(Sitting, Sitting.id == Registration.sitting_id)
        .where(MakeUpCase.state.in_(OPEN_STATES), MakeUpCase.due_on <= last_due)
    )
    below: dict[str, list[tuple[int, wording.Counted]]] = {}
    for case_id, name, due_on, path, ends_at, closed_at in rows:
        if ends_at is not None and min(closed_at or ends_at, ends_at) <= now:
            continue  # sat or missed: the result will say more
        counted = (case_id, wording.Counted(name, due_on, ends_at is not None))
        for above in _paths_above(path):
            below.setdefault(above, []).append(counted)
    return below


@lru_cache(maxsize=10_000)
def _paths_above(path: str) -> Sequence[str]:
    """Return "/1/", "/1/5/", "/1/5/23/" for the last of them."""
    parts = path.strip("/").split("/")
    return [f"/{'/'.join(parts[: depth + 1])}/" for depth in range(len(parts))]
