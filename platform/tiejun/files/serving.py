"""Sending a kept file to a browser without letting it act in our name."""

from flask import Response, send_file

from tiejun.files.kinds import IMAGES, VIDEOS, FileKind
from tiejun.files.models import StoredFile
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
    reply.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    reply.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return reply
