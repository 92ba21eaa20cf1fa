"""Sending a kept file to a browser without letting it act in our name."""

from flask import Response, send_file

from question_bank.words import said
from tiejun.errors import NotFound
from tiejun.files.kinds import IMAGES, VIDEOS, FileKind
from tiejun.files.models import StoredFile
from tiejun.files.nameless import nameless_docx
from tiejun.files.store import path_of
from tiejun.web import settings


def sent(row: StoredFile, *, inline: bool = False) -> Response:
    """Return the file, with range requests; inline only images and videos, all else is a download.

    A sandboxed policy of its own keeps what a hostile file holds from running under our address.
    """
    shown = inline and FileKind(row.kind) in IMAGES | VIDEOS
    reply = send_file(
        path_of(settings(), row),
        mimetype=row.media_type,
        as_attachment=not shown,
        download_name=row.name,
        conditional=True,
        etag=row.sha256,
    )
    return _harmless(reply)


def sent_nameless(row: StoredFile, name: str) -> Response:
    """Return a picture or a Word file as `name`, telling nothing of whose it is.

    Pictures were written anew when they were kept; a Word file loses its author here.

    Raises:
        NotFound: for any other kind: a PDF is shown by its pages.
    """
    path = path_of(settings(), row)
    kind = FileKind(row.kind)
    if kind not in IMAGES | {FileKind.DOCX}:
        raise NotFound(said("这个文件只能逐页查看。"))
    reply = send_file(
        nameless_docx(path) if kind is FileKind.DOCX else path,
        mimetype=row.media_type,
        as_attachment=kind is FileKind.DOCX,
        download_name=name,
        etag=False,
    )
    return _harmless(reply)


def _harmless(reply: Response) -> Response:
    reply.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    reply.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return reply
