"""Who may do what: roles, permissions, and the decorators every view must carry.

Deny by default: a view with neither `@require` nor `@public` fails the test run, and is refused at run time.
A role is granted for a unit and holds in that unit's whole subtree; queries ask for it with
`persona.scopes(permission)`, which are prefixes of `Unit.path`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from flask import current_app
from flask_login import UserMixin, current_user

from question_bank.words import listed, said
from tiejun.errors import Forbidden

P = ParamSpec("P")
R = TypeVar("R")


class Permission(StrEnum):
    """One thing somebody may be allowed to do."""

    ACCOUNT_UNLOCK = "account:unlock"
    AUDIT_VIEW = "audit:view"
    CARD_CHECK = "card:check"
    CASE_REVIEW = "case:review"
    CASE_WRITE = "case:write"
    CERTIFICATE_MANAGE = "certificate:manage"
    CERTIFICATE_VIEW = "certificate:view"
    COURSE_MANAGE = "course:manage"
    COURSE_WRITE = "course:write"
    DASHBOARD_VIEW = "dashboard:view"
    DEMO_CLOCK = "demo:clock"
    EXAM_SIT = "exam:sit"
    FOLLOW_UP_MANAGE = "follow_up:manage"
    FORM_MANAGE = "form:manage"
    HOURS_RECORD = "hours:record"
    HOURS_VIEW = "hours:view"
    ITEM_IMPORT = "item:import"
    ITEM_REVIEW = "item:review"
    ITEM_SECRET = "item:secret"
    ITEM_VIEW = "item:view"
    ITEM_WRITE = "item:write"
    LATE_REVIEW = "late:review"
    LAW_IMPORT = "law:import"
    LAW_VIEW = "law:view"
    MAKE_UP_MANAGE = "make_up:manage"
    MARKING_SCORE = "marking:score"
    PEOPLE_IMPORT = "people:import"
    PEOPLE_VIEW = "people:view"
    PRACTICE_USE = "practice:use"
    RESULT_DECLARE = "result:declare"
    RESULT_VIEW = "result:view"
    SELF_USE = "self:use"
    SITTING_INVIGILATE = "sitting:invigilate"
    SITTING_MANAGE = "sitting:manage"
    SITTING_VIEW = "sitting:view"
    STUDY_USE = "study:use"
    TRAINING_IMPORT = "training:import"


class Role(StrEnum):
    """What an account is in one unit's subtree."""

    OFFICER = "officer"
    TRAINER = "trainer"
    ITEM_WRITER = "item_writer"
    ITEM_REVIEWER = "item_reviewer"
    MARKER = "marker"
    INVIGILATOR = "invigilator"
    EXAM_ADMIN = "exam_admin"
    UNIT_ADMIN = "unit_admin"
    PROVINCE_ADMIN = "province_admin"
    NATIONAL_ADMIN = "national_admin"
    AUDITOR = "auditor"


ROLE_WORDS = {
    Role.OFFICER: said("执法人员"),
    Role.TRAINER: said("师资"),
    Role.ITEM_WRITER: said("命题人"),
    Role.ITEM_REVIEWER: said("审题人"),
    Role.MARKER: said("阅卷人"),
    Role.INVIGILATOR: said("监考"),
    Role.EXAM_ADMIN: said("考务管理员"),
    Role.UNIT_ADMIN: said("单位管理员"),
    Role.PROVINCE_ADMIN: said("省厅管理员"),
    Role.NATIONAL_ADMIN: said("部执法局管理员"),
    Role.AUDITOR: said("稽查员"),
}

_EVERYBODY = {Permission.SELF_USE, Permission.LAW_VIEW, Permission.STUDY_USE}
_UNIT = {
    Permission.PEOPLE_VIEW,
    Permission.PEOPLE_IMPORT,
    Permission.TRAINING_IMPORT,
    Permission.ACCOUNT_UNLOCK,
    Permission.SITTING_VIEW,
    Permission.RESULT_VIEW,
    Permission.CERTIFICATE_VIEW,
    Permission.FOLLOW_UP_MANAGE,
    Permission.HOURS_VIEW,
    Permission.HOURS_RECORD,
    Permission.DASHBOARD_VIEW,
}
_EXAM = {
    Permission.FORM_MANAGE,
    Permission.ITEM_SECRET,
    Permission.ITEM_VIEW,
    Permission.SITTING_VIEW,
    Permission.SITTING_MANAGE,
    Permission.SITTING_INVIGILATE,
    Permission.LATE_REVIEW,
    Permission.RESULT_VIEW,
    Permission.RESULT_DECLARE,
    Permission.MAKE_UP_MANAGE,
    Permission.FOLLOW_UP_MANAGE,
    Permission.PEOPLE_VIEW,
    Permission.ACCOUNT_UNLOCK,
    Permission.CERTIFICATE_VIEW,
}
_PROVINCE = (
    _UNIT
    | _EXAM
    | {
        Permission.CARD_CHECK,
        Permission.CERTIFICATE_MANAGE,
        Permission.AUDIT_VIEW,
        Permission.COURSE_MANAGE,
        Permission.DEMO_CLOCK,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    role: frozenset(granted | _EVERYBODY)
    for role, granted in {
        Role.OFFICER: {Permission.EXAM_SIT, Permission.PRACTICE_USE},
        Role.TRAINER: {
            Permission.ITEM_VIEW,
            Permission.COURSE_WRITE,
            Permission.CASE_WRITE,
            Permission.CASE_REVIEW,
        },
        Role.ITEM_WRITER: {
            Permission.ITEM_VIEW,
            Permission.ITEM_SECRET,
            Permission.ITEM_WRITE,
            Permission.ITEM_IMPORT,
        },
        Role.ITEM_REVIEWER: {
            Permission.ITEM_VIEW,
            Permission.ITEM_SECRET,
            Permission.ITEM_REVIEW,
            Permission.CASE_REVIEW,
        },
        Role.MARKER: {Permission.MARKING_SCORE},
        Role.INVIGILATOR: {
            Permission.SITTING_VIEW,
            Permission.SITTING_INVIGILATE,
            Permission.ACCOUNT_UNLOCK,
            Permission.LATE_REVIEW,
        },
        Role.EXAM_ADMIN: _EXAM,
        Role.UNIT_ADMIN: _UNIT,
        Role.PROVINCE_ADMIN: _PROVINCE,
        Role.NATIONAL_ADMIN: _PROVINCE | {Permission.LAW_IMPORT},
        Role.AUDITOR: {
            Permission.PEOPLE_VIEW,
            Permission.SITTING_VIEW,
            Permission.RESULT_VIEW,
            Permission.CERTIFICATE_VIEW,
            Permission.AUDIT_VIEW,
            Permission.HOURS_VIEW,
            Permission.DASHBOARD_VIEW,
        },
    }.items()
}


@dataclass(frozen=True)
class Grant:
    """A role held in the subtree of the unit whose path is `scope`."""

    role: Role
    unit_id: int
    scope: str


@dataclass(frozen=True)
class Persona(UserMixin):
    """The signed-in person of this request: plain data, nothing that reaches back into the database."""

    account_id: int
    sid: str = field(repr=False)
    person_id: int | None
    public_id: UUID
    login: str
    name: str
    unit_id: int
    unit_name: str
    must_change_password: bool
    grants: tuple[Grant, ...]
    seen_at: datetime | None = None  # when the session was last noted as used, before this request

    def get_id(self) -> str:
        """Return what flask-login keeps in the signed cookie: the random id of the session row."""
        return self.sid

    def may(self, permission: Permission) -> bool:
        """Return whether any role of this person has the permission, somewhere."""
        return any(permission in ROLE_PERMISSIONS[grant.role] for grant in self.grants)

    def scopes(self, permission: Permission) -> tuple[str, ...]:
        """Return the unit paths below which this person holds the permission."""
        return tuple(g.scope for g in self.grants if permission in ROLE_PERMISSIONS[g.role])

    def covers(self, permission: Permission, unit_path: str) -> bool:
        """Return whether the permission reaches the unit with this path."""
        return any(unit_path.startswith(scope) for scope in self.scopes(permission))

    @property
    def label(self) -> str:
        """The name and login by which what this person does is signed (审计日志、试题版本)."""
        return f"{self.name}（{self.login}）"

    @property
    def roles(self) -> frozenset[Role]:
        """All roles of this person, wherever they hold."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def role_words(self) -> str:
        """The roles in Chinese, for the page's head."""
        return listed(word for role, word in ROLE_WORDS.items() if role in self.roles)


def persona() -> Persona:
    """Return the signed-in person of this request; only for views that carry `@require`."""
    found: Persona = current_user._get_current_object()
    return found


def require(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a view as open to those who hold `permission`; others are sent to sign in or refused."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined, no-any-return]
            if not current_user.may(permission):
                raise Forbidden(said("您没有进行这项操作的权限。"))
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view as open to everybody, signed in or not."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def permission_of(view: Any) -> Permission | None:
    """Return what `require` or `public` wrote on a view.

    Raises:
        LookupError: if the view carries neither.
    """
    if not hasattr(view, "permission"):
        raise LookupError(f"{view.__module__}.{view.__name__} says nobody may call it")
    found: Permission | None = view.permission
    return found
