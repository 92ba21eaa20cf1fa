"""Signing in: passwords, failures, sessions. The cookie carries a random id, the table its hash."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun import crypto
from tiejun.access import Grant, Persona, Role
from tiejun.audit import Actor, record
from tiejun.db import Database
from tiejun.errors import DomainError, Forbidden, TooMany
from tiejun.people.initial_passwords import initial_fits, is_initial
from tiejun.people.models import Account, OldPassword, Person, RoleGrant, Unit, UserSession
from tiejun.people.rules import FORMER_PASSWORDS, SignInState, password_fault
from tiejun.settings import Settings
from tiejun.web import core, now, wants_json

HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Verified against when there is no such account, so that the time taken does not tell which names exist.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$qtvew0yFdKGB8agOskzPJQ$KIJ+tquecU7yMw6Hsyakug4K2lIK0ZDjU6a9HiemZcM"
PASSWORD_PAGES = ("sign_in.password", "sign_in.sign_out")
TOUCH_EVERY = timedelta(minutes=1)
ADMINISTRATIVE = frozenset(
    {
        Role.EXAM_ADMIN,
        Role.UNIT_ADMIN,
        Role.PROVINCE_ADMIN,
        Role.NATIONAL_ADMIN,
        Role.ITEM_WRITER,
        Role.ITEM_REVIEWER,
    }
)


@dataclass(frozen=True)
class Caller:
    """From where somebody signs in."""

    address: str | None
    agent: str | None


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return HASHER.hash(password)


def password_fits(password_hash: str, password: str) -> bool:
    """Return whether the password belongs to the hash."""
    if is_initial(password_hash):
        return initial_fits(password_hash, password)
    try:
        return HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def authenticate(database: Database, login: str, password: str, now: datetime, settings: Settings) -> int:
    """Return the account id for a login and password; every try is audited.

    The password is hashed outside of any transaction: it takes 40 ms, and a sign-in storm would otherwise
    hold up every write.

    Raises:
        DomainError: `bad_credentials`; the same sentence whether the name or the password is wrong.
        TooMany: `locked` or `delayed`, with the seconds to wait.
    """
    with database.reading() as db:
        account = db.scalars(select(Account).where(Account.login == login.strip())).one_or_none()
    if account is not None:
        _refuse_while_waiting(_state(account), now)
    fits = password_fits(account.password_hash if account else NOBODY, password)
    with database.transaction() as db:
        if account is None:
            record(db, Actor(None, login[:60]), "sign_in.unknown", ("login", login[:60]), now)
        else:
            _note_try(db, account.id, fits, now, settings)
    if account is None or not fits or not account.is_active:
        raise DomainError(said("登录名或密码不正确。"), code="bad_credentials")
    return account.id


def _state(account: Account) -> SignInState:
    return SignInState(account.failures, account.last_failure_at, account.locked_until)


def _refuse_while_waiting(state: SignInState, now: datetime) -> None:
    wait = state.wait(now)
    if not wait:
        return
    seconds = ceil(wait.total_seconds())
    if state.locked_until is not None:
        raise TooMany(
            said("连续输错5次，账号已暂时锁定。请联系监考或管理员解锁，或稍后再试。"),
            code="locked",
            retry_after=seconds,
        )
    raise TooMany(said("刚才的密码不正确，请稍等几秒再试。"), code="delayed", retry_after=seconds)


def _note_try(db: Session, account_id: int, fits: bool, now: datetime, settings: Settings) -> None:
    account = db.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()
    who = Actor(account.id, account.login)
    if fits:
        account.failures, account.last_failure_at, account.locked_until = 0, None, None
        record(db, who, "sign_in.accepted", ("account", account.id), now)
        return
    state = _state(account).after_failure(now, timedelta(minutes=settings.lock_minutes))
    account.failures, account.last_failure_at = state.failures, state.last_failure_at
    account.locked_until = state.locked_until
    record(db, who, "sign_in.failed", ("account", account.id), now, failures=state.failures)


def open_session(db: Session, account_id: int, kind: str, caller: Caller, now: datetime) -> str:
    """Open a session of kind `browser` or `api`; return its random id, which is stored only as a hash."""
    sid = crypto.random_code(24)
    db.add(
        UserSession(
            sid_hash=crypto.digest(sid),
            account_id=account_id,
            kind=kind,
            created_at=now,
            last_seen_at=now,
            address=caller.address,
            agent=(caller.agent or "")[:300],
        )
    )
    return sid


def end_session(db: Session, sid: str, now: datetime) -> None:
    """Sign one browser or client out."""
    db.execute(
        update(UserSession)
        .where(UserSession.sid_hash == crypto.digest(sid), UserSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_all_sessions(db: Session, account_id: int, now: datetime) -> None:
    """Sign an account out everywhere (after a change of password or roles)."""
    db.execute(
        update(UserSession)
        .where(UserSession.account_id == account_id, UserSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def load_persona(db: Session, sid: str, now: datetime, settings: Settings) -> Persona | None:
    """Return the person behind a session, or None when it has ended, gone idle, or the account is off."""
    found = db.execute(
        select(UserSession, Account, Unit, Person.public_id)
        .join(Account, Account.id == UserSession.account_id)
        .join(Unit, Unit.id == Account.unit_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(UserSession.sid_hash == crypto.digest(sid), UserSession.ended_at.is_(None))
    ).one_or_none()
    if found is None:
        return None
    session, account, unit, public_id = found
    grants = tuple(
        Grant(Role(role), unit_id, path)
        for role, unit_id, path in db.execute(
            select(RoleGrant.role, RoleGrant.unit_id, Unit.path)
            .join(Unit, Unit.id == RoleGrant.unit_id)
            .where(RoleGrant.account_id == account.id)
            .order_by(RoleGrant.id)
        )
    )
    administrative = any(grant.role in ADMINISTRATIVE for grant in grants)
    idle = timedelta(minutes=settings.admin_idle_minutes if administrative else settings.idle_minutes)
    if not account.is_active or now - session.last_seen_at > idle:
        return None
    expired = now - account.password_changed_at > timedelta(days=settings.password_days)
    return Persona(
        account_id=account.id,
        sid=sid,
        person_id=account.person_id,
        public_id=public_id,
        login=account.login,
        name=account.display_name,
        unit_id=unit.id,
        unit_name=unit.name,
        must_change_password=account.must_change_password or expired,
        grants=grants,
        seen_at=session.last_seen_at,
    )


def touch(database: Database, who: Persona, now: datetime) -> None:
    """Note that a session is in use; written at most once a minute."""
    if who.seen_at is None or now - who.seen_at < TOUCH_EVERY:
        return
    with database.transaction() as db:
        db.execute(
            update(UserSession).where(UserSession.sid_hash == crypto.digest(who.sid)).values(last_seen_at=now)
        )


def change_password(db: Session, account_id: int, old: str, new: str, now: datetime) -> None:
    """Set a new password and sign the account out everywhere.

    Raises:
        DomainError: with the field (`old` or `new`) that is wrong.
    """
    account = db.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()
    if not password_fits(account.password_hash, old):
        raise DomainError(said("现在的密码不正确。"), code="bad_old_password", field="old")
    fault = password_fault(new, account.login)
    if fault:
        raise DomainError(fault, code="weak_password", field="new")
    former = db.scalars(
        select(OldPassword.password_hash)
        .where(OldPassword.account_id == account_id)
        .order_by(OldPassword.id.desc())
        .limit(FORMER_PASSWORDS - 1)
    ).all()
    if any(password_fits(known, new) for known in (account.password_hash, *former)):
        raise DomainError(
            said("不能使用最近%(former_passwords)s次用过的密码。", former_passwords=FORMER_PASSWORDS),
            code="used_password",
            field="new",
        )
    db.add(OldPassword(account_id=account_id, password_hash=account.password_hash, replaced_at=now))
    account.password_hash, account.password_changed_at = hash_password(new), now
    account.must_change_password = False
    end_all_sessions(db, account_id, now)
    record(db, Actor(account.id, account.login), "password.changed", ("account", account.id), now)


def init_sign_in(app: Flask) -> None:
    """Let flask-login find the person of each request: by cookie, or by bearer token under /api."""
    manager = LoginManager(app)
    # flask-login's own check would sign people out when their address changes.
    manager.session_protection = None
    manager.user_loader(_from_cookie)
    manager.request_loader(_from_bearer)
    manager.unauthorized_handler(_send_to_sign_in)
    app.before_request(_ask_for_new_password)


def _from_cookie(sid: str) -> Persona | None:
    parts = core()
    with parts.database.reading() as db:
        found = load_persona(db, sid, now(), parts.settings)
    if found is not None:
        touch(parts.database, found, now())
    return found


def _from_bearer(_request: object) -> Persona | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return _from_cookie(token) if scheme == "Bearer" and wants_json() else None


def _send_to_sign_in() -> ResponseReturnValue:
    if wants_json():
        raise NotSignedIn(said("请先登录。"))
    following = request.full_path if request.method == "GET" else None
    return redirect(url_for("sign_in.sign_in", next=following), 303)


class NotSignedIn(DomainError):
    """A call that needs a signed-in person came without one."""

    status = 401
    code = "not_signed_in"


def _ask_for_new_password() -> ResponseReturnValue | None:
    """Send people with an initial or expired password to the page that changes it, and nowhere else."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "permission", None) is None or request.endpoint in PASSWORD_PAGES:
        return None
    if not (current_user.is_authenticated and current_user.must_change_password):
        return None
    if wants_json():
        raise Forbidden(said("请先在网页上修改初始密码。"), code="password_change_required")
    return redirect(url_for("sign_in.password"), 303)
