"""Importing the roster: all or nothing, with a dry run that shows what each row would do.

Officers are found again by the keyed hash of their ID number. Reading and checking happen outside the
writing transaction, which then only inserts in bulk: 10,000 officers hold it for seconds, not for minutes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun import crypto
from tiejun.access import Role
from tiejun.audit import Actor, record
from tiejun.errors import Problem, Rejected
from tiejun.imports import ImportReport
from tiejun.people.initial_passwords import hash_initial, new_initial_password
from tiejun.people.models import Account, CardEvent, Person, Posting, RoleGrant, Unit
from tiejun.people.queries import in_scope, serving
from tiejun.people.roster_rules import (
    HEADINGS,
    LOGIN,
    NAME,
    REQUIRED,
    SINCE,
    UNIT,
    WORDS,
    RosterEntry,
    doubled,
    read_entry,
)
from tiejun.people.rules import masked_id_number
from tiejun.people.sheets import read_table
from tiejun.settings import Settings

ID_PURPOSE = "person.id_number"
CHUNK = 500
MOST_ROWS = 20_000


@dataclass(frozen=True)
class Known:
    """What the database has of a person: the row and the posting of today."""

    person: Person
    posting: Posting | None
    unit: Unit | None
    email: str | None = None


@dataclass(frozen=True)
class PlannedOfficer:
    """One row with what would become of it: `outcome` is created, updated or unchanged."""

    entry: RosterEntry
    id_hash: str
    unit: Unit
    known: Known | None
    outcome: str

    @property
    def masked(self) -> str:
        """The ID number as it may be shown."""
        return masked_id_number(self.entry.id_number)


@dataclass
class RosterPlan:
    """What an import would do; it can be written if the report has no problems."""

    report: ImportReport
    officers: list[PlannedOfficer] = field(default_factory=list)


@dataclass(frozen=True)
class NewAccount:
    """A sign-in made by an import. The password is known only here and now."""

    login: str
    name: str
    unit: str
    password: str


def id_hash(number: str, settings: Settings) -> str:
    """Return the hash by which a person with this ID number is found."""
    return crypto.keyed_hash(number, settings.data_key, ID_PURPOSE)


def plan_roster(
    db: Session, content: bytes, scopes: Sequence[str], settings: Settings, today: date
) -> RosterPlan:
    """Read and check a roster; nothing is written.

    Raises:
        Rejected: if the file can't be read at all; faulty rows are in the report instead.
    """
    rows = read_table(content, HEADINGS, REQUIRED)
    if len(rows) > MOST_ROWS:
        raise Rejected(said("一次最多导入%(most_rows)s人，请拆分文件。", most_rows=MOST_ROWS), [])
    plan = RosterPlan(ImportReport(read=len(rows)))
    entries: list[RosterEntry] = []
    for row in rows:
        read = read_entry(row, today)
        if isinstance(read, RosterEntry):
            entries.append(read)
        else:
            plan.report.reject(read)
    plan.report.reject(doubled(entries))
    hashes = {entry.where: id_hash(entry.id_number, settings) for entry in entries}
    known = _known(db, hashes.values(), today)
    units = _Units(db, scopes)
    taken = _taken_logins(db, entries)
    for entry in entries:
        planned = _plan(entry, hashes[entry.where], units, known, taken)
        if isinstance(planned, PlannedOfficer):
            plan.officers.append(planned)
            plan.report.count(planned.outcome)
        else:
            plan.report.reject(planned)
    return plan


def _plan(
    entry: RosterEntry, hashed: str, units: "_Units", known: dict[str, Known], taken: dict[str, int | None]
) -> PlannedOfficer | list[Problem]:
    unit, fault = units.find(entry.unit)
    if unit is None:
        return [Problem(entry.where, WORDS[UNIT], fault)]
    found = known.get(hashed)
    if found is not None and found.unit is not None and not units.covers(found.unit):
        return [Problem(entry.where, WORDS[NAME], said("此人现在其他地区任职，请先由原单位办理调出"))]
    if entry.login in taken and (found is None or taken[entry.login] != found.person.id):
        return [Problem(entry.where, WORDS[LOGIN], said("登录名“%(login)s”已被使用", login=entry.login))]
    moved = found is not None and _moves(found, entry, unit)
    if moved and found and found.posting and entry.since <= found.posting.effective_from:
        return [Problem(entry.where, WORDS[SINCE], said("岗位有变动时，到岗日期应晚于原岗位的到岗日期"))]
    if found is None:
        outcome = "created"
    else:
        same = (found.person.name, found.person.mobile) == (entry.name, entry.mobile)
        # An empty cell takes nobody's address away: people fill in their own.
        same = same and entry.email in (None, found.email)
        outcome = "unchanged" if same and not moved else "updated"
    return PlannedOfficer(entry, hashed, unit, found, outcome)


def _moves(found: Known, entry: RosterEntry, unit: Unit) -> bool:
    if found.posting is None:
        return True
    now_at = (found.posting.unit_id, found.posting.post, found.posting.is_permanent_staff)
    return now_at != (unit.id, entry.post, entry.is_permanent_staff)


class _Units:
    """The units of somebody's scope, found by code or, where it is unique, by name."""

    def __init__(self, db: Session, scopes: Sequence[str]) -> None:
        self.scopes = tuple(scopes)
        self.by_code: dict[str, Unit] = {}
        self.by_name: dict[str, list[Unit]] = {}
        for unit in db.scalars(select(Unit).where(in_scope(scopes))):
            self.by_code[unit.code] = unit
            self.by_name.setdefault(unit.name, []).append(unit)

    def find(self, words: str) -> tuple[Unit | None, str]:
        """Return the unit, or None and why not."""
        if words in self.by_code:
            return self.by_code[words], ""
        named = self.by_name.get(words, [])
        if len(named) == 1:
            return named[0], ""
        if named:
            return None, said("有%(n)s个单位叫“%(words)s”，请改填单位代码", n=len(named), words=words)
        return None, said("您的管理范围内没有单位“%(words)s”", words=words)

    def covers(self, unit: Unit) -> bool:
        """Return whether the unit lies in the scope."""
        return unit.path.startswith(self.scopes)


def _known(db: Session, hashes: Iterable[str], today: date) -> dict[str, Known]:
    wanted, found = list(hashes), dict[str, Known]()
    for start in range(0, len(wanted), CHUNK):
        rows = db.execute(
            select(Person, Posting, Unit, Account.email)
            .outerjoin(Posting, (Posting.person_id == Person.id) & serving(today))
            .outerjoin(Unit, Unit.id == Posting.unit_id)
            .outerjoin(Account, Account.person_id == Person.id)
            .where(Person.id_number_hash.in_(wanted[start : start + CHUNK]))
            .order_by(Posting.effective_from)
        )
        for person, posting, unit, email in rows:
            found[str(person.id_number_hash)] = Known(person, posting, unit, email)
    return found


def _taken_logins(db: Session, entries: Sequence[RosterEntry]) -> dict[str, int | None]:
    logins, taken = [entry.login for entry in entries if entry.login], dict[str, int | None]()
    for start in range(0, len(logins), CHUNK):
        rows = db.execute(
            select(Account.login, Account.person_id).where(Account.login.in_(logins[start : start + CHUNK]))
        )
        taken.update((login, person_id) for login, person_id in rows)
    return taken


def write_roster(
    db: Session, plan: RosterPlan, settings: Settings, actor: Actor, now: datetime
) -> list[NewAccount]:
    """Write a plan without problems; return the sign-ins made, with their initial passwords.

    Raises:
        Rejected: if the plan has problems; nothing is written.
    """
    if plan.report.problems:
        raise Rejected(said("名册有错误，没有导入任何人。"), plan.report.problems)
    fresh = [officer for officer in plan.officers if officer.known is None]
    ids = _insert_people(db, fresh, settings, now)
    made = _insert_accounts(db, fresh, ids, now)
    changed = [officer for officer in plan.officers if officer.outcome == "updated"]
    for officer in changed:
        _change(db, officer, now)
    everyone = [(o, o.known.person.id) for o in plan.officers if o.known] + list(zip(fresh, ids, strict=True))
    _insert_postings(db, [pair for pair in everyone if pair[0].known is None or _needs_posting(pair[0])])
    _insert_cards(db, everyone)
    report = plan.report
    report.is_written = True
    counts = {"created": report.created, "updated": report.updated, "unchanged": report.unchanged}
    record(db, actor, "roster.imported", ("roster", now.isoformat()), now, **counts)
    for officer in changed:
        assert officer.known is not None
        record(db, actor, "person.updated", ("person", officer.known.person.public_id), now, by="roster")
    return made


def _needs_posting(officer: PlannedOfficer) -> bool:
    return officer.known is not None and _moves(officer.known, officer.entry, officer.unit)


def _insert_people(
    db: Session, fresh: Sequence[PlannedOfficer], settings: Settings, now: datetime
) -> list[int]:
    rows = [
        {
            "public_id": uuid4(),
            "name": officer.entry.name,
            "id_number_sealed": crypto.seal(officer.entry.id_number, settings.data_key, ID_PURPOSE),
            "id_number_hash": officer.id_hash,
            "id_number_masked": officer.masked,
            "mobile": officer.entry.mobile,
            "created_at": now,
            "updated_at": now,
        }
        for officer in fresh
    ]
    if not rows:
        return []
    return list(db.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), rows))


def _insert_accounts(
    db: Session, fresh: Sequence[PlannedOfficer], ids: Sequence[int], now: datetime
) -> list[NewAccount]:
    made, rows = [], []
    for officer, person_id in zip(fresh, ids, strict=True):
        login = officer.entry.login or f"{officer.unit.province_code or '00'}{person_id:06d}"
        password = new_initial_password()
        made.append(NewAccount(login, officer.entry.name, officer.unit.name, password))
        rows.append(
            {
                "login": login,
                "display_name": officer.entry.name,
                "person_id": person_id,
                "unit_id": officer.unit.id,
                "password_hash": hash_initial(password),
                "must_change_password": True,
                "password_changed_at": now,
                "is_active": True,
                "failures": 0,
                "email": officer.entry.email,
                "wants_mail": True,
                "created_at": now,
            }
        )
    if rows:
        accounts = db.scalars(insert(Account).returning(Account.id, sort_by_parameter_order=True), rows)
        grants = [
            {"account_id": account_id, "role": Role.OFFICER, "unit_id": officer.unit.id}
            for account_id, officer in zip(accounts, fresh, strict=True)
        ]
        db.execute(insert(RoleGrant), grants)
    return made


def _change(db: Session, officer: PlannedOfficer, now: datetime) -> None:
    known = officer.known
    assert known is not None
    db.execute(
        update(Person)
        .where(Person.id == known.person.id)
        .values(name=officer.entry.name, mobile=officer.entry.mobile, updated_at=now)
    )
    db.execute(
        update(Account).where(Account.person_id == known.person.id).values(display_name=officer.entry.name)
    )
    if officer.entry.email is not None:
        db.execute(
            update(Account).where(Account.person_id == known.person.id).values(email=officer.entry.email)
        )
    if not _needs_posting(officer):
        return
    if known.posting is not None:
        last_day = officer.entry.since - timedelta(days=1)
        db.execute(update(Posting).where(Posting.id == known.posting.id).values(effective_to=last_day))
    account_ids = select(Account.id).where(Account.person_id == known.person.id)
    db.execute(update(Account).where(Account.person_id == known.person.id).values(unit_id=officer.unit.id))
    db.execute(
        update(RoleGrant)
        .where(RoleGrant.account_id.in_(account_ids), RoleGrant.role == Role.OFFICER)
        .values(unit_id=officer.unit.id)
    )


def _insert_postings(db: Session, pairs: Sequence[tuple[PlannedOfficer, int]]) -> None:
    rows = [
        {
            "person_id": person_id,
            "unit_id": officer.unit.id,
            "post": officer.entry.post,
            "is_permanent_staff": officer.entry.is_permanent_staff,
            "effective_from": officer.entry.since,
        }
        for officer, person_id in pairs
    ]
    if rows:
        db.execute(insert(Posting), rows)


def _insert_cards(db: Session, pairs: Sequence[tuple[PlannedOfficer, int]]) -> None:
    with_cards = {person_id: officer.entry.cards for officer, person_id in pairs if officer.entry.cards}
    known: set[tuple[int, str, date]] = set()
    ids = list(with_cards)
    for start in range(0, len(ids), CHUNK):
        found = db.execute(
            select(CardEvent.person_id, CardEvent.kind, CardEvent.happened_on).where(
                CardEvent.person_id.in_(ids[start : start + CHUNK])
            )
        )
        known.update((person_id, str(kind), day) for person_id, kind, day in found)
    rows = [
        {
            "person_id": person_id,
            "kind": card.kind,
            "card_number": card.card_number,
            "happened_on": card.happened_on,
            "valid_until": card.valid_until,
        }
        for person_id, cards in with_cards.items()
        for card in cards
        if (person_id, str(card.kind), card.happened_on) not in known
    ]
    if rows:
        db.execute(insert(CardEvent), rows)
