"""Files as answers (上传题): taken in while answers are, tied to their slot, named by its events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from question_bank.item import PartType
from question_bank.uploads import taken
from question_bank.words import said
from tiejun.errors import Conflict, DomainError, NotFound
from tiejun.exams import papers
from tiejun.exams.models import Attempt, AttemptFile
from tiejun.exams.queries import state_of
from tiejun.exams.rules import takes_unannounced
from tiejun.exams.seats import BY_TOKEN, Seat, take_seat
from tiejun.exams.tokens import Claims
from tiejun.files.kinds import BadFile, FileKind, kinds_of
from tiejun.files.models import StoredFile
from tiejun.files.store import filed

MOST_PAGES = 100
"""How many pages a PDF may have: somebody has to read them, one picture each."""
MOST_FILES = 20
"""How many different files one slot of an attempt takes; a candidate who changes his mind needs a few."""


class Named(Protocol):
    """An answer on its way in."""

    @property
    def slot(self) -> int:
        """The slot it answers."""
        ...

    @property
    def value(self) -> Any:
        """Its value."""
        ...


@dataclass(frozen=True)
class Place:
    """Where a file belongs: a lease's attempt, and a slot of it."""

    claims: Claims
    lease: UUID
    slot: int


def kinds_for(db: Session, place: Place, now: datetime) -> frozenset[FileKind]:
    """Return the kinds of files that a slot takes, before anything is read.

    Raises:
        NotFound, Forbidden, Conflict: as `seats.take_seat`.
        Conflict: `closed` once the candidate handed in, or the results are declared.
        DomainError: `unknown_slot` if the slot is not answered with a file.
    """
    seat = take_seat(db, place.claims, place.lease, lock=False)
    _refuse_what_is_over(seat, now)
    return _kinds(db, seat, place.slot)


def file_answer(db: Session, place: Place, row: StoredFile, now: datetime) -> StoredFile:
    """Tie a kept file to its slot; the same file sent again is the one that is there.

    Raises:
        as `kinds_for`; Conflict: `too_many_files`; BadFile: a PDF of too many pages.
    """
    if row.pages > MOST_PAGES:
        words = said("“%(name)s”超过 %(most)s 页，没有保存。", name=row.name, most=MOST_PAGES)
        raise BadFile(words)
    seat = take_seat(db, place.claims, place.lease)
    _refuse_what_is_over(seat, now)
    again = db.scalars(
        _files(seat.attempt.id, place.slot).where(
            StoredFile.sha256 == row.sha256, StoredFile.name == row.name
        )
    ).first()
    if again is not None:
        return again
    _kinds(db, seat, place.slot)
    mine = (AttemptFile.attempt_id == seat.attempt.id, AttemptFile.slot == place.slot)
    if db.execute(select(func.count()).select_from(AttemptFile).where(*mine)).scalar_one() >= MOST_FILES:
        words = said("这道题已经上传过 %(n)s 个不同的文件，不能再传新的；已上传的仍可选用。", n=MOST_FILES)
        raise Conflict(words, code="too_many_files")
    filed(db, row, BY_TOKEN, now)
    tie = AttemptFile(
        attempt_id=seat.attempt.id,
        lease_id=seat.lease.id,
        slot=place.slot,
        file_id=row.id,
        received_at=now,
    )
    db.add(tie)
    db.flush()
    return row


def check_named(db: Session, seat: Seat, paper: papers.Paper, sent: Iterable[Named]) -> None:
    """Refuse a value that names a file which was not handed in for this very slot of this attempt.

    Raises:
        DomainError: `bad_value`, naming the slot.
    """
    for one in sent:
        if paper.shapes[one.slot].type is not PartType.UPLOAD or one.value is None:
            continue
        if file_of(db, seat.attempt.id, one.slot, one.value) is None:
            raise DomainError(
                said("作答的格式与题型不符，整批作答没有保存。"),
                code="bad_value",
                slot=one.slot,
                reason=said("这个文件没有为本题上传过"),
            )


def file_of(db: Session, attempt_id: int, slot: int, value: Any) -> StoredFile | None:
    """Return the file that a value names; None if it was not handed in for this slot of this attempt."""
    wanted = (StoredFile.sha256 == str(value["file"]), StoredFile.name == str(value["name"]))
    return db.scalars(_files(attempt_id, slot).where(*wanted)).first()


def own_file(db: Session, attempt: UUID, slot: int, digest: str, person_id: int | None) -> StoredFile:
    """Return a file that somebody handed in himself.

    Raises:
        NotFound: if there is none with this digest, or the attempt is somebody else's.
    """
    mine = select(Attempt.id).where(Attempt.public_id == attempt, Attempt.person_id == person_id)
    attempt_id = db.scalar(mine)
    found = None
    if attempt_id is not None:
        found = db.scalars(_files(attempt_id, slot).where(StoredFile.sha256 == digest)).first()
    if found is None:
        raise NotFound(said("没有找到这个文件，或者您无权查看。"))
    return found


def _files(attempt_id: int, slot: int) -> Select[StoredFile]:
    """Return the statement that yields the files of a slot, the newest first."""
    return (
        select(StoredFile)
        .join(AttemptFile, AttemptFile.file_id == StoredFile.id)
        .where(AttemptFile.attempt_id == attempt_id, AttemptFile.slot == slot)
        .order_by(AttemptFile.id.desc())
    )


def _refuse_what_is_over(seat: Seat, now: datetime) -> None:
    """Take files as long as unannounced answers are kept: what names them then is late as any other."""
    state = state_of(seat.attempt, now)
    if seat.declared_at is not None or not takes_unannounced(state):
        raise Conflict(said("这次应试已经结束，文件没有保存。"), code="closed", state=state.value)


def _kinds(db: Session, seat: Seat, slot: int) -> frozenset[FileKind]:
    shape = papers.load(db, *seat.form).shapes.get(slot)
    if shape is None or shape.type is not PartType.UPLOAD:
        raise DomainError(said("试卷中没有这道上传题，文件没有保存。"), code="unknown_slot", slot=slot)
    return kinds_of(taken(shape.response.accept))
