"""Reads of case-teaching material: each returns only what this person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from question_bank.words import said
from tiejun.access import Permission, Persona
from tiejun.bank.models import LawVersion
from tiejun.cases.models import CaseCitation, CaseFile, CaseMaterial, CaseState, CaseUnit, CaseVersion
from tiejun.errors import NotFound
from tiejun.files.models import StoredFile
from tiejun.listing import ListPage, contains, scalar_page
from tiejun.people.models import Unit
from tiejun.people.queries import in_scope

PAGE = 20
Reach = aliased(Unit)
WHOLE = (
    selectinload(CaseVersion.case),
    selectinload(CaseVersion.units),
    selectinload(CaseVersion.citations),
    selectinload(CaseVersion.files).selectinload(CaseFile.file),
    selectinload(CaseVersion.comments),
)
LISTED = (selectinload(CaseVersion.case), selectinload(CaseVersion.units))


@dataclass(frozen=True)
class LibraryFilter:
    """What the library was asked for; empty means any. `unit` may be a module ("B") or a unit ("B5")."""

    text: str = ""
    unit: str = ""
    law: str = ""
    article: str = ""
    author: str = ""
    page: int = 1


def library(db: Session, who: Persona, wanted: LibraryFilter) -> ListPage[CaseVersion]:
    """Return one page of the published cases that `who` may read and that fit, the newest first."""
    query = _narrowed(_rows().where(_published(), _reaches(who)), wanted)
    query = query.options(*LISTED).order_by(CaseVersion.decided_at.desc(), CaseVersion.id.desc())
    return scalar_page(db, query, wanted.page, PAGE)


def library_choices(db: Session, who: Persona) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the laws (id, title) and the authors that the library can be narrowed to."""
    open_to = _rows().where(_published(), _reaches(who))
    cited = select(CaseCitation.law_id).where(
        CaseCitation.version_id.in_(open_to.with_only_columns(CaseVersion.id))
    )
    laws = select(LawVersion).where(LawVersion.id.in_(cited)).order_by(LawVersion.title, LawVersion.effective)
    authors = open_to.with_only_columns(CaseMaterial.author_name).distinct()
    return [(law.id, law.title) for law in db.scalars(laws)], [
        (name, name) for name in sorted(db.scalars(authors))
    ]


def published_case(db: Session, who: Persona, public_id: UUID) -> CaseVersion:
    """Return what officers read of a case.

    Raises:
        NotFound: if there is none for `who`.
    """
    query = _rows().where(_published(), _reaches(who), CaseMaterial.public_id == public_id)
    return _found(db.scalar(query.options(*WHOLE)))


def version_of_case(db: Session, who: Persona, public_id: UUID, number: int) -> CaseVersion:
    """Return any version to its author, and one that was ever submitted to those who review there.

    Raises:
        NotFound: if there is none for `who`.
    """
    query = _rows().where(
        CaseMaterial.public_id == public_id, CaseVersion.number == number, or_(_own(who), _reviewed_by(who))
    )
    return _found(db.scalar(query.options(*WHOLE)))


def versions(db: Session, case: CaseMaterial) -> Sequence[CaseVersion]:
    """Return all versions of a case with the comments on them, the newest first."""
    query = select(CaseVersion).where(CaseVersion.case_id == case.id)
    newest = query.order_by(CaseVersion.number.desc())
    return db.scalars(newest.options(selectinload(CaseVersion.comments))).all()


def own_case(db: Session, who: Persona, public_id: UUID, *, lock: bool = False) -> CaseVersion:
    """Return the latest version of a case to its author; `lock` holds it until the transaction ends.

    Raises:
        NotFound: if `who` has no such case.
    """
    own = select(CaseMaterial).where(CaseMaterial.public_id == public_id, _own(who))
    case = db.scalar(own.with_for_update() if lock else own)
    return latest(db, case) if case is not None else _found(None)


def case_to_decide(db: Session, who: Persona, public_id: UUID, *, lock: bool = False) -> CaseVersion:
    """Return the latest version of a case whose unit `who` reviews for; the service looks at the rest.

    Raises:
        NotFound: if there is none within reach.
    """
    within = (
        select(CaseMaterial)
        .join(Unit, Unit.id == CaseMaterial.unit_id)
        .where(CaseMaterial.public_id == public_id, in_scope(who.scopes(Permission.CASE_REVIEW)))
    )
    case = db.scalar(within.with_for_update(of=CaseMaterial) if lock else within)
    return latest(db, case) if case is not None else _found(None)


def case_to_exchange(db: Session, who: Persona, public_id: UUID, *, lock: bool = False) -> CaseVersion:
    """Return the latest version of a case to its author and to whoever reviews there, to exchange its law.

    Raises:
        NotFound: if there is none within reach.
    """
    reviewed = in_scope(who.scopes(Permission.CASE_REVIEW))
    may = or_(_own(who), reviewed) if who.may(Permission.CASE_WRITE) else reviewed
    within = (
        select(CaseMaterial)
        .join(Unit, Unit.id == CaseMaterial.unit_id)
        .where(CaseMaterial.public_id == public_id, may)
    )
    case = db.scalar(within.with_for_update(of=CaseMaterial) if lock else within)
    return latest(db, case) if case is not None else _found(None)


def reviews_for(db: Session, who: Persona, case: CaseMaterial) -> bool:
    """Return whether `who` reviews for the unit of a case."""
    return who.covers(Permission.CASE_REVIEW, db.get_one(Unit, case.unit_id).path)


def latest(db: Session, case: CaseMaterial) -> CaseVersion:
    """Return the version at which its author works or has worked last."""
    query = select(CaseVersion).where(CaseVersion.case_id == case.id, CaseVersion.number == case.latest)
    return db.scalars(query.options(*WHOLE)).one()


def mine(db: Session, who: Persona, text: str, state: str, number: int) -> ListPage[CaseVersion]:
    """Return one page of the cases of `who`, each by its latest version, the last touched first."""
    query = _rows().where(_own(who), CaseVersion.number == CaseMaterial.latest)
    if state:
        query = query.where(CaseVersion.state == state)
    query = query.where(_says(text)) if text else query
    ordered = query.options(*LISTED).order_by(CaseVersion.saved_at.desc(), CaseVersion.id.desc())
    return scalar_page(db, ordered, number, PAGE)


def queue(db: Session, who: Persona, number: int = 1, size: int = PAGE) -> ListPage[CaseVersion]:
    """Return one page of what waits for the decision of `who`, the longest waiting first."""
    query = _rows().where(
        CaseVersion.state == CaseState.IN_REVIEW,
        in_scope(who.scopes(Permission.CASE_REVIEW)),
        or_(CaseMaterial.author_id.is_(None), CaseMaterial.author_id != who.account_id),
        or_(CaseVersion.exchanged_by_id.is_(None), CaseVersion.exchanged_by_id != who.account_id),
    )
    waiting = query.options(*LISTED).order_by(CaseVersion.submitted_at, CaseVersion.id)
    return scalar_page(db, waiting, number, size)


def returned(db: Session, who: Persona) -> Sequence[CaseVersion]:
    """Return the cases of `who` that came back from review."""
    return db.scalars(_rows().where(_own(who), CaseVersion.state == CaseState.RETURNED).options(*WHOLE)).all()


def file_of_case(db: Session, who: Persona, public_id: UUID, file_id: UUID) -> StoredFile:
    """Return a file of a case, if `who` may see a version that holds it.

    Raises:
        NotFound: if there is none.
    """
    holders = _rows().where(
        CaseMaterial.public_id == public_id,
        or_(and_(_published(), _reaches(who)), _own(who), _reviewed_by(who)),
    )
    attached = select(CaseFile.file_id).where(
        CaseFile.version_id.in_(holders.with_only_columns(CaseVersion.id))
    )
    row = db.scalar(select(StoredFile).where(StoredFile.public_id == file_id, StoredFile.id.in_(attached)))
    if row is None:
        raise NotFound(said("没有找到这个文件，或者您无权查看。"))
    return row


def citing(db: Session, who: Persona, law_id: str, article: str) -> Sequence[CaseVersion]:
    """Return the published cases that cite an article, as far as `who` may read them, the newest first."""
    query = _narrowed(
        _rows().where(_published(), _reaches(who)), LibraryFilter(law=law_id, article=article)
    ).order_by(CaseVersion.decided_at.desc())
    return db.scalars(query.options(selectinload(CaseVersion.case)).limit(PAGE)).all()


def _rows() -> Select[CaseVersion]:
    return (
        select(CaseVersion)
        .join(CaseMaterial, CaseMaterial.id == CaseVersion.case_id)
        .join(Unit, Unit.id == CaseMaterial.unit_id)
        .join(Reach, Reach.id == CaseMaterial.reach_id)
    )


def _published() -> ColumnElement[bool]:
    return and_(CaseVersion.number == CaseMaterial.published, CaseMaterial.retired_at.is_(None))


def _reaches(who: Persona) -> ColumnElement[bool]:
    """Return the condition that a case is for everybody, or its province above or below a unit of `who`."""
    scopes = who.scopes(Permission.STUDY_USE)
    above = {part for scope in scopes for part in _and_above(scope)}
    within = or_(*(Reach.path.startswith(scope, autoescape=True) for scope in scopes), Reach.path.in_(above))
    return or_(CaseVersion.is_local.is_(False), within)


def _and_above(path: str) -> list[str]:
    """Return a unit's path and those of the units above it.

    >>> _and_above("/1/5/")
    ['/1/', '/1/5/']
    """
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


def _own(who: Persona) -> ColumnElement[bool]:
    return CaseMaterial.author_id == who.account_id


def _reviewed_by(who: Persona) -> ColumnElement[bool]:
    return and_(
        CaseVersion.submitted_at.is_not(None),
        CaseVersion.state != CaseState.DRAFT,
        in_scope(who.scopes(Permission.CASE_REVIEW)),
    )


def _says(text: str) -> ColumnElement[bool]:
    pattern = contains(text)
    columns = (CaseVersion.title, CaseVersion.summary, CaseVersion.words)
    return or_(*(column.like(pattern, escape="\\") for column in columns))


def _narrowed(query: Select[CaseVersion], wanted: LibraryFilter) -> Select[CaseVersion]:
    if wanted.text:
        query = query.where(_says(wanted.text))
    if wanted.author:
        query = query.where(CaseMaterial.author_name == wanted.author)
    if wanted.unit:
        one = CaseUnit.unit == wanted.unit if len(wanted.unit) > 1 else CaseUnit.unit.startswith(wanted.unit)
        query = query.where(CaseVersion.id.in_(select(CaseUnit.version_id).where(one)))
    if wanted.law:
        cites = select(CaseCitation.version_id).where(CaseCitation.law_id == wanted.law)
        if wanted.article:
            cites = cites.where(CaseCitation.article == wanted.article)
        query = query.where(CaseVersion.id.in_(cites))
    return query


def _found(version: CaseVersion | None) -> CaseVersion:
    if version is None:
        raise NotFound(said("没有找到这个案例，或者您无权查看。"))
    return version
