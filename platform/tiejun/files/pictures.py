"""Keeping pictures: decoded and written anew, so that nothing but what is seen is kept.

A photo carries where and when it was taken, by whom, with which device, and often a small copy of what it
showed before it was cut. Of a case that was made anonymous none of that may be handed on.
"""

from io import BytesIO
from typing import IO

from PIL import Image, ImageOps

from question_bank.words import said
from tiejun.files.kinds import BROKEN_IMAGE, DOCUMENTS, IMAGES, BadFile, FileKind, check
from tiejun.files.models import StoredFile
from tiejun.files.store import MB, bare_name, keep, spooled
from tiejun.settings import Settings

SIDE_MAX = 2400
QUALITY = 88
_SUFFIXES = (".png", ".jpg", ".jpeg")


def keep_picture(
    settings: Settings,
    source: IO[bytes],
    name: str,
    most_mb: int,
    allowed: frozenset[FileKind] = IMAGES,
) -> StoredFile:
    """Check, write anew and store a picture; return its row, which the caller adds with `store.filed`.

    It is turned as its camera meant it, and made smaller if a side is longer than `SIDE_MAX` pixels.

    Raises:
        BadFile: as `store.keep`.
    """
    with spooled(settings, source, bare_name(name), most_mb) as new:
        found = check(new.path, bare_name(name), allowed)
        form = "PNG" if found.kind is FileKind.PNG else "JPEG"
        try:
            with Image.open(new.path, formats=[form]) as image:
                image.draft("RGB", (SIDE_MAX, SIDE_MAX))
                written = _anew(image, form)
        except BROKEN_IMAGE as error:
            raise BadFile(said("“%(name)s”已损坏，打不开，没有保存。", name=bare_name(name))) from error
    return keep(settings, written, name, allowed, max(most_mb, len(written.getbuffer()) // MB + 1))


def keep_document(
    settings: Settings,
    source: IO[bytes],
    name: str,
    most_mb: int,
    allowed: frozenset[FileKind] = DOCUMENTS,
) -> StoredFile:
    """Store what may be attached to a text: docx and pdf as they are, pictures written anew.

    Raises:
        BadFile: as `store.keep`.
    """
    if allowed & IMAGES and name.lower().endswith(_SUFFIXES):
        return keep_picture(settings, source, name, most_mb, allowed & IMAGES)
    return keep(settings, source, name, allowed, most_mb)


def _anew(image: Image.Image, form: str) -> BytesIO:
    turned = ImageOps.exif_transpose(image)
    has_alpha = form == "PNG" and (turned.mode in ("LA", "PA", "RGBA") or "transparency" in turned.info)
    seen = turned.convert("RGBA" if has_alpha else "RGB")
    seen.thumbnail((SIDE_MAX, SIDE_MAX))
    # A new image: the old one would hand its colour profile and remarks on to the file.
    bare = Image.new(seen.mode, seen.size)
    bare.paste(seen)
    written = BytesIO()
    bare.save(written, form, **({"quality": QUALITY} if form == "JPEG" else {"optimize": True}))
    written.seek(0)
    return written
