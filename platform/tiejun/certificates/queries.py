"""Reading certificates: register, holder's own, verification, and what waits to be issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from question_bank.words import said
from tiejun.access import Permission, Persona
from tiejun.calendar_cn import add_months
from tiejun.certificates.models import Certificate, CertificateCounter, ResultStatement
from tiejun.certificates.rules import CertificateState, Outcome, is_number
from tiejun.clock import beijing
from tiejun.crypto import same
from tiejun.duties import Duty
from tiejun.errors import NotFound
from tiejun.people.models import Person, Posting, Unit
from tiejun.people.queries import serving

PER_PAGE = 50
LONGEST_LIST = 200
EXPIRY_NOTICE_MONTHS = 6
NOBODY = "0" * 32


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a result belongs to here, and the path of the unit they served in on the exam day."""

    person_id: int | None
    unit_path: str


@dataclass(frozen=True, slots=True)
class Search:
    """What the register is searched for; empty fields do not narrow it."""

    words: str = ""
    level: str = ""
    tier: str = ""
    state: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the register."""

    rows: Sequence[Certificate]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least 1."""
        return max(1, -(-self.total // PER_PAGE))


def holder(db: Session, public_id: UUID, day: date) -> Holder:
    """Return the person with a public id and their unit's path, of the post held on `day` if there was one.

    Somebody unknown here, or without any post, belongs to the root of the units.
    """
    row = db.execute(
        select(Person.id, Unit.path)
        .outerjoin(Posting, Posting.person_id == Person.id)
        .outerjoin(Unit, Unit.id == Posting.unit_id)
        .where(Person.public_id == public_id)
        .order_by(case((serving(day), 0), else_=1), Posting.effective_from.desc())
        .limit(1)
    ).one_or_none()
    person_id, path = row if row is not None else (None, None)
    return Holder(person_id, path or _root_path(db))


def _root_path(db: Session) -> str:
    root = select(Unit.path).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1)
    return db.scalars(root).first() or "/"


def is_known(db: Session, key: str) -> bool:
    """Return whether a statement has been received before."""
    return db.scalars(select(ResultStatement.id).where(ResultStatement.key == key)).first() is not None


def has_newer(db: Session, attempt: str, revision: int) -> bool:
    """Return whether a later revision of the attempt's result has been received."""
    newer = select(ResultStatement.id).where(
        ResultStatement.attempt == attempt, ResultStatement.revision > revision
    )
    return db.scalars(newer.limit(1)).first() is not None


def undecided(db: Session, attempt: str, *, before: int) -> Sequence[ResultStatement]:
    """Return the attempt's older statements that still wait for something."""
    return db.scalars(
        select(ResultStatement).where(
            ResultStatement.attempt == attempt,
            ResultStatement.revision < before,
            ResultStatement.outcome.in_([Outcome.AWAITING_TRAINING, Outcome.BLOCKED]),
        )
    ).all()


def standing(db: Session, attempt: str) -> Certificate | None:
    """Return the attempt's certificate that is not revoked."""
    return db.scalars(
        select(Certificate).where(Certificate.attempt == attempt, Certificate.revoked_at.is_(None))
    ).one_or_none()


def register(db: Session, search: Search, who: Persona, today: date) -> Page:
    """Return one page of the certificates this person may see, the newest first."""
    wanted = select(Certificate).where(
        _within(Certificate.unit_path, who, Permission.CERTIFICATE_VIEW), *_narrowed(search, today)
    )
    total = db.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = min(max(1, search.page), Page((), total, 1).pages)
    rows = db.scalars(
        wanted.order_by(Certificate.issued_at.desc(), Certificate.id.desc())
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    ).all()
    return Page(rows, total, number)


def own(db: Session, who: Persona) -> Sequence[Certificate]:
    """Return this person's certificates, the newest first."""
    if who.person_id is None:
        return []
    return db.scalars(
        select(Certificate)
        .where(Certificate.person_id == who.person_id)
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    ).all()


def own_waiting(db: Session, who: Persona) -> Sequence[ResultStatement]:
    """Return this person's passes that have no certificate yet."""
    if who.person_id is None:
        return []
    return db.scalars(_waiting().where(ResultStatement.person_id == who.person_id)).all()


def waiting(db: Session, who: Persona, outcome: Outcome) -> Sequence[ResultStatement]:
    """Return the passes without a certificate in the units this person may see, the oldest 200.

    `outcome` is why there is none: AWAITING_TRAINING or BLOCKED.
    """
    within = _within(ResultStatement.unit_path, who, Permission.CERTIFICATE_VIEW)
    return db.scalars(_waiting().where(within, ResultStatement.outcome == outcome).limit(LONGEST_LIST)).all()


def waiting_count(db: Session, who: Persona, outcome: Outcome) -> int:
    """Return how many there are in all."""
    within = _within(ResultStatement.unit_path, who, Permission.CERTIFICATE_VIEW)
    counted = select(func.count(ResultStatement.id)).where(within, ResultStatement.outcome == outcome)
    return db.scalar(counted) or 0


def blocked(db: Session, key: str, who: Persona) -> ResultStatement:
    """Return a blocked pass, locked, to an administrator of its unit.

    Raises:
        NotFound: if there is none by this key, or it is blocked no longer.
    """
    found = db.scalars(
        _waiting()
        .where(
            ResultStatement.key == key,
            ResultStatement.outcome == Outcome.BLOCKED,
            _within(ResultStatement.unit_path, who, Permission.CERTIFICATE_MANAGE),
        )
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound(said("这条成绩不在“暂不能发证”之列，请刷新页面。"))
    return found


def visible(db: Session, number: str, who: Persona) -> Certificate:
    """Return a certificate to its holder, and to those who may see the holder's unit.

    Raises:
        NotFound: for everybody else, as if there were none.
    """
    within = _within(Certificate.unit_path, who, Permission.CERTIFICATE_VIEW)
    mine = Certificate.person_id == who.person_id if who.person_id is not None else false()
    return _one(db, select(Certificate).where(Certificate.number == number, or_(mine, within)))


def managed(db: Session, number: str, who: Persona) -> Certificate:
    """Return a certificate, locked, to an administrator of the holder's unit.

    Raises:
        NotFound: for everybody else.
    """
    within = _within(Certificate.unit_path, who, Permission.CERTIFICATE_MANAGE)
    return _one(db, select(Certificate).where(Certificate.number == number, within).with_for_update())


def verified(db: Session, number: str, code: str) -> Certificate:
    """Return the certificate with this number and verification code.

    Raises:
        NotFound: the same for a number that does not exist and for a wrong code, because numbers are
            consecutive and must tell nobody who holds one.
    """
    found = None
    if is_number(number):
        found = db.scalars(select(Certificate).where(Certificate.number == number)).one_or_none()
    right = same(found.code if found else NOBODY, _plain(code))
    if found is None or not right:
        raise NotFound(said("没有查到与编号和核验码相符的证书。"), code="no_such_certificate")
    return found


def numbers_used(db: Session, year: int) -> int:
    """Return the highest sequence number given out in a year, of all series here."""
    return db.scalar(select(func.max(CertificateCounter.last)).where(CertificateCounter.year == year)) or 0


def duties(db: Session, who: Persona, now: datetime) -> list[Duty]:
    """Return what this person has to do about certificates."""
    today = beijing(now).date()
    found = [_renewal(row) for row in own(db, who) if _expires_soon(row, today)]
    if who.may(Permission.CERTIFICATE_MANAGE):
        stuck = waiting(db, who, Outcome.BLOCKED)
        if stuck:
            count = waiting_count(db, who, Outcome.BLOCKED)
            title = gettext("%(n)s 份合格成绩暂不能发证", n=count)
            found.append(Duty(today, title, stuck[0].reason, gettext("去处理"), "/certificates/waiting"))
    return found


def _expires_soon(row: Certificate, today: date) -> bool:
    warned_from = add_months(row.valid_until, -EXPIRY_NOTICE_MONTHS)
    return row.revoked_at is None and warned_from <= today <= row.valid_until


def _renewal(row: Certificate) -> Duty:
    return Duty(
        row.valid_until,
        gettext("合格证书 %(number)s 即将到期", number=row.number),
        gettext("到期前应参加中级岗位培训并考试合格，才能换领执法证件。"),
        gettext("查看证书"),
        "/my/certificates",
    )


def _plain(code: str) -> str:
    return "".join(code.split()).lower()


def _waiting() -> Select[ResultStatement]:
    return (
        select(ResultStatement)
        .where(ResultStatement.outcome.in_([Outcome.AWAITING_TRAINING, Outcome.BLOCKED]))
        .order_by(ResultStatement.received_at, ResultStatement.id)
    )


def _within(path: InstrumentedAttribute[str], who: Persona, permission: Permission) -> ColumnElement[bool]:
    return or_(false(), *(path.startswith(scope, autoescape=True) for scope in who.scopes(permission)))


def _narrowed(search: Search, today: date) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    words = search.words.strip()
    if words:
        fields = (Certificate.name, Certificate.number, Certificate.unit_name)
        narrowed.append(or_(*(field.contains(words, autoescape=True) for field in fields)))
    if search.level:
        narrowed.append(Certificate.level == search.level)
    if search.tier:
        narrowed.append(Certificate.tier == search.tier)
    if search.state:
        narrowed.append(_in_state(search.state, today))
    return narrowed


def _in_state(state: str, today: date) -> ColumnElement[bool]:
    if state == CertificateState.REVOKED:
        return Certificate.revoked_at.is_not(None)
    current = Certificate.valid_until >= today
    return and_(Certificate.revoked_at.is_(None), current if state == CertificateState.VALID else ~current)


def _one(db: Session, wanted: Select[Certificate]) -> Certificate:
    found = db.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(said("没有找到这张证书，或者您无权查看。"))
    return found
