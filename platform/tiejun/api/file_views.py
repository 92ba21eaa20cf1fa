"""Files as answers: handed in with the attempt token, and given back to who handed them in."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from question_bank.words import said
from tiejun.access import Permission, persona, public, require
from tiejun.api import schemas
from tiejun.api.calls import FILE_RATE, FileSent, attempt_claims, reply, sent_file
from tiejun.api.gate_views import bp
from tiejun.errors import Unavailable
from tiejun.exams import answer_files
from tiejun.files.kinds import FileKind
from tiejun.files.models import StoredFile
from tiejun.files.pictures import keep_document
from tiejun.files.serving import sent
from tiejun.files.store import has_room
from tiejun.web import now, reading, settings, transaction

__all__ = ["bp"]


@bp.post("/attempts/<uuid:attempt>/files")
@public
def add_file(attempt: UUID) -> ResponseReturnValue:
    """Keep a file for one slot. Like answers it needs the attempt token alone; an event then names it."""
    claims = attempt_claims(attempt, FILE_RATE)
    file = sent_file(settings().max_answer_file_mb)
    place = answer_files.Place(claims, file.lease, file.slot)
    with reading() as db:
        kinds = answer_files.kinds_for(db, place, now())
    kept = _kept(file, kinds)
    with transaction() as db:
        row = answer_files.file_answer(db, place, kept, now())
    return reply(schemas.FileReply(file=row.sha256, name=row.name, size=row.size))


def _kept(file: FileSent, kinds: frozenset[FileKind]) -> StoredFile:
    """Store the bytes. Where the disk is nearly full they are refused: answers in words must find room."""
    try:
        if not has_room(settings()):
            raise OSError("the disk is nearly full")
        return keep_document(settings(), file.stream, file.name, settings().max_answer_file_mb, kinds)
    except OSError as error:
        words = said("系统暂时无法保存文件，请稍候；会自动重试。")
        raise Unavailable(words, code="storage_unavailable", retry_after=5) from error


@bp.get("/attempts/<uuid:attempt>/files/<int:slot>/<digest>")
@require(Permission.EXAM_SIT)
def own_file(attempt: UUID, slot: int, digest: str) -> ResponseReturnValue:
    """Give the caller a file back that he handed in himself."""
    with reading() as db:
        row = answer_files.own_file(db, attempt, slot, digest, persona().person_id)
    return sent(row, inline=True)
