"""Tables of units, officers, their posts, cards and trainings, accounts and sessions."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tiejun.db import Base, Id, Instant, PublicId


class UnitKind(StrEnum):
    """What a unit is (机构类别)."""

    MINISTRY = "ministry"  # 生态环境部
    PROVINCE = "province"  # 省级行政区, 31 of them
    XPCC = "xpcc"  # 新疆生产建设兵团
    PREFECTURE = "prefecture"  # 设区的市
    COUNTY = "county"  # 县(区)
    AGENCY = "agency"  # 执法机构


class AgencyTier(StrEnum):
    """At which level an enforcement agency stands (执法机构层级); it decides the training level (R-01)."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"


class Post(StrEnum):
    """An officer's post (职务)."""

    CHIEF = "chief"  # 主要负责人
    LEADER = "leader"  # 负责人 (deputies included)
    STAFF = "staff"  # 一般执法人员


class CardEventKind(StrEnum):
    """What happened to an enforcement card (执法证件)."""

    FIRST_ISSUE = "first_issue"  # 首次申领
    RENEWAL = "renewal"  # 换领 (expiry)
    EXCHANGE = "exchange"  # 换发 (unit, rank or area changed)
    REPLACEMENT = "replacement"  # 补发 (lost)
    CANCELLED = "cancelled"  # 注销
    WITHDRAWN = "withdrawn"  # 收回


class Unit(Base):
    """A unit in the tree of the administration.

    `path` is "/1/5/23/": the ids from the root to this unit. A unit lies in another's subtree exactly if
    its path begins with the other's. `province_code` is set on provinces and copied to all below; the XPCC
    has none until an administrator decides.
    """

    __tablename__ = "unit"
    __table_args__ = (Index(None, "path"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    kind: Mapped[UnitKind] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), unique=True)
    province_code: Mapped[str | None] = mapped_column(String(2))
    agency_tier: Mapped[AgencyTier | None] = mapped_column(String(20))
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]


class Person(Base):
    """An officer or other person. The ID number is stored sealed, shown masked, found by keyed hash."""

    __tablename__ = "person"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    name: Mapped[str] = mapped_column(String(60), index=True)
    id_number_sealed: Mapped[str | None] = mapped_column(String(200))
    id_number_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    id_number_masked: Mapped[str] = mapped_column(String(18), default="")
    mobile: Mapped[str | None] = mapped_column(String(30))
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]

    postings: Mapped[list["Posting"]] = relationship(lazy="raise", order_by="Posting.effective_from")
    card_events: Mapped[list["CardEvent"]] = relationship(lazy="raise", order_by="CardEvent.happened_on")


class Posting(Base):
    """Where a person served in which post, from a day to a day (both inclusive; open end: None)."""

    __tablename__ = "posting"
    __table_args__ = (CheckConstraint("effective_to >= effective_from", name="ends_after_start"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    post: Mapped[Post] = mapped_column(String(20))
    is_permanent_staff: Mapped[bool] = mapped_column(default=True)  # 正式编制
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]


class CardEvent(Base):
    """One event in the life of a person's enforcement card."""

    __tablename__ = "card_event"
    __table_args__ = (UniqueConstraint("person_id", "kind", "happened_on"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[CardEventKind] = mapped_column(String(20))
    card_number: Mapped[str | None] = mapped_column(String(40))
    happened_on: Mapped[date]
    valid_until: Mapped[date | None]


class TrainingCompletion(Base):
    """A recorded completion of the post training (岗位培训) of one level and tier.

    Source: 环办执法〔2022〕21号 第八条: no card to the untrained, therefore no certificate without this.
    """

    __tablename__ = "training_completion"
    __table_args__ = (
        UniqueConstraint("person_id", "level", "tier", "class_name"),
        CheckConstraint("hours > 0", name="hours_positive"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    level: Mapped[str] = mapped_column(String(20))  # national, provincial
    tier: Mapped[str] = mapped_column(String(20))  # primary, intermediate
    class_name: Mapped[str] = mapped_column(String(120))
    completed_on: Mapped[date]
    hours: Mapped[float]
    syllabus_version: Mapped[str] = mapped_column(String(40))
    evidence: Mapped[str | None] = mapped_column(String(200))
    recorded_by: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[Instant]


class Account(Base):
    """A sign-in. Failures delay and lock the account, never the address: an exam room shares one.

    The e-mail address stands here and not with the person, since administrators are no officers
    (docs/decisions/0017).
    """

    __tablename__ = "account"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(60), unique=True)
    display_name: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    password_changed_at: Mapped[Instant]
    is_active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_failure_at: Mapped[Instant | None]
    locked_until: Mapped[Instant | None]
    email: Mapped[str | None] = mapped_column(String(254))
    wants_mail: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Instant]

    grants: Mapped[list["RoleGrant"]] = relationship(lazy="raise")


class OldPassword(Base):
    """Hashes of former passwords: the last five may not come back."""

    __tablename__ = "old_password"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    replaced_at: Mapped[Instant]


class RoleGrant(Base):
    """A role of an account in the subtree of one unit."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("account_id", "role", "unit_id"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)


class UserSession(Base):
    """One signed-in browser. The cookie carries a random id, this row its hash; ending the row signs out."""

    __tablename__ = "user_session"

    id: Mapped[Id]
    sid_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10), default="browser")  # browser, api
    created_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    address: Mapped[str | None] = mapped_column(String(60))
    agent: Mapped[str | None] = mapped_column(Text)
