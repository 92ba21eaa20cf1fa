"""Writes of case-teaching material: a draft, its review by another person, its publication."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.item import Citation
from question_bank.syllabus import load_syllabus
from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank.citations import CitationCheck
from tiejun.bank.law_reviews import queue
from tiejun.bank.law_reviews.models import Decision as Settlement
from tiejun.cases import rules
from tiejun.cases.law_changes import CASE
from tiejun.cases.models import (
    CaseCitation,
    CaseComment,
    CaseFile,
    CaseMaterial,
    CaseState,
    CaseUnit,
    CaseVersion,
)
from tiejun.cases.rules import Text
from tiejun.errors import Conflict, Forbidden, NotFound, Problem, Rejected
from tiejun.files.models import StoredFile
from tiejun.files.store import filed
from tiejun.html import CLEANER
from tiejun.people.models import Unit, UnitKind

EDITABLE = frozenset({CaseState.DRAFT, CaseState.RETURNED})
COPIED = (
    "summary",
    "body",
    "words",
    "medium",
    "place",
    "decision",
    "points",
    "questions",
    "minutes",
    "is_local",
)


@dataclass(frozen=True)
class Author:
    """Who writes a case, and for which unit; what came with the product has no account."""

    account_id: int | None
    name: str
    unit_id: int


@dataclass(frozen=True)
class Decision:
    """What a reviewer decides: published or returned, with what remark; who that is.

    `revision` is the saving that he read; None: whichever.
    """

    outcome: CaseState
    comment: str
    account_id: int | None
    name: str
    revision: int | None = None


def create_case(db: Session, title: str, author: Author, actor: Actor, now: datetime) -> CaseMaterial:
    """Begin a case; its text follows.

    Raises:
        Rejected: if the title is missing or too long.
    """
    if problems := rules.storage_problems(Text(title)):
        raise Rejected(said("没有新建。"), problems)
    case = CaseMaterial(
        unit_id=author.unit_id,
        reach_id=_province(db, author.unit_id),
        author_id=author.account_id,
        author_name=author.name,
        created_at=now,
    )
    first = CaseVersion(
        number=1, state=CaseState.DRAFT, title=title, cleaner=CLEANER, created_at=now, saved_at=now
    )
    case.versions = [first]
    db.add(case)
    db.flush()
    record(db, actor, "case.created", ("case", case.public_id), now, title=title)
    return case


def save_draft(db: Session, version: CaseVersion, text: Text, revision: int, now: datetime) -> None:
    """Write what the author has typed over the draft.

    Raises:
        Rejected: if it cannot be stored, naming each field.
        Conflict: if the version is no draft, or was saved since `revision` (`code` "changed").
    """
    _must_be_editable(version)
    if version.revision != revision:
        raise Conflict(
            said("这份材料已在别的窗口保存过。下面是您刚才填写的内容；再次保存会覆盖那一次的内容。"),
            code="changed",
        )
    problems = rules.storage_problems(text) + _unknown(db, text)
    if problems:
        raise Rejected(said("没有保存，请改正下面的内容。填写的内容都还在。"), problems)
    for name in (*COPIED, "title", "is_anonymous"):
        if name != "minutes":
            setattr(version, name, getattr(text, name))
    version.minutes = text.minutes or rules.reading_minutes(
        text.words, text.decision, text.points, text.questions
    )
    version.cleaner, version.saved_at, version.revision = CLEANER, now, version.revision + 1
    tag(db, version, text.units, text.citations)


def submit(db: Session, version: CaseVersion, text: Text, actor: Actor, now: datetime) -> list[Problem]:
    """Ask for a review; return what is missing, in which case nothing was asked.

    Raises:
        Conflict: if the version is no draft.
    """
    _must_be_editable(version)
    if problems := rules.submission_problems(text):
        return problems
    for row in list(version.files):
        if row.is_inline and str(row.file.public_id) not in version.body:
            db.delete(row)
    hand_in(db, version, text.citations, now)
    _record(db, version, "case.submitted", actor, now)
    return []


def hand_in(db: Session, version: CaseVersion, cited: Iterable[tuple[str, str]], now: datetime) -> None:
    """Give a version to its second reader; what waits in the queue of law changes says so."""
    version.state, version.submitted_at, version.decided_at = CaseState.IN_REVIEW, now, None
    queue.submit(db, (CASE, version.case_id), cited, now)


def take_back(db: Session, version: CaseVersion, actor: Actor, now: datetime) -> None:
    """Let the author go on writing before somebody has decided.

    Raises:
        Conflict: if it is not in review.
    """
    if version.state != CaseState.IN_REVIEW:
        raise Conflict(said("这份材料不在审核中，不能撤回。"))
    version.state, version.submitted_at = CaseState.DRAFT, None
    queue.withdraw(db, (CASE, version.case_id))
    _record(db, version, "case.taken_back", actor, now)


def decide(db: Session, version: CaseVersion, decision: Decision, actor: Actor, now: datetime) -> None:
    """Publish a version, or return it with a comment.

    Raises:
        Forbidden: if the reviewer wrote it.
        Conflict: if it is not in review, or has changed since `decision.revision`.
        Rejected: if it is returned without a word.
    """
    reviewer = decision.account_id
    if reviewer is None or not rules.may_decide(version.case.author_id, reviewer, version.exchanged_by_id):
        raise Forbidden(said("不能审核自己的材料，请由另一人审核。"))
    if version.state != CaseState.IN_REVIEW:
        raise Conflict(said("这份材料不在审核中：可能已被撤回，或者另一人已经审核。"))
    if decision.revision is not None and decision.revision != version.revision:
        raise Conflict(said("这份材料在您阅读期间改过，请再看一遍。"), code="changed")
    if decision.outcome is CaseState.RETURNED and not decision.comment:
        problem = Problem(said("审核"), "comment", said("退回时请写明要改什么。"))
        raise Rejected(said("没有保存，请改正下面的内容。填写的内容都还在。"), [problem])
    remark = CaseComment(
        version_id=version.id,
        reviewer_id=reviewer,
        reviewer_name=decision.name,
        outcome=decision.outcome,
        text=decision.comment,
        at=now,
    )
    db.add(remark)
    if decision.outcome is CaseState.PUBLISHED:
        publish(db, version, actor, now)
    else:
        version.state, version.decided_at = CaseState.RETURNED, now
        queue.withdraw(db, (CASE, version.case_id))
        _record(db, version, "case.returned", actor, now)


def publish(db: Session, version: CaseVersion, actor: Actor, now: datetime) -> None:
    """Put a version before its readers in place of the one before; `decide` is what people call."""
    before = select(CaseVersion).where(
        CaseVersion.case_id == version.case_id, CaseVersion.state == CaseState.PUBLISHED
    )
    for old in db.scalars(before):
        old.state = CaseState.SUPERSEDED
    version.state, version.decided_at = CaseState.PUBLISHED, now
    version.case.published, version.case.retired_at, version.case.retired_why = version.number, None, None
    rows = db.scalars(select(CaseCitation).where(CaseCitation.version_id == version.id))
    queue.settle(db, (CASE, version.case_id), [(row.law_id, row.article) for row in rows], actor, now)
    _record(db, version, "case.published", actor, now)


def revise(db: Session, version: CaseVersion, actor: Actor, now: datetime) -> CaseVersion:
    """Begin the next version as a copy of the published one, which stays readable meanwhile.

    Raises:
        Conflict: if a next version has been begun already.
    """
    if version.state != CaseState.PUBLISHED:
        raise Conflict(said("这份材料还没有公布，或者新的一版已在修改中。"))
    case = version.case
    case.latest = version.number + 1
    copy = CaseVersion(
        case_id=case.id,
        number=case.latest,
        state=CaseState.DRAFT,
        title=version.title,
        cleaner=version.cleaner,
        created_at=now,
        saved_at=now,
        **{name: getattr(version, name) for name in COPIED},
    )
    db.add(copy)
    db.flush()
    tag(db, copy, [row.unit for row in version.units], [(c.law_id, c.article) for c in version.citations])
    db.add_all(
        CaseFile(version_id=copy.id, file_id=row.file_id, is_inline=row.is_inline) for row in version.files
    )
    record(db, actor, "case.revised", ("case", case.public_id), now, title=copy.title, version=copy.number)
    return copy


def retire(db: Session, version: CaseVersion, why: str, actor: Actor, now: datetime) -> None:
    """Take a published case from its readers; publishing a version again brings it back.

    Raises:
        Conflict: if it is not published.
        Rejected: if no reason is given.
    """
    if version.case.published is None or version.case.retired_at is not None:
        raise Conflict(said("这个案例没有公布，或者已经停用。"))
    if not why:
        raise Rejected(said("没有停用。"), [Problem(said("停用"), "why", said("请写明停用的理由。"))])
    version.case.retired_at, version.case.retired_why = now, why[:500]
    queue.close(db, queue.waiting(db, CASE, version.case_id), Settlement.RETIRED, actor, now)
    _record(db, version, "case.retired", actor, now)


def attach(
    db: Session,
    version: CaseVersion,
    kept: Iterable[StoredFile],
    actor: Actor,
    now: datetime,
    *,
    inline: bool,
) -> list[StoredFile]:
    """Add kept files to a draft: as attachments, or as pictures of its text.

    Raises:
        Conflict: if the version is no draft, or would hold too many.
    """
    _must_be_editable(version)
    added = []
    for row in kept:
        filed(db, row, actor, now)
        version.files.append(CaseFile(file_id=row.id, file=row, is_inline=inline))
        added.append(row)
    if sum(row.is_inline is inline for row in version.files) > rules.FILES_MAX:
        raise Conflict(said("一份材料最多 %(most)s 个文件，没有保存。", most=rules.FILES_MAX))
    return added


def detach(db: Session, version: CaseVersion, file_id: UUID) -> None:
    """Take an attachment off a draft; earlier versions keep it.

    Raises:
        Conflict: if the version is no draft.
        NotFound: if it has no such file.
    """
    _must_be_editable(version)
    row = next((row for row in version.files if row.file.public_id == file_id), None)
    if row is None:
        raise NotFound(said("没有找到这个文件，或者您无权查看。"))
    version.files.remove(row)
    db.delete(row)


def _must_be_editable(version: CaseVersion) -> None:
    if version.state == CaseState.IN_REVIEW:
        raise Conflict(said("这份材料正在审核，不能修改；可以先撤回。"))
    if version.state not in EDITABLE:
        raise Conflict(said("已公布的版本不能修改；可以在此基础上修改出新的一版。"))


def _unknown(db: Session, text: Text) -> list[Problem]:
    """Return what units and citations name that does not exist."""
    syllabus = load_syllabus()
    units = [
        Problem(said("案例"), "units", said("大纲中没有单元“%(unit)s”。", unit=unit[:20]))
        for unit in text.units
        if syllabus.unit(unit) is None
    ]
    cited = _Cited(tuple(Citation(law, article) for law, article in text.citations))
    found = CitationCheck(db, [cited])(said("案例"), cited).problems
    return units + [Problem(problem.where, "citations", problem.message) for problem in found]


@dataclass(frozen=True)
class _Cited:
    citations: tuple[Citation, ...]


def tag(
    db: Session, version: CaseVersion, units: Sequence[str], citations: Sequence[tuple[str, str]]
) -> None:
    """Replace the units and citations of a draft."""
    for table in (CaseUnit, CaseCitation):
        for row in db.scalars(select(table).where(table.version_id == version.id)):
            db.delete(row)
    db.flush()
    for position, unit in enumerate(units):
        db.add(CaseUnit(version_id=version.id, position=position, unit=unit))
    for position, (law, article) in enumerate(citations):
        db.add(CaseCitation(version_id=version.id, position=position, law_id=law, article=article))
    db.flush()
    db.expire(version, ["units", "citations"])


def _province(db: Session, unit_id: int) -> int:
    """Return the id of the province (or the XPCC) that a unit lies in, its own if it lies in none."""
    path = db.get_one(Unit, unit_id).path
    above = [int(part) for part in path.strip("/").split("/")]
    kinds = (UnitKind.PROVINCE, UnitKind.XPCC)
    found = db.scalar(select(Unit.id).where(Unit.id.in_(above), Unit.kind.in_(kinds)))
    return found if found is not None else unit_id


def _record(db: Session, version: CaseVersion, action: str, actor: Actor, now: datetime) -> None:
    subject = ("case", version.case.public_id)
    record(db, actor, action, subject, now, title=version.title, version=version.number)
