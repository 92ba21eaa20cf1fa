"""Writes of the people room: units, accounts, posts, cards, completions."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Role
from tiejun.audit import Actor, record
from tiejun.errors import Conflict, NotFound
from tiejun.people.initial_passwords import hash_initial, new_initial_password
from tiejun.people.models import Account, AgencyTier, RoleGrant, Unit, UnitKind
from tiejun.people.roster import NewAccount
from tiejun.people.sign_in import end_all_sessions, hash_password


@dataclass(frozen=True)
class UnitSpec:
    """A unit to be made below `parent`."""

    code: str
    name: str
    kind: UnitKind
    parent: Unit | None = None
    agency_tier: AgencyTier | None = None
    province_code: str | None = None
    effective_from: date | None = None


def create_unit(db: Session, spec: UnitSpec) -> Unit:
    """Add a unit; its province code is its own or its parent's."""
    parent = spec.parent
    unit = Unit(
        code=spec.code,
        name=spec.name,
        kind=spec.kind,
        parent_id=parent.id if parent else None,
        path=f"pending-{spec.code}",
        agency_tier=spec.agency_tier,
        province_code=spec.province_code or (parent.province_code if parent else None),
        effective_from=spec.effective_from,
    )
    db.add(unit)
    db.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    return unit


@dataclass(frozen=True)
class AccountSpec:
    """An account to be made: a sign-in in a unit, with roles in subtrees."""

    login: str
    display_name: str
    password: str
    unit_id: int
    roles: tuple[tuple[Role, int], ...]
    person_id: int | None = None
    must_change_password: bool = True


def create_account(
    db: Session, spec: AccountSpec, now: datetime, password_hash: str | None = None
) -> Account:
    """Add an account with its roles.

    `password_hash` spares the 40 ms of hashing where many accounts share one initial password.

    Raises:
        Conflict: if the login is taken.
    """
    if db.scalar(select(Account.id).where(Account.login == spec.login)) is not None:
        raise Conflict(said("登录名“%(login)s”已被使用。", login=spec.login), code="login_taken")
    account = Account(
        login=spec.login,
        display_name=spec.display_name,
        person_id=spec.person_id,
        unit_id=spec.unit_id,
        password_hash=password_hash or hash_password(spec.password),
        must_change_password=spec.must_change_password,
        password_changed_at=now,
        created_at=now,
        grants=[RoleGrant(role=role, unit_id=unit_id) for role, unit_id in spec.roles],
    )
    db.add(account)
    db.flush()
    return account


def unlock(db: Session, account_id: int, actor: Actor, now: datetime) -> None:
    """Let a locked account try again at once.

    Raises:
        NotFound: if there is no such account.
    """
    account = db.get(Account, account_id)
    if account is None:
        raise NotFound(said("没有这个账号。"))
    account.failures, account.last_failure_at, account.locked_until = 0, None, None
    record(db, actor, "account.unlocked", ("account", account.id), now)


def set_mail(
    db: Session, account_id: int, email: str | None, wants_mail: bool, actor: Actor, now: datetime
) -> None:
    """Note where an account wants its notices as mail (None: nowhere), or that it wants none.

    The trail says that it was changed, not to which address.
    """
    account = db.get_one(Account, account_id)
    account.email, account.wants_mail = email, wants_mail
    told = {"has_address": email is not None, "wants_mail": wants_mail}
    record(db, actor, "account.mail_changed", ("account", account.id), now, **told)


def account_of(db: Session, person_id: int) -> Account:
    """Return the account of a person.

    Raises:
        NotFound: if the person has none.
    """
    account = db.scalars(select(Account).where(Account.person_id == person_id)).one_or_none()
    if account is None:
        raise NotFound(said("此人还没有账号。"))
    return account


def reset_password(db: Session, person_id: int, actor: Actor, now: datetime) -> NewAccount:
    """Give a person a new initial password, end all sessions and lift a lock; return it, for once.

    Raises:
        NotFound: if the person has no account.
    """
    account, password = account_of(db, person_id), new_initial_password()
    account.password_hash, account.must_change_password = hash_initial(password), True
    account.password_changed_at = now
    account.failures, account.last_failure_at, account.locked_until = 0, None, None
    end_all_sessions(db, account.id, now)
    record(db, actor, "password.reset", ("account", account.id), now)
    return NewAccount(account.login, account.display_name, "", password)
