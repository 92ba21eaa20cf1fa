"""From the editor's form to a stored draft: uploads, the text, the button that was pressed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.audit import Actor
from tiejun.cases import service
from tiejun.cases.draft import Draft
from tiejun.cases.models import CaseVersion
from tiejun.errors import DomainError, NotFound, Problem, Rejected
from tiejun.files.models import StoredFile
from tiejun.files.pictures import keep_document
from tiejun.settings import Settings


class Upload(Protocol):
    """A file of a posted form, as werkzeug has it."""

    filename: str | None
    stream: IO[bytes]


@dataclass(frozen=True)
class Sent:
    """What came with the form: the fields, the button, the files, checked and stored."""

    draft: Draft
    act: str
    kept: Sequence[StoredFile] = ()


def kept(settings: Settings, uploads: Iterable[Upload]) -> list[StoredFile]:
    """Check and store the files of a form; fields without a file are passed over.

    Raises:
        BadFile: if one of them cannot be taken; none is attached then.
    """
    return [
        keep_document(settings, upload.stream, upload.filename, settings.max_upload_mb)
        for upload in uploads
        if upload.filename
    ]


def images_of(version: CaseVersion) -> str:
    """Return the address below which the files of a case lie."""
    return f"/cases/{version.case.public_id}/files/"


def carry_out(db: Session, version: CaseVersion, sent: Sent, actor: Actor, now: datetime) -> list[Problem]:
    """Save the draft and do what the button says; return what stands in the way of a review.

    Raises:
        Rejected, Conflict, NotFound: as the services; nothing is saved then.
    """
    text = sent.draft.text(images_of(version))
    service.save_draft(db, version, text, sent.draft.revision, now)
    service.attach(db, version, sent.kept, actor, now, inline=False)
    what, _, which = sent.act.partition("-remove-")
    if what == "file":
        service.detach(db, version, _id(which))
    return service.submit(db, version, text, actor, now) if sent.act == "submit" else []


def by_field(error: DomainError | None) -> Mapping[str, list[str]]:
    """Return the messages of a rejected form by field."""
    found: dict[str, list[str]] = defaultdict(list)
    for problem in error.problems if isinstance(error, Rejected) else ():
        found[problem.field].append(problem.message)
    return found


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(said("没有找到这个文件，或者您无权查看。")) from error
